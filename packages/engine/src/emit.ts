/**
 * Writes events into a batch. The four written by the inner loop go directly to their offsets; all
 * others go through their layout. Literals are written as their position in core's lists.
 */
import { type Batch, Event, Layout, Order, RejectReason } from "@pandora-exchange/core"
import type { EndedOrder } from "./EndedOrder.ts"
import type { OrderExtra } from "./OrderExtra.ts"
import type { OrderPool } from "./OrderPool.ts"
import { writeAccepted } from "./OrderRecord.ts"
import { writerOf } from "./straightLine.ts"
import type { Taker } from "./Taker.ts"
import type { Trade } from "./Trade.ts"

const { writeHeader, writeU53 } = Layout

/** An event whose ids are plain numbers, as in the state. */
type Plain<E> = E extends unknown
  ? { readonly [K in keyof E]: E[K] extends number ? number : E[K] }
  : never

export const emit = (out: Batch.BatchWriter, event: Plain<Event.Event>): void => {
  out.ensure(Layout.recordBytesMax)
  out.at = Event.encode(out.view, out.at, event as Event.Event)
}

export const reject = (out: Batch.BatchWriter, reason: RejectReason.RejectReason): void => {
  out.ensure(Layout.recordBytesMax)
  writeHeader(out.view, out.at, Event.Rejected.code, 0, Event.Rejected.fixedBytes)
  out.view.setUint8(out.at + Event.Rejected.offsets.reason, rejectCodes.get(reason)!)
  out.at += Event.Rejected.fixedBytes
}

const rejectCodes = new Map<RejectReason.RejectReason, number>(
  RejectReason.rejectReasons.map((reason, code) => [reason, code])
)

export const orderAccepted = (out: Batch.BatchWriter, order: Taker): void => {
  out.ensure(Layout.recordBytesMax)
  const { at, view } = out
  const { clientOrderId } = order
  writeAccepted(view, at, order)
  Layout.text.write(view, at + Event.OrderAccepted.fixedBytes, clientOrderId)
  const length = Event.OrderAccepted.fixedBytes + 1 + clientOrderId.length
  writeHeader(view, at, Event.OrderAccepted.code, 0, length)
  out.at = at + length
}

/** An open order waits; the fields come from its record. */
export const orderWaiting = (
  out: Batch.BatchWriter,
  orders: OrderPool,
  slot: number,
  extra: OrderExtra,
  wait: number
): void =>
  emit(out, {
    _tag: "OrderWaiting",
    orderId: orders.id(slot),
    marketId: orders.market(slot),
    side: Order.sides[orders.side(slot)]!,
    wait: Order.waits[wait]!,
    trigger: Order.triggers[extra.trigger]!,
    triggerTicks: extra.triggerTicks,
    trailingUnit: Order.trailingUnits[extra.trailingUnit]!,
    trailingOffset: extra.trailingOffset
  })

const writeTrade = writerOf(Event.Trade)

export const trade = (out: Batch.BatchWriter, match: Trade): void => {
  out.ensure(Layout.recordBytesMax)
  const { at, view } = out
  writeHeader(view, at, Event.Trade.code, 0, Event.Trade.fixedBytes)
  writeTrade(view, at, match)
  out.at = at + Event.Trade.fixedBytes
}

const rested = Event.OrderRested.offsets

/** An order has just joined the book; the fields come from its record. */
export const orderRested = (
  out: Batch.BatchWriter,
  orders: OrderPool,
  slot: number,
  depthSequence: number
): void => {
  out.ensure(Layout.recordBytesMax)
  const { at, view } = out
  const shownLots = orders.remaining(slot)
  writeHeader(view, at, Event.OrderRested.code, 0, Event.OrderRested.fixedBytes)
  writeU53(view, at + rested.orderId, orders.id(slot))
  view.setUint16(at + rested.marketId, orders.market(slot), true)
  view.setUint8(at + rested.side, orders.side(slot))
  view.setUint32(at + rested.priceTicks, orders.price(slot), true)
  writeU53(view, at + rested.remainingLots, shownLots + orders.hidden(slot))
  writeU53(view, at + rested.shownLots, shownLots)
  writeU53(view, at + rested.depthSequence, depthSequence)
  out.at = at + Event.OrderRested.fixedBytes
}

const writeEnded = writerOf(Event.OrderEnded)

export const orderEnded = (out: Batch.BatchWriter, order: EndedOrder): void => {
  out.ensure(Layout.recordBytesMax)
  const { at, view } = out
  writeHeader(view, at, Event.OrderEnded.code, 0, Event.OrderEnded.fixedBytes)
  writeEnded(view, at, order)
  out.at = at + Event.OrderEnded.fixedBytes
}
