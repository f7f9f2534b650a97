/**
 * What is in a market and what it is worth. Books are not kept: they are sorted from all open
 * orders each time.
 */
import { type Ids, Market, type Order } from "@pandora-exchange/core"
import type { NaiveMarket, NaiveOrder, NaiveState } from "./NaiveState.ts"

/** What one order moves of either asset is at most this. */
export const orderAmountMax = 2n ** 53n - 1n
const levelLotsMax = 2n ** 53n - 1n

/** The part neither filled nor prevented. */
export const remainingOf = (order: NaiveOrder): number =>
  order.lots - order.filledLots - order.preventedLots

const otherSide = (side: Order.Side): Order.Side => (side === "buy" ? "sell" : "buy")

/** The asset that an order of this side holds. */
export const heldAssetOf = (market: NaiveMarket, side: Order.Side): Ids.AssetId =>
  side === "buy" ? market.quoteAssetId : market.baseAssetId

/** What an order at this limit holds for this many lots. */
export const heldAt = (
  market: NaiveMarket,
  side: Order.Side,
  priceTicks: number,
  lots: number
): bigint =>
  side === "buy" ? Market.notional(market, priceTicks, lots) : BigInt(lots) * market.lotUnits

/** One side of a market's book: the best price first, at each price the oldest first. */
const bookOf = (state: NaiveState, marketId: number, side: Order.Side): Array<NaiveOrder> =>
  state.openOrders
    .filter((order) => order.place === "book" && order.marketId === marketId && order.side === side)
    .sort((a, b) => {
      const byPrice = side === "buy" ? b.priceTicks - a.priceTicks : a.priceTicks - b.priceTicks
      return byPrice !== 0 ? byPrice : a.arrival - b.arrival
    })

/** The resting order that one of this side meets first. `limitTicks` is 0 for any price. */
export const makerFor = (
  state: NaiveState,
  market: NaiveMarket,
  side: Order.Side,
  limitTicks: number
): NaiveOrder | undefined =>
  bookOf(state, market.marketId, otherSide(side)).find(
    (maker) =>
      limitTicks === 0 ||
      (side === "buy" ? maker.priceTicks <= limitTicks : maker.priceTicks >= limitTicks)
  )

/** Whether there is no room for this many more lots at a price, not counting those of `except`. */
export const levelIsFull = (
  state: NaiveState,
  market: NaiveMarket,
  side: Order.Side,
  priceTicks: number,
  lots: number,
  except?: NaiveOrder
): boolean =>
  bookOf(state, market.marketId, side)
    .filter((order) => order !== except && order.priceTicks === priceTicks)
    .reduce((sum, order) => sum + BigInt(remainingOf(order)), BigInt(lots)) > levelLotsMax

/**
 * The price of the last trade, or the last of the source that the rules name; 0 before there is
 * one.
 */
export const referenceOf = (market: NaiveMarket): number =>
  market.rules.triggerSource === ""
    ? market.lastTicks
    : (market.prices.get(market.rules.triggerSource) ?? 0)

/**
 * Whether a price is past the reference price x multiplier; a reference or multiplier of 0 is off.
 */
export const isAbove = (priceTicks: number, reference: number, multiplier: number): boolean =>
  reference !== 0 &&
  multiplier !== 0 &&
  BigInt(priceTicks) * 10_000n > BigInt(reference) * BigInt(multiplier)

export const isBelow = (priceTicks: number, reference: number, multiplier: number): boolean =>
  reference !== 0 &&
  multiplier !== 0 &&
  BigInt(priceTicks) * 10_000n < BigInt(reference) * BigInt(multiplier)

/** Whether the bands for an order's side forbid its price. */
export const isOutsideBand = (
  market: NaiveMarket,
  { priceTicks, side }: Pick<NaiveOrder, "priceTicks" | "side">
): boolean => {
  const { buyBandDown, buyBandUp, sellBandDown, sellBandUp } = market.rules
  const reference = referenceOf(market)
  const [down, up] = side === "buy" ? [buyBandDown, buyBandUp] : [sellBandDown, sellBandUp]
  return isBelow(priceTicks, reference, down) || isAbove(priceTicks, reference, up)
}

/**
 * The price at which an order would rest: a post-only one that would take is refused, or slides to
 * one tick from the best price of the other side.
 */
export const restingPrice = (
  state: NaiveState,
  market: NaiveMarket,
  {
    lots,
    postOnly,
    priceTicks,
    side
  }: Pick<NaiveOrder, "lots" | "postOnly" | "priceTicks" | "side">
): number | "PostOnlyWouldCross" | "NotionalTooSmall" | "NotionalTooLarge" | "PriceOutsideBand" => {
  if (postOnly === "off") return priceTicks
  const best = makerFor(state, market, side, priceTicks)
  if (best === undefined) return priceTicks
  if (postOnly === "refuse") return "PostOnlyWouldCross"
  const slid = side === "buy" ? best.priceTicks - 1 : best.priceTicks + 1
  if (slid < Math.max(1, market.rules.ticksMin) || slid > market.ticksMax)
    return "PostOnlyWouldCross"
  const notional = Market.notional(market, slid, lots)
  if (notional < market.notionalMin) return "NotionalTooSmall"
  if (notional > market.notionalMax || notional > orderAmountMax) return "NotionalTooLarge"
  return isOutsideBand(market, { priceTicks: slid, side }) ? "PriceOutsideBand" : slid
}
