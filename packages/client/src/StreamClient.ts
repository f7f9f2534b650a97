/**
 * The client of the WebSocket: live books, trades and account changes, and orders over the same
 * connection. For Node 22 and newer and for browsers.
 *
 * It connects again by itself, resumes each subscription after what it has, and notices what is
 * missing, twice or out of order by the sequences. Commands have keys, so those without an answer
 * are sent again after a break and are done once.
 */
import {
  type AccountChange,
  type AccountSnapshot,
  commands,
  type Message,
  routes,
  type StreamMethods,
  streamPath,
  type Trade
} from "@pandora-exchange/contract/wire"
import * as AccessToken from "./AccessToken.ts"
import * as Arguments from "./Arguments.ts"
import { LiveBook } from "./LiveBook.ts"
import { Problem, Unreachable } from "./Problem.ts"

/** What this needs of a WebSocket. */
export interface Transport {
  onopen: (() => void) | null
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null
  onerror: (() => void) | null
  send(text: string): void
  close(): void
}

export interface StreamOptions {
  /** Of the server, for instance `http://localhost:3000`. */
  readonly url: string
  /** For account changes and orders. */
  readonly token?: AccessToken.AccessToken
  /** Told of each connection and of each end of one. */
  readonly onStatus?: (status: "connected" | "disconnected", code?: number) => void
  /** A WebSocket to the address; the platform's own unless given. */
  readonly connect?: (url: string) => Transport
}

/** Ends what it was given for. */
export type Stop = () => void

/** Commands without an answer reject with `Unreachable`. */
export interface ExchangeStream extends StreamMethods {
  /**
   * The book of a market, kept up to date. `onChange` is told of each change, the first snapshot
   * included.
   */
  readonly book: (
    market: string,
    onChange?: (book: LiveBook) => void
  ) => { readonly book: LiveBook; readonly stop: Stop }
  /** Each trade once and in order, from now on or after the trade `from`. */
  readonly trades: (
    market: string,
    onTrades: (trades: ReadonlyArray<Trade>) => void,
    from?: string
  ) => Stop
  /**
   * The account as it is, and then each change once and in order; or each change after the command
   * `from`.
   */
  readonly account: (
    onMessage: (message: AccountSnapshot | AccountChange) => void,
    options?: { readonly account?: string; readonly from?: number }
  ) => Stop
  /** Ends the connection. Commands that have no answer yet reject with `Unreachable`. */
  readonly close: () => void
}

/** Opens a stream. What is asked of it waits until it is connected. */
export const openStream = (options: StreamOptions): ExchangeStream => {
  const stream = new Connecting(options)
  const methods = Object.fromEntries(
    (Object.keys(commands) as ReadonlyArray<keyof typeof commands>).map((op) => [
      op,
      (...args: ReadonlyArray<unknown>) => stream.command(commandOf(op, args))
    ])
  ) as unknown as StreamMethods
  const { account, book, close, trades } = stream
  return { ...methods, account, book, close, trades }
}

