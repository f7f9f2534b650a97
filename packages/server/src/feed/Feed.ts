/**
 * The one reader of the journal in this server. It keeps the books, the balances and the recent history in memory, and tells
 * whoever follows of each batch, in order and once, when it is durable.
 */
import { Exchange, type JournalEntry } from "@pandora-exchange/sdk"
import { Context, Effect, Layer, Schedule, Stream } from "effect"
import { Books, type DepthChange } from "./Books.ts"
import { Directory } from "./Directory.ts"
import { Ledger, type Posting } from "./Ledger.ts"
import { type OrderRecord, Records, type TradeRecord } from "./Records.ts"

/** What one durable batch changed. */
export interface FeedBatch {
  readonly sequence: number
  readonly depth: ReadonlyArray<DepthChange>
  readonly trades: ReadonlyArray<TradeRecord>
  readonly commands: ReadonlyArray<FeedCommand>
}

export interface FeedCommand {
  readonly sequence: number
  readonly orders: ReadonlyArray<OrderRecord>
  readonly postings: ReadonlyArray<Posting>
}

/** What is kept of each market's trades, and of each account's closed orders, fills and ledger entries. */
export const keptPerMarket = 10_000
export const keptPerAccount = 2_000

export interface FeedService {
  readonly directory: Directory
  readonly books: Books
  readonly ledger: Ledger
  readonly records: Records
  /** The last command that all of it reflects. */
  readonly position: () => number
  /** Why it stands still; it tries again by itself. */
  readonly trouble: () => unknown
  /** When all of it reflects the command `sequence`. */
  readonly reached: (sequence: number) => Effect.Effect<void>
  /** Calls the listener after each batch, in the turn in which everything above has changed. */
  readonly listen: (listener: (batch: FeedBatch) => void) => () => void
}

export class Feed extends Context.Service<Feed, FeedService>()("@pandora-exchange/server/Feed") {
  static readonly layer: Layer.Layer<Feed, never, Exchange> = Layer.effect(
    Feed,
    Effect.gen(function* () {
      const exchange = yield* Exchange
      const state = new FeedState()
      const follow = Effect.suspend(() =>
        Stream.runForEachArray(exchange.entries({ from: state.at + 1 }), (entries) =>
          Effect.sync(() => state.apply(entries))
        )
      )
      yield* Effect.forkScoped(
        follow.pipe(
          Effect.tapError((cause) => Effect.sync(() => (state.why = cause))),
          Effect.retry(Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")]))
        )
      )
      return Feed.of({
        directory: state.directory,
        books: state.books,
        ledger: state.ledger,
        records: state.records,
        position: () => state.at,
        trouble: () => state.why,
        reached: (sequence) => state.reached(sequence),
        listen: (listener) => {
          state.listeners.add(listener)
          return () => state.listeners.delete(listener)
        }
      })
    })
  )
}

class FeedState {
  readonly directory = new Directory()
  readonly books = new Books(this.directory)
  readonly ledger = new Ledger(this.directory, keptPerAccount)
  readonly records = new Records({ keptPerAccount, keptPerMarket })
  readonly listeners = new Set<(batch: FeedBatch) => void>()
  at = 0
  why: unknown
  private waiting: Array<{ readonly sequence: number; readonly resume: () => void }> = []

  apply(entries: ReadonlyArray<JournalEntry>): void {
    this.why = undefined
    const commands: Array<FeedCommand> = []
    const trades: Array<TradeRecord> = []
    for (const entry of entries) {
      this.ledger.begin(entry)
      this.records.begin(entry)
      for (const event of entry.events) {
        this.directory.learn(event)
        this.ledger.apply(event)
        this.records.apply(event)
        this.books.apply(event)
      }
      this.at = entry.sequence
      const { changed, traded } = this.records
      const { last } = this.ledger
      trades.push(...traded)
      if (changed.size > 0 || last.length > 0) {
        commands.push({ sequence: entry.sequence, orders: [...changed], postings: last })
      }
    }
    const batch = { sequence: this.at, depth: this.books.takeChanges(), trades, commands }
    for (const listener of this.listeners) listener(batch)
    this.release()
  }

  reached(sequence: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (sequence <= this.at) return Effect.void
      return Effect.callback<void>((resume) => {
        const waiter = { sequence, resume: () => resume(Effect.void) }
        this.waiting.push(waiter)
        return Effect.sync(() => {
          this.waiting = this.waiting.filter((other) => other !== waiter)
        })
      })
    })
  }

  private release(): void {
    if (this.waiting.length === 0) return
    const all = this.waiting
    this.waiting = all.filter(({ sequence }) => sequence > this.at)
    for (const { resume, sequence } of all) if (sequence <= this.at) resume()
  }
}
