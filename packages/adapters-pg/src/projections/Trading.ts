/**
 * Orders and trades.
 *
 * A new order is inserted as it is after the last of the current events. For an existing order only
 * the changes are stored, so nothing has to be read to continue.
 */
import type { PgClient } from "@effect/sql-pg"
import type * as Event from "@pandora-exchange/core/Event"
import { sides, waitStates } from "@pandora-exchange/core/Order"
import { Contradiction } from "@pandora-exchange/core/views/Contradiction"
import * as OrderLife from "@pandora-exchange/core/views/OrderLife"
import type { SequencedEvents } from "@pandora-exchange/core/Batch"
import { Effect } from "effect"
import { type Columns, enumeration, Rows } from "../internal/Bulk.ts"
import { orderRows, orderStatus } from "../internal/OrderFields.ts"
import * as Partitions from "../internal/Partitions.ts"
import type { Projection, Writer } from "./Projection.ts"

/**
 * `price_ticks` and `lots` are 0 if they did not change; neither is ever 0 for an order in which
 * they can change. What an order waits for only ever decreases, so `waits_for` is an upper bound.
 */
const changeColumns = {
  account_id: "count",
  order_id: "count",
  price_ticks: "count",
  lots: "count",
  more_filled_lots: "count",
  more_filled_quote: "int8",
  more_fee: "int8",
  more_prevented_lots: "count",
  ended_lots: "count",
  status: orderStatus.sent,
  waits_for: enumeration("order_wait", waitStates),
  updated_sequence: "count",
  updated_at: "timestamptz"
} as const satisfies Columns

const tradeColumns = {
  sequence: "count",
  trade_id: "count",
  price_ticks: "count",
  lots: "count",
  base_units: "int8",
  quote_units: "int8",
  maker_order_id: "count",
  taker_order_id: "count",
  maker_account_id: "count",
  taker_account_id: "count",
  maker_fee: "int8",
  taker_fee: "int8",
  time: "timestamptz",
  market_id: "int4",
  event_index: "int4",
  taker_side: enumeration("side", sides)
} as const satisfies Columns

const partitioned: Partitions.Partitioned = { table: "trade", setUp: [] }

const open = (sql: PgClient.PgClient, venueId: string): Effect.Effect<Writer> =>
  Effect.succeed({
    prepare: (commands) => {
      const book = new OrderBookkeeping(commands)
      const { changes, orders } = book.rows()
      const tables = [
        orders.insertInto(sql, venueId, "orders"),
        changes.into(sql, venueId, changeOrders(changes)),
        book.trades.insertInto(sql, venueId, "trade")
      ]
      return { store: Effect.all(tables, { discard: true }), orderIdMax: book.orderIdMax }
    },
    makeRoom: Partitions.keeper(sql, partitioned, venueId)
  })

const changeOrders = (changes: Rows<typeof changeColumns>) => `
  UPDATE pandora.orders SET
    price_ticks = CASE WHEN new.price_ticks = 0 THEN orders.price_ticks ELSE new.price_ticks END,
    lots = CASE WHEN new.lots = 0 THEN orders.lots ELSE new.lots END,
    filled_lots = orders.filled_lots + new.more_filled_lots,
    filled_quote = orders.filled_quote + new.more_filled_quote,
    fee = orders.fee + new.more_fee,
    prevented_lots = orders.prevented_lots + new.more_prevented_lots,
    ended_lots = new.ended_lots,
    status = ${changes.valueOf("status")},
    waits_for = LEAST(orders.waits_for, ${changes.valueOf("waits_for")}),
    updated_sequence = new.updated_sequence,
    updated_at = new.updated_at
  FROM ${changes.source}
  WHERE orders.venue_id = $1 AND orders.account_id = new.account_id AND orders.order_id = new.order_id`

const reset = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  yield* Partitions.dropAll(sql, partitioned, venueId)
  yield* sql`DELETE FROM pandora.orders WHERE venue_id = ${venueId}`
})

export const Trading: Projection = { name: "trading", open, reset }

/**
 * The changes that the current events make to an order. For an order that began earlier, amounts
 * are what the events add, and 0 means no change.
 */
interface OrderState extends OrderLife.OrderLife {
  /** The event that began the order, if it is among the current ones. */
  readonly accepted: Event.EventOf<"OrderAccepted"> | undefined
  readonly acceptedSequence: number
  readonly acceptedAt: number
  readonly accountId: number
  /** The trigger of the order. The history keeps it after the order was activated. */
  waitedFor: Triggered
  updatedSequence: number
  updatedAt: number
}

