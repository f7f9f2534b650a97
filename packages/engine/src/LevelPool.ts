/**
 * Price levels of all books, in pages of four neighbouring prices, so that an order trading through
 * a level finds the next one beside it. A level (0 means none) identifies a position in a page.
 */
import { GrowingMemory } from "./GrowingMemory.ts"
import { pageBits, pageLevels, RegionPool } from "./RegionPool.ts"

/** Offsets in a record of `numbers` (4 fields per level) and of `ints` (8). */
export const totalAt = 0
export const hiddenAt = 3
export const priceAt = 2
export const firstAt = 3
export const lastAt = 4

export class LevelPool {
  /**
   * Per level: shown lots (f64), then price, first order, last order (i32), then hidden lots (f64).
   * A level without orders has no first order.
   */
  private readonly memory = new GrowingMemory()
  numbers = new Float64Array(this.memory.buffer)
  ints = new Int32Array(this.memory.buffer)
  readonly regions = new RegionPool()
  private readonly free: Array<number> = []
  /** The levels of page 0 never have orders. */
  private usedPages = 1

  private grow(): void {
    this.memory.grow()
    this.numbers = new Float64Array(this.memory.buffer)
    this.ints = new Int32Array(this.memory.buffer)
  }

  /** The first level of an unused page. */
  takePage(): number {
    const free = this.free.pop()
    if (free !== undefined) return free
    const level = this.usedPages++ << pageBits
    if ((level + pageLevels) << 2 > this.numbers.length) this.grow()
    return level
  }

  givePageBack(firstLevel: number): void {
    this.free.push(firstLevel)
  }

  /** Nothing left behind by the level's last orders is valid. */
  clear(level: number, price: number): void {
    this.numbers[(level << 2) + totalAt] = 0
    this.numbers[(level << 2) + hiddenAt] = 0
    this.ints[(level << 3) + priceAt] = price
    this.ints[(level << 3) + firstAt] = 0
    this.ints[(level << 3) + lastAt] = 0
  }

  /** The lots shown by the book. */
  total(level: number): number {
    return this.numbers[(level << 2) + totalAt]!
  }
  /** Iceberg lots not shown by the book. */
  hidden(level: number): number {
    return this.numbers[(level << 2) + hiddenAt]!
  }
  price(level: number): number {
    return this.ints[(level << 3) + priceAt]!
  }
  first(level: number): number {
    return this.ints[(level << 3) + firstAt]!
  }
  last(level: number): number {
    return this.ints[(level << 3) + lastAt]!
  }
}
