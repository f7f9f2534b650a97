import { assert, describe, expect, it } from "@effect/vitest"
import { accountKinds } from "../src/Account.ts"
import * as Command from "../src/Command.ts"
import * as Event from "../src/Event.ts"
import * as Layout from "../src/Layout.ts"
import { marketStatuses } from "../src/Market.ts"
import { endReasons, orderTypes, sides, timesInForce } from "../src/Order.ts"
import { rejectReasons } from "../src/RejectReason.ts"
import { buffer, literalsOf } from "./records.ts"

const nameOf = (field: Layout.Field<any>): string => {
  const { flag, i64, text, u16, u32, u53, u8 } = Layout
  const plain = Object.entries({ u8, u16, u32, u53, i64, flag, text }).find(
    ([, known]) => known === field
  )
  return plain?.[0] ?? literalsOf(field).join("|")
}

const short = (name: string): string =>
  ([
    ["accountKind", accountKinds],
    ["marketStatus", marketStatuses],
    ["side", sides],
    ["orderType", orderTypes],
    ["timeInForce", timesInForce],
    ["endReason", endReasons],
    ["rejectReason", rejectReasons]
  ].find(([, values]) => (values as ReadonlyArray<string>).join("|") === name)?.[0] as string) ??
  name

const tableOf = (layouts: ReadonlyArray<Layout.Layout<any, any>>): string =>
  [...layouts]
    .sort((one, other) => one.code - other.code)
    .map(({ code, fields, fixedBytes, offsets, tag }) => {
      const rows = Object.entries(fields as Layout.Fields).map(
        ([name, field]) =>
          `  ${(offsets as Record<string, number>)[name] ?? "text"} ${name} ${short(nameOf(field))}`
      )
      return [`${code} ${tag}, ${fixedBytes} bytes and texts`, ...rows].join("\n")
    })
    .join("\n")

const listOf = (name: string, values: ReadonlyArray<string>): string =>
  [name, ...values.map((value, code) => `  ${code} ${value}`)].join("\n")

describe("the binary form", () => {
  it("of commands and events never changes but at its end", async () => {
    const lists = [
      listOf("accountKind", accountKinds),
      listOf("marketStatus", marketStatuses),
      listOf("side", sides),
      listOf("orderType", orderTypes),
      listOf("timeInForce", timesInForce),
      listOf("endReason", endReasons),
      listOf("rejectReason", rejectReasons)
    ]
    const golden = [
      "COMMANDS",
      tableOf(Command.layouts),
      "",
      "EVENTS",
      tableOf(Event.layouts),
      "",
      "LISTS",
      ...lists,
      ""
    ]
    await expect(golden.join("\n")).toMatchFileSnapshot("golden/records.txt")
  })

  it("is little-endian, unaligned and begins with code, flags and length", () => {
    const { bytes, view } = buffer(64)
    const end = Command.encode(view, 1, {
      _tag: "OpenAccount",
      kind: "house",
      reference: "ab"
    })
    assert.deepStrictEqual([...bytes.subarray(1, end)], [5, 0, 8, 0, 1, 2, 97, 98])
  })

  it("of a command with a key has the 16 bytes of the key behind it", () => {
    const { bytes, view } = buffer(64)
    const key = "01234567-89ab-7def-8123-456789abcdef" as never
    const end = Command.encode(view, 0, { _tag: "AdvanceTime" }, { _tag: "Key", key })
    assert.strictEqual(
      Buffer.from(bytes.subarray(0, end)).toString("hex"),
      "11010400" + "0123456789ab7def8123456789abcdef"
    )
  })

  it("of a command with a source has its number and name behind it", () => {
    const { bytes, view } = buffer(64)
    const end = Command.encode(
      view,
      0,
      { _tag: "AdvanceTime" },
      { _tag: "Source", source: "ab", number: 258 }
    )
    assert.strictEqual(
      Buffer.from(bytes.subarray(0, end)).toString("hex"),
      "11020400" + "0201000000000000" + "026162"
    )
  })
})

