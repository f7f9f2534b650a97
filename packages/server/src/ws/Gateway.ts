/**
 * The WebSocket `/v1/stream`: takes connections, reads what clients ask, answers, and keeps each within its bounds. What they
 * follow comes from the `Hub`.
 *
 * Sockets are `ws` behind `node:http`; messages to many are made into one frame and written to the connections directly, since
 * nothing is compressed. A message of the API is small, so reading needs no bound but its size and rate.
 */
import { NodeWS } from "@effect/platform-node"
import * as Stream from "@pandora-exchange/client/api/Stream"
import { detailsOf } from "@pandora-exchange/client/Problem"
import * as WireId from "@pandora-exchange/contract/WireId"
import { Cause, Effect, Exit, Redacted, Result, Stream as EffectStream } from "effect"
import type { IncomingMessage } from "node:http"
import type { BlockList, Socket } from "node:net"
import { accountOf, type Asking, type Commands } from "../Commands.ts"
import type { FeedService } from "../feed/Feed.ts"
import { addressOf } from "../http/address.ts"
import { refuseUpgrade } from "../http/bareSocket.ts"
import { tokenOf } from "../http/bearerToken.ts"
import { bodyBytesMax, decoder, parseObject } from "../http/Decoding.ts"
import { ApiFailure, type Failure, problemOf } from "../http/Failure.ts"
import type { Identity, Principal } from "../Identity.ts"
import { type Bounds, Connection } from "./Connection.ts"
import { Hub } from "./Hub.ts"

const { closeCodes } = Stream

export interface Options {
  readonly commands: Commands
  readonly feed: FeedService
  readonly identity: Identity["Service"]
  readonly origins: ReadonlyArray<string>
  readonly trustedProxies: BlockList
  /** When all that was answered has been told to those who follow. */
  readonly caughtUp: Effect.Effect<void>
  readonly limits?: Partial<Limits>
}

export interface Limits extends Bounds {
  readonly connectionsMax: number
  /** But for this machine's own. */
  readonly connectionsPerAddressMax: number
  readonly subscriptionsMax: number
  readonly messagesPerSecondMax: number
  /** Commands of one connection that may wait for their answers. */
  readonly inFlightMax: number
  /** How long a client may stay behind. */
  readonly behindMsMax: number
  readonly pingMs: number
  /** How long a connection may be open without following anything or saying who it is. */
  readonly idleMsMax: number
  /** How often a token is asked about again, though nobody said that anything changed. */
  readonly authenticateAgainMs: number
}

export const limitsDefault: Limits = {
  connectionsMax: 10_000,
  connectionsPerAddressMax: 500,
  subscriptionsMax: 200,
  messagesPerSecondMax: 5_000,
  inFlightMax: 2_000,
  behindMsMax: 10_000,
  pingMs: 15_000,
  idleMsMax: 30_000,
  authenticateAgainMs: 10_000,
  mergeBytes: 256 * 1024,
  budgetBytes: 2 * 1024 * 1024,
  closeGraceMs: 2_000
}

const sweepMs = 1_000
const everybody = "everybody"
/** Beyond so many times its rate a connection is ended. */
const floodFactor = 4

const decoders: Readonly<Record<string, ReturnType<typeof decoder>>> = {
  authenticate: decoder(Stream.Authenticate),
  "subscribe:depth": decoder(Stream.SubscribeDepth),
  "subscribe:trades": decoder(Stream.SubscribeTrades),
  "subscribe:account": decoder(Stream.SubscribeAccount),
  unsubscribe: decoder(Stream.Unsubscribe),
  place: decoder(Stream.Place),
  cancel: decoder(Stream.Cancel),
  cancelAll: decoder(Stream.CancelAll),
  amend: decoder(Stream.Amend),
  placeList: decoder(Stream.PlaceList),
  cancelList: decoder(Stream.CancelList),
  replace: decoder(Stream.Replace),
  cancelAfter: decoder(Stream.CancelAfter)
}

type CommandOp = "place" | "cancel" | "cancelAll" | "amend" | "placeList" | "cancelList" | "replace" | "cancelAfter"

type RequestOf<Op extends Stream.Request["op"]> = Extract<Stream.Request, { readonly op: Op }>

