/**
 * The classes that services raise, each for a family of codes.
 *
 * `Effect.catchTag` catches a family, `Effect.catchReason` one code of it.
 */
import { Data } from "effect"
import { type Code, type CodeOf, failureOf, isCode } from "./failures.ts"
import type { Fault } from "./Fault.ts"

/** The code as `Effect.catchReason` reads it. */
export type Reason<C extends Code> = C extends Code ? { readonly _tag: C } : never

const reasonOf = <C extends Code>(code: C): Reason<C> => ({ _tag: code }) as Reason<C>

/** A part of the request is not valid. It did not reach the exchange. */
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

/** The exchange looked at the request and refused it. Nothing has changed. */
export class Refused<C extends CodeOf<"Refused"> = CodeOf<"Refused">> extends Data.TaggedError(
  "Refused"
)<{
  readonly code: Code
  /** The command of the journal that was refused; none where the journal has no part in it. */
  readonly sequence?: number
  /** What of the request names something that does not exist, or is out of bounds. */
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

/** What a fault of a request fails with: the class of its code. */
export const ofFault = ({ code, field }: Pick<Fault, "code" | "field">): InvalidInput | Refused =>
  failureOf(code).family === "InvalidInput"
    ? new InvalidInput(code as CodeOf<"InvalidInput">, field)
    : new Refused(code as CodeOf<"Refused">, { field })

/** It was not done, and the same request may succeed later. */
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
 * It may or may not have been done. Sent again with the same key or number it is not done twice.
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
 * The code of a failure: what a family carries, or the tag of any other class, if it is in the
 * table.
 */
export const codeOf = (failure: unknown): Code | undefined => {
  const { _tag, code } = (failure ?? {}) as { readonly _tag?: unknown; readonly code?: unknown }
  const name = families.has(_tag) ? code : _tag
  return typeof name === "string" && isCode(name) ? name : undefined
}
