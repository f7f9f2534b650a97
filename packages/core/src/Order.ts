/**
 * What an order can specify, and how it can end. The order of each list is part of the binary form.
 */

export const sides = ["buy", "sell"] as const
export type Side = (typeof sides)[number]

export const opposite = (side: Side): Side => (side === "buy" ? "sell" : "buy")

/** Which sides a mass cancel affects. */
export const sideFilters = ["both", "buy", "sell"] as const
export type SideFilter = (typeof sideFilters)[number]

/**
 * `limit`: at its price or better. `market`: a base quantity at any price. `marketBudget`: as many
 * whole lots as the quote budget buys or, when selling, as bring in at most the budget.
 */
export const orderTypes = ["limit", "market", "marketBudget"] as const
export type OrderType = (typeof orderTypes)[number]

/** Good till cancelled; immediate or cancel; fill or kill (whole or refused); good till date. */
export const timesInForce = ["GTC", "IOC", "FOK", "GTD"] as const
export type TimeInForce = (typeof timesInForce)[number]

/**
 * What happens to an order that would take although it must not: `refuse` it, or `slide` it to the
 * nearest price at which it can rest.
 */
export const postOnlyModes = ["off", "refuse", "slide"] as const
export type PostOnlyMode = (typeof postOnlyModes)[number]

/** The mode as written in requests and answers. */
export const postOnlyChoice = (mode: PostOnlyMode): boolean | "slide" =>
  mode === "slide" ? mode : mode === "refuse"

/**
 * What an order waits for. A `stopLoss` follows the market: a buy waits for the price to rise to
 * its trigger, a sell for it to fall. A `takeProfit` waits for the opposite.
 */
export const triggers = ["none", "stopLoss", "takeProfit"] as const
export type Trigger = (typeof triggers)[number]

/**
 * The unit of the distance at which a trigger trails the best price since it began. A basis point
 * is 0.01 %.
 */
export const trailingUnits = ["none", "ticks", "basisPoints"] as const
export type TrailingUnit = (typeof trailingUnits)[number]

/**
 * What happens when an order would trade with one of the same account or trade group; the incoming
 * order's mode applies. An order that expires ends with everything left of it; `decrement` takes
 * the smaller quantity from both.
 */
export const selfTradePreventions = [
  "none",
  "expireTaker",
  "expireMaker",
  "expireBoth",
  "decrement"
] as const
export type SelfTradePrevention = (typeof selfTradePreventions)[number]

/**
 * How the orders of a list depend on each other. `OCO`: a pair; one cancels the other. `OTO`: a
 * working order, and one that begins when it is filled. `OTOCO`: a working order, and a pair that
 * begins when it is filled.
 */
export const contingencies = ["OCO", "OTO", "OTOCO"] as const
export type Contingency = (typeof contingencies)[number]

/**
 * What an order waits for outside the book: the price of its trigger, or the fill of its list's
 * working order.
 */
export const waits = ["trigger", "workingOrder"] as const
export type Wait = (typeof waits)[number]

/** The same, and `none` for an order in the book or ended. */
export const waitStates = ["none", ...waits] as const
export type WaitState = (typeof waitStates)[number]

/** Which orders a replacement may cancel. */
export const replaceables = ["any", "unfilled", "partlyFilled"] as const
export type Replaceable = (typeof replaceables)[number]

/** Whether a replacement places its order even if the cancel is refused. */
export const replaceModes = ["stopOnFailure", "allowFailure"] as const
export type ReplaceMode = (typeof replaceModes)[number]

/** The part of a replacement that was refused. */
export const replaceParts = ["cancel", "place"] as const
export type ReplacePart = (typeof replaceParts)[number]

/** Who made an order: a client, or the venue when it closes a position. */
export const orderOrigins = ["client", "liquidation"] as const
export type OrderOrigin = (typeof orderOrigins)[number]

/**
 * `filled`: nothing is left. `cancelled`: by its owner, alone or with its list. `deadline`: its GTD
 * time came. `unfilled`: the part of an immediate order that could not trade at once. `remainder`:
 * the part of a budget that could not buy a whole lot. `quantityLimit`: a budget reached the
 * market's maximum quantity per order. `selfTrade`: by self-trade prevention. `priceRange`: it
 * would have traded outside the market's range. `otherLeg`: the other order of its pair traded,
 * began or ended, or its working order ended unfilled. `cancelAfter`: the account's timer fired.
 *
 * When a waiting order begins and cannot continue: `unfunded` (too little is available),
 * `wouldCross` (post-only), `notTrading` (the market's status), `levelFull`, `tooLarge` (it would
 * move 2^53 units or more); and if its price slid: `tooSmall` and `tooLarge` (its notional),
 * `outsideBand`.
 */
export const endReasons = [
  "filled",
  "cancelled",
  "deadline",
  "unfilled",
  "remainder",
  "selfTrade",
  "priceRange",
  "otherLeg",
  "cancelAfter",
  "unfunded",
  "wouldCross",
  "notTrading",
  "levelFull",
  "tooLarge",
  "quantityLimit",
  "tooSmall",
  "outsideBand"
] as const
export type EndReason = (typeof endReasons)[number]
