/** Amending the price or quantity of an order in the book. */
import { type Event, Market } from "@pandora-exchange/core"
import {
  heldAssetOf,
  heldAt,
  isOutsideBand,
  levelIsFull,
  remainingOf,
  restingPrice
} from "./NaiveBook.ts"
import { namedOrder } from "./NaiveCancelling.ts"
import { nextDepthSequence } from "./NaiveEnding.ts"
import { tryOut } from "./NaiveMatching.ts"
import { type Outcome, positionIsTooLarge } from "./NaivePlacing.ts"
import {
  accountOf,
  availableOf,
  type CommandOf,
  hold,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState
} from "./NaiveState.ts"
import { hasTooManyParts, isTooLarge, notionalBoundReason, priceBoundReason } from "./NaiveTerms.ts"
import { matchAndLook } from "./NaiveWaiting.ts"

export const amendOrder = (state: NaiveState, command: CommandOf<"AmendOrder">): Outcome => {
  const { accountId, clientOrderId, marketId, orderId } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  const order = namedOrder(state, accountId, orderId, clientOrderId)
  if (order === undefined || order.marketId !== marketId) return "UnknownOrder"
  if (order.place !== "book" || order.listId !== 0) return "OrderNotAmendable"
  const market = marketOf(state, marketId)!
  const { postOnly, side } = order

  const asked = command.priceTicks === 0 ? order.priceTicks : command.priceTicks
  const lots = command.lots === 0 ? order.lots : command.lots
  const changes = asked !== order.priceTicks || lots !== order.lots
  const losesPriority = changes && !keepsPriority(order, asked, lots)

  if (market.status === "halted") return "MarketHalted"
  if (market.status === "cancelOnly") return "MarketCancelOnly"
  if (market.status === "postOnly" && postOnly === "off" && losesPriority) return "MarketPostOnly"
  if (lots < market.lotsMin) return "QuantityTooSmall"
  if (isTooLarge(market, lots)) return "QuantityTooLarge"
  if (hasTooManyParts(state, lots, order.displayLots)) return "DisplayQuantityInvalid"
  const priceReason = priceBoundReason(market, asked)
  if (priceReason !== undefined) return priceReason
  const notionalReason = notionalBoundReason(market, Market.notional(market, asked, lots))
  if (notionalReason !== undefined) return notionalReason
  if (asked !== order.priceTicks && isOutsideBand(market, { priceTicks: asked, side }))
    return "PriceOutsideBand"
  if (!changes) return "NothingToAmend"
  if (lots <= order.filledLots + order.preventedLots) return "QuantityBelowFilled"
  if (lots > order.lots && positionIsTooLarge(state, market, { ...order, lots }))
    return "PositionTooLarge"
  // Its own side is never among the makers, so it may stay in the book while these are searched.
  const priceTicks = losesPriority
    ? restingPrice(state, market, { lots, postOnly, priceTicks: asked, side })
    : asked
  if (typeof priceTicks === "string") return priceTicks
  const held = heldAt(market, side, priceTicks, lots - order.filledLots - order.preventedLots)
  if (held - order.held > availableOf(state, accountId, heldAssetOf(market, side)))
    return "InsufficientFunds"
  const { restingLots } = tryOut(state, order, { priceTicks, lots })
  if (levelIsFull(state, market, side, priceTicks, restingLots, order)) return "LevelFull"

  const staysInPlace = keepsPriority(order, priceTicks, lots)
  const amended = amend(state, market, order, { priceTicks, lots, held, staysInPlace })
  const told = [amended, stoodOf(order)]
  return staysInPlace ? told : [...told, ...matchAndLook(state, order)]
}

const keepsPriority = (order: NaiveOrder, priceTicks: number, lots: number): boolean =>
  priceTicks === order.priceTicks && lots < order.lots

const amend = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder,
  to: {
    readonly priceTicks: number
    readonly lots: number
    readonly held: bigint
    readonly staysInPlace: boolean
  }
): Event.Event => {
  const old = {
    oldPriceTicks: order.priceTicks,
    oldRemainingLots: remainingOf(order),
    oldShownLots: order.shownLots,
    oldHeld: order.held
  }
  hold(state, order.accountId, heldAssetOf(market, order.side), to.held - order.held)
  order.held = to.held
  order.priceTicks = to.priceTicks
  order.lots = to.lots
  order.shownLots = to.staysInPlace ? Math.min(order.shownLots, remainingOf(order)) : 0
  if (!to.staysInPlace) order.place = "taking"
  return {
    _tag: "OrderAmended",
    orderId: order.orderId,
    accountId: order.accountId,
    marketId: order.marketId,
    side: order.side,
    keptPriority: to.staysInPlace,
    ...old,
    priceTicks: order.priceTicks,
    remainingLots: remainingOf(order),
    shownLots: order.shownLots,
    lots: order.lots,
    held: order.held,
    depthSequence: nextDepthSequence(market)
  }
}

/** The order's history so far, which an amend does not change. */
const stoodOf = (order: NaiveOrder): Event.Event => ({
  _tag: "OrderStood",
  orderId: order.orderId,
  accountId: order.accountId,
  marketId: order.marketId,
  filledLots: order.filledLots,
  preventedLots: order.preventedLots,
  filledQuote: order.filledQuote,
  fee: order.feePaid,
  clientOrderId: order.clientOrderId
})
