/** An order book that follows the stream: a snapshot, then every change, joined by sequence. */
import type { DepthDelta, DepthSnapshot } from "@pandora-exchange/contract/wire"

/** A price and the total quantity at it. */
export type Level = DepthSnapshot["bids"][number]

/** `applied`; `old`: already known; `gap`: an earlier change is missing. */
export type Applied = "applied" | "old" | "gap"

export class LiveBook {
  readonly market: string
  private readonly bidSide = new Side((a, b) => compareDecimals(a, b))
  private readonly askSide = new Side((a, b) => compareDecimals(b, a))
  private at: number | undefined

  constructor(market: string) {
    this.market = market
  }

  /** The last change it contains; `undefined` before the first snapshot. */
  get depthSequence(): number | undefined {
    return this.at
  }

  /** Replaces the whole book: a server restored from a copy counts on from that copy. */
  snapshot({ asks, bids, depthSequence }: DepthSnapshot): void {
    this.bidSide.replace(bids)
    this.askSide.replace(asks)
    this.at = depthSequence
  }

  delta({ asks, bids, first, last }: DepthDelta): Applied {
    if (this.at === undefined || first > this.at + 1) return "gap"
    if (last <= this.at) return "old"
    // Quantities are those after `last`, so a change that overlaps with known ones is still
    // correct.
    for (const level of bids) this.bidSide.set(level)
    for (const level of asks) this.askSide.set(level)
    this.at = last
    return "applied"
  }

  /** Returns the best `levels` bids, the highest price first. Default: all. */
  bids(levels?: number): Array<Level> {
    return this.bidSide.best(levels)
  }

  /** Returns the best `levels` asks, the lowest price first. Default: all. */
  asks(levels?: number): Array<Level> {
    return this.askSide.best(levels)
  }
}

/**
 * The levels of one side, best last: most changes are near the best and move few elements there.
 */
class Side {
  private levels: Array<Level> = []
  private readonly compare: (a: string, b: string) => number

  /** `compare` is above 0 if `a` is better. */
  constructor(compare: (a: string, b: string) => number) {
    this.compare = compare
  }

  replace(levels: ReadonlyArray<Level>): void {
    this.levels = levels.toSorted((a, b) => this.compare(a[0], b[0]))
  }

  /** Quantity `0` removes the level. */
  set(level: Level): void {
    const [price, quantity] = level
    const place = this.placeOf(price)
    const isThere = this.levels[place]?.[0] === price
    if (quantity === "0") this.levels.splice(place, isThere ? 1 : 0)
    else if (isThere) this.levels[place] = level
    else this.levels.splice(place, 0, level)
  }

  /** The index of the price, or where to insert it. */
  private placeOf(price: string): number {
    let low = 0
    let high = this.levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.compare(this.levels[middle]![0], price) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  best(levels = this.levels.length): Array<Level> {
    return this.levels.slice(Math.max(0, this.levels.length - levels)).reverse()
  }
}

/**
 * Compares plain decimals without leading zeros, as the API writes them: by whole part, then digit
 * by digit.
 */
export const compareDecimals = (a: string, b: string): number => {
  if (a === b) return 0
  const wholeA = wholeDigits(a)
  const wholeB = wholeDigits(b)
  // With whole parts of the same length, and a point that sorts before every digit, text order is
  // numeric order.
  return wholeA === wholeB ? (a < b ? -1 : 1) : wholeA - wholeB
}

const wholeDigits = (decimal: string): number => {
  const point = decimal.indexOf(".")
  return point < 0 ? decimal.length : point
}
