/** The life of an order, from events alone: its progress, and the names of its stages. */
import type { Event, EventOf } from "../Event.ts"
import type { AccountId, OrderId } from "../Ids.ts"
import { zeros } from "../Layout.ts"
import type { EndReason, TrailingUnit, Trigger, WaitState } from "../Order.ts"
import { triggerTerms } from "../OrderRecord.ts"
import { handlerOf, nothing, ofOrders } from "./Handlers.ts"

/**
 * `waiting`: for its trigger or for another order. `expired`: the rest ended without being
 * cancelled; the end reason says why.
 */
export const orderStatuses = [
  "waiting",
  "open",
  "partiallyFilled",
  "filled",
  "cancelled",
  "expired"
] as const
export type OrderStatus = (typeof orderStatuses)[number]

/** The terms of an order, fixed from the beginning. */
export type OrderTerms = Omit<
  EventOf<"OrderAccepted">,
  "_tag" | "reduceOnly" | "origin" | "makerRate" | "takerRate" | "held" | "priceTicks" | "lots"
>

/** The state of an order. */
export interface OrderLife {
  /** Its current limit; 0 for market orders. */
  priceTicks: number
  lots: number
  filledLots: number
  /** The open quantity, including hidden lots. */
  remainingLots: number
  /** Removed by self-trade prevention while the order stayed open. */
  preventedLots: number
  /** Open when it ended, according to the event. */
  endedLots: number
  /** The quote amount of its fills, in ledger units. */
  filledQuote: bigint
  /** In ledger units of the asset it receives. */
  fee: bigint
  /** What it waits for outside the book. */
  waitsFor: WaitState
  /** The trigger it waits for, now or after its working order. An activated order has none. */
  trigger: Trigger
  triggerTicks: number
  trailingUnit: TrailingUnit
  trailingOffset: number
  /** Undefined while it is open. */
  endReason: EndReason | undefined
}

/** An order with its terms and state, and when it was accepted and last changed. */
export interface TrackedOrder extends OrderTerms, OrderLife {
  /** Milliseconds since 1970. */
  createdAt: number
  /** Milliseconds since 1970. */
  updatedAt: number
  /** The last command that changed it. */
  sequence: number
}

/** Keeps orders: decides which ones, and is told of each change. */
export interface OrderKeeper {
  accepted(event: EventOf<"OrderAccepted">): void
  /** Returns the order an event changes, or `undefined` if it is not kept. */
  changed(orderId: OrderId, accountId: AccountId): OrderLife | undefined
  /** Returns an order that was accepted, started or amended by the same command. */
  kept(orderId: OrderId): OrderLife | undefined
}

/** Updates the kept orders for an event. */
export const read = (event: Event, keeper: OrderKeeper): void =>
  handlerOf(handlers, event)(event, keeper)

const noTrigger = zeros(triggerTerms)

/** An order with this price and quantity, and no fills. */
export const begun = ({ lots, priceTicks }: Pick<OrderLife, "lots" | "priceTicks">): OrderLife => ({
  priceTicks,
  lots,
  filledLots: 0,
  remainingLots: lots,
  preventedLots: 0,
  endedLots: 0,
  filledQuote: 0n,
  fee: 0n,
  waitsFor: "none",
  ...noTrigger,
  endReason: undefined
})

/** The same, with all its terms. */
export const accepted = (event: EventOf<"OrderAccepted">): OrderTerms & OrderLife => ({
  orderId: event.orderId,
  accountId: event.accountId,
  marketId: event.marketId,
  side: event.side,
  type: event.type,
  timeInForce: event.timeInForce,
  postOnly: event.postOnly,
  budget: event.budget,
  deadline: event.deadline,
  displayLots: event.displayLots,
  selfTradePrevention: event.selfTradePrevention,
  listId: event.listId,
  credential: event.credential,
  clientOrderId: event.clientOrderId,
  priceTicks: event.priceTicks,
  lots: event.lots,
  filledLots: 0,
  remainingLots: event.lots,
  preventedLots: 0,
  endedLots: 0,
  filledQuote: 0n,
  fee: 0n,
  waitsFor: "none",
  ...noTrigger,
  endReason: undefined
})

