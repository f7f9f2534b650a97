/**
 * An order as requested and while it is matched. A single instance serves all orders, since they
 * come one at a time.
 */
import { Market, Order } from "@pandora-exchange/core"
import { OrderExtra } from "./OrderExtra.ts"
import { buy, type OrderPool } from "./OrderPool.ts"
import { carries, sumBelowLimb } from "./limb.ts"
import { keepExtra, load, OrderRecord, readTerms } from "./OrderRecord.ts"
import { accountIdOf, type MarketState } from "./State.ts"

/** The positions of types in core's list. */
export const orderType = {
  limit: Order.orderTypes.indexOf("limit"),
  market: Order.orderTypes.indexOf("market"),
  marketBudget: Order.orderTypes.indexOf("marketBudget")
} as const
export const fok = Order.timesInForce.indexOf("FOK")
export const ioc = Order.timesInForce.indexOf("IOC")
export const gtd = Order.timesInForce.indexOf("GTD")

/** Limits of orders that trade at any price. */
export const anyTicksBuy: number = Market.ticksMax
export const anyTicksSell = 0

export const postOnlyOff = Order.postOnlyModes.indexOf("off")
export const postOnlySlide = Order.postOnlyModes.indexOf("slide")

export class Taker extends OrderRecord {
  account = 0
  market!: MarketState

  /** The amount that must be held for it. */
  needed = 0
  /** Its price differs from the requested one, because the book was there. */
  slid = false
  /** How a budget order ends once it has traded what it found: a position in `endReasons`. */
  budgetEnd = 0
  /** Its record, if it already has one: an order that waited or is amended. */
  slot = 0

  /** Neither filled nor prevented yet. */
  left = 0
  preventedLots = 0
  /** Fee paid beyond the exact fee, as in the pool. */
  feeRemainder = 0
  /** Self-trade prevention has ended it. */
  expired = false
  /** Prices of its first and last trade; 0 without trades. */
  firstTicks = 0
  lastTicks = 0

  get accountId(): number {
    return accountIdOf(this.account)
  }

  get marketId(): number {
    return this.market.marketId
  }

  get canRest(): boolean {
    return this.type === orderType.limit && this.isGood
  }

  /** Good till cancelled or date, whatever its type. */
  get isGood(): boolean {
    return this.timeInForce !== fok && this.timeInForce !== ioc
  }

  /** Limit of the prices it trades at. */
  get limitTicks(): number {
    return this.type === orderType.limit
      ? this.priceTicks
      : this.side === buy
        ? anyTicksBuy
        : anyTicksSell
  }

  /** Reads the terms of a command that begins at `at` and is laid out like `PlaceOrder`. */
  read(view: DataView, at: number): void {
    readTerms(view, at, this)
    this.listId = 0
    this.filledQuote = 0
    this.fee = 0
    this.filledQuoteHigh = 0
    this.feeHigh = 0
    this.slot = 0
    this.slid = false
  }

  /** Loads an open order from its record. */
  load(orders: OrderPool, market: MarketState, slot: number): void {
    load(this, orders, slot)
    this.market = market
    this.slot = slot
    this.account = orders.account(slot)
    this.clientOrderId = ""
    this.slid = false
  }

  /** Adds one more fill to the totals of its fills. */
  countFill(quoteUnits: number, fee: number): void {
    if (carries(this.filledQuote, quoteUnits)) this.filledQuoteHigh++
    if (carries(this.fee, fee)) this.feeHigh++
    this.filledQuote = sumBelowLimb(this.filledQuote, quoteUnits)
    this.fee = sumBelowLimb(this.fee, fee)
  }

  /** What its record stores besides the pool's columns. */
  toExtra(): OrderExtra {
    const extra = new OrderExtra()
    keepExtra(extra, this)
    return extra
  }

  /** Resets its progress. */
  begin(left: number, held: number, feeRemainder = 0, preventedLots = 0): void {
    this.left = left
    this.held = held
    this.feeRemainder = feeRemainder
    this.preventedLots = preventedLots
    this.expired = false
    this.firstTicks = 0
    this.lastTicks = 0
  }
}
