/** Orders, trades and fills as they became, from the journal's events alone. */
import type { OrderStatus } from "@pandora-exchange/client/api/Orders"
import { Account, type Event, type Order } from "@pandora-exchange/core"
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
  readonly postOnly: boolean
  readonly budget: bigint
  readonly deadline: number
  readonly createdAt: number
  priceTicks: number
  lots: number
  filledLots: number
  filledUnits: bigint
  fee: bigint
  status: OrderStatus
  updatedAt: number
  sequence: number
}

export interface TradeRecord {
  readonly event: Event.EventOf<"Trade">
  readonly time: number
  readonly sequence: number
}

export const isOpen = ({ status }: OrderRecord): boolean => status === "open" || status === "partiallyFilled"

export class Records {
  private readonly openOrders = new Map<number, OrderRecord>()
  private readonly orders = new Map<number, Recent<OrderRecord>>()
  private readonly fills = new Map<number, Recent<TradeRecord>>()
  private readonly trades = new Map<number, Recent<TradeRecord>>()
  private readonly keptPerAccount: number
  private readonly keptPerMarket: number
  private sequence = 0
  private time = 0
  /** The orders that the last command changed, and its trades. */
  changed = new Set<OrderRecord>()
  traded: Array<TradeRecord> = []

  constructor(options: { readonly keptPerAccount: number; readonly keptPerMarket: number }) {
    this.keptPerAccount = options.keptPerAccount
    this.keptPerMarket = options.keptPerMarket
  }

  begin({ sequence, time }: JournalEntry): void {
    this.sequence = sequence
    this.time = time
    this.changed = new Set()
    this.traded = []
  }

  apply(event: Event.Event): void {
    switch (event._tag) {
      case "OrderAccepted":
        return this.accept(event)
      case "Trade":
        return this.trade(event)
      case "OrderAmended": {
        const order = this.openOrders.get(event.orderId)!
        order.priceTicks = event.priceTicks
        order.lots = event.lots
        return this.touch(order)
      }
      case "OrderEnded": {
        const order = this.openOrders.get(event.orderId)!
        order.status = endStatuses[event.reason]
        this.openOrders.delete(event.orderId)
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
      createdAt: time,
      priceTicks: event.priceTicks,
      lots: event.lots,
      filledLots: 0,
      filledUnits: 0n,
      fee: 0n,
      status: "open",
      updatedAt: time,
      sequence
    }
    this.openOrders.set(order.orderId, order)
    this.ordersOf(order.accountId).push(order)
    this.changed.add(order)
  }

  private trade(event: Event.EventOf<"Trade">): void {
    const record = { event, time: this.time, sequence: this.sequence }
    this.traded.push(record)
    recentOf(this.trades, event.marketId, this.keptPerMarket).push(record)
    this.fill(event.makerOrderId, event, event.makerFee)
    this.fill(event.takerOrderId, event, event.takerFee)
    if (event.makerAccountId >= Account.firstAccountId) this.fillsOf(event.makerAccountId).push(record)
    // Someone who traded with themselves has both sides in one record.
    if (event.takerAccountId >= Account.firstAccountId && event.takerAccountId !== event.makerAccountId) {
      this.fillsOf(event.takerAccountId).push(record)
    }
  }

  private fill(orderId: number, { lots, quoteUnits }: Event.EventOf<"Trade">, fee: bigint): void {
    const order = this.openOrders.get(orderId)!
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

  /** In the order of their ids. Every open one is there. */
  ordersOf(accountId: number): Recent<OrderRecord> {
    return recentOf(this.orders, accountId, this.keptPerAccount, isOpen)
  }

  fillsOf(accountId: number): Recent<TradeRecord> {
    return recentOf(this.fills, accountId, this.keptPerAccount)
  }

  tradesOf(marketId: number): Recent<TradeRecord> {
    return recentOf(this.trades, marketId, this.keptPerMarket)
  }
}

const endStatuses: Readonly<Record<Order.EndReason, OrderStatus>> = {
  filled: "filled",
  remainder: "filled",
  cancelled: "cancelled",
  deadline: "expired",
  unfilled: "expired"
}

const recentOf = <A>(all: Map<number, Recent<A>>, of: number, max: number, keep?: (item: A) => boolean): Recent<A> => {
  let found = all.get(of)
  if (found === undefined) all.set(of, (found = new Recent(max, keep)))
  return found
}
