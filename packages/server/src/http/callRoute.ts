/**
 * Calls a route: authenticates the caller, checks the permission, decodes the request, and runs the
 * handler.
 */
import type { Right } from "@pandora-exchange/contract"
import { factorMissing } from "@pandora-exchange/contract/Principal"
import type { Caller } from "@pandora-exchange/identity/Caller"
import { Effect, Result } from "effect"
import type { IncomingMessage } from "node:http"
import type { BlockList } from "node:net"
import type { Authentication, Principal } from "../Authentication.ts"
import { addressOf } from "./address.ts"
import { tokenOf } from "./bearerToken.ts"
import { parseObject, parseQuery } from "./Decoding.ts"
import { ApiFailure, type Failure } from "./Failure.ts"
import type { Answer, Found, From } from "./Routes.ts"

/** A request that has been read and has a route. */
export interface RoutedRequest extends Found {
  readonly request: IncomingMessage
  readonly query: string
  readonly body: string | undefined
}

/** What identifies a caller. */
export interface Callers {
  readonly identity: Authentication["Service"]
  /** Proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: BlockList
}

const noFields = Result.succeed({})
const nobody: Principal = { userId: "", name: "", accountIds: [], permissions: [] }

export const callRoute = (
  routed: RoutedRequest,
  callers: Callers
): Effect.Effect<Answer, Failure> => {
  const { request, route } = routed
  const { right } = route
  const from = { principal: nobody, caller: () => callerOf(request, callers.trustedProxies) }
  if (right === "public") return call(routed, from)
  const token = tokenOf(request)
  if (token === undefined) return Effect.fail(new ApiFailure({ code: "Unauthorized" }))
  return Effect.flatMap(callers.identity.authenticate(token), (principal) =>
    right === "signedIn" || principal.permissions.includes(right)
      ? call(routed, { ...from, principal })
      : Effect.fail(notPermitted(principal, right))
  )
}

const notPermitted = ({ factorPermissions }: Principal, right: Right) =>
  new ApiFailure({
    code: "NotPermitted",
    ...(factorPermissions?.some((permission) => permission === right) && { detail: factorMissing })
  })

const call = (
  { body, params, query, request, route }: RoutedRequest,
  from: Omit<From, "key">
): Effect.Effect<Answer, Failure> => {
  const parsedQuery = query === "" ? noFields : parseQuery(query)
  if (Result.isFailure(parsedQuery)) return Effect.fail(parsedQuery.failure)
  const sent = {
    params,
    query: parsedQuery.success,
    body: body === undefined ? noFields : parseObject(body)
  }
  return route.call(sent, {
    ...from,
    key: request.headers["idempotency-key"] as string | undefined
  })
}

const callerOf = (request: IncomingMessage, trustedProxies: BlockList): Caller => ({
  address: addressOf(request, trustedProxies),
  agent: request.headers["user-agent"] ?? ""
})
