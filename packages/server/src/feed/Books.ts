/** Every order book by price level, built from the journal's events alone. */
import type { Event } from "@pandora-exchange/core"
import { Market } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"
import { type Directory, quantityText, type Terms } from "./Directory.ts"

type Level = readonly [price: string, quantity: string]

/** What one market's book went through in one batch: the levels that changed, with what stands there now. */
export interface DepthChange {
  readonly market: string
  /** The changes `first` to `last`, without a gap to the change before. */
  readonly first: number
  readonly last: number
  /** Ticks of the levels that changed. */
  readonly bids: ReadonlySet<number>
  readonly asks: ReadonlySet<number>
}

export class Book {
  readonly terms: Terms
  /** Lots by ticks. */
  readonly bids = new Map<number, number>()
  readonly asks = new Map<number, number>()
  depthSequence = 0
  private readonly dirtyBids = new Set<number>()
  private readonly dirtyAsks = new Set<number>()
  private first = 0

  constructor(terms: Terms) {
    this.terms = terms
  }

  /** Stood there when the following began. */
  stand({ priceTicks, shownLots, side }: Contents.OpenOrder): void {
    if (shownLots === 0) return
    const levels = side === "buy" ? this.bids : this.asks
    levels.set(priceTicks, (levels.get(priceTicks) ?? 0) + shownLots)
  }

  change(side: "buy" | "sell", ticks: number, lots: number, depthSequence: number): void {
    const levels = side === "buy" ? this.bids : this.asks
    const left = (levels.get(ticks) ?? 0) + lots
    if (left === 0) levels.delete(ticks)
    else levels.set(ticks, left)
    ;(side === "buy" ? this.dirtyBids : this.dirtyAsks).add(ticks)
    this.depthSequence = depthSequence
    if (this.first === 0) this.first = depthSequence
  }

  /** What has changed since it was asked last. */
  takeChange(): DepthChange | undefined {
    if (this.first === 0) return undefined
    const change = {
      market: this.terms.market.symbol,
      first: this.first,
      last: this.depthSequence,
      bids: new Set(this.dirtyBids),
      asks: new Set(this.dirtyAsks)
    }
    this.first = 0
    this.dirtyBids.clear()
    this.dirtyAsks.clear()
    return change
  }

  /** What stands at these levels now; "0" where nothing does. */
  levelsAt(side: "bids" | "asks", ticks: Iterable<number>): Array<Level> {
    const found: Array<Level> = []
    for (const price of ticks) found.push(this.level(price, this[side].get(price) ?? 0))
    return found
  }

  snapshot(levels: number): { readonly bids: ReadonlyArray<Level>; readonly asks: ReadonlyArray<Level> } {
    const best = (side: ReadonlyMap<number, number>, order: (a: number, b: number) => number) =>
      [...side.keys()]
        .sort(order)
        .slice(0, levels)
        .map((ticks) => this.level(ticks, side.get(ticks)!))
    return { bids: best(this.bids, (a, b) => b - a), asks: best(this.asks, (a, b) => a - b) }
  }

  private level(ticks: number, lots: number): Level {
    return [Market.priceText(this.terms.market, ticks), quantityText(this.terms, lots)]
  }
}

export class Books {
  private readonly directory: Directory
  private readonly books = new Map<number, Book>()

  constructor(directory: Directory, { markets, orders }: Pick<Contents.Contents, "markets" | "orders">) {
    this.directory = directory
    for (const { depthSequence, market } of markets) this.of(market.marketId).depthSequence = depthSequence
    for (const order of orders) this.of(order.marketId).stand(order)
  }

  apply(event: Event.Event): void {
    switch (event._tag) {
      case "OrderRested":
      case "OrderRefilled":
        return this.of(event.marketId).change(event.side, event.priceTicks, event.shownLots, event.depthSequence)
      case "Trade": {
        const makerSide = event.takerSide === "buy" ? "sell" : "buy"
        return this.of(event.marketId).change(makerSide, event.priceTicks, -event.lots, event.depthSequence)
      }
      case "SelfTradePrevented": {
        if (event.depthSequence === 0) return
        const makerSide = event.takerSide === "buy" ? "sell" : "buy"
        return this.of(event.marketId).change(makerSide, event.priceTicks, -event.makerLots, event.depthSequence)
      }
      case "OrderEnded":
        if (event.depthSequence === 0) return
        return this.of(event.marketId).change(event.side, event.priceTicks, -event.shownLots, event.depthSequence)
      case "OrderAmended": {
        const gone = event.oldShownLots - event.shownLots
        return this.of(event.marketId).change(event.side, event.oldPriceTicks, -gone, event.depthSequence)
      }
    }
  }

  /** The changes of all books since they were taken last. */
  takeChanges(): Array<DepthChange> {
    const changes: Array<DepthChange> = []
    for (const book of this.books.values()) {
      const change = book.takeChange()
      if (change !== undefined) changes.push(change)
    }
    return changes
  }

  find(symbol: string): Book | undefined {
    const terms = this.directory.find(symbol)
    return terms === undefined ? undefined : this.of(terms.market.marketId)
  }

  private of(marketId: number): Book {
    let book = this.books.get(marketId)
    if (book === undefined) this.books.set(marketId, (book = new Book(this.directory.termsOf(marketId))))
    return book
  }
}
