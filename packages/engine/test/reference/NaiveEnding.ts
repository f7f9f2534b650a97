/** The end of an order, and what it means for the others in its list. */
import type { Event, Order } from "@pandora-exchange/core"
import { heldAssetOf, remainingOf } from "./NaiveBook.ts"
import {
  hold,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
  nextMoment,
  openOrdersOfList
} from "./NaiveState.ts"

export const nextDepthSequence = (market: NaiveMarket): number => {
  market.depthSequence++
  return market.depthSequence
}

/** Ends an order, wherever it is, and then immediately those in its list that end with it. */
export const end = (
  state: NaiveState,
  order: NaiveOrder,
  reason: Order.EndReason
): Array<Event.Event> => {
  const ended = endAlone(state, order, reason)
  if (order.listId === 0) return [ended]
  const others = openOrdersOfList(state, order.listId)
  if (reason === "cancelled" || reason === "cancelAfter") {
    return [ended, ...others.map((other) => endAlone(state, other, reason))]
  }
  if (order.role === "working") {
    if (reason !== "filled")
      return [ended, ...others.map((other) => endAlone(state, other, "otherLeg"))]
    const broughtLots = broughtBy(marketOf(state, order.marketId)!, order)
    for (const other of others) {
      other.broughtLots = broughtLots
      other.queuedSince = nextMoment(state)
    }
    return [ended]
  }
  return [ended, ...endSibling(state, order)]
}

/** Whole lots of base an order has received, less its fees, or has sold. */
const broughtBy = (market: NaiveMarket, { feePaid, filledLots, side }: NaiveOrder): number =>
  side === "sell"
    ? filledLots
    : Number((BigInt(filledLots) * market.lotUnits - feePaid) / market.lotUnits)

/** A waiting order now has fewer lots, for which `held` is held. */
export const reduce = (
  state: NaiveState,
  order: NaiveOrder,
  lots: number,
  held: bigint
): Event.Event => {
  const oldHeld = order.held
  hold(
    state,
    order.accountId,
    heldAssetOf(marketOf(state, order.marketId)!, order.side),
    held - oldHeld
  )
  order.lots = lots
  order.held = held
  return {
    _tag: "OrderReduced",
    orderId: order.orderId,
    accountId: order.accountId,
    marketId: order.marketId,
    side: order.side,
    lots,
    oldHeld,
    held
  }
}

/** The other order of a pair, while it is open. */
export const siblingOf = (state: NaiveState, order: NaiveOrder): NaiveOrder | undefined =>
  isOfPair(order)
    ? openOrdersOfList(state, order.listId).find((other) => other !== order && isOfPair(other))
    : undefined

const isOfPair = (order: NaiveOrder): boolean =>
  order.role === "pairFirst" || order.role === "pairStop"

export const endSibling = (state: NaiveState, order: NaiveOrder): Array<Event.Event> => {
  const sibling = siblingOf(state, order)
  return sibling === undefined ? [] : [endAlone(state, sibling, "otherLeg")]
}

/** Releases everything held for the order; the others in its list continue. */
export const endAlone = (
  state: NaiveState,
  order: NaiveOrder,
  reason: Order.EndReason
): Event.Event => {
  const market = marketOf(state, order.marketId)!
  const { held, shownLots } = order
  state.openOrders = state.openOrders.filter((other) => other !== order)
  hold(state, order.accountId, heldAssetOf(market, order.side), -held)
  order.held = 0n
  order.shownLots = 0
  return {
    _tag: "OrderEnded",
    orderId: order.orderId,
    accountId: order.accountId,
    marketId: order.marketId,
    side: order.side,
    reason,
    priceTicks: order.priceTicks,
    filledLots: order.filledLots,
    endedLots: remainingOf(order),
    released: held,
    shownLots,
    depthSequence: shownLots === 0 ? 0 : nextDepthSequence(market)
  }
}
