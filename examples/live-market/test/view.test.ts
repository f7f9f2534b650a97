import { assert, describe, it } from "@effect/vitest"
import { instruments } from "../src/flow.ts"
import { colours, frame, grouped, levelsFor, line, noColours, type Scene } from "../src/view.ts"

const side = (from: number, step: number) =>
  Array.from({ length: 10 }, (_, i) => [String(from + i * step), "123.4567"] as const)

const scene: Scene = {
  picture: {
    sequence: 123_456_789_012,
    epoch: 1_234,
    condition: "recovering",
    books: instruments.map(({ symbol }) => ({
      market: symbol,
      depthSequence: 1,
      bids: side(999_999.5, -1),
      asks: side(1_000_000, 1)
    })),
    openOrders: 128,
    conserved: true,
    cameIn: { BTC: "4000", ETH: "80000.00000001", USDT: "92233720368.54775807" }
  },
  lastTrades: {
    "BTC-USDT": [
      { time: new Date(), market: "BTC-USDT", side: "sell", price: "999999.5", quantity: "0.1" }
    ]
  },
  ordersPerSecond: 99_999,
  tradesPerSecond: 12_345,
  latencyMs: { p50: 1.25, p99: 12_345.6 },
  refused: { UnknownOrder: 1_234_567_890, InsufficientFunds: 1_234_567_890 },
  recovery: "recovered 123,456,789,012 commands in 12,345.6 s",
  runningMs: 359_999_000
}

// oxlint-disable-next-line no-control-regex
const plain = (text: string) => text.replaceAll(/\x1b\[\d+m/g, "")

describe("view", () => {
  it("a frame fits a terminal of 80 by 24, with colours and without, and leaves its last line empty", () => {
    for (const paint of [colours, noColours]) {
      const lines = frame(scene, 24, paint)
      assert.strictEqual(lines.length, 23)
      for (const text of lines) assert.isAtMost(plain(text).length, 80)
    }
    assert.deepStrictEqual(frame(scene, 24, colours).map(plain), frame(scene, 24, noColours))
  })

  it("a terminal shows one to ten levels of each side, as it has room", () => {
    assert.deepStrictEqual([5, 16, 24, 34, 100].map(levelsFor), [1, 1, 5, 10, 10])
    assert.strictEqual(frame(scene, 10, noColours).length, 9)
  })

  it("an empty book has a frame and a line too", () => {
    const picture = {
      ...scene.picture,
      books: scene.picture.books.map((book) => ({ ...book, bids: [], asks: [] }))
    }
    assert.strictEqual(frame({ ...scene, picture }, 24, noColours).length, 23)
    assert.include(line({ ...scene, picture }), "BTC-USDT -/-")
  })

  it("thousands are grouped in front of the point only", () => {
    const texts = ["0", "999", "1000", "1234567.12345678", "0.12345"]
    assert.deepStrictEqual(texts.map(grouped), [
      "0",
      "999",
      "1,000",
      "1,234,567.12345678",
      "0.12345"
    ])
  })
})
