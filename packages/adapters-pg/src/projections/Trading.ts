/**
 * Orders and trades.
 *
 * An order that is new among the rows at hand is inserted as it is after the last of them; of others only what changes is told,
 * so that nothing has to be read to go on.
 */
import type { PgClient } from "@effect/sql-pg"
import type * as Event from "@pandora-exchange/core/Event"
import {
  endReasons,
  orderTypes,
  postOnlyModes,
  selfTradePreventions,
  sides,
  timesInForce,
  trailingUnits,
  triggers
} from "@pandora-exchange/core/Order"
import { Contradiction } from "@pandora-exchange/core/views/Contradiction"
import * as OrderLife from "@pandora-exchange/core/views/OrderLife"
import type { SequencedEvents } from "@pandora-exchange/core/Batch"
import { Effect } from "effect"
import { type Columns, enumeration, Rows } from "../internal/Bulk.ts"
import * as Partitions from "../internal/Partitions.ts"
import type { Projection, Writer } from "./Projection.ts"

/** `open`, or why it ended. */
export const orderEnds = ["open", ...endReasons] as const
export type OrderEnd = (typeof orderEnds)[number]

const orderColumns = {
  order_id: "int8",
  account_id: "int8",
  price_ticks: "int8",
  lots: "int8",
  filled_lots: "int8",
  ended_lots: "int8",
  filled_quote: "int8",
  fee: "int8",
  budget: "int8",
  accepted_sequence: "int8",
  updated_sequence: "int8",
  accepted_at: "timestamptz",
  updated_at: "timestamptz",
  deadline_ms: "int8",
  market_id: "int4",
  side: enumeration("side", sides),
  type: enumeration("order_type", orderTypes),
  time_in_force: enumeration("time_in_force", timesInForce),
  status: enumeration("order_status", orderEnds),
  maker_rate: "int4",
  taker_rate: "int4",
  waits: "boolean",
  post_only: enumeration("post_only_mode", postOnlyModes),
  display_lots: "int8",
  self_trade_prevention: enumeration("self_trade_prevention", selfTradePreventions),
  list_id: "int8",
  trigger: enumeration("order_trigger", triggers),
  trigger_ticks: "int8",
  trailing_unit: enumeration("trailing_unit", trailingUnits),
  trailing_offset: "int8",
  client_order_id: "text"
} as const satisfies Columns

/** `price_ticks` and `lots` are 0 where they did not change: neither is ever 0 for an order in which they can. `waits` is true of one that still does. */
const changeColumns = {
  account_id: "int8",
  order_id: "int8",
  price_ticks: "int8",
  lots: "int8",
  more_filled_lots: "int8",
  more_filled_quote: "int8",
  more_fee: "int8",
  ended_lots: "int8",
  status: enumeration("order_status", orderEnds),
  waits: "boolean",
  updated_sequence: "int8",
  updated_at: "timestamptz"
} as const satisfies Columns

