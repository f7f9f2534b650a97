/**
 * Requests and answers: reads what is asked, finds out who asks, runs the route, and writes the answer or the problem.
 * `node:http` keeps the bounds of headers and time, and refuses ambiguous framing.
 */
import { detailsOf, type ProblemDetails } from "@pandora-exchange/client/Problem"
import type { Caller } from "@pandora-exchange/identity/Caller"
import { Cause, Effect, Exit, Redacted, Result, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http"
import type { AddressInfo, BlockList, Socket } from "node:net"
import type { Identity, Principal } from "../Identity.ts"
import { addressOf } from "./address.ts"
import { bodyBytesMax, parseObject, parseQuery, urlLengthMax } from "./Decoding.ts"
import { ApiFailure, type Failure, problemOf } from "./Failure.ts"
import { type Found, Reply, type Route, Router } from "./Routes.ts"

/** The port cannot be listened on. */
export class PortUnusable extends Schema.TaggedError<PortUnusable>()("PortUnusable", {
  port: Schema.Number,
  host: Schema.String,
  reason: Schema.String
}) {}

/** A page or document that is the same for everyone. */
export interface Page {
  readonly contentType: string
  readonly body: Effect.Effect<string>
}

export interface Options {
  readonly host: string
  readonly port: number
  readonly origins: ReadonlyArray<string>
  readonly routes: ReadonlyArray<Route>
  readonly pages: Readonly<Record<string, Page>>
  readonly identity: Identity["Service"]
  /** Whose word is taken for where a request comes from. */
  readonly trustedProxies: BlockList
  /** How long the headers, and the whole of a request, may take to arrive. */
  readonly timeouts?: { readonly headersMs: number; readonly requestMs: number; readonly checkMs: number }
  /** The WebSocket's path and who takes it. */
  readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer, requestId: string) => void
}

export interface Running {
  readonly port: number
  /** Refuses new requests and closes connections as they become idle, then what is left after `graceMs`. */
  readonly drain: (graceMs: number) => Effect.Effect<void>
}

const headerBytesMax = 16_384
const timeoutsDefault = { headersMs: 10_000, requestMs: 30_000, checkMs: 2_000 }
const keepAliveTimeoutMs = 65_000
const retryAfterMsDefault = 1_000
const connectionsMax = 20_000
/** How long a handler may take before the caller is told that the outcome is not known. */
const handlerTimeoutMs = 15_000

/** Of every answer but the pages. */
const plainHeaders = ["x-content-type-options", "nosniff", "cache-control", "no-store"]

const nobody: Principal = { id: "", name: "", accountIds: [], permissions: [] }

