/**
 * The levels of one side by price, best first. A key is small where the price is good: the price itself for asks, the
 * highest price minus the price for bids, so that one code path serves both.
 *
 * Pages of 64 keys are made on demand under a bitmap of three steps, so finding the next level is a few bit operations,
 * however far apart prices are.
 */
const pageBits = 6
const pageKeys = 1 << pageBits
const regionBits = 12
const regionPages = 1 << regionBits

interface Page {
  low: number
  high: number
  readonly levels: Int32Array
}

interface Region {
  count: number
  readonly used: Int32Array
  readonly pages: Array<Page | undefined>
}

export class PriceLadder {
  private readonly regions: Array<Region | undefined>
  private readonly usedRegions: Int32Array
  private readonly spare: Array<Page> = []
  /** The last region that emptied: a side that empties and fills again makes none anew. */
  private spareRegion: Region | undefined

  constructor(keysMax: number) {
    const regions = Math.floor(keysMax / (pageKeys * regionPages)) + 1
    this.regions = Array.from({ length: regions }, () => undefined)
    this.usedRegions = new Int32Array((regions + 31) >>> 5)
  }

  /** The level at `key`, or 0. */
  get(key: number): number {
    const page = this.regions[key >>> (pageBits + regionBits)]?.pages[(key >>> pageBits) & (regionPages - 1)]
    return page === undefined ? 0 : page.levels[key & (pageKeys - 1)]!
  }

  set(key: number, level: number): void {
    const regionIndex = key >>> (pageBits + regionBits)
    const pageIndex = (key >>> pageBits) & (regionPages - 1)
    const region = (this.regions[regionIndex] ??= this.takeRegion())
    let page = region.pages[pageIndex]
    if (page === undefined) {
      page = this.spare.pop() ?? { low: 0, high: 0, levels: new Int32Array(pageKeys) }
      region.pages[pageIndex] = page
      region.used[pageIndex >>> 5]! |= 1 << (pageIndex & 31)
      if (region.count++ === 0) this.usedRegions[regionIndex >>> 5]! |= 1 << (regionIndex & 31)
    }
    const inPage = key & (pageKeys - 1)
    page.levels[inPage] = level
    if (inPage < 32) page.low |= 1 << inPage
    else page.high |= 1 << (inPage & 31)
  }

  private takeRegion(): Region {
    const spare = this.spareRegion
    this.spareRegion = undefined
    return (
      spare ?? {
        count: 0,
        used: new Int32Array(regionPages >>> 5),
        pages: Array.from({ length: regionPages }, () => undefined)
      }
    )
  }

  delete(key: number): void {
    const regionIndex = key >>> (pageBits + regionBits)
    const pageIndex = (key >>> pageBits) & (regionPages - 1)
    const region = this.regions[regionIndex]!
    const page = region.pages[pageIndex]!
    const inPage = key & (pageKeys - 1)
    page.levels[inPage] = 0
    if (inPage < 32) page.low &= ~(1 << inPage)
    else page.high &= ~(1 << (inPage & 31))
    if ((page.low | page.high) !== 0) return
    region.pages[pageIndex] = undefined
    region.used[pageIndex >>> 5]! &= ~(1 << (pageIndex & 31))
    this.spare.push(page)
    if (--region.count === 0) {
      this.regions[regionIndex] = undefined
      this.spareRegion = region
      this.usedRegions[regionIndex >>> 5]! &= ~(1 << (regionIndex & 31))
    }
  }

  /** The smallest key at or past `from` that has a level, or -1. */
  next(from: number): number {
    let regionIndex = from >>> (pageBits + regionBits)
    if (regionIndex >= this.regions.length) return -1
    const region = this.regions[regionIndex]
    if (region !== undefined) {
      const key = nextInRegion(region, (from >>> pageBits) & (regionPages - 1), from & (pageKeys - 1))
      if (key !== -1) return regionIndex * (pageKeys * regionPages) + key
    }
    regionIndex = nextBit(this.usedRegions, regionIndex + 1)
    if (regionIndex === -1) return -1
    return regionIndex * (pageKeys * regionPages) + nextInRegion(this.regions[regionIndex]!, 0, 0)
  }
}

const nextInRegion = (region: Region, pageIndex: number, inPage: number): number => {
  const page = region.pages[pageIndex]
  if (page !== undefined) {
    const found = nextInPage(page, inPage)
    if (found !== -1) return pageIndex * pageKeys + found
  }
  const index = nextBit(region.used, pageIndex + 1)
  return index === -1 ? -1 : index * pageKeys + nextInPage(region.pages[index]!, 0)
}

const nextInPage = (page: Page, from: number): number => {
  if (from < 32) {
    const low = page.low & (-1 << from)
    if (low !== 0) return lowestBit(low)
  }
  const high = from < 32 ? page.high : page.high & (-1 << (from & 31))
  return high === 0 ? -1 : 32 + lowestBit(high)
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
