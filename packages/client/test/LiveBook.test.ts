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
    book.snapshot(snapshot)
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
    expect([book.depthSequence, book.bids()]).toEqual([11, []])
  })

  it("is what a snapshot says, also of an earlier sequence, as after a restore", () => {
    const book = new LiveBook("X")
    book.snapshot(snapshot)
    book.snapshot({ ...snapshot, depthSequence: 3, bids: [["8", "5"]], asks: [] })
    expect([book.depthSequence, book.bids(), book.asks()]).toEqual([3, [["8", "5"]], []])
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

interface Decimal {
  readonly text: string
  /** Of 8 decimals. */
  readonly units: bigint
}

const decimalOf = (units: bigint): Decimal => {
  const digits = (units % 100_000_000n).toString().padStart(8, "0").replace(/0+$/, "")
  const whole = units / 100_000_000n
  return { text: digits === "" ? `${whole}` : `${whole}.${digits}`, units }
}

const decimal = fc.bigInt({ min: 0n, max: 10n ** 28n }).map(decimalOf)
/** Few different ones, so that levels change and disappear: 0.25 to 13. */
const price = fc.bigInt({ min: 1n, max: 52n }).map((quarters) => decimalOf(quarters * 25_000_000n))

it("decimals compare as the numbers they are", () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      const exact = a.units < b.units ? -1 : a.units > b.units ? 1 : 0
      expect(Math.sign(compareDecimals(a.text, b.text))).toBe(exact)
    })
  )
})

it("a book is the same as its levels sorted anew, after any snapshot and changes", () => {
  const level = fc.tuple(price, fc.constantFrom("0", "1", "2.5"))
  const levels = fc.array(level, { maxLength: 12 })
  const change = fc.record({ bids: levels, asks: levels })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), fc.nat(15), (changes, count) => {
      const book = new LiveBook("X")
      const bids = new NaiveSide()
      const asks = new NaiveSide()
      changes.forEach((change, i) => {
        for (const one of change.bids) bids.set(one)
        for (const one of change.asks) asks.set(one)
        const told = { bids: change.bids.map(text), asks: change.asks.map(text) }
        if (i > 0) book.delta({ type: "depth", market: "X", first: i, last: i, ...told })
        else
          book.snapshot({ type: "depthSnapshot", market: "X", depthSequence: 0, ...bids.and(asks) })
        const lowestFirst = asks.sorted()
        const highestFirst = bids.sorted().reverse()
        expect([book.bids(), book.asks()]).toEqual([highestFirst, lowestFirst])
        expect(book.bids(count)).toEqual(highestFirst.slice(0, count))
        expect(book.asks(count)).toEqual(lowestFirst.slice(0, count))
      })
    })
  )
})

type Change = readonly [price: Decimal, quantity: string]

const text = ([price, quantity]: Change) => [price.text, quantity] as const

class NaiveSide {
  private readonly quantities = new Map<bigint, Change>()

  set(change: Change): void {
    const [{ units }, quantity] = change
    if (quantity === "0") this.quantities.delete(units)
    else this.quantities.set(units, change)
  }

  sorted() {
    return [...this.quantities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => text(one))
  }

  /** In no particular order. */
  and(asks: NaiveSide) {
    return {
      bids: [...this.quantities.values()].map(text),
      asks: [...asks.quantities.values()].map(text)
    }
  }
}
