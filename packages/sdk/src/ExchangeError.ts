/** Everything that can come instead of an answer. */
import type { RejectReason } from "@pandora-exchange/core"
import { SubmitError } from "@pandora-exchange/engine"
import { Schema } from "effect"
import { explain } from "./internal/explanations.ts"

/** A part of the request that is no valid value. It did not reach the exchange. */
export class InvalidInput extends Schema.TaggedError<InvalidInput>()("InvalidInput", {
  code: Schema.String,
  field: Schema.String
}) {
  override get message() {
    return `${this.field}: ${explain(this.code)}`
  }
}

/** The exchange looked at the request and refused it. Nothing has changed. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  code: Schema.String,
  sequence: Schema.Number
}) {
  override get message() {
    return explain(this.code)
  }
}

/** What the Effect face fails with. */
export type ExchangeFailure = InvalidInput | Refused | SubmitError.Unavailable | SubmitError.OutcomeUnknown

/**
 * `safe`: it was not done, and the same request may succeed later. `never`: it was not done, and the same request gets the same
 * answer while nothing else changes. `unknown`: it may have been done; ask again with the same key or number.
 */
export type Retry = "safe" | "never" | "unknown"

/** What the Promise face rejects with: one class, told apart by its stable `code`. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError"
  readonly code: string
  readonly retry: Retry
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    retry: Retry,
    details: Readonly<Record<string, unknown>>,
    message: string,
    cause?: unknown
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.retry = retry
    this.details = details
  }

  static from(failure: unknown): ExchangeError {
    if (failure instanceof ExchangeError) return failure
    if (failure instanceof InvalidInput) {
      return new ExchangeError(failure.code, "never", { field: failure.field }, failure.message)
    }
    if (failure instanceof Refused) {
      return new ExchangeError(failure.code, "never", { sequence: failure.sequence }, failure.message)
    }
    if (failure instanceof SubmitError.Unavailable) {
      return new ExchangeError(failure.reason, "safe", {}, explain(failure.reason))
    }
    if (failure instanceof SubmitError.OutcomeUnknown) {
      return new ExchangeError("OutcomeUnknown", "unknown", {}, explain("OutcomeUnknown"))
    }
    const tag = tagOf(failure)
    const code = codeOf(failure, tag)
    // A bug can show after the command was done.
    const retry = tag === undefined || tag === "IdentityUnavailable" ? "unknown" : mayPass.has(tag) ? "safe" : "never"
    return new ExchangeError(code, retry, detailsOf(failure), sentenceOf(failure, code), failure)
  }
}

/** What did not do anything and may answer the next time: a journal to a reader, for instance. */
const mayPass: ReadonlySet<string> = new Set([
  "Unknown",
  "Busy",
  "TooManyAttempts",
  "RateLimiterUnavailable",
  "VenueAccountsUnavailable",
  "KycUnavailable"
])

/** Where one class of identity has several reasons, the reason. */
const codeOf = (failure: unknown, tag: string | undefined): string => {
  if (tag === "NotPossible") return String((failure as { problem: unknown }).problem).replace(/^NoSuch/, "Unknown")
  if (tag === "PasswordRefused") return `Password${(failure as { problem: unknown }).problem}`
  return tag ?? "Failed"
}

/** What the failure says itself, and what is known of its code. */
const sentenceOf = (failure: unknown, code: string): string => {
  const own = (failure as { readonly message?: unknown } | undefined)?.message
  return typeof own === "string" && own !== "" ? own : explain(code)
}

const tagOf = (failure: unknown): string | undefined => {
  const tag = (failure as { readonly _tag?: unknown } | undefined)?._tag
  return typeof tag === "string" ? tag : undefined
}

const detailsOf = (failure: unknown): Readonly<Record<string, unknown>> => {
  if (tagOf(failure) === undefined) return {}
  const { _tag, ...fields } = { ...(failure as Record<string, unknown>) }
  return fields
}

/** Every code that a request can be refused with, by the exchange. */
export type RefusalCode = RejectReason.RejectReason
