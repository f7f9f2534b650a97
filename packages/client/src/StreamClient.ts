/**
 * The client of the WebSocket: live books, trades and account changes, and orders over the same
 * connection. For Node 22 or newer and for browsers.
 *
 * It reconnects by itself, resumes each subscription where it left off, and uses sequences to
 * detect anything missing, duplicated or out of order. After the server restarts, sequences start
 * anew, and books and accounts begin with a snapshot. Commands have keys, so those without an
 * answer are resent after a disconnection and executed once.
 */
import {
  type AccountChange,
  type AccountSnapshot,
  commands,
  type Hello,
  type Message,
  type StreamMethods,
  streamPath,
  type Trade
} from "@pandora-exchange/contract/wire"
import * as AccessToken from "./AccessToken.ts"
import * as Arguments from "./Arguments.ts"
import {
  type Accepted,
  AccountChannel,
  type AccountFollower,
  BookChannel,
  type BookFollower,
  type Channel,
  type Follower,
  tradeNumber,
  TradesChannel,
  type TradesFollower
} from "./internal/channels.ts"
import { closed } from "./internal/closed.ts"
import type { LiveBook } from "./LiveBook.ts"
import { Problem, Unreachable } from "./Problem.ts"

/** The parts of a WebSocket used here. */
export interface Transport {
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null
  onerror: (() => void) | null
  send(text: string): void
  close(): void
}

export interface StreamOptions {
  /** The server's address, for instance `http://localhost:3000`. */
  readonly url: string
  /** For account changes and orders. */
  readonly token?: AccessToken.AccessToken
  /**
   * Called for each connection and each disconnection. `code` is the close code: `closeCodes` of
   * `@pandora-exchange/contract/channels` lists those of the server.
   */
  readonly onStatus?: (status: "connected" | "disconnected", code?: number) => void
  /** Called with the problems of followers that have no `onProblem` of their own. */
  readonly onProblem?: (problem: Problem) => void
  /** Opens a WebSocket to the address. Default: the platform's own. */
  readonly connect?: (url: string) => Transport
}

/** Ends the subscription it was returned for. */
export type Stop = () => void

export interface FollowOptions {
  /**
   * Called with the reason why nothing arrives: the market or account is unknown, the token is
   * missing or has expired, or the stream is closed. The subscription is requested again on the
   * next connection.
   */
  readonly onProblem?: (problem: Problem) => void
}

/** Commands without an answer reject with `Unreachable`, those not yet sent with `Closed`. */
export interface ExchangeStream extends StreamMethods {
  /**
   * Returns the book of a market, kept up to date. All followers of a market share one book.
   * `onChange` is called first for the current book and then for each change.
   */
  readonly book: (
    market: string,
    onChange?: (book: LiveBook) => void,
    options?: FollowOptions
  ) => { readonly book: LiveBook; readonly stop: Stop }
  /**
   * Calls back once for each trade, in order, from now on or after the trade `from`. Trade numbers
   * count up by one, with two exceptions: they skip trades the server no longer keeps, and start
   * again lower after the server was restored from an older copy.
   */
  readonly trades: (
    market: string,
    onTrades: (trades: ReadonlyArray<Trade>) => void,
    options?: FollowOptions & { readonly from?: string }
  ) => Stop
  /**
   * Calls back with the account's current state, and then once for each change, in order. After the
   * server restarts, the current state comes again. Default: the main account.
   */
  readonly account: (
    onMessage: (message: AccountSnapshot | AccountChange) => void,
    options?: FollowOptions & { readonly account?: string }
  ) => Stop
  /** Closes the connection and ends all subscriptions. */
  readonly close: () => void
}

/** Opens a stream. Requests wait until it is connected. */
export const openStream = (options: StreamOptions): ExchangeStream => {
  const stream = new Connecting(options)
  const methods = Object.fromEntries(
    (Object.keys(commands) as ReadonlyArray<keyof typeof commands>).map((op) => {
      const method = async (...args: ReadonlyArray<unknown>) => {
        try {
          return await stream.command(commandOf(op, args))
        } catch (error) {
          // The stack begins where the caller awaits.
          Error.captureStackTrace?.(error as Error, method)
          throw error
        }
      }
      return [op, method]
    })
  ) as unknown as StreamMethods
  const { account, book, close, trades } = stream
  return { ...methods, account, book, close, trades }
}

const commandOf = (op: keyof typeof commands, args: ReadonlyArray<unknown>): object => {
  const [path, content, again, under] = commands[op]
  const { body, key, named, options } = Arguments.split({ path, body: content, again }, args)
  return {
    op,
    key,
    ...options,
    ...named,
    ...(under === "" ? (body as object | undefined) : { [under]: body })
  }
}

const reconnectMsMin = 100
const reconnectMsMax = 10_000
/** How long a renewed subscription may stay silent before it is requested once more. */
const resyncMs = 3_000

interface Command {
  readonly message: string
  readonly resolve: (result: never) => void
  readonly reject: (error: Problem | Unreachable) => void
  isSent: boolean
}

