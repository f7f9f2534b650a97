/**
 * Objections to an order that follow from its terms and its market alone, before funds and book.
 * `docs/concepts/venue-rules.md`, "Placing an order".
 */
import { Market, Order, type RejectReason } from "@pandora-exchange/core"
import { buy } from "./OrderPool.ts"
import { type MarketState, orderAmountMax } from "./State.ts"
import { fok, gtd, orderType, postOnlyOff, type Taker } from "./Taker.ts"
import { trailingTicks } from "./Triggers.ts"

type Reason = RejectReason.RejectReason

const none = Order.selfTradePreventions.indexOf("none")
const expireMaker = Order.selfTradePreventions.indexOf("expireMaker")
const ticksUnit = Order.trailingUnits.indexOf("ticks")

const { multiplierScale } = Market
const trailingBasisPointsMax = 5_000

export const isSupported = (order: Taker): boolean => {
  const { timeInForce, trigger, type } = order
  const waits = trigger !== 0
  const trails = order.trailingUnit !== 0
  return (
    (order.postOnly === postOnlyOff || order.canRest) &&
    (type === orderType.limit || (!order.isGood && order.priceTicks === 0)) &&
    (type !== orderType.marketBudget ||
      (timeInForce !== fok &&
        order.lots === 0 &&
        !waits &&
        (order.selfTradePrevention === none || order.selfTradePrevention === expireMaker))) &&
    (type === orderType.marketBudget || order.budget === 0n) &&
    (timeInForce === gtd) === (order.deadline !== 0) &&
    (order.displayLots === 0 || order.canRest) &&
    (waits ? trails || order.triggerTicks !== 0 : !trails && order.triggerTicks === 0) &&
    trails === (order.trailingOffset !== 0)
  )
}

export const refusedByQuantity = ({ budget, lots, market, type }: Taker): Reason | undefined => {
  if (type === orderType.marketBudget) return budget <= 0n ? "AmountNotPositive" : undefined
  if (lots === 0) return "QuantityZero"
  if (lots < market.lotsMin || (type === orderType.market && lots < market.rules.marketLotsMin))
    return "QuantityTooSmall"
  const most =
    type === orderType.market && market.rules.marketLotsMax !== 0
      ? market.rules.marketLotsMax
      : market.lotsMax
  return lots > most || lots * market.lotUnits > orderAmountMax ? "QuantityTooLarge" : undefined
}

export const refusedByPrice = (
  market: MarketState,
  type: number,
  priceTicks: number,
  triggerTicks: number
): Reason | undefined => {
  if (type === orderType.limit) {
    if (priceTicks === 0) return "PriceZero"
    if (priceTicks < market.rules.ticksMin) return "PriceTooLow"
    if (priceTicks > market.ticksMax) return "PriceTooHigh"
  }
  if (triggerTicks === 0) return undefined
  if (triggerTicks < market.rules.ticksMin) return "PriceTooLow"
  return triggerTicks > market.ticksMax ? "PriceTooHigh" : undefined
}

export const refusedByOffset = ({
  market,
  trailingOffset,
  trailingUnit
}: Taker): Reason | undefined =>
  trailingOffset > (trailingUnit === ticksUnit ? market.ticksMax : trailingBasisPointsMax)
    ? "TrailingOffsetInvalid"
    : undefined

export const notionalRefusal = (market: MarketState, notional: number): Reason | undefined => {
  if (notional < market.notionalMin) return "NotionalTooSmall"
  return notional > market.notionalMax ? "NotionalTooLarge" : undefined
}

/** Whether a price is further from the reference price than the market's rules allow. */
export const isOutsideBand = (market: MarketState, side: number, priceTicks: number): boolean => {
  const { buyBandDown, buyBandUp, sellBandDown, sellBandUp } = market.rules
  const down = side === buy ? buyBandDown : sellBandDown
  const up = side === buy ? buyBandUp : sellBandUp
  const reference = down === 0 && up === 0 ? 0 : market.referenceTicks
  if (reference === 0) return false
  const scaled = priceTicks * multiplierScale
  return scaled < reference * down || (up !== 0 && scaled > reference * up)
}

/** The price at which a waiting market buy is funded; 0 if there is none. */
export const boundOf = ({
  market,
  side,
  trailingOffset,
  trailingUnit,
  triggerTicks
}: Taker): number => {
  const extreme = triggerTicks === 0 ? market.referenceTicks : triggerTicks
  return extreme === 0 ? 0 : trailingTicks(side, trailingUnit, trailingOffset, extreme)
}
