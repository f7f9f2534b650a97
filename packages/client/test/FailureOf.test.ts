import { codesOf } from "@pandora-exchange/contract/codes"
import { operations } from "@pandora-exchange/contract"
import { codes } from "@pandora-exchange/contract/failures"
import { problemCodes } from "@pandora-exchange/contract/generated/problemCodes"
import { expect, it } from "@effect/vitest"
import { isFailure, Problem, Unreachable } from "../src/index.ts"

const problem = (code: string): unknown =>
  new Problem({
    type: "about:blank",
    title: "",
    status: 422,
    detail: "",
    code,
    retry: "never",
    requestId: "r"
  })

/** A code that no method declares may be a guard's. */
const known = new Set(
  [...operations.values()].filter(({ rest }) => rest !== undefined).flatMap(codesOf)
)
const methods = Object.keys(problemCodes) as ReadonlyArray<keyof typeof problemCodes>

it.each(methods)("a problem is a failure of %s if its code is declared for it", (method) => {
  const declared = codesOf(operations.get(method)!)
  const found = codes.filter((code) => isFailure(problem(code), method))
  expect(new Set(found.filter((code) => known.has(code)))).toEqual(new Set(declared))
})

it("takes a guard's own code for a failure of a command alone, and no other error", () => {
  const refused = problem("TooRisky")
  expect(isFailure(refused, "place")).toBe(true)
  expect(isFailure(refused, "preview")).toBe(false)
  expect(isFailure(new Unreachable({ cause: "none" }), "place")).toBe(false)
  expect(isFailure({ code: "InsufficientFunds" }, "place")).toBe(false)
  if (isFailure(refused, "balances")) {
    // @ts-expect-error balances cannot fail for lack of funds
    expect(refused.code).not.toBe<typeof refused.code>("InsufficientFunds")
  }
})
