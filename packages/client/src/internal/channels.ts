/**
 * What a stream follows. Each channel is a single subscription shared by all its followers, and
 * knows where to resume after a disconnection. Later followers begin with what the channel already
 * has.
 */
import type {
  AccountChange,
  AccountSnapshot,
  Balance,
  Message,
  Order,
  Trade
} from "@pandora-exchange/contract/wire"
import { type Applied, LiveBook } from "../LiveBook.ts"
import type { Problem } from "../Problem.ts"

export interface Follower {
  readonly onProblem: (problem: Problem) => void
}

/** The answer to a subscribe message. */
export interface Accepted {
  readonly last?: string
}

/** The fields of a subscribe message that say where to begin. */
export interface Beginning {
  readonly from?: string | number
  readonly oldest?: true
}

export abstract class Channel<F extends Follower = Follower> {
  /** What identifies it in messages to the server. */
  readonly fields: Readonly<Record<string, string>>
  readonly followers = new Set<F>()
  /** The id of the pending subscribe message. */
  asked: string | undefined
  /** The subscription was accepted on this connection and has not ended. */
  isLive = false
  /** It is not requested again before this time. */
  resyncAt = 0

  constructor(fields: Readonly<Record<string, string>>) {
    this.fields = fields
  }

  /** Where a subscription has to begin so that the followers miss nothing. */
  abstract begin(): Beginning
  /** The server resumes where `begin` said. */
  onAccepted(_: Accepted): void {}
  /** Takes a message of this channel. Returns false if an earlier one is missing. */
  abstract take(message: Message): boolean
  /**
   * The next subscription starts afresh: the server no longer has what `begin` asked for, or a
   * different run counts anew. A different journal is a different history.
   */
  abstract restart(isOtherJournal: boolean): void
  /**
   * Shows the current state to a new follower. Returns true if that requires another subscription.
   */
  onJoin(_: F): boolean {
    return false
  }

  get isAsked(): boolean {
    return this.isLive || this.asked !== undefined
  }

  end(): void {
    this.asked = undefined
    this.isLive = false
  }

  tell(message: (follower: F) => void): void {
    // Followers that join in the meantime are shown the current state.
    for (const follower of Array.from(this.followers))
      if (this.followers.has(follower)) calling(() => message(follower))
  }

  /** Calls one follower after the current work, unless it has stopped by then. */
  protected tellSoon(follower: F, message: () => void): void {
    queueMicrotask(() => {
      if (this.followers.has(follower)) calling(message)
    })
  }
}

