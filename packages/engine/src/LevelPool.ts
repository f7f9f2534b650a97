/**
 * Price levels of all books, in pages of eight neighbouring prices: who trades through a level finds the next one beside it. A level
 * (0 means none) names a place in a page.
 */
const pageShift = 3
export const pageLevels: number = 1 << pageShift

export const chunkShift = 10
export const chunkMask: number = (1 << chunkShift) - 1
/** Places in a record of `numbers` (4 fields to a level) and of `ints` (8). */
export const totalAt = 0
export const hiddenAt = 3
export const priceAt = 2
export const firstAt = 3
export const lastAt = 4

export class LevelPool {
  /** Per level: shown lots (f64), then price, first order, last order (i32), then hidden lots (f64). One without orders has no first. */
  readonly numbers: Array<Float64Array> = []
  readonly ints: Array<Int32Array> = []
  private readonly free: Array<number> = []
  private usedPages = 1

  constructor() {
    this.grow()
  }

  private grow(): void {
    const chunk = new ArrayBuffer(32 << chunkShift)
    this.numbers.push(new Float64Array(chunk))
    this.ints.push(new Int32Array(chunk))
  }

  /** The first level of a page that nobody uses. */
  takePage(): number {
    const free = this.free.pop()
    if (free !== undefined) return free
    const level = this.usedPages++ << pageShift
    if (level >>> chunkShift >= this.numbers.length) this.grow()
    return level
  }

  givePageBack(firstLevel: number): void {
    this.free.push(firstLevel)
  }

  /** Nothing of what the level's last orders left behind counts. */
  clear(level: number, price: number): void {
    const numbers = this.numbers[level >>> chunkShift]!
    const ints = this.ints[level >>> chunkShift]!
    const at = (level & chunkMask) << 2
    numbers[at + totalAt] = 0
    numbers[at + hiddenAt] = 0
    ints[(at << 1) + priceAt] = price
    ints[(at << 1) + firstAt] = 0
    ints[(at << 1) + lastAt] = 0
  }

  /** Lots that the book shows. */
  total(level: number): number {
    return this.numbers[level >>> chunkShift]![((level & chunkMask) << 2) + totalAt]!
  }
  /** Lots of icebergs that the book does not show. */
  hidden(level: number): number {
    return this.numbers[level >>> chunkShift]![((level & chunkMask) << 2) + hiddenAt]!
  }
  price(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + priceAt]!
  }
  first(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + firstAt]!
  }
  last(level: number): number {
    return this.ints[level >>> chunkShift]![((level & chunkMask) << 3) + lastAt]!
  }
}
