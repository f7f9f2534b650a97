/**
 * What a client needs from the contract: routes and commands as plain data, and the types of the
 * JSON. It imports nothing else, so a browser bundle contains nothing else.
 */
export * from "./generated/routes.ts"
export type * from "./generated/wire.ts"
export type { EffectMethods, PromiseMethods, StreamMethods } from "./generated/methods.ts"
