/** What is done before each command, up to a limit of items. */
import type { Event } from "@pandora-exchange/core"
import { timerCame } from "./NaiveCancelling.ts"
import { end } from "./NaiveEnding.ts"
import type { NaiveState } from "./NaiveState.ts"
import { nextToStart, pendingPairOf, startTogether } from "./NaiveWaiting.ts"

export const doDueWork = (state: NaiveState): Array<Event.Event> => {
  const events: Array<Event.Event> = []
  let left = state.limits.dueWorkMax
  // 1
  for (let due = firstDue(state); left > 0 && due !== undefined; due = firstDue(state)) {
    const item = due.make()
    // A timer counts as one item and each order it ends as one more; an order counts once, whatever
    // ends with it.
    left -= due.isTimer ? item.length : 1
    events.push(...item)
  }
  // 2
  for (
    let order = nextToStart(state);
    left > 0 && order !== undefined;
    order = nextToStart(state)
  ) {
    const pair = pendingPairOf(state, order)
    left -= pair.length
    events.push(...startTogether(state, pair))
  }
  return events
}

interface Due {
  readonly time: number
  readonly isTimer: boolean
  /** Of the order or the account. */
  readonly id: number
  readonly make: () => Array<Event.Event>
}

/** The earliest first; at the same time orders come before timers. */
const firstDue = (state: NaiveState): Due | undefined => {
  const orders = state.openOrders
    .filter(({ deadline }) => deadline !== 0)
    .map(
      (order): Due => ({
        time: order.deadline,
        isTimer: false,
        id: order.orderId,
        make: () => end(state, order, "deadline")
      })
    )
  const timers = state.accounts
    .filter(({ cancelAt }) => cancelAt !== 0)
    .map(
      (account): Due => ({
        time: account.cancelAt,
        isTimer: true,
        id: account.accountId,
        make: () => timerCame(state, account)
      })
    )
  return [...orders, ...timers]
    .filter(({ time }) => time <= state.time)
    .sort((a, b) => a.time - b.time || Number(a.isTimer) - Number(b.isTimer) || a.id - b.id)[0]
}
