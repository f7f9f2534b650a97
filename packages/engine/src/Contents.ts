/**
 * The contents of a state, for followers that start from a snapshot, in the terms of the events
 * they continue with.
 */
import { type Asset, Ids, type Market, Order } from "@pandora-exchange/core"
import { joined } from "./limb.ts"
import { load, named, type OpenFields, OrderRecord } from "./OrderRecord.ts"
import { type OrderExtra, trailing, untilTrigger } from "./OrderExtra.ts"
import { accountIdOf, type State } from "./State.ts"
import { trailingTicks } from "./Triggers.ts"

export interface Contents {
  /** The last command reflected by the state. */
  readonly sequence: number
  readonly assets: ReadonlyArray<Asset.Asset>
  readonly markets: ReadonlyArray<ListedMarket>
  /** Balances that are not zero. */
  readonly balances: ReadonlyArray<Balance>
  /** All open orders, by account and order id. */
  readonly orders: ReadonlyArray<OpenOrder>
}

export interface ListedMarket {
  /** With current values, and the rates of tier 0. */
  readonly market: Market.Market
  readonly depthSequence: number
  readonly lastTradeId: number
}

export interface Balance {
  readonly accountId: Ids.AccountId
  readonly assetId: Ids.AssetId
  readonly available: bigint
  readonly held: bigint
}

/** Fields as in `OrderAccepted` and `OrderWaiting`. */
export interface OpenOrder extends OpenFields {
  readonly orderId: Ids.OrderId
  readonly accountId: Ids.AccountId
  readonly marketId: Ids.MarketId
  readonly filledLots: number
  /** What self-trade prevention has taken off it. */
  readonly preventedLots: number
  /** What its fills came to, in units of quote, and the fees on them, in what it receives. */
  readonly filledQuote: bigint
  readonly fee: bigint
  /** Filled lots of which the two say nothing: the venue did not count them yet. */
  readonly uncountedLots: number
  /** What is open still, hidden lots included. */
  readonly remainingLots: number
  /** What the book shows of it: 0 of one that waits. */
  readonly shownLots: number
  /** What it waits for outside the book. */
  readonly waitsFor: Order.WaitState
  /** Empty for none. */
  readonly clientOrderId: string
}

export const contentsOf = (state: State): Contents => {
  const markets = state.markets.filter((market) => market !== undefined)
  return {
    sequence: state.sequence,
    assets: state.assets.filter((asset) => asset !== undefined),
    markets: markets.map(({ depthSequence, lastTradeId, present }) => ({
      market: present,
      depthSequence,
      lastTradeId
    })),
    balances: balancesOf(state),
    orders: ordersOf(state)
  }
}

const balancesOf = ({ accounts, assets, funds }: State): Array<Balance> => {
  const found: Array<Balance> = []
  for (let index = 1; index < accounts.count; index++) {
    for (let asset = 1; asset < assets.length; asset++) {
      const available = funds.available(index, asset)
      const held = funds.held(index, asset)
      if (available === 0n && held === 0n) continue
      found.push({
        accountId: accountIdOf(index) as Ids.AccountId,
        assetId: asset as Ids.AssetId,
        available,
        held
      })
    }
  }
  return found
}

const ordersOf = (state: State): Array<OpenOrder> => {
  const { accounts, orders } = state
  const found: Array<OpenOrder> = []
  for (let index = 1; index < accounts.count; index++) {
    for (let slot = accounts.firstOrder(index); slot !== 0; slot = orders.nextOfAccount(slot)) {
      found.push(orderAt(state, slot))
    }
  }
  return found
}

const order = new OrderRecord()

/** The open order at a slot of the pool. */
export const orderAt = ({ clientOrderIds, orders }: State, slot: number): OpenOrder => {
  load(order, orders, slot)
  const waits = orders.waits(slot)
  const preventedLots = orders.prevented(slot)
  return {
    orderId: Ids.OrderId(order.orderId),
    accountId: Ids.AccountId(accountIdOf(orders.account(slot))),
    marketId: Ids.MarketId(orders.market(slot)),
    ...named(order),
    filledLots: order.lots - orders.remaining(slot) - orders.hidden(slot) - preventedLots,
    preventedLots,
    filledQuote: joined(order.filledQuoteHigh, order.filledQuote),
    fee: joined(order.feeHigh, order.fee),
    uncountedLots: order.uncountedLots,
    remainingLots: orders.remaining(slot) + orders.hidden(slot),
    shownLots: waits ? 0 : orders.remaining(slot),
    waitsFor: waits ? Order.waits[orders.extra(slot)!.wait]! : "none",
    clientOrderId: clientOrderIds.get(order.orderId) ?? ""
  }
}

/** What an open order outside the book waits for. */
export interface Waiting {
  readonly for: Order.Wait
  /**
   * The trigger as it stands now; 0 where none does: before an order begins to trail, or for a
   * working order.
   */
  readonly triggerTicks: number
}

/** What the order at a slot waits for, unless it is in the book. */
export const waitingAt = ({ orders }: State, slot: number): Waiting | undefined => {
  const extra = orders.extra(slot)
  if (extra === undefined || !orders.waits(slot)) return undefined
  return { for: Order.waits[extra.wait]!, triggerTicks: triggerNow(orders.side(slot), extra) }
}

const triggerNow = (side: number, extra: OrderExtra): number => {
  const { extremeTicks, place, trailingOffset, trailingUnit, triggerTicks } = extra
  if (place === untilTrigger) return trailingUnit === 0 ? triggerTicks : 0
  if (place !== trailing || extremeTicks === 0) return 0
  return Math.max(0, trailingTicks(side, trailingUnit, trailingOffset, extremeTicks))
}
