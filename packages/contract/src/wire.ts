/**
 * What a client needs of the contract: routes and commands as plain data, and the types of JSON.
 * Imports nothing else, so a browser gets nothing else.
 */
export * from "./generated/routes.ts"
export type * from "./generated/wire.ts"
export type { EffectMethods, PromiseMethods, StreamMethods } from "./generated/methods.ts"
