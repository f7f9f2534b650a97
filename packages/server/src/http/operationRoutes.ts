/** The routes of the operations of the contract. */
import { Fault, httpReaderOf } from "@pandora-exchange/contract"
import { Effect } from "effect"
import { completed, type Row } from "../Operations.ts"
import { ApiFailure } from "./Failure.ts"
import { Json, type Route } from "./Routes.ts"

export const operationRoutes = (rows: Iterable<Row>): ReadonlyArray<Route> =>
  [...rows].filter(({ operation }) => operation.rest !== undefined).map(routeOf)

const routeOf = ({ operation, perform, write }: Row): Route => {
  const { method, path, status = 200 } = operation.rest!
  const read = httpReaderOf(operation)
  const { permission } = operation
  if (permission === "host") throw new Error(`${method} ${path} is for the embedding program only`)
  return {
    method,
    path,
    segments: path.split("/").slice(1),
    right: permission,
    status,
    takesBody: method !== "GET" && method !== "DELETE",
    unanswered: method === "GET" ? "Overloaded" : operation.movesMoney === true ? "OutcomeUnknown" : "ChangeUnknown",
    call: ({ body, params, query }, { key, principal }) => {
      const request = read(params, query, body)
      if (request instanceof Fault) return Effect.fail(failureOf(request))
      const asked = completed(operation, request as Record<string, unknown>, principal, key)
      return Effect.map(perform(principal, asked), (answer) => new Json(write(answer)))
    }
  }
}

/** A fault of what came over the wire. */
export const failureOf = ({ code, expected, field }: Fault): ApiFailure =>
  new ApiFailure({
    code,
    parameter: field,
    ...(expected === undefined ? {} : { detail: `${field}: ${expected}` })
  })
