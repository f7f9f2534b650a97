/** The API of the exchange: schemas of every route and message, problems, and typed clients for Node and browsers. */
export * as Accounts from "./api/Accounts.ts"
export { Api } from "./api/Api.ts"
export * as Health from "./api/Health.ts"
export * as Markets from "./api/Markets.ts"
export * as Orders from "./api/Orders.ts"
export * as Stream from "./api/Stream.ts"
export * as IdempotencyKey from "./IdempotencyKey.ts"
export { Problem, problems } from "./Problem.ts"
export * as WireId from "./WireId.ts"
export {
  type ClientError,
  type ClientOptions,
  createClient,
  ExchangeClient,
  type PromiseClient,
  Unreachable
} from "./Client.ts"
export { compareDecimals, LiveBook } from "./LiveBook.ts"
export { type ExchangeStream, openStream, type StreamOptions, type Transport } from "./StreamClient.ts"