describe("Layout.make", () => {
  it("error: two records of one union with the same code or tag are refused", () => {
    const one = Layout.make("One", 1, {})
    assert.throws(() => Layout.union("test", [one, Layout.make("Two", 1, {})]))
    assert.throws(() => Layout.union("test", [one, Layout.make("One", 2, {})]))
  })

  it("error: a fixed field behind a text is refused", () => {
    assert.throws(() => Layout.make("One", 1, { name: Layout.text, size: Layout.u8 }))
  })
})

describe("what does not fit its field", () => {
  const wrong: ReadonlyArray<readonly [string, Layout.Field<any>, ReadonlyArray<unknown>]> = [
    ["u8", Layout.u8, [256, -1, 1.5, Number.NaN]],
    ["u16", Layout.u16, [65_536, -1, 1.5, Number.NaN]],
    ["u32", Layout.u32, [4_294_967_296, 4_294_968_296, -1, 1.5, Number.NaN]],
    ["u53", Layout.u53, [2 ** 53, 2 ** 63, 2 ** 64, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]],
    ["i64", Layout.i64, [2n ** 63n, 2n ** 64n, 2n ** 64n + 5n, -(2n ** 63n) - 1n]],
    ["side", Command.PlaceOrder.fields.side, ["Buy", "", undefined, "toString"]],
    ["text", Layout.text, ["a".repeat(65), "ä", "\n", "\u007f", "１"]]
  ]
  for (const [name, field, values] of wrong) {
    it.each(values.map((value) => [String(value), value] as const))(
      `error: ${name} %s is refused, never cut`,
      (_, value) => {
        assert.throws(() => field.write(buffer(128).view, 0, value), Layout.MalformedRecord)
      }
    )
  }

  it("error: a command that is none is MalformedRecord", () => {
    assert.throws(
      () => Command.encode(buffer().view, 0, { _tag: "Nothing" } as never),
      Layout.MalformedRecord
    )
    assert.throws(() => Command.encode(buffer().view, 0, {} as never), Layout.MalformedRecord)
  })
})

describe("what is stored is no value", () => {
  const read = (layout: Layout.Layout<any, any>, bytes: ReadonlyArray<number>): unknown =>
    layout.decode(new DataView(Uint8Array.from(bytes).buffer), 0)

  it("error: another code, an unknown literal, a text of other characters or past its length", () => {
    assert.deepStrictEqual(read(Command.OpenAccount, [5, 0, 8, 0, 1, 2, 97, 98]), {
      _tag: "OpenAccount",
      kind: "house",
      reference: "ab"
    })
    for (const bytes of [
      [6, 0, 8, 0, 1, 2, 97, 98],
      [5, 0, 8, 0, 9, 2, 97, 98],
      [5, 0, 8, 0, 1, 2, 97, 200],
      [5, 0, 8, 0, 1, 2, 97, 10],
      [5, 0, 8, 0, 1, 3, 97, 98],
      [5, 0, 7, 0, 1, 2, 97, 98],
      [5, 0, 6, 0, 1],
      [5, 0, 5, 0, 1],
      [5, 0, 3, 0, 1, 0],
      [5, 0],
      []
    ]) {
      assert.throws(() => read(Command.OpenAccount, bytes), Layout.MalformedRecord)
    }
  })

  it("error: a whole number past 2^53 - 1", () => {
    const { view } = buffer(64)
    const end = Command.encode(view, 0, {
      _tag: "ReleaseHold",
      holdId: Number.MAX_SAFE_INTEGER as never
    })
    assert.strictEqual(end, 12)
    view.setBigUint64(4, 2n ** 53n, true)
    assert.throws(() => Command.decode(view, 0), Layout.MalformedRecord)
  })

  it("error: a request key of unknown flags, or a key that is no version 7 UUID", () => {
    const { view } = buffer(64)
    Command.encode(view, 0, { _tag: "AdvanceTime" })
    view.setUint8(1, 3)
    assert.throws(() => Command.decodeRequestKey(view, 0), Layout.MalformedRecord)
    view.setUint8(1, Command.keyFlag)
    assert.throws(() => Command.decodeRequestKey(view, 0), Layout.MalformedRecord)
  })
})
