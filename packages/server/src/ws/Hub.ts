/** Subscriptions: encodes each change once, and sends it to all subscribers. */
import { writerOf } from "@pandora-exchange/contract"
import * as channels from "@pandora-exchange/contract/channels"
import { Decimal, type OrderLife } from "@pandora-exchange/core"
import type { Fence } from "../Fence.ts"
import type { DepthChange } from "../feed/Books.ts"
import type { FeedBatch, FeedService } from "../feed/Feed.ts"
import type { TradeRecord } from "../feed/Orders.ts"
import { Recent } from "../feed/Recent.ts"
import { fillViews, orderView, tradeView } from "../feed/views.ts"
import { type Connection, deltaText } from "./Connection.ts"
import { textFrame } from "./frame.ts"

/** How many changes of each book and account are kept, so that a client can resume. */
const changesKept = 1_000

const writeTrades = writerOf(channels.Trades)
const writeChange = writerOf(channels.AccountChange)
const writeSnapshot = writerOf(channels.AccountSnapshot)

interface AccountChanges {
  readonly sequence: number
  readonly orders: Set<OrderLife.TrackedOrder>
  readonly assets: Set<number>
  readonly trades: Array<TradeRecord>
}

export class Hub {
  private readonly feed: FeedService
  private readonly fence: Fence
  private readonly depth = new Map<string, Set<Connection>>()
  private readonly trades = new Map<string, Set<Connection>>()
  private readonly accounts = new Map<number, Set<Connection>>()
  private readonly recentDepth = new Map<string, Recent<DepthChange>>()
  private readonly recentOfAccounts = new Map<number, Recent<AccountChanges>>()
  /** Anything before this command is unknown here. */
  private readonly begunAt: number
  private readonly snapshots = new Map<
    string,
    { readonly depthSequence: number; readonly frame: Buffer }
  >()

  constructor(feed: FeedService, fence: Fence) {
    this.feed = feed
    this.fence = fence
    this.begunAt = feed.position()
  }

  onBatch(batch: FeedBatch): void {
    for (const change of batch.depth) this.onDepth(change)
    if (batch.trades.length > 0) this.onTrades(batch.trades)
    if (batch.orders.size > 0 || batch.balances.size > 0) this.onAccounts(batch)
  }

  private onDepth(change: DepthChange): void {
    recentOf(this.recentDepth, change.market).push(change)
    const book = this.feed.books.find(change.market)!
    this.tell(
      this.depth.get(change.market),
      () => textFrame(deltaText(book, change)),
      (connection, frame) => connection.depth(book, change, frame)
    )
  }

  /** Sends to all subscribers of one thing. Those who miss it because of a bug are disconnected. */
  private tell(
    connections: ReadonlySet<Connection> | undefined,
    frameOf: () => Buffer | undefined,
    send = (connection: Connection, frame: Buffer) => connection.write(frame)
  ): void {
    if (connections === undefined || connections.size === 0) return
    const abort = () => this.fence.each(connections, (connection) => connection.abort())
    this.fence.guard({ about: {}, abort }, () => {
      const frame = frameOf()
      if (frame === undefined) return
      this.fence.each(connections, (connection) => send(connection, frame))
    })
  }

  private onTrades(trades: ReadonlyArray<TradeRecord>): void {
    for (const [market, connections] of this.trades) {
      this.tell(connections, () => {
        const marketId = this.feed.directory.find(market)!.market.marketId
        const own = trades.filter(({ event }) => event.marketId === marketId)
        return own.length === 0 ? undefined : textFrame(this.tradesText(market, own))
      })
    }
  }

  private tradesText(market: string, trades: ReadonlyArray<TradeRecord>): string {
    return writeTrades({
      type: "trades",
      market,
      trades: trades.map((trade) => tradeView(this.feed.directory, trade.event, trade))
    })
  }

  private onAccounts({ balances, orders, sequence, trades }: FeedBatch): void {
    const touched = new Map<number, AccountChanges>()
    const of = (account: number) => {
      let changes = touched.get(account)
      if (changes === undefined) {
        changes = { sequence, orders: new Set(), assets: new Set(), trades: [] }
        touched.set(account, changes)
      }
      return changes
    }
    for (const order of orders) of(order.accountId).orders.add(order)
    for (const [accountId, assets] of balances)
      for (const assetId of assets) of(accountId).assets.add(assetId)
    for (const trade of trades) {
      of(trade.event.makerAccountId).trades.push(trade)
      if (trade.event.takerAccountId !== trade.event.makerAccountId)
        of(trade.event.takerAccountId).trades.push(trade)
    }
    for (const [account, changes] of touched) {
      const recent = recentOf(this.recentOfAccounts, account)
      const previous = recent.items.at(-1)?.sequence ?? this.begunAt
      recent.push(changes)
      this.tell(this.accounts.get(account), () =>
        textFrame(this.accountText(account, previous, sequence, changes))
      )
    }
  }

  private accountText(
    account: number,
    previous: number,
    sequence: number,
    changes: Omit<AccountChanges, "sequence">
  ): string {
    const { directory } = this.feed
    return writeChange({
      type: "account",
      account,
      previous,
      sequence,
      orders: [...changes.orders].map((order) => orderView(directory, order)),
      fills: changes.trades.flatMap((trade) => fillViews(directory, trade, account)),
      balances: this.balances(account, changes.assets)
    })
  }

