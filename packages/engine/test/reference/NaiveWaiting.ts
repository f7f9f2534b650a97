/** Orders that wait outside the book: comparing them with a price, and starting them. */
import { type Event, Market, type Order } from "@pandora-exchange/core"
import {
  heldAssetOf,
  heldAt,
  levelIsFull,
  orderAmountMax,
  referenceOf,
  remainingOf,
  restingPrice
} from "./NaiveBook.ts"
import { end, endAlone, endSibling, reduce, siblingOf } from "./NaiveEnding.ts"
import { match, tryOut, type WalkEnd } from "./NaiveMatching.ts"
import {
  availableOf,
  hold,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
  nextMoment
} from "./NaiveState.ts"

type Trigger = Pick<
  NaiveOrder,
  "side" | "trigger" | "triggerTicks" | "trailingUnit" | "trailingOffset"
>

// ---- Prices

const isRising = ({ side, trigger }: Trigger): boolean =>
  (side === "buy") === (trigger === "stopLoss")

const trails = ({ trailingUnit }: Trigger): boolean => trailingUnit !== "none"

/** Whether a price is at `triggerTicks`. */
export const isThere = (order: Trigger, priceTicks: number): boolean =>
  isRising(order) ? priceTicks >= order.triggerTicks : priceTicks <= order.triggerTicks

/** The trigger price that follows from an extreme: rounded away from it. */
export const trailedPrice = (
  { side, trailingOffset, trailingUnit }: Trigger,
  extreme: number
): bigint => {
  const best = BigInt(extreme)
  const offset = BigInt(trailingOffset)
  if (trailingUnit === "ticks") return side === "sell" ? best - offset : best + offset
  return side === "sell"
    ? (best * (10_000n - offset)) / 10_000n
    : (best * (10_000n + offset) + 9_999n) / 10_000n
}

/** The price at which a waiting market order is funded, if there is one. */
const boundOf = (market: NaiveMarket, order: Trigger): bigint | undefined => {
  const from = order.triggerTicks === 0 ? referenceOf(market) : order.triggerTicks
  if (from === 0) return undefined
  return trails(order) ? trailedPrice(order, from) : BigInt(order.triggerTicks)
}

/** What an order with a trigger holds while it waits; undefined if no price limits it. */
export const heldWaiting = (
  market: NaiveMarket,
  order: Pick<NaiveOrder, "type" | "priceTicks" | "lots"> & Trigger
): bigint | "NoReferencePrice" | "NotionalTooLarge" => {
  const { lots, priceTicks, side, type } = order
  if (type === "limit" || side === "sell") return heldAt(market, side, priceTicks, lots)
  const bound = boundOf(market, order)
  if (bound === undefined) return "NoReferencePrice"
  const held = bound * BigInt(lots) * market.quotePerTickLot
  return held > orderAmountMax ? "NotionalTooLarge" : held
}

// ---- Looking

export const beginWaiting = (
  state: NaiveState,
  order: NaiveOrder,
  wait: Order.Wait
): Event.Event => {
  order.place = wait
  if (wait === "trigger") {
    order.waitsSince = nextMoment(state)
    if (trails(order) && order.triggerTicks === 0)
      activate(state, order, referenceOf(marketOf(state, order.marketId)!))
  }
  return {
    _tag: "OrderWaiting",
    orderId: order.orderId,
    marketId: order.marketId,
    side: order.side,
    wait,
    trigger: order.trigger,
    triggerTicks: order.triggerTicks,
    trailingUnit: order.trailingUnit,
    trailingOffset: order.trailingOffset
  }
}

const activate = (state: NaiveState, order: NaiveOrder, extreme: number): void => {
  order.activeSince = nextMoment(state)
  order.extreme = extreme
}

