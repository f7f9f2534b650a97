/**
 * From order id to slot. Ids count up, so the slots of 4,096 neighbouring ids stand in one page, found by the id's bits, and the id in
 * the slot's record tells whether the entry is meant.
 *
 * A page of which only a few orders are left is given up, and so is one whose place a newer page needs: the orders left go to maps.
 * So an order that stays for ever costs no page, and nothing is ever copied at once.
 */
import type { OrderPool } from "./OrderPool.ts"

const pageBits = 12
const pageIds = 1 << pageBits
const pageMask = pageIds - 1
/** The pages of the 67 million newest ids have places of their own. */
const ringPages = 1 << 14
const ringMask = ringPages - 1
/** A page of that many orders or fewer is given up once newer ones are filled. */
const fewOrders = pageIds / 64
/** Each stays small enough to grow in far less than a millisecond. */
const mapsMask = 1023
const sparePagesMax = 64

export class OrderIndex {
  private readonly pool: OrderPool
  private readonly pages: Array<Int32Array | undefined> = Array.from({ length: ringPages }, () => undefined)
  /** By page: which of all pages it is, and how many orders it has. */
  private readonly numbers = new Float64Array(ringPages)
  private readonly live = new Int32Array(ringPages)
  private readonly spare: Array<Int32Array> = []
  private newest = -1
  private readonly maps: Array<Map<number, number> | undefined> = Array.from({ length: mapsMask + 1 }, () => undefined)
  private inMaps = 0

  constructor(pool: OrderPool) {
    this.pool = pool
  }

  /** The slot's record must carry its id already. */
  add(id: number, slot: number): void {
    const place = (id >>> pageBits) & ringMask
    const page = this.pages[place]
    if (page === undefined || place !== this.newest) return this.addElsewhere(id, slot)
    page[id & pageMask] = slot
    this.live[place]!++
  }

  /** The slot of an open order, or 0. */
  find(id: number): number {
    const page = this.pages[(id >>> pageBits) & ringMask]
    if (page !== undefined) {
      const slot = page[id & pageMask]!
      if (slot !== 0 && this.pool.id(slot) === id) return slot
    }
    return this.inMaps === 0 ? 0 : (this.maps[id & mapsMask]?.get(id) ?? 0)
  }

  /** Before the slot's record loses its id. */
  remove(id: number, slot: number): void {
    const place = (id >>> pageBits) & ringMask
    const page = this.pages[place]
    if (page === undefined || page[id & pageMask] !== slot) {
      if (this.maps[id & mapsMask]?.delete(id) === true) this.inMaps--
      return
    }
    page[id & pageMask] = 0
    if (--this.live[place]! <= fewOrders && place !== this.newest) this.giveUp(place)
  }

  /** An id whose page is not the newest. */
  private addElsewhere(id: number, slot: number): void {
    const number = Math.floor(id / pageIds)
    const place = number & ringMask
    const { newest, numbers, pages } = this
    if (pages[place] === undefined || numbers[place]! < number) {
      const isNewest = newest === -1 || number > numbers[newest]!
      if (!isNewest) return this.addToMap(id, slot)
      if (pages[place] !== undefined) this.giveUp(place)
      pages[place] = this.spare.pop() ?? new Int32Array(pageIds)
      numbers[place] = number
      this.newest = place
      if (newest !== -1 && newest !== place && this.live[newest]! <= fewOrders) this.giveUp(newest)
    } else if (numbers[place] !== number) return this.addToMap(id, slot)
    pages[place]![id & pageMask] = slot
    this.live[place]!++
  }

  private addToMap(id: number, slot: number): void {
    const map = (this.maps[id & mapsMask] ??= new Map())
    map.set(id, slot)
    this.inMaps++
  }

  private giveUp(place: number): void {
    const page = this.pages[place]!
    for (let i = 0; this.live[place] !== 0; i++) {
      const slot = page[i]!
      if (slot === 0) continue
      page[i] = 0
      this.live[place]!--
      this.addToMap(this.pool.id(slot), slot)
    }
    this.pages[place] = undefined
    if (this.spare.length < sparePagesMax) this.spare.push(page)
  }
}
