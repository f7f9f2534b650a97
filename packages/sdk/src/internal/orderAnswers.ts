/** Turns the venue's events into the answers to requests about orders. */
import {
  type Asset,
  Decimal,
  Directory as View,
  type Event,
  Market,
  OrderLife
} from "@pandora-exchange/core"
import type * as Requests from "../Requests.ts"
import type { Directory } from "./Directory.ts"

export type Events = ReadonlyArray<Event.Event>

/** The first event of this kind; the command's answer is known to have one. */
export const only = <Tag extends Event.Event["_tag"]>(
  events: Events,
  tag: Tag
): Event.EventOf<Tag> => events.find((event): event is Event.EventOf<Tag> => event._tag === tag)!

/** Follows one order through the events of one command. */
class OneOrder implements OrderLife.OrderKeeper {
  private readonly orderId: number
  private readonly order: OrderLife.OrderLife

  constructor(orderId: number, order: OrderLife.OrderLife) {
    this.orderId = orderId
    this.order = order
  }

  accepted(): void {}

  changed(orderId: number): OrderLife.OrderLife | undefined {
    return orderId === this.orderId ? this.order : undefined
  }

  kept(orderId: number): OrderLife.OrderLife | undefined {
    return this.changed(orderId)
  }
}

/**
 * What happened to an order whose first event, accepted or amended, is `first`; `before` is its
 * state until then.
 */
const outcome = (
  first: Event.EventOf<"OrderAccepted"> | Event.EventOf<"OrderAmended">,
  events: Events,
  sequence: number,
  directory: Directory,
  clientOrderId: string,
  before: Partial<OrderLife.OrderLife> = {}
): Requests.PlacedOrder => {
  const { orderId } = first
  const terms = directory.termsOf(first.marketId)
  const { base, market, quote } = terms
  const quantity = (count: number) => View.quantityText(terms, count)
  const feeAsset = first.side === "buy" ? base : quote
  const order = { ...OrderLife.begun(first), ...before }
  const keeper = new OneOrder(orderId, order)
  const fills: Array<Requests.Fill> = []
  for (const event of events) {
    OrderLife.read(event, keeper)
    if (event._tag === "Trade" && event.takerOrderId === orderId)
      fills.push(fillOf(event, terms, feeAsset))
  }
  return {
    sequence,
    order: orderId,
    clientOrderId: clientOrderId === "" ? undefined : clientOrderId,
    status: OrderLife.statusOf(order),
    endReason: order.endReason,
    price: order.priceTicks === 0 ? undefined : Market.priceText(market, order.priceTicks),
    quantity: quantity(order.lots),
    filledQuantity: quantity(order.filledLots),
    preventedQuantity: order.preventedLots === 0 ? undefined : quantity(order.preventedLots),
    remainingQuantity: quantity(order.remainingLots),
    filledNotional: Decimal.format(order.filledQuote, quote.scale),
    fee: Decimal.format(order.fee, feeAsset.scale),
    feeAsset: feeAsset.symbol,
    fills
  }
}

const fillOf = (
  trade: Event.EventOf<"Trade">,
  terms: View.Terms,
  feeAsset: Asset.Asset
): Requests.Fill => ({
  trade: trade.tradeId,
  price: Market.priceText(terms.market, trade.priceTicks),
  quantity: View.quantityText(terms, trade.lots),
  notional: Decimal.format(trade.quoteUnits, terms.quote.scale),
  fee: Decimal.format(trade.takerFee, feeAsset.scale)
})

export function placedOrder(
  events: Events,
  sequence: number,
  directory: Directory
): Requests.PlacedOrder {
  const accepted = only(events, "OrderAccepted")
  return outcome(accepted, events, sequence, directory, accepted.clientOrderId)
}

export function placedList(
  events: Events,
  sequence: number,
  directory: Directory
): Requests.PlacedList {
  const { listId } = only(events, "OrderListAccepted")
  const accepted = events.filter((event) => event._tag === "OrderAccepted") as Array<
    Event.EventOf<"OrderAccepted">
  >
  return {
    sequence,
    list: listId,
    orders: accepted.map((order) =>
      outcome(order, events, sequence, directory, order.clientOrderId)
    )
  }
}

export const cancelledOrder = (
  ended: Event.EventOf<"OrderEnded">,
  sequence: number,
  directory: Directory
): Requests.CancelledOrder => {
  const terms = directory.termsOf(ended.marketId)
  return {
    sequence,
    order: ended.orderId,
    filledQuantity: View.quantityText(terms, ended.filledLots),
    cancelledQuantity: View.quantityText(terms, ended.endedLots)
  }
}

export const cancelledOrders = (events: Events, sequence: number): Requests.CancelledOrders => ({
  sequence,
  orders: events.flatMap((event) => (event._tag === "OrderEnded" ? [event.orderId] : []))
})

export function replacedOrder(
  events: Events,
  sequence: number,
  directory: Directory
): Requests.ReplacedOrder {
  const refused = events.filter((event) => event._tag === "PartRefused")
  const reasonOf = (part: "cancel" | "place") =>
    refused.find((event) => event.part === part)?.reason
  const cancel = reasonOf("cancel")
  const place = reasonOf("place")
  return {
    sequence,
    cancelled:
      cancel === undefined
        ? cancelledOrder(only(events, "OrderEnded"), sequence, directory)
        : undefined,
    placed: place === undefined ? placedOrder(events, sequence, directory) : undefined,
    refused: { ...(cancel !== undefined && { cancel }), ...(place !== undefined && { place }) }
  }
}

export function amendedOrder(
  events: Events,
  sequence: number,
  directory: Directory
): Requests.AmendedOrder {
  const amended = only(events, "OrderAmended")
  const { clientOrderId, fee, filledLots, filledQuote, preventedLots } = only(events, "OrderStood")
  const before = { filledLots, preventedLots, filledQuote, fee }
  return {
    ...outcome(amended, events, sequence, directory, clientOrderId, before),
    keptPriority: amended.keptPriority
  }
}
