/**
 * The WebSocket `/v1/stream`: accepts connections, reads requests, and passes each one to its
 * handler. Subscriptions are fed by the `Hub`.
 *
 * Sockets are `ws` behind `node:http`; a message to many clients is made into one frame and written
 * directly to the connections, since nothing is compressed. Messages of the API are small, so
 * reading needs no limits except size and rate.
 */
import { NodeWS } from "@effect/platform-node"
import { closeCodes } from "@pandora-exchange/contract/channels"
import { detailsOf } from "@pandora-exchange/contract/problem"
import { Effect, Exit, type Redacted, Stream } from "effect"
import { randomUUID } from "node:crypto"
import type { IncomingMessage } from "node:http"
import type { BlockList, Socket } from "node:net"
import type { Row } from "../Operations.ts"
import type { FeedService } from "../feed/Feed.ts"
import { Fence } from "../Fence.ts"
import { addressOf } from "../http/address.ts"
import { bareConnection, refuseUpgrade } from "../http/bareSocket.ts"
import { tokenOf } from "../http/bearerToken.ts"
import { bodyBytesMax } from "../http/Decoding.ts"
import { ApiFailure, problemOf } from "../http/Failure.ts"
import type { Authentication, Principal } from "../Authentication.ts"
import { Admission } from "./Admission.ts"
import { Authenticator } from "./Authenticator.ts"
import { CommandRunner } from "./CommandRunner.ts"
import { Connection } from "./Connection.ts"
import { Connections } from "./Connections.ts"
import { Drain } from "./Drain.ts"
import { Hub } from "./Hub.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import { Principals } from "./Principals.ts"
import { Problems } from "./Problems.ts"
import { type Control, parse, read } from "./requests.ts"
import { Subscriptions } from "./Subscriptions.ts"
import { ping, sweep } from "./upkeep.ts"

export interface Options {
  readonly rows: ReadonlyMap<string, Row>
  readonly feed: FeedService
  /** The name of the journal; `undefined` while it is empty. */
  readonly journal: () => string | undefined
  readonly identity: Authentication["Service"]
  readonly origins: ReadonlyArray<string>
  readonly trustedProxies: BlockList
  /** Resolves once everything that was answered has been sent to subscribers. */
  readonly caughtUp: Effect.Effect<void>
  readonly limits?: Partial<Limits>
}

const sweepMs = 1_000
/** A connection that exceeds its rate this many times over is closed. */
const floodFactor = 4

/** A client that has requested a connection. */
interface Arrival {
  readonly request: IncomingMessage
  readonly tcp: Socket
  readonly head: Buffer
  readonly address: string
}

