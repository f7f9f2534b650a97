/**
 * Maps order ids to slots. Ids count up, so the slots of 4,096 neighbouring ids form a page, found
 * by the id's bits, and the id in the slot's record tells whether the entry is valid.
 *
 * A page with only a few orders left is given up, and so is one whose position a newer page needs:
 * their orders move to maps. So an order that stays forever costs no page, and nothing large is
 * ever copied at once.
 */
import { GrowingMemory } from "./GrowingMemory.ts"
import type { OrderPool } from "./OrderPool.ts"

const pageBits = 12
const pageIds = 1 << pageBits
const pageMask = pageIds - 1
/** The pages of the newest 67 million ids have their own positions. */
const ringPages = 1 << 14
const ringMask = ringPages - 1
/** A page with this many orders or fewer is given up once newer ones are filled. */
const fewOrders = pageIds / 64
/** Each map stays small enough to grow in far less than a millisecond. */
const mapsMask = 1023

export class OrderIndex {
  private readonly pool: OrderPool
  /** Page by page; unused ones contain zeros, and page 0 always does. */
  private readonly memory = new GrowingMemory()
  private slots = new Int32Array(this.memory.buffer)
  private readonly free: Array<number> = []
  private usedPages = 1
  /**
   * By position in the ring: the page's offset (0 for none), its number among all pages, and its
   * number of orders.
   */
  private readonly pages = new Int32Array(ringPages)
  private readonly numbers = new Float64Array(ringPages)
  private readonly live = new Int32Array(ringPages)
  /** Position and first id of the page that new ids go to. */
  private newest = -1
  private newestFrom = Number.POSITIVE_INFINITY
  private readonly maps: Array<Map<number, number> | undefined> = Array.from(
    { length: mapsMask + 1 },
    () => undefined
  )
  private inMaps = 0

  constructor(pool: OrderPool) {
    this.pool = pool
  }

  /** The slot's record must already have its id. */
  add(id: number, slot: number): void {
    const at = id - this.newestFrom
    if (at < 0 || at >= pageIds) return this.addElsewhere(id, slot)
    this.slots[this.pages[this.newest]! + at] = slot
    this.live[this.newest]!++
  }

  /** The slot of an open order, or 0. */
  find(id: number): number {
    const slot = this.slots[this.pages[(id >>> pageBits) & ringMask]! + (id & pageMask)]!
    if (slot !== 0 && this.pool.id(slot) === id) return slot
    return this.inMaps === 0 ? 0 : (this.maps[id & mapsMask]?.get(id) ?? 0)
  }

  /** Must be called before the slot's record loses its id. */
  remove(id: number, slot: number): void {
    const place = (id >>> pageBits) & ringMask
    const at = this.pages[place]! + (id & pageMask)
    if (this.slots[at] !== slot) {
      if (this.maps[id & mapsMask]?.delete(id) === true) this.inMaps--
      return
    }
    this.slots[at] = 0
    if (--this.live[place]! <= fewOrders && place !== this.newest) this.giveUp(place)
  }

  /** For an id that is not in the newest page. */
  private addElsewhere(id: number, slot: number): void {
    const number = Math.floor(id / pageIds)
    const place = number & ringMask
    const { newest, numbers, pages } = this
    if (newest === -1 || number > numbers[newest]!) {
      if (pages[place] !== 0) this.giveUp(place)
      pages[place] = this.takePage()
      numbers[place] = number
      this.newest = place
      this.newestFrom = number * pageIds
      if (newest !== -1 && newest !== place && this.live[newest]! <= fewOrders) this.giveUp(newest)
    } else if (pages[place] === 0 || numbers[place] !== number) return this.addToMap(id, slot)
    this.slots[pages[place]! + (id & pageMask)] = slot
    this.live[place]!++
  }

  private takePage(): number {
    const free = this.free.pop()
    if (free !== undefined) return free
    const page = this.usedPages++ * pageIds
    while (page + pageIds > this.slots.length) {
      this.memory.grow()
      this.slots = new Int32Array(this.memory.buffer)
    }
    return page
  }

  private addToMap(id: number, slot: number): void {
    const map = (this.maps[id & mapsMask] ??= new Map())
    map.set(id, slot)
    this.inMaps++
  }

  private giveUp(place: number): void {
    const { live, slots } = this
    const page = this.pages[place]!
    for (let i = page; live[place] !== 0; i++) {
      const slot = slots[i]!
      if (slot === 0) continue
      slots[i] = 0
      live[place]!--
      this.addToMap(this.pool.id(slot), slot)
    }
    this.pages[place] = 0
    this.free.push(page)
  }
}
