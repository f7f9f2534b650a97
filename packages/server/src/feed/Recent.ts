/** The newest items of a list that would otherwise grow forever. */
export class Recent<A> {
  private readonly max: number
  /** Oldest first. Between `max` and twice as many, so that dropping is rare. */
  items: Array<A> = []
  /** The newest item that was dropped. */
  dropped: A | undefined

  constructor(max: number) {
    this.max = max
  }

  push(item: A): void {
    this.items.push(item)
    if (this.items.length < 2 * this.max) return
    this.dropped = this.items[this.items.length - this.max - 1]
    this.items = this.items.slice(-this.max)
  }
}
