/**
 * The HTTP server: listens, passes requests to the `RequestHandler`, and drains. `node:http`
 * enforces the limits on headers and time, and refuses ambiguous framing.
 */
import { detailsOf } from "@pandora-exchange/contract/problem"
import { Effect, Schema } from "effect"
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { Fence } from "../Fence.ts"
import { bareConnection, refuseUnreadable, refuseUpgrade } from "./bareSocket.ts"
import { RequestHandler, type Served } from "./RequestHandler.ts"
import { RequestIds } from "./RequestIds.ts"
import type { Lifecycle } from "./ResponseWriter.ts"

/** The server cannot listen on the port. */
export class PortUnusable extends Schema.TaggedError<PortUnusable>()("PortUnusable", {
  port: Schema.Number,
  host: Schema.String,
  reason: Schema.String
}) {}

export interface Options extends Served {
  readonly host: string
  readonly port: number
  readonly timeouts?: Timeouts
  /** The WebSocket's path and its handler. */
  readonly upgrade: (
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    requestId: string
  ) => void
}

/**
 * How long the headers, and the whole of a request, may take to arrive, and how often that is
 * checked.
 */
export interface Timeouts {
  readonly headersMs: number
  readonly requestMs: number
  readonly checkMs: number
}

export interface Running {
  readonly port: number
  /**
   * Refuses new requests and closes connections as they become idle, then everything left after
   * `graceMs`.
   */
  readonly drain: (graceMs: number) => Effect.Effect<void>
}

const headerBytesMax = 16_384
const timeoutsDefault: Timeouts = { headersMs: 10_000, requestMs: 30_000, checkMs: 2_000 }
const keepAliveTimeoutMs = 65_000
const connectionsMax = 20_000

export const serve = Effect.fnUntraced(function* (options: Options) {
  const timeouts = options.timeouts ?? timeoutsDefault
  const requestIds = new RequestIds()
  const lifecycle: Lifecycle = { draining: false }
  const fence = yield* Fence.make
  const requests = new RequestHandler(options, requestIds, lifecycle, fence)
  const server = serverOf(requests, timeouts)
  const onBare = (socket: Socket, work: (requestId: string) => void) => {
    const requestId = requestIds.next()
    fence.guard(bareConnection(socket, requestId), () => work(requestId))
  }
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) =>
    onBare(socket, (requestId) => refuseUnreadable(error, socket, requestId))
  )
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) =>
    onBare(socket, (requestId) => {
      if (lifecycle.draining) return refuseUpgrade(socket, detailsOf("ShuttingDown", requestId))
      options.upgrade(request, socket, head, requestId)
    })
  )
  const late = setInterval(() => requests.running.interruptLate(), timeouts.checkMs)
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      clearInterval(late)
      server.close()
      server.closeAllConnections()
    })
  )
  yield* listen(server, options)
  const running: Running = {
    port: (server.address() as AddressInfo).port,
    drain: (graceMs) => drain(server, lifecycle, graceMs)
  }
  return running
})

const serverOf = (
  { onRequest }: RequestHandler,
  { checkMs, headersMs, requestMs }: Timeouts
): Server => {
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
  return server
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

const drain = (server: Server, lifecycle: Lifecycle, graceMs: number): Effect.Effect<void> =>
  Effect.callback((resume) => {
    lifecycle.draining = true
    const cut = setTimeout(() => server.closeAllConnections(), graceMs)
    server.close(() => {
      clearTimeout(cut)
      resume(Effect.void)
    })
    server.closeIdleConnections()
  })
