import { Order, OrderLife } from "../../src/index.ts"
import { assert, it } from "@effect/vitest"

it("an open order is waiting, open or partly filled", () => {
  const open = { endReason: undefined, filledLots: 0, waitsFor: "none" } as const
  assert.strictEqual(OrderLife.statusOf(open), "open")
  assert.strictEqual(OrderLife.statusOf({ ...open, filledLots: 1 }), "partiallyFilled")
  assert.strictEqual(OrderLife.statusOf({ ...open, waitsFor: "trigger" }), "waiting")
})

it("an order that has ended has the status of its end reason, whatever was filled", () => {
  const ended = Order.endReasons.map((endReason) => [
    endReason,
    OrderLife.statusOf({ endReason, filledLots: 1, waitsFor: "none" })
  ])
  assert.deepStrictEqual(Object.fromEntries(ended), {
    filled: "filled",
    remainder: "filled",
    cancelled: "cancelled",
    cancelAfter: "cancelled",
    deadline: "expired",
    unfilled: "expired",
    selfTrade: "expired",
    priceRange: "expired",
    otherLeg: "expired",
    unfunded: "expired",
    wouldCross: "expired",
    notTrading: "expired",
    levelFull: "expired",
    tooLarge: "expired",
    quantityLimit: "expired",
    tooSmall: "expired",
    outsideBand: "expired"
  })
})
