/**
 * What an order is made of, once: the commands that ask for orders and the events that tell of them
 * take their fields from here. `OrderRecord.ts` of the engine says where each field is kept while
 * the order is open.
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
 * `trailingUnit`) its trigger follows the best price since the order began, or since the price was
 * at `triggerTicks` where that is not 0.
 */
export const triggerTerms = {
  trigger: literals(triggers),
  triggerTicks: u53,
  trailingUnit: literals(trailingUnits),
  trailingOffset: u53
} as const

/**
 * What an order asks for; all but `clientOrderId`, which stands among the texts of a record.
 *
 * `lots` for `limit` and `market`, `budget` (ledger units of quote) for `marketBudget`, the other
 * 0. `priceTicks` is 0 but for `limit`; `deadline` (ms) is 0 but for GTD. `displayLots` are what an
 * iceberg shows at a time; 0 shows all. `credential` is the number of the API key that placed the
 * order, which means nothing to the venue; 0 for none. An amended order keeps its own, whoever
 * amends it; one that replaces another has that of who replaces.
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

/** Each term as it is where nothing is asked for: a limit order without price and quantity. */
export const noTerms: Terms = { ...Layout.zeros(terms), clientOrderId: "" }

/** What `OrderAccepted` tells: the terms, but for the trigger, and what the venue adds to them. */
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

/** What `OrderWaiting` tells. */
export const waiting = {
  orderId,
  marketId,
  side: terms.side,
  wait: literals(waits),
  ...triggerTerms
} as const
