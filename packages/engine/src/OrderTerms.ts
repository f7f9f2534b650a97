/** What can be said against an order by its terms and its market alone, before funds and book. `docs/concepts/venue-rules.md`, "Placing an order". */
import { Market, Order, type RejectReason } from "@pandora-exchange/core"
import { buy } from "./OrderPool.ts"
import { type MarketState, orderAmountMax } from "./State.ts"
import { fok, gtd, limit, market, marketBudget, postOnlyOff, type Taker } from "./Taker.ts"
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
    (type === limit || (!order.isGood && order.priceTicks === 0)) &&
    (type !== marketBudget ||
      (timeInForce !== fok &&
        order.lots === 0 &&
        !waits &&
        (order.selfTradePrevention === none || order.selfTradePrevention === expireMaker))) &&
    (type === marketBudget || order.budget === 0n) &&
    (timeInForce === gtd) === (order.deadline !== 0) &&
    (order.displayLots === 0 || order.canRest) &&
    (waits ? trails || order.triggerTicks !== 0 : !trails && order.triggerTicks === 0) &&
    trails === (order.trailingOffset !== 0)
  )
}

export const refusedByQuantity = ({ budget, lots, of, type }: Taker): Reason | undefined => {
  if (type === marketBudget) return budget <= 0n ? "AmountNotPositive" : undefined
  if (lots === 0) return "QuantityZero"
  if (lots < of.lotsMin || (type === market && lots < of.rules.marketLotsMin)) return "QuantityTooSmall"
  const most = type === market && of.rules.marketLotsMax !== 0 ? of.rules.marketLotsMax : of.lotsMax
  return lots > most || lots * of.lotUnits > orderAmountMax ? "QuantityTooLarge" : undefined
}

export const refusedByPrice = (
  of: MarketState,
  type: number,
  priceTicks: number,
  triggerTicks: number
): Reason | undefined => {
  if (type === limit) {
    if (priceTicks === 0) return "PriceZero"
    if (priceTicks < of.rules.ticksMin) return "PriceTooLow"
    if (priceTicks > of.ticksMax) return "PriceTooHigh"
  }
  if (triggerTicks === 0) return undefined
  if (triggerTicks < of.rules.ticksMin) return "PriceTooLow"
  return triggerTicks > of.ticksMax ? "PriceTooHigh" : undefined
}

export const refusedByOffset = ({ of, trailingOffset, trailingUnit }: Taker): Reason | undefined =>
  trailingOffset > (trailingUnit === ticksUnit ? of.ticksMax : trailingBasisPointsMax)
    ? "TrailingOffsetInvalid"
    : undefined

export const notionalRefusal = (of: MarketState, notional: number): Reason | undefined => {
  if (notional < of.notionalMin) return "NotionalTooSmall"
  return notional > of.notionalMax ? "NotionalTooLarge" : undefined
}

/** Whether a price is further from the reference price than the market's rules allow. */
export const isOutsideBand = (of: MarketState, side: number, priceTicks: number): boolean => {
  const { buyBandDown, buyBandUp, sellBandDown, sellBandUp } = of.rules
  const down = side === buy ? buyBandDown : sellBandDown
  const up = side === buy ? buyBandUp : sellBandUp
  const reference = down === 0 && up === 0 ? 0 : of.referenceTicks
  if (reference === 0) return false
  const scaled = priceTicks * multiplierScale
  return scaled < reference * down || (up !== 0 && scaled > reference * up)
}

/** The price by which a market buy that waits is funded; 0 when there is none. */
export const boundOf = ({ of, side, trailingOffset, trailingUnit, triggerTicks }: Taker): number => {
  const extreme = triggerTicks === 0 ? of.referenceTicks : triggerTicks
  return extreme === 0 ? 0 : trailingTicks(side, trailingUnit, trailingOffset, extreme)
}
