/** Typed clients of the HTTP API and of the stream, for Node and browsers. */
export { type AccessToken, renewing, type Renewing } from "./AccessToken.ts"
export { type ClientOptions, createClient, type PromiseClient } from "./Client.ts"
export * as IdempotencyKey from "./IdempotencyKey.ts"
export { compareDecimals, type Level, LiveBook } from "./LiveBook.ts"
export { type FailureOf, isFailure } from "./FailureOf.ts"
export { type ClientError, Problem, Unreachable } from "./Problem.ts"
export {
  type ExchangeStream,
  type FollowOptions,
  openStream,
  type Stop,
  type StreamOptions,
  type Transport
} from "./StreamClient.ts"
export type * from "@pandora-exchange/contract/wire"
