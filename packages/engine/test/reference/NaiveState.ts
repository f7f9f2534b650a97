/** All that the reference venue knows, in plain arrays and maps, and the only functions that move money. */
import {
  Account,
  type Asset,
  type Command,
  type Event,
  type Ids,
  type Market,
  type Order
} from "@pandora-exchange/core"
import type { Limits } from "../../src/Limits.ts"

export interface NaiveAccount {
  readonly accountId: Ids.AccountId
  readonly kind: Account.AccountKind
  readonly reference: string
}

export interface NaiveMarket extends Omit<Market.Market, "status" | "makerRate" | "takerRate"> {
  status: Market.MarketStatus
  makerRate: number
  takerRate: number
  tradesMade: number
  depthSequence: number
  /** Last price of each source. */
  readonly prices: Map<string, number>
}

export interface NaiveOrder {
  readonly orderId: Ids.OrderId
  readonly accountId: Ids.AccountId
  readonly marketId: Ids.MarketId
  readonly side: Order.Side
  readonly type: Order.OrderType
  readonly timeInForce: Order.TimeInForce
  readonly postOnly: boolean
  readonly budget: bigint
  readonly deadline: number
  readonly clientOrderId: string
  readonly makerRate: number
  readonly takerRate: number
  /** The limit; 0 for market orders. */
  priceTicks: number
  /** Ordered in total, filled included. */
  lots: number
  filledLots: number
  /** Held for it now: quote for a buy, base for a sell. */
  held: bigint
  /** Sum over its fills of (received x rate of that fill). */
  feeTimesScale: bigint
  feePaid: bigint
  /** Its place among those at its price: the smaller came first. Only orders in the book have one that counts. */
  arrival: number
}

export interface NaiveHold {
  readonly holdId: Ids.HoldId
  readonly accountId: Ids.AccountId
  readonly assetId: Ids.AssetId
  readonly amount: bigint
}

export interface NaiveBalance {
  available: bigint
  held: bigint
}

/** A key that is remembered. */
export interface NaiveKey {
  readonly accountId: number
  readonly key: string
  readonly record: string
  readonly madeAt: number
  readonly rememberedAt: number
  readonly firstSequence: number
  readonly own: ReadonlyArray<Event.Event>
}

export class NaiveState {
  readonly limits: Limits
  time = 0
  sequence = 0
  readonly assets: Array<Asset.Asset> = []
  readonly markets: Array<NaiveMarket> = []
  readonly accounts: Array<NaiveAccount> = [
    { accountId: Account.houseAccountId, kind: "house", reference: "" },
    { accountId: Account.externalAccountId, kind: "external", reference: "" },
    { accountId: Account.receivableAccountId, kind: "receivable", reference: "" }
  ]
  accountsOpened = 0
  /** By account, then by asset. */
  readonly balances = new Map<number, Map<number, NaiveBalance>>()
  /** Orders in a book, of all markets, in no order that counts. */
  openOrders: Array<NaiveOrder> = []
  ordersAccepted = 0
  arrivals = 0
  holds: Array<NaiveHold> = []
  holdsMade = 0
  /** The first remembered first. */
  keys: Array<NaiveKey> = []
  /** By account; 0 where there is none. */
  readonly horizons = new Map<number, number>()
  /** Last number of each source. */
  readonly sources = new Map<string, number>()

  constructor(limits: Limits) {
    this.limits = limits
  }
}

export const accountOf = (state: NaiveState, accountId: number): NaiveAccount | undefined =>
  state.accounts.find((account) => account.accountId === accountId)

export const assetOf = (state: NaiveState, assetId: number): Asset.Asset | undefined =>
  state.assets.find((asset) => asset.assetId === assetId)

export const marketOf = (state: NaiveState, marketId: number): NaiveMarket | undefined =>
  state.markets.find((market) => market.marketId === marketId)

export const openOrderOf = (state: NaiveState, accountId: number, orderId: number): NaiveOrder | undefined =>
  state.openOrders.find((order) => order.orderId === orderId && order.accountId === accountId)

export const openOrderByClientId = (
  state: NaiveState,
  accountId: number,
  clientOrderId: string
): NaiveOrder | undefined =>
  clientOrderId === ""
    ? undefined
    : state.openOrders.find((order) => order.clientOrderId === clientOrderId && order.accountId === accountId)

export const isUserOrHouse = (account: NaiveAccount): boolean => account.kind === "user" || account.kind === "house"

export const balanceOf = (state: NaiveState, accountId: number, assetId: number): NaiveBalance => {
  let ofAccount = state.balances.get(accountId)
  if (ofAccount === undefined) {
    ofAccount = new Map()
    state.balances.set(accountId, ofAccount)
  }
  let balance = ofAccount.get(assetId)
  if (balance === undefined) {
    balance = { available: 0n, held: 0n }
    ofAccount.set(assetId, balance)
  }
  return balance
}

export const availableOf = (state: NaiveState, accountId: number, assetId: number): bigint =>
  balanceOf(state, accountId, assetId).available

export const addAvailable = (state: NaiveState, accountId: number, assetId: number, amount: bigint): void => {
  balanceOf(state, accountId, assetId).available += amount
}

export const addHeld = (state: NaiveState, accountId: number, assetId: number, amount: bigint): void => {
  balanceOf(state, accountId, assetId).held += amount
}

/** Available becomes held; a negative amount goes back. */
export const hold = (state: NaiveState, accountId: number, assetId: number, amount: bigint): void => {
  addAvailable(state, accountId, assetId, -amount)
  addHeld(state, accountId, assetId, amount)
}

/** What has come in from outside and is somewhere in the venue: minus the sum of the negative balances. */
export const broughtIn = (state: NaiveState, assetId: number): bigint =>
  -availableOf(state, Account.externalAccountId, assetId) - availableOf(state, Account.receivableAccountId, assetId)

/** What has an account that a command names, or 0 for commands that name none. */
export const accountIdOf = (command: Command.Command): number => ("accountId" in command ? command.accountId : 0)
