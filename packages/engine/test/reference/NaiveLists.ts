/** Lists of orders that depend on each other. */
import { type Event, Ids, OrderRecord } from "@pandora-exchange/core"
import { heldAssetOf, referenceOf } from "./NaiveBook.ts"
import { end } from "./NaiveEnding.ts"
import {
  accept,
  crossingReason,
  draftOf,
  heldNow,
  type Outcome,
  positionIsTooLarge,
  tooManyReason,
  tradingReason,
  wouldFillLevel,
  wouldTrigger
} from "./NaivePlacing.ts"
import {
  accountOf,
  availableOf,
  type CommandOf,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
  openOrderByClientId,
  type Role,
  type Terms,
  termsOf
} from "./NaiveState.ts"
import { canRest, clientIdPattern, termsReason } from "./NaiveTerms.ts"
import { beginWaiting, heldWaiting, matchAndLook } from "./NaiveWaiting.ts"

type PlaceOrderList = CommandOf<"PlaceOrderList">

const rolesOf: Readonly<Record<PlaceOrderList["contingency"], ReadonlyArray<Role>>> = {
  OCO: ["pairFirst", "pairStop"],
  OTO: ["working", "pending"],
  OTOCO: ["working", "pairFirst", "pairStop"]
}

export const placeOrderList = (state: NaiveState, command: PlaceOrderList): Outcome => {
  const { accountId, clientListId, contingency, marketId } = command
  // 1
  const closed = tradingReason(state, accountId, marketId, false)
  if (closed !== undefined) return closed
  const market = marketOf(state, marketId)!
  // 2
  if (!termsFit(command)) return "ListTermsInvalid"
  // 3
  if (!clientIdPattern.test(clientListId)) return "MalformedText"
  // 4
  const listId = Ids.ListId(state.listsAccepted + 1)
  const terms = [termsOf(command, "first"), termsOf(command, "second"), termsOf(command, "third")]
  const orders = rolesOf[contingency].map((role, index) => {
    const own = terms[index]!
    const exit = exitOf(contingency, terms[0]!, own, index)
    const lots = exit === "brought" ? terms[0]!.lots : own.lots
    return draftOf(
      state,
      market,
      accountId,
      { ...own, lots },
      { clientListId, role, listId, exit, index }
    )
  })
  for (const order of orders) {
    const reason = termsReason(state, market, order)
    if (reason !== undefined) return reason
  }
  // 5
  if (!pricesFit(market, command, orders)) return "ListPricesInvalid"
  // 6
  if (contingency === "OCO" && orders.some((order) => wouldTrigger(market, order)))
    return "WouldTrigger"
  // 7
  if (idIsTaken(state, orders)) return "DuplicateClientOrderId"
  // 8
  const now = orders.find((order) =>
    contingency !== "OCO" ? order.role === "working" : order.trigger === "none"
  )
  const waiting = orders.filter((order) => order !== now)
  const tooMany = tooManyReason(state, market, accountId, {
    open: orders.length,
    waiting: waiting.length,
    trailing: orders.filter(({ trailingUnit }) => trailingUnit !== "none").length
  })
  if (tooMany !== undefined) return tooMany
  // 9
  if (orders.some((order) => positionIsTooLarge(state, market, order))) return "PositionTooLarge"
  // 10
  const crossing = now === undefined ? undefined : crossingReason(state, market, now)
  if (crossing !== undefined) return crossing
  // 11
  for (const order of contingency === "OCO" ? orders : orders.slice(0, 1)) {
    order.needed =
      order === now ? heldNow(state, market, order) : (heldWaiting(market, order) as bigint)
  }
  const needed = orders.reduce((most, order) => (order.needed > most ? order.needed : most), 0n)
  if (availableOf(state, accountId, heldAssetOf(market, orders[0]!.side)) < needed)
    return "InsufficientFunds"
  // 12
  if (now !== undefined && wouldFillLevel(state, market, now)) return "LevelFull"

  state.listsAccepted++
  const [first, second, third] = orders
  const events: Array<Event.Event> = [
    {
      _tag: "OrderListAccepted",
      listId,
      accountId,
      marketId,
      contingency,
      firstOrderId: first!.orderId,
      secondOrderId: second!.orderId,
      thirdOrderId: third?.orderId ?? Ids.OrderId(0),
      clientListId
    }
  ]
  for (const [index, order] of orders.entries()) {
    const ofSibling = order.role === "pairStop" ? orders[index - 1]!.needed : 0n
    events.push(
      accept(state, market, order, order.needed > ofSibling ? order.needed - ofSibling : 0n)
    )
  }
  const wait = contingency === "OCO" ? "trigger" : "workingOrder"
  for (const order of waiting) events.push(beginWaiting(state, order, wait))
  return now === undefined ? events : [...events, ...matchAndLook(state, now)]
}

