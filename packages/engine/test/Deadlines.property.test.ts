import { assert, describe, it } from "@effect/vitest"
import { type Dated, Deadlines } from "../src/Deadlines.ts"
import { Random } from "./reference/randomCommands.ts"

/** A slot's deadline; its id is the slot. */
class Slots implements Dated {
  readonly deadlines = new Map<number, number>()
  private readonly indexes = new Map<number, number>()

  id(slot: number): number {
    return slot
  }
  deadlineIndex(slot: number): number {
    return this.indexes.get(slot)!
  }
  setDeadlineIndex(slot: number, index: number): void {
    this.indexes.set(slot, index)
  }

  /** Soonest first, by id among equals, or 0. */
  first(): number {
    const [first] = [...this.deadlines].sort(([a, x], [b, y]) => x - y || a - b)
    return first?.[0] ?? 0
  }
}

describe("Deadlines", () => {
  it.each([1, 2, 3])("have the soonest first, whichever come and go, seed %i", (seed) => {
    const random = new Random(seed)
    const slots = new Slots()
    const deadlines = new Deadlines(slots)
    for (let i = 1; i <= 1_000; i++) {
      const open = [...slots.deadlines.keys()]
      if (open.length === 0 || random.chance(open.length < 40 ? 0.6 : 0.4)) {
        const time = random.int(1, 60)
        slots.deadlines.set(i, time)
        deadlines.add(i, time)
      } else {
        const gone = random.chance(0.3) ? deadlines.first() : random.pick(open)
        deadlines.remove(gone)
        slots.deadlines.delete(gone)
      }
      assert.strictEqual(deadlines.size, slots.deadlines.size)
      assert.strictEqual(deadlines.first(), slots.first(), `step ${i}`)
      const times = [...slots.deadlines]
      assert.deepStrictEqual(
        times.map(([slot]) => [slot, deadlines.timeOf(slot)]),
        times
      )
    }
  })
})
