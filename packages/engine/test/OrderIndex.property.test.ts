import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { OrderIndex } from "../src/OrderIndex.ts"
import { OrderPool } from "../src/OrderPool.ts"

/** Ids per page, and in the ring of pages: ids further apart than that share a position. */
const page = 4_096
const ring = page * 16_384

class Orders {
  readonly pool = new OrderPool()
  readonly index = new OrderIndex(this.pool)
  readonly slots = new Map<number, number>()

  add(id: number): void {
    if (this.slots.has(id)) return
    const slot = this.pool.allocate()
    this.pool.setId(slot, id)
    this.pool.setTerms(slot, 1, 0)
    this.index.add(id, slot)
    this.slots.set(id, slot)
  }

  remove(id: number): void {
    const slot = this.slots.get(id)
    if (slot === undefined) return
    this.index.remove(id, slot)
    this.pool.free(slot)
    this.slots.delete(id)
  }

  check(strangers: ReadonlyArray<number>): void {
    for (const [id, slot] of this.slots) assert.strictEqual(this.index.find(id), slot, `id ${id}`)
    for (const id of strangers)
      if (!this.slots.has(id)) assert.strictEqual(this.index.find(id), 0, `stranger ${id}`)
  }
}

describe("OrderIndex", () => {
  it("finds the orders that are there and no others, as ids count up", () => {
    const step = fc.record({
      // Up to several pages, and now and then once around the ring.
      skip: fc.oneof(
        fc.nat(3),
        fc.nat(3 * page),
        fc.constantFrom(ring - 1, ring, ring + 1, 2 ** 40)
      ),
      many: fc.nat(200),
      removedOf: fc.nat(100)
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const orders = new Orders()
        const placed: Array<number> = []
        let id = 0
        for (const { many, removedOf, skip } of steps) {
          id += skip
          for (let n = 0; n < many; n++) {
            orders.add(++id)
            placed.push(id)
          }
          for (let i = 0; i < placed.length; i += removedOf + 1) orders.remove(placed[i]!)
        }
        orders.check([...placed, id + 1, id + ring, ...placed.map((known) => known + ring)])
        for (const known of placed) orders.remove(known)
        orders.check(placed)
      }),
      { numRuns: 60 }
    )
  })

  it("finds orders that come in any order, as those of a snapshot do", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 3 * ring }), { maxLength: 500 }),
        (ids) => {
          const orders = new Orders()
          for (const id of ids) orders.add(id)
          orders.check(ids.flatMap((id) => [id + 1, id + ring]))
          for (const id of ids.filter((_, i) => i % 2 === 0)) orders.remove(id)
          orders.check(ids)
        }
      ),
      { numRuns: 60 }
    )
  })

  it("gives up a page of which few are left, and finds those few", () => {
    const orders = new Orders()
    for (let id = 1; id <= 5 * page; id++) orders.add(id)
    for (let id = 1; id <= 5 * page; id++) if (id % 100 !== 0) orders.remove(id)
    orders.check(Array.from({ length: 5 * page + 2 }, (_, i) => i + 1))
    // Their pages are reused.
    for (let id = 5 * page + 1; id <= 12 * page; id++) orders.add(id)
    orders.check([])
  })
})
