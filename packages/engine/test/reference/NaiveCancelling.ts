/** Cancelling orders, by their owner or by the account's timer, and replacing one with another. */
import type { Event, Order, RejectReason } from "@pandora-exchange/core"
import { end } from "./NaiveEnding.ts"
import { type Outcome, placeOrder } from "./NaivePlacing.ts"
import {
  accountOf,
  type CommandOf,
  isUserOrHouse,
  marketOf,
  type NaiveAccount,
  type NaiveOrder,
  type NaiveState,
  openOrderByClientId,
  openOrderOf
} from "./NaiveState.ts"

export const cancelOrder = (state: NaiveState, command: CommandOf<"CancelOrder">): Outcome => {
  const { accountId, clientOrderId, orderId } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  const order = namedOrder(state, accountId, orderId, clientOrderId)
  if (order === undefined) return "UnknownOrder"
  if (isHalted(state, order)) return "MarketHalted"
  return end(state, order, "cancelled")
}

/** By its id, or by the client's own if that is 0. */
export const namedOrder = (
  state: NaiveState,
  accountId: number,
  orderId: number,
  clientOrderId: string
): NaiveOrder | undefined =>
  orderId !== 0
    ? openOrderOf(state, accountId, orderId)
    : openOrderByClientId(state, accountId, clientOrderId)

const isHalted = (state: NaiveState, order: NaiveOrder): boolean =>
  marketOf(state, order.marketId)!.status === "halted"

export const cancelAll = (state: NaiveState, command: CommandOf<"CancelAll">): Outcome => {
  const { accountId, marketId, sides } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  if (marketId !== 0) {
    const named = marketOf(state, marketId)
    if (named === undefined) return "UnknownMarket"
    if (named.status === "halted") return "MarketHalted"
  }
  return endAll(
    state,
    (order) =>
      order.accountId === accountId &&
      (marketId === 0 || order.marketId === marketId) &&
      (sides === "both" || order.side === sides),
    "cancelled"
  )
}

/**
 * Ends these orders in order of id, except those in halted markets. Each takes its list with it.
 */
const endAll = (
  state: NaiveState,
  isMeant: (order: NaiveOrder) => boolean,
  reason: Order.EndReason
): Array<Event.Event> =>
  state.openOrders
    .filter((order) => isMeant(order) && !isHalted(state, order))
    .sort((a, b) => a.orderId - b.orderId)
    .flatMap((order) => (state.openOrders.includes(order) ? end(state, order, reason) : []))

// ---- The timer

export const cancelAfter = (state: NaiveState, command: CommandOf<"CancelAfter">): Outcome => {
  const { accountId, delayMs } = command
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  if (!isUserOrHouse(account)) return "AccountKindReserved"
  if (delayMs > 86_400_000) return "DelayTooLong"
  account.cancelAt = delayMs === 0 ? 0 : state.time + delayMs
  return [{ _tag: "CancelAfterSet", accountId, deadline: account.cancelAt }]
}

export const timerCame = (state: NaiveState, account: NaiveAccount): Array<Event.Event> => {
  const { accountId } = account
  account.cancelAt = 0
  const ends = endAll(state, (order) => order.accountId === accountId, "cancelAfter")
  return [{ _tag: "CancelAfterFired", accountId }, ...ends]
}

// ---- Replacing

export const replaceOrder = (state: NaiveState, command: CommandOf<"ReplaceOrder">): Outcome => {
  const { accountId, marketId, mode } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  if (marketOf(state, marketId) === undefined) return "UnknownMarket"
  const cancelled = cancelledForReplacing(state, command)
  if (typeof cancelled === "string" && mode === "stopOnFailure") return cancelled
  const placed = placeOrder(state, command)
  return [...partOf("cancel", cancelled), ...partOf("place", placed)]
}

const cancelledForReplacing = (state: NaiveState, command: CommandOf<"ReplaceOrder">): Outcome => {
  const { accountId, cancelClientOrderId, marketId, orderId, replaceable } = command
  const order = namedOrder(state, accountId, orderId, cancelClientOrderId)
  if (order === undefined || order.marketId !== marketId) return "UnknownOrder"
  if (replaceable === "unfilled" && order.filledLots > 0) return "OrderNotReplaceable"
  if (replaceable === "partlyFilled" && order.filledLots === 0) return "OrderNotReplaceable"
  if (isHalted(state, order)) return "MarketHalted"
  return end(state, order, "cancelled")
}

const partOf = (
  part: Event.EventOf<"PartRefused">["part"],
  outcome: Array<Event.Event> | RejectReason.RejectReason
): Array<Event.Event> =>
  typeof outcome === "string" ? [{ _tag: "PartRefused", part, reason: outcome }] : outcome
