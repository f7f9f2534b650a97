/**
 * One market's resting orders: two sides of price levels, each level a queue in order of arrival.
 *
 * The book knows only positions and quantities. Who owns an order, what it holds and what it pays
 * is the venue's business.
 */
import { firstAt, hiddenAt, lastAt, type LevelPool, priceAt, totalAt } from "./LevelPool.ts"
import {
  buy,
  levelAt,
  nextAt,
  type OrderPool,
  previousAt,
  remainingAt,
  sell,
  specialBit,
  termsAt
} from "./OrderPool.ts"
import { PriceLadder } from "./PriceLadder.ts"

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
    this.ladder = new PriceLadder(priceMax, levels)
  }

  private key(price: number): number {
    return this.side === sell ? price : this.priceMax - price
  }

  /** Whether an order on the other side with this limit trades at once. */
  crossedBy(price: number): boolean {
    return this.best !== 0 && this.bestKey <= this.key(price)
  }

  /** Whether `level` of this side may trade with a limit of `price` from the other side. */
  within(level: number, price: number): boolean {
    return this.key(this.levels.price(level)) <= this.key(price)
  }

  /** The level at `price`, or 0 if there is none with orders. */
  levelAt(price: number): number {
    const level = this.ladder.get(this.key(price))
    return this.levels.first(level) === 0 ? 0 : level
  }

  /** The next worse level, or 0. */
  after(level: number): number {
    const key = this.ladder.next(this.key(this.levels.price(level)) + 1)
    return key === -1 ? 0 : this.ladder.get(key)
  }

  /** Puts an order (whose remaining lots are set) behind all others at `price`. */
  append(slot: number, price: number): void {
    const { levels, pool } = this
    const key = this.key(price)
    let level = this.ladder.get(key)
    if (levels.first(level) === 0) level = this.use(key, price)
    const ints = levels.ints
    const at = level << 3
    const orderInts = pool.hotInts
    const orderAt = slot << 3
    const last = ints[at + lastAt]!
    ints[at + lastAt] = slot
    if (last === 0) ints[at + firstAt] = slot
    else pool.setNext(last, slot)
    orderInts[orderAt + nextAt] = 0
    orderInts[orderAt + previousAt] = last
    orderInts[orderAt + levelAt] = level
    levels.numbers[(at >>> 1) + totalAt]! += pool.hotNumbers[(orderAt >>> 1) + remainingAt]!
    if ((orderInts[orderAt + termsAt]! & specialBit) !== 0) this.hide(level, pool.hidden(slot))
  }

  /** The level at a price without orders, prepared for the first one. */
  private use(key: number, price: number): number {
    const level = this.ladder.use(key)
    this.levels.clear(level, price)
    if (this.best === 0 || key < this.bestKey) {
      this.best = level
      this.bestKey = key
    }
    return level
  }

  /** Removes an order from its queue. */
  remove(slot: number): void {
    const { levels, pool } = this
    const orderInts = pool.hotInts
    const orderAt = slot << 3
    const level = orderInts[orderAt + levelAt]!
    const previous = orderInts[orderAt + previousAt]!
    const next = orderInts[orderAt + nextAt]!
    const ints = levels.ints
    const at = level << 3
    if (previous === 0) ints[at + firstAt] = next
    else pool.setNext(previous, next)
    if (next === 0) ints[at + lastAt] = previous
    else pool.setPrevious(next, previous)
    levels.numbers[(at >>> 1) + totalAt]! -= pool.hotNumbers[(orderAt >>> 1) + remainingAt]!
    if ((orderInts[orderAt + termsAt]! & specialBit) !== 0) this.hide(level, -pool.hidden(slot))
    if ((previous | next) === 0) this.drop(level, this.key(ints[at + priceAt]!))
  }

  /** A level without orders. */
  private drop(level: number, key: number): void {
    this.ladder.drop(key)
    if (level !== this.best) return
    const next = this.ladder.next(key + 1)
    this.best = next === -1 ? 0 : this.ladder.get(next)
    this.bestKey = next
  }

  private hide(level: number, lots: number): void {
    this.levels.numbers[(level << 2) + hiddenAt]! += lots
  }

  /** Reduces the hidden lots of a queued order, which keeps its place. */
  shrinkHidden(slot: number, lots: number): void {
    this.pool.extra(slot)!.hiddenLots -= lots
    this.hide(this.levelOf(slot), -lots)
  }

  /** Reduces the remaining lots of a queued order, which keeps its place. */
  shrink(slot: number, lots: number): void {
    const level = this.levelOf(slot)
    this.pool.setRemaining(slot, this.pool.remaining(slot) - lots)
    this.levels.numbers[(level << 2) + totalAt]! -= lots
  }

  private levelOf(slot: number): number {
    return this.pool.hotInts[(slot << 3) + levelAt]!
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
