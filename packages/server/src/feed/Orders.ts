/** Open orders, and the latest trades, from the journal's events. */
import { type Batch, Contradiction, type Event, OrderLife } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"
import { Recent } from "./Recent.ts"

/** What a snapshot lacks about an order that has been open for some time. */
export type OrderPast = Pick<
  OrderLife.TrackedOrder,
  "orderId" | "filledLots" | "filledQuote" | "fee" | "createdAt" | "updatedAt" | "sequence"
>

export interface TradeRecord {
  readonly event: Event.EventOf<"Trade">
  readonly time: number
  readonly sequence: number
}

/** How many trades of each market are kept, so that a client can resume. */
export const tradesKept = 10_000

export class Orders implements OrderLife.OrderKeeper {
  private readonly open = new Map<number, OrderLife.TrackedOrder>()
  private readonly ofAccounts = new Map<number, Map<number, OrderLife.TrackedOrder>>()
  private readonly trades = new Map<number, Recent<TradeRecord>>()
  /** By market, the last trade before everything that is known here. */
  private readonly tradedBefore: ReadonlyMap<number, number>
  private sequence = 0
  private time = 0
  private touched = new Set<OrderLife.TrackedOrder>()
  private traded: Array<TradeRecord> = []

  constructor({ markets, orders }: Pick<Contents.Contents, "markets" | "orders">) {
    this.tradedBefore = new Map(
      markets.map(({ lastTradeId, market }) => [market.marketId, lastTradeId])
    )
    // In the order of their ids, as they would have arrived.
    for (const order of orders.toSorted((a, b) => a.orderId - b.orderId)) this.add(recordOf(order))
  }

  /**
   * Adds what was missing about each open order. Returns false, without learning anything, unless
   * the orders in `pasts` are exactly the open ones.
   */
  learnPasts(pasts: ReadonlyArray<OrderPast>): boolean {
    if (pasts.length !== this.open.size) return false
    if (pasts.some(({ filledLots, orderId }) => this.open.get(orderId)?.filledLots !== filledLots))
      return false
    for (const past of pasts) Object.assign(this.open.get(past.orderId)!, past)
    return true
  }

  begin({ sequence, time }: Batch.SequencedEvents): void {
    this.sequence = sequence
    this.time = time
  }

  apply(event: Event.Event): void {
    OrderLife.read(event, this)
    if (event._tag === "Trade") this.trade(event)
    else if (event._tag === "OrderEnded") {
      this.open.delete(event.orderId)
      this.ofAccounts.get(event.accountId)!.delete(event.orderId)
    }
  }

  accepted(event: Event.EventOf<"OrderAccepted">): void {
    const { sequence, time } = this
    const order = {
      ...OrderLife.accepted(event),
      createdAt: time,
      updatedAt: time,
      sequence
    }
    this.add(order)
    this.touched.add(order)
  }

  changed(orderId: number): OrderLife.TrackedOrder {
    const order = this.kept(orderId)
    order.updatedAt = this.time
    order.sequence = this.sequence
    this.touched.add(order)
    return order
  }

  kept(orderId: number): OrderLife.TrackedOrder {
    const order = this.open.get(orderId)
    if (order === undefined)
      throw new Contradiction.Contradiction(`order ${orderId} is named and not open`)
    return order
  }

  private add(order: OrderLife.TrackedOrder): void {
    this.open.set(order.orderId, order)
    const ofAccount = this.ofAccounts.get(order.accountId)
    if (ofAccount === undefined)
      this.ofAccounts.set(order.accountId, new Map([[order.orderId, order]]))
    else ofAccount.set(order.orderId, order)
  }

  private trade(event: Event.EventOf<"Trade">): void {
    const record = { event, time: this.time, sequence: this.sequence }
    this.traded.push(record)
    let ofMarket = this.trades.get(event.marketId)
    if (ofMarket === undefined) this.trades.set(event.marketId, (ofMarket = new Recent(tradesKept)))
    ofMarket.push(record)
  }

  /** The orders that have changed, and the trades made, since the last call. */
  takeChanges(): {
    readonly orders: ReadonlySet<OrderLife.TrackedOrder>
    readonly trades: ReadonlyArray<TradeRecord>
  } {
    const { touched, traded } = this
    if (touched.size > 0) this.touched = new Set()
    if (traded.length > 0) this.traded = []
    return { orders: touched, trades: traded }
  }

  /** The open orders of an account, ordered by id. */
  openOf(accountId: number): ReadonlyArray<OrderLife.TrackedOrder> {
    return [...(this.ofAccounts.get(accountId)?.values() ?? [])]
  }

  /** The latest trades of a market, oldest first. */
  tradesOf(marketId: number): ReadonlyArray<TradeRecord> {
    return this.trades.get(marketId)?.items ?? []
  }

  /** The id of the market's last trade; 0 for none. */
  lastTradeOf(marketId: number): number {
    return this.tradesOf(marketId).at(-1)?.event.tradeId ?? this.tradedBefore.get(marketId) ?? 0
  }

  /** The id of the oldest trade known here, or of the next one if there is none. */
  firstTradeOf(marketId: number): number {
    return this.tradesOf(marketId)[0]?.event.tradeId ?? (this.tradedBefore.get(marketId) ?? 0) + 1
  }
}

/** The order's past is not known here. */
const recordOf = ({
  shownLots: _,
  uncountedLots: __,
  ...order
}: Contents.OpenOrder): OrderLife.TrackedOrder => ({
  ...order,
  budget: 0n,
  endedLots: 0,
  endReason: undefined,
  createdAt: 0,
  updatedAt: 0,
  sequence: 0
})
