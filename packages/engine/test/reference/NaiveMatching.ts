/** Matching one order, the taker, which is open and in no book. */
import { Account, type Event, Ids, Market, type Order } from "@pandora-exchange/core"
import {
  heldAssetOf,
  heldAt,
  isAbove,
  isBelow,
  makerFor,
  referenceOf,
  remainingOf
} from "./NaiveBook.ts"
import { end, endSibling, nextDepthSequence, reduce, siblingOf } from "./NaiveEnding.ts"
import {
  accountOf,
  addAvailable,
  addHeld,
  copyOf,
  hold,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
  nextMoment
} from "./NaiveState.ts"

/** How a budget ends once everything its walk found has traded. */
export type WalkEnd = "filled" | "unfilled" | "remainder" | "priceRange" | "quantityLimit"

/** Matches the taker; the rest of it rests or ends. */
export const match = (
  state: NaiveState,
  taker: NaiveOrder,
  walkEnd: WalkEnd = "filled"
): Array<Event.Event> => {
  const market = marketOf(state, taker.marketId)!
  const reference = referenceOf(market)
  const events: Array<Event.Event> = []
  let stopped: Order.EndReason | undefined
  while (remainingOf(taker) > 0 && stopped === undefined) {
    const maker = makerFor(state, market, taker.side, taker.priceTicks)
    if (maker === undefined) break
    if (!isInRange(market, reference, taker, maker)) stopped = "priceRange"
    else if (preventsTrade(state, taker, maker)) {
      events.push(...preventTrade(state, market, taker, maker))
      if (taker.selfTradePrevention !== "expireMaker" && taker.selfTradePrevention !== "decrement")
        stopped = "selfTrade"
      if (remainingOf(taker) === 0) stopped = "selfTrade"
    } else events.push(...trade(state, market, taker, maker))
  }
  if (stopped === "selfTrade") return [...events, ...end(state, taker, "selfTrade")]
  if (remainingOf(taker) === 0) return [...events, ...end(state, taker, walkEnd)]
  if (stopped === "priceRange") return [...events, ...end(state, taker, "priceRange")]
  if (taker.timeInForce === "GTC" || taker.timeInForce === "GTD")
    return [...events, rest(state, market, taker)]
  return [...events, ...end(state, taker, "unfilled")]
}

export const isInRange = (
  market: NaiveMarket,
  reference: number,
  taker: NaiveOrder,
  maker: NaiveOrder
): boolean =>
  taker.side === "buy"
    ? !isAbove(maker.priceTicks, reference, market.rules.rangeUp)
    : !isBelow(maker.priceTicks, reference, market.rules.rangeDown)

// ---- Self-trade prevention

export const preventsTrade = (state: NaiveState, taker: NaiveOrder, maker: NaiveOrder): boolean => {
  if (taker.selfTradePrevention === "none") return false
  const group = accountOf(state, taker.accountId)!.tradeGroup
  return (
    taker.accountId === maker.accountId ||
    (group !== 0 && group === accountOf(state, maker.accountId)!.tradeGroup)
  )
}

const preventTrade = (
  state: NaiveState,
  market: NaiveMarket,
  taker: NaiveOrder,
  maker: NaiveOrder
): Array<Event.Event> => {
  const mode = taker.selfTradePrevention
  const prevented = {
    _tag: "SelfTradePrevented",
    marketId: market.marketId,
    makerOrderId: maker.orderId,
    takerOrderId: taker.orderId,
    makerAccountId: maker.accountId,
    takerAccountId: taker.accountId,
    takerSide: taker.side,
    mode,
    priceTicks: maker.priceTicks,
    makerLots: mode === "expireTaker" ? 0 : remainingOf(maker),
    takerLots: mode === "expireMaker" ? 0 : remainingOf(taker),
    makerReleased: 0n,
    takerReleased: 0n,
    depthSequence: 0
  } as const
  if (mode === "expireTaker") return [prevented]
  if (mode !== "decrement") return [prevented, ...end(state, maker, "selfTrade")]

  const lots = Math.min(remainingOf(taker), maker.shownLots)
  const makerReleased = decrement(state, market, maker, lots)
  const takerReleased = decrement(state, market, taker, lots)
  maker.shownLots -= lots
  const depthSequence = nextDepthSequence(market)
  return [
    { ...prevented, makerLots: lots, takerLots: lots, makerReleased, takerReleased, depthSequence },
    ...stopKeepsUp(state, maker),
    ...afterShrinking(state, market, maker, "selfTrade")
  ]
}

