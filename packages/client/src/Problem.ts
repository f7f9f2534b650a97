/**
 * What comes instead of an answer: RFC 9457 problem details with a stable `code`.
 *
 * Compare `code`, never `detail`. `type` links to the code's paragraph on the server that answered.
 */
import { areas, type Code, failureOf, type Retry } from "@pandora-exchange/contract/failures"
import { Schema } from "effect"
import { FactorRequest } from "./api/FactorRequest.ts"

export const retries = ["safe", "never", "unknown"] as const satisfies ReadonlyArray<Retry>

/** The body of every answer whose status is 400 or more, as `application/problem+json`. */
export const ProblemDetails = Schema.Struct({
  type: Schema.String.annotate({ description: "Link to what is said about the code, relative to the server" }),
  title: Schema.String,
  status: Schema.Int,
  detail: Schema.String,
  code: Schema.String.annotate({
    description: "Stable. The list is open: treat an unknown code by its status and `retry`"
  }),
  retry: Schema.Literals(retries),
  requestId: Schema.String.annotate({ description: "Finds the request in the server's log" }),
  parameter: Schema.optionalKey(Schema.String).annotate({
    description: "The field, query parameter or header that is wrong"
  }),
  sequence: Schema.optionalKey(Schema.Int).annotate({ description: "The command of the journal that was refused" }),
  factor: Schema.optionalKey(FactorRequest).pipe(
    Schema.annotateKey({ description: "Of `FactorRequired`: what to send as `proof`" })
  )
}).annotate({ identifier: "Problem", description: "RFC 9457 problem details" })

export type ProblemDetails = typeof ProblemDetails.Type

/** What the typed clients fail with. */
export class Problem extends Schema.TaggedError<Problem>()("Problem", ProblemDetails.fields) {
  override get message() {
    return this.parameter === undefined
      ? `${this.code}: ${this.detail}`
      : `${this.code} (${this.parameter}): ${this.detail}`
  }
}

interface Entry {
  readonly status: number
  readonly retry: Retry
  /** What is wrong and what to do. */
  readonly sentence: string
}

const overHttp = [areas.request, areas.values, areas.refusals, areas.users, areas.stream, areas.service]

/** Every code that this API answers with, by what it is about. Codes are only ever added. */
export const problems: ReadonlyMap<string, Entry> = new Map(
  overHttp
    .flatMap((area) => Object.keys(area) as Array<Code>)
    .map((code) => {
      const { retry, sentence, status } = failureOf(code)
      return [code, { status, retry, sentence }]
    })
)

/** The problem details of a code. `detail` is the code's sentence unless something more exact is known. */
export const detailsOf = (
  code: Code,
  requestId: string,
  more: {
    readonly detail?: string
    readonly parameter?: string
    readonly sequence?: number
    readonly factor?: FactorRequest
  } = {}
): ProblemDetails => {
  const { retry, sentence, status } = failureOf(code)
  return {
    type: `/docs/errors#${code}`,
    title: titleOf(code),
    status,
    detail: more.detail ?? (more.parameter === undefined ? sentence : `${more.parameter}: ${sentence}`),
    code,
    retry,
    requestId,
    ...(more.parameter === undefined ? {} : { parameter: more.parameter }),
    ...(more.sequence === undefined ? {} : { sequence: more.sequence }),
    ...(more.factor === undefined ? {} : { factor: more.factor })
  }
}

/** `InsufficientFunds` is "Insufficient funds". */
const titleOf = (code: string): string => {
  const words = code.replace(/(?!^)([A-Z])/g, " $1").toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
