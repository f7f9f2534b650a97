/** The ways a request fails: with a problem reported by the server, or without an answer. */
import type { Code } from "@pandora-exchange/contract/failures"
import type { ProblemDetails } from "@pandora-exchange/contract/wire"

/**
 * What the server refused, and why. Compare `code`, never `detail`. The list of codes is open:
 * treat an unknown one by its `status` and `retry`.
 */
export class Problem extends Error implements Omit<ProblemDetails, "code"> {
  readonly _tag = "Problem"
  declare readonly type: string
  declare readonly title: string
  declare readonly status: number
  declare readonly detail: string
  declare readonly code: Code | (string & {})
  declare readonly retry: ProblemDetails["retry"]
  declare readonly requestId: string
  declare readonly parameter?: string
  declare readonly sequence?: number
  declare readonly factor?: NonNullable<ProblemDetails["factor"]>
  declare readonly orderStatus?: NonNullable<ProblemDetails["orderStatus"]>

  constructor(details: ProblemDetails) {
    const { code, detail, parameter } = details
    super(parameter === undefined ? `${code}: ${detail}` : `${code} (${parameter}): ${detail}`)
    Object.assign(this, details)
  }
  override get name() {
    return this._tag
  }

  static isDetails(answer: unknown): answer is ProblemDetails {
    const { code, requestId, retry, status } = (answer ?? {}) as Partial<ProblemDetails>
    return (
      typeof code === "string" &&
      typeof requestId === "string" &&
      typeof retry === "string" &&
      typeof status === "number"
    )
  }
}

/**
 * No readable answer arrived. A command may have been executed: resend it with the same key to find
 * out.
 */
export class Unreachable extends Error {
  readonly _tag = "Unreachable"

  constructor({ cause }: { readonly cause: unknown }) {
    super("The server did not answer, or its answer could not be read", { cause })
  }
  override get name() {
    return this._tag
  }
}

export type ClientError = Problem | Unreachable
