/** Everything that can come instead of an answer, as the code and parameter of a problem. */
import { detailsOf, problems, type ProblemDetails } from "@pandora-exchange/client/Problem"
import type { FactorRequest } from "@pandora-exchange/client/api/FactorRequest"
import type { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import type { RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import type * as Identity from "@pandora-exchange/identity/Errors"
import type { KycUnavailable } from "@pandora-exchange/identity/KycProvider"
import type { VenueAccountsUnavailable } from "@pandora-exchange/identity/VenueAccounts"
import type { ExchangeFailure } from "@pandora-exchange/sdk"
import { Cause, Schema } from "effect"
import type { HistoryUnavailable } from "@pandora-exchange/adapters-pg/History"
import type { HistoryBehind, MalformedCursor } from "../History.ts"
import type { Unauthenticated } from "../Authentication.ts"

/** A refusal of the server itself. */
export class ApiFailure extends Schema.TaggedError<ApiFailure>()("ApiFailure", {
  code: Schema.String,
  parameter: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  /** For the log, and for nobody else. */
  cause: Schema.optionalKey(Schema.Defect())
}) {}

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
  | Identity.NotPossible
  | Identity.PasswordRefused
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
  | VenueAccountsUnavailable

export interface Refusal {
  readonly problem: ProblemDetails
  /** It is one of ours, and belongs in the log. */
  readonly bug: boolean
  /** What this stands on has failed; why, belongs in the log, too. */
  readonly failed: boolean
  /** When asking again may help, where that is known. */
  readonly retryAfterMs?: number
}

/** What a failed effect is answered with. */
export const problemOf = (cause: Cause.Cause<Failure>, requestId: string): Refusal => {
  const failure = Cause.squash(cause) as Partial<Failure> | undefined
  const refusal = refusalOf(failure, requestId)
  const tells = (failure as { readonly cause?: unknown } | undefined)?.cause ?? failure?._tag === "HistoryUnavailable"
  return { ...refusal, failed: !refusal.bug && refusal.problem.status >= 500 && Boolean(tells) }
}

const refusalOf = (failure: Partial<Failure> | undefined, requestId: string): Omit<Refusal, "failed"> => {
  switch (failure?._tag) {
    case "ApiFailure": {
      const { code, detail, parameter } = failure as ApiFailure
      return ours(code, requestId, { ...(parameter && { parameter }), ...(detail && { detail }) })
    }
    case "InvalidInput": {
      const { code, field } = failure as { readonly code: string; readonly field: string }
      return ours(code, requestId, { parameter: parameters[field] ?? field })
    }
    case "Refused": {
      const { code, sequence } = failure as { readonly code: string; readonly sequence: number }
      return ours(code, requestId, { sequence })
    }
    case "Unavailable":
      return ours((failure as { readonly reason: string }).reason, requestId)
    case "OutcomeUnknown":
    case "HistoryBehind":
    case "HistoryUnavailable":
    case "IdentityUnavailable":
    case "RateLimiterUnavailable":
    case "VenueAccountsUnavailable":
    case "KycUnavailable":
    case "Busy":
    case "SignInRefused":
    case "FactorRefused":
    case "RefreshRefused":
    case "RefreshedAlready":
    case "LinkRefused":
    case "StepUpRequired":
      return ours(failure._tag, requestId)
    case "FactorRequired":
      return ours(failure._tag, requestId, { factor: factorOf(failure as Identity.FactorRequired) })
    case "TooManyAttempts": {
      const { retryAfterMs } = failure as Identity.TooManyAttempts
      return { ...ours(failure._tag, requestId), retryAfterMs }
    }
    case "PasswordRefused":
      return ours(`Password${(failure as Identity.PasswordRefused).problem}`, requestId)
    case "NotPossible": {
      const { problem } = failure as Identity.NotPossible
      return ours(unknown[problem] ?? problem, requestId)
    }
    case "PermissionMissing":
      return ours("NotPermitted", requestId)
    case "MalformedCursor":
      return ours(failure._tag, requestId, { parameter: "cursor" })
    case "TokenRefused":
    case "Unauthenticated":
      return ours("Unauthorized", requestId)
    default:
      return { problem: detailsOf("Internal", requestId), bug: true }
  }
}

/** What the SDK calls otherwise than the API. */
const parameters: Readonly<Record<string, string>> = { key: "Idempotency-Key", request: "body" }

/** What identity calls otherwise than the API. */
const unknown: Readonly<Record<string, string>> = {
  NoSuchUser: "UnknownUser",
  NoSuchSession: "UnknownSession",
  NoSuchPasskey: "UnknownPasskey"
}

const factorOf = ({ methods, passkey }: Identity.FactorRequired): FactorRequest => ({
  methods,
  passkey: passkey as FactorRequest["passkey"]
})

const ours = (
  code: string,
  requestId: string,
  more: Parameters<typeof detailsOf>[2] = {}
): Omit<Refusal, "failed"> => ({
  problem: detailsOf(code, requestId, more),
  bug: !problems.has(code)
})
