/** Every failure of the SDK. */
import { operations } from "@pandora-exchange/contract"
import { sdkCodesOf } from "@pandora-exchange/contract/codes"
import { declares } from "@pandora-exchange/contract/declares"
import {
  codeOf,
  type InvalidInput,
  type OutcomeUnknown,
  type Refused,
  type Unavailable
} from "@pandora-exchange/contract/failure"
import { type Code, failureOf, isCode, type Retry } from "@pandora-exchange/contract/failures"
import type { MethodFailures } from "@pandora-exchange/contract/generated/sdkFailures"
import { GuardRefused } from "@pandora-exchange/contract/Guard"
import type { RejectReason } from "@pandora-exchange/core"
import type { AccessCode, AccessFailure, Denial } from "./UserAccess.ts"

/** What the Effect API fails with. */
export type ExchangeFailure = InvalidInput | Refused | GuardRefused | Unavailable | OutcomeUnknown

/**
 * A code of the table in `docs/errors.md`, or the tag of a failure of your own journal, snapshot
 * store or identity store.
 */
export type ErrorCode = Code | (string & {})

/** The only error the Promise API rejects with. Tell failures apart by the stable `code`. */
export class ExchangeError extends Error {
  /** Compare this, never the message. */
  readonly code: ErrorCode
  /** Whether to send the same request again. */
  readonly retry: Retry
  /** The field, the sequence or the position, by name. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
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
  /** On the prototype, so that the stack begins with it too. */
  override get name() {
    return "ExchangeError"
  }

  static from(failure: unknown): ExchangeError {
    if (failure instanceof ExchangeError) return failure
    if (failure instanceof GuardRefused)
      return new ExchangeError(failure.code, "never", {}, failure.message)
    const tag = tagOf(failure)
    const code = codeOf(failure) ?? tag ?? "Failed"
    const details = tag === undefined ? {} : detailsOf(failure as object)
    // The families are self-explanatory; other failures may have a cause.
    const cause = tag !== undefined && families.has(tag) ? undefined : failure
    return new ExchangeError(code, retryOf(code), details, sentenceOf(failure, code), cause)
  }
}

/**
 * What each method fails with, and why a user is not let in: the failures of `as` and of its
 * methods.
 */
interface Failures extends MethodFailures {
  readonly as: AccessFailure
}

/**
 * What a method of the exchange rejects with. A command may also be refused with a code of your own
 * guards.
 */
export interface FailureOf<Name extends keyof Failures> extends ExchangeError {
  readonly code: CodeIn<Failures[Name]>
}

type CodeIn<Failure> = Failure extends GuardRefused
  ? "GuardRefused" | (string & {})
  : Failure extends { readonly code: infer C extends Code }
    ? C
    : Failure extends { readonly _tag: infer Tag extends Code }
      ? Tag
      : never

/**
 * Whether an error is a failure of this method, so that its `code` is one of the method's: `if
 * (isFailure(error, "place") && error.code === "InsufficientFunds") ...`
 */
export const isFailure = <Name extends keyof Failures>(
  error: unknown,
  method: Name
): error is FailureOf<Name> =>
  error instanceof ExchangeError && declares(codesOf(method), error.code, isCode)

const codesOf = (method: keyof Failures): ReadonlySet<Code> =>
  method === "as" ? accessCodes : sdkCodesOf(operations.get(method)!)

const ofAccess = {
  AccountUnknown: true,
  IdentityMissing: true,
  IdentityUnavailable: true,
  MalformedReference: true,
  PermissionMissing: true,
  TokenRefused: true
} satisfies Record<Denial["_tag"] | AccessCode, true>

const accessCodes: ReadonlySet<Code> = new Set([
  ...(Object.keys(ofAccess) as ReadonlyArray<keyof typeof ofAccess>),
  ...sdkCodesOf(operations.get("account")!),
  ...sdkCodesOf(operations.get("openAccount")!)
])

const families: ReadonlySet<string> = new Set<ExchangeFailure["_tag"]>([
  "InvalidInput",
  "Refused",
  "Unavailable",
  "OutcomeUnknown"
])

const retryOf = (code: ErrorCode): Retry => {
  // Only the server distinguishes changes from reads: here the store may have written before it
  // stopped responding.
  if (code === "IdentityUnavailable") return "unknown"
  return isCode(code) ? failureOf(code).retry : "never"
}

/** The failure's own message, or otherwise the sentence of its code. */
const sentenceOf = (failure: unknown, code: ErrorCode): string => {
  const own = (failure as { readonly message?: unknown } | undefined)?.message
  if (typeof own === "string" && own !== "") return own
  return isCode(code) ? failureOf(code).sentence : code
}

const tagOf = (failure: unknown): string | undefined => {
  const tag = (failure as { readonly _tag?: unknown } | undefined)?._tag
  return typeof tag === "string" ? tag : undefined
}

const detailsOf = (failure: object): Readonly<Record<string, unknown>> => {
  const { _tag, ...fields } = failure as Record<string, unknown>
  // A family's code is already among the details.
  if (families.has(String(_tag))) delete fields["code"]
  return fields
}

/** Every code a request can be refused with by the exchange. */
export type RefusalCode = RejectReason.RejectReason