export const statusOf = ({
  endReason,
  filledLots,
  waitsFor
}: Pick<OrderLife, "endReason" | "filledLots" | "waitsFor">): OrderStatus => {
  return endReason === undefined ? openStatusOf({ filledLots, waitsFor }) : endStatuses[endReason]
}

/** The status of an open order. */
export const openStatusOf = ({
  filledLots,
  waitsFor
}: Pick<OrderLife, "filledLots" | "waitsFor">) => {
  if (waitsFor !== "none") return "waiting"
  return filledLots === 0 ? "open" : "partiallyFilled"
}

const endStatuses: Readonly<Record<EndReason, OrderStatus>> = {
  filled: "filled",
  remainder: "filled",
  cancelled: "cancelled",
  cancelAfter: "cancelled",
  deadline: "expired",
  unfilled: "expired",
  selfTrade: "expired",
  priceRange: "expired",
  otherLeg: "expired",
  unfunded: "expired",
  wouldCross: "expired",
  notTrading: "expired",
  levelFull: "expired",
  tooLarge: "expired",
  quantityLimit: "expired",
  tooSmall: "expired",
  outsideBand: "expired"
}

const handlers = ofOrders<[keeper: OrderKeeper]>({
  OrderListAccepted: nothing,
  OrderRefilled: nothing,
  // A reader of all events already knows this.
  OrderStood: nothing,
  PartRefused: nothing,
  OrderAccepted: (event, keeper) => keeper.accepted(event),
  Trade: (event, keeper) => {
    const maker = keeper.changed(event.makerOrderId, event.makerAccountId)
    if (maker !== undefined) fill(maker, event, event.makerFee, event.makerRemainingLots)
    const taker = keeper.changed(event.takerOrderId, event.takerAccountId)
    if (taker !== undefined) fill(taker, event, event.takerFee, event.takerRemainingLots)
  },
  SelfTradePrevented: (event, keeper) => {
    // If orders expire, their ends follow and say what is left of them.
    if (event.mode !== "decrement") return
    shrink(keeper.changed(event.makerOrderId, event.makerAccountId), event.makerLots)
    shrink(keeper.changed(event.takerOrderId, event.takerAccountId), event.takerLots)
  },
  OrderWaiting: (event, keeper) => {
    const order = keeper.kept(event.orderId)
    if (order === undefined) return
    order.waitsFor = event.wait
    order.trigger = event.trigger
    order.triggerTicks = event.triggerTicks
    order.trailingUnit = event.trailingUnit
    order.trailingOffset = event.trailingOffset
  },
  OrderActivated: (event, keeper) => {
    const order = keeper.changed(event.orderId, event.accountId)
    // If it goes on to wait for its trigger, another event follows.
    if (order !== undefined) Object.assign(order, noTrigger, { waitsFor: "none" })
  },
  OrderRested: (event, keeper) => {
    const order = keeper.kept(event.orderId)
    if (order === undefined) return
    // An order that slid when it started has a new price.
    order.priceTicks = event.priceTicks
    order.remainingLots = event.remainingLots
  },
  OrderAmended: (event, keeper) => {
    const order = keeper.changed(event.orderId, event.accountId)
    if (order === undefined) return
    order.priceTicks = event.priceTicks
    order.lots = event.lots
    order.remainingLots = event.remainingLots
  },
  OrderReduced: (event, keeper) => {
    const order = keeper.changed(event.orderId, event.accountId)
    if (order === undefined) return
    order.lots = event.lots
    order.remainingLots = event.lots
  },
  OrderEnded: (event, keeper) => {
    const order = keeper.changed(event.orderId, event.accountId)
    if (order === undefined) return
    order.waitsFor = "none"
    order.remainingLots = 0
    order.endedLots = event.endedLots
    order.endReason = event.reason
  }
})

const fill = (
  order: OrderLife,
  { lots, quoteUnits }: EventOf<"Trade">,
  fee: bigint,
  remainingLots: number
): void => {
  order.filledLots += lots
  order.filledQuote += quoteUnits
  order.fee += fee
  order.remainingLots = remainingLots
}

const shrink = (order: OrderLife | undefined, lots: number): void => {
  if (order === undefined) return
  order.remainingLots -= lots
  order.preventedLots += lots
}
