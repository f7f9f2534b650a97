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
 * Returns a key under which a request can be sent again without being executed twice. Use one for
 * each request, and keep it until you have the answer.
 */
export const idempotencyKey = (): string => IdempotencyKey.make()

/**
 * Wraps a password, token or key so that no log or error prints it; the services of identity take
 * and return secrets in this form.
 */
export const secret = <A = string>(value: A): Redacted.Redacted<A> => Redacted.make(value)

/** Unwraps a secret, to hand it to its recipient. */
export const reveal = <A>(secret: Redacted.Redacted<A>): A => Redacted.value(secret)