type Triggered = Pick<
  OrderLife.OrderLife,
  "trigger" | "triggerTicks" | "trailingUnit" | "trailingOffset"
>

/** Turns events into rows of orders and trades. */
class OrderBookkeeping implements OrderLife.OrderKeeper {
  readonly trades = new Rows(tradeColumns)
  orderIdMax = 0
  private readonly states = new Map<number, OrderState>()
  private sequence = 0
  private time = 0

  constructor(commands: ReadonlyArray<SequencedEvents>) {
    for (const command of commands) this.add(command)
  }

  private add({ events, sequence, time }: SequencedEvents): void {
    this.sequence = sequence
    this.time = time
    for (const [eventIndex, event] of events.entries()) {
      OrderLife.read(event, this)
      if (event._tag === "OrderWaiting") this.waiting(event)
      if (event._tag === "Trade") this.trade(event, eventIndex)
    }
  }

  accepted(event: Event.EventOf<"OrderAccepted">): void {
    if (this.states.has(event.orderId))
      throw new Contradiction(`order ${event.orderId} is accepted twice`)
    this.orderIdMax = event.orderId
    this.states.set(event.orderId, this.stateOf(event, event.accountId, OrderLife.begun(event)))
  }

  changed(orderId: number, accountId: number): OrderState {
    const found = this.states.get(orderId)
    const order = found ?? this.stateOf(undefined, accountId, unchanged)
    if (found === undefined) this.states.set(orderId, order)
    order.updatedSequence = this.sequence
    order.updatedAt = this.time
    return order
  }

  kept(orderId: number): OrderState | undefined {
    return this.states.get(orderId)
  }

  private waiting(event: Event.EventOf<"OrderWaiting">): void {
    const order = this.kept(event.orderId)
    if (order === undefined) return
    const { trailingOffset, trailingUnit, trigger, triggerTicks } = event
    order.waitedFor = { trigger, triggerTicks, trailingUnit, trailingOffset }
  }

  private stateOf(
    accepted: OrderState["accepted"],
    accountId: number,
    life: OrderLife.OrderLife
  ): OrderState {
    const { sequence, time } = this
    return {
      ...life,
      accepted,
      acceptedSequence: sequence,
      acceptedAt: time,
      accountId,
      waitedFor: noTrigger,
      updatedSequence: sequence,
      updatedAt: time
    }
  }

  private trade(event: Event.EventOf<"Trade">, eventIndex: number): void {
    const {
      lots,
      makerAccountId,
      makerFee,
      makerOrderId,
      quoteUnits,
      takerAccountId,
      takerFee,
      takerOrderId
    } = event
    this.trades.add({
      sequence: this.sequence,
      trade_id: event.tradeId,
      price_ticks: event.priceTicks,
      lots,
      base_units: event.baseUnits,
      quote_units: quoteUnits,
      maker_order_id: makerOrderId,
      taker_order_id: takerOrderId,
      maker_account_id: makerAccountId,
      taker_account_id: takerAccountId,
      maker_fee: makerFee,
      taker_fee: takerFee,
      time: this.time,
      market_id: event.marketId,
      event_index: eventIndex,
      taker_side: event.takerSide
    })
  }

  rows() {
    const orders = orderRows()
    const changes = new Rows(changeColumns)
    for (const [orderId, state] of this.states) {
      const { accepted, waitedFor } = state
      if (accepted === undefined) {
        changes.add({
          account_id: state.accountId,
          order_id: orderId,
          price_ticks: state.priceTicks,
          lots: state.lots,
          more_filled_lots: state.filledLots,
          more_filled_quote: state.filledQuote,
          more_fee: state.fee,
          more_prevented_lots: state.preventedLots,
          ended_lots: state.endedLots,
          status: state.endReason ?? "open",
          waits_for: state.waitsFor,
          updated_sequence: state.updatedSequence,
          updated_at: state.updatedAt
        })
        continue
      }
      orders.add({ ...accepted, ...state, ...waitedFor, status: state.endReason ?? "open" })
    }
    return { orders, changes }
  }
}

const noTrigger: Triggered = {
  trigger: "none",
  triggerTicks: 0,
  trailingUnit: "none",
  trailingOffset: 0
}

/** An order that began earlier. What it waits for is known only once the wait is over. */
const unchanged: OrderLife.OrderLife = {
  priceTicks: 0,
  lots: 0,
  filledLots: 0,
  remainingLots: 0,
  preventedLots: 0,
  endedLots: 0,
  filledQuote: 0n,
  fee: 0n,
  waitsFor: "workingOrder",
  ...noTrigger,
  endReason: undefined
}
