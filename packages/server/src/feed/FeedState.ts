/**
 * What the feed knows: the books, the balances, the open orders and the latest trades after one
 * command of the journal. It starts from a snapshot of the venue, or from nothing, and continues
 * with events.
 */
import { type Batch, Directory, type OrderLife } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"
import { Data } from "effect"
import { Balances } from "./Balances.ts"
import { Books, type DepthChange } from "./Books.ts"
import { type OrderPast, Orders, type TradeRecord } from "./Orders.ts"

/** What one durable batch changed. */
export interface FeedBatch {
  readonly sequence: number
  readonly depth: ReadonlyArray<DepthChange>
  readonly trades: ReadonlyArray<TradeRecord>
  readonly orders: ReadonlySet<OrderLife.TrackedOrder>
  /** By account, the assets of which the balance has changed. */
  readonly balances: ReadonlyMap<number, ReadonlySet<number>>
}

/**
 * Fills, fees and times of the open orders after the command `sequence`, which a snapshot lacks.
 */
export interface Pasts {
  readonly sequence: number
  readonly orders: ReadonlyArray<OrderPast>
}

/** The open orders of the history differ from those of the journal. */
export class HistoryMismatch extends Data.TaggedError("HistoryMismatch")<{}> {}

const nothing: Contents.Contents = {
  sequence: 0,
  assets: [],
  markets: [],
  balances: [],
  orders: []
}

export class FeedState {
  readonly directory: Directory.Directory
  readonly books: Books
  readonly balances: Balances
  readonly orders: Orders
  /** The last command that all of it reflects. */
  at: number
  private pasts: Pasts | undefined

  /** `pasts` belong to the same command or a later one. Throws `HistoryMismatch`. */
  constructor(standing: Contents.Contents = nothing, pasts?: Pasts) {
    this.directory = new Directory.Directory({
      assets: standing.assets,
      markets: standing.markets.map(({ market }) => market)
    })
    this.books = new Books(this.directory, standing)
    this.balances = new Balances(standing)
    this.orders = new Orders(standing)
    this.at = standing.sequence
    this.pasts = pasts
    this.learnPasts()
  }

  /** Throws `HistoryMismatch`, after which this object must not be used. */
  apply(commands: ReadonlyArray<Batch.SequencedEvents>): FeedBatch {
    for (const command of commands) {
      this.orders.begin(command)
      for (const event of command.events) {
        this.directory.learn(event)
        this.balances.apply(event)
        this.orders.apply(event)
        this.books.apply(event)
      }
      this.at = command.sequence
      this.learnPasts()
    }
    return {
      sequence: this.at,
      depth: this.books.takeChanges(),
      balances: this.balances.takeChanges(),
      ...this.orders.takeChanges()
    }
  }

  private learnPasts(): void {
    if (this.pasts?.sequence !== this.at) return
    if (!this.orders.learnPasts(this.pasts.orders)) throw new HistoryMismatch()
    this.pasts = undefined
  }
}
