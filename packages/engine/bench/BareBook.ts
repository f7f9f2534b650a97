/**
 * The venue's own book (`OrderBook`, `OrderPool`, `LevelPool`, `OrderIndex`) under a matcher that
 * does only what a book does: matches by price and time, rests, cancels by number. Events are
 * records in a preallocated ring.
 */
import { LevelPool } from "../src/LevelPool.ts"
import { OrderBook } from "../src/OrderBook.ts"
import { OrderIndex } from "../src/OrderIndex.ts"
import { OrderPool } from "../src/OrderPool.ts"
import { cancel, limit, priceMax, type Workload } from "./Workload.ts"

const ringRecords = 1 << 14
const recordFields = 4
/** The outcome of an order: the first field of a record without a maker. */
const rested = -1
const cancelled = -2

export class BareBook {
  trades = 0
  volume = 0
  private lastOrder = 0
  private readonly pool = new OrderPool()
  private readonly levels = new LevelPool()
  private readonly index = new OrderIndex(this.pool)
  private readonly books: ReadonlyArray<OrderBook>
  private readonly ring = new Float64Array(ringRecords * recordFields)
  private events = 0

  constructor(markets = 1) {
    this.books = Array.from(
      { length: markets },
      () => new OrderBook(priceMax, this.pool, this.levels)
    )
  }

  /** Operations `from` to `to` of the workload. */
  run(workload: Workload, from: number, to: number): void {
    for (let i = from; i < to; i++) this.step(workload, i)
  }

  /**
   * One operation. With several markets each gets every operation, the first market first, so that
   * the numbers are known.
   */
  step({ kinds, lots, orders, prices, sides }: Workload, i: number, market = 0): void {
    const kind = kinds[i]!
    if (kind === cancel) this.cancel((orders[i]! - 1) * this.books.length + market + 1)
    else this.place(market, sides[i]!, prices[i]!, lots[i]!, kind === limit)
  }

  private place(market: number, side: number, price: number, lots: number, rests: boolean): void {
    const book = this.books[market]!
    const order = ++this.lastOrder
    const left = book.against(side).crossedBy(price)
      ? this.match(book, order, side, price, lots)
      : lots
    if (left > 0 && rests) this.rest(book, market, order, side, price, left)
  }

  private match(book: OrderBook, taker: number, side: number, price: number, lots: number): number {
    const { index, levels, pool } = this
    const makers = book.against(side)
    let left = lots
    while (left > 0 && makers.crossedBy(price)) {
      const level = makers.best
      const slot = levels.first(level)
      const id = pool.id(slot)
      const shown = pool.remaining(slot)
      const traded = left < shown ? left : shown
      left -= traded
      this.trades++
      this.volume += traded
      this.event(id, taker, levels.price(level), traded)
      if (traded < shown) makers.shrink(slot, traded)
      else {
        makers.remove(slot)
        index.remove(id, slot)
        pool.free(slot)
      }
    }
    return left
  }

  private rest(
    book: OrderBook,
    market: number,
    order: number,
    side: number,
    price: number,
    left: number
  ): void {
    const { index, pool } = this
    const slot = pool.allocate()
    pool.setId(slot, order)
    pool.setRemaining(slot, left)
    pool.setTerms(slot, market, side)
    index.add(order, slot)
    book.of(side).append(slot, price)
    this.event(rested, order, price, left)
  }

  private cancel(order: number): void {
    const { index, pool } = this
    const slot = index.find(order)
    if (slot === 0)
      throw new Error(`Order ${order} is not open: the workload cancels only live orders.`)
    const left = pool.remaining(slot)
    this.books[pool.market(slot)]!.of(pool.side(slot)).remove(slot)
    index.remove(order, slot)
    pool.free(slot)
    this.event(cancelled, order, 0, left)
  }

  private event(what: number, order: number, price: number, lots: number): void {
    const { ring } = this
    const at = (this.events++ & (ringRecords - 1)) * recordFields
    ring[at] = what
    ring[at + 1] = order
    ring[at + 2] = price
    ring[at + 3] = lots
  }
}
