/** Books that run the operations of a workload: the venue's own, and those of npm that people would take instead. */
import { OrderBook as HftBook } from "hft-limit-order-book"
import { OrderBook as NodeBook } from "nodejs-order-book"
import { LevelPool, OrderBook } from "../src/OrderBook.ts"
import { OrderIndex } from "../src/OrderIndex.ts"
import { OrderPool } from "../src/OrderPool.ts"
import { add, cancel, type Workload } from "./Workload.ts"

/** A fresh book, with operations ready to be run one after the other. */
export interface Run {
  /** The operations from `from` on, up to `to`. */
  readonly run: (from: number, to: number) => void
  readonly trades: () => number
  readonly volume: () => number
}

export type Engine = (workload: Workload) => Run

const ringMask = (1 << 16) - 1

/** The venue's own classes with nothing around them but a match and a ring of trade records. */
class OwnBook {
  private readonly pool = new OrderPool()
  private readonly levels = new LevelPool()
  private readonly index = new OrderIndex(this.pool)
  private readonly book: OrderBook
  private readonly ids = new Float64Array((ringMask + 1) * 2)
  private readonly numbers = new Int32Array((ringMask + 1) * 2)
  trades = 0
  volume = 0

  constructor(priceMax: number) {
    this.book = new OrderBook(priceMax, this.pool, this.levels)
  }

  place(id: number, side: number, price: number, lots: number, rests: boolean): void {
    const { book, index, levels, pool } = this
    const makers = book.against(side)
    let left = lots
    while (left > 0 && makers.crossedBy(price)) {
      const level = makers.best
      const slot = levels.first(level)
      const makerLeft = pool.remaining(slot)
      const taken = Math.min(left, makerLeft)
      const makerId = pool.id(slot)
      left -= taken
      this.record(makerId, id, levels.price(level), taken)
      if (taken < makerLeft) makers.shrink(slot, taken)
      else {
        makers.remove(slot)
        index.remove(makerId, slot)
        pool.free(slot)
      }
    }
    if (left === 0 || !rests) return
    const slot = pool.allocate()
    pool.setId(slot, id)
    pool.setAccount(slot, 1)
    pool.setTerms(slot, 1, side, 0, false, 0)
    pool.setPrice(slot, price)
    pool.setRemaining(slot, left)
    index.add(id, slot)
    book.of(side).append(slot, price)
  }

  cancel(id: number): void {
    const { book, index, pool } = this
    const slot = index.find(id)
    book.of(pool.side(slot)).remove(slot)
    index.remove(id, slot)
    pool.free(slot)
  }

  private record(makerId: number, takerId: number, price: number, lots: number): void {
    const at = (this.trades++ & ringMask) << 1
    this.ids[at] = makerId
    this.ids[at + 1] = takerId
    this.numbers[at] = price
    this.numbers[at + 1] = lots
    this.volume += lots
  }
}

/** Classes, since a fresh closure for each book would make the optimiser start again. */
class OwnRun implements Run {
  private readonly book: OwnBook
  private readonly workload: Workload

  constructor(workload: Workload) {
    this.workload = workload
    this.book = new OwnBook(workload.priceMax)
  }

  run(from: number, to: number): void {
    const { ids, kinds, lots, priceMax, prices, sides } = this.workload
    const { book } = this
    for (let i = from; i < to; i++) {
      const kind = kinds[i]!
      if (kind === cancel) book.cancel(ids[i]!)
      else if (kind === add) book.place(ids[i]!, sides[i]!, prices[i]!, lots[i]!, true)
      else book.place(ids[i]!, sides[i]!, sides[i] === 0 ? priceMax : 0, lots[i]!, false)
    }
  }

  trades(): number {
    return this.book.trades
  }

  volume(): number {
    return this.book.volume
  }
}

export const own: Engine = (workload) => new OwnRun(workload)

interface PeerOrder {
  readonly side: "buy" | "sell"
  readonly id: string
  readonly size: number
  readonly price: number
}

interface PeerResult {
  readonly done: ReadonlyArray<{ readonly id: string }>
  readonly partial: { readonly id: string } | null
  readonly quantityLeft: number
}

/** Both have the same calls. */
interface PeerBook {
  readonly limit: (order: PeerOrder) => PeerResult
  readonly market: (order: Pick<PeerOrder, "side" | "size">) => PeerResult
  readonly cancel: (id: string) => unknown
}

class PeerRun implements Run {
  private readonly book: PeerBook
  private readonly kinds: Uint8Array
  /** Made before the clock starts, as a client's would be there. */
  private readonly orders: ReadonlyArray<PeerOrder>
  private traded = 0
  private moved = 0

  constructor(book: PeerBook, { ids, kinds, lots, prices, sides }: Workload) {
    this.book = book
    this.kinds = kinds
    this.orders = Array.from(kinds, (_, i) => ({
      side: sides[i] === 0 ? "buy" : "sell",
      id: String(ids[i]),
      size: lots[i]!,
      price: prices[i]!
    }))
  }

  run(from: number, to: number): void {
    const { book, kinds, orders } = this
    for (let i = from; i < to; i++) {
      const order = orders[i]!
      const kind = kinds[i]!
      if (kind === cancel) book.cancel(order.id)
      else this.count(order, kind === add ? book.limit(order) : book.market(order))
    }
  }

  private count({ id, size }: PeerOrder, { done, partial, quantityLeft }: PeerResult): void {
    for (const order of done) if (order.id !== id) this.traded++
    if (partial !== null && partial.id !== id) this.traded++
    this.moved += size - quantityLeft
  }

  trades(): number {
    return this.traded
  }

  volume(): number {
    return this.moved
  }
}

const peer =
  (make: () => PeerBook): Engine =>
  (workload) =>
    new PeerRun(make(), workload)

export const peers: Readonly<Record<string, Engine>> = {
  "nodejs-order-book": peer(() => new NodeBook() as unknown as PeerBook),
  "hft-limit-order-book": peer(() => new HftBook() as unknown as PeerBook)
}
