/** Recognises the failures of one method, by the codes declared for it. */
import { declares } from "@pandora-exchange/contract/declares"
import {
  problemCodes,
  type ProblemCodes,
  sharedProblemCodes
} from "@pandora-exchange/contract/generated/problemCodes"
import { Problem } from "./Problem.ts"

/**
 * The problem a method rejects with. A command may also be refused with a code of the exchange's
 * guards.
 */
export interface FailureOf<Name extends keyof ProblemCodes> extends Problem {
  readonly code: "GuardRefused" extends ProblemCodes[Name]
    ? ProblemCodes[Name] | (string & {})
    : ProblemCodes[Name]
}

/**
 * Whether an error is a problem of this method, so that its `code` is one of the method's: `if
 * (isFailure(error, "place") && error.code === "InsufficientFunds") ...`
 */
export const isFailure = <Name extends keyof ProblemCodes>(
  error: unknown,
  method: Name
): error is FailureOf<Name> =>
  error instanceof Problem && declares(codesOf(problemCodes[method]), error.code, isKnown)

const codesOf = (text: string): ReadonlySet<string> =>
  new Set(text.split(" ").flatMap((word) => sharedProblemCodes[word]?.split(" ") ?? word))

const isKnown = (code: string): boolean =>
  Object.values(problemCodes).some((text) => codesOf(text).has(code))
