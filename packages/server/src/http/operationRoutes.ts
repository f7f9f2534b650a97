/** The routes of the operations of the contract. */
import { Fault, httpReaderOf, type Operation, placementOf } from "@pandora-exchange/contract"
import { unansweredOf } from "@pandora-exchange/contract/codes"
import type { Rest } from "@pandora-exchange/contract/operation"
import { Effect, Result, Schema } from "effect"
import { completed, type RestRow } from "../Operations.ts"
import { ApiFailure } from "./Failure.ts"
import type { Route, Sent } from "./Routes.ts"

/** Throws for an operation without an implementation: no route is missing by mistake. */
export const operationRoutes = (
  operations: ReadonlyArray<Operation>,
  rows: ReadonlyMap<string, RestRow>
): ReadonlyArray<Route> =>
  operations.flatMap((operation) => {
    const { name, rest } = operation
    if (rest === undefined) return []
    const row = rows.get(name)
    if (row === undefined) throw new Error(`${rest.method} ${rest.path} has no handler`)
    return [routeOf(row, rest)]
  })

const routeOf = ({ operation, perform, write }: RestRow, rest: Rest): Route => {
  const { method, path } = rest
  const read = readerOf(operation)
  const statusOf = statusesOf(rest)
  const { permission } = operation
  if (permission === "host") throw new Error(`${method} ${path} is for the embedding program only`)
  return {
    method,
    path,
    segments: path.split("/").slice(1),
    right: permission,
    takesBody: placementOf(operation).body.length > 0,
    unanswered: unansweredOf(operation),
    call: (sent, { caller, key, principal }) => {
      if (key !== undefined && operation.keyPerItem === true) return Effect.fail(keyOfAll)
      const request = read(sent)
      if (request instanceof ApiFailure) return Effect.fail(request)
      const asked = completed(operation, request as Record<string, unknown>, principal, key)
      return Effect.map(perform(principal, asked, caller), (answer) => ({
        status: statusOf(answer),
        json: write(answer)
      }))
    }
  }
}

/** A caller who sends a key relies on it, so it is not ignored. */
const keyOfAll = new ApiFailure({
  code: "UnknownField",
  parameter: "Idempotency-Key",
  detail: "Idempotency-Key: give each item a `key` of its own instead"
})

/** An undeclared query parameter is reported before a body that is not an object. */
const readerOf = (operation: Operation) => {
  const read = httpReaderOf(operation)
  return ({ body, params, query }: Sent): object | ApiFailure => {
    const request = read(params, query, Result.isSuccess(body) ? body.success : {})
    const isFault = request instanceof Fault
    if (Result.isFailure(body) && !(isFault && request.code === "UnknownField")) return body.failure
    return isFault ? failureOf(request) : request
  }
}

const statusesOf = ({ otherwise, status = 200 }: Rest): ((answer: unknown) => number) => {
  if (otherwise === undefined) return () => status
  const isOtherwise = Schema.is(Schema.toType(otherwise.answer))
  return (answer) => (isOtherwise(answer) ? otherwise.status : status)
}

/** A fault of what came over the wire. */
export const failureOf = ({ code, expected, field }: Fault): ApiFailure =>
  new ApiFailure({
    code,
    parameter: field,
    ...(expected === undefined ? {} : { detail: `${field}: ${expected}` })
  })