const tradeColumns = {
  sequence: "int8",
  trade_id: "int8",
  price_ticks: "int8",
  lots: "int8",
  base_units: "int8",
  quote_units: "int8",
  maker_order_id: "int8",
  taker_order_id: "int8",
  maker_account_id: "int8",
  taker_account_id: "int8",
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
    ended_lots = new.ended_lots,
    status = ${changes.valueOf("status")},
    waits = orders.waits AND new.waits,
    updated_sequence = new.updated_sequence,
    updated_at = new.updated_at
  FROM ${changes.source}
  WHERE orders.venue_id = $1 AND orders.account_id = new.account_id AND orders.order_id = new.order_id`

const reset = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  yield* Partitions.dropAll(sql, partitioned, venueId)
  yield* sql`DELETE FROM pandora.orders WHERE venue_id = ${venueId}`
})

export const Trading: Projection = { name: "trading", open, reset }

/** An order as the events at hand tell of it. One that began before them has what they add, and 0 where they change nothing. */
interface OrderState extends OrderLife.OrderLife {
  /** Its beginning, where that is among them. */
  readonly accepted: Event.EventOf<"OrderAccepted"> | undefined
  readonly acceptedSequence: number
  readonly acceptedAt: number
  readonly accountId: number
  /** The trigger that it waits for, or waited: the history still tells it of an order that was activated. */
  waitedFor: Triggered
  updatedSequence: number
  updatedAt: number
}

type Triggered = Pick<OrderLife.OrderLife, "trigger" | "triggerTicks" | "trailingUnit" | "trailingOffset">

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
    if (this.states.has(event.orderId)) throw new Contradiction(`order ${event.orderId} is accepted twice`)
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
    if (order !== undefined) order.waitedFor = event
  }

  private stateOf(accepted: OrderState["accepted"], accountId: number, life: OrderLife.OrderLife): OrderState {
    const { sequence, time } = this
    return {
      ...life,
      accepted,
      acceptedSequence: sequence,
      acceptedAt: time,
      accountId,
      waitedFor: unchanged,
      updatedSequence: sequence,
      updatedAt: time
    }
  }

  private trade(event: Event.EventOf<"Trade">, eventIndex: number): void {
    const { lots, makerAccountId, makerFee, makerOrderId, quoteUnits, takerAccountId, takerFee, takerOrderId } = event
    this.trades.add({
      sequence: BigInt(this.sequence),
      trade_id: BigInt(event.tradeId),
      price_ticks: BigInt(event.priceTicks),
      lots: BigInt(lots),
      base_units: event.baseUnits,
      quote_units: quoteUnits,
      maker_order_id: BigInt(makerOrderId),
      taker_order_id: BigInt(takerOrderId),
      maker_account_id: BigInt(makerAccountId),
      taker_account_id: BigInt(takerAccountId),
      maker_fee: makerFee,
      taker_fee: takerFee,
      time: this.time,
      market_id: event.marketId,
      event_index: eventIndex,
      taker_side: event.takerSide
    })
  }

  rows() {
    const orders = new Rows(orderColumns)
    const changes = new Rows(changeColumns)
    for (const [orderId, state] of this.states) {
      const { accepted, waitedFor } = state
      if (accepted === undefined) {
        changes.add({
          account_id: BigInt(state.accountId),
          order_id: BigInt(orderId),
          price_ticks: BigInt(state.priceTicks),
          lots: BigInt(state.lots),
          more_filled_lots: BigInt(state.filledLots),
          more_filled_quote: state.filledQuote,
          more_fee: state.fee,
          ended_lots: BigInt(state.endedLots),
          status: state.endReason ?? "open",
          waits: state.waits,
          updated_sequence: BigInt(state.updatedSequence),
          updated_at: state.updatedAt
        })
        continue
      }
      orders.add({
        order_id: BigInt(orderId),
        account_id: BigInt(state.accountId),
        price_ticks: BigInt(state.priceTicks),
        lots: BigInt(state.lots),
        filled_lots: BigInt(state.filledLots),
        ended_lots: BigInt(state.endedLots),
        filled_quote: state.filledQuote,
        fee: state.fee,
        budget: accepted.budget,
        accepted_sequence: BigInt(state.acceptedSequence),
        updated_sequence: BigInt(state.updatedSequence),
        accepted_at: state.acceptedAt,
        updated_at: state.updatedAt,
        deadline_ms: BigInt(accepted.deadline),
        market_id: accepted.marketId,
        side: accepted.side,
        type: accepted.type,
        time_in_force: accepted.timeInForce,
        status: state.endReason ?? "open",
        maker_rate: accepted.makerRate,
        taker_rate: accepted.takerRate,
        waits: state.waits,
        post_only: accepted.postOnly,
        display_lots: BigInt(accepted.displayLots),
        self_trade_prevention: accepted.selfTradePrevention,
        list_id: BigInt(accepted.listId),
        trigger: waitedFor.trigger,
        trigger_ticks: BigInt(waitedFor.triggerTicks),
        trailing_unit: waitedFor.trailingUnit,
        trailing_offset: BigInt(waitedFor.trailingOffset),
        client_order_id: accepted.clientOrderId
      })
    }
    return { orders, changes }
  }
}

/** Of an order that began earlier. Whether it waits is known when it starts or ends. */
const unchanged: OrderLife.OrderLife = {
  priceTicks: 0,
  lots: 0,
  filledLots: 0,
  remainingLots: 0,
  endedLots: 0,
  filledQuote: 0n,
  fee: 0n,
  waits: true,
  trigger: "none",
  triggerTicks: 0,
  trailingUnit: "none",
  trailingOffset: 0,
  endReason: undefined
}
