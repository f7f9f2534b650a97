/**
 * Reads one order, open or ended, from the journal, because the venue itself keeps only open
 * orders. This costs nothing until it is used, and stays exact across restarts, snapshots and
 * changes of rules.
 */
import { Refused, Unavailable } from "@pandora-exchange/contract/failure"
import { Batch, type Event, Ids, OrderLife, OrderText } from "@pandora-exchange/core"
import { Sequencer, type VenueClient } from "@pandora-exchange/engine"
import { Effect, Stream } from "effect"
import type { ExchangeFailure } from "../ExchangeError.ts"
import type { OpenOrder, Order, OrderOf, Sequenced } from "../Requests.ts"
import type { Directory } from "./Directory.ts"
import type { Questions } from "./queries.ts"

/** What the journal is read through. */
export interface JournalReader {
  readonly venue: VenueClient.VenueClient<Questions>
  readonly directory: Directory
  /** Runs reads of the journal one at a time, so that many of them cannot occupy a whole core. */
  readonly oneJournalRead: <A, E, R>(read: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Reads one order, as of the command reflected by `open`, the order if it is open. An ended order
 * is found only by its id, since names can be used again.
 */
export const orderInJournal = (
  line: JournalReader,
  request: OrderOf,
  open: Effect.Effect<Sequenced<OpenOrder | undefined>, ExchangeFailure>
): Effect.Effect<Sequenced<Order>, ExchangeFailure> =>
  Effect.gen(function* () {
    const { data, sequence } = yield* open
    const id = request.order ?? data?.order
    if (id === undefined || sequence === 0) return yield* unknown(request)
    const found = yield* line.oneJournalRead(orderUpTo(line, id, sequence))
    if (found?.accountId !== request.account) return yield* unknown(request)
    // Only listings that are not yet durable are unknown here, and their orders are not read.
    const terms = line.directory.termsOf(found.marketId)
    return { data: OrderText.fullOrderText(terms, found), sequence }
  })

const unknown = ({ order }: OrderOf) =>
  new Refused("UnknownOrder", { field: order === undefined ? "clientOrderId" : "order" })

/** The order after the command `last`; `undefined` if it did not exist by then. */
const orderUpTo = (
  { venue }: JournalReader,
  orderId: number,
  last: number
): Effect.Effect<OrderLife.TrackedOrder | undefined, Unavailable> =>
  Effect.gen(function* () {
    const from = yield* acceptedNear(venue.batches, orderId, last)
    const keeper = new OneOrder(orderId)
    yield* Sequencer.follow(venue.batches, Ids.Sequence(from)).pipe(
      Stream.takeUntil((batch) => keeper.read(batch, last)),
      Stream.runDrain
    )
    // The journal is followed until the exchange closes.
    return keeper.isDone ? keeper.order : yield* new Unavailable("Closed")
  }).pipe(
    Effect.catchTag(["Damaged", "Unknown"], () =>
      Effect.fail(new Unavailable("HistoryUnavailable"))
    )
  )

/**
 * Finds a place to start reading that is not far before the order's acceptance. Order ids rise with
 * the sequence, so each read rules out half of the remaining journal.
 */
const acceptedNear = (batches: Sequencer.Batches, orderId: number, last: number) =>
  Effect.gen(function* () {
    let low = 1
    let high = last
    while (high - low > nearCommands) {
      const middle = Math.floor((low + high) / 2)
      const first = yield* firstAccepted(batches, middle, high)
      if (first === undefined || first.orderId > orderId) high = middle
      else low = first.sequence
    }
    return low
  })

/** Reading this many commands is faster than searching among them. */
const nearCommands = 1_000

/** The first order accepted between the commands `from` and `last`. */
const firstAccepted = (batches: Sequencer.Batches, from: number, last: number) =>
  Sequencer.follow(batches, Ids.Sequence(from)).pipe(
    Stream.takeUntil((batch) => Batch.lastSequence(batch) >= last),
    Stream.flatMap((batch) => Stream.fromIterable(acceptedIn(batch, from, last))),
    Stream.take(1),
    Stream.runCollect,
    Effect.map(([first]) => first)
  )

function* acceptedIn(batch: Batch.Batch, from: number, last: number) {
  for (const { events, sequence } of Batch.sequencedEvents(batch)) {
    if (sequence < from || sequence > last) continue
    for (const event of events)
      if (event._tag === "OrderAccepted") yield { orderId: event.orderId, sequence }
  }
}

/** Follows one order from its acceptance to its end. */
class OneOrder implements OrderLife.OrderKeeper {
  order: OrderLife.TrackedOrder | undefined
  /** The order has ended, or everything was read. */
  isDone = false
  private readonly orderId: number
  private sequence = 0
  private time = 0

  constructor(orderId: number) {
    this.orderId = orderId
  }

  /** Reads a batch up to the command `last`. Returns true when done. */
  read(batch: Batch.Batch, last: number): boolean {
    for (const { events, sequence, time } of Batch.sequencedEvents(batch)) {
      if (sequence > last) break
      this.sequence = sequence
      this.time = time
      for (const event of events) OrderLife.read(event, this)
    }
    this.isDone = this.order?.endReason !== undefined || Batch.lastSequence(batch) >= last
    return this.isDone
  }

  accepted(event: Event.EventOf<"OrderAccepted">): void {
    if (event.orderId !== this.orderId) return
    const { sequence, time } = this
    this.order = { ...OrderLife.accepted(event), createdAt: time, updatedAt: time, sequence }
  }

  changed(orderId: number): OrderLife.TrackedOrder | undefined {
    const order = this.kept(orderId)
    if (order === undefined) return undefined
    order.updatedAt = this.time
    order.sequence = this.sequence
    return order
  }

  kept(orderId: number): OrderLife.TrackedOrder | undefined {
    return orderId === this.orderId ? this.order : undefined
  }
}