/** The stop beside a maker gets the maker's remaining lots, if there are any. */
const stopKeepsUp = (state: NaiveState, maker: NaiveOrder): Array<Event.Event> => {
  const stop = siblingOf(state, maker)
  const lots = remainingOf(maker)
  if (stop === undefined || lots === 0) return []
  const needed = (stop.needed / BigInt(stop.lots)) * BigInt(lots)
  stop.needed = needed
  return [reduce(state, stop, lots, needed > maker.held ? needed - maker.held : 0n)]
}

/** Takes lots from an order, and returns what was held for them. */
const decrement = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder,
  lots: number
): bigint => {
  const released = order.type === "limit" ? heldAt(market, order.side, order.priceTicks, lots) : 0n
  hold(state, order.accountId, heldAssetOf(market, order.side), -released)
  order.held -= released
  order.preventedLots += lots
  return released
}

// ---- Trades

const trade = (
  state: NaiveState,
  market: NaiveMarket,
  taker: NaiveOrder,
  maker: NaiveOrder
): Array<Event.Event> => {
  const { baseAssetId, quoteAssetId } = market
  const buyer = taker.side === "buy" ? taker : maker
  const seller = taker.side === "buy" ? maker : taker
  const { priceTicks } = maker
  const lots = Math.min(maker.shownLots, remainingOf(taker))
  const baseUnits = BigInt(lots) * market.lotUnits
  const quoteUnits = Market.notional(market, priceTicks, lots)
  const buyerHeld = Market.notional(
    market,
    buyer.type === "limit" ? buyer.priceTicks : priceTicks,
    lots
  )
  const buyerFee = feeOf(buyer, baseUnits, buyer === maker)
  const sellerFee = feeOf(seller, quoteUnits, seller === maker)

  addHeld(state, buyer.accountId, quoteAssetId, -buyerHeld)
  addAvailable(state, buyer.accountId, quoteAssetId, buyerHeld - quoteUnits)
  addAvailable(state, buyer.accountId, baseAssetId, baseUnits - buyerFee)
  addHeld(state, seller.accountId, baseAssetId, -baseUnits)
  addAvailable(state, seller.accountId, quoteAssetId, quoteUnits - sellerFee)
  addAvailable(state, Account.houseAccountId, baseAssetId, buyerFee)
  addAvailable(state, Account.houseAccountId, quoteAssetId, sellerFee)
  buyer.held -= buyerHeld
  seller.held -= baseUnits
  const isFirstOfMaker = maker.filledLots === 0
  maker.filledLots += lots
  maker.shownLots -= lots
  taker.filledLots += lots
  maker.filledQuote += quoteUnits
  taker.filledQuote += quoteUnits
  market.tradesMade++
  market.lastTicks = priceTicks

  const traded: Event.Event = {
    _tag: "Trade",
    marketId: market.marketId,
    tradeId: Ids.TradeId(market.tradesMade),
    makerOrderId: maker.orderId,
    takerOrderId: taker.orderId,
    makerAccountId: maker.accountId,
    takerAccountId: taker.accountId,
    takerSide: taker.side,
    priceTicks,
    lots,
    makerRemainingLots: remainingOf(maker),
    takerRemainingLots: remainingOf(taker),
    baseUnits,
    quoteUnits,
    buyerHeld,
    makerFee: buyer === maker ? buyerFee : sellerFee,
    takerFee: buyer === taker ? buyerFee : sellerFee,
    depthSequence: nextDepthSequence(market)
  }
  const events = [traded, ...afterShrinking(state, market, maker, "filled")]
  // The taker's sibling has ended: an order of a pair takes only if its trigger started it.
  if (isFirstOfMaker) events.push(...endSibling(state, maker))
  return events
}

