/** The files in which operations are declared. */
export * as orders from "./orders.ts"
