/** What an order can ask for, and how it can end. The order of each list is part of the binary form. */

export const sides = ["buy", "sell"] as const
export type Side = (typeof sides)[number]

/**
 * `limit`: at its price or better. `market`: a base quantity at any price. `marketBudget`: as many whole lots as the
 * quote budget buys, or (selling) as bring in at most the budget.
 */
export const orderTypes = ["limit", "market", "marketBudget"] as const
export type OrderType = (typeof orderTypes)[number]

/** Good till cancelled; immediate or cancel; fill or kill (whole or refused); good till date. */
export const timesInForce = ["GTC", "IOC", "FOK", "GTD"] as const
export type TimeInForce = (typeof timesInForce)[number]

/**
 * `filled`: nothing is left. `cancelled`: by its owner. `deadline`: its GTD time came. `unfilled`: what an immediate order
 * could not trade at once. `remainder`: what a budget could not buy as a whole lot.
 */
export const endReasons = ["filled", "cancelled", "deadline", "unfilled", "remainder"] as const
export type EndReason = (typeof endReasons)[number]