// ---- Terms

const termsFit = (command: PlaceOrderList): boolean => {
  const first = termsOf(command, "first")
  const second = termsOf(command, "second")
  const third = termsOf(command, "third")
  switch (command.contingency) {
    case "OCO":
      return isPair(first, second) && isBlank(third)
    case "OTO":
      return isWorking(first) && isPending(second) && isBlank(third)
    case "OTOCO":
      return isWorking(first) && isPending(second) && isPending(third) && isPair(second, third)
  }
}

const exitOf = (
  contingency: PlaceOrderList["contingency"],
  working: Terms,
  terms: Terms,
  index: number
): NaiveOrder["exit"] => {
  if (contingency === "OCO" || index === 0 || terms.side === working.side) return "no"
  return terms.lots === 0 ? "brought" : "ownLots"
}

const isPair = (first: Terms, stop: Terms): boolean => {
  const rests =
    first.type === "limit" &&
    first.trigger === "none" &&
    first.postOnly === "refuse" &&
    canRest(first)
  return (
    first.side === stop.side &&
    first.lots === stop.lots &&
    (rests || first.trigger === "takeProfit") &&
    stop.trigger === "stopLoss"
  )
}

const isWorking = (terms: Terms): boolean => terms.type === "limit" && terms.trigger === "none"

const isPending = (terms: Terms): boolean => terms.type !== "marketBudget"

const isBlank = (terms: Terms): boolean =>
  Object.entries(terms).every(([name, value]) => value === OrderRecord.noTerms[name as keyof Terms])

/**
 * The first order of a pair is on the better side of its stop, and of the reference price if it
 * applies from now on.
 */
const pricesFit = (
  market: NaiveMarket,
  { contingency }: PlaceOrderList,
  orders: ReadonlyArray<NaiveOrder>
): boolean => {
  const [first, stop] = orders.filter(({ role }) => role === "pairFirst" || role === "pairStop")
  if (first === undefined || stop === undefined) return true
  const better = first.trigger === "none" ? first.priceTicks : first.triggerTicks
  const isBetter = (than: number): boolean =>
    better === 0 || than === 0 || (first.side === "sell" ? better > than : better < than)
  return isBetter(stop.triggerTicks) && (contingency !== "OCO" || isBetter(referenceOf(market)))
}

const idIsTaken = (state: NaiveState, orders: ReadonlyArray<NaiveOrder>): boolean => {
  const { accountId, clientListId } = orders[0]!
  const ids = orders.map(({ clientOrderId }) => clientOrderId).filter((id) => id !== "")
  if (new Set(ids).size < ids.length) return true
  if (ids.some((id) => openOrderByClientId(state, accountId, id) !== undefined)) return true
  return clientListId !== "" && openListOf(state, accountId, 0, clientListId).length > 0
}

/** The open orders of an account's list, by id, or by the client's id if `listId` is 0. */
const openListOf = (
  state: NaiveState,
  accountId: number,
  listId: number,
  clientListId: string
): Array<NaiveOrder> =>
  state.openOrders
    .filter((order) => order.accountId === accountId && order.listId !== 0)
    .filter((order) =>
      listId === 0
        ? clientListId !== "" && order.clientListId === clientListId
        : order.listId === listId
    )
    .sort((a, b) => a.orderId - b.orderId)

// ---- Cancelling

export const cancelOrderList = (
  state: NaiveState,
  command: CommandOf<"CancelOrderList">
): Outcome => {
  const { accountId, clientListId, listId } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  const [first] = openListOf(state, accountId, listId, clientListId)
  if (first === undefined) return "UnknownOrderList"
  if (marketOf(state, first.marketId)!.status === "halted") return "MarketHalted"
  return end(state, first, "cancelled")
}
