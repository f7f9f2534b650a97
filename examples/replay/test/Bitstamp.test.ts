import { assert, describe, it } from "@effect/vitest"
import * as Recordings from "../../../scripts/recordings.ts"
import * as Bitstamp from "../src/Bitstamp.ts"
import type { Call } from "../src/Recording.ts"
import { pairTrades } from "../src/replay.ts"
import { bitstampFile, readAndReplay, replayed } from "./samples.ts"

const event = (
  time: number,
  kind: string,
  id: number,
  type: 0 | 1,
  price: string,
  amount: string
) =>
  `${time} order_${kind} ${JSON.stringify({ price, amount, datetime: "1430438404", id, order_type: type })}`

const trade = (time: number, price: number, amount: number, id = time) =>
  `${time} trade ${JSON.stringify({ price, amount, id })}`

const callsOf = (lines: ReadonlyArray<string>): ReadonlyArray<Call> =>
  Bitstamp.recording(lines).calls

describe("Bitstamp", () => {
  it("created orders are placed, deletes with an amount cancel, and those without are fills", () => {
    assert.deepStrictEqual(
      callsOf([
        event(1_000, "created", 7, 0, "236.47", "2.00000000"),
        event(1_001, "created", 8, 1, "236.47", "0.50000000"),
        event(1_002, "deleted", 8, 1, "236.47", "0.00000000"),
        event(1_003, "changed", 7, 0, "236.47", "1.50000000"),
        trade(1_004, 236.47, 0.5),
        event(1_005, "deleted", 7, 0, "236.47", "1.50000000")
      ]),
      [
        { time: 1_000, side: "buy", kind: "place", id: "7", price: "236.47", quantity: "2" },
        { time: 1_001, side: "sell", kind: "place", id: "8", price: "236.47", quantity: "0.5" },
        { time: 1_005, side: "buy", kind: "cancel", id: "7" }
      ]
    )
  })

  it("a change of the price is a cancel and a new order", () => {
    assert.deepStrictEqual(
      callsOf([
        event(1_000, "created", 7, 1, "235.00", "1.13791718"),
        event(1_001, "changed", 7, 1, "234.72", "1.13791718")
      ]),
      [
        { time: 1_000, side: "sell", kind: "place", id: "7", price: "235", quantity: "1.13791718" },
        { time: 1_001, side: "sell", kind: "cancel", id: "7" },
        {
          time: 1_001,
          side: "sell",
          kind: "place",
          id: "7",
          price: "234.72",
          quantity: "1.13791718"
        }
      ]
    )
  })

  it("orders that are not created in the log stand in the book at its beginning, with what their first fill took", () => {
    assert.deepStrictEqual(
      callsOf([
        event(1_000, "created", 70, 0, "230.00", "1.00000000"),
        event(1_001, "deleted", 9, 1, "236.00", "0.30000000"),
        event(1_002, "deleted", 8, 0, "235.00", "0.00000000"),
        event(1_003, "changed", 7, 0, "234.00", "0.10000000"),
        trade(1_004, 235, 0.20000000000000001),
        trade(1_005, 234, 1.9)
      ]),
      [
        { time: 1_000, side: "buy", kind: "place", id: "7", price: "234", quantity: "2" },
        { time: 1_000, side: "buy", kind: "place", id: "8", price: "235", quantity: "0.2" },
        { time: 1_000, side: "sell", kind: "place", id: "9", price: "236", quantity: "0.3" },
        { time: 1_000, side: "buy", kind: "place", id: "70", price: "230", quantity: "1" },
        { time: 1_001, side: "sell", kind: "cancel", id: "9" }
      ]
    )
  })

  it("an order whose delete comes before its creation is never placed", () => {
    assert.deepStrictEqual(
      callsOf([
        event(1_000, "created", 7, 0, "230.00", "1.00000000"),
        event(1_001, "deleted", 8, 0, "231.00", "1.00000000"),
        event(1_002, "created", 8, 0, "231.00", "1.00000000")
      ]),
      [{ time: 1_000, side: "buy", kind: "place", id: "7", price: "230", quantity: "1" }]
    )
  })

  it("a time that goes back counts as the one before", () => {
    const calls = callsOf([
      event(1_001, "created", 7, 0, "230.00", "1.00000000"),
      event(1_000, "created", 8, 0, "231.00", "1.00000000")
    ])
    assert.deepStrictEqual(
      calls.map(({ time }) => time),
      [1_001, 1_001]
    )
  })

  it("recorded trades are in the order of their ids and lose the noise of their binary fractions", () => {
    const log = [trade(1, 235, 0.5, 12), trade(2, 235.03999999999999, 1.7885566900000001, 11)]
    assert.deepStrictEqual(Bitstamp.recording(log).trades, [
      { price: "235.04", quantity: "1.78855669", maker: undefined },
      { price: "235", quantity: "0.5", maker: undefined }
    ])
  })

  const good = event(1_000, "created", 7, 0, "236.47", "2.00000000")
  it.each([
    ["garbage", "line 2 is not `<time> <kind> <json>`"],
    ["1430438404518 order_moved {}", "line 2 is of a kind that is not known, order_moved"],
    ['1430438404518 order_created {"price": }', "line 2 has damaged JSON"],
    [
      '1430438404518 order_created {"id": "7", "order_type": 0}',
      "line 2 has no whole number as its id"
    ],
    [
      '1430438404518 order_created {"id": 7, "order_type": 2}',
      "line 2 has neither 0 nor 1 as its order_type"
    ],
    [
      event(1, "created", 7, 0, "236.475", "2"),
      "line 2 has no decimal text of 2 decimals as its price"
    ],
    [
      event(1, "created", 7, 0, "236.47", "-2"),
      "line 2 has no decimal text of 8 decimals as its amount"
    ],
    [
      '1430438404518 trade {"id": 1, "price": "236.47", "amount": 1}',
      "line 2 has no decimal text of 2 decimals as its price"
    ]
  ])("error: %s", (line, message) => {
    assert.throws(() => Bitstamp.recording([good, line]), message)
  })

  it("a replayed log ends in the state that its calls make", async () => {
    const { report, trades } = await replayed(
      Bitstamp.recording([
        event(1_000, "created", 7, 0, "236.47", "2.00000000"),
        event(1_001, "created", 8, 1, "236.00", "0.50000000"),
        trade(1_002, 236.47, 0.5),
        event(1_003, "deleted", 8, 1, "236.47", "0.10000000"),
        event(1_004, "deleted", 7, 0, "236.47", "1.50000000"),
        trade(1_005, 236.47, 0.5)
      ])
    )
    assert.deepStrictEqual(trades, [{ price: "236.47", quantity: "0.5", maker: "7" }])
    const { calls, conserved, orders, recordedTrades, refused, reproducedTrades } = report
    assert.deepStrictEqual(
      { calls, conserved, orders, recordedTrades, refused, reproducedTrades },
      {
        calls: 4,
        conserved: true,
        orders: 2,
        recordedTrades: 2,
        refused: { UnknownOrder: 1 },
        reproducedTrades: 1
      }
    )
  })
})

