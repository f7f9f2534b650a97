/** Every failure, as the code and parameter of a problem. */
import { detailsOf, problems, type ProblemDetails } from "@pandora-exchange/contract/problem"
import { codeOf as contractCodeOf, type Refused } from "@pandora-exchange/contract/failure"
import type { Code, CodeOf } from "@pandora-exchange/contract/failures"
import type { ProblemCodes } from "@pandora-exchange/contract/generated/problemCodes"
import { GuardRefused } from "@pandora-exchange/contract/Guard"
import type { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import type { RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import type * as Identity from "@pandora-exchange/identity/Errors"
import type { KycUnavailable } from "@pandora-exchange/identity/KycProvider"
import type { VenueAccountsUnavailable } from "@pandora-exchange/identity/VenueAccounts"
import type { ExchangeFailure } from "@pandora-exchange/sdk"
import { Cause, Data } from "effect"
import type { HistoryUnavailable } from "@pandora-exchange/adapters-pg/History"
import type { HistoryBehind, MalformedCursor } from "../History.ts"
import type { Unauthenticated } from "../Authentication.ts"
import { factorRequestView } from "../identity/userViews.ts"

interface Told<C extends Code> {
  readonly code: C
  readonly parameter?: string
  readonly detail?: string
  /** The command of the journal that was refused. */
  readonly sequence?: number
  /** The status of an order that a command did not find open. */
  readonly orderStatus?: NonNullable<ProblemDetails["orderStatus"]>
  /** For the log only. */
  readonly cause?: unknown
}

/** A refusal by the server itself. */
export class ApiFailure<C extends Code = Code> extends Data.TaggedError("ApiFailure")<Told<Code>> {
  declare readonly code: C

  constructor(told: Told<C>) {
    super(told)
  }
}

export type Failure =
  | ApiFailure
  | ExchangeFailure
  | HistoryBehind
  | HistoryUnavailable
  | IdentityFailure
  | MalformedCursor
  | Unauthenticated

/** Of the package `identity`. */
export type IdentityFailure =
  | Identity.Busy
  | Identity.FactorRefused
  | Identity.FactorRequired
  | Identity.LinkRefused
  | Identity.PermissionMissing
  | Identity.RefreshedAlready
  | Identity.RefreshRefused
  | Identity.SignInRefused
  | Identity.StepUpRequired
  | Identity.TokenRefused
  | Identity.TooManyAttempts
  | IdentityUnavailable
  | KycUnavailable
  | RateLimiterUnavailable
  | Refused
  | VenueAccountsUnavailable

/** Failures of identity and its handlers whose code an operation declares. */
export type DeclaredFailure<Name extends keyof ProblemCodes> =
  | ApiFailure<ProblemCodes[Name]>
  | Refused<Extract<ProblemCodes[Name], CodeOf<"Refused">>>
  | Declared<Exclude<IdentityFailure, Refused> | MalformedCursor, ProblemCodes[Name]>

type Declared<F, C extends Code> = F extends { readonly _tag: infer Tag }
  ? (Tag extends keyof typeof overHttp ? (typeof overHttp)[Tag] : Tag) extends C
    ? F
    : never
  : never

export interface Refusal {
  readonly problem: ProblemDetails
  /** A bug of ours, which belongs in the log. */
  readonly bug: boolean
  /** A dependency has failed; the reason belongs in the log, too. */
  readonly failed: boolean
  /** When retrying may help, if known. */
  readonly retryAfterMs?: number
}

/** The response for a failed effect. */
export const problemOf = (cause: Cause.Cause<Failure>, requestId: string): Refusal => {
  const failure = Cause.squash(cause) as Partial<Failure> | undefined
  const refusal = refusalOf(failure, requestId)
  const tells =
    (failure as { readonly cause?: unknown } | undefined)?.cause ??
    failure?._tag === "HistoryUnavailable"
  return { ...refusal, failed: !refusal.bug && refusal.problem.status >= 500 && Boolean(tells) }
}

const refusalOf = (
  failure: Partial<Failure> | undefined,
  requestId: string
): Omit<Refusal, "failed"> => {
  if (failure instanceof GuardRefused)
    return { problem: guardProblem(failure, requestId), bug: false }
  const code = codeOf(failure)
  if (code === undefined || !problems.has(code))
    return { problem: detailsOf("Internal", requestId), bug: true }
  const { retryAfterMs } = failure as Partial<Identity.TooManyAttempts>
  return {
    problem: detailsOf(code, requestId, moreOf(failure as Fields)),
    bug: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs })
  }
}

/** The code is the guard's. */
const guardProblem = ({ code, message }: GuardRefused, requestId: string): ProblemDetails => ({
  ...detailsOf("GuardRefused", requestId, { detail: message }),
  code
})

const codeOf = (failure: Partial<Failure> | undefined): Code | undefined => {
  const { _tag: tag, code } = (failure ?? {}) as Fields
  if (tag === "ApiFailure") return code
  return tag !== undefined && tag in overHttp
    ? overHttp[tag as keyof typeof overHttp]
    : contractCodeOf(failure)
}

/** Callers that send their token in a header are told so. */
const overHttp = {
  TokenRefused: "Unauthorized",
  Unauthenticated: "Unauthorized",
  PermissionMissing: "NotPermitted"
} as const satisfies Readonly<Record<string, Code>>

/** What failures carry besides their code, whichever of them has it. */
interface Fields {
  readonly _tag?: string
  readonly code?: Code
  readonly parameter?: string
  readonly detail?: string
  readonly field?: string
  readonly sequence?: number
  readonly orderStatus?: NonNullable<ProblemDetails["orderStatus"]>
}

const moreOf = (failure: Fields): Parameters<typeof detailsOf>[2] => {
  const { _tag: tag, detail, field, orderStatus, sequence } = failure
  const parameter =
    tag === "MalformedCursor" ? "cursor" : field === undefined ? failure.parameter : named(field)
  return {
    ...(parameter === undefined ? {} : { parameter }),
    ...(detail === undefined ? {} : { detail }),
    ...(refusals.has(tag) && sequence !== undefined ? { sequence } : {}),
    ...(orderStatus === undefined ? {} : { orderStatus }),
    ...(tag === "FactorRequired"
      ? { factor: factorRequestView(failure as Identity.FactorRequired) }
      : {})
  }
}

/** Those whose `sequence` is of the refused command. */
const refusals: ReadonlySet<string | undefined> = new Set(["ApiFailure", "Refused"])

/** Where the SDK's names differ from the API's. */
const parameters: Readonly<Record<string, string>> = { key: "Idempotency-Key", request: "body" }
const named = (field: string): string => parameters[field] ?? field
