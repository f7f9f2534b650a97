/** What can be wrong with the terms of an order on their own: 4 to 13 of placing an order. */
import { Market, type RejectReason } from "@pandora-exchange/core"
import { isOutsideBand, orderAmountMax, referenceOf } from "./NaiveBook.ts"
import { tryOut, walkBudget } from "./NaiveMatching.ts"
import type { NaiveMarket, NaiveOrder, NaiveState, Terms } from "./NaiveState.ts"
import { heldWaiting } from "./NaiveWaiting.ts"

type Refused = RejectReason.RejectReason | undefined

export const clientIdPattern = /^[A-Za-z0-9._:/-]{0,36}$/

export const canRest = ({ timeInForce }: Pick<Terms, "timeInForce">): boolean =>
  timeInForce === "GTC" || timeInForce === "GTD"

/** `order` is not accepted yet; a budget's lots are not found yet. */
export const termsReason = (state: NaiveState, market: NaiveMarket, order: NaiveOrder): Refused => {
  // 4
  if (!isSupported(order)) return "CombinationNotSupported"
  // 5
  if (order.reduceOnly) return "ReduceOnlyNotSupported"
  // 6
  if (!clientIdPattern.test(order.clientOrderId)) return "MalformedText"
  // 7 to 11
  const amounts =
    quantityReason(market, order) ??
    displayReason(state, market, order) ??
    priceReason(market, order) ??
    trailingReason(market, order) ??
    notionalReason(state, market, order)
  if (amounts !== undefined) return amounts
  // 12
  if (order.type === "limit" && isOutsideBand(market, order)) return "PriceOutsideBand"
  // 13
  if (order.timeInForce === "GTD" && order.deadline <= state.time) return "DeadlinePassed"
  return undefined
}

const isSupported = (order: NaiveOrder): boolean => {
  const { budget, deadline, displayLots, lots, postOnly, priceTicks, timeInForce, trigger, type } =
    order
  const restingLimit = type === "limit" && canRest(order)
  if (postOnly !== "off" && !restingLimit) return false
  if (type !== "limit" && canRest(order)) return false
  if (type === "marketBudget") {
    if (timeInForce === "FOK" || trigger !== "none") return false
    if (order.selfTradePrevention !== "none" && order.selfTradePrevention !== "expireMaker")
      return false
  }
  if ((timeInForce === "GTD") !== (deadline !== 0)) return false
  if (type !== "limit" && priceTicks !== 0) return false
  if (type !== "marketBudget" && budget !== 0n) return false
  if (type === "marketBudget" && lots !== 0) return false
  if (displayLots !== 0 && !restingLimit) return false
  const trails = order.trailingUnit !== "none"
  if (trigger === "none") return order.triggerTicks === 0 && !trails && order.trailingOffset === 0
  return (order.triggerTicks !== 0 || trails) && trails === (order.trailingOffset !== 0)
}

const quantityReason = (market: NaiveMarket, order: NaiveOrder): Refused => {
  const { budget, lots, type } = order
  if (type === "marketBudget") return budget <= 0n ? "AmountNotPositive" : undefined
  const { marketLotsMax, marketLotsMin } = market.rules
  if (lots === 0) return "QuantityZero"
  if (lots < market.lotsMin || (type === "market" && lots < marketLotsMin))
    return "QuantityTooSmall"
  if (isTooLarge(market, lots)) return "QuantityTooLarge"
  if (type === "market" && marketLotsMax !== 0 && lots > marketLotsMax) return "QuantityTooLarge"
  return undefined
}

export const isTooLarge = (market: NaiveMarket, lots: number): boolean =>
  lots > market.lotsMax || BigInt(lots) * market.lotUnits > orderAmountMax

const displayReason = (
  state: NaiveState,
  market: NaiveMarket,
  { displayLots, lots }: NaiveOrder
): Refused => {
  if (displayLots === 0) return undefined
  const isRight =
    displayLots <= lots &&
    displayLots >= market.lotsMin &&
    !hasTooManyParts(state, lots, displayLots)
  return isRight ? undefined : "DisplayQuantityInvalid"
}

export const hasTooManyParts = (state: NaiveState, lots: number, displayLots: number): boolean =>
  displayLots !== 0 && BigInt(lots) > BigInt(displayLots) * BigInt(state.limits.icebergPartsMax)

const priceReason = (
  market: NaiveMarket,
  { priceTicks, triggerTicks, type }: NaiveOrder
): Refused => {
  if (type === "limit") {
    if (priceTicks === 0) return "PriceZero"
    const reason = priceBoundReason(market, priceTicks)
    if (reason !== undefined) return reason
  }
  return triggerTicks === 0 ? undefined : priceBoundReason(market, triggerTicks)
}

export const priceBoundReason = (market: NaiveMarket, priceTicks: number): Refused => {
  if (priceTicks < market.rules.ticksMin) return "PriceTooLow"
  if (priceTicks > market.ticksMax) return "PriceTooHigh"
  return undefined
}

const trailingReason = (
  market: NaiveMarket,
  { trailingOffset, trailingUnit }: NaiveOrder
): Refused => {
  const offsetMax = trailingUnit === "basisPoints" ? 5_000 : market.ticksMax
  return trailingOffset > offsetMax ? "TrailingOffsetInvalid" : undefined
}

const notionalReason = (state: NaiveState, market: NaiveMarket, order: NaiveOrder): Refused => {
  const { budget, lots, priceTicks, type } = order
  if (type === "limit")
    return notionalBoundReason(market, Market.notional(market, priceTicks, lots))
  if (type === "market") return marketNotionalReason(state, market, order)
  const reason = notionalBoundReason(market, budget)
  if (reason !== undefined) return reason
  const walk = walkBudget(state, order)
  const endedByBudget = walk.end === "filled" || walk.end === "remainder"
  const { marketLotsMin } = market.rules
  if (endedByBudget && (walk.lots < market.lotsMin || walk.lots < marketLotsMin))
    return "QuantityTooSmall"
  return BigInt(walk.lots) * market.lotUnits > orderAmountMax ? "QuantityTooLarge" : undefined
}

export const notionalBoundReason = (market: NaiveMarket, notional: bigint): Refused => {
  if (notional < market.notionalMin) return "NotionalTooSmall"
  if (notional > market.notionalMax || notional > orderAmountMax) return "NotionalTooLarge"
  return undefined
}

const marketNotionalReason = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder
): Refused => {
  const { notionalMaxForMarket, notionalMinForMarket } = market.rules
  const reference = referenceOf(market)
  if (reference !== 0) {
    const notional = Market.notional(market, reference, order.lots)
    if (notionalMinForMarket && notional < market.notionalMin) return "NotionalTooSmall"
    const most = market.notionalMax < orderAmountMax ? market.notionalMax : orderAmountMax
    if (notionalMaxForMarket && notional > most) return "NotionalTooLarge"
  }
  if (order.side === "sell") return undefined
  if (order.trigger === "none") {
    return tryOut(state, order).cost > orderAmountMax ? "NotionalTooLarge" : undefined
  }
  const held = heldWaiting(market, order)
  return typeof held === "string" ? held : undefined
}
