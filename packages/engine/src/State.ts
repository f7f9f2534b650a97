/**
 * Everything the venue knows. All of it goes into snapshots and into the state hash; nothing else
 * influences any decision.
 */
import type { Account, Asset, Market } from "@pandora-exchange/core"
import { Account as Accounts, Market as Markets } from "@pandora-exchange/core"
import { Funds } from "./Funds.ts"
import { GrowingMemory } from "./GrowingMemory.ts"
import { KeyMemory } from "./KeyMemory.ts"
import { Holds } from "./Holds.ts"
import type { Limits } from "./Limits.ts"
import { LevelPool } from "./LevelPool.ts"
import { OrderBook } from "./OrderBook.ts"
import { OrderIndex } from "./OrderIndex.ts"
import { buy, OrderPool } from "./OrderPool.ts"
import { Timers } from "./Timers.ts"
import type { Triggers } from "./Triggers.ts"

/** Amounts of one order stay below this, so that the inner loop needs no bigints. */
export const orderAmountMax = Number.MAX_SAFE_INTEGER

export interface Rates {
  readonly makerRate: number
  readonly takerRate: number
}

export class MarketState {
  readonly terms: Market.Market
  readonly marketId: number
  readonly base: number
  readonly quote: number
  readonly lotsMin: number
  readonly lotsMax: number
  readonly ticksMax: number
  readonly notionalMin: number
  readonly notionalMax: number
  /**
   * Ledger units of base per lot, and of quote per tick and lot; infinite past 2^53, which no order
   * may reach.
   */
  readonly lotUnits: number
  readonly quotePerTickLot: number
  readonly book: OrderBook
  /** External prices, by source. */
  readonly prices = new Map<string, number>()
  status: Market.MarketStatus = "open"
  rules: Market.MarketRules = Markets.noRules
  /** By fee tier; tier 0 always exists. */
  readonly rates: Array<Rates | undefined>
  depthSequence = 0
  lastTradeId = 0
  /** Price of the last trade, 0 for none. */
  lastTicks = 0
  /** Created when the market's first order waits. */
  triggers: Triggers | undefined
  /** Open orders with a trailing trigger that was not reached. */
  trailingOrders = 0

  constructor(terms: Market.Market, pool: OrderPool, levels: LevelPool) {
    this.terms = terms
    this.marketId = terms.marketId
    this.base = terms.baseAssetId
    this.quote = terms.quoteAssetId
    this.lotsMin = terms.lotsMin
    this.lotsMax = terms.lotsMax
    this.ticksMax = terms.ticksMax
    this.notionalMin = smallNumber(terms.notionalMin)
    this.notionalMax = Math.min(smallNumber(terms.notionalMax), orderAmountMax)
    this.lotUnits = smallNumber(terms.lotUnits)
    this.quotePerTickLot = smallNumber(terms.quotePerTickLot)
    this.rates = [{ makerRate: terms.makerRate, takerRate: terms.takerRate }]
    this.status = terms.status
    this.book = new OrderBook(terms.ticksMax, pool, levels)
  }

  /** The market with its current values; its rates are those of tier 0. */
  get present(): Market.Market {
    return { ...this.terms, ...this.ratesOf(0), status: this.status }
  }

  /** The asset held for an order of a side. */
  heldAsset(side: number): number {
    return side === buy ? this.quote : this.base
  }

  /** 0 for none. */
  get referenceTicks(): number {
    const { triggerSource } = this.rules
    return triggerSource === "" ? this.lastTicks : (this.prices.get(triggerSource) ?? 0)
  }

  ratesOf(tier: number): Rates {
    return this.rates[tier] ?? this.rates[0]!
  }

  /**
   * The highest price at which a taker buys now, or the lowest at which it sells; -1 if there is no
   * such limit.
   */
  rangeOf(side: number): number {
    const { rangeDown, rangeUp } = this.rules
    const multiplier = side === buy ? rangeUp : rangeDown
    if (multiplier === 0) return -1
    const reference = this.referenceTicks
    if (reference === 0) return -1
    const bound = (reference * multiplier) / multiplierScale
    return side === buy ? Math.floor(bound) : Math.ceil(bound)
  }
}

const { multiplierScale } = Markets

const smallNumber = (value: bigint): number =>
  value <= BigInt(orderAmountMax) ? Number(value) : Number.POSITIVE_INFINITY

/** A list with open orders. */
export interface ListState {
  readonly listId: number
  readonly account: number
  readonly marketId: number
  /** Its position in `contingencies`. */
  readonly contingency: number
  readonly clientListId: string
  /** Two or three, in the order in which they were placed. */
  readonly orderIds: ReadonlyArray<number>
  readonly exits: number
  /**
   * Units of base its working order has received, less fees, or sold. Counted only if there are
   * exits.
   */
  broughtUnits: number
}

/** The role of a list's pending orders. */
export const exits = {
  /** There are none, or they do not exit what the working order entered. */
  none: 0,
  /** Exits with a quantity of their own. */
  ownLots: 1,
  /** Exits of everything the working order buys. */
  allBrought: 2
} as const

/**
 * Accounts by index: 1 to 3 are the venue's own, followed by opened accounts. `AccountId` counts
 * the latter from 1000.
 */
export class AccountStates {
  /**
   * Everything an order needs of its account is kept together, since accounts come in no particular
   * order.
   */
  private readonly memory = new GrowingMemory()
  private records = new Int32Array(this.memory.buffer)
  readonly references: Array<string> = []
  readonly byReference = new Map<string, number>()
  /** Open orders by client order id, created when the account first uses one. */
  readonly clientOrders: Array<Map<string, number> | undefined> = []

