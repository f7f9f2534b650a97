/** Open orders as they are, and the latest trades, from the journal's events. */
import type { OrderStatus } from "@pandora-exchange/client/api/Orders"
import type { Event, Order } from "@pandora-exchange/core"
import type { Contents } from "@pandora-exchange/engine"
import type { JournalEntry } from "@pandora-exchange/sdk"
import { Recent } from "./Recent.ts"

/** In ticks, lots and ledger units of the market. */
export interface OrderRecord {
  readonly orderId: number
  readonly accountId: number
  readonly marketId: number
  readonly clientOrderId: string
  readonly side: Order.Side
  readonly type: Order.OrderType
  readonly timeInForce: Order.TimeInForce
  readonly postOnly: Order.PostOnlyMode
  readonly budget: bigint
  readonly deadline: number
  readonly displayLots: number
  readonly selfTradePrevention: Order.SelfTradePrevention
  readonly listId: number
  trigger: Order.Trigger
  triggerTicks: number
  trailingUnit: Order.TrailingUnit
  trailingOffset: number
  createdAt: number
  priceTicks: number
  lots: number
  filledLots: number
  filledUnits: bigint
  fee: bigint
  status: OrderStatus
  endReason: Order.EndReason | undefined
  updatedAt: number
  sequence: number
}

/** What a snapshot does not tell of an order that has been open for some time. */
export type OrderPast = Pick<
  OrderRecord,
  "orderId" | "filledLots" | "filledUnits" | "fee" | "createdAt" | "updatedAt" | "sequence"
>

export interface TradeRecord {
  readonly event: Event.EventOf<"Trade">
  readonly time: number
  readonly sequence: number
}

export const isOpen = ({ status }: Pick<OrderRecord, "status">): boolean =>
  status === "open" || status === "partiallyFilled" || status === "waiting"

/** Trades of each market that are kept, so that a client can resume. */
export const tradesKept = 10_000

export class Orders {
  private readonly open = new Map<number, OrderRecord>()
  private readonly ofAccounts = new Map<number, Map<number, OrderRecord>>()
  private readonly trades = new Map<number, Recent<TradeRecord>>()
  /** By market, the last trade that was made before all that is known here. */
  private readonly tradedBefore: ReadonlyMap<number, number>
  private sequence = 0
  private time = 0
  private changed = new Set<OrderRecord>()
  private traded: Array<TradeRecord> = []

  constructor({ markets, orders }: Pick<Contents.Contents, "markets" | "orders">) {
    this.tradedBefore = new Map(markets.map(({ lastTradeId, market }) => [market.marketId, lastTradeId]))
    // In the order of their ids, as they would have come.
    for (const order of orders.toSorted((a, b) => a.orderId - b.orderId)) this.add(recordOf(order))
  }

  /** The orders that are open are those of `pasts`, which tell what was missing of each. False, and nothing is learnt, when they are not. */
  learnPasts(pasts: ReadonlyArray<OrderPast>): boolean {
    if (pasts.length !== this.open.size) return false
    if (pasts.some(({ filledLots, orderId }) => this.open.get(orderId)?.filledLots !== filledLots)) return false
    for (const past of pasts) Object.assign(this.open.get(past.orderId)!, past)
    return true
  }

  begin({ sequence, time }: JournalEntry): void {
    this.sequence = sequence
    this.time = time
  }

  apply(event: Event.Event): void {
    switch (event._tag) {
      case "OrderAccepted":
        return this.accept(event)
      case "Trade":
        return this.trade(event)
      case "OrderAmended": {
        const order = this.open.get(event.orderId)!
        order.priceTicks = event.priceTicks
        order.lots = event.lots
        return this.touch(order)
      }
      case "OrderWaiting": {
        const order = this.open.get(event.orderId)!
        const { trailingOffset, trailingUnit, trigger, triggerTicks } = event
        Object.assign(order, { status: "waiting", trigger, triggerTicks, trailingUnit, trailingOffset })
        return this.touch(order)
      }
      case "OrderStarted": {
        const order = this.open.get(event.orderId)!
        order.status = "open"
        return this.touch(order)
      }
      case "OrderRested": {
        // One that slid when it started has another price now.
        const order = this.open.get(event.orderId)!
        order.priceTicks = event.priceTicks
        return this.touch(order)
      }
      case "OrderEnded": {
        const order = this.open.get(event.orderId)!
        order.status = endStatuses[event.reason]
        order.endReason = event.reason
        this.open.delete(order.orderId)
        this.ofAccounts.get(order.accountId)!.delete(order.orderId)
        return this.touch(order)
      }
    }
  }

