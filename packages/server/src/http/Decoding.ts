/**
 * Parses received text into objects without duplicate keys or keys that could reach a prototype.
 */
import { Result } from "effect"
import { duplicateKey } from "./duplicateKey.ts"
import { ApiFailure } from "./Failure.ts"

/** Room for the 100 largest items of a batch. */
export const bodyBytesMax = 131_072
export const urlLengthMax = 4_096
/** The schemas have at most three levels, and passkey objects from browsers have four. */
const depthMax = 8
const forbidden = new Set(["__proto__", "constructor", "prototype"])

/**
 * Parses the JSON object in `text`; refuses duplicate keys and keys that could reach a prototype,
 * at any depth.
 */
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
  if (twice !== undefined)
    return Result.fail(new ApiFailure({ code: "DuplicateField", parameter: twice }))
  const fault = faultIn(value, 1)
  return fault === undefined ? Result.succeed(value as Record<string, unknown>) : Result.fail(fault)
}

const faultIn = (value: object, depth: number): ApiFailure | undefined => {
  for (const key of Object.keys(value)) {
    if (!Array.isArray(value) && forbidden.has(key))
      return new ApiFailure({ code: "ForbiddenKey", parameter: key })
    const inner = (value as Record<string, unknown>)[key]
    if (typeof inner !== "object" || inner === null) continue
    if (depth >= depthMax) return new ApiFailure({ code: "TooDeep", parameter: key })
    const fault = faultIn(inner, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Parses the parameters of a query, each at most once. */
export const parseQuery = (query: string): Result.Result<Record<string, string>, ApiFailure> => {
  try {
    // `URLSearchParams` misreads what it cannot decode.
    decodeURIComponent(query)
  } catch {
    return Result.fail(new ApiFailure({ code: "MalformedUrl" }))
  }
  const found: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of new URLSearchParams(query)) {
    if (forbidden.has(name))
      return Result.fail(new ApiFailure({ code: "ForbiddenKey", parameter: name }))
    if (name in found)
      return Result.fail(new ApiFailure({ code: "DuplicateParameter", parameter: name }))
    found[name] = value
  }
  return Result.succeed(found)
}
