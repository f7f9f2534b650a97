/**
 * Requests about one's own account, which they do not name. Printed from the declarations by `npm
 * run contract`.
 */

import type {
  Again,
  BatchItem,
  Contingency,
  LimitOrder,
  ListId,
  ListedOrder,
  MarketOrder,
  OrderId,
  OrderOfList,
  Side
} from "./sdk.ts"

/** Chooses an account. */
export interface AccountTermsOf {}

/** Where an order goes. */
export interface InMarket {
  /** The symbol of the market, for instance `BTC-USDT`. */
  readonly market: string
}

/** New terms of an open order. Terms that are not given stay. */
export interface AmendOrder extends InMarket, Again {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
  /** The new limit price. */
  readonly price?: string
  /** The new total, including what is filled already. */
  readonly quantity?: string
}

/** Chooses an account. */
export interface BalancesOf {}

/** Commands about the orders of one account. */
export interface OrderBatch {
  /** 1 to 100 commands, done in this order. */
  readonly items: ReadonlyArray<BatchItem>
}

/** Names an order by `order` or by `clientOrderId`. */
export interface CancelOrder extends Again {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
}

/** Sets or stops the account's timer. */
export interface CancelAfter extends Again {
  /** Milliseconds until every order is cancelled, at most 24 hours; 0 stops the timer. */
  readonly delay: number
}

/** Chooses the orders to cancel. */
export interface CancelAll extends Again {
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /** Only orders of this side. Default: both sides. */
  readonly side?: Side
}

/** Names a list by `list` or by `clientListId`. */
export interface CancelList extends Again {
  /** The list's id. Give this or `clientListId`. */
  readonly list?: ListId
  /** Your own id of the list, instead of `list`. */
  readonly clientListId?: string
}

/** Chooses an account. */
export interface HoldsOf {}

/** Chooses an account. */
export interface OpenListsOf {}

/** Names an open order by `order` or by `clientOrderId`. */
export interface OpenOrderOf {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
}

/** Chooses open orders. */
export interface OpenOrders {
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /**
   * Only orders placed with the API key of this number; 0 for those placed without one. Default: all
   * orders.
   */
  readonly credential?: number
}

/** Names an order by `order` or by `clientOrderId`. */
export interface OrderOf {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
}

/** A limit order to place. */
export interface PlaceLimit extends InMarket, LimitOrder, Again {}

/** A market order to place. */
export interface PlaceMarket extends InMarket, MarketOrder, Again {}

/** An order to place. */
export type PlaceOrder = PlaceLimit | PlaceMarket

/** Orders that depend on each other. */
export interface PlaceList extends InMarket, Again {
  /** How the orders depend on each other. */
  readonly contingency: Contingency
  /** Two orders, or three for `OTOCO`; the stop of a pair is last. */
  readonly orders: ReadonlyArray<OrderOfList>
  /** Your own id of the list, unique among the account's open lists. */
  readonly clientListId?: string
}

/** An order to cancel, and one to place in the same market. */
export interface ReplaceOrder extends InMarket, Again {
  /** The order's id. Give this or `clientOrderId`. */
  readonly order?: OrderId
  /** Your own id of the order, instead of `order`. */
  readonly clientOrderId?: string
  /** Refuses an order in another state. Default: any state. */
  readonly only?: "unfilled" | "partlyFilled"
  /** Places the new order even if the cancel is refused. Default: false. */
  readonly placeAnyway?: boolean
  /** The new order. */
  readonly by: ListedOrder
}
