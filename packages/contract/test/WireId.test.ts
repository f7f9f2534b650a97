import { expect, it } from "@effect/vitest"
import { WireId } from "../src/index.ts"

it("writes and reads ids with their prefix, and nothing else", () => {
  expect(WireId.account.write(1000)).toBe("acc_1000")
  expect([WireId.order.write(17), WireId.trade.write(5), WireId.hold.write(3)]).toEqual([
    "ord_17",
    "trd_5",
    "hld_3"
  ])
  expect(WireId.order.read("ord_9007199254740991")).toBe(Number.MAX_SAFE_INTEGER)
  for (const text of [
    "17",
    "acc_17",
    "ord_",
    "ord_0",
    "ord_017",
    "ord_-1",
    "ord_1.5",
    "ord_1e3",
    "ord_9007199254740992",
    "ord_17 ",
    "ord_17\n"
  ]) {
    expect([text, WireId.order.read(text)]).toEqual([text, undefined])
  }
})