/** A follower that throws does not affect the others. */
const calling = (f: () => void): void => {
  try {
    f()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

export interface BookFollower extends Follower {
  readonly onChange: ((book: LiveBook) => void) | undefined
}

export class BookChannel extends Channel<BookFollower> {
  readonly book: LiveBook
  /** The book's sequence is from this run. */
  private isOfRun = false

  constructor(market: string) {
    super({ channel: "depth", market })
    this.book = new LiveBook(market)
  }

  begin(): Beginning {
    return this.isOfRun ? { from: this.book.depthSequence! } : {}
  }

  take(message: Message): boolean {
    const applied = this.apply(message)
    if (applied === "applied") this.tell(({ onChange }) => onChange?.(this.book))
    return applied !== "gap"
  }

  private apply(message: Message): Applied {
    if (message.type === "depthSnapshot") {
      this.book.snapshot(message)
      this.isOfRun = true
      return "applied"
    }
    if (message.type !== "depth") return "old"
    return this.isOfRun ? this.book.delta(message) : "gap"
  }

  restart(): void {
    this.isOfRun = false
  }

  override onJoin(follower: BookFollower): boolean {
    if (this.isOfRun) this.tellSoon(follower, () => follower.onChange?.(this.book))
    return false
  }
}

export interface TradesFollower extends Follower {
  readonly onTrades: (trades: ReadonlyArray<Trade>) => void
  /**
   * The number of the last trade received; 0 for none. `undefined`: whichever is last when the
   * subscription begins.
   */
  position: number | undefined
}

export class TradesChannel extends Channel<TradesFollower> {
  /** Where the most recently requested subscription begins. */
  private beginning: Beginning = {}
  /** The next subscription begins with everything the server keeps. */
  private anew = false
  /** The number after which the next message continues; `undefined` if unknown. */
  private last: number | undefined
  /** The newest trade reported to any follower. */
  private newest: Trade | undefined
  /** The number of the market's last trade, as far as it was followed. */
  private lastOfMarket: number | undefined

  constructor(market: string) {
    super({ channel: "trades", market })
  }

  begin(): Beginning {
    const positions = [...this.followers].flatMap(({ position }) => position ?? [])
    const least = Math.min(...positions)
    this.beginning =
      positions.length === 0
        ? {}
        : this.anew || least === 0
          ? { oldest: true }
          : { from: `trd_${least}` }
    return this.beginning
  }

  override onAccepted({ last }: Accepted): void {
    const { from, oldest } = this.beginning
    const lastOfMarket = last === undefined ? 0 : tradeNumber(last)
    this.anew = false
    this.lastOfMarket = lastOfMarket
    this.last =
      oldest === true ? undefined : from === undefined ? lastOfMarket : tradeNumber(String(from))
    if (this.newest !== undefined && tradeNumber(this.newest.trade) > lastOfMarket)
      this.newest = undefined
    // A position the market has not reached belongs to another history.
    for (const follower of this.followers) {
      follower.position ??= lastOfMarket
      if (follower.position > lastOfMarket) follower.position = 0
    }
  }

  take(message: Message): boolean {
    if (message.type !== "trades") return true
    const first = message.trades[0]
    const newest = message.trades.at(-1)
    if (first === undefined || newest === undefined) return true
    if (this.last !== undefined && tradeNumber(first.trade) > this.last + 1) return false
    if (this.contradicts(message.trades)) this.forget()
    const end = tradeNumber(newest.trade)
    if (end > (this.last ?? 0)) {
      this.last = end
      this.newest = newest
      this.lastOfMarket = Math.max(this.lastOfMarket ?? 0, end)
    }
    this.tell((follower) => {
      const { position = 0 } = follower
      const fresh = message.trades.filter(({ trade }) => tradeNumber(trade) > position)
      if (fresh.length === 0) return
      follower.position = end
      follower.onTrades(fresh)
    })
    return true
  }

  /** A different trade has the number of the last one reported: the server was restored. */
  private contradicts(trades: ReadonlyArray<Trade>): boolean {
    const { newest } = this
    const again = newest && trades.find(({ trade }) => trade === newest.trade)
    return (
      again !== undefined && (again.time !== newest!.time || again.sequence !== newest!.sequence)
    )
  }

  /** The followers have another history: everything reported is new to them. */
  private forget(): void {
    this.newest = undefined
    for (const follower of this.followers)
      if (follower.position !== undefined) follower.position = 0
  }

  restart(isOtherJournal: boolean): void {
    this.anew = true
    if (isOtherJournal) this.forget()
  }

  override onJoin(follower: TradesFollower): boolean {
    follower.position ??= this.lastOfMarket
    return follower.position !== this.lastOfMarket
  }
}

/** The number in `trd_NUMBER`. */
export const tradeNumber = (trade: string): number => Number(trade.slice(4))

export interface AccountFollower extends Follower {
  readonly onMessage: (message: AccountSnapshot | AccountChange) => void
  /** The requested account; `undefined`: the caller's main account. */
  readonly account: string | undefined
  /** Whether a snapshot has arrived. */
  hasBegun: boolean
}

export class AccountChannel extends Channel<AccountFollower> {
  private account: LiveAccount | undefined
  /** Accepted, and nothing has arrived since. */
  private isNew = false

  constructor(account: string | undefined) {
    super({ channel: "account", ...(account === undefined ? {} : { account }) })
  }

  begin(): Beginning {
    return this.account === undefined ? {} : { from: this.account.sequence }
  }

  override onAccepted(): void {
    this.isNew = true
  }

  take(message: Message): boolean {
    if (message.type === "accountSnapshot") {
      const isOld = this.account !== undefined && message.sequence <= this.account.sequence
      if (isOld && !this.isNew) return true
      this.account = new LiveAccount(message)
    } else if (message.type === "account") {
      if (this.account === undefined || message.previous > this.account.sequence) return false
      if (message.sequence <= this.account.sequence) return true
      this.account.change(message)
    } else {
      return true
    }
    this.isNew = false
    this.tell((follower) => {
      if (message.type === "accountSnapshot") follower.hasBegun = true
      if (follower.hasBegun) follower.onMessage(message)
    })
    return true
  }

  restart(): void {
    this.account = undefined
  }

  override onJoin(follower: AccountFollower): boolean {
    this.tellSoon(follower, () => {
      if (follower.hasBegun || this.account === undefined) return
      follower.hasBegun = true
      follower.onMessage(this.account.snapshot())
    })
    return false
  }
}

/** An account as of its latest message, for followers that join later. */
class LiveAccount {
  sequence: number
  private readonly account: string
  private readonly balances: Map<string, Balance>
  private readonly orders: Map<string, Order>

  constructor({ account, balances, openOrders, sequence }: AccountSnapshot) {
    this.account = account
    this.sequence = sequence
    this.balances = new Map(balances.map((balance) => [balance.asset, balance]))
    this.orders = new Map(openOrders.map((order) => [order.order, order]))
  }

  change({ balances, orders, sequence }: AccountChange): void {
    this.sequence = sequence
    for (const balance of balances) this.balances.set(balance.asset, balance)
    for (const order of orders) {
      if (isOpen(order)) this.orders.set(order.order, order)
      else this.orders.delete(order.order)
    }
  }

  snapshot(): AccountSnapshot {
    const { account, balances, orders, sequence } = this
    return {
      type: "accountSnapshot",
      account,
      sequence,
      balances: [...balances.values()],
      openOrders: [...orders.values()]
    }
  }
}

const isOpen = ({ status }: Order): boolean =>
  status === "waiting" || status === "open" || status === "partiallyFilled"
