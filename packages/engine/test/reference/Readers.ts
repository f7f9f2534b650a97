/** What the invariants need to see of a venue, whether the reference or the engine. */
import type { Account, Ids, Market, Order } from "@pandora-exchange/core"

export interface Balance {
  readonly accountId: Ids.AccountId
  readonly assetId: Ids.AssetId
  readonly available: bigint
  readonly held: bigint
}

export interface OpenOrder {
  readonly orderId: Ids.OrderId
  readonly accountId: Ids.AccountId
  readonly marketId: Ids.MarketId
  readonly side: Order.Side
  readonly priceTicks: number
  readonly lots: number
  readonly filledLots: number
  /** The part neither filled nor prevented. */
  readonly remainingLots: number
  /** What the book shows of it; 0 when it is not in the book. */
  readonly shownLots: number
  readonly credential: number
  readonly preventedLots: number
  /** Sum of quote over its trades, and of its fees. */
  readonly filledQuote: bigint
  readonly fee: bigint
  readonly held: bigint
}

export interface HoldView {
  readonly holdId: Ids.HoldId
  readonly accountId: Ids.AccountId
  readonly assetId: Ids.AssetId
  readonly amount: bigint
  readonly reference: string
}

export interface Totals {
  readonly sequence: number
  readonly assets: number
  readonly markets: number
  readonly accountsOpened: number
  readonly openOrders: number
  readonly ordersAccepted: number
  readonly holds: number
  readonly keys: number
  readonly sources: number
  readonly trades: number
}

export interface Readers {
  readonly accounts: () => ReadonlyArray<{
    readonly accountId: Ids.AccountId
    readonly kind: Account.AccountKind
  }>
  readonly markets: () => ReadonlyArray<
    Pick<
      Market.Market,
      "marketId" | "baseAssetId" | "quoteAssetId" | "lotUnits" | "quotePerTickLot"
    >
  >
  readonly balances: () => ReadonlyArray<Balance>
  readonly openOrders: () => ReadonlyArray<OpenOrder>
  readonly holds: () => ReadonlyArray<HoldView>
}