const commandOf = (op: keyof typeof commands, args: ReadonlyArray<unknown>): object => {
  const { body, key, named, options } = Arguments.split(routes[op], args)
  const under = commands[op]
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
/**
 * How long a subscription that was asked for again may stay silent before it is asked for once
 * more.
 */
const resyncMs = 3_000

interface Subscription {
  /** Fields of the subscribe message but `op`, `id` and `from`. */
  readonly fields: Readonly<Record<string, string>>
  /** Where to resume. */
  readonly from: () => string | number | undefined
  /** Forgets where to resume. */
  readonly restart: () => void
  /** False when something before the message is missing. */
  readonly take: (message: Message) => boolean
  /** Id of the last subscribe message that has no answer. */
  asked: string | undefined
  resyncAt: number
}

interface Command {
  readonly message: string
  readonly resolve: (result: never) => void
  readonly reject: (error: Problem | Unreachable) => void
}

class Connecting implements Omit<ExchangeStream, keyof StreamMethods> {
  private readonly options: StreamOptions
  private readonly subscriptions = new Set<Subscription>()
  private readonly commands = new Map<string, Command>()
  private transport: Transport | undefined
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
    transport.onopen = () => this.onOpen(transport)
    transport.onmessage = ({ data }) => this.onText(transport, String(data))
    transport.onerror = () => {}
    transport.onclose = ({ code }) => this.onClose(transport, code)
  }

  private onOpen(transport: Transport): void {
    if (transport !== this.transport) return
    this.options.onStatus?.("connected")
    const { token } = this.options
    if (token === undefined) return this.resume()
    AccessToken.current(token).then(
      (now) => {
        if (transport === this.transport)
          this.send({ op: "authenticate", id: authenticateId, token: now })
      },
      // No token now: another connection asks again.
      () => transport.close()
    )
  }

  /** Everything that is followed and everything that has no answer, again. */
  private resume(): void {
    this.ready = true
    this.failures = 0
    for (const subscription of this.subscriptions) this.subscribe(subscription)
    for (const { message } of this.commands.values()) this.transport?.send(message)
  }

  private onClose(transport: Transport, code: number): void {
    if (transport !== this.transport) return
    this.ready = false
    this.transport = undefined
    for (const subscription of this.subscriptions) subscription.asked = undefined
    this.options.onStatus?.("disconnected", code)
    if (this.closed) return
    const most = Math.min(reconnectMsMax, reconnectMsMin * 2 ** this.failures++)
    this.timer = setTimeout(() => this.connect(), most * (0.5 + Math.random() / 2))
  }

  private onText(transport: Transport, text: string): void {
    if (transport !== this.transport) return
    let message: Message
    try {
      message = JSON.parse(text) as Message
    } catch {
      // Not what this server says: start over.
      return transport.close()
    }
    switch (message.type) {
      case "answer":
        return this.onAnswer(message.id, message.result)
      case "problem":
        return this.onProblem(message.id, new Problem(message.problem))
      case "hello":
      case "closing":
        return
      default:
        for (const subscription of this.subscriptions) this.offer(subscription, message)
    }
  }

  private offer(subscription: Subscription, message: Message): void {
    if (subscription.take(message)) return
    if (Date.now() < subscription.resyncAt) return
    subscription.resyncAt = Date.now() + resyncMs
    this.send({ op: "unsubscribe", id: this.nextId(), ...subscription.fields })
    this.subscribe(subscription)
  }

  private subscribe(subscription: Subscription): void {
    if (!this.ready) return
    const from = subscription.from()
    subscription.asked = this.nextId()
    this.send({
      op: "subscribe",
      id: subscription.asked,
      ...subscription.fields,
      ...(from === undefined ? {} : { from })
    })
  }

  private onAnswer(id: string, result: unknown): void {
    if (id === authenticateId) return this.resume()
    for (const subscription of this.subscriptions) {
      if (subscription.asked === id) {
        subscription.asked = undefined
        subscription.resyncAt = 0
      }
    }
    const command = this.commands.get(id)
    this.commands.delete(id)
    command?.resolve(result as never)
  }

  private onProblem(id: string | undefined, problem: Problem): void {
    if (id === authenticateId) {
      // Who it is cannot be found out now: another connection asks again.
      if (problem.retry === "safe") return this.transport?.close()
      // A token that is not valid: what needs it is told, the rest goes on.
      return this.resume()
    }
    for (const subscription of this.subscriptions) {
      if (subscription.asked !== id || id === undefined) continue
      subscription.asked = undefined
      if (problem.code !== "ResumeTooOld") continue
      subscription.restart()
      this.subscribe(subscription)
    }
    if (id === undefined) return
    const command = this.commands.get(id)
    this.commands.delete(id)
    command?.reject(problem)
  }

  private follow(subscription: Omit<Subscription, "asked" | "resyncAt">): Stop {
    const followed: Subscription = { ...subscription, asked: undefined, resyncAt: 0 }
    this.subscriptions.add(followed)
    this.subscribe(followed)
    return () => {
      if (this.subscriptions.delete(followed) && this.ready) {
        this.send({ op: "unsubscribe", id: this.nextId(), ...followed.fields })
      }
    }
  }

  readonly book: ExchangeStream["book"] = (market, onChange) => {
    const book = new LiveBook(market)
    const stop = this.follow({
      fields: { channel: "depth", market },
      from: () => book.depthSequence,
      restart: () => {},
      take: (message) => {
        if (message.type !== "depth" && message.type !== "depthSnapshot") return true
        if (message.market !== market) return true
        if (message.type === "depthSnapshot") {
          book.snapshot(message)
          onChange?.(book)
          return true
        }
        const applied = book.delta(message)
        if (applied === "applied") onChange?.(book)
        return applied !== "gap"
      }
    })
    return { book, stop }
  }

  readonly trades: ExchangeStream["trades"] = (market, onTrades, from) => {
    let last = from === undefined ? undefined : tradeNumber(from)
    return this.follow({
      fields: { channel: "trades", market },
      from: () => (last === undefined ? undefined : `trd_${last}`),
      restart: () => {
        last = undefined
      },
      take: (message) => {
        if (message.type !== "trades" || message.market !== market) return true
        const fresh = message.trades.filter(
          ({ trade }) => last === undefined || tradeNumber(trade) > last
        )
        const first = fresh[0]
        if (first === undefined) return true
        if (last !== undefined && tradeNumber(first.trade) > last + 1) return false
        last = tradeNumber(fresh.at(-1)!.trade)
        onTrades(fresh)
        return true
      }
    })
  }

  readonly account: ExchangeStream["account"] = (onMessage, { account, from } = {}) => {
    let last = from
    let own = account
    return this.follow({
      fields: { channel: "account", ...(account === undefined ? {} : { account }) },
      from: () => last,
      restart: () => {
        last = undefined
      },
      take: (message) => {
        if (message.type !== "account" && message.type !== "accountSnapshot") return true
        own ??= message.account
        if (message.account !== own || (last !== undefined && message.sequence <= last)) return true
        if (message.type === "account" && (last === undefined || message.previous > last))
          return false
        last = message.sequence
        onMessage(message)
        return true
      }
    })
  }

  /** Sends a command and waits for its answer, over further connections if this one breaks. */
  command(fields: object): Promise<never> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Unreachable({ cause: "the stream is closed" }))
      const id = this.nextId()
      const message = JSON.stringify({ id, ...fields })
      this.commands.set(id, { message, resolve, reject })
      if (this.ready) this.transport?.send(message)
    })
  }

  private send(message: object): void {
    this.transport?.send(JSON.stringify(message))
  }

  private nextId(): string {
    return String(++this.lastId)
  }

  readonly close = (): void => {
    this.closed = true
    clearTimeout(this.timer)
    this.transport?.close()
    for (const { reject } of this.commands.values())
      reject(new Unreachable({ cause: "the stream was closed" }))
    this.commands.clear()
    this.subscriptions.clear()
  }
}

const authenticateId = "authenticate"

const tradeNumber = (trade: string): number => Number(trade.slice(4))

const platformSocket = (url: string): Transport => new WebSocket(url) as unknown as Transport
