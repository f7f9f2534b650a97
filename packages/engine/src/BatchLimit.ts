/**
 * How many commands the next batch may have, adapted to the journal: if writing takes longer than
 * executing and answering, and more commands are waiting, the next batch may be twice as large; if
 * writing is the shorter part, half as large. So neither side waits long for the other, and answers
 * arrive as soon as that allows.
 */
const batchMin = 64

export class BatchLimit {
  private limit: number
  private readonly max: number
  /** Time spent on executing and answering since the last write ended. */
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

  /** A write took `writeMs`, and `waiting` commands have arrived in the meantime. */
  adapt(writeMs: number, waiting: number): void {
    if (writeMs > 2 * this.busyMs) {
      if (waiting >= this.limit) this.limit = Math.min(2 * this.limit, this.max)
    } else if (writeMs < this.busyMs) {
      this.limit = Math.min(Math.max(this.limit >> 1, batchMin), this.max)
    }
    this.busyMs = 0
  }
}
