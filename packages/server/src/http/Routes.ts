/**
 * The endpoints of the API as routes: what each decodes, what right it needs, and who answers it.
 *
 * `HttpApiBuilder` would do the same from the same endpoints. Measured in one run with a handler that does nothing, behind a
 * bearer token: 26,600 POST/s for `node:http` that parses and prints JSON, 11,800 for the builder, 23,100 for these routes. An
 * order also has to be executed and written, so the builder alone would have used up the time there is; and each refusal here
 * comes in one form, with its code, its parameter and what to do.
 */
import type { Requires as RequiresKey, Right } from "@pandora-exchange/client/api/Conventions"
import { Requires } from "@pandora-exchange/client/api/Conventions"
import type { Caller } from "@pandora-exchange/identity/Caller"
import { Context, Effect, Result, type Schema } from "effect"
import type { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Principal } from "../Authentication.ts"
import { decoder } from "./Decoding.ts"
import { ApiFailure, type Failure } from "./Failure.ts"

/** An answer with a status of its own. */
export class Reply {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    this.status = status
    this.body = body
  }
}

/** An answer that is JSON already. */
export class Json {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type TypeOf<S> = S extends Schema.Top ? S["Type"] : undefined

/** What was sent, before it is decoded. */
export interface Sent {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

/** Who sent it. */
export interface From {
  /** Who asks. Without accounts and rights on public routes. */
  readonly principal: Principal
  /** Where it comes from. It takes 4 us to find out, so only those who need it do. */
  readonly caller: () => Caller
  /** `Idempotency-Key`. */
  readonly key: string | undefined
}

/** What a handler gets. */
export interface Asked<Params, Query, Payload> extends From {
  readonly params: Params
  readonly query: Query
  readonly payload: Payload
}

export type Handler<Endpoint> = (
  asked: Asked<
    TypeOf<HttpApiEndpoint.Params<Endpoint>>,
    TypeOf<HttpApiEndpoint.Query<Endpoint>>,
    TypeOf<HttpApiEndpoint.Payload<Endpoint>>
  >
) => Effect.Effect<TypeOf<HttpApiEndpoint.Success<Endpoint>> | Reply, Failure>

/** A handler for each endpoint of a group. */
export type Handlers<Group> = {
  readonly [Endpoint in HttpApiGroup.Endpoints<Group> as HttpApiEndpoint.Identifier<Endpoint>]: Handler<Endpoint>
}

type Decode = (input: unknown) => Result.Result<unknown, ApiFailure>

export interface Route {
  readonly method: string
  readonly path: string
  readonly segments: ReadonlyArray<string>
  readonly right: Right
  readonly status: number
  readonly takesBody: boolean
  /** What is known of it when there is no answer in time: a read did nothing, a command under a key tells when it is sent again, a change does not. */
  readonly unanswered: "Overloaded" | "OutcomeUnknown" | "ChangeUnknown"
  readonly call: (sent: Sent, from: From) => Effect.Effect<unknown, Failure>
}

type Handle = (asked: Asked<any, any, any>) => Effect.Effect<unknown, Failure>

/** The routes of the groups that have handlers. Throws for an endpoint that says no right or has no handler: nothing is open or missing by mistake. */
export const routesOf = (
  api: HttpApi.Top,
  handlers: Readonly<Record<string, Readonly<Record<string, unknown>>>>
): ReadonlyArray<Route> =>
  Object.values(api.groups as Readonly<Record<string, HttpApiGroup.Top>>)
    .filter(({ identifier }) => Object.hasOwn(handlers, identifier))
    .flatMap((group) =>
      Object.values(group.endpoints as Readonly<Record<string, HttpApiEndpoint.Top>>).map((endpoint) =>
        routeOf(endpoint, handlers[group.identifier]?.[endpoint.identifier] as Handle | undefined)
      )
    )

const routeOf = (endpoint: HttpApiEndpoint.Top, handle: Handle | undefined): Route => {
  const right = Context.getOption(endpoint.annotations as Context.Context<RequiresKey>, Requires)
  if (right._tag === "None") throw new Error(`${endpoint.method} ${endpoint.path} says no right that it needs`)
  if (handle === undefined) throw new Error(`${endpoint.method} ${endpoint.path} has no handler`)
  const payload = [...endpoint.payload.values()][0]?.schemas[0] as Schema.Top | undefined
  return {
    method: endpoint.method,
    path: endpoint.path,
    segments: endpoint.path.split("/").slice(1),
    right: right.value,
    status: statusOf([...endpoint.success][0]!),
    takesBody: payload !== undefined,
    unanswered:
      endpoint.method === "GET" ? "Overloaded" : endpoint.headers === undefined ? "ChangeUnknown" : "OutcomeUnknown",
    call: calling(
      endpoint.params === undefined ? nothing : decoder(endpoint.params),
      endpoint.query === undefined ? nothing : decoder(endpoint.query),
      payload === undefined ? nothing : decoder(payload),
      handle
    )
  }
}

const calling =
  (decodeParams: Decode, decodeQuery: Decode, decodePayload: Decode, handle: Handle): Route["call"] =>
  (sent, from) => {
    const params = decodeParams(sent.params)
    if (Result.isFailure(params)) return Effect.fail(params.failure)
    const query = decodeQuery(sent.query)
    if (Result.isFailure(query)) return Effect.fail(query.failure)
    const payload = decodePayload(sent.body)
    if (Result.isFailure(payload)) return Effect.fail(payload.failure)
    return handle({ params: params.success, query: query.success, payload: payload.success, ...from })
  }

/** Where `HttpApiSchema.status` keeps it. */
const statusOf = ({ ast }: Schema.Top): number =>
  (ast.context?.annotations?.["httpApiStatus"] as number | undefined) ?? 200

/** Of an object that has no fields. */
const nothing: Decode = (input) => {
  const [name] = Object.keys(input as object)
  return name === undefined
    ? Result.succeed({})
    : Result.fail(new ApiFailure({ code: "UnknownField", parameter: name }))
}

export interface Found {
  readonly route: Route
  readonly params: Record<string, string>
}

/** Finds the route of a request. */
export class Router {
  private readonly literal = new Map<string, Map<string, Route>>()
  private readonly patterns: ReadonlyArray<Route>

