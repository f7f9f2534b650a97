/**
 * Calls a route: authenticates the caller, checks the right, decodes what was sent, and runs the
 * handler.
 */
import type { Caller } from "@pandora-exchange/identity/Caller"
import { Effect, Result } from "effect"
import type { IncomingMessage } from "node:http"
import type { BlockList } from "node:net"
import type { Authentication, Principal } from "../Authentication.ts"
import { addressOf } from "./address.ts"
import { tokenOf } from "./bearerToken.ts"
import { parseObject, parseQuery } from "./Decoding.ts"
import { ApiFailure, type Failure } from "./Failure.ts"
import type { Found } from "./Routes.ts"

/** A request that was read and has a route. */
export interface RoutedRequest extends Found {
  readonly request: IncomingMessage
  readonly query: string
  readonly body: string | undefined
}

/** What tells who a caller is. */
export interface Callers {
  readonly identity: Authentication["Service"]
  /** Proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: BlockList
}

const noFields = Result.succeed({})
const nobody: Principal = { userId: "", name: "", accountIds: [], permissions: [] }

export const callRoute = (routed: RoutedRequest, callers: Callers): Effect.Effect<unknown, Failure> => {
  const { request, route } = routed
  const { right } = route
  const from = { principal: nobody, caller: () => callerOf(request, callers.trustedProxies) }
  if (right === "public") return handle(routed, from)
  const token = tokenOf(request)
  if (token === undefined) return Effect.fail(new ApiFailure({ code: "Unauthorized" }))
  return Effect.flatMap(callers.identity.authenticate(token), (principal) =>
    right === "signedIn" || principal.permissions.includes(right)
      ? handle(routed, { ...from, principal })
      : Effect.fail(new ApiFailure({ code: "NotPermitted" }))
  )
}

const handle = (
  { body, params, query, request, route }: RoutedRequest,
  from: { readonly principal: Principal; readonly caller: () => Caller }
): Effect.Effect<unknown, Failure> => {
  const pathParams = route.params === undefined ? Result.succeed({}) : route.params(params)
  if (Result.isFailure(pathParams)) return Effect.fail(pathParams.failure)
  const parsedQuery = parseQuery(query)
  if (Result.isFailure(parsedQuery)) return Effect.fail(parsedQuery.failure)
  const decodedQuery = route.query(parsedQuery.success)
  if (Result.isFailure(decodedQuery)) return Effect.fail(decodedQuery.failure)
  const parsed = body === undefined ? noFields : parseObject(body)
  if (Result.isFailure(parsed)) return Effect.fail(parsed.failure)
  const payload = route.payload(parsed.success)
  if (Result.isFailure(payload)) return Effect.fail(payload.failure)
  return route.handle({
    params: pathParams.success,
    query: decodedQuery.success,
    payload: payload.success,
    ...from,
    key: request.headers["idempotency-key"] as string | undefined
  })
}

const callerOf = (request: IncomingMessage, trustedProxies: BlockList): Caller => ({
  address: addressOf(request, trustedProxies),
  agent: request.headers["user-agent"] ?? ""
})
