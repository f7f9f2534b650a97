/**
 * How many commands the next batch may have. Batches follow the journal: while writing one takes
 * longer than executing and answering it, and more commands wait, the next may be twice as large;
 * once the writing is the shorter part, half. So neither waits for the other for long, and answers
 * come as soon as that allows.
 */
const batchMin = 64

export class BatchLimit {
  private limit: number
  private readonly max: number
  /** Spent on executing and answering since the last write ended. */
  private busyMs = 0

  constructor(max: number) {
    this.max = max
    this.limit = Math.min(batchMin, max)
  }

  get commands(): number {
    return this.limit
  }

  spent(ms: number): void {
    this.busyMs += ms
  }

  /** A write took `writeMs`, and `waiting` commands have come meanwhile. */
  adapt(writeMs: number, waiting: number): void {
    if (writeMs > 2 * this.busyMs) {
      if (waiting >= this.limit) this.limit = Math.min(2 * this.limit, this.max)
    } else if (writeMs < this.busyMs) {
      this.limit = Math.min(Math.max(this.limit >> 1, batchMin), this.max)
    }
    this.busyMs = 0
  }
}