  private accept(event: Event.EventOf<"OrderAccepted">): void {
    const { sequence, time } = this
    const order: OrderRecord = {
      orderId: event.orderId,
      accountId: event.accountId,
      marketId: event.marketId,
      clientOrderId: event.clientOrderId,
      side: event.side,
      type: event.type,
      timeInForce: event.timeInForce,
      postOnly: event.postOnly,
      budget: event.budget,
      deadline: event.deadline,
      displayLots: event.displayLots,
      selfTradePrevention: event.selfTradePrevention,
      listId: event.listId,
      trigger: "none",
      triggerTicks: 0,
      trailingUnit: "none",
      trailingOffset: 0,
      createdAt: time,
      priceTicks: event.priceTicks,
      lots: event.lots,
      filledLots: 0,
      filledUnits: 0n,
      fee: 0n,
      status: "open",
      endReason: undefined,
      updatedAt: time,
      sequence
    }
    this.add(order)
    this.changed.add(order)
  }

  private add(order: OrderRecord): void {
    this.open.set(order.orderId, order)
    const ofAccount = this.ofAccounts.get(order.accountId)
    if (ofAccount === undefined) this.ofAccounts.set(order.accountId, new Map([[order.orderId, order]]))
    else ofAccount.set(order.orderId, order)
  }

  private trade(event: Event.EventOf<"Trade">): void {
    const record = { event, time: this.time, sequence: this.sequence }
    this.traded.push(record)
    let ofMarket = this.trades.get(event.marketId)
    if (ofMarket === undefined) this.trades.set(event.marketId, (ofMarket = new Recent(tradesKept)))
    ofMarket.push(record)
    this.fill(event.makerOrderId, event, event.makerFee)
    this.fill(event.takerOrderId, event, event.takerFee)
  }

  private fill(orderId: number, { lots, quoteUnits }: Event.EventOf<"Trade">, fee: bigint): void {
    const order = this.open.get(orderId)!
    order.filledLots += lots
    order.filledUnits += quoteUnits
    order.fee += fee
    order.status = "partiallyFilled"
    this.touch(order)
  }

  private touch(order: OrderRecord): void {
    order.updatedAt = this.time
    order.sequence = this.sequence
    this.changed.add(order)
  }

  /** The orders that have changed, and the trades that were made, since it was asked last. */
  takeChanges(): { readonly orders: ReadonlySet<OrderRecord>; readonly trades: ReadonlyArray<TradeRecord> } {
    const { changed, traded } = this
    if (changed.size > 0) this.changed = new Set()
    if (traded.length > 0) this.traded = []
    return { orders: changed, trades: traded }
  }

  /** The open orders of an account, in the order of their ids. */
  openOf(accountId: number): ReadonlyArray<OrderRecord> {
    return [...(this.ofAccounts.get(accountId)?.values() ?? [])]
  }

  /** The latest trades of a market, oldest first. */
  tradesOf(marketId: number): ReadonlyArray<TradeRecord> {
    return this.trades.get(marketId)?.items ?? []
  }

  /** The id of the oldest trade that is known here, or of the next one where none is. */
  firstTradeOf(marketId: number): number {
    return this.tradesOf(marketId)[0]?.event.tradeId ?? (this.tradedBefore.get(marketId) ?? 0) + 1
  }
}

/** The order's past is not known here. */
const recordOf = ({ shownLots: _, waits, ...order }: Contents.OpenOrder): OrderRecord => ({
  ...order,
  budget: 0n,
  status: waits ? "waiting" : order.filledLots === 0 ? "open" : "partiallyFilled",
  endReason: undefined,
  filledUnits: 0n,
  fee: 0n,
  createdAt: 0,
  updatedAt: 0,
  sequence: 0
})

/** What the API calls the end of an order. */
export const endStatuses: Readonly<Record<Order.EndReason, OrderStatus>> = {
  filled: "filled",
  remainder: "filled",
  cancelled: "cancelled",
  cancelAfter: "cancelled",
  deadline: "expired",
  unfilled: "expired",
  selfTrade: "expired",
  priceRange: "expired",
  otherLeg: "expired",
  unfunded: "expired",
  wouldCross: "expired",
  notTrading: "expired",
  levelFull: "expired",
  tooLarge: "expired"
}
