/**
 * Damaged bytes fail with a position and a reason. None are decoded as a state with different
 * bytes.
 */
import { Decimal, Ids, Layout, Market, Order } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import * as NonTrading from "../src/NonTrading.ts"
import { OpenOrders } from "../src/OpenOrders.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { limitsDefault } from "../src/Limits.ts"
import { snapshotParts, StoredOrder } from "../src/OrderRecord.ts"
import { Reader, Writer } from "../src/SnapshotBytes.ts"
import { table } from "../src/SnapshotTable.ts"
import { exits, State } from "../src/State.ts"
import { snapshotFile } from "./golden/files.ts"

const files = ["2", "2-ends"].map((name) => ({
  name,
  bytes: gunzipSync(readFileSync(snapshotFile(name)))
}))

const market = {
  baseAssetId: Ids.AssetId(1),
  quoteAssetId: Ids.AssetId(2),
  tickMantissa: 1,
  tickScale: 2,
  lotUnits: 1n,
  lotsMin: 1,
  lotsMax: Market.lotsMax,
  ticksMax: Market.ticksMax,
  notionalMin: 0n,
  notionalMax: Decimal.unitsMax,
  quotePerTickLot: 1n,
  status: "open",
  makerRate: 0,
  takerRate: 0
} as const
const list = {
  marketId: 1,
  contingency: Order.contingencies.indexOf("OCO"),
  exits: exits.none,
  broughtUnits: 0
}

/** Why the bytes are refused, or whether the decoded state has exactly these bytes. */
const outcome = (bytes: Uint8Array): string | boolean => {
  try {
    return Buffer.concat([...Snapshot.encode(Snapshot.decode(bytes))]).equals(bytes)
  } catch (cause) {
    if (!(cause instanceof Snapshot.MalformedSnapshot)) throw cause
    return cause.message
  }
}

describe.each(files)("a damaged snapshot, $name", ({ bytes }) => {
  const samples = Array.from({ length: 300 }, (_, i) => Math.floor((i * bytes.length) / 300))

  it("error: bytes that are cut off name the place where they end", () => {
    for (const length of samples) {
      assert.match(String(outcome(bytes.subarray(0, length))), /^[a-z0-9 ]+, before byte \d+: /)
    }
  })

  it("error: bytes that go on are refused", () => {
    const found = outcome(Buffer.concat([bytes, Buffer.alloc(1)]))
    assert.strictEqual(found, `request keys, before byte ${bytes.length}: bytes follow the state`)
  })

  it("error: a flipped byte fails, or the state is the one that the bytes say now", () => {
    for (const at of samples) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 0x80
      assert.notStrictEqual(outcome(damaged), false, `byte ${at}`)
    }
  })
})

describe("the reason names what is wrong", () => {
  const empty = Buffer.alloc(88)
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(empty)
    bytes[at] = value
    return bytes
  }

  it.each([
    ["a number past 2^53", changed(7, 1), "counters, before byte 8: a whole number is past 2^53"],
    [
      "a count without its items",
      changed(40, 23),
      "assets, before byte 44: 23 items expected, 44 bytes are left"
    ],
    [
      "a kind that is not there",
      changed(44, 1).fill(9, 48, 49),
      "accounts, before byte 49: no kind has position 9"
    ],
    ["an unknown account", changed(48, 77), "accounts, before byte 52: there is no account 77"]
  ])("error: %s", (_, bytes, reason) => {
    assert.strictEqual(outcome(bytes), reason)
  })
})

it("many rows without anything behind them go into pieces", () => {
  const state = new State(limitsDefault)
  for (const [i, symbol] of ["BTC", "EUR"].entries())
    NonTrading.addAsset(state, { assetId: Ids.AssetId(i + 1), symbol, scale: 8 })
  const account = state.accounts.open("user", "")
  for (let i = 1; i <= 1_000; i++)
    NonTrading.addMarket(state, { ...market, marketId: Ids.MarketId(i), symbol: `BTC/EUR${i}` })
  const open = new OpenOrders(state)
  for (let listId = 1; listId <= 2_000; listId++) {
    const orderIds = [2 * listId - 1, 2 * listId]
    const clientListId = `list-${listId}`
    open.addList({ ...list, listId, account, clientListId, orderIds })
  }
  state.lastListId = 2_000
  const pieces = [...Snapshot.encode(state)]
  assert.isAbove(pieces.length, 4)
  const bytes = Buffer.concat(pieces)
  assert.isTrue(Buffer.concat([...Snapshot.encode(Snapshot.decode(bytes))]).equals(bytes))
})

describe("a table", () => {
  const wide = { number: Layout.u16, first: Layout.flag, second: Layout.flag, text: Layout.text }
  const row = { number: 0xabcd, first: false, second: true, text: "ab" }
  const written = (write: (w: Writer) => void): ReadonlyArray<number> => {
    const w = new Writer()
    write(w)
    return [...w.take()]
  }
  const readerOf = (bytes: ReadonlyArray<number>, version: number): Reader =>
    new Reader(Uint8Array.from(bytes), version, new State(limitsDefault))

  it("has its numbers lowest byte first, and flags that follow each other in one byte", () => {
    const all = table(wide)
    const bytes = written((w) => all.write(w, row))
    assert.deepStrictEqual(bytes, [0xcd, 0xab, 2, 2, 97, 98])
    assert.deepStrictEqual(all.read(readerOf(bytes, 2)), row)
  })

  it("reads a format that does not have a field as zero bytes mean it", () => {
    const newer = table(wide, { number: 2, second: 2 })
    assert.deepStrictEqual(newer.read(readerOf([1, 2, 97, 98], 1)), {
      number: 0,
      first: true,
      second: false,
      text: "ab"
    })
    assert.deepStrictEqual([1, 2].map(newer.bytesMin), [2, 4])
  })

  it("error: more flags than there are", () => {
    assert.throws(() => table(wide).read(readerOf([0, 0, 4, 0], 2)), "2 flags are 4")
  })

  it("error: a field of a format past the last", () => {
    assert.throws(
      () => table(wide, { number: Snapshot.formatVersion + 1 }),
      `number is there since format ${Snapshot.formatVersion + 1}: the last is ${Snapshot.formatVersion}`
    )
  })
})

it("a field that a format does not have is 0, whatever the order before had", () => {
  const order = Object.assign(new StoredOrder(), { credential: 77, lots: 5, listId: 3 })
  const none = new Reader(new Uint8Array(), 0, new State(limitsDefault))
  for (const part of [snapshotParts.every, snapshotParts.partly]) part.read(none, order)
  assert.deepInclude({ ...order }, { credential: 0, lots: 0, listId: 0 })
})
