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
    const reader = new OrderReader(request.account, id, sequence)
    const found = yield* line.oneJournalRead(readInto(reader, line))
    if (found === undefined) return yield* unknown(request)
    // Only listings that are not yet durable are unknown here, and their orders are not read.
    const terms = line.directory.termsOf(found.marketId)
    return { data: OrderText.fullOrderText(terms, found), sequence }
  })

const unknown = ({ order }: OrderOf) =>
  new Refused("UnknownOrder", { field: order === undefined ? "clientOrderId" : "order" })

/**
 * Reads until the reader is done, and returns its order. A damaged journal is a defect: nothing
 * that is read from it can be trusted until an operator has restored it.
 */
const readInto = (
  reader: OrderReader,
  { venue: { batches } }: JournalReader
): Effect.Effect<OrderLife.TrackedOrder | undefined, Unavailable> =>
  Effect.gen(function* () {
    const from = yield* acceptedNear(batches, reader.orderId, reader.last)
    yield* Sequencer.follow(batches, Ids.Sequence(from)).pipe(
      Stream.takeUntil((batch) => reader.read(batch)),
      Stream.runDrain
    )
    // The journal is followed until the exchange closes.
    return reader.isDone ? reader.order : yield* new Unavailable("Closed")
  }).pipe(
    Effect.catchTag("Damaged", Effect.die),
    Effect.catchTag("Unknown", () => Effect.fail(new Unavailable("HistoryUnavailable")))
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

/** Follows one order of an account from its acceptance to its end, up to the command `last`. */
class OrderReader implements OrderLife.OrderKeeper {
  order: OrderLife.TrackedOrder | undefined
  /** The order has ended or is another account's, or everything was read. */
  isDone = false
  readonly orderId: number
  readonly last: number
  private readonly accountId: number
  private sequence = 0
  private time = 0

  constructor(accountId: number, orderId: number, last: number) {
    this.accountId = accountId
    this.orderId = orderId
    this.last = last
  }

  /** Reads a batch. Returns true when done. */
  read(batch: Batch.Batch): boolean {
    for (const { events, sequence, time } of Batch.sequencedEvents(batch)) {
      if (sequence > this.last) break
      this.sequence = sequence
      this.time = time
      for (const event of events) OrderLife.read(event, this)
    }
    if (this.order?.endReason !== undefined || Batch.lastSequence(batch) >= this.last)
      this.isDone = true
    return this.isDone
  }

  accepted(event: Event.EventOf<"OrderAccepted">): void {
    if (event.orderId !== this.orderId) return
    if (event.accountId !== this.accountId) {
      this.isDone = true
      return
    }
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