/** Compares the market's waiting orders with a price; 0 is none. */
export const look = (state: NaiveState, market: NaiveMarket, priceTicks: number): void => {
  if (market.status !== "open" || priceTicks === 0) return
  const waiting = state.openOrders.filter(
    (order) =>
      order.marketId === market.marketId && order.place === "trigger" && order.queuedSince === 0
  )
  const active = waiting
    .filter((order) => order.activeSince !== 0)
    .sort((a, b) => a.activeSince - b.activeSince)
  // 1
  const reached = waiting.filter((order) => order.activeSince === 0 && isThere(order, priceTicks))
  const rising = reached
    .filter(isRising)
    .sort((a, b) => a.triggerTicks - b.triggerTicks || a.waitsSince - b.waitsSince)
  const falling = reached
    .filter((order) => !isRising(order))
    .sort((a, b) => b.triggerTicks - a.triggerTicks || a.waitsSince - b.waitsSince)
  for (const order of [...rising, ...falling]) {
    if (trails(order)) activate(state, order, priceTicks)
    else order.queuedSince = nextMoment(state)
  }
  // 2
  for (const order of active) {
    if (order.extreme === 0) order.extreme = priceTicks
    const trigger = trailedPrice(order, order.extreme)
    const sells = order.side === "sell"
    if (sells ? BigInt(priceTicks) <= trigger : BigInt(priceTicks) >= trigger)
      order.queuedSince = nextMoment(state)
    else
      order.extreme = sells
        ? Math.max(order.extreme, priceTicks)
        : Math.min(order.extreme, priceTicks)
  }
}

/** Matches an order, and compares waiting orders with the prices of its trades. */
export const matchAndLook = (
  state: NaiveState,
  order: NaiveOrder,
  walkEnd?: WalkEnd
): Array<Event.Event> => {
  const market = marketOf(state, order.marketId)!
  const events = match(state, order, walkEnd)
  const prices = events.flatMap((event) => (event._tag === "Trade" ? [event.priceTicks] : []))
  const first = prices[0]
  const last = prices.at(-1)
  if (market.rules.triggerSource !== "" || first === undefined || last === undefined) return events
  look(state, market, first)
  if (last !== first) look(state, market, last)
  return events
}

// ---- Starting

/** The first of the activation queue. */
export const nextToStart = (state: NaiveState): NaiveOrder | undefined =>
  state.openOrders
    .filter((order) => order.queuedSince !== 0)
    .sort((a, b) => a.queuedSince - b.queuedSince)[0]

/**
 * What begins together with an order: the order itself, and its stop if it is the first of a
 * pending pair.
 */
export const pendingPairOf = (state: NaiveState, order: NaiveOrder): Array<NaiveOrder> => {
  const sibling = order.place === "workingOrder" ? siblingOf(state, order) : undefined
  return sibling === undefined ? [order] : [order, sibling]
}

export const startTogether = (state: NaiveState, orders: Array<NaiveOrder>): Array<Event.Event> => {
  const events: Array<Event.Event> = []
  const [{ exit, lots: asked, place }] = orders as [NaiveOrder]
  const lots = place === "workingOrder" && exit !== "no" ? exitLots(state, orders) : asked
  if (lots > 0 && lots < asked)
    events.push(...orders.map((order) => reduce(state, order, lots, 0n)))
  for (const order of orders) events.push(...start(state, order, lots > 0))
  return events
}

/**
 * How many lots the exits can have: limited by what was bought, by what they request, and by what
 * is available for the more expensive of them.
 */
const exitLots = (state: NaiveState, orders: ReadonlyArray<NaiveOrder>): number => {
  const [{ accountId, broughtLots, exit, lots, marketId, side }] = orders as [NaiveOrder]
  const market = marketOf(state, marketId)!
  const wanted = exit === "brought" ? Math.min(lots, broughtLots) : lots
  const perLot = orders
    .map((order) => unitsPerLot(market, order))
    .reduce((most, units) => (units > most ? units : most))
  if (perLot === 0n) return wanted
  const covered = availableOf(state, accountId, heldAssetOf(market, side)) / perLot
  return covered < BigInt(wanted) ? Number(covered) : wanted
}

const unitsPerLot = (market: NaiveMarket, order: NaiveOrder): bigint => {
  if (order.side === "sell") return market.lotUnits
  if (order.type === "limit") return Market.notional(market, order.priceTicks, 1)
  return order.trigger === "none" ? 0n : (boundOf(market, order) ?? 0n) * market.quotePerTickLot
}

const start = (state: NaiveState, order: NaiveOrder, isFunded: boolean): Array<Event.Event> => {
  order.queuedSince = 0
  if (order.place === "trigger")
    return [...passFromSibling(state, order), ...begin(state, order, "trigger")]
  if (!isFunded) return cannotBegin(state, order, "unfunded")
  return order.trigger === "none" ? begin(state, order, "workingOrder") : beginToWait(state, order)
}

/**
 * A pending order ends when it should begin. A pair's stop continues without the first order, but
 * not the other way round.
 */
