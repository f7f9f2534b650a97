/**
 * Due times, soonest first and by id among equals: a binary heap whose entries know their
 * positions.
 */

/** Stores the entries of a heap, by slot. */
export interface Dated {
  readonly id: (slot: number) => number
  readonly deadlineIndex: (slot: number) => number
  readonly setDeadlineIndex: (slot: number, index: number) => void
}

export class Deadlines {
  private readonly pool: Dated
  /** By position: the slot, and when it is due. */
  private readonly slots: Array<number> = []
  private readonly times: Array<number> = []

  constructor(pool: Dated) {
    this.pool = pool
  }

  get size(): number {
    return this.slots.length
  }

  /** The slot that is due first, or 0. */
  first(): number {
    return this.slots[0] ?? 0
  }

  /** When the first slot is due; infinite if there is none. */
  firstTime(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY
  }

  /** When a slot in the heap is due. */
  timeOf(slot: number): number {
    return this.times[this.pool.deadlineIndex(slot)]!
  }

  add(slot: number, time: number): void {
    this.up(this.slots.length, slot, time)
  }

  remove(slot: number): void {
    const index = this.pool.deadlineIndex(slot)
    const last = this.slots.pop()!
    const time = this.times.pop()!
    if (last === slot) return
    this.up(index, last, time)
    this.down(this.pool.deadlineIndex(last), last, time)
  }

  private isBefore(slot: number, time: number, index: number): boolean {
    const difference = time - this.times[index]!
    return (
      difference < 0 || (difference === 0 && this.pool.id(slot) < this.pool.id(this.slots[index]!))
    )
  }

  private up(from: number, slot: number, time: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >>> 1
      if (!this.isBefore(slot, time, parent)) break
      this.put(index, this.slots[parent]!, this.times[parent]!)
      index = parent
    }
    this.put(index, slot, time)
  }

  private down(from: number, slot: number, time: number): void {
    const { slots, times } = this
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= slots.length) break
      if (child + 1 < slots.length && this.isBefore(slots[child + 1]!, times[child + 1]!, child))
        child++
      if (this.isBefore(slot, time, child)) break
      this.put(index, slots[child]!, times[child]!)
      index = child
    }
    this.put(index, slot, time)
  }

  private put(index: number, slot: number, time: number): void {
    this.slots[index] = slot
    this.times[index] = time
    this.pool.setDeadlineIndex(slot, index)
  }
}