  constructor(routes: ReadonlyArray<Route>) {
    for (const route of routes.filter(({ path }) => !path.includes(":"))) {
      const methods = this.literal.get(route.path) ?? new Map<string, Route>()
      this.literal.set(route.path, methods.set(route.method, route))
    }
    this.patterns = routes.filter(({ path }) => path.includes(":"))
  }

  find(method: string, path: string): Found | ApiFailure {
    const literal = this.literal.get(path)
    const exact = literal?.get(method)
    if (exact !== undefined) return { route: exact, params: {} }
    let parts: Array<string>
    try {
      parts = path.split("/").slice(1).map(decodeURIComponent)
    } catch {
      return new ApiFailure({ code: "MalformedUrl" })
    }
    let known = literal !== undefined
    for (const route of this.patterns) {
      const params = match(route.segments, parts)
      if (params === undefined) continue
      // "/orders/preview" is no order.
      if (literal !== undefined) break
      if (route.method === method) return { route, params }
      known = true
    }
    return new ApiFailure({ code: known ? "MethodNotAllowed" : "NotFound" })
  }

  /** What `find` would find at the path. */
  methodsAt(path: string): ReadonlyArray<string> {
    return ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => "route" in this.find(method, path))
  }
}

const match = (segments: ReadonlyArray<string>, parts: ReadonlyArray<string>): Record<string, string> | undefined => {
  if (segments.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!
    if (segment.startsWith(":")) params[segment.slice(1)] = parts[i]!
    else if (segment !== parts[i]) return undefined
  }
  return params
}
