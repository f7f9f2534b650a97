/** From what arrived to what the schemas say: closed objects, with the first fault named by its parameter. */
import type { Code } from "@pandora-exchange/contract/failures"
import { Exit, Result, Schema, SchemaIssue } from "effect"
import { duplicateKey } from "./duplicateKey.ts"
import { ApiFailure } from "./Failure.ts"

export const bodyBytesMax = 65_536
export const urlLengthMax = 4_096
/** The schemas have three levels at most, and what browsers say of passkeys has four. */
const depthMax = 8
const forbidden = new Set(["__proto__", "constructor", "prototype"])

/** A decoder of closed objects. */
export const decoder = <S extends Schema.Top>(
  schema: S
): ((input: unknown) => Result.Result<S["Type"], ApiFailure>) => {
  const decode = Schema.decodeUnknownExit(schema as unknown as Schema.Codec<S["Type"]>, { onExcessProperty: "error" })
  return (input) => {
    const exit = decode(input)
    return Exit.isSuccess(exit) ? Result.succeed(exit.value) : Result.fail(faultOf(issueOf(exit)))
  }
}

const issueOf = (exit: Exit.Failure<unknown, Schema.SchemaError>): SchemaIssue.Issue => {
  for (const reason of exit.cause.reasons) if (reason._tag === "Fail") return reason.error.issue
  throw new Error("decoding failed without an issue")
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const faultOf = (issue: SchemaIssue.Issue): ApiFailure => {
  const first = formatIssue(issue).issues[0]
  const parameter = (first?.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join(".")
  if (parameter === "") return new ApiFailure({ code: "MalformedBody" })
  const code = codeOf(issue)
  if (code !== "InvalidValue") return new ApiFailure({ code, parameter })
  const message = first?.message ?? ""
  if (message === decimalExpected) return new ApiFailure({ code: "DecimalNotText", parameter })
  return new ApiFailure({ code, parameter, detail: `${parameter}: ${message}` })
}

/** What is said where the schema `Decimal` stands and the value is no text. */
const decimalExpected = "Expected Decimal"

const codeOf = (issue: SchemaIssue.Issue): Code => {
  switch (issue._tag) {
    case "UnexpectedKey":
      return "UnknownField"
    case "MissingKey":
      return "MissingField"
    case "Pointer":
      return codeOf(issue.issue)
    case "Composite":
      return codeOf(issue.issues[0])
    case "AnyOf":
      // Where the object says which of several it is, the fault is in that one.
      return issue.issues.length === 1 ? codeOf(issue.issues[0]!) : "InvalidValue"
    default:
      return "InvalidValue"
  }
}

/** The JSON object in `text`; no key twice and none that could reach a prototype, at any depth. */
export const parseObject = (text: string): Result.Result<Record<string, unknown>, ApiFailure> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return Result.fail(new ApiFailure({ code: "MalformedBody" }))
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return Result.fail(new ApiFailure({ code: "MalformedBody" }))
  }
  const twice = duplicateKey(text)
  if (twice !== undefined) return Result.fail(new ApiFailure({ code: "DuplicateField", parameter: twice }))
  const fault = faultIn(value, 1)
  return fault === undefined ? Result.succeed(value as Record<string, unknown>) : Result.fail(fault)
}

const faultIn = (value: object, depth: number): ApiFailure | undefined => {
  for (const key of Object.keys(value)) {
    if (!Array.isArray(value) && forbidden.has(key)) return new ApiFailure({ code: "ForbiddenKey", parameter: key })
    const inner = (value as Record<string, unknown>)[key]
    if (typeof inner !== "object" || inner === null) continue
    if (depth >= depthMax) return new ApiFailure({ code: "TooDeep", parameter: key })
    const fault = faultIn(inner, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** The parameters of a query; each at most once. */
export const parseQuery = (query: string): Result.Result<Record<string, string>, ApiFailure> => {
  const found: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(query)) {
    if (forbidden.has(name)) return Result.fail(new ApiFailure({ code: "ForbiddenKey", parameter: name }))
    if (name in found) return Result.fail(new ApiFailure({ code: "DuplicateParameter", parameter: name }))
    found[name] = value
  }
  return Result.succeed(found)
}
