/** An order book that follows the stream: a snapshot, then every change, joined by sequence. */
import type { DepthDelta, DepthSnapshot } from "@pandora-exchange/contract/wire"

/** A price and the total quantity at it. */
export type Level = DepthSnapshot["bids"][number]

/** `applied`; `old`: it was known already; `gap`: something before it is missing. */
export type Applied = "applied" | "old" | "gap"

export class LiveBook {
  readonly market: string
  private readonly bidsByPrice = new Map<string, string>()
  private readonly asksByPrice = new Map<string, string>()
  private at: number | undefined

  constructor(market: string) {
    this.market = market
  }

  /** The last change that is in it; `undefined` before the first snapshot. */
  get depthSequence(): number | undefined {
    return this.at
  }

  snapshot({ asks, bids, depthSequence }: DepthSnapshot): Applied {
    // One that was overtaken on its way.
    if (this.at !== undefined && depthSequence < this.at) return "old"
    this.bidsByPrice.clear()
    this.asksByPrice.clear()
    for (const [price, quantity] of bids) this.bidsByPrice.set(price, quantity)
    for (const [price, quantity] of asks) this.asksByPrice.set(price, quantity)
    this.at = depthSequence
    return "applied"
  }

  delta({ asks, bids, first, last }: DepthDelta): Applied {
    if (this.at === undefined || first > this.at + 1) return "gap"
    if (last <= this.at) return "old"
    // Quantities are what stands there after `last`: a change that overlaps with what is known is
    // right all the same.
    set(this.bidsByPrice, bids)
    set(this.asksByPrice, asks)
    this.at = last
    return "applied"
  }

  /** Best first. */
  bids(levels = Number.POSITIVE_INFINITY): Array<Level> {
    return best(this.bidsByPrice, (a, b) => compareDecimals(b[0], a[0]), levels)
  }

  /** Best first. */
  asks(levels = Number.POSITIVE_INFINITY): Array<Level> {
    return best(this.asksByPrice, (a, b) => compareDecimals(a[0], b[0]), levels)
  }
}

const set = (side: Map<string, string>, levels: ReadonlyArray<Level>): void => {
  for (const [price, quantity] of levels) {
    if (quantity === "0") side.delete(price)
    else side.set(price, quantity)
  }
}

const best = (
  side: ReadonlyMap<string, string>,
  order: (a: Level, b: Level) => number,
  levels: number
): Array<Level> => [...side].sort(order).slice(0, levels)

/**
 * Of plain decimals without leading zeros, as the API writes them: by whole part, then digit by
 * digit.
 */
export const compareDecimals = (a: string, b: string): number => {
  const [wholeA = "", fractionA = ""] = a.split(".")
  const [wholeB = "", fractionB = ""] = b.split(".")
  if (wholeA.length !== wholeB.length) return wholeA.length - wholeB.length
  if (wholeA !== wholeB) return wholeA < wholeB ? -1 : 1
  if (fractionA === fractionB) return 0
  return fractionA < fractionB ? -1 : 1
}
