/**
 * Takes each request from its headers to its answer: bounds, origin, page or route, body, handler.
 */
import { Cause, type Context, Effect, Exit } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import { allowOrigin, preflight } from "./crossOrigin.ts"
import { callRoute, type Callers, type RoutedRequest } from "./callRoute.ts"
import { urlLengthMax } from "./Decoding.ts"
import { ApiFailure, type Failure, problemOf } from "./Failure.ts"
import { hasBody, readBody } from "./requestBody.ts"
import type { RequestIds } from "./RequestIds.ts"
import { type Lifecycle, ResponseWriter } from "./ResponseWriter.ts"
import { type Found, type Route, Router } from "./Routes.ts"
import { RunningHandlers } from "./RunningHandlers.ts"
import { TurnQueue } from "./TurnQueue.ts"

/** A page or document that is the same for everyone. */
export interface Page {
  readonly contentType: string
  readonly body: Effect.Effect<string>
}

export interface Served extends Callers {
  readonly origins: ReadonlyArray<string>
  readonly routes: ReadonlyArray<Route>
  readonly pages: Readonly<Record<string, Page>>
}

/** A request in the log. */
interface About extends Record<string, string> {
  readonly requestId: string
  readonly method: string
  readonly path: string
}

export class RequestHandler {
  readonly running: RunningHandlers
  private readonly served: Served
  private readonly router: Router
  private readonly origins: ReadonlySet<string>
  private readonly turn = new TurnQueue()
  private readonly requestIds: RequestIds
  private readonly lifecycle: Lifecycle
  private readonly context: Context.Context<never>

  constructor(
    served: Served,
    requestIds: RequestIds,
    lifecycle: Lifecycle,
    context: Context.Context<never>
  ) {
    this.served = served
    this.router = new Router(served.routes)
    this.origins = new Set(served.origins)
    this.requestIds = requestIds
    this.lifecycle = lifecycle
    this.context = context
    this.running = new RunningHandlers(context)
  }

  /** For `node:http`. */
  readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const writer = new ResponseWriter(response, this.requestIds.next(), this.lifecycle)
    const url = request.url ?? "/"
    if (url.length > urlLengthMax) return writer.fail("UrlTooLong")
    const { path, query } = partsOf(url)
    allowOrigin(request, response, this.origins)
    if (request.method === "OPTIONS") return preflight(response, this.router.methodsAt(path))
    if (this.lifecycle.draining && !path.startsWith("/health/")) return writer.fail("ShuttingDown")

    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET")
    const about = { requestId: writer.requestId, method, path }
    const page = this.served.pages[path]
    if (page !== undefined && method === "GET") return this.sendPage(page, writer, about)
    const found = this.router.find(method, path)
    if (found instanceof ApiFailure) {
      if (found.code === "MethodNotAllowed")
        response.setHeader("allow", this.router.methodsAt(path).join(", "))
      return writer.refuse(problemOf(Cause.fail(found), writer.requestId).problem)
    }
    this.receive(request, found, query, writer, about)
  }

  private sendPage(page: Page, writer: ResponseWriter, about: About): void {
    Effect.runCallbackWith(this.context)(page.body, {
      onExit: (exit) => {
        if (Exit.isSuccess(exit)) return writer.page(page.contentType, exit.value)
        this.logBug(exit.cause, about)
        writer.fail("Internal")
      }
    })
  }

  /** Runs the route when the whole request is here. */
  private receive(
    request: IncomingMessage,
    found: Found,
    query: string,
    writer: ResponseWriter,
    about: About
  ): void {
    const { params, route } = found
    const begin = (body: string | undefined) =>
      this.turn.add(() => this.run({ request, route, params, query, body }, writer, about))
    if (!route.takesBody && !hasBody(request)) return begin(undefined)
    readBody(
      request,
      (body) => begin(body === "" && !route.takesBody ? undefined : body),
      (code) => writer.fail(code)
    )
  }

  private run(routed: RoutedRequest, writer: ResponseWriter, about: About): void {
    this.running.run(callRoute(routed, this.served), (exit) => {
      if (Exit.isFailure(exit)) return this.refuse(exit.cause, routed.route, writer, about)
      writer.answer(exit.value)
    })
  }

  private refuse(
    cause: Cause.Cause<Failure>,
    route: Route,
    writer: ResponseWriter,
    about: About
  ): void {
    if (Cause.hasInterruptsOnly(cause)) return writer.fail(route.unanswered)
    const { bug, failed, problem, retryAfterMs } = problemOf(cause, writer.requestId)
    if (bug) this.logBug(cause, about)
    if (failed) this.logFailure(cause, about)
    writer.refuse(problem, retryAfterMs)
  }

  private logBug(cause: Cause.Cause<unknown>, about: About): void {
    this.log(Effect.logError("A request ended in a bug", cause), about)
  }

  private logFailure(cause: Cause.Cause<unknown>, about: About): void {
    this.log(Effect.logWarning("A request ended because what it needs has failed", cause), about)
  }

  private log(entry: Effect.Effect<void>, about: About): void {
    Effect.runForkWith(this.context)(Effect.annotateLogs(entry, about))
  }
}

const partsOf = (url: string): { readonly path: string; readonly query: string } => {
  const queryAt = url.indexOf("?")
  return queryAt === -1
    ? { path: url, query: "" }
    : { path: url.slice(0, queryAt), query: url.slice(queryAt + 1) }
}
