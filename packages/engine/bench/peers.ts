/** Order books from npm, used through their own calls. */
import { createRequire } from "node:module"
import { cancel, limit, type Workload } from "./Workload.ts"

/** The parts of both that the bench uses; the compiler does not find their published types. */
interface PeerBook {
  limit(order: { id: string; side: "buy" | "sell"; size: number; price: number }): PeerAnswer
  market(order: { side: "buy" | "sell"; size: number }): PeerAnswer
  cancel(id: string): unknown
}

interface PeerAnswer {
  readonly done: ReadonlyArray<{ readonly id: string }>
  readonly partial: { readonly id: string } | null
  readonly quantityLeft: number
  readonly err: unknown
}

const load = createRequire(import.meta.url)

export const peerNames = ["nodejs-order-book", "hft-limit-order-book"] as const
export type PeerName = (typeof peerNames)[number]

/** Peers name orders by strings; those of a workload are made before the clock starts. */
export const idsOf = (workload: Workload): ReadonlyArray<string> =>
  Array.from(workload.orders, String)

export class Peer {
  trades = 0
  volume = 0
  private readonly book: PeerBook
  private readonly ids: ReadonlyArray<string>

  constructor(name: PeerName, ids: ReadonlyArray<string>) {
    const { OrderBook } = load(name) as { readonly OrderBook: new () => PeerBook }
    this.book = new OrderBook()
    this.ids = ids
  }

  run({ kinds, lots, prices, sides }: Workload, from: number, to: number): void {
    const { book, ids } = this
    for (let i = from; i < to; i++) {
      const id = ids[i]!
      const kind = kinds[i]
      if (kind === cancel) {
        book.cancel(id)
        continue
      }
      const side = sides[i] === 0 ? "buy" : "sell"
      const size = lots[i]!
      const answer =
        kind === limit
          ? book.limit({ id, side, size, price: prices[i]! })
          : book.market({ side, size })
      if (answer.err !== null) throw answer.err
      this.count(answer, id, size)
    }
  }

  /**
   * Filled makers are in `done` and a partially used maker in `partial`; a limit-order taker is in
   * there too.
   */
  private count({ done, partial, quantityLeft }: PeerAnswer, id: string, size: number): void {
    this.volume += size - quantityLeft
    this.trades += done.length
    if (done.length > 0 && done[done.length - 1]!.id === id) this.trades--
    if (partial !== null && partial.id !== id) this.trades++
  }
}