  constructor() {
    for (const kind of venuesOwn) this.open(kind, "")
  }

  get count(): number {
    return this.references.length
  }

  kind(account: number): Account.AccountKind {
    return accountKinds[this.records[account << recordShift]!]!
  }
  /** The kinds of account that can trade. */
  isUserOrHouse(account: number): boolean {
    const kind = this.records[account << recordShift]!
    return kind === user || kind === houseKind
  }
  feeTier(account: number): number {
    return this.records[(account << recordShift) + feeTierAt]!
  }
  setFeeTier(account: number, tier: number): void {
    this.records[(account << recordShift) + feeTierAt] = tier
  }
  /** Accounts of one group do not trade with each other; 0 is the account alone. */
  tradeGroup(account: number): number {
    return this.records[(account << recordShift) + tradeGroupAt]! >>> 0
  }
  setTradeGroup(account: number, group: number): void {
    this.records[(account << recordShift) + tradeGroupAt] = group
  }
  openOrders(account: number): number {
    return this.records[(account << recordShift) + openOrdersAt]!
  }
  /** How many of the open orders are waiting. */
  waitingOrders(account: number): number {
    return this.records[(account << recordShift) + waitingOrdersAt]!
  }
  countWaiting(account: number, by: 1 | -1): void {
    this.records[(account << recordShift) + waitingOrdersAt]! += by
  }
  /** The first of the account's open orders, which form a list in order of id. */
  firstOrder(account: number): number {
    return this.records[(account << recordShift) + firstOrderAt]!
  }

  /** Puts an order at the end of the account's list. */
  addOrder(account: number, slot: number, orders: OrderPool): void {
    const { records } = this
    const at = account << recordShift
    const last = records[at + lastOrderAt]!
    orders.setPreviousOfAccount(slot, last)
    orders.setNextOfAccount(slot, 0)
    if (last === 0) records[at + firstOrderAt] = slot
    else orders.setNextOfAccount(last, slot)
    records[at + lastOrderAt] = slot
    records[at + openOrdersAt]!++
  }

  removeOrder(account: number, slot: number, orders: OrderPool): void {
    const { records } = this
    const at = account << recordShift
    const previous = orders.previousOfAccount(slot)
    const next = orders.nextOfAccount(slot)
    if (previous === 0) records[at + firstOrderAt] = next
    else orders.setNextOfAccount(previous, next)
    if (next === 0) records[at + lastOrderAt] = previous
    else orders.setPreviousOfAccount(next, previous)
    records[at + openOrdersAt]!--
  }

  /** The index of an account id, or 0. */
  indexOf(accountId: number): number {
    const index =
      accountId >= firstAccountId
        ? accountId - firstAccountId + firstOpened
        : accountId < firstOpened
          ? accountId
          : 0
    return index < this.references.length ? index : 0
  }

  open(kind: Account.AccountKind, reference: string): number {
    const index = this.references.push(reference) - 1
    if ((index + 1) << recordShift > this.records.length) {
      this.memory.grow()
      this.records = new Int32Array(this.memory.buffer)
    }
    this.records[index << recordShift] = accountKinds.indexOf(kind)
    this.clientOrders.push(undefined)
    if (reference !== "") this.byReference.set(reference, index)
    return index
  }
}

const { accountKinds } = Accounts
const user = accountKinds.indexOf("user")
const houseKind = accountKinds.indexOf("house")

/** Offsets in an account's record of eight fields, the first of which is its kind. */
const recordShift = 3
const feeTierAt = 1
const tradeGroupAt = 2
const openOrdersAt = 3
const waitingOrdersAt = 4
const firstOrderAt = 5
const lastOrderAt = 6

/** Index 0 is no account. */
const venuesOwn = ["user", "house", "external", "receivable"] as const
const firstAccountId: number = Accounts.firstAccountId
export const firstOpened: number = venuesOwn.length
export const house: number = Accounts.houseAccountId
export const external: number = Accounts.externalAccountId
export const receivable: number = Accounts.receivableAccountId

export const accountIdOf = (index: number): number =>
  index < firstOpened ? index : index - firstOpened + firstAccountId

export class State {
  readonly limits: Limits
  sequence = 0
  time = 0
  lastOrderId = 0
  lastHoldId = 0
  lastListId = 0
  /** By asset id and market id, from 1. */
  readonly assets: Array<Asset.Asset | undefined> = [undefined]
  readonly markets: Array<MarketState | undefined> = [undefined]
  readonly assetBySymbol = new Map<string, number>()
  readonly marketBySymbol = new Map<string, number>()
  readonly accounts = new AccountStates()
  readonly funds = new Funds(this.accounts)
  readonly holds = new Holds()
  readonly orders = new OrderPool()
  readonly levels = new LevelPool()
  readonly index: OrderIndex
  readonly timers = new Timers()
  /** The activation queue, linked through the pool. */
  firstToActivate = 0
  lastToActivate = 0
  readonly lists = new Map<number, ListState>()
  /** Lists with a client list id, by account and that id. */
  readonly listsByClientId = new Map<string, number>()
  /** Client order ids of open orders that have one, by order id. */
  readonly clientOrderIds = new Map<number, string>()
  readonly keys: KeyMemory
  /** The last number used by each source. */
  readonly sources = new Map<string, number>()

  constructor(limits: Limits) {
    this.limits = limits
    this.index = new OrderIndex(this.orders)
    this.keys = new KeyMemory(limits)
  }
}

export const clientListName = (account: number, clientListId: string): string =>
  `${account} ${clientListId}`
