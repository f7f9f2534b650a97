/**
 * The levels of one side by price, best first. A small key means a good price: the price itself for
 * asks, the highest price minus the price for bids, so that one code path serves both.
 *
 * Pages of four keys are allocated on demand from the pool of levels, under a three-level bitmap,
 * so that finding the next level takes a few bit operations, however far apart prices are.
 */
import type { LevelPool } from "./LevelPool.ts"
import {
  countAt,
  keysAt,
  pageBits,
  pageLevels,
  regionBits,
  regionBytes,
  regionPages,
  type RegionPool,
  usedAt,
  usedWords
} from "./RegionPool.ts"

const regionKeysBits = pageBits + regionBits

export class PriceLadder {
  private readonly levels: LevelPool
  private readonly pool: RegionPool
  /** The numbers of the regions, 0 for none. */
  private readonly regions: Int32Array
  private readonly usedRegions: Int32Array

  constructor(keysMax: number, levels: LevelPool) {
    const regions = (keysMax >>> regionKeysBits) + 1
    this.levels = levels
    this.pool = levels.regions
    this.regions = new Int32Array(regions)
    this.usedRegions = new Int32Array((regions + 31) >>> 5)
  }

  /** The key's level; one that never has orders if there is no page for it. */
  get(key: number): number {
    const region = this.regions[key >>> regionKeysBits]! * regionBytes
    return (
      this.pool.ints[(region >>> 2) + ((key >>> pageBits) & (regionPages - 1))]! +
      (key & (pageLevels - 1))
    )
  }

  /** The key's level, which will have orders from now on. */
  use(key: number): number {
    const regionIndex = key >>> regionKeysBits
    const region = (this.regions[regionIndex]! || this.addRegion(regionIndex)) * regionBytes
    const { bytes, ints } = this.pool
    const page = (key >>> pageBits) & (regionPages - 1)
    const inPage = key & (pageLevels - 1)
    if (bytes[region + keysAt + page] === 0) {
      ints[(region >>> 2) + page] = this.levels.takePage()
      ints[((region + usedAt) >>> 2) + (page >>> 5)]! |= 1 << (page & 31)
      ints[(region + countAt) >>> 2]!++
    }
    bytes[region + keysAt + page]! |= 1 << inPage
    return ints[(region >>> 2) + page]! + inPage
  }

  private addRegion(index: number): number {
    this.usedRegions[index >>> 5]! |= 1 << (index & 31)
    return (this.regions[index] = this.pool.take())
  }

  /** The key's level has no orders any more. */
  drop(key: number): void {
    const regionIndex = key >>> regionKeysBits
    const region = this.regions[regionIndex]! * regionBytes
    const { bytes, ints } = this.pool
    const page = (key >>> pageBits) & (regionPages - 1)
    if ((bytes[region + keysAt + page]! &= ~(1 << (key & (pageLevels - 1)))) !== 0) return
    this.levels.givePageBack(ints[(region >>> 2) + page]!)
    ints[(region >>> 2) + page] = 0
    ints[((region + usedAt) >>> 2) + (page >>> 5)]! &= ~(1 << (page & 31))
    if (--ints[(region + countAt) >>> 2]! !== 0) return
    this.pool.giveBack(this.regions[regionIndex]!)
    this.regions[regionIndex] = 0
    this.usedRegions[regionIndex >>> 5]! &= ~(1 << (regionIndex & 31))
  }

  /** The smallest key at or past `from` whose level has orders, or -1. */
  next(from: number): number {
    let regionIndex = from >>> regionKeysBits
    if (regionIndex >= this.regions.length) return -1
    const page = (from >>> pageBits) & (regionPages - 1)
    const keys =
      this.pool.bytes[this.regions[regionIndex]! * regionBytes + keysAt + page]! &
      (-1 << (from & (pageLevels - 1)))
    if (keys !== 0) return ((from >>> pageBits) << pageBits) + lowestBit(keys)
    const key = this.firstOf(regionIndex, page + 1)
    if (key !== -1) return key
    regionIndex = nextBit(this.usedRegions, 0, this.usedRegions.length, regionIndex + 1)
    return regionIndex === -1 ? -1 : this.firstOf(regionIndex, 0)
  }

  /** The first key with orders in the region's pages from `from` on, or -1. */
  private firstOf(regionIndex: number, from: number): number {
    const region = this.regions[regionIndex]! * regionBytes
    const { bytes, ints } = this.pool
    const page = nextBit(ints, (region + usedAt) >>> 2, usedWords, from)
    if (page === -1) return -1
    return (
      (regionIndex << regionKeysBits) +
      (page << pageBits) +
      lowestBit(bytes[region + keysAt + page]!)
    )
  }
}

/** The first set bit at or after bit `from`, in `count` words starting at `begin`; or -1. */
const nextBit = (words: Int32Array, begin: number, count: number, from: number): number => {
  let word = from >>> 5
  if (word >= count) return -1
  let bits = words[begin + word]! & (-1 << (from & 31))
  while (bits === 0) {
    if (++word >= count) return -1
    bits = words[begin + word]!
  }
  return word * 32 + lowestBit(bits)
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits)