/** The order's next fee: the growth of the ceiling over all its fills. */
const feeOf = (order: NaiveOrder, received: bigint, asMaker: boolean): bigint => {
  order.feeTimesScale += received * BigInt(asMaker ? order.makerRate : order.takerRate)
  const scale = BigInt(Market.feeRateScale)
  const paidBefore = order.feePaid
  order.feePaid = (order.feeTimesScale + scale - 1n) / scale
  return order.feePaid - paidBefore
}

/** A maker with nothing left ends; one with only hidden lots shows more. */
const afterShrinking = (
  state: NaiveState,
  market: NaiveMarket,
  maker: NaiveOrder,
  reason: Order.EndReason
): Array<Event.Event> => {
  if (remainingOf(maker) === 0) return end(state, maker, reason)
  if (maker.shownLots > 0) return []
  return [{ _tag: "OrderRefilled", ...show(state, market, maker) }]
}

const rest = (state: NaiveState, market: NaiveMarket, order: NaiveOrder): Event.Event => {
  order.place = "book"
  return { _tag: "OrderRested", ...show(state, market, order) }
}

/** Puts the shown part of an order behind all others at its price. */
const show = (state: NaiveState, market: NaiveMarket, order: NaiveOrder) => {
  const remainingLots = remainingOf(order)
  order.arrival = nextMoment(state)
  order.shownLots =
    order.displayLots === 0 ? remainingLots : Math.min(order.displayLots, remainingLots)
  return {
    orderId: order.orderId,
    marketId: order.marketId,
    side: order.side,
    priceTicks: order.priceTicks,
    remainingLots,
    shownLots: order.shownLots,
    depthSequence: nextDepthSequence(market)
  }
}

// ---- Trying out

interface Found {
  readonly lots: number
  /** At the makers' prices. */
  readonly cost: bigint
  /** How much of it would rest. */
  readonly restingLots: number
}

/** What an order would come to if it were matched now, with these changes. */
export const tryOut = (
  state: NaiveState,
  order: NaiveOrder,
  changes: Partial<NaiveOrder> = {}
): Found => {
  const copy = copyOf(state)
  const taker: NaiveOrder = { ...order, ...changes, place: "taking", shownLots: 0 }
  copy.openOrders = [...copy.openOrders.filter((other) => other.orderId !== order.orderId), taker]
  const trades = match(copy, taker).flatMap((event) => (event._tag === "Trade" ? [event] : []))
  return {
    lots: trades.reduce((sum, { lots }) => sum + lots, 0),
    cost: trades.reduce((sum, { quoteUnits }) => sum + quoteUnits, 0n),
    restingLots: taker.place === "book" ? remainingOf(taker) : 0
  }
}

interface Walk {
  readonly lots: number
  readonly cost: bigint
  readonly end: WalkEnd
}

/**
 * From the best price, level by level, as many whole lots as the budget pays for or as bring in at
 * most the budget.
 */
export const walkBudget = (state: NaiveState, order: NaiveOrder): Walk => {
  const copy = copyOf(state)
  const taker: NaiveOrder = { ...order, place: "taking" }
  copy.openOrders.push(taker)
  const market = marketOf(copy, order.marketId)!
  const reference = referenceOf(market)
  const lotsMax = market.rules.marketLotsMax === 0 ? market.lotsMax : market.rules.marketLotsMax
  let cost = 0n
  const ended = (reason: WalkEnd): Walk => ({
    lots: taker.filledLots,
    cost,
    end: cost === order.budget ? "filled" : reason
  })
  for (;;) {
    const maker = makerFor(copy, market, taker.side, 0)
    if (maker === undefined) return ended("unfilled")
    if (!isInRange(market, reference, taker, maker)) return ended("priceRange")
    if (preventsTrade(copy, taker, maker)) {
      // A budget has no other mode.
      end(copy, maker, "selfTrade")
      continue
    }
    const paid = Number((order.budget - cost) / Market.notional(market, maker.priceTicks, 1))
    const taken = Math.min(maker.shownLots, paid, lotsMax - taker.filledLots)
    cost += Market.notional(market, maker.priceTicks, taken)
    if (taken < maker.shownLots) {
      taker.filledLots += taken
      return ended(paid > taken ? "quantityLimit" : "remainder")
    }
    taker.lots = taker.filledLots + taken
    trade(copy, market, taker, maker)
  }
}
