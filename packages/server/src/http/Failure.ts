/** Everything that can come instead of an answer, as the code and parameter of a problem. */
import { detailsOf, problems, type ProblemDetails } from "@pandora-exchange/client/Problem"
import type { ExchangeFailure } from "@pandora-exchange/sdk"
import type { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Cause, Schema } from "effect"
import type { HistoryUnavailable } from "@pandora-exchange/adapters-pg/History"
import type { HistoryBehind, MalformedCursor } from "../History.ts"
import type { Unauthenticated } from "../Identity.ts"

/** A refusal of the server itself. */
export class ApiFailure extends Schema.TaggedError<ApiFailure>()("ApiFailure", {
  code: Schema.String,
  parameter: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String)
}) {}

export type Failure =
  | ApiFailure
  | ExchangeFailure
  | HistoryBehind
  | HistoryUnavailable
  | IdentityUnavailable
  | MalformedCursor
  | Unauthenticated

/** The problem that a failed effect is answered with, and whether it is one of ours: a bug, which belongs in the log. */
export const problemOf = (
  cause: Cause.Cause<Failure>,
  requestId: string
): { readonly problem: ProblemDetails; readonly bug: boolean } => {
  const failure = Cause.squash(cause) as Partial<Failure> | undefined
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
      return ours(failure._tag, requestId)
    case "MalformedCursor":
      return ours(failure._tag, requestId, { parameter: "cursor" })
    case "Unauthenticated":
      return ours("Unauthorized", requestId)
    default:
      return { problem: detailsOf("Internal", requestId), bug: true }
  }
}

/** What the SDK calls otherwise than the API. */
const parameters: Readonly<Record<string, string>> = { key: "Idempotency-Key", request: "body" }

const ours = (code: string, requestId: string, more: Parameters<typeof detailsOf>[2] = {}) => ({
  problem: detailsOf(code, requestId, more),
  bug: !problems.has(code)
})
