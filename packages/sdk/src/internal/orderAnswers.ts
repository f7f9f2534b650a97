/** What the venue's events answer to requests about orders. */
import { Decimal, type Event, Market } from "@pandora-exchange/core"
import type * as Requests from "../Requests.ts"
import type { Directory } from "./Directory.ts"

export type Events = ReadonlyArray<Event.Event>

/** The first event of this kind; the command's answer is known to have one. */
export const only = <Tag extends Event.Event["_tag"]>(events: Events, tag: Tag): Event.EventOf<Tag> =>
  events.find((event): event is Event.EventOf<Tag> => event._tag === tag)!

const quantityIn = (directory: Directory, marketId: number) => {
  const market = directory.marketOf(marketId)
  const { scale } = directory.assetOf(market.baseAssetId)
  return (count: number) => Market.quantityText(market, scale, count)
}

/** What became of an order whose first event, accepted or amended, is `first`. */
const outcome = (
  first: Event.EventOf<"OrderAccepted"> | Event.EventOf<"OrderAmended">,
  events: Events,
  sequence: number,
  directory: Directory,
  filledBefore: number,
  clientOrderId: string
): Requests.PlacedOrder => {
  const { orderId } = first
  const market = directory.marketOf(first.marketId)
  const { base, quote } = directory.scalesOf(market)
  const quantity = (count: number) => Market.quantityText(market, base.scale, count)
  const feeAsset = first.side === "buy" ? base : quote
  const trades = events.filter((event) => event._tag === "Trade" && event.takerOrderId === orderId) as Array<
    Event.EventOf<"Trade">
  >
  const end = events.find((event): event is Event.EventOf<"OrderEnded"> => isOf(event, "OrderEnded", orderId))
  const rested = events.find((event): event is Event.EventOf<"OrderRested"> => isOf(event, "OrderRested", orderId))
  const waits = events.some((event) => isOf(event, "OrderWaiting", orderId))
  const filled = trades.reduce((sum, trade) => sum + trade.lots, filledBefore)
  const kept = first._tag === "OrderAmended" && first.keptPriority
  const open =
    end !== undefined
      ? 0
      : rested !== undefined
        ? rested.remainingLots
        : kept
          ? first.remainingLots
          : first.lots - filled
  return {
    sequence,
    order: orderId,
    clientOrderId: clientOrderId === "" ? undefined : clientOrderId,
    status: waits && end === undefined ? "waiting" : statusOf(end, filled),
    endReason: end?.reason,
    price: first.priceTicks === 0 ? undefined : Market.priceText(market, first.priceTicks),
    quantity: quantity(first.lots),
    filledQuantity: quantity(filled),
    remainingQuantity: quantity(open),
    filledNotional: Decimal.format(sum(trades, "quoteUnits"), quote.scale),
    fee: Decimal.format(sum(trades, "takerFee"), feeAsset.scale),
    feeAsset: feeAsset.symbol,
    fills: trades.map((trade) => ({
      trade: trade.tradeId,
      price: Market.priceText(market, trade.priceTicks),
      quantity: quantity(trade.lots),
      notional: Decimal.format(trade.quoteUnits, quote.scale),
      fee: Decimal.format(trade.takerFee, feeAsset.scale)
    }))
  }
}

const isOf = (event: Event.Event, tag: "OrderEnded" | "OrderRested" | "OrderWaiting", orderId: number): boolean =>
  event._tag === tag && event.orderId === orderId

const sum = (trades: ReadonlyArray<Event.EventOf<"Trade">>, field: "quoteUnits" | "takerFee"): bigint =>
  trades.reduce((total, trade) => total + trade[field], 0n)

const statusOf = (end: Event.EventOf<"OrderEnded"> | undefined, filled: number): Requests.OrderStatus => {
  switch (end?.reason) {
    case undefined:
      return filled > 0 ? "partiallyFilled" : "open"
    case "filled":
    case "remainder":
      return "filled"
    case "cancelled":
    case "cancelAfter":
      return "cancelled"
    default:
      return "expired"
  }
}

export function placedOrder(events: Events, sequence: number, directory: Directory): Requests.PlacedOrder {
  const accepted = only(events, "OrderAccepted")
  return outcome(accepted, events, sequence, directory, 0, accepted.clientOrderId)
}

export function placedList(events: Events, sequence: number, directory: Directory): Requests.PlacedList {
  const { listId } = only(events, "OrderListAccepted")
  const accepted = events.filter((event) => event._tag === "OrderAccepted") as Array<Event.EventOf<"OrderAccepted">>
  return {
    sequence,
    list: listId,
    orders: accepted.map((order) => outcome(order, events, sequence, directory, 0, order.clientOrderId))
  }
}

export const cancelledOrder = (
  ended: Event.EventOf<"OrderEnded">,
  sequence: number,
  directory: Directory
): Requests.CancelledOrder => {
  const quantity = quantityIn(directory, ended.marketId)
  return {
    sequence,
    order: ended.orderId,
    filledQuantity: quantity(ended.filledLots),
    cancelledQuantity: quantity(ended.endedLots)
  }
}

export const cancelledOrders = (events: Events, sequence: number): Requests.CancelledOrders => ({
  sequence,
  orders: events.flatMap((event) => (event._tag === "OrderEnded" ? [event.orderId] : []))
})

export function replacedOrder(events: Events, sequence: number, directory: Directory): Requests.ReplacedOrder {
  const refused = events.filter((event) => event._tag === "PartRefused")
  const reasonOf = (part: "cancel" | "place") => refused.find((event) => event.part === part)?.reason
  const cancel = reasonOf("cancel")
  const place = reasonOf("place")
  return {
    sequence,
    cancelled: cancel === undefined ? cancelledOrder(only(events, "OrderEnded"), sequence, directory) : undefined,
    placed: place === undefined ? placedOrder(events, sequence, directory) : undefined,
    refused: { ...(cancel !== undefined && { cancel }), ...(place !== undefined && { place }) }
  }
}

export function amendedOrder(events: Events, sequence: number, directory: Directory): Requests.AmendedOrder {
  const amended = only(events, "OrderAmended")
  const before = amended.lots - amended.remainingLots
  return { ...outcome(amended, events, sequence, directory, before, ""), keptPriority: amended.keptPriority }
}
