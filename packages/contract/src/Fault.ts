import type { CodeOf } from "./failures.ts"

/** Codes that may concern a field. */
export type FaultCode = CodeOf<"InvalidInput" | "Refused">

/** The first problem found in a request. */
export class Fault {
  readonly code: FaultCode
  /** Its path: `trigger.price`, `orders.1.side`. */
  readonly field: string
  /** What would be valid, where the code does not say so. */
  readonly expected: string | undefined

  constructor(code: FaultCode, field: string, expected?: string) {
    this.code = code
    this.field = field
    this.expected = expected
  }
}
