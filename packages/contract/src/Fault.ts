import type { Code } from "./failures.ts"

/** The first thing that is wrong with a request. */
export class Fault {
  readonly code: Code
  /** Its place: `trigger.price`, `orders.1.side`. */
  readonly field: string
  /** What would be right, where the code does not say it. */
  readonly expected: string | undefined

  constructor(code: Code, field: string, expected?: string) {
    this.code = code
    this.field = field
    this.expected = expected
  }
}