export class Gateway {
  private readonly commands: Commands
  private readonly identity: Identity["Service"]
  private readonly hub: Hub
  private readonly origins: ReadonlySet<string>
  private readonly trustedProxies: BlockList
  private readonly limits: Limits
  private readonly caughtUp: Effect.Effect<void>
  private readonly connections = new Set<Connection>()
  /** By whom they are, so that a change of one's rights costs nothing to others. */
  private readonly byPrincipal = new Map<string, Set<Connection>>()
  /** Of those who are just being recognised, the changes that came meanwhile. */
  private readonly recognising = new Set<Set<string>>()
  private readonly perAddress = new Map<string, number>()
  private readonly sockets = new NodeWS.WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: bodyBytesMax,
    clientTracking: false
  })
  private readonly run: <A, E>(effect: Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void) => void
  private readonly log: (cause: Cause.Cause<unknown>, requestId: string) => void
  private draining = false
  private requests = 0
  private idle: (() => void) | undefined

  static readonly make = Effect.fnUntraced(function* (options: Options) {
    const context = yield* Effect.context<never>()
    const runCallback = Effect.runCallbackWith(context)
    const gateway = new Gateway(
      options,
      (effect, onExit) => void runCallback(effect, { onExit }),
      (cause, requestId) =>
        void runCallback(
          Effect.annotateLogs(Effect.logError("A message ended in a bug, or because what it needs has failed", cause), {
            requestId
          })
        )
    )
    yield* Effect.forkScoped(
      EffectStream.runForEach(options.identity.changes, (changed) => Effect.sync(() => gateway.onChanges(changed)))
    )
    const stopListening = options.feed.listen((batch) => gateway.hub.onBatch(batch))
    const timers = [
      setInterval(() => gateway.sweep(), sweepMs),
      setInterval(() => gateway.ping(), gateway.limits.pingMs),
      setInterval(() => gateway.recogniseAgain(gateway.connections), gateway.limits.authenticateAgainMs)
    ]
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        stopListening()
        for (const timer of timers) clearInterval(timer)
        for (const { socket } of gateway.connections) socket.terminate()
      })
    )
    return gateway
  })

  private constructor(options: Options, run: Gateway["run"], log: Gateway["log"]) {
    this.commands = options.commands
    this.identity = options.identity
    this.hub = new Hub(options.feed)
    this.origins = new Set(options.origins)
    this.trustedProxies = options.trustedProxies
    this.caughtUp = options.caughtUp
    this.limits = { ...limitsDefault, ...options.limits }
    this.run = run
    this.log = log
  }

  get count(): number {
    return this.connections.size
  }

  /** For the HTTP server's `upgrade`. */
  readonly upgrade = (request: IncomingMessage, tcp: Socket, head: Buffer, requestId: string): void => {
    tcp.on("error", () => tcp.destroy())
    const address = addressOf(request, this.trustedProxies)
    const refusal = this.refusalOf(request, address)
    if (refusal !== undefined) return refuseUpgrade(tcp, detailsOf(refusal, requestId))
    const token = tokenOf(request)
    if (token === undefined) {
      if (request.headers.authorization === undefined) return this.accept(request, tcp, head, address)
      return refuseUpgrade(tcp, detailsOf("Unauthorized", requestId))
    }
    this.recognise(token, (exit) => {
      if (Exit.isSuccess(exit)) {
        // Others may have come meanwhile.
        const full = this.refusalOf(request, address)
        if (full !== undefined) return refuseUpgrade(tcp, detailsOf(full, requestId))
        return this.accept(request, tcp, head, address, token, exit.value)
      }
      const { bug, failed, problem } = problemOf(exit.cause, requestId)
      if (bug || failed) this.log(exit.cause, requestId)
      refuseUpgrade(tcp, problem)
    })
  }

  private refusalOf({ headers, method, url }: IncomingMessage, address: string): string | undefined {
    if (url !== Stream.path) return "NotFound"
    if (method !== "GET" || headers.upgrade?.toLowerCase() !== "websocket") return "MalformedUrl"
    if (!this.allows(headers.origin, headers.host)) return "OriginNotAllowed"
    const { connectionsMax, connectionsPerAddressMax } = this.limits
    const own = /^(::ffff:)?127\.|^::1$/.test(address)
    if (this.connections.size >= connectionsMax) return "TooManyConnections"
    if (!own && (this.perAddress.get(address) ?? 0) >= connectionsPerAddressMax) return "TooManyConnections"
    return undefined
  }

  /** Programs send no origin; pages of this server and of those that are listed may connect. */
  private allows(origin: string | undefined, host: string | undefined): boolean {
    if (origin === undefined || this.origins.has(origin)) return true
    return URL.canParse(origin) && new URL(origin).host === host
  }

  private accept(
    request: IncomingMessage,
    tcp: Socket,
    head: Buffer,
    address: string,
    token?: Redacted.Redacted,
    principal?: Principal
  ): void {
    if (tcp.destroyed) return
    this.sockets.handleUpgrade(request, tcp, head, (socket) => {
      const connection = new Connection({
        socket,
        tcp,
        address,
        bounds: this.limits,
        onEnd: (ended) => this.onEnd(ended)
      })
      if (principal !== undefined) this.become(connection, principal)
      connection.token = token
      connection.allowance = this.limits.messagesPerSecondMax
      this.connections.add(connection)
      this.perAddress.set(address, (this.perAddress.get(address) ?? 0) + 1)
      socket.on("message", (data, isBinary) => this.onMessage(connection, data as Buffer, isBinary))
      socket.on("pong", () => (connection.alive = true))
      socket.on("error", () => {})
      connection.send({ type: "hello", protocol: "pandora.v1", pingMs: this.limits.pingMs, time: Date.now() })
      if (this.draining) this.sayGoodbye(connection)
    })
  }

  private onEnd(connection: Connection): void {
    this.connections.delete(connection)
    this.leave(connection)
    const left = (this.perAddress.get(connection.address) ?? 1) - 1
    if (left === 0) this.perAddress.delete(connection.address)
    else this.perAddress.set(connection.address, left)
    for (const end of connection.subscriptions.values()) end()
    connection.subscriptions.clear()
    this.checkIdle()
  }

  private onMessage(connection: Connection, data: Buffer, isBinary: boolean): void {
    connection.alive = true
    if (!connection.isOpen) return
    if (isBinary) return connection.close(closeCodes.unsupportedData, "text messages only")
    const requestId = `msg_${(this.requests++).toString(36)}`
    const { messagesPerSecondMax } = this.limits
    if (--connection.allowance < -floodFactor * messagesPerSecondMax) {
      return connection.close(closeCodes.tooManyMessages, "too many messages")
    }
    const parsed = parseObject(data.toString())
    if (Result.isFailure(parsed))
      return this.refuse(connection, undefined, new ApiFailure({ code: "MalformedMessage" }), requestId)
    const id = idOf(parsed.success)
    if (connection.allowance < 0) {
      return this.refuse(connection, id, new ApiFailure({ code: "TooManyRequests" }), requestId)
    }
    const { channel, op } = parsed.success
    const name = op === "subscribe" ? `subscribe:${String(channel)}` : String(op)
    const decode = Object.hasOwn(decoders, name) ? decoders[name]! : undefined
    if (decode === undefined)
      return this.refuse(connection, id, new ApiFailure({ code: "MalformedMessage" }), requestId)
    const decoded = decode(parsed.success)
    if (Result.isFailure(decoded)) return this.refuse(connection, id, decoded.failure, requestId)
    this.onRequest(connection, decoded.success as Stream.Request, requestId)
  }

  private onRequest(connection: Connection, request: Stream.Request, requestId: string): void {
    switch (request.op) {
      case "authenticate":
        return this.authenticate(connection, request, requestId)
      case "subscribe":
      case "unsubscribe": {
        const result =
          request.op === "subscribe" ? this.subscribe(connection, request) : this.unsubscribe(connection, request)
        if (result instanceof ApiFailure) this.refuse(connection, request.id, result, requestId)
        return
      }
      default:
        return this.command(connection, request, requestId)
    }
  }

  private authenticate(connection: Connection, { id, token }: RequestOf<"authenticate">, requestId: string): void {
    const secret = Redacted.make(token)
    this.recognise(secret, (exit) => {
      if (!connection.isOpen) return
      if (Exit.isFailure(exit)) return this.refuseCause(connection, id, exit.cause, requestId)
      const { accountIds, name } = exit.value
      this.become(connection, exit.value)
      connection.token = secret
      connection.send({ type: "answer", id, result: { name, accounts: accountIds.map(WireId.account.write) } })
    })
  }

  private command(connection: Connection, request: RequestOf<CommandOp>, requestId: string): void {
    const { principal } = connection
    const refusal =
      principal === undefined
        ? "Unauthorized"
        : !principal.permissions.includes("trade")
          ? "NotPermitted"
          : this.draining
            ? "ShuttingDown"
            : connection.inFlight >= this.limits.inFlightMax
              ? "TooManyRequests"
              : undefined
    if (refusal !== undefined) return this.refuse(connection, request.id, new ApiFailure({ code: refusal }), requestId)
    connection.inFlight++
    this.run(this.done({ principal: principal!, account: request.account, key: request.key }, request), (exit) => {
      connection.inFlight--
      if (Exit.isSuccess(exit)) connection.send({ type: "answer", id: request.id, result: exit.value })
      else this.refuseCause(connection, request.id, exit.cause, requestId)
      this.checkIdle()
    })
  }

  private done(asking: Asking, request: RequestOf<CommandOp>): Effect.Effect<unknown, Failure> {
    switch (request.op) {
      case "place":
        return this.commands.place(asking, request.order)
      case "cancel":
        return this.commands.cancel(asking, request.order)
      case "cancelAll":
        return this.commands.cancelAll(asking, request)
      case "placeList":
        return this.commands.placeList(asking, request.list)
      case "cancelList":
        return this.commands.cancelList(asking, request.list)
      case "replace":
        return this.commands.replace(asking, request.order, request.replacement)
      case "cancelAfter":
        return this.commands.cancelAfter(asking, request.delay)
      case "amend":
        return this.commands.amend(asking, request.order, request.change)
    }
  }

  private subscribe(connection: Connection, request: RequestOf<"subscribe">): ApiFailure | undefined {
    const of = this.subjectOf(connection, request.channel, request)
    if (of instanceof ApiFailure) return of
    const name = `${request.channel}:${of}`
    const { subscriptions } = connection
    if (subscriptions.has(name)) return new ApiFailure({ code: "AlreadySubscribed" })
    if (subscriptions.size >= this.limits.subscriptionsMax) return new ApiFailure({ code: "TooManySubscriptions" })
    const { channel, from, id } = request
    connection.send({
      type: "answer",
      id,
      result: channel === "account" ? { channel, account: WireId.account.write(of as number) } : { channel, market: of }
    })
    const refusal = this.follow(connection, channel, of, from)
    if (refusal !== undefined) return new ApiFailure({ code: refusal, parameter: "from" })
    subscriptions.set(name, () => this.hub.unfollow(connection, channel, of))
    return undefined
  }

  private follow(
    connection: Connection,
    channel: "depth" | "trades" | "account",
    of: string | number,
    from: string | number | undefined
  ): string | undefined {
    switch (channel) {
      case "depth":
        this.hub.followDepth(connection, of as string, from as number | undefined)
        return undefined
      case "trades":
        return this.hub.followTrades(
          connection,
          of as string,
          from === undefined ? undefined : WireId.trade.read(String(from))
        )
      case "account":
        this.hub.followAccount(connection, of as number, from as number | undefined)
        return undefined
    }
  }

  /** The market that exists, or the account that is the caller's own. */
  private subjectOf(
    { principal }: Connection,
    channel: "depth" | "trades" | "account",
    { account, market }: { readonly account?: string; readonly market?: string }
  ): string | number | ApiFailure {
    if (channel !== "account") {
      if (market === undefined) return new ApiFailure({ code: "MissingField", parameter: "market" })
      return this.hub.knows(market) ? market : new ApiFailure({ code: "UnknownMarket", parameter: "market" })
    }
    if (principal === undefined) return new ApiFailure({ code: "Unauthorized" })
    if (!principal.permissions.includes("read")) return new ApiFailure({ code: "NotPermitted" })
    return accountOf({ principal, account })
  }

  private unsubscribe(connection: Connection, request: RequestOf<"unsubscribe">): ApiFailure | undefined {
    const of = this.subjectOf(connection, request.channel, request)
    if (of instanceof ApiFailure) return of
    const name = `${request.channel}:${of}`
    const end = connection.subscriptions.get(name)
    if (end === undefined) return new ApiFailure({ code: "NotSubscribed" })
    end()
    connection.subscriptions.delete(name)
    connection.send({ type: "answer", id: request.id, result: { channel: request.channel } })
    return undefined
  }

  private refuse(connection: Connection, id: string | undefined, failure: ApiFailure, requestId: string): void {
    this.refuseCause(connection, id, Cause.fail(failure), requestId)
  }

  private refuseCause(
    connection: Connection,
    id: string | undefined,
    cause: Cause.Cause<Failure>,
    requestId: string
  ): void {
    const { bug, failed, problem } = problemOf(cause, requestId)
    if (bug || failed) this.log(cause, requestId)
    connection.send({ type: "problem", ...(id === undefined ? {} : { id }), problem })
  }

  private endPrivate(connection: Connection, { accountIds, permissions }: Principal): boolean {
    const { size } = connection.subscriptions
    const allowed = new Set(permissions.includes("read") ? accountIds.map((account) => `account:${account}`) : [])
    for (const [name, end] of connection.subscriptions) {
      if (!name.startsWith("account:") || allowed.has(name)) continue
      end()
      connection.subscriptions.delete(name)
    }
    return connection.subscriptions.size < size
  }

  private sweep(): void {
    const now = Date.now()
    const { behindMsMax, idleMsMax, messagesPerSecondMax } = this.limits
    for (const connection of this.connections) {
      connection.allowance = messagesPerSecondMax
      const { behindSince, openedAt, principal, subscriptions } = connection
      if (behindSince !== undefined && now - behindSince > behindMsMax) connection.close(closeCodes.slow, "slow reader")
      else if (principal === undefined && subscriptions.size === 0 && now - openedAt > idleMsMax) {
        connection.close(closeCodes.unauthorized, "nothing was subscribed to")
      }
    }
  }

  private ping(): void {
    for (const connection of this.connections) {
      if (!connection.alive) connection.socket.terminate()
      else if (connection.isOpen) {
        connection.alive = false
        connection.socket.ping()
      }
    }
  }

  /** Who it is. What is found may be older than a change that came meanwhile: then again. */
  private recognise(token: Redacted.Redacted, onExit: (exit: Exit.Exit<Principal, Failure>) => void): void {
    const changed = new Set<string>()
    this.recognising.add(changed)
    this.run<Principal, Failure>(this.identity.authenticate(token), (exit) => {
      this.recognising.delete(changed)
      if (Exit.isSuccess(exit) && (changed.has(exit.value.id) || changed.has(everybody))) {
        return this.recognise(token, onExit)
      }
      onExit(exit)
    })
  }

  private onChanges(changed: ReadonlySet<string> | typeof everybody): void {
    const ids = changed === everybody ? [everybody] : changed
    for (const meanwhile of this.recognising) for (const id of ids) meanwhile.add(id)
    if (changed === everybody) return this.recogniseAgain(this.connections)
    for (const id of changed) this.recogniseAgain(this.byPrincipal.get(id) ?? [])
  }

  /** A right that has ended ends what needed it. Who cannot be recognised now is let go, too, and may come again. */
  private recogniseAgain(connections: Iterable<Connection>): void {
    for (const connection of connections) {
      const { token } = connection
      if (token === undefined) continue
      this.recognise(token, (exit) => {
        if (connection.token !== token || !connection.isOpen) return
        if (Exit.isSuccess(exit)) {
          if (!this.become(connection, exit.value)) return
          return connection.close(closeCodes.unauthorized, "the right to what was followed has ended")
        }
        const { bug, problem } = problemOf(exit.cause, "")
        if (bug) this.log(exit.cause, "")
        if (problem.status === 401) connection.close(closeCodes.unauthorized, "the token is no longer valid")
        else connection.close(closeCodes.tryAgain, "who you are cannot be found out at the moment")
      })
    }
  }

  /** Whose connection it is from now on. What they may not follow ends, and whether there was such is told. */
  private become(connection: Connection, principal: Principal): boolean {
    this.leave(connection)
    connection.principal = principal
    const own = this.byPrincipal.get(principal.id) ?? new Set()
    this.byPrincipal.set(principal.id, own.add(connection))
    return this.endPrivate(connection, principal)
  }

  private leave(connection: Connection): void {
    const id = connection.principal?.id
    const own = id === undefined ? undefined : this.byPrincipal.get(id)
    if (own?.delete(connection) === true && own.size === 0) this.byPrincipal.delete(id!)
  }

  /** Refuses new commands, waits for those under way, then tells every client and ends its connection. */
  readonly drain = (graceMs: number): Effect.Effect<void> =>
    Effect.gen({ self: this }, function* () {
      this.draining = true
      const answered = Effect.callback<void>((resume) => {
        this.idle = () => resume(Effect.void)
        this.checkIdle()
      })
      yield* Effect.ignore(Effect.timeout(Effect.andThen(answered, this.caughtUp), graceMs))
      for (const connection of this.connections) this.sayGoodbye(connection)
    })

  private checkIdle(): void {
    if (!this.draining || this.idle === undefined) return
    for (const { inFlight } of this.connections) if (inFlight > 0) return
    this.idle()
    this.idle = undefined
  }

  private sayGoodbye(connection: Connection): void {
    const code = closeCodes.goingDown
    connection.send({ type: "closing", code, reason: "the server is going down" })
    // Behind the message, which waits for the end of this turn.
    setImmediate(() => connection.close(code, "the server is going down"))
  }
}

const idOf = ({ id }: Record<string, unknown>): string | undefined =>
  typeof id === "string" && id.length <= 64 ? id : undefined
