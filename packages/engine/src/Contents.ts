/** What stands in a state, for followers that begin with a snapshot: in the words of the events that they go on with. */
import type { Asset, Ids, Market, Order } from "@pandora-exchange/core"
import { sell } from "./OrderPool.ts"
import { accountIdOf, type MarketState, type State } from "./State.ts"

export interface Contents {
  /** The last command that the state reflects. */
  readonly sequence: number
  readonly assets: ReadonlyArray<Asset.Asset>
  readonly markets: ReadonlyArray<ListedMarket>
  /** Where there is something. */
  readonly balances: ReadonlyArray<Balance>
  /** Market by market and side by side, the best price first, at each price the oldest first. */
  readonly orders: ReadonlyArray<RestingOrder>
}

export interface ListedMarket {
  /** Its terms. */
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

export interface RestingOrder {
  readonly orderId: Ids.OrderId
  readonly accountId: Ids.AccountId
  readonly marketId: Ids.MarketId
  readonly side: Order.Side
  readonly priceTicks: number
  readonly lots: number
  readonly remainingLots: number
  readonly postOnly: boolean
  readonly timeInForce: "GTC" | "GTD"
  /** 0 for none. */
  readonly deadline: number
  /** Empty for none. */
  readonly clientOrderId: string
}

export const contentsOf = (state: State): Contents => {
  const markets = state.markets.filter((market) => market !== undefined)
  return {
    sequence: state.sequence,
    assets: state.assets.filter((asset) => asset !== undefined),
    markets: markets.map(({ depthSequence, lastTradeId, market }) => ({ market, depthSequence, lastTradeId })),
    balances: balancesOf(state),
    orders: markets.flatMap((market) => ordersOf(state, market))
  }
}

const balancesOf = ({ accounts, assets, balances }: State): Array<Balance> => {
  const found: Array<Balance> = []
  for (let index = 1; index < accounts.count; index++) {
    for (let asset = 1; asset < assets.length; asset++) {
      const available = balances.available(asset, index)
      const held = balances.held(asset, index)
      if (available === 0n && held === 0n) continue
      found.push({ accountId: accountIdOf(index) as Ids.AccountId, assetId: asset as Ids.AssetId, available, held })
    }
  }
  return found
}

const ordersOf = ({ clientOrderIds, levels, orders }: State, { book, market }: MarketState): Array<RestingOrder> => {
  const found: Array<RestingOrder> = []
  for (const side of [book.bids, book.asks]) {
    for (let level = side.best; level !== 0; level = side.after(level)) {
      for (let slot = levels.first(level); slot !== 0; slot = orders.next(slot)) {
        found.push({
          orderId: orders.id(slot) as Ids.OrderId,
          accountId: accountIdOf(orders.account(slot)) as Ids.AccountId,
          marketId: market.marketId,
          side: side.side === sell ? "sell" : "buy",
          priceTicks: orders.price(slot),
          lots: orders.lots(slot),
          remainingLots: orders.remaining(slot),
          postOnly: orders.postOnly(slot),
          timeInForce: orders.gtd(slot) ? "GTD" : "GTC",
          deadline: orders.gtd(slot) ? orders.deadline(slot) : 0,
          clientOrderId: clientOrderIds.get(orders.id(slot)) ?? ""
        })
      }
    }
  }
  return found
}