const cannotBegin = (
  state: NaiveState,
  order: NaiveOrder,
  reason: Order.EndReason
): Array<Event.Event> => [
  started(marketOf(state, order.marketId)!, order, "workingOrder", 0n),
  ...(order.role === "pairFirst" ? [endAlone(state, order, reason)] : end(state, order, reason))
]

/** A stop takes over what it requires of what its sibling holds, and the sibling ends. */
const passFromSibling = (state: NaiveState, order: NaiveOrder): Array<Event.Event> => {
  const sibling = siblingOf(state, order)
  if (sibling === undefined) return []
  if (order.role === "pairStop") {
    const lacking = order.needed - order.held
    const passed = lacking < sibling.held ? lacking : sibling.held
    sibling.held -= passed
    order.held += passed
  }
  return endSibling(state, order)
}

const begin = (state: NaiveState, order: NaiveOrder, wait: Order.Wait): Array<Event.Event> => {
  const market = marketOf(state, order.marketId)!
  const checked = checkedToBegin(state, market, order)
  if (typeof checked === "string") {
    if (wait === "workingOrder") return cannotBegin(state, order, checked)
    return [started(market, order, wait, order.held), ...end(state, order, checked)]
  }
  const event = started(market, order, wait, checked.held)
  hold(state, order.accountId, heldAssetOf(market, order.side), checked.held - order.held)
  order.held = checked.held
  order.needed = checked.held
  order.priceTicks = checked.priceTicks
  order.place = "taking"
  return [event, ...matchAndLook(state, order)]
}

/** What is now held for it and its price, or why it cannot begin. */
const checkedToBegin = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder
): { readonly held: bigint; readonly priceTicks: number } | Order.EndReason => {
  const { accountId, side, timeInForce, type } = order
  const mayBegin =
    market.status === "open" || (market.status === "postOnly" && order.postOnly !== "off")
  if (!mayBegin) return "notTrading"
  const found = tryOut(state, order)
  if (type === "market" && side === "buy" && found.cost > orderAmountMax) return "tooLarge"
  const priceTicks = restingPrice(state, market, order)
  if (priceTicks === "PostOnlyWouldCross") return "wouldCross"
  if (priceTicks === "NotionalTooSmall") return "tooSmall"
  if (priceTicks === "NotionalTooLarge") return "tooLarge"
  if (priceTicks === "PriceOutsideBand") return "outsideBand"
  if (timeInForce === "FOK" && found.lots < order.lots) return "unfilled"
  const marketHeld = side === "buy" ? found.cost : BigInt(found.lots) * market.lotUnits
  const held = type === "limit" ? heldAt(market, side, priceTicks, remainingOf(order)) : marketHeld
  if (held - order.held > availableOf(state, accountId, heldAssetOf(market, side)))
    return "unfunded"
  const { restingLots } = tryOut(state, order, { priceTicks })
  if (restingLots > 0 && levelIsFull(state, market, side, priceTicks, restingLots))
    return "levelFull"
  return { held, priceTicks }
}

/** A pending order whose working order is filled begins to wait for its trigger. */
const beginToWait = (state: NaiveState, order: NaiveOrder): Array<Event.Event> => {
  const market = marketOf(state, order.marketId)!
  const needed = heldWaiting(market, order)
  const sibling = siblingOf(state, order)
  const passable = order.role === "pairStop" && sibling !== undefined ? sibling.held : 0n
  const available = availableOf(state, order.accountId, heldAssetOf(market, order.side))
  if (needed === "NotionalTooLarge") return cannotBegin(state, order, "tooLarge")
  if (needed === "NoReferencePrice" || needed - passable > available)
    return cannotBegin(state, order, "unfunded")
  const held = needed > passable ? needed - passable : 0n
  const event = started(market, order, "workingOrder", held)
  hold(state, order.accountId, heldAssetOf(market, order.side), held)
  order.held = held
  order.needed = needed
  const waiting = beginWaiting(state, order, "trigger")
  look(state, market, referenceOf(market))
  return [event, waiting]
}

const started = (
  market: NaiveMarket,
  order: NaiveOrder,
  wait: Order.Wait,
  held: bigint
): Event.Event => ({
  _tag: "OrderActivated",
  orderId: order.orderId,
  accountId: order.accountId,
  marketId: order.marketId,
  side: order.side,
  wait,
  priceTicks: referenceOf(market),
  oldHeld: order.held,
  held
})
