/** The newest items of a list that would grow for ever. */
export class Recent<A> {
  private readonly max: number
  private readonly keep: (item: A) => boolean
  /** Oldest first. Between `max` and twice as many, so that dropping is rare. */
  items: Array<A> = []

  /** `keep`: whether an item stays however old it is. */
  constructor(max: number, keep: (item: A) => boolean = () => false) {
    this.max = max
    this.keep = keep
  }

  push(item: A): void {
    this.items.push(item)
    if (this.items.length < 2 * this.max) return
    const oldest = this.items.length - this.max
    this.items = this.items.filter((item, i) => i >= oldest || this.keep(item))
  }
}
