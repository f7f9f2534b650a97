/**
 * One market's resting orders: two sides of price levels, each level a queue in order of arrival.
 *
 * The book keeps places and quantities only. Who owns an order, what it holds and what it pays is the venue's business.
 */
import type { OrderPool } from "./OrderPool.ts"
import { buy, sell } from "./OrderPool.ts"
import { PriceLadder } from "./PriceLadder.ts"

const chunkShift = 10
const chunkMask = (1 << chunkShift) - 1

/** Levels of all books: shown lots (f64), then price, first order, last order, number of orders (i32), then hidden lots (f64). Level 0 means none. */
export class LevelPool {
  private readonly numbers: Array<Float64Array> = []
  private readonly ints: Array<Int32Array> = []
  private freeLevel = 0
  private usedLevels = 1

  allocate(price: number): number {
    let level = this.freeLevel
    if (level !== 0) this.freeLevel = this.first(level)
    else {
      level = this.usedLevels++
      if (level >>> chunkShift >= this.numbers.length) {
        const chunk = new ArrayBuffer(32 << chunkShift)
        this.numbers.push(new Float64Array(chunk))
        this.ints.push(new Int32Array(chunk))
      }
    }
    const ints = this.ints[level >>> chunkShift]!
    const at = (level & chunkMask) << 3
    ints[at + 2] = price
    ints[at + 3] = 0
    ints[at + 4] = 0
    ints[at + 5] = 0
    this.setTotal(level, 0)
    this.setHidden(level, 0)
    return level
  }

  free(level: number): void {
    this.setFirst(level, this.freeLevel)
    this.freeLevel = level
  }

  /** Lots that the book shows. */
  total(level: number): number {
    return this.numbers[level >>> chunkShift]![(level & chunkMask) << 2]!
  }
  setTotal(level: number, value: number): void {
    this.numbers[level >>> chunkShift]![(level & chunkMask) << 2] = value
  }
  /** Lots of icebergs that the book does not show. */
  hidden(level: number): number {
    return this.numbers[level >>> chunkShift]![((level & chunkMask) << 2) + 3]!
  }
  setHidden(level: number, value: number): void {
    this.numbers[level >>> chunkShift]![((level & chunkMask) << 2) + 3] = value
  }
  price(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 2]!
  }
  first(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 3]!
  }
  setFirst(level: number, value: number): void {
    this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 3] = value
  }
  last(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 4]!
  }
  setLast(level: number, value: number): void {
    this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 4] = value
  }
  orders(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 5]!
  }
  setOrders(level: number, value: number): void {
    this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + 5] = value
  }
}

export class BookSide {
  readonly side: number
  private readonly pool: OrderPool
  private readonly levels: LevelPool
  private readonly ladder: PriceLadder
  private readonly priceMax: number
  /** Key and level of the best price; the level is 0 when the side is empty. */
  private bestKey = 0
  best = 0

  constructor(side: number, priceMax: number, pool: OrderPool, levels: LevelPool) {
    this.side = side
    this.pool = pool
    this.levels = levels
    this.priceMax = priceMax
    this.ladder = new PriceLadder(priceMax)
  }

  private key(price: number): number {
    return this.side === sell ? price : this.priceMax - price
  }

  /** Whether an order of the other side with this limit trades at once. */
  crossedBy(price: number): boolean {
    return this.best !== 0 && this.bestKey <= this.key(price)
  }

  /** Whether `level` of this side may trade with a limit of `price` from the other side. */
  within(level: number, price: number): boolean {
    return this.key(this.levels.price(level)) <= this.key(price)
  }

  /** The level at `price`, or 0. */
  levelAt(price: number): number {
    return this.ladder.get(this.key(price))
  }

  /** The next worse level, or 0. */
  after(level: number): number {
    const key = this.ladder.next(this.key(this.levels.price(level)) + 1)
    return key === -1 ? 0 : this.ladder.get(key)
  }

  /** Puts an order (whose remaining lots are set) behind all others at `price`. */
  append(slot: number, price: number): void {
    const { pool, levels } = this
    const key = this.key(price)
    let level = this.ladder.get(key)
    if (level === 0) {
      level = levels.allocate(price)
      this.ladder.set(key, level)
      if (this.best === 0 || key < this.bestKey) {
        this.best = level
        this.bestKey = key
      }
    }
    const last = levels.last(level)
    pool.setPrevious(slot, last)
    pool.setNext(slot, 0)
    pool.setLevel(slot, level)
    if (last === 0) levels.setFirst(level, slot)
    else pool.setNext(last, slot)
    levels.setLast(level, slot)
    levels.setOrders(level, levels.orders(level) + 1)
    levels.setTotal(level, levels.total(level) + pool.remaining(slot))
    if (pool.special(slot)) levels.setHidden(level, levels.hidden(level) + pool.hidden(slot))
  }

  /** Takes an order out of its queue. */
  remove(slot: number): void {
    const { pool, levels } = this
    const level = pool.level(slot)
    const orders = levels.orders(level) - 1
    if (orders === 0) return this.removeLevel(level)
    const previous = pool.previous(slot)
    const next = pool.next(slot)
    if (previous === 0) levels.setFirst(level, next)
    else pool.setNext(previous, next)
    if (next === 0) levels.setLast(level, previous)
    else pool.setPrevious(next, previous)
    levels.setOrders(level, orders)
    levels.setTotal(level, levels.total(level) - pool.remaining(slot))
    if (pool.special(slot)) levels.setHidden(level, levels.hidden(level) - pool.hidden(slot))
  }

  private removeLevel(level: number): void {
    const key = this.key(this.levels.price(level))
    this.ladder.delete(key)
    if (level === this.best) {
      const next = this.ladder.next(key + 1)
      this.best = next === -1 ? 0 : this.ladder.get(next)
      this.bestKey = next
    }
    this.levels.free(level)
  }

  /** An order in the queue hides `lots` fewer and keeps its place. */
  shrinkHidden(slot: number, lots: number): void {
    const { levels, pool } = this
    const level = pool.level(slot)
    pool.extra(slot)!.hiddenLots -= lots
    levels.setHidden(level, levels.hidden(level) - lots)
  }

  /** An order in the queue has `lots` fewer left and keeps its place. */
  shrink(slot: number, lots: number): void {
    const { pool, levels } = this
    const level = pool.level(slot)
    pool.setRemaining(slot, pool.remaining(slot) - lots)
    levels.setTotal(level, levels.total(level) - lots)
  }
}

export class OrderBook {
  readonly bids: BookSide
  readonly asks: BookSide

  constructor(priceMax: number, pool: OrderPool, levels: LevelPool) {
    this.bids = new BookSide(buy, priceMax, pool, levels)
    this.asks = new BookSide(sell, priceMax, pool, levels)
  }

  /** Where orders of `side` rest. */
  of(side: number): BookSide {
    return side === buy ? this.bids : this.asks
  }

  /** Where orders of `side` find their makers. */
  against(side: number): BookSide {
    return side === buy ? this.asks : this.bids
  }
}
