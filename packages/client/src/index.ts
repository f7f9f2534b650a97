/** The API of the exchange: schemas of every route and message, problems, and typed clients for Node and browsers. */
export { type AccessToken, renewing, type Renewing } from "./AccessToken.ts"
export * as Accounts from "./api/Accounts.ts"
export * as Administration from "./api/Administration.ts"
export { Api, ApiWithoutUsers } from "./api/Api.ts"
export * as Factors from "./api/Factors.ts"
export * as Health from "./api/Health.ts"
export * as Keys from "./api/Keys.ts"
export * as Markets from "./api/Markets.ts"
export * as Orders from "./api/Orders.ts"
export * as Profile from "./api/Profile.ts"
export * as Registrations from "./api/Registrations.ts"
export * as Sessions from "./api/Sessions.ts"
export * as Stream from "./api/Stream.ts"
export * as IdempotencyKey from "./IdempotencyKey.ts"
export { Problem, problems } from "./Problem.ts"
export { WireId } from "@pandora-exchange/contract"
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
