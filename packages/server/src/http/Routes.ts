/** The routes: what right each needs, and what answers it. */
import type { Right } from "@pandora-exchange/contract"
import type { Caller } from "@pandora-exchange/identity/Caller"
import type { Effect, Result } from "effect"
import type { Principal } from "../Authentication.ts"
import { ApiFailure, type Failure } from "./Failure.ts"

/** What was sent, before it is read. */
export interface Sent {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Or why it is none. */
  readonly body: Result.Result<Readonly<Record<string, unknown>>, ApiFailure>
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

/** What goes out. */
export interface Answer {
  readonly status: number
  /** Missing where the answer is empty. */
  readonly json: string | undefined
}

export interface Route {
  readonly method: string
  readonly path: string
  readonly segments: ReadonlyArray<string>
  readonly right: Exclude<Right, "host">
  readonly takesBody: boolean
  /**
   * What is known of it when there is no answer in time: a read did nothing, a command under a key
   * tells when it is sent again, a change does not.
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
      // "/orders/preview" is no order.
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
