import { assert, describe, it } from "@effect/vitest"
import { copyFile, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import * as Recordings from "../../../scripts/recordings.ts"
import * as Lobster from "../src/Lobster.ts"
import type { Recording } from "../src/Recording.ts"
import { lobsterFile, readAndReplay, replayed } from "./samples.ts"

const recording = (messages: ReadonlyArray<string>, book?: ReadonlyArray<string>): Recording =>
  Lobster.recording(
    "AAPL",
    Lobster.messages(messages),
    book === undefined ? undefined : Lobster.book(book)
  )

/** Without their times. */
const callsOf = (...lines: Parameters<typeof recording>) =>
  recording(...lines).calls.map(({ time: _, ...call }) => call)

describe("Lobster", () => {
  it("messages become calls: an execution an order of the other side, hidden executions and halts nothing", () => {
    assert.deepStrictEqual(
      recording([
        "34200.004241176,1,11,100,5853300,1",
        "34200.5,2,11,40,5853300,1",
        "34201,4,11,20,5853300,1",
        "34202,5,0,10,5855000,-1",
        "34203,7,0,0,-1,-1",
        "34204,3,11,40,5853300,1"
      ]).calls,
      [
        {
          time: 34_200_004,
          side: "buy",
          kind: "place",
          id: "11",
          price: "585.33",
          quantity: "100"
        },
        { time: 34_200_500, side: "buy", kind: "reduce", id: "11", quantity: "60" },
        { time: 34_201_000, side: "sell", kind: "take", price: "585.33", quantity: "20" },
        { time: 34_204_000, side: "buy", kind: "cancel", id: "11" }
      ]
    )
  })

  it("recorded trades are the executions of visible orders, with the order that was met", () => {
    const { trades } = recording([
      "1,1,11,100,5853300,1",
      "2,4,11,20,5853300,1",
      "3,5,0,10,5855000,-1"
    ])
    assert.deepStrictEqual(trades, [{ price: "585.33", quantity: "20", maker: "11" }])
  })

  it("what stood in the book before is placed after the first message, under the ids of later messages", () => {
    assert.deepStrictEqual(
      callsOf(
        ["1,1,11,18,5853300,1", "2,4,5,30,5853000,1", "3,3,6,70,5853000,1"],
        [
          "5859400,200,5853300,18,5859800,5,5853000,150",
          "5859400,200,5853300,18,5859800,5,5853000,120",
          "5859400,200,5853300,18,5859800,5,5853000,50"
        ]
      ),
      [
        { side: "buy", kind: "place", id: "11", price: "585.33", quantity: "18" },
        { side: "buy", kind: "place", id: "5", price: "585.3", quantity: "30" },
        { side: "buy", kind: "place", id: "6", price: "585.3", quantity: "70" },
        { side: "buy", kind: "place", id: "unnamed-1", price: "585.3", quantity: "50" },
        { side: "sell", kind: "place", id: "unnamed-2", price: "585.94", quantity: "200" },
        { side: "sell", kind: "place", id: "unnamed-3", price: "585.98", quantity: "5" },
        { side: "sell", kind: "take", price: "585.3", quantity: "30" },
        { side: "buy", kind: "cancel", id: "6" }
      ]
    )
  })

  it("what happens behind the last level is made up for when it shows", () => {
    const empty = "9999999999,0"
    assert.deepStrictEqual(
      callsOf(
        [
          "1,1,11,10,1000000,1",
          "2,1,12,10,1010000,1",
          "3,3,12,10,1010000,1",
          "4,1,13,10,1020000,1",
          "5,3,13,10,1020000,1"
        ],
        [
          `${empty},1000000,10`,
          `${empty},1010000,10`,
          // Order 11 was partly cancelled while invisible, and another order arrived behind it.
          `${empty},1000000,4`,
          `${empty},1020000,10`,
          `${empty},1000000,9`
        ]
      ),
      [
        { side: "buy", kind: "place", id: "11", price: "100", quantity: "10" },
        { side: "buy", kind: "place", id: "12", price: "101", quantity: "10" },
        { side: "buy", kind: "cancel", id: "12" },
        { side: "buy", kind: "reduce", id: "11", quantity: "4" },
        { side: "buy", kind: "place", id: "13", price: "102", quantity: "10" },
        { side: "buy", kind: "cancel", id: "13" },
        { side: "buy", kind: "place", id: "unnamed-1", price: "100", quantity: "5" }
      ]
    )
  })

  it("without an order book an order that nobody placed is placed just before its first message, with all its shares", () => {
    assert.deepStrictEqual(callsOf(["1,4,5,30,5853000,1", "2,3,5,70,5853000,1"]), [
      { side: "buy", kind: "place", id: "5", price: "585.3", quantity: "100" },
      { side: "sell", kind: "take", price: "585.3", quantity: "30" },
      { side: "buy", kind: "cancel", id: "5" }
    ])
  })

  it("the order book lies beside the messages, and the file's name has the ticker", () => {
    assert.deepStrictEqual(
      [
        "AAPL_2012-06-21_34200000_57600000_message_10.csv",
        "lobster_AAPL_2012-06-21_messages_10.csv.gz",
        "other.csv"
      ].map((name) => [Lobster.bookName(name), Lobster.ticker(name)]),
      [
        ["AAPL_2012-06-21_34200000_57600000_orderbook_10.csv", "AAPL"],
        ["lobster_AAPL_2012-06-21_orderbook_10.csv.gz", "AAPL"],
        ["other.csv", "STOCK"]
      ]
    )
  })

  it("error: a line that is no message is named", () => {
    for (const line of [
      "",
      "1,1,11,100,5853300",
      "1,8,11,100,5853300,1",
      "1,1,11,1e3,5853300,1",
      "1,1,11,100,5853300,0"
    ]) {
      assert.throws(
        () => Lobster.messages(["1,1,11,100,5853300,1", line]),
        "line 2 is not `seconds,type,order id,shares,price,direction`"
      )
    }
  })

  it("error: a line that is no row of the book is named", () => {
    for (const row of ["", "1,2,3", "5859400,200,5853300,x"]) {
      assert.throws(
        () => Lobster.book(["5859400,200,5853300,18", row]),
        "line 2 is not `ask price,ask shares,bid price,bid shares` for each level"
      )
    }
  })

  it("error: messages and rows of the book come in pairs", () => {
    assert.throws(
      () =>
        recording(["1,1,11,100,5853300,1"], ["5859400,200,5853300,18", "5859400,200,5853300,18"]),
      "line 2 has no counterpart in the message file"
    )
  })

  it("an order that is met out of turn is another trade than the recorded one", async () => {
    const { report, trades } = await replayed(
      recording(["1,1,11,10,1000000,1", "2,1,12,10,1000000,1", "3,4,12,10,1000000,1"])
    )
    assert.deepStrictEqual(trades, [{ price: "100", quantity: "10", maker: "11" }])
    assert.deepStrictEqual(
      [report.trades, report.recordedTrades, report.reproducedTrades],
      [1, 1, 0]
    )
  })

  it("an order is reduced also while its placing is under way, and keeps its place", async () => {
    const { report, trades } = await replayed(
      recording([
        "1,1,11,10,1000000,1",
        "2,2,11,4,1000000,1",
        "3,1,12,10,1000000,1",
        "4,4,11,6,1000000,1"
      ])
    )
    assert.deepStrictEqual(trades, [{ price: "100", quantity: "6", maker: "11" }])
    assert.deepStrictEqual(report.refused, {})
  })
})

describe.skipIf(!Recordings.available)("the recorded messages of LOBSTER", () => {
  it("give exactly the recorded executions: best price, front of the queue", async () => {
    const { recording, report, trades } = await readAndReplay(lobsterFile)
    assert.deepStrictEqual(trades, recording.trades)
    const { calls, conserved, orders, recordedTrades, refused, reproducedTrades } = report
    assert.deepStrictEqual(
      { calls, conserved, orders, recordedTrades, refused, reproducedTrades },
      {
        calls: 973,
        conserved: true,
        orders: 601,
        recordedTrades: 98,
        refused: {},
        reproducedTrades: 98
      }
    )
  })

  it("give them also without the order book file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pandora-lobster-"))
    try {
      const alone = join(folder, basename(lobsterFile))
      await copyFile(lobsterFile, alone)
      const { recording, trades } = await readAndReplay(alone)
      assert.deepStrictEqual(trades, recording.trades)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
