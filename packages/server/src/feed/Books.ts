/** Every order book by price level, from the journal's events alone. */
import { Depth, Directory, type Event, Market, type Order } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"

type Level = readonly [price: string, quantity: string]

/**
 * The changes of one market's book in one batch: the changed levels, with their current quantities.
 */
export interface DepthChange {
  readonly market: string
  /** The changes `first` to `last`, directly after the previous change. */
  readonly first: number
  readonly last: number
  /** The changed levels, in ticks. */
  readonly bids: ReadonlySet<number>
  readonly asks: ReadonlySet<number>
}

export class Book extends Depth.Book {
  readonly terms: Directory.Terms
  private readonly dirty = { buy: new Set<number>(), sell: new Set<number>() }
  private first = 0

  constructor(terms: Directory.Terms) {
    super()
    this.terms = terms
  }

  override change(side: Order.Side, priceTicks: number, lots: number, depthSequence: number): void {
    super.change(side, priceTicks, lots, depthSequence)
    this.dirty[side].add(priceTicks)
    if (this.first === 0) this.first = depthSequence
  }

  /** What has changed since the last call. */
  takeChange(): DepthChange | undefined {
    if (this.first === 0) return undefined
    const change = {
      market: this.terms.market.symbol,
      first: this.first,
      last: this.depthSequence,
      bids: new Set(this.dirty.buy),
      asks: new Set(this.dirty.sell)
    }
    this.first = 0
    this.dirty.buy.clear()
    this.dirty.sell.clear()
    return change
  }

  /** The current quantities at these levels; "0" for an empty one. */
  levelsAt(side: "bids" | "asks", ticks: Iterable<number>): Array<Level> {
    const found: Array<Level> = []
    for (const price of ticks) found.push(this.level(price, this[side].get(price) ?? 0))
    return found
  }

  snapshot(levels: number): {
    readonly bids: ReadonlyArray<Level>
    readonly asks: ReadonlyArray<Level>
  } {
    const best = (side: Depth.Levels, order: (a: number, b: number) => number) =>
      [...side.keys()]
        .sort(order)
        .slice(0, levels)
        .map((ticks) => this.level(ticks, side.get(ticks)!))
    return { bids: best(this.bids, (a, b) => b - a), asks: best(this.asks, (a, b) => a - b) }
  }

  private level(ticks: number, lots: number): Level {
    return [Market.priceText(this.terms.market, ticks), Directory.quantityText(this.terms, lots)]
  }
}

export class Books implements Depth.DepthReader {
  private readonly directory: Directory.Directory
  private readonly books = new Map<number, Book>()

  constructor(
    directory: Directory.Directory,
    { markets, orders }: Pick<Contents.Contents, "markets" | "orders">
  ) {
    this.directory = directory
    for (const { depthSequence, market } of markets)
      this.of(market.marketId).depthSequence = depthSequence
    for (const { marketId, priceTicks, shownLots, side } of orders)
      this.of(marketId).stand(side, priceTicks, shownLots)
  }

  apply(event: Event.Event): void {
    Depth.read(event, this)
  }

  changed(
    marketId: number,
    side: Order.Side,
    priceTicks: number,
    lots: number,
    depthSequence: number
  ): void {
    this.of(marketId).change(side, priceTicks, lots, depthSequence)
  }

  /** The changes of all books since the last call. */
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
    if (book === undefined)
      this.books.set(marketId, (book = new Book(this.directory.termsOf(marketId))))
    return book
  }
}
