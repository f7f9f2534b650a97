/** An order as it is asked for and while it is matched. One instance serves all, since orders come one by one. */
import { Command, Layout, Market, Order } from "@pandora-exchange/core"
import { OrderExtra, triggerWait } from "./OrderExtra.ts"
import { buy, type OrderPool } from "./OrderPool.ts"
import type { MarketState } from "./State.ts"

export const limit = Order.orderTypes.indexOf("limit")
export const market = Order.orderTypes.indexOf("market")
export const marketBudget = Order.orderTypes.indexOf("marketBudget")
const gtc = Order.timesInForce.indexOf("GTC")
export const fok = Order.timesInForce.indexOf("FOK")
export const ioc = Order.timesInForce.indexOf("IOC")
export const gtd = Order.timesInForce.indexOf("GTD")

/** Limits of orders that trade at any price. */
export const anyTicksBuy: number = Market.ticksMax
export const anyTicksSell = 0

export const postOnlyOff = Order.postOnlyModes.indexOf("off")
export const postOnlySlide = Order.postOnlyModes.indexOf("slide")

const { readU53 } = Layout
const termsAt = Command.PlaceOrder.offsets

export class Taker {
  account = 0
  of!: MarketState
  side = 0
  type = 0
  timeInForce = 0
  /** Its position in `postOnlyModes`. */
  postOnly = 0
  /** A limit order's price. */
  priceTicks = 0
  /** Ordered in total; for a budget, what was found. */
  lots = 0
  budget = 0n
  deadline = 0
  displayLots = 0
  /** Positions in core's lists. */
  trigger = 0
  triggerTicks = 0
  trailingUnit = 0
  trailingOffset = 0
  selfTrade = 0
  reduceOnly = false
  clientOrderId = ""

  /** What must be held for it. */
  needed = 0

  orderId = 0
  listId = 0
  makerRate = 0
  takerRate = 0
  /** Its record, if it has one already: an order that waited or is amended. */
  slot = 0

  /** Neither filled nor prevented yet. */
  left = 0
  preventedLots = 0
  /** Fee paid beyond the exact fee, as in the pool. */
  feeRemainder = 0
  /** Still held for it. */
  held = 0
  /** Self-trade prevention has ended it. */
  expired = false
  /** Prices of its first and last trade; 0 without trades. */
  firstTicks = 0
  lastTicks = 0

  get canRest(): boolean {
    return this.type === limit && this.isGood
  }

  /** Good till cancelled or date, whatever its type. */
  get isGood(): boolean {
    return this.timeInForce !== fok && this.timeInForce !== ioc
  }

  /** Limit of the prices it trades at. */
  get limitTicks(): number {
    return this.type === limit ? this.priceTicks : this.side === buy ? anyTicksBuy : anyTicksSell
  }

  /** The terms of a command, of which `side` stands at `at`. */
  read(view: DataView, at: number): void {
    const from = at - termsAt.side
    this.side = view.getUint8(at)
    this.type = view.getUint8(from + termsAt.type)
    this.timeInForce = view.getUint8(from + termsAt.timeInForce)
    this.postOnly = view.getUint8(from + termsAt.postOnly)
    this.priceTicks = readU53(view, from + termsAt.priceTicks)
    this.lots = readU53(view, from + termsAt.lots)
    // Most orders have none, and making a bigint leaves garbage.
    this.budget = readU53(view, from + termsAt.budget) === 0 ? 0n : view.getBigInt64(from + termsAt.budget, true)
    this.deadline = readU53(view, from + termsAt.deadline)
    this.displayLots = readU53(view, from + termsAt.displayLots)
    this.trigger = view.getUint8(from + termsAt.trigger)
    this.triggerTicks = readU53(view, from + termsAt.triggerTicks)
    this.trailingUnit = view.getUint8(from + termsAt.trailingUnit)
    this.trailingOffset = readU53(view, from + termsAt.trailingOffset)
    this.selfTrade = view.getUint8(from + termsAt.selfTradePrevention)
    this.reduceOnly = view.getUint8(from + termsAt.reduceOnly) === 1
    this.listId = 0
    this.slot = 0
  }

  /** An open order, from its record. */
  load(orders: OrderPool, of: MarketState, slot: number): void {
    this.of = of
    this.slot = slot
    this.account = orders.account(slot)
    this.orderId = orders.id(slot)
    this.side = orders.side(slot)
    this.type = limit
    this.timeInForce = gtc
    this.postOnly = orders.postOnly(slot)
    this.priceTicks = orders.price(slot)
    this.lots = orders.lots(slot)
    this.budget = 0n
    this.deadline = orders.deadline(slot)
    this.displayLots = orders.extra(slot)?.displayLots ?? 0
    this.trigger = 0
    this.selfTrade = orders.selfTrade(slot)
    this.listId = 0
    this.makerRate = orders.makerRate(slot)
    this.takerRate = orders.takerRate(slot)
    this.clientOrderId = ""
  }

  /** What its record has besides while it waits. One whose trigger has come is as one without. */
  loadWaiting(extra: OrderExtra): void {
    this.listId = extra.listId
    this.type = extra.type
    this.timeInForce = extra.timeInForce
    this.trigger = extra.wait === triggerWait ? 0 : extra.trigger
    this.triggerTicks = extra.triggerTicks
    this.trailingUnit = extra.trailingUnit
    this.trailingOffset = extra.trailingOffset
  }

  /** What its record keeps while it waits. */
  toExtra(): OrderExtra {
    const extra = new OrderExtra()
    extra.displayLots = this.displayLots
    extra.listId = this.listId
    extra.type = this.type
    extra.timeInForce = this.timeInForce
    extra.trigger = this.trigger
    extra.triggerTicks = this.triggerTicks
    extra.trailingUnit = this.trailingUnit
    extra.trailingOffset = this.trailingOffset
    return extra
  }

  /** Nothing has become of it yet. */
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