describe.skipIf(!Recordings.available)("the recorded log of Bitstamp", () => {
  it("gives all recorded trades but one, in their order", async () => {
    const { recording, report, trades } = await readAndReplay(bitstampFile)
    const { calls, conservation, conserved, orders, recordedTrades, refused, reproducedTrades } =
      report
    assert.deepStrictEqual(
      {
        calls,
        conserved,
        orders,
        recordedTrades,
        refused,
        reproducedTrades,
        trades: report.trades
      },
      {
        calls: 24_769,
        conserved: true,
        orders: 12_620,
        recordedTrades: 306,
        refused: { UnknownOrder: 1 },
        reproducedTrades: 305,
        trades: 306
      }
    )
    assert.deepStrictEqual(conservation, [
      { asset: "BTC", cameIn: "2000000000", conserved: true },
      { asset: "USD", cameIn: "800000000", conserved: true }
    ])
    const pairs = pairTrades(recording.trades, trades)
    assert.isTrue(pairs.every(([recorded, made]) => recorded === made))
    const unpaired = recording.trades.findIndex(
      (_, i) => !pairs.some(([recorded]) => recorded === i)
    )
    assert.deepStrictEqual(
      [recording.trades[unpaired], trades[unpaired]!.quantity],
      [{ price: "236.58", quantity: "2.40831853", maker: undefined }, "2.4083608"]
    )
  })
})
