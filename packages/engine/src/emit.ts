/**
 * Writes events into a batch. The four that the inner loop writes go straight to their offsets; all others through their layout. Literals are written as their position in core's lists.
 */
import { type Batch, Event, Layout, Order, RejectReason } from "@pandora-exchange/core"
import type { OrderExtra } from "./OrderExtra.ts"
import type { OrderPool } from "./OrderPool.ts"
import { writeAccepted } from "./OrderRecord.ts"
import { writerOf } from "./straightLine.ts"
import type { Taker } from "./Taker.ts"
import type { Trade } from "./Trade.ts"

const { writeHeader, writeU53 } = Layout

/** An event whose ids are plain numbers, as the state has them. */
type Plain<E> = E extends unknown ? { readonly [K in keyof E]: E[K] extends number ? number : E[K] } : never

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

/** An open order waits, by what its record has. */
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

export const orderRested = (
  out: Batch.BatchWriter,
  orderId: number,
  marketId: number,
  side: number,
  priceTicks: number,
  remainingLots: number,
  shownLots: number,
  depthSequence: number
): void => {
  out.ensure(Layout.recordBytesMax)
  const { at, view } = out
  writeHeader(view, at, Event.OrderRested.code, 0, Event.OrderRested.fixedBytes)
  writeU53(view, at + rested.orderId, orderId)
  view.setUint16(at + rested.marketId, marketId, true)
  view.setUint8(at + rested.side, side)
  view.setUint32(at + rested.priceTicks, priceTicks, true)
  writeU53(view, at + rested.remainingLots, remainingLots)
  writeU53(view, at + rested.shownLots, shownLots)
  writeU53(view, at + rested.depthSequence, depthSequence)
  out.at = at + Event.OrderRested.fixedBytes
}

const ended = Event.OrderEnded.offsets

export const orderEnded = (
  out: Batch.BatchWriter,
  orderId: number,
  accountId: number,
  marketId: number,
  side: number,
  reason: number,
  priceTicks: number,
  filledLots: number,
  endedLots: number,
  released: number,
  shownLots: number,
  depthSequence: number
): void => {
  out.ensure(Layout.recordBytesMax)
  const { at, view } = out
  writeHeader(view, at, Event.OrderEnded.code, 0, Event.OrderEnded.fixedBytes)
  writeU53(view, at + ended.orderId, orderId)
  view.setUint32(at + ended.accountId, accountId, true)
  view.setUint16(at + ended.marketId, marketId, true)
  view.setUint8(at + ended.side, side)
  view.setUint8(at + ended.reason, reason)
  view.setUint32(at + ended.priceTicks, priceTicks, true)
  writeU53(view, at + ended.filledLots, filledLots)
  writeU53(view, at + ended.endedLots, endedLots)
  writeU53(view, at + ended.released, released)
  writeU53(view, at + ended.shownLots, shownLots)
  writeU53(view, at + ended.depthSequence, depthSequence)
  out.at = at + Event.OrderEnded.fixedBytes
}
