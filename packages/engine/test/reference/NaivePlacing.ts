/** Placing an order: the checks after its terms, what is held for it, and its acceptance. */
import { type Event, Ids, type RejectReason } from "@pandora-exchange/core"
import {
  heldAssetOf,
  heldAt,
  levelIsFull,
  referenceOf,
  remainingOf,
  restingPrice
} from "./NaiveBook.ts"
import { tryOut, walkBudget } from "./NaiveMatching.ts"
import {
  accountOf,
  availableOf,
  balanceOf,
  type CommandOf,
  hold,
  isUserOrHouse,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
  openOrderByClientId,
  type Terms,
  termsOf
} from "./NaiveState.ts"
import { canRest, termsReason } from "./NaiveTerms.ts"
import { beginWaiting, heldWaiting, isThere, matchAndLook } from "./NaiveWaiting.ts"

type Reason = RejectReason.RejectReason

/** The events of a command, or why it is refused. */
export type Outcome = Array<Event.Event> | Reason

export const placeOrder = (
  state: NaiveState,
  command: CommandOf<"PlaceOrder"> | CommandOf<"ReplaceOrder">
): Outcome => {
  const { accountId, marketId } = command
  const terms = termsOf(command)
  const postsOnly = terms.postOnly !== "off" && terms.type === "limit" && terms.trigger === "none"
  // 1 to 3
  const closed = tradingReason(state, accountId, marketId, postsOnly)
  if (closed !== undefined) return closed
  const market = marketOf(state, marketId)!
  const order = draftOf(state, market, accountId, terms)
  // 4 to 13
  const reason = termsReason(state, market, order)
  if (reason !== undefined) return reason
  // 14
  if (wouldTrigger(market, order)) return "WouldTrigger"
  // 15
  if (openOrderByClientId(state, accountId, order.clientOrderId) !== undefined)
    return "DuplicateClientOrderId"
  // 16, 17
  const waits = order.trigger !== "none"
  const tooMany = tooManyReason(state, market, accountId, {
    open: canRest(order) || waits ? 1 : 0,
    waiting: waits ? 1 : 0,
    trailing: order.trailingUnit === "none" ? 0 : 1
  })
  if (tooMany !== undefined) return tooMany
  // 18
  const walk = order.type === "marketBudget" ? walkBudget(state, order) : undefined
  if (walk !== undefined) order.lots = walk.lots
  if (positionIsTooLarge(state, market, order)) return "PositionTooLarge"
  // 19, 20
  const crossing = waits ? undefined : crossingReason(state, market, order)
  if (crossing !== undefined) return crossing
  // 21
  const held = waits ? (heldWaiting(market, order) as bigint) : heldNow(state, market, order)
  const available = availableOf(state, accountId, heldAssetOf(market, order.side))
  if (available < (walk !== undefined && order.side === "buy" ? order.budget : held))
    return "InsufficientFunds"
  // 22
  if (!waits && wouldFillLevel(state, market, order)) return "LevelFull"

  const accepted = accept(state, market, order, held)
  return waits
    ? [accepted, beginWaiting(state, order, "trigger")]
    : [accepted, ...matchAndLook(state, order, walk?.end)]
}

/** Whether the account may trade in the market now. */
export const tradingReason = (
  state: NaiveState,
  accountId: number,
  marketId: number,
  postsOnly: boolean
): Reason | undefined => {
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  const market = marketOf(state, marketId)
  if (market === undefined) return "UnknownMarket"
  if (!isUserOrHouse(account)) return "AccountCannotTrade"
  if (market.status === "halted") return "MarketHalted"
  if (market.status === "cancelOnly") return "MarketCancelOnly"
  if (market.status === "postOnly" && !postsOnly) return "MarketPostOnly"
  return undefined
}

/** The order as it would be accepted next. */
export const draftOf = (
  state: NaiveState,
  market: NaiveMarket,
  accountId: Ids.AccountId,
  terms: Terms,
  list: Pick<NaiveOrder, "clientListId" | "role" | "listId" | "exit"> & {
    readonly index: number
  } = {
    clientListId: "",
    role: "none",
    listId: Ids.ListId(0),
    exit: "no",
    index: 0
  }
): NaiveOrder => {
  const { index, ...listing } = list
  const { feeTier } = accountOf(state, accountId)!
  return {
    ...terms,
    ...listing,
    ...(market.fees.get(feeTier) ?? market.fees.get(0)!),
    orderId: Ids.OrderId(state.ordersAccepted + 1 + index),
    accountId,
    marketId: market.marketId,
    filledLots: 0,
    preventedLots: 0,
    filledQuote: 0n,
    broughtLots: 0,
    held: 0n,
    needed: 0n,
    feeTimesScale: 0n,
    feePaid: 0n,
    place: "taking",
    shownLots: 0,
    arrival: 0,
    waitsSince: 0,
    activeSince: 0,
    queuedSince: 0,
    extreme: 0
  }
}

