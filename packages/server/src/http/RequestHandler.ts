/**
 * Takes each request from its headers to its response: limits, origin, page or route, body,
 * handler.
 */
import { Cause, type Effect, Exit } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Fence } from "../Fence.ts"
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

export class RequestHandler {
  readonly running: RunningHandlers
  private readonly served: Served
  private readonly router: Router
  private readonly origins: ReadonlySet<string>
  private readonly turn = new TurnQueue()
  private readonly requestIds: RequestIds
  private readonly lifecycle: Lifecycle
  private readonly fence: Fence

  constructor(served: Served, requestIds: RequestIds, lifecycle: Lifecycle, fence: Fence) {
    this.served = served
    this.router = new Router(served.routes)
    this.origins = new Set(served.origins)
    this.requestIds = requestIds
    this.lifecycle = lifecycle
    this.fence = fence
    this.running = new RunningHandlers(fence)
  }

  /** For `node:http`. */
  readonly onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const url = request.url ?? "/"
    const { path, query } = partsOf(url)
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET")
    const about = { requestId: this.requestIds.next(), method, path }
    const writer = new ResponseWriter(response, about, this.lifecycle)
    this.fence.guard(writer, () => this.direct(request, response, query, writer))
  }

  /** Passes it on to be answered, unless it is refused at once. */
  private direct(
    request: IncomingMessage,
    response: ServerResponse,
    query: string,
    writer: ResponseWriter
  ): void {
    const { method, path } = writer.about
    if ((request.url?.length ?? 0) > urlLengthMax) return writer.fail("UrlTooLong")
    allowOrigin(request, response, this.origins)
    if (request.method === "OPTIONS") return preflight(response, this.router.methodsAt(path))
    if (this.lifecycle.draining && !path.startsWith("/health/")) return writer.fail("ShuttingDown")

    const page = this.served.pages[path]
    if (page !== undefined && method === "GET") return this.sendPage(page, writer)
    const found = this.router.find(method, path)
    if (found instanceof ApiFailure) {
      if (found.code === "MethodNotAllowed")
        response.setHeader("allow", this.router.methodsAt(path).join(", "))
      return writer.refuse(problemOf(Cause.fail(found), writer.requestId).problem)
    }
    this.receive(request, found, query, writer)
  }

  private sendPage(page: Page, writer: ResponseWriter): void {
    this.fence.run(
      writer,
      () => page.body,
      (exit) => {
        if (Exit.isSuccess(exit)) return writer.page(page.contentType, exit.value)
        this.fence.logBug(exit.cause, writer.about)
        writer.fail("Internal")
      }
    )
  }

  /** Runs the route once the whole request has arrived. */
  private receive(
    request: IncomingMessage,
    found: Found,
    query: string,
    writer: ResponseWriter
  ): void {
    const { params, route } = found
    const begin = (body: string | undefined) =>
      this.turn.add(() =>
        this.fence.guard(writer, () => this.run({ request, route, params, query, body }, writer))
      )
    if (!route.takesBody && !hasBody(request)) return begin(undefined)
    readBody(
      request,
      (work) => this.fence.guard(writer, work),
      (body) => begin(body === "" && !route.takesBody ? undefined : body),
      (code) => writer.fail(code)
    )
  }

  private run(routed: RoutedRequest, writer: ResponseWriter): void {
    this.running.run(
      writer,
      () => callRoute(routed, this.served),
      (exit) => {
        if (Exit.isFailure(exit)) return this.refuse(exit.cause, routed.route, writer)
        writer.answer(exit.value)
      }
    )
  }

  private refuse(cause: Cause.Cause<Failure>, route: Route, writer: ResponseWriter): void {
    if (Cause.hasInterruptsOnly(cause)) return writer.fail(route.unanswered)
    const { bug, failed, problem, retryAfterMs } = problemOf(cause, writer.requestId)
    if (bug) this.fence.logBug(cause, writer.about)
    if (failed) this.fence.logFailure(cause, writer.about)
    writer.refuse(problem, retryAfterMs)
  }
}

const partsOf = (url: string): { readonly path: string; readonly query: string } => {
  const queryAt = url.indexOf("?")
  return queryAt === -1
    ? { path: url, query: "" }
    : { path: url.slice(0, queryAt), query: url.slice(queryAt + 1) }
}
