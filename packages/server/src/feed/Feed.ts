/**
 * The one reader of the journal in this server that keeps current data. It begins with the venue's
 * newest snapshot, and notifies its listeners of each batch, in order and once, when it is durable.
 */
import { History, type Order as ProjectedOrder } from "@pandora-exchange/adapters-pg/History"
import { Batch, type Directory, Ids } from "@pandora-exchange/core"
import { SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { Contents, Limits, Recovery } from "@pandora-exchange/engine"
import { Exchange } from "@pandora-exchange/sdk"
import { Context, Effect, Layer, Schedule, Stream } from "effect"
import type { Balances } from "./Balances.ts"
import type { Books } from "./Books.ts"
import { type FeedBatch, FeedState, HistoryMismatch } from "./FeedState.ts"
import type { OrderPast, Orders } from "./Orders.ts"

export type { FeedBatch }

export type Trouble = "unreadable" | "bug"

export interface FeedService {
  readonly directory: Directory.Directory
  readonly books: Books
  readonly balances: Balances
  readonly orders: Orders
  /** The last command that all of it reflects. */
  readonly position: () => number
  /** Why it is not advancing: while the journal cannot be read, or permanently. */
  readonly trouble: () => Trouble | undefined
  /** Waits until all of it reflects the command `sequence`. */
  readonly reached: (sequence: number) => Effect.Effect<void>
  /**
   * Calls the listener after each batch, in the same turn in which everything above has changed.
   */
  readonly listen: (listener: (batch: FeedBatch) => void) => () => void
}

export class Feed extends Context.Service<Feed, FeedService>()("@pandora-exchange/server/Feed") {
  static readonly layer: Layer.Layer<Feed, never, Exchange | SnapshotStore | History> =
    Layer.effect(
      Feed,
      Effect.gen(function* () {
        const exchange = yield* Exchange
        const follower = new Follower(
          yield* begun.pipe(
            Effect.tapError((cause) => Effect.logWarning("What is current has to wait", cause)),
            Effect.retry(pause),
            // It never gives up.
            Effect.orDie
          )
        )
        const follow = Effect.suspend(() =>
          Stream.runForEach(exchange.batches(Ids.Sequence(follower.state.at + 1)), (batch) =>
            trying(() => follower.onBatch(batch))
          )
        )
        yield* Effect.forkScoped(
          follow.pipe(
            Effect.catchTag("HistoryMismatch", () => {
              follower.state = new FeedState()
              return Effect.andThen(Effect.logWarning(differ), follow)
            }),
            Effect.tapError(() => Effect.sync(() => (follower.why = "unreadable"))),
            Effect.retry(pause),
            Effect.tapDefect((bug) => {
              follower.why = "bug"
              return Effect.logError("What is current stands still from now on: a bug", bug)
            })
          )
        )
        return follower
      })
    )
}

const pause = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])

class Follower implements FeedService {
  state: FeedState
  why: Trouble | undefined
  private readonly listeners = new Set<(batch: FeedBatch) => void>()
  private waiting: Array<{ readonly sequence: number; readonly resume: () => void }> = []

  constructor(state: FeedState) {
    this.state = state
  }

  get directory() {
    return this.state.directory
  }
  get books() {
    return this.state.books
  }
  get balances() {
    return this.state.balances
  }
  get orders() {
    return this.state.orders
  }

  readonly position = () => this.state.at
  readonly trouble = () => this.why

  readonly listen = (listener: (batch: FeedBatch) => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly reached = (sequence: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (sequence <= this.state.at) return Effect.void
      return Effect.callback<void>((resume) => {
        const waiter = { sequence, resume: () => resume(Effect.void) }
        this.waiting.push(waiter)
        return Effect.sync(() => {
          this.waiting = this.waiting.filter((other) => other !== waiter)
        })
      })
    })

  onBatch(batch: Batch.Batch): void {
    this.why = undefined
    // The first batch may begin before what is already known.
    const changes = this.state.apply(
      Batch.sequencedEvents(batch).filter(({ sequence }) => sequence > this.state.at)
    )
    for (const listener of this.listeners) listener(changes)
    if (this.waiting.length === 0) return
    const all = this.waiting
    this.waiting = all.filter(({ sequence }) => sequence > this.state.at)
    for (const { resume, sequence } of all) if (sequence <= this.state.at) resume()
  }
}

const differ =
  "The open orders of the projections are not the journal's: they are of another journal. What is current is read from the journal's beginning"

const trying = <A>(evaluate: () => A): Effect.Effect<A, HistoryMismatch> =>
  Effect.try({
    try: evaluate,
    catch: (error) => {
      if (error instanceof HistoryMismatch) return error
      throw error
    }
  })

/**
 * Starts from the newest snapshot the projections have reached, since they have what a snapshot
 * lacks. Without one, starts from nothing: the journal has everything, but reading it takes longer.
 */
const begun = Effect.gen(function* () {
  const snapshots = yield* SnapshotStore
  if ((yield* snapshots.list).length === 0) return new FeedState()
  const pasts = yield* known
  if (pasts === undefined) return new FeedState()
  const reached = Effect.map(snapshots.list, (heads) =>
    heads.filter(({ sequence }) => sequence <= pasts.sequence)
  )
  const { venue } = yield* Recovery.newestSnapshot({
    snapshots: { ...snapshots, list: reached },
    limits: Limits.limitsDefault
  })
  const standing = Contents.contentsOf(venue.state)
  if (standing.sequence === 0) return new FeedState()
  return yield* Effect.catchTag(
    trying(() => new FeedState(standing, pasts)),
    "HistoryMismatch",
    () => Effect.as(Effect.logWarning(differ), new FeedState())
  )
})

/**
 * The past of the open orders, unless the database does not respond or is ahead of the journal, and
 * so belongs to another one.
 */
const known = Effect.gen(function* () {
  const { durableSequence } = yield* (yield* Exchange).status
  const { items, sequence } = yield* (yield* History).openOrders
  return sequence > durableSequence ? undefined : { sequence, orders: items.map(pastOf) }
}).pipe(Effect.catchTag("HistoryUnavailable", () => Effect.succeed(undefined)))

const pastOf = (order: ProjectedOrder): OrderPast => ({
  orderId: order.orderId,
  filledLots: order.filledLots,
  filledQuote: order.filledQuote,
  fee: order.fee,
  createdAt: order.acceptedAt.getTime(),
  updatedAt: order.updatedAt.getTime(),
  sequence: order.updatedSequence
})
