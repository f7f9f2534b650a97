/** The routes: the permission each requires, and its handler. */
import type { Right } from "@pandora-exchange/contract"
import type { Caller } from "@pandora-exchange/identity/Caller"
import type { Effect, Result } from "effect"
import type { Principal } from "../Authentication.ts"
import { ApiFailure, type Failure } from "./Failure.ts"

/** The request, before it is read. */
export interface Sent {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Or why it is invalid. */
  readonly body: Result.Result<Readonly<Record<string, unknown>>, ApiFailure>
}

/** Who sent it. */
export interface From {
  /** The caller. Has no accounts or permissions on public routes. */
  readonly principal: Principal
  /** The caller's address. Determining it takes 4 us, so only handlers that need it do. */
  readonly caller: () => Caller
  /** `Idempotency-Key`. */
  readonly key: string | undefined
}

/** What goes out. */
export interface Answer {
  readonly status: number
  /** Absent if the answer is empty. */
  readonly json: string | undefined
}

export interface Route {
  readonly method: string
  readonly path: string
  readonly segments: ReadonlyArray<string>
  readonly right: Exclude<Right, "host">
  readonly takesBody: boolean
  /**
   * What is known if there is no answer in time: a read did nothing, a command under a key tells
   * when it is resent, any other change does not.
   */
  readonly unanswered: "Overloaded" | "OutcomeUnknown" | "ChangeUnknown"
  readonly call: (sent: Sent, from: From) => Effect.Effect<Answer, Failure>
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
      // "/orders/preview" is not an order.
      if (literal !== undefined) break
      if (route.method === method) return { route, params }
      known = true
    }
    return new ApiFailure({ code: known ? "MethodNotAllowed" : "NotFound" })
  }

  /** What `find` would find at the path. */
  methodsAt(path: string): ReadonlyArray<string> {
    return ["GET", "POST", "PUT", "PATCH", "DELETE"].filter(
      (method) => "route" in this.find(method, path)
    )
  }
}

const match = (
  segments: ReadonlyArray<string>,
  parts: ReadonlyArray<string>
): Record<string, string> | undefined => {
  if (segments.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!
    if (segment.startsWith(":")) params[segment.slice(1)] = parts[i]!
    else if (segment !== parts[i]) return undefined
  }
  return params
}