  /** Current balances, of these assets, or of all assets the account holds. */
  private balances(account: number, only?: ReadonlySet<number>) {
    const all = this.feed.balances.balancesOf(account)
    const nothing = [...(only ?? [])]
      .filter((assetId) => !all.some((balance) => balance.assetId === assetId))
      .map((assetId) => ({ assetId, available: 0n, held: 0n }))
    return [
      ...all.filter(({ assetId }) => only === undefined || only.has(assetId)),
      ...nothing
    ].map(({ assetId, available, held }) => {
      const { scale, symbol } = this.feed.directory.assetOf(assetId)
      return {
        asset: symbol,
        available: Decimal.format(available, scale),
        held: Decimal.format(held, scale)
      }
    })
  }

  knows(market: string): boolean {
    return this.feed.directory.find(market) !== undefined
  }

  /** Sends what the client needs to join, and each change from then on. */
  followDepth(connection: Connection, market: string, from: number | undefined): void {
    const book = this.feed.books.find(market)!
    const missed =
      from === undefined ? undefined : this.missedDepth(market, from, book.depthSequence)
    if (missed === undefined) connection.write(this.depthSnapshot(market))
    else if (missed.last >= missed.first) connection.write(textFrame(deltaText(book, missed)))
    follow(this.depth, market, connection)
  }

  /** All changes after `from` as one, or `undefined` if some are no longer kept. */
  private missedDepth(market: string, from: number, last: number): DepthChange | undefined {
    if (from > last) return undefined
    const kept = recentOf(this.recentDepth, market).items
    const missed = kept.filter((change) => change.last > from)
    if (from < last && (missed[0] === undefined || missed[0].first > from + 1)) return undefined
    const bids = new Set(missed.flatMap((change) => [...change.bids]))
    const asks = new Set(missed.flatMap((change) => [...change.asks]))
    return { market, first: from + 1, last, bids, asks }
  }

  private depthSnapshot(market: string): Buffer {
    const book = this.feed.books.find(market)!
    const { depthSequence } = book
    const made = this.snapshots.get(market)
    if (made?.depthSequence === depthSequence) return made.frame
    const levels = book.snapshot(Number.MAX_SAFE_INTEGER)
    const frame = textFrame(
      JSON.stringify({ type: "depthSnapshot", market, depthSequence, ...levels })
    )
    this.snapshots.set(market, { depthSequence, frame })
    return frame
  }

  /**
   * Whether the trades after `from` are available: all of them are kept, and `from` has happened.
   */
  tellsTradesAfter(market: string, from: number): boolean {
    const { marketId } = this.feed.directory.find(market)!.market
    const { orders } = this.feed
    return orders.firstTradeOf(marketId) <= from + 1 && from <= orders.lastTradeOf(marketId)
  }

  /** The number of the market's last trade; 0 for none. */
  lastTradeOf(market: string): number {
    return this.feed.orders.lastTradeOf(this.feed.directory.find(market)!.market.marketId)
  }

  /** Sends the trades after `from` that are kept, and each trade from then on. */
  followTrades(connection: Connection, market: string, from: number | undefined): void {
    if (from !== undefined) {
      const kept = this.feed.orders.tradesOf(this.feed.directory.find(market)!.market.marketId)
      const missed = kept.filter(({ event }) => event.tradeId > from)
      if (missed.length > 0) connection.write(textFrame(this.tradesText(market, missed)))
    }
    follow(this.trades, market, connection)
  }

  followAccount(connection: Connection, account: number, from: number | undefined): void {
    const at = this.feed.position()
    const missed = from === undefined || from > at ? undefined : this.missedOf(account, from)
    if (missed === undefined) connection.write(textFrame(this.accountSnapshot(account, at)))
    else if (missed.length > 0) {
      connection.write(textFrame(this.accountText(account, from!, at, merged(missed))))
    }
    follow(this.accounts, account, connection)
  }

  /** The changes of the account after `from`, or `undefined` if some are no longer kept. */
  private missedOf(account: number, from: number): ReadonlyArray<AccountChanges> | undefined {
    const recent = this.recentOfAccounts.get(account)
    if (from < (recent?.dropped?.sequence ?? this.begunAt)) return undefined
    return recent?.items.filter(({ sequence }) => sequence > from) ?? []
  }

  private accountSnapshot(account: number, sequence: number): string {
    const openOrders = this.feed.orders.openOf(account)
    return writeSnapshot({
      type: "accountSnapshot",
      account,
      sequence,
      balances: this.balances(account),
      openOrders: openOrders.map((order) => orderView(this.feed.directory, order))
    })
  }

  unfollow(
    connection: Connection,
    channel: "depth" | "trades" | "account",
    of: string | number
  ): void {
    if (channel === "account") return leave(this.accounts, of as number, connection)
    leave(channel === "depth" ? this.depth : this.trades, of as string, connection)
    if (channel === "depth") connection.forget(of as string)
  }
}

/** Merged into one change. Orders are shown as they are now. */
const merged = (missed: ReadonlyArray<AccountChanges>): Omit<AccountChanges, "sequence"> => ({
  orders: new Set(missed.flatMap(({ orders }) => [...orders])),
  assets: new Set(missed.flatMap(({ assets }) => [...assets])),
  trades: missed.flatMap(({ trades }) => trades)
})

const recentOf = <K, A>(all: Map<K, Recent<A>>, of: K): Recent<A> => {
  let recent = all.get(of)
  if (recent === undefined) all.set(of, (recent = new Recent(changesKept)))
  return recent
}

const follow = <K>(all: Map<K, Set<Connection>>, of: K, connection: Connection): void => {
  const connections = all.get(of)
  if (connections === undefined) all.set(of, new Set([connection]))
  else connections.add(connection)
}

const leave = <K>(all: Map<K, Set<Connection>>, of: K, connection: Connection): void => {
  const connections = all.get(of)
  connections?.delete(connection)
  if (connections?.size === 0) all.delete(of)
}
