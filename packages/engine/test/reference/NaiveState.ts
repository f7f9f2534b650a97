/**
 * Everything the reference venue knows, in plain arrays and maps, and the only functions that move
 * money.
 */
import {
  Account,
  type Asset,
  type Command,
  type Event,
  type Ids,
  type Market,
  type Order,
  OrderRecord
} from "@pandora-exchange/core"
import type { Limits } from "../../src/Limits.ts"

export interface NaiveAccount {
  readonly accountId: Ids.AccountId
  readonly kind: Account.AccountKind
  readonly reference: string
  feeTier: number
  /** 0 for none. */
  tradeGroup: number
  /** When its orders are cancelled; 0 without a timer. */
  cancelAt: number
}

export interface NaiveMarket extends Omit<Market.Market, "status" | "makerRate" | "takerRate"> {
  status: Market.MarketStatus
  rules: Market.MarketRules
  /** By tier; tier 0 is always there. */
  readonly fees: Map<number, { readonly makerRate: number; readonly takerRate: number }>
  tradesMade: number
  depthSequence: number
  /** Price of the last trade; 0 before the first. */
  lastTicks: number
  /** Last price of each source. */
  readonly prices: Map<string, number>
}

export type CommandOf<Tag extends Command.Command["_tag"]> = Extract<
  Command.Command,
  { readonly _tag: Tag }
>

/** The terms of an order, whichever command contains them. */
export type Terms = Pick<CommandOf<"PlaceOrder">, keyof typeof OrderRecord.terms | "clientOrderId">

