import type { CodeOf } from "./failures.ts"

/** Codes that may be about a field. */
export type FaultCode = CodeOf<"InvalidInput" | "Refused">

/** The first thing that is wrong with a request. */
export class Fault {
  readonly code: FaultCode
  /** Its place: `trigger.price`, `orders.1.side`. */
  readonly field: string
  /** What would be right, where the code does not say it. */
  readonly expected: string | undefined

  constructor(code: FaultCode, field: string, expected?: string) {
    this.code = code
    this.field = field
    this.expected = expected
  }
}
