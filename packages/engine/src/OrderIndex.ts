/**
 * From order id to slot. Ids count up, so a table is indexed by the id's low bits, and the id in the slot's record tells
 * whether the entry is meant; four neighbours are tried, the rare rest goes to a map. A quarter of a table is used, which keeps that rest
 * rare also where old orders stand among the new.
 *
 * A full table is never rehashed: a new one of twice the size takes the new orders, and the old one serves until its orders are gone.
 */
import type { OrderPool } from "./OrderPool.ts"

const probes = 4
const firstBits = 12

interface Table {
  readonly slots: Int32Array
  readonly mask: number
  live: number
}

const makeTable = (bits: number): Table => ({
  slots: new Int32Array((1 << bits) + probes),
  mask: (1 << bits) - 1,
  live: 0
})

export class OrderIndex {
  private readonly pool: OrderPool
  private newest: Table = makeTable(firstBits)
  private older: Array<Table> = []
  private readonly overflow = new Map<number, number>()

  constructor(pool: OrderPool) {
    this.pool = pool
  }

  /** The slot's record must carry its id already. */
  add(id: number, slot: number): void {
    if (this.newest.live * 4 > this.newest.mask) this.grow()
    const { slots, mask } = this.newest
    const from = id & mask
    for (let i = from; i < from + probes; i++) {
      if (slots[i] === 0) {
        slots[i] = slot
        this.newest.live++
        return
      }
    }
    this.overflow.set(id, slot)
  }

  /** The slot of an open order, or 0. */
  find(id: number): number {
    const slot = this.findIn(this.newest, id)
    return slot !== 0 || (this.older.length === 0 && this.overflow.size === 0) ? slot : this.findElsewhere(id)
  }

  private findIn({ slots, mask }: Table, id: number): number {
    const from = id & mask
    for (let i = from; i < from + probes; i++) {
      const slot = slots[i]!
      if (slot !== 0 && this.pool.id(slot) === id) return slot
    }
    return 0
  }

  private findElsewhere(id: number): number {
    for (const table of this.older) {
      const slot = this.findIn(table, id)
      if (slot !== 0) return slot
    }
    return this.overflow.get(id) ?? 0
  }

  /** Before the slot's record loses its id. */
  remove(id: number, slot: number): void {
    if (this.removeFrom(this.newest, id, slot)) return
    for (const table of this.older) {
      if (this.removeFrom(table, id, slot)) {
        if (table.live === 0) this.older = this.older.filter((other) => other !== table)
        return
      }
    }
    this.overflow.delete(id)
  }

  private removeFrom(table: Table, id: number, slot: number): boolean {
    const { slots, mask } = table
    const from = id & mask
    for (let i = from; i < from + probes; i++) {
      if (slots[i] === slot) {
        slots[i] = 0
        table.live--
        return true
      }
    }
    return false
  }

  private grow(): void {
    this.older.unshift(this.newest)
    this.newest = makeTable(Math.log2(this.newest.mask + 1) + 1)
  }
}
