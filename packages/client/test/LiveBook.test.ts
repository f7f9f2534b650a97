import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { compareDecimals, LiveBook } from "../src/index.ts"

const snapshot = {
  type: "depthSnapshot",
  market: "X",
  depthSequence: 10,
  bids: [["9", "1"]],
  asks: [["10", "2"]]
} as const

describe("LiveBook", () => {
  it("applies changes that follow, and removes what has nothing left", () => {
    const book = new LiveBook("X")
    expect(book.snapshot(snapshot)).toBe("applied")
    const delta = {
      type: "depth",
      market: "X",
      first: 11,
      last: 12,
      bids: [["9.5", "3"]],
      asks: [["10", "0"]]
    } as const
    expect(book.delta(delta)).toBe("applied")
    expect([book.depthSequence, book.bids(), book.asks()]).toEqual([
      12,
      [
        ["9.5", "3"],
        ["9", "1"]
      ],
      []
    ])
    expect(book.bids(1)).toEqual([["9.5", "3"]])
  })

  it("knows what is old, doubled or missing, and stays as it was", () => {
    const book = new LiveBook("X")
    const delta = {
      type: "depth",
      market: "X",
      first: 11,
      last: 11,
      bids: [["9", "0"]],
      asks: []
    } as const
    expect(book.delta(delta)).toBe("gap")
    book.snapshot(snapshot)
    expect(book.delta({ ...delta, first: 12, last: 12 })).toBe("gap")
    expect(book.delta({ ...delta, first: 9, last: 10 })).toBe("old")
    expect(book.bids()).toEqual([["9", "1"]])
    expect(book.delta(delta)).toBe("applied")
    expect(book.delta(delta)).toBe("old")
    expect(book.snapshot(snapshot)).toBe("old")
    expect(book.bids()).toEqual([])
  })

  it("takes a change that overlaps with what it has: quantities are what stands there afterwards", () => {
    const book = new LiveBook("X")
    book.snapshot(snapshot)
    expect(
      book.delta({ type: "depth", market: "X", first: 5, last: 12, bids: [["9", "7"]], asks: [] })
    ).toBe("applied")
    expect([book.depthSequence, book.bids()]).toEqual([12, [["9", "7"]]])
  })
})

it("decimals compare as the numbers they are", () => {
  const decimal = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 99_999_999n }))
    .map(([whole, fraction]) => {
      const digits = fraction.toString().padStart(8, "0").replace(/0+$/, "")
      return {
        text: digits === "" ? `${whole}` : `${whole}.${digits}`,
        units: whole * 100_000_000n + fraction
      }
    })
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const exact = a.units < b.units ? -1 : a.units > b.units ? 1 : 0
      expect(Math.sign(compareDecimals(a.text, b.text))).toBe(exact)
    })
  )
})