export class Gateway {
  private readonly limits: Limits
  private readonly trustedProxies: BlockList
  private readonly fence: Fence
  private readonly hub: Hub
  private readonly connections = new Connections()
  private readonly problems: Problems
  private readonly admission: Admission
  private readonly authenticator: Authenticator
  private readonly subscriptions: Subscriptions
  private readonly principals: Principals
  private readonly draining: Drain
  private readonly commandRunner: CommandRunner
  private readonly sockets = new NodeWS.WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: bodyBytesMax,
    clientTracking: false
  })
  /** Names what this gateway keeps for clients that resume. */
  private readonly run = randomUUID()
  private readonly journal: () => string | undefined
  private requests = 0

  static readonly make = Effect.fnUntraced(function* (options: Options) {
    const gateway = new Gateway(options, yield* Fence.make)
    yield* Effect.forkScoped(
      Stream.runForEach(options.identity.changes, (changed) =>
        Effect.sync(() => gateway.principals.onChanges(changed))
      )
    )
    const stop = gateway.begin(options.feed)
    yield* Effect.addFinalizer(() => Effect.sync(stop))
    return gateway
  })

  private constructor(options: Options, fence: Fence) {
    const limits = { ...limitsDefault, ...options.limits }
    const { connections } = this
    const problems = new Problems(fence)
    const hub = new Hub(options.feed, fence)
    const subscriptions = new Subscriptions(hub, limits)
    const authenticator = new Authenticator(options.identity, fence)
    const drain = new Drain(connections, options.caughtUp, fence)
    this.limits = limits
    this.journal = options.journal
    this.trustedProxies = options.trustedProxies
    this.fence = fence
    this.problems = problems
    this.hub = hub
    this.subscriptions = subscriptions
    this.authenticator = authenticator
    this.draining = drain
    this.admission = new Admission(connections, limits, options.origins)
    this.principals = new Principals({
      authenticator,
      connections,
      subscriptions,
      problems,
      fence
    })
    this.commandRunner = new CommandRunner({ rows: options.rows, drain, limits, problems, fence })
  }

  /** Listens to the feed and maintains the connections until the returned function is called. */
  private begin(feed: FeedService): () => void {
    const stopListening = feed.listen((batch) => this.hub.onBatch(batch))
    const timers = [
      setInterval(() => sweep(this.connections, this.limits, this.fence), sweepMs),
      setInterval(() => ping(this.connections, this.fence), this.limits.pingMs),
      setInterval(() => this.principals.checkAll(), this.limits.authenticateAgainMs)
    ]
    return () => {
      stopListening()
      for (const timer of timers) clearInterval(timer)
      for (const { socket } of this.connections) socket.terminate()
    }
  }

  get count(): number {
    return this.connections.count
  }

  /**
   * Refuses new commands, waits for pending ones, then notifies every client and closes its
   * connection.
   */
  readonly drain = (graceMs: number): Effect.Effect<void> => this.draining.run(graceMs)

  /** For the HTTP server's `upgrade`. */
  readonly upgrade = (
    request: IncomingMessage,
    tcp: Socket,
    head: Buffer,
    requestId: string
  ): void => {
    tcp.on("error", () => tcp.destroy())
    const address = addressOf(request, this.trustedProxies)
    const refusal = this.admission.refusalOf(request, address)
    if (refusal !== undefined) return refuseUpgrade(tcp, detailsOf(refusal, requestId))
    const arrival = { request, tcp, head, address }
    const token = tokenOf(request)
    if (token !== undefined) return this.upgradeWithToken(arrival, token, requestId)
    if (request.headers.authorization === undefined) return this.accept(arrival)
    refuseUpgrade(tcp, detailsOf("Unauthorized", requestId))
  }

  private upgradeWithToken(arrival: Arrival, token: Redacted.Redacted, requestId: string): void {
    const { address, request, tcp } = arrival
    this.authenticator.authenticate(bareConnection(tcp, requestId), token, (exit) => {
      if (Exit.isSuccess(exit)) {
        // Others may have arrived in the meantime.
        const full = this.admission.refusalOf(request, address)
        if (full !== undefined) return refuseUpgrade(tcp, detailsOf(full, requestId))
        return this.accept(arrival, token, exit.value)
      }
      const { bug, failed, problem } = problemOf(exit.cause, requestId)
      if (bug) this.fence.logBug(exit.cause, { requestId })
      if (failed) this.fence.logFailure(exit.cause, { requestId })
      refuseUpgrade(tcp, problem)
    })
  }

  private accept(arrival: Arrival, token?: Redacted.Redacted, principal?: Principal): void {
    const { address, head, request, tcp } = arrival
    if (tcp.destroyed) return
    this.sockets.handleUpgrade(request, tcp, head, (socket) => {
      const { fence, limits: bounds } = this
      const onEnd = (ended: Connection) => this.onEnd(ended)
      const connection = new Connection({ socket, tcp, address, bounds, fence, onEnd })
      socket.on("error", () => {})
      fence.guard(connection, () => this.welcome(connection, token, principal))
    })
  }

  private welcome(
    connection: Connection,
    token: Redacted.Redacted | undefined,
    principal: Principal | undefined
  ): void {
    const { socket } = connection
    this.connections.add(connection)
    if (principal !== undefined) this.principals.become(connection, principal)
    connection.token = token
    connection.allowance = this.limits.messagesPerSecondMax
    socket.on("message", (data, isBinary) => this.onMessage(connection, data as Buffer, isBinary))
    socket.on("pong", () => (connection.alive = true))
    connection.send({
      type: "hello",
      protocol: "pandora.v1",
      journal: this.journal(),
      run: this.run,
      pingMs: this.limits.pingMs,
      time: Date.now()
    })
    if (this.draining.hasBegun) this.draining.sayGoodbye(connection)
  }

  private onEnd(connection: Connection): void {
    this.connections.remove(connection)
    this.subscriptions.endAll(connection)
    this.draining.checkIdle()
  }

  private onMessage(connection: Connection, data: Buffer, isBinary: boolean): void {
    connection.alive = true
    if (!connection.isOpen) return
    if (isBinary) return connection.close(closeCodes.unsupportedData, "text messages only")
    const requestId = `msg_${(this.requests++).toString(36)}`
    this.fence.guard(this.problems.messageOf(connection, undefined, requestId), () =>
      this.onText(connection, data.toString(), requestId)
    )
  }

  private onText(connection: Connection, text: string, requestId: string): void {
    const refuse = (id: string | undefined, failure: ApiFailure) =>
      this.problems.refuse(connection, id, failure, requestId)
    if (--connection.allowance < -floodFactor * this.limits.messagesPerSecondMax) {
      return connection.close(closeCodes.tooManyMessages, "too many messages")
    }
    const parsed = parse(text)
    if (parsed instanceof ApiFailure) return refuse(undefined, parsed)
    if (connection.allowance < 0)
      return refuse(parsed.id, new ApiFailure({ code: "TooManyRequests" }))
    if (this.commandRunner.takes(parsed))
      return this.commandRunner.run(connection, parsed, requestId)
    const request = read(parsed)
    if (request instanceof ApiFailure) return refuse(parsed.id, request)
    this.onRequest(connection, request, requestId)
  }

  private onRequest(connection: Connection, request: Control, requestId: string): void {
    switch (request.op) {
      case "authenticate":
        return this.principals.authenticate(connection, request, requestId)
      case "subscribe":
      case "unsubscribe": {
        const { subscriptions } = this
        const failure =
          request.op === "subscribe"
            ? subscriptions.subscribe(connection, request)
            : subscriptions.unsubscribe(connection, request)
        if (failure !== undefined) this.problems.refuse(connection, request.id, failure, requestId)
        return
      }
    }
  }
}
