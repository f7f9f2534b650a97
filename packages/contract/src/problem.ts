/** What HTTP and the stream send instead of an answer: RFC 9457 problem details. */
import { Schema } from "effect"
import { areas, type Code, failureOf, type Retry } from "./failures.ts"
import { field, optional, Sequence, struct, whole } from "./fields.ts"
import type { ProblemDetails as Details } from "./generated/wire.ts"
import { OrderStatus } from "./operations/orders.ts"
import { FactorRequest } from "./operations/users.ts"

export const ProblemDetails = struct(
  "ProblemDetails",
  "RFC 9457 problem details, as `application/problem+json` with every status from 400 on. Compare `code`, never `detail`.",
  {
    type: field(Schema.String, "A link to the code's documentation, relative to the server."),
    title: field(Schema.String, "The code in words."),
    status: field(whole(400, 599), "The HTTP status."),
    detail: field(Schema.String, "What is wrong and what to do."),
    code: field(
      Schema.String,
      "Stable. The list is open: treat an unknown code by `status` and `retry`."
    ),
    retry: field(
      Schema.Literals(["safe", "never", "unknown"]),
      "`safe`: it was not done and may succeed later. `never`: the answer stays the same. `unknown`: it may have been done; send it again with the same key."
    ),
    requestId: field(Schema.String, "Finds the request in the server's log."),
    parameter: optional(Schema.String, "The field, query parameter or header that is wrong."),
    sequence: optional(Sequence, "The command of the journal that was refused."),
    factor: optional(FactorRequest, "With `FactorRequired`: what to send as `proof`."),
    orderStatus: optional(
      OrderStatus,
      "With `UnknownOrder`: how the order ended, where the history knows it."
    )
  }
)
export type ProblemDetails = Details

interface Entry {
  readonly status: number
  readonly retry: Retry
  /** What is wrong and what to do. */
  readonly sentence: string
}

const overHttp = [
  areas.request,
  areas.values,
  areas.refusals,
  areas.users,
  areas.stream,
  areas.service
]

/** Every code this API answers with, by topic. Codes are only ever added. */
export const problems: ReadonlyMap<string, Entry> = new Map(
  overHttp
    .flatMap((area) => Object.keys(area) as Array<Code>)
    .map((code) => {
      const { retry, sentence, status } = failureOf(code)
      return [code, { status, retry, sentence }]
    })
)

/**
 * The problem details of a code. `detail` is the code's sentence unless something more exact is
 * known.
 */
export const detailsOf = (
  code: Code,
  requestId: string,
  more: {
    readonly detail?: string
    readonly parameter?: string
    readonly sequence?: number
    readonly factor?: NonNullable<ProblemDetails["factor"]>
    readonly orderStatus?: NonNullable<ProblemDetails["orderStatus"]>
  } = {}
): ProblemDetails => {
  const { retry, sentence, status } = failureOf(code)
  return {
    type: `/docs/errors#${code}`,
    title: titleOf(code),
    status,
    detail:
      more.detail ?? (more.parameter === undefined ? sentence : `${more.parameter}: ${sentence}`),
    code,
    retry,
    requestId,
    ...(more.parameter === undefined ? {} : { parameter: more.parameter }),
    ...(more.sequence === undefined ? {} : { sequence: more.sequence }),
    ...(more.factor === undefined ? {} : { factor: more.factor }),
    ...(more.orderStatus === undefined ? {} : { orderStatus: more.orderStatus })
  }
}

/** Turns `InsufficientFunds` into "Insufficient funds". */
const titleOf = (code: string): string => {
  const words = code.replace(/(?!^)([A-Z])/g, " $1").toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