class Connecting implements Omit<ExchangeStream, keyof StreamMethods> {
  private readonly options: StreamOptions
  private readonly channels = new Map<string, Channel>()
  private readonly commands = new Map<string, Command>()
  private transport: Transport | undefined
  private hello: Hello | undefined
  /** The caller's main account, as reported by the server. */
  private main: string | undefined
  /** Why this connection is unauthenticated although there is a token. */
  private denied: Problem | undefined
  private ready = false
  private closed = false
  private failures = 0
  private lastId = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: StreamOptions) {
    this.options = options
    this.connect()
  }

  private connect(): void {
    const url = `${this.options.url.replace(/^http/, "ws").replace(/\/$/, "")}${streamPath}`
    const transport = (this.options.connect ?? platformSocket)(url)
    this.transport = transport
    transport.onopen = () => {
      if (transport === this.transport) this.options.onStatus?.("connected")
    }
    transport.onmessage = ({ data }) => this.onText(transport, String(data))
    transport.onerror = () => {}
    transport.onclose = ({ code }) => this.onClose(transport, code)
  }

  private onText(transport: Transport, text: string): void {
    if (transport !== this.transport) return
    let message: Message
    try {
      message = JSON.parse(text) as Message
    } catch {
      // Not what this server sends: start over.
      return transport.close()
    }
    switch (message.type) {
      case "hello":
        return this.onHello(transport, message)
      case "answer":
        return this.onAnswer(message.id, message.result)
      case "problem":
        return this.onProblem(message.id, new Problem(message.problem))
      case "closing":
        return
      case "depth":
      case "depthSnapshot":
        return this.offer(this.channels.get(`depth:${message.market}`), message)
      case "trades":
        return this.offer(this.channels.get(`trades:${message.market}`), message)
      case "account":
      case "accountSnapshot": {
        const own = this.channels.get(`account:${message.account}`)
        return this.offer(own ?? this.channels.get(mainAccount), message)
      }
    }
  }

  private onHello(transport: Transport, hello: Hello): void {
    const before = this.hello
    this.hello = hello
    if (before !== undefined && before.run !== hello.run) {
      const isOtherJournal = before.journal !== undefined && before.journal !== hello.journal
      for (const channel of this.channels.values()) channel.restart(isOtherJournal)
    }
    this.denied = undefined
    const { token } = this.options
    if (token === undefined) return this.resume()
    AccessToken.current(token).then(
      (now) => {
        if (transport === this.transport)
          this.send({ op: "authenticate", id: authenticateId, token: now })
      },
      (error) => {
        if (transport === this.transport) this.onDenied(error)
      }
    )
  }

  /**
   * No token is available. Followers that need one are told if it stays that way; the rest
   * continues.
   */
  private onDenied(error: unknown): void {
    // The next connection tries again.
    if (!(error instanceof Problem) || error.retry !== "never") return this.transport?.close()
    this.denied = error
    this.resume()
  }

  /** Resends all subscriptions and all commands without an answer. */
  private resume(): void {
    this.ready = true
    this.failures = 0
    for (const channel of this.channels.values()) this.subscribe(channel)
    for (const [id, command] of this.commands) this.sendCommand(id, command)
  }

  private onClose(transport: Transport, code: number): void {
    if (transport !== this.transport) return
    this.ready = false
    this.transport = undefined
    for (const channel of this.channels.values()) channel.end()
    this.options.onStatus?.("disconnected", code)
    if (this.closed) return
    const most = Math.min(reconnectMsMax, reconnectMsMin * 2 ** this.failures++)
    this.timer = setTimeout(() => this.connect(), most * (0.5 + Math.random() / 2))
  }

  private offer(channel: Channel | undefined, message: Message): void {
    if (channel === undefined || channel.take(message)) return
    if (Date.now() < channel.resyncAt) return
    channel.resyncAt = Date.now() + resyncMs
    this.subscribeAgain(channel)
  }

  private subscribe(channel: Channel): void {
    if (!this.ready) return
    if (this.denied !== undefined && channel instanceof AccountChannel)
      return this.tellSoon(channel, this.denied)
    channel.asked = this.nextId()
    channel.isLive = false
    this.send({ op: "subscribe", id: channel.asked, ...channel.fields, ...channel.begin() })
  }

  private subscribeAgain(channel: Channel): void {
    this.unsubscribe(channel)
    this.subscribe(channel)
  }

  private unsubscribe(channel: Channel): void {
    if (!this.ready || !channel.isAsked) return
    channel.end()
    this.send({ op: "unsubscribe", id: this.nextId(), ...channel.fields })
  }

  private askedBy(id: string | undefined): Channel | undefined {
    for (const channel of this.channels.values())
      if (id !== undefined && channel.asked === id) return channel
    return undefined
  }

  private onAnswer(id: string, result: unknown): void {
    if (id === authenticateId) {
      this.become((result as { readonly accounts?: ReadonlyArray<string> }).accounts?.[0])
      return this.resume()
    }
    const command = this.commands.get(id)
    if (command !== undefined) {
      this.commands.delete(id)
      return command.resolve(result as never)
    }
    const channel = this.askedBy(id)
    if (channel === undefined) return
    channel.asked = undefined
    channel.isLive = true
    channel.resyncAt = 0
    channel.onAccepted(result as Accepted)
  }

  private onProblem(id: string | undefined, problem: Problem): void {
    if (id === authenticateId) return this.onDenied(problem)
    const channel = this.askedBy(id)
    if (channel !== undefined) {
      channel.asked = undefined
      if (problem.code !== "ResumeTooOld") return this.tellProblem(channel, problem)
      channel.restart(false)
      return this.subscribe(channel)
    }
    if (id === undefined) return
    const command = this.commands.get(id)
    this.commands.delete(id)
    command?.reject(problem)
  }

  private tellProblem(channel: Channel, problem: Problem): void {
    channel.tell(({ onProblem }) => onProblem(problem))
  }

  /** Not before the call that started following has returned. */
  private tellSoon(channel: Channel, problem: Problem): void {
    queueMicrotask(() => this.tellProblem(channel, problem))
  }

  /** Followers of the main account now follow this one. */
  private become(main: string | undefined): void {
    if (main === this.main) return
    this.main = main
    const channels = [...this.channels].filter(([, channel]) => channel instanceof AccountChannel)
    for (const [name] of channels) this.channels.delete(name)
    for (const [, { followers }] of channels)
      for (const follower of followers) this.joinAccount(follower as AccountFollower)
  }

  private joinAccount(follower: AccountFollower): void {
    const account = follower.account ?? this.main
    const name = account === undefined ? mainAccount : `account:${account}`
    this.join(name, () => new AccountChannel(account), follower)
  }

  /** Adds a follower to the channel the name stands for. */
  private join<F extends Follower, C extends Channel<F>>(
    name: string,
    make: () => C,
    follower: F
  ): C {
    const channel = (this.channels.get(name) as C | undefined) ?? make()
    channel.followers.add(follower)
    if (this.closed) {
      this.tellSoon(channel, closed())
      return channel
    }
    this.channels.set(name, channel)
    const takesAnother = channel.onJoin(follower)
    if (takesAnother || !channel.isAsked) this.subscribeAgain(channel)
    return channel
  }

  private leave(follower: Follower): void {
    for (const [name, channel] of this.channels) {
      if (!channel.followers.delete(follower) || channel.followers.size > 0) continue
      this.unsubscribe(channel)
      this.channels.delete(name)
    }
  }

  /** Problems go to the follower, or to the stream's own handler. */
  private problemsOf({ onProblem }: FollowOptions): (problem: Problem) => void {
    return onProblem ?? ((problem) => this.options.onProblem?.(problem))
  }

  readonly book: ExchangeStream["book"] = (market, onChange, options = {}) => {
    const follower: BookFollower = { onChange, onProblem: this.problemsOf(options) }
    const { book } = this.join(`depth:${market}`, () => new BookChannel(market), follower)
    return { book, stop: () => this.leave(follower) }
  }

  readonly trades: ExchangeStream["trades"] = (market, onTrades, options = {}) => {
    const { from } = options
    const follower: TradesFollower = {
      onTrades,
      onProblem: this.problemsOf(options),
      position: from === undefined ? undefined : tradeNumber(from)
    }
    this.join(`trades:${market}`, () => new TradesChannel(market), follower)
    return () => this.leave(follower)
  }

  readonly account: ExchangeStream["account"] = (onMessage, options = {}) => {
    const { account } = options
    const onProblem = this.problemsOf(options)
    const follower: AccountFollower = { onMessage, onProblem, account, hasBegun: false }
    this.joinAccount(follower)
    return () => this.leave(follower)
  }

  /** Sends a command and waits for its answer, over further connections if this one breaks. */
  command(fields: object): Promise<never> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(closed())
      const id = this.nextId()
      const message = JSON.stringify({ id, ...fields })
      const command: Command = { message, resolve, reject, isSent: false }
      this.commands.set(id, command)
      if (this.ready) this.sendCommand(id, command)
    })
  }

  private sendCommand(id: string, command: Command): void {
    if (this.denied !== undefined) {
      this.commands.delete(id)
      return command.reject(this.denied)
    }
    command.isSent = true
    this.transport?.send(command.message)
  }

  private send(message: object): void {
    this.transport?.send(JSON.stringify(message))
  }

  private nextId(): string {
    return String(++this.lastId)
  }

  readonly close = (): void => {
    this.closed = true
    this.ready = false
    clearTimeout(this.timer)
    this.transport?.close()
    for (const { isSent, reject } of this.commands.values())
      reject(isSent ? new Unreachable({ cause: "the stream was closed" }) : closed())
    this.commands.clear()
    this.channels.clear()
  }
}

const authenticateId = "authenticate"
/** The name of the caller's main account while it is not known which one that is. */
const mainAccount = "account"

const platformSocket = (url: string): Transport => new WebSocket(url) as unknown as Transport