export const wouldTrigger = (market: NaiveMarket, order: NaiveOrder): boolean => {
  const reference = referenceOf(market)
  return order.triggerTicks !== 0 && reference !== 0 && isThere(order, reference)
}

/** Whether this many more orders exceed a limit. */
export const tooManyReason = (
  state: NaiveState,
  market: NaiveMarket,
  accountId: number,
  more: { readonly open: number; readonly waiting: number; readonly trailing: number }
): Reason | undefined => {
  const { limits, openOrders } = state
  const ofAccount = openOrders.filter((order) => order.accountId === accountId)
  const waits = ({ place }: NaiveOrder) => place === "trigger" || place === "workingOrder"
  const waiting = ofAccount.filter(waits)
  const trailing = openOrders.filter(
    (order) => order.marketId === market.marketId && order.trailingUnit !== "none" && waits(order)
  )
  const passes = (count: number, added: number, max: number): boolean =>
    added > 0 && count + added > max
  if (passes(ofAccount.length, more.open, limits.openOrdersPerAccountMax))
    return "TooManyOpenOrders"
  if (passes(openOrders.length, more.open, limits.openOrdersMax)) return "TooManyOpenOrders"
  if (passes(waiting.length, more.waiting, limits.conditionalOrdersPerAccountMax))
    return "TooManyConditionalOrders"
  if (passes(trailing.length, more.trailing, limits.trailingOrdersPerMarketMax))
    return "TooManyConditionalOrders"
  return undefined
}

/**
 * The base the account owns, is buying and would buy; an order that is already open counts once,
 * with its current values.
 */
export const positionIsTooLarge = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder
): boolean => {
  const { positionMax } = market.rules
  if (order.side === "sell" || positionMax === 0n) return false
  const { available, held } = balanceOf(state, order.accountId, market.baseAssetId)
  const buying = state.openOrders
    .filter(
      ({ accountId, marketId, side }) =>
        accountId === order.accountId && marketId === market.marketId && side === "buy"
    )
    .filter(({ orderId }) => orderId !== order.orderId)
    .reduce((sum, other) => sum + BigInt(remainingOf(other)), BigInt(remainingOf(order)))
  return available + held + buying * market.lotUnits > positionMax
}

/** For an order that does not wait. If it slides, it has its new price afterwards. */
export const crossingReason = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder
): Reason | undefined => {
  const priceTicks = restingPrice(state, market, order)
  if (typeof priceTicks === "string") return priceTicks
  order.priceTicks = priceTicks
  if (order.timeInForce === "FOK" && tryOut(state, order).lots < order.lots)
    return "FillOrKillUnfilled"
  return undefined
}

/** What an order that does not wait holds before it trades. */
export const heldNow = (state: NaiveState, market: NaiveMarket, order: NaiveOrder): bigint => {
  const { lots, priceTicks, side, type } = order
  if (type === "limit") return heldAt(market, side, priceTicks, lots)
  const found = type === "market" ? tryOut(state, order) : walkBudget(state, order)
  return side === "buy" ? found.cost : BigInt(found.lots) * market.lotUnits
}

export const wouldFillLevel = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder
): boolean => {
  const { priceTicks, side } = order
  // No more than all of it can rest.
  if (!canRest(order) || !levelIsFull(state, market, side, priceTicks, order.lots)) return false
  const { restingLots } = tryOut(state, order)
  return restingLots > 0 && levelIsFull(state, market, side, priceTicks, restingLots)
}

/** From here on the order is open, and `held` is held for it. */
export const accept = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder,
  held: bigint
): Event.Event => {
  state.ordersAccepted++
  state.openOrders.push(order)
  hold(state, order.accountId, heldAssetOf(market, order.side), held)
  order.held = held
  if (order.needed === 0n) order.needed = held
  return {
    _tag: "OrderAccepted",
    orderId: order.orderId,
    accountId: order.accountId,
    marketId: order.marketId,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    priceTicks: order.priceTicks,
    lots: order.lots,
    budget: order.budget,
    deadline: order.deadline,
    displayLots: order.displayLots,
    selfTradePrevention: order.selfTradePrevention,
    reduceOnly: order.reduceOnly,
    credential: order.credential,
    origin: "client",
    listId: order.listId,
    makerRate: order.makerRate,
    takerRate: order.takerRate,
    held,
    clientOrderId: order.clientOrderId
  }
}
