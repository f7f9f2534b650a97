/** The codes that an operation can be refused with over HTTP: its own, and those of everything it goes through. */
import { type Code, failureOf } from "./failures.ts"
import { type Operation, placementOf } from "./operation.ts"

const always: ReadonlyArray<Code> = ["MalformedUrl", "UrlTooLong", "RequestTimeout", "TooManyRequests", "Internal"]
const serving: ReadonlyArray<Code> = ["Overloaded", "ShuttingDown"]
const fields: ReadonlyArray<Code> = ["MissingField", "UnknownField", "InvalidValue", "ForbiddenKey"]
const body: ReadonlyArray<Code> = ["MalformedBody", "DuplicateField", "TooDeep", "BodyTooLarge", "UnsupportedMediaType"]
const signedIn: ReadonlyArray<Code> = ["Unauthorized", "NotPermitted", "IdentityUnavailable"]
const keyed: ReadonlyArray<Code> = ["MalformedKey", "KeyConflict", "KeyExpired", "KeyInFuture", "OutcomeUnknown"]
const venue: ReadonlyArray<Code> = ["JournalFull", "Recovering", "NotLeader", "Stopped", "Closed"]

/** Each code once, in the order of their statuses. */
export const codesOf = (operation: Operation): ReadonlyArray<Code> => {
  const placed = placementOf(operation)
  const asked = [...placed.path, ...placed.query, ...placed.body]
  const all = new Set<Code>([
    ...always,
    ...serving,
    ...(operation.permission === "public" ? [] : signedIn),
    ...(asked.length > 0 ? fields : []),
    ...(placed.query.length > 0 ? (["DuplicateParameter"] as const) : []),
    ...(placed.body.length > 0 ? body : []),
    ...(asked.some(({ account }) => account) ? (["UnknownAccount"] as const) : []),
    ...((operation.sdk ?? false) !== false ? venue : []),
    ...(operation.movesMoney === true ? keyed : []),
    ...operation.fails
  ])
  return [...all].sort((one, other) => failureOf(one).status - failureOf(other).status)
}
