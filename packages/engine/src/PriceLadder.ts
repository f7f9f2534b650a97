/**
 * The levels of one side by price, best first. A key is small where the price is good: the price itself for asks, the
 * highest price minus the price for bids, so that one code path serves both.
 *
 * Pages of eight keys are taken on demand from the pool of levels, under a bitmap of three steps, so finding the next level is a few bit
 * operations, however far apart prices are.
 */
import { type LevelPool, pageLevels } from "./LevelPool.ts"

const pageBits = Math.log2(pageLevels)
const regionBits = 12
const regionPages = 1 << regionBits
const regionKeysBits = pageBits + regionBits

interface Region {
  /** Pages in use. */
  count: number
  /** By page: its first level, or 0. */
  readonly levels: Int32Array
  /** By page: which of its levels have orders, and 32 pages to a word whether any has. */
  readonly keys: Uint8Array
  readonly used: Int32Array
}

export class PriceLadder {
  private readonly pool: LevelPool
  private readonly regions: Array<Region | undefined>
  private readonly usedRegions: Int32Array
  /** The last region that emptied: a side that empties and fills again makes none anew. */
  private spareRegion: Region | undefined

  constructor(keysMax: number, pool: LevelPool) {
    const regions = (keysMax >>> regionKeysBits) + 1
    this.pool = pool
    this.regions = Array.from({ length: regions }, () => undefined)
    this.usedRegions = new Int32Array((regions + 31) >>> 5)
  }

  /** The level of the key, with orders or without; 0 where there is no page for it. */
  get(key: number): number {
    const region = this.regions[key >>> regionKeysBits]
    if (region === undefined) return 0
    const first = region.levels[(key >>> pageBits) & (regionPages - 1)]!
    return first === 0 ? 0 : first + (key & (pageLevels - 1))
  }

  /** The level of the key, which has orders from now on. */
  use(key: number): number {
    const regionIndex = key >>> regionKeysBits
    const region = (this.regions[regionIndex] ??= this.takeRegion(regionIndex))
    const page = (key >>> pageBits) & (regionPages - 1)
    const inPage = key & (pageLevels - 1)
    if (region.keys[page] === 0) {
      region.levels[page] = this.pool.takePage()
      region.used[page >>> 5]! |= 1 << (page & 31)
      region.count++
    }
    region.keys[page]! |= 1 << inPage
    return region.levels[page]! + inPage
  }

  private takeRegion(index: number): Region {
    const spare = this.spareRegion
    this.spareRegion = undefined
    this.usedRegions[index >>> 5]! |= 1 << (index & 31)
    if (spare !== undefined) return spare
    return {
      count: 0,
      levels: new Int32Array(regionPages),
      keys: new Uint8Array(regionPages),
      used: new Int32Array(regionPages >>> 5)
    }
  }

  /** The level of the key has no orders any more. */
  drop(key: number): void {
    const regionIndex = key >>> regionKeysBits
    const region = this.regions[regionIndex]!
    const page = (key >>> pageBits) & (regionPages - 1)
    if ((region.keys[page]! &= ~(1 << (key & (pageLevels - 1)))) !== 0) return
    this.pool.givePageBack(region.levels[page]!)
    region.levels[page] = 0
    region.used[page >>> 5]! &= ~(1 << (page & 31))
    if (--region.count !== 0) return
    this.regions[regionIndex] = undefined
    this.spareRegion = region
    this.usedRegions[regionIndex >>> 5]! &= ~(1 << (regionIndex & 31))
  }

  /** The smallest key at or past `from` whose level has orders, or -1. */
  next(from: number): number {
    let regionIndex = from >>> regionKeysBits
    if (regionIndex >= this.regions.length) return -1
    const region = this.regions[regionIndex]
    if (region !== undefined) {
      const page = (from >>> pageBits) & (regionPages - 1)
      const keys = region.keys[page]! & (-1 << (from & (pageLevels - 1)))
      if (keys !== 0) return ((from >>> pageBits) << pageBits) + lowestBit(keys)
      const key = firstFrom(region, page + 1)
      if (key !== -1) return (regionIndex << regionKeysBits) + key
    }
    regionIndex = nextBit(this.usedRegions, regionIndex + 1)
    return regionIndex === -1 ? -1 : (regionIndex << regionKeysBits) + firstFrom(this.regions[regionIndex]!, 0)
  }
}

/** The first key in the pages of a region from `from` on, or -1. */
const firstFrom = ({ keys, used }: Region, from: number): number => {
  const page = nextBit(used, from)
  return page === -1 ? -1 : (page << pageBits) + lowestBit(keys[page]!)
}

const nextBit = (words: Int32Array, from: number): number => {
  let word = from >>> 5
  if (word >= words.length) return -1
  let bits = words[word]! & (-1 << (from & 31))
  while (bits === 0) {
    if (++word >= words.length) return -1
    bits = words[word]!
  }
  return word * 32 + lowestBit(bits)
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits)
