/**
 * What an order consists of, once: commands that request orders and events about them take their
 * fields from here. `OrderRecord.ts` of the engine says where each field is kept while the order is
 * open.
 */
import type { AccountId, ListId, MarketId, OrderId } from "./Ids.ts"
import * as Layout from "./Layout.ts"
import { as, flag, i64, literals, text, u16, u32, u53 } from "./Layout.ts"
import {
  orderOrigins,
  orderTypes,
  postOnlyModes,
  selfTradePreventions,
  sides,
  timesInForce,
  trailingUnits,
  triggers,
  waits
} from "./Order.ts"

export const orderId = as<OrderId>()(u53)
export const accountId = as<AccountId>()(u32)
export const marketId = as<MarketId>()(u16)
export const listId = as<ListId>()(u53)

/**
 * With a `trigger` the order waits for the price `triggerTicks`. With a `trailingOffset` (in
 * `trailingUnit`) its trigger follows the best price since the order began, or, if `triggerTicks`
 * is not 0, since the price reached `triggerTicks`.
 */
export const triggerTerms = {
  trigger: literals(triggers),
  triggerTicks: u53,
  trailingUnit: literals(trailingUnits),
  trailingOffset: u53
} as const

/**
 * The terms of an order, all except `clientOrderId`, which is among the texts of a record.
 *
 * `lots` is used by `limit` and `market`, `budget` (ledger units of quote) by `marketBudget`; the
 * other is 0. `priceTicks` is 0 except for `limit`; `deadline` (ms) is 0 except for GTD.
 * `displayLots` is what an iceberg shows at a time; 0 shows everything. `credential` is the number
 * of the API key that placed the order, or 0; it means nothing to the venue. An amended order keeps
 * its credential, even if another key amends it; a replacement has that of the key that replaces.
 */
export const terms = {
  side: literals(sides),
  type: literals(orderTypes),
  timeInForce: literals(timesInForce),
  postOnly: literals(postOnlyModes),
  priceTicks: u53,
  lots: u53,
  budget: i64,
  deadline: u53,
  displayLots: u53,
  ...triggerTerms,
  selfTradePrevention: literals(selfTradePreventions),
  reduceOnly: flag,
  credential: u53
} as const

export type Terms = Layout.Values<typeof terms> & {
  /** Empty for none. */
  readonly clientOrderId: string
}

/** Each term's default: a limit order without price and quantity. */
export const noTerms: Terms = { ...Layout.zeros(terms), clientOrderId: "" }

/** What `OrderAccepted` contains: the terms, except for the trigger, and what the venue adds. */
export const accepted = {
  orderId,
  accountId,
  marketId,
  ...Layout.without(terms, triggerTerms),
  priceTicks: u32,
  origin: literals(orderOrigins),
  listId,
  makerRate: u32,
  takerRate: u32,
  held: i64,
  clientOrderId: text
} as const

/** What `OrderWaiting` contains. */
export const waiting = {
  orderId,
  marketId,
  side: terms.side,
  wait: literals(waits),
  ...triggerTerms
} as const
