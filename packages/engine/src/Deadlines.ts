/**
 * What becomes due, soonest first and by id among equals: a binary heap whose entries know their
 * place.
 */

/** Has the entries of a heap, by slot. */
export interface Dated {
  readonly id: (slot: number) => number
  readonly deadline: (slot: number) => number
  readonly deadlineIndex: (slot: number) => number
  readonly setDeadlineIndex: (slot: number, index: number) => void
}

export class Deadlines {
  private readonly pool: Dated
  private readonly heap: Array<number> = []

  constructor(pool: Dated) {
    this.pool = pool
  }

  get size(): number {
    return this.heap.length
  }

  /** The slot that is due first, or 0. */
  first(): number {
    return this.heap[0] ?? 0
  }

  add(slot: number): void {
    this.heap.push(slot)
    this.up(this.heap.length - 1, slot)
  }

  remove(slot: number): void {
    const index = this.pool.deadlineIndex(slot)
    const last = this.heap.pop()!
    if (last === slot) return
    this.up(index, last)
    this.down(this.pool.deadlineIndex(last), last)
  }

  private before(a: number, b: number): boolean {
    const difference = this.pool.deadline(a) - this.pool.deadline(b)
    return difference < 0 || (difference === 0 && this.pool.id(a) < this.pool.id(b))
  }

  private up(from: number, slot: number): void {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >>> 1
      const other = this.heap[parent]!
      if (!this.before(slot, other)) break
      this.put(index, other)
      index = parent
    }
    this.put(index, slot)
  }

  private down(from: number, slot: number): void {
    let index = from
    for (;;) {
      let child = 2 * index + 1
      if (child >= this.heap.length) break
      if (child + 1 < this.heap.length && this.before(this.heap[child + 1]!, this.heap[child]!))
        child++
      const other = this.heap[child]!
      if (!this.before(other, slot)) break
      this.put(index, other)
      index = child
    }
    this.put(index, slot)
  }

  private put(index: number, slot: number): void {
    this.heap[index] = slot
    this.pool.setDeadlineIndex(slot, index)
  }
}
