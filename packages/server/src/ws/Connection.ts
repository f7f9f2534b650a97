/** One client's socket: how much may wait for it, and what is merged while it is behind. */
import { closeCodes } from "@pandora-exchange/contract/channels"
import type { NodeWS } from "@effect/platform-node"
import type { Redacted } from "effect"
import type { Socket } from "node:net"
import type { Book, DepthChange } from "../feed/Books.ts"
import type { Principal } from "../Authentication.ts"
import type { Fence, Fenced } from "../Fence.ts"
import { textFrame } from "./frame.ts"

export interface Bounds {
  /** How many bytes may wait for a client before its depth is merged. */
  readonly mergeBytes: number
  /** How many may wait before it is too slow for data that cannot be merged. */
  readonly budgetBytes: number
  /** How long a closed connection gets to read its close code. */
  readonly closeGraceMs: number
}

/** Changes of a book that a client has not been sent yet. */
interface Pending {
  readonly book: Book
  first: number
  readonly bids: Set<number>
  readonly asks: Set<number>
}

export class Connection implements Fenced {
  readonly socket: NodeWS.WebSocket
  readonly tcp: Socket
  readonly address: string
  readonly openedAt = Date.now()
  /** By `channel:of`, how to end each subscription. */
  readonly subscriptions = new Map<string, () => void>()
  principal: Principal | undefined
  token: Redacted.Redacted | undefined
  /** Commands without an answer. */
  inFlight = 0
  /** Whether anything arrived since the last ping. */
  alive = true
  /** When it fell behind. */
  behindSince: number | undefined
  /** Messages it may still send in this second. */
  allowance = 0
  private readonly pending = new Map<string, Pending>()
  private corked = false
  private closing = false

  private readonly bounds: Bounds
  private readonly onEnd: (connection: Connection) => void

  constructor(options: {
    readonly socket: NodeWS.WebSocket
    readonly tcp: Socket
    readonly address: string
    readonly bounds: Bounds
    readonly fence: Fence
    /** Called once, when it is closed by either side. */
    readonly onEnd: (connection: Connection) => void
  }) {
    const { address, bounds, fence, onEnd, socket, tcp } = options
    this.socket = socket
    this.tcp = tcp
    this.address = address
    this.bounds = bounds
    this.onEnd = onEnd
    socket.on("close", () => fence.guard(this, () => this.end()))
    tcp.on("drain", () => fence.guard(this, () => this.flush()))
  }

  get about() {
    return this.principal === undefined ? {} : { userId: this.principal.userId }
  }

  abort(): void {
    this.close(closeCodes.internal, "internal error")
  }

  get isOpen(): boolean {
    return !this.closing && this.socket.readyState === 1
  }

  /** Data that cannot be merged or omitted. */
  write(frame: Buffer): void {
    if (!this.isOpen) return
    if (this.tcp.writableLength > this.bounds.budgetBytes)
      return this.close(closeCodes.slow, "slow reader")
    this.tcp.write(frame)
  }

  send(message: object): void {
    this.text(JSON.stringify(message))
  }

  /** An answer whose result is already JSON. */
  answer(id: string, result: string): void {
    this.text(`{"type":"answer","id":${JSON.stringify(id)},"result":${result}}`)
  }

  /** Like `write`, for many small messages: those of one turn are sent together. */
  private text(message: string): void {
    if (!this.isOpen) return
    if (!this.corked) {
      this.corked = true
      this.tcp.cork()
      setImmediate(() => {
        this.corked = false
        this.tcp.uncork()
      })
    }
    this.write(textFrame(message))
  }

  /** A change of a book: sent as the frame if the client keeps up, merged with others if not. */
  depth(book: Book, change: DepthChange, frame: Buffer): void {
    const pending = this.pending.get(change.market)
    if (pending === undefined && this.tcp.writableLength <= this.bounds.mergeBytes) {
      if (this.isOpen) this.tcp.write(frame)
      return
    }
    this.behindSince ??= Date.now()
    if (pending === undefined) {
      const { asks, bids, first } = change
      this.pending.set(change.market, { book, first, bids: new Set(bids), asks: new Set(asks) })
      return
    }
    for (const ticks of change.bids) pending.bids.add(ticks)
    for (const ticks of change.asks) pending.asks.add(ticks)
  }

  /** Stops sending this book. */
  forget(market: string): void {
    this.pending.delete(market)
  }

  private flush(): void {
    this.behindSince = undefined
    for (const [market, { asks, bids, book, first }] of this.pending) {
      this.pending.delete(market)
      this.write(
        textFrame(deltaText(book, { market, first, last: book.depthSequence, bids, asks }))
      )
    }
  }

  close(code: number, reason: string): void {
    if (this.closing) return
    this.socket.close(code, reason)
    setTimeout(() => this.socket.terminate(), this.bounds.closeGraceMs).unref()
    this.end()
  }

  private end(): void {
    if (this.closing) return
    this.closing = true
    this.pending.clear()
    this.onEnd(this)
  }
}

/** The current quantities of the change's levels. */
export const deltaText = (book: Book, { asks, bids, first, last, market }: DepthChange): string =>
  JSON.stringify({
    type: "depth",
    market,
    first,
    last,
    bids: book.levelsAt("bids", bids),
    asks: book.levelsAt("asks", asks)
  })
