/** The files in which operations are declared. */
export * as accounts from "./accounts.ts"
export * as markets from "./markets.ts"
export * as orders from "./orders.ts"
