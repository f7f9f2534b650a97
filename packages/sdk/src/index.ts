/**
 * A crypto exchange in a few lines: the venue, its sequencer and its storage, as promises or as an
 * Effect service.
 */
import { IdempotencyKey } from "@pandora-exchange/core"
import { Redacted } from "effect"

export {
  createExchange,
  type ForUsers,
  type Promised,
  type PromiseExchange,
  type PromiseTrader,
  type WithIdentity
} from "./createExchange.ts"
export { Exchange, type ExchangeService, type JournalEntry } from "./Exchange.ts"
export {
  ExchangeError,
  type ErrorCode,
  type ExchangeFailure,
  type FailureOf,
  isFailure,
  type RefusalCode
} from "./ExchangeError.ts"
export {
  InvalidInput,
  OutcomeUnknown,
  Refused,
  Unavailable
} from "@pandora-exchange/contract/failure"
export type { Code, CodeOf, Retry } from "@pandora-exchange/contract/failures"
export type { MethodFailures } from "@pandora-exchange/contract/generated/sdkFailures"
export type * from "./ExchangeOptions.ts"
export type { Guard, Principal, Refusal, Verdict } from "@pandora-exchange/contract"
export { GuardRefused } from "@pandora-exchange/contract"
export type * from "./Requests.ts"
export type { Storage } from "./Storage.ts"
export type * from "./UserAccess.ts"

/**
 * A key under which a request may be sent again without being done twice. Make one for each
 * request, and keep it until you have the answer.
 */
export const idempotencyKey = (): string => IdempotencyKey.make()

/**
 * A password, token or key that no log and no error prints, as the services of identity take and
 * give it.
 */
export const secret = <A = string>(value: A): Redacted.Redacted<A> => Redacted.make(value)

/** What a secret hides, to hand it to the one whom it is for. */
export const reveal = <A>(secret: Redacted.Redacted<A>): A => Redacted.value(secret)
