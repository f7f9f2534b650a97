/** The files that declare operations. */
export * as accounts from "./accounts.ts"
export * as history from "./history.ts"
export * as markets from "./markets.ts"
export * as orders from "./orders.ts"
export * as server from "./server.ts"
export * as staff from "./staff.ts"
export * as users from "./users.ts"
