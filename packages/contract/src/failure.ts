/**
 * The error classes raised by services, one per family of codes.
 *
 * `Effect.catchTag` catches a family, `Effect.catchReason` a single code.
 */
import { Data } from "effect"
import { type Code, type CodeOf, failureOf, isCode } from "./failures.ts"
import type { Fault } from "./Fault.ts"

/** The code in the form `Effect.catchReason` reads. */
export type Reason<C extends Code> = C extends Code ? { readonly _tag: C } : never

const reasonOf = <C extends Code>(code: C): Reason<C> => ({ _tag: code }) as Reason<C>

/** Part of the request is invalid. It did not reach the exchange. */
export class InvalidInput<
  C extends CodeOf<"InvalidInput"> = CodeOf<"InvalidInput">
> extends Data.TaggedError("InvalidInput")<{
  readonly code: Code
  readonly field: string
}> {
  declare readonly code: C

  constructor(code: C, field: string) {
    super({ code, field })
  }
  get reason(): Reason<C> {
    return reasonOf(this.code)
  }
  override get message() {
    return `${this.field}: ${failureOf(this.code).sentence}`
  }
}

/** The exchange evaluated the request and refused it. Nothing has changed. */
export class Refused<C extends CodeOf<"Refused"> = CodeOf<"Refused">> extends Data.TaggedError(
  "Refused"
)<{
  readonly code: Code
  /** The refused command in the journal; absent if the journal was not involved. */
  readonly sequence?: number
  /** The field that names something nonexistent or is out of bounds. */
  readonly field?: string
}> {
  declare readonly code: C

  constructor(code: C, about: { readonly sequence?: number; readonly field?: string } = {}) {
    super({ code, ...about })
  }
  get reason(): Reason<C> {
    return reasonOf(this.code)
  }
  override get message() {
    const { sentence } = failureOf(this.code)
    return this.field === undefined ? sentence : `${this.field}: ${sentence}`
  }
}

/** Turns a fault into a failure of its code's class. */
export const ofFault = ({ code, field }: Pick<Fault, "code" | "field">): InvalidInput | Refused =>
  failureOf(code).family === "InvalidInput"
    ? new InvalidInput(code as CodeOf<"InvalidInput">, field)
    : new Refused(code as CodeOf<"Refused">, { field })

/** Nothing was done, and the same request may succeed later. */
export class Unavailable<
  C extends CodeOf<"Unavailable"> = CodeOf<"Unavailable">
> extends Data.TaggedError("Unavailable")<{
  readonly code: Code
}> {
  declare readonly code: C

  constructor(code: C) {
    super({ code })
  }
  get reason(): Reason<C> {
    return reasonOf(this.code)
  }
  override get message() {
    return failureOf(this.code).sentence
  }
}

/**
 * The request may or may not have been executed. Sent again with the same key or number, it is not
 * executed twice.
 */
export class OutcomeUnknown extends Data.TaggedError("OutcomeUnknown") {
  get code(): "OutcomeUnknown" {
    return this._tag
  }
  override get message() {
    return failureOf(this.code).sentence
  }
}

const families: ReadonlySet<unknown> = new Set(["InvalidInput", "Refused", "Unavailable"])

/**
 * The code of a failure: the one a family carries, or the tag of any other class that is in the
 * table.
 */
export const codeOf = (failure: unknown): Code | undefined => {
  const { _tag, code } = (failure ?? {}) as { readonly _tag?: unknown; readonly code?: unknown }
  const name = families.has(_tag) ? code : _tag
  return typeof name === "string" && isCode(name) ? name : undefined
}