export const serve = Effect.fnUntraced(function* (options: Options) {
  const router = new Router(options.routes)
  const { checkMs, headersMs, requestMs } = options.timeouts ?? timeoutsDefault
  const context = yield* Effect.context<never>()
  const origins = new Set(options.origins)
  const prefix = randomBytes(5)
    .toString("base64url")
    .replace(/[^A-Za-z0-9]/g, "x")
  let requests = 0
  const newRequestId = () => `req_${prefix}${(requests++).toString(36).padStart(4, "0")}`
  let draining = false
  const running = new Set<{ readonly since: number; readonly interrupt: () => void }>()

  // What arrives in one turn of the loop is begun together, so that its commands go to the venue as one message, and not each as
  // one: 30 us of processor time for every order.
  let arrived: Array<() => void> = []
  const together = (begin: () => void): void => {
    if (arrived.push(begin) > 1) return
    setImmediate(() => {
      const all = arrived
      arrived = []
      for (const begin of all) begin()
    })
  }

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const requestId = newRequestId()
    const reply = (status: number, contentType: string, body: string, more = plainHeaders) => {
      if (response.headersSent || response.destroyed) return
      const bytes = Buffer.byteLength(body)
      response.writeHead(status, [
        ...(draining ? closing : []),
        "content-type",
        contentType,
        "content-length",
        String(bytes),
        "x-request-id",
        requestId,
        ...more
      ])
      // Nearly all bodies are ASCII, which needs no encoding.
      response.end(body, bytes === body.length ? "latin1" : "utf8")
    }
    const refuse = (problem: ProblemDetails, retryAfterMs = retryAfterMsDefault) => {
      if (problem.status === 401) response.setHeader("www-authenticate", "Bearer")
      if (problem.status === 503 || problem.status === 429) {
        response.setHeader("retry-after", String(Math.ceil(retryAfterMs / 1000)))
      }
      if (problem.status === 413) response.setHeader("connection", "close")
      reply(problem.status, "application/problem+json", JSON.stringify(problem))
    }
    const fail = (code: string) => refuse(detailsOf(code, requestId))

    const url = request.url ?? "/"
    if (url.length > urlLengthMax) return fail("UrlTooLong")
    const queryAt = url.indexOf("?")
    const path = queryAt === -1 ? url : url.slice(0, queryAt)
    const { origin } = request.headers
    if (origin !== undefined && origins.has(origin)) {
      response.setHeader("access-control-allow-origin", origin)
      response.setHeader("vary", "origin")
      response.setHeader("access-control-expose-headers", "x-request-id, retry-after")
    }
    if (request.method === "OPTIONS") return preflight(response, router.methodsAt(path))
    if (draining && !path.startsWith("/health/")) return fail("ShuttingDown")

    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET")
    const page = options.pages[path]
    if (page !== undefined && method === "GET") {
      Effect.runCallbackWith(context)(page.body, {
        onExit: (exit) => {
          if (Exit.isSuccess(exit)) return reply(200, page.contentType, exit.value, pageHeaders)
          logBug(exit.cause, { requestId, method, path })
          fail("Internal")
        }
      })
      return
    }
    const found = router.find(method, path)
    if (found instanceof ApiFailure) {
      if (found.code === "MethodNotAllowed") response.setHeader("allow", router.methodsAt(path).join(", "))
      return refuse(problemOf(Cause.fail(found), requestId).problem)
    }
    const done = (status: number, body: unknown) => {
      if (body !== undefined) return reply(status, jsonType, JSON.stringify(body))
      if (response.headersSent || response.destroyed) return
      response.writeHead(status, [...(draining ? closing : []), "x-request-id", requestId, ...plainHeaders])
      response.end()
    }
    const run = (body: string | undefined) => {
      const query = queryAt === -1 ? "" : url.slice(queryAt + 1)
      const work = { since: Date.now(), interrupt: () => {} }
      running.add(work)
      work.interrupt = Effect.runCallbackWith(context)(answer(found, request, query, body), {
        onExit: (exit) => {
          running.delete(work)
          if (Exit.isSuccess(exit)) {
            const { value } = exit
            return value instanceof Reply ? done(value.status, value.body) : done(found.route.status, value)
          }
          if (Cause.hasInterruptsOnly(exit.cause)) return fail(found.route.unanswered)
          const { bug, failed, problem, retryAfterMs } = problemOf(exit.cause, requestId)
          if (bug) logBug(exit.cause, { requestId, method, path })
          if (failed) logFailure(exit.cause, { requestId, method, path })
          refuse(problem, retryAfterMs)
        }
      })
    }
    const { takesBody } = found.route
    if (!takesBody && !hasBody(request)) return together(() => run(undefined))
    readBody(request, (body) => together(() => run(body === "" && !takesBody ? undefined : body)), fail)
  }

  const answer = (found: Found, request: IncomingMessage, query: string, body: string | undefined) => {
    const { right } = found.route
    const from = { principal: nobody, caller: () => callerOf(request, options.trustedProxies) }
    if (right === "public") return handle(found, request, query, body, from)
    const token = tokenOf(request)
    if (token === undefined) return Effect.fail(new ApiFailure({ code: "Unauthorized" }))
    return Effect.flatMap(options.identity.authenticate(token), (principal) =>
      right === "signedIn" || principal.permissions.includes(right)
        ? handle(found, request, query, body, { ...from, principal })
        : Effect.fail(new ApiFailure({ code: "NotPermitted" }))
    )
  }

  const logBug = (cause: Cause.Cause<unknown>, about: Record<string, string>) =>
    Effect.runForkWith(context)(Effect.annotateLogs(Effect.logError("A request ended in a bug", cause), about))
  const logFailure = (cause: Cause.Cause<unknown>, about: Record<string, string>) =>
    Effect.runForkWith(context)(
      Effect.annotateLogs(Effect.logWarning("A request ended because what it needs has failed", cause), about)
    )

  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: checkMs,
      noDelay: true,
      joinDuplicateHeaders: false
    },
    onRequest
  )
  server.maxConnections = connectionsMax
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) =>
    refuseUnreadable(error, socket, newRequestId())
  )
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (draining) return refuseUpgrade(socket, detailsOf("ShuttingDown", newRequestId()))
    options.upgrade(request, socket, head, newRequestId())
  })
  const timeouts = setInterval(() => {
    const late = Date.now() - handlerTimeoutMs
    for (const { interrupt, since } of running) if (since < late) interrupt()
  }, checkMs)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      clearInterval(timeouts)
      server.close()
      server.closeAllConnections()
    })
  )
  yield* listen(server, options)

  const drain = (graceMs: number) =>
    Effect.callback<void>((resume) => {
      draining = true
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      server.close(() => {
        clearTimeout(cut)
        resume(Effect.void)
      })
      server.closeIdleConnections()
    })
  const running_: Running = { port: (server.address() as AddressInfo).port, drain }
  return running_
})