/** The terms of a command's order; those of a list's stand under a prefix. */
export const termsOf = (
  command: Command.Command,
  prefix: "" | "first" | "second" | "third" = ""
): Terms => {
  const fields: Readonly<Record<string, unknown>> = command
  const nameOf = (name: string): string =>
    prefix === "" ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`
  const names = [...Object.keys(OrderRecord.terms), "clientOrderId"]
  return Object.fromEntries(names.map((name) => [name, fields[nameOf(name)]])) as Terms
}

/** An order's role in its list. */
export type Role = "none" | "working" | "pending" | "pairFirst" | "pairStop"

export interface NaiveOrder extends Omit<Terms, "priceTicks" | "lots"> {
  readonly orderId: Ids.OrderId
  readonly accountId: Ids.AccountId
  readonly marketId: Ids.MarketId
  /** 0 outside a list. */
  readonly listId: Ids.ListId
  readonly clientListId: string
  readonly role: Role
  readonly makerRate: number
  readonly takerRate: number
  /**
   * An exit: it leaves the position its working order entered. With `brought` it was requested with
   * 0 lots.
   */
  readonly exit: "no" | "ownLots" | "brought"
  /** What its working order has bought, in lots, once that is filled. */
  broughtLots: number
  /** The limit; 0 for market orders. */
  priceTicks: number
  /** The total ordered, including filled and prevented lots. */
  lots: number
  filledLots: number
  preventedLots: number
  /** Sum of quote over its trades. */
  filledQuote: bigint
  /** Held for it now: quote for a buy, base for a sell. */
  held: bigint
  /**
   * Everything it required when it was accepted or began to wait, including what its sibling holds.
   */
  needed: bigint
  /** Sum over its fills of (received x rate of that fill). */
  feeTimesScale: bigint
  feePaid: bigint
  place: "taking" | "book" | Order.Wait
  /** What the book shows of it; 0 outside the book. */
  shownLots: number
  /** Moments, the smaller the earlier, 0 for never: when it came to its place in the book, … */
  arrival: number
  /** … began to wait for its trigger, … */
  waitsSince: number
  /** … began to trail, … */
  activeSince: number
  /** … and joined the activation queue. */
  queuedSince: number
  /** The best price since it is active; 0 before there is one. */
  extreme: number
}

export interface NaiveHold {
  readonly holdId: Ids.HoldId
  readonly accountId: Ids.AccountId
  readonly assetId: Ids.AssetId
  readonly amount: bigint
  readonly reference: string
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

/** Of the page that this venue follows. */
export const rulesVersion = 2

export class NaiveState {
  readonly limits: Limits
  time = 0
  sequence = 0
  readonly assets: Array<Asset.Asset> = []
  readonly markets: Array<NaiveMarket> = []
  readonly accounts: Array<NaiveAccount> = [
    newAccount(Account.houseAccountId, "house", ""),
    newAccount(Account.externalAccountId, "external", ""),
    newAccount(Account.receivableAccountId, "receivable", "")
  ]
  accountsOpened = 0
  /** By account, then by asset. */
  readonly balances = new Map<number, Map<number, NaiveBalance>>()
  /** All open orders of all markets, wherever they are, in no significant order. */
  openOrders: Array<NaiveOrder> = []
  ordersAccepted = 0
  listsAccepted = 0
  /** Counts everything that has to be ordered in time. */
  moments = 0
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

export const newAccount = (
  accountId: Ids.AccountId,
  kind: Account.AccountKind,
  reference: string
): NaiveAccount => ({
  accountId,
  kind,
  reference,
  feeTier: 0,
  tradeGroup: 0,
  cancelAt: 0
})

/** A copy of the state to try something out on. Request keys are not needed for that. */
export const copyOf = (state: NaiveState): NaiveState => structuredClone({ ...state, keys: [] })

export const nextMoment = (state: NaiveState): number => {
  state.moments++
  return state.moments
}

export const accountOf = (state: NaiveState, accountId: number): NaiveAccount | undefined =>
  state.accounts.find((account) => account.accountId === accountId)

export const assetOf = (state: NaiveState, assetId: number): Asset.Asset | undefined =>
  state.assets.find((asset) => asset.assetId === assetId)

export const marketOf = (state: NaiveState, marketId: number): NaiveMarket | undefined =>
  state.markets.find((market) => market.marketId === marketId)

export const openOrderOf = (
  state: NaiveState,
  accountId: number,
  orderId: number
): NaiveOrder | undefined =>
  state.openOrders.find((order) => order.orderId === orderId && order.accountId === accountId)

export const openOrderByClientId = (
  state: NaiveState,
  accountId: number,
  clientOrderId: string
): NaiveOrder | undefined =>
  clientOrderId === ""
    ? undefined
    : state.openOrders.find(
        (order) => order.clientOrderId === clientOrderId && order.accountId === accountId
      )

/** Those of one list, by id. */
export const openOrdersOfList = (state: NaiveState, listId: number): Array<NaiveOrder> =>
  state.openOrders.filter((order) => order.listId === listId).sort((a, b) => a.orderId - b.orderId)

export const isUserOrHouse = (account: NaiveAccount): boolean =>
  account.kind === "user" || account.kind === "house"

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

export const addAvailable = (
  state: NaiveState,
  accountId: number,
  assetId: number,
  amount: bigint
): void => {
  balanceOf(state, accountId, assetId).available += amount
}

export const addHeld = (
  state: NaiveState,
  accountId: number,
  assetId: number,
  amount: bigint
): void => {
  balanceOf(state, accountId, assetId).held += amount
}

/** Available becomes held; a negative amount goes back. */
export const hold = (
  state: NaiveState,
  accountId: number,
  assetId: number,
  amount: bigint
): void => {
  addAvailable(state, accountId, assetId, -amount)
  addHeld(state, accountId, assetId, amount)
}

/**
 * What has come in from outside and is somewhere in the venue: minus the sum of the negative
 * balances.
 */
export const broughtIn = (state: NaiveState, assetId: number): bigint =>
  -availableOf(state, Account.externalAccountId, assetId) -
  availableOf(state, Account.receivableAccountId, assetId)

/** What has an account that a command names, or 0 for commands that name none. */
export const accountIdOf = (command: Command.Command): number =>
  "accountId" in command ? command.accountId : 0