const jsonType = "application/json"
const closing = ["connection", "close"]
const noFields = Result.succeed({})

const handle = (
  { params, route }: Found,
  request: IncomingMessage,
  query: string,
  body: string | undefined,
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

/** Whether anything follows the headers. */
const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** `undefined` without a bearer token. */
export const tokenOf = ({ headers }: IncomingMessage): Redacted.Redacted | undefined => {
  const { authorization } = headers
  const match = authorization === undefined ? null : /^bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i.exec(authorization)
  return match === null ? undefined : Redacted.make(match[1]!)
}

const readBody = (request: IncomingMessage, done: (body: string) => void, fail: (code: string) => void): void => {
  const type = request.headers["content-type"]
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    request.resume()
    return fail("UnsupportedMediaType")
  }
  if (Number(request.headers["content-length"] ?? 0) > bodyBytesMax) {
    request.resume()
    return fail("BodyTooLarge")
  }
  const chunks: Array<Buffer> = []
  let bytes = 0
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
    else if (bytes - chunk.length <= bodyBytesMax) fail("BodyTooLarge")
  })
  request.on("end", () => {
    if (bytes <= bodyBytesMax) done((chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString())
  })
}

const preflight = (response: ServerResponse, methods: ReadonlyArray<string>): void => {
  response.setHeader("access-control-allow-methods", methods.join(", "))
  response.setHeader("access-control-allow-headers", "authorization, content-type, idempotency-key")
  response.setHeader("access-control-max-age", "600")
  response.setHeader("allow", methods.join(", "))
  response.writeHead(204)
  response.end()
}

/** The pages bring all they need. */
const pageHeaders = [
  "content-security-policy",
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy",
  "no-referrer",
  "x-content-type-options",
  "nosniff",
  "cache-control",
  "no-cache"
]

const refuseUnreadable = (error: NodeJS.ErrnoException, socket: Socket, requestId: string): void => {
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy()
  const problem =
    error.code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? detailsOf("RequestTimeout", requestId)
      : error.code === "HPE_HEADER_OVERFLOW"
        ? { ...detailsOf("UrlTooLong", requestId, { detail: "the headers are larger than 16 KiB" }), status: 431 }
        : detailsOf("MalformedUrl", requestId, { detail: "this is no HTTP request that can be read" })
  refuseUpgrade(socket, problem)
}

/** How long a client has to close a connection that was ended here. Nothing else ends one that does not. */
const lingerMs = 1_000

/** Answers on the bare connection, and ends it. */
export const refuseUpgrade = (socket: Socket, problem: ProblemDetails): void => {
  const body = JSON.stringify(problem)
  socket.on("error", () => {})
  setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-request-id: ${problem.requestId}\r\nconnection: close\r\n\r\n${body}`
  )
}

const listen = (server: Server, { host, port }: Options): Effect.Effect<void, PortUnusable> =>
  Effect.callback((resume) => {
    const failed = (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(new PortUnusable({ port, host, reason: error.code ?? error.message })))
    server.once("error", failed)
    server.listen(port, host, () => {
      server.off("error", failed)
      resume(Effect.void)
    })
  })
