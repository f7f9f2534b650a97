/**
 * The commands about orders, and work that becomes due by itself. `docs/concepts/venue-rules.md`
 * specifies each.
 */
import { type Batch, Command, Layout, Order, type RejectReason } from "@pandora-exchange/core"
import { Activation } from "./Activation.ts"
import { Admission } from "./Admission.ts"
import { emit, reject } from "./emit.ts"
import { Matching } from "./Matching.ts"
import { OpenOrders } from "./OpenOrders.ts"
import { joined } from "./limb.ts"
import { inBook, type OrderExtra } from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import { isOutsideBand, notionalRefusal } from "./OrderTerms.ts"
import { Placing, type Preview } from "./Placing.ts"
import {
  accountIdOf,
  clientListName,
  type MarketState,
  orderAmountMax,
  type State
} from "./State.ts"
import { postOnlyOff, postOnlySlide, Taker } from "./Taker.ts"
import { Walk } from "./Walk.ts"

type Reason = RejectReason.RejectReason

const { readU53 } = Layout

const cancelled = Order.endReasons.indexOf("cancelled")
const deadlineCame = Order.endReasons.indexOf("deadline")
const cancelAfterCame = Order.endReasons.indexOf("cancelAfter")
const allowFailure = Order.replaceModes.indexOf("allowFailure")
const unfilledOnly = Order.replaceables.indexOf("unfilled")
const partlyFilledOnly = Order.replaceables.indexOf("partlyFilled")
const bothSides = Order.sideFilters.indexOf("both")
const buySide = Order.sideFilters.indexOf("buy")

const cancelAfterMsMax = 86_400_000

const cancelAt = Command.CancelOrder.offsets
const cancelListAt = Command.CancelOrderList.offsets
const cancelAllAt = Command.CancelAll.offsets
const replaceAt = Command.ReplaceOrder.offsets
const cancelAfterAt = Command.CancelAfter.offsets
const amendAt = Command.AmendOrder.offsets

export class Trading {
  readonly open: OpenOrders
  private readonly state: State
  private readonly walk: Walk
  private readonly matching: Matching
  private readonly admission: Admission
  private readonly placing: Placing
  private readonly activation: Activation
  private readonly amended = new Taker()

  constructor(state: State) {
    this.state = state
    this.open = new OpenOrders(state)
    this.walk = new Walk(state)
    this.matching = new Matching(state, this.open)
    this.admission = new Admission(state, this.open, this.walk)
    this.placing = new Placing(state, this.open, this.admission, this.matching, this.walk)
    this.activation = new Activation(state, this.open, this.admission, this.matching)
  }

  // ---- Due work

  get isDue(): boolean {
    const { firstToActivate, orders, timers } = this.state
    return firstToActivate !== 0 || orders.deadlines.size !== 0 || timers.size !== 0
  }

  /** When there is something to do; 0 for never. */
  get nextDeadline(): number {
    const { firstToActivate, orders, time, timers } = this.state
    if (firstToActivate !== 0) return time
    const first = Math.min(orders.deadlines.firstTime(), timers.firstTime())
    return first === Number.POSITIVE_INFINITY ? 0 : first
  }

  /** Executes due work, up to the limit per command. */
  work(out: Batch.BatchWriter): void {
    const { dueWorkMax } = this.state.limits
    let done = 0
    while (done < dueWorkMax) {
      const items = this.timed(out)
      if (items === 0) break
      done += items
    }
    while (done < dueWorkMax && this.state.firstToActivate !== 0)
      done += this.activation.next(out, this.state.firstToActivate)
  }

  /** Executes the first item whose time has come, if any. Returns how many items it counts as. */
  private timed(out: Batch.BatchWriter): number {
    const { orders, time, timers } = this.state
    const orderAt = orders.deadlines.firstTime()
    const timerAt = timers.firstTime()
    if (Math.min(orderAt, timerAt) > time) return 0
    if (orderAt <= timerAt) {
      this.open.end(out, orders.deadlines.first(), deadlineCame)
      return 1
    }
    const account = timers.first()
    timers.stop(account)
    emit(out, { _tag: "CancelAfterFired", accountId: accountIdOf(account) })
    return 1 + this.endAll(out, account, 0, bothSides, cancelAfterCame)
  }

  /** Ends the account's open orders outside halted markets. Returns how many that were. */
  private endAll(
    out: Batch.BatchWriter,
    account: number,
    marketId: number,
    sides: number,
    reason: number
  ): number {
    const { accounts, index, markets, orders } = this.state
    const before = accounts.openOrders(account)
    const ids: Array<number> = []
    for (let slot = accounts.firstOrder(account); slot !== 0; slot = orders.nextOfAccount(slot)) {
      const ownMarketId = orders.market(slot)
      if (marketId !== 0 && marketId !== ownMarketId) continue
      if (sides !== bothSides && (orders.side(slot) === buy) !== (sides === buySide)) continue
      if (markets[ownMarketId]!.status !== "halted") ids.push(orders.id(slot))
    }
    // Some may end together with others in their list.
    for (const id of ids) {
      const slot = index.find(id)
      if (slot !== 0) this.open.end(out, slot, reason)
    }
    return before - accounts.openOrders(account)
  }

  // ---- Placing

  place(out: Batch.BatchWriter, at: number): void {
    const clientOrderId = Layout.text.read(out.view, at + Command.PlaceOrder.fixedBytes)
    const refusal = this.placing.place(out, at, clientOrderId)
    if (refusal !== undefined) reject(out, refusal)
  }

  placeList(out: Batch.BatchWriter, at: number): void {
    const refusal = this.placing.placeList(out, at)
    if (refusal !== undefined) reject(out, refusal)
  }

  preview(command: Layout.Type<typeof Command.PlaceOrder>): Reason | Preview {
    return this.placing.preview(command)
  }

  // ---- Cancelling

  cancel(out: Batch.BatchWriter, at: number): void {
    const { accounts, markets, orders } = this.state
    const account = accounts.indexOf(out.view.getUint32(at + cancelAt.accountId, true))
    if (account === 0) return reject(out, "UnknownAccount")
    const orderId = readU53(out.view, at + cancelAt.orderId)
    const slot = this.named(account, orderId, out.view, at + Command.CancelOrder.fixedBytes)
    if (slot === 0) return reject(out, "UnknownOrder")
    if (markets[orders.market(slot)]!.status === "halted") return reject(out, "MarketHalted")
    this.open.end(out, slot, cancelled)
  }

  /** The account's open order by id, or by the client order id at `textAt`; 0 for none. */
  private named(account: number, orderId: number, view: DataView, textAt: number): number {
    if (orderId !== 0) return this.open.own(account, orderId)
    return this.open.ownByClientId(account, Layout.text.read(view, textAt))
  }

  cancelList(out: Batch.BatchWriter, at: number): void {
    const { accounts, lists, listsByClientId, markets } = this.state
    const account = accounts.indexOf(out.view.getUint32(at + cancelListAt.accountId, true))
    if (account === 0) return reject(out, "UnknownAccount")
    const listId = readU53(out.view, at + cancelListAt.listId)
    const clientListId = Layout.text.read(out.view, at + Command.CancelOrderList.fixedBytes)
    const list = lists.get(
      listId === 0 ? (listsByClientId.get(clientListName(account, clientListId)) ?? 0) : listId
    )
    if (list === undefined || list.account !== account) return reject(out, "UnknownOrderList")
    if (markets[list.marketId]!.status === "halted") return reject(out, "MarketHalted")
    const [first] = this.open.openOf(list)
    this.open.end(out, first!, cancelled)
  }

  cancelAll(out: Batch.BatchWriter, at: number): void {
    const { accounts, markets } = this.state
    const account = accounts.indexOf(out.view.getUint32(at + cancelAllAt.accountId, true))
    const marketId = out.view.getUint16(at + cancelAllAt.marketId, true)
    if (account === 0) return reject(out, "UnknownAccount")
    if (marketId !== 0 && markets[marketId] === undefined) return reject(out, "UnknownMarket")
    if (marketId !== 0 && markets[marketId]!.status === "halted") return reject(out, "MarketHalted")
    this.endAll(out, account, marketId, out.view.getUint8(at + cancelAllAt.sides), cancelled)
  }

  cancelAfter(out: Batch.BatchWriter, at: number): void {
    const { accounts, time, timers } = this.state
    const accountId = out.view.getUint32(at + cancelAfterAt.accountId, true)
    const account = accounts.indexOf(accountId)
    if (account === 0) return reject(out, "UnknownAccount")
    if (!accounts.isUserOrHouse(account)) return reject(out, "AccountKindReserved")
    const delayMs = readU53(out.view, at + cancelAfterAt.delayMs)
    if (delayMs > cancelAfterMsMax) return reject(out, "DelayTooLong")
    const deadline = delayMs === 0 ? 0 : time + delayMs
    if (deadline === 0) timers.stop(account)
    else timers.set(account, deadline)
    emit(out, { _tag: "CancelAfterSet", accountId: accountId, deadline })
  }

  // ---- Replacing

  replace(out: Batch.BatchWriter, at: number): void {
    const { view } = out
    const { accounts, markets } = this.state
    const account = accounts.indexOf(view.getUint32(at + replaceAt.accountId, true))
    const marketId = view.getUint16(at + replaceAt.marketId, true)
    if (account === 0) return reject(out, "UnknownAccount")
    if (markets[marketId] === undefined) return reject(out, "UnknownMarket")
    const clientOrderId = Layout.text.read(view, at + Command.ReplaceOrder.fixedBytes)
    const orderId = readU53(view, at + replaceAt.orderId)
    const slot = this.named(
      account,
      orderId,
      view,
      at + Command.ReplaceOrder.fixedBytes + 1 + clientOrderId.length
    )
    const refusal = this.replaceRefusal(
      slot,
      markets[marketId],
      view.getUint8(at + replaceAt.replaceable)
    )
    if (refusal === undefined) this.open.end(out, slot, cancelled)
    else if (view.getUint8(at + replaceAt.mode) !== allowFailure) return reject(out, refusal)
    else emit(out, { _tag: "PartRefused", part: "cancel", reason: refusal })
    const reason = this.placing.place(out, at, clientOrderId)
    if (reason !== undefined) emit(out, { _tag: "PartRefused", part: "place", reason })
  }

  private replaceRefusal(
    slot: number,
    market: MarketState,
    replaceable: number
  ): Reason | undefined {
    const { orders } = this.state
    if (slot === 0 || orders.market(slot) !== market.marketId) return "UnknownOrder"
    const left = orders.remaining(slot) + orders.hidden(slot) + orders.prevented(slot)
    const isFilled = left < orders.lots(slot)
    if (replaceable === unfilledOnly && isFilled) return "OrderNotReplaceable"
    if (replaceable === partlyFilledOnly && !isFilled) return "OrderNotReplaceable"
    return market.status === "halted" ? "MarketHalted" : undefined
  }

  // ---- Amending

  amend(out: Batch.BatchWriter, at: number): void {
    const { accounts, markets, orders } = this.state
    const account = accounts.indexOf(out.view.getUint32(at + amendAt.accountId, true))
    const marketId = out.view.getUint16(at + amendAt.marketId, true)
    if (account === 0) return reject(out, "UnknownAccount")
    const orderId = readU53(out.view, at + amendAt.orderId)
    const slot = this.named(account, orderId, out.view, at + Command.AmendOrder.fixedBytes)
    if (slot === 0 || orders.market(slot) !== marketId) return reject(out, "UnknownOrder")
    const extra = orders.extra(slot)
    if (extra !== undefined && isFixed(extra)) return reject(out, "OrderNotAmendable")

    const askedPrice = readU53(out.view, at + amendAt.priceTicks)
    const askedLots = readU53(out.view, at + amendAt.lots)
    const order = this.amended
    order.load(orders, markets[marketId]!, slot)
    if (askedPrice !== 0) order.priceTicks = askedPrice
    if (askedLots !== 0) order.lots = askedLots
    const keepsPriority = order.priceTicks === orders.price(slot) && order.lots <= orders.lots(slot)
    const refusal = this.amendRefusal(order, keepsPriority)
    if (refusal !== undefined) return reject(out, refusal)
    const meetsMakers = order.postOnly !== postOnlyOff && !keepsPriority
    if (meetsMakers && order.postOnly === postOnlySlide) this.admission.slide(order)
    const left = order.lots - this.goneOf(slot)
    order.needed = this.open.heldFor(order.market, order.side, order.priceTicks, left)
    const byBook = this.amendRefusedByBook(order, left, meetsMakers)
    if (byBook !== undefined) return reject(out, byBook)
    this.change(out, order)
  }

  /** Lots that were filled or prevented. */
  private goneOf(slot: number): number {
    const { orders } = this.state
    return orders.lots(slot) - orders.remaining(slot) - orders.hidden(slot)
  }

  private amendRefusal(order: Taker, keepsPriority: boolean): Reason | undefined {
    const { orders } = this.state
    const { lots, market, priceTicks, side, slot } = order
    const oldPrice = orders.price(slot)
    const oldLots = orders.lots(slot)
    const gone = this.goneOf(slot)

    if (market.status === "halted") return "MarketHalted"
    if (market.status === "cancelOnly") return "MarketCancelOnly"
    if (market.status === "postOnly" && order.postOnly === postOnlyOff && !keepsPriority)
      return "MarketPostOnly"
    if (lots < market.lotsMin) return "QuantityTooSmall"
    if (lots > market.lotsMax || lots * market.lotUnits > orderAmountMax) return "QuantityTooLarge"
    if (order.displayLots !== 0 && !this.admission.partsFit(order.displayLots, lots))
      return "DisplayQuantityInvalid"
    if (priceTicks < market.rules.ticksMin) return "PriceTooLow"
    if (priceTicks > market.ticksMax) return "PriceTooHigh"
    const notional = notionalRefusal(market, priceTicks * lots * market.quotePerTickLot)
    if (notional !== undefined) return notional
    if (priceTicks !== oldPrice && isOutsideBand(market, side, priceTicks))
      return "PriceOutsideBand"
    if (priceTicks === oldPrice && lots === oldLots) return "NothingToAmend"
    if (lots <= gone) return "QuantityBelowFilled"
    if (lots <= oldLots || market.rules.positionMax === 0n) return undefined
    return this.admission.positionTooLarge(order, lots - gone, slot)
  }

  /** At the new price, for what is neither filled nor prevented. */
  private amendRefusedByBook(order: Taker, left: number, meetsMakers: boolean): Reason | undefined {
    const { orders } = this.state
    const { market, side, slot } = order
    const oldPrice = orders.price(slot)
    const oldLeft = orders.remaining(slot) + orders.hidden(slot)
    const byMakers = meetsMakers ? this.admission.refusedAsMaker(order) : undefined
    if (byMakers !== undefined) return byMakers
    const held = this.open.heldFor(market, side, oldPrice, oldLeft)
    if (!this.admission.canReserve(order, order.needed - held)) return "InsufficientFunds"
    const leaving = order.priceTicks === oldPrice ? oldLeft : 0
    return this.admission.levelIsFull(order, left, leaving) ? "LevelFull" : undefined
  }

  private change(out: Batch.BatchWriter, order: Taker): void {
    const { funds, orders } = this.state
    const { account, lots, needed, market, priceTicks, side, slot } = order
    const extra = orders.extra(slot)
    const oldPriceTicks = orders.price(slot)
    const oldShownLots = orders.remaining(slot)
    const oldHidden = extra?.hiddenLots ?? 0
    const oldRemainingLots = oldShownLots + oldHidden
    const oldLots = orders.lots(slot)
    const remainingLots = lots - (oldLots - oldRemainingLots)
    const oldHeld = this.open.heldFor(market, side, oldPriceTicks, oldRemainingLots)
    const keptPriority = priceTicks === oldPriceTicks && lots < oldLots
    funds.adjust(account, market.heldAsset(side), oldHeld, needed)
    orders.setLots(slot, lots)
    if (keptPriority) {
      const fewer = oldRemainingLots - remainingLots
      const fromHidden = Math.min(fewer, oldHidden)
      if (fromHidden !== 0) market.book.of(side).shrinkHidden(slot, fromHidden)
      market.book.of(side).shrink(slot, fewer - fromHidden)
    } else market.book.of(side).remove(slot)
    emit(out, {
      _tag: "OrderAmended",
      orderId: order.orderId,
      accountId: accountIdOf(account),
      marketId: market.marketId,
      side: Order.sides[side]!,
      keptPriority,
      oldPriceTicks,
      oldRemainingLots,
      oldShownLots,
      priceTicks,
      remainingLots,
      shownLots: keptPriority ? orders.remaining(slot) : 0,
      lots,
      oldHeld: BigInt(oldHeld),
      held: BigInt(needed),
      depthSequence: ++market.depthSequence
    })
    const preventedLots = extra?.preventedLots ?? 0
    emit(out, {
      _tag: "OrderStood",
      orderId: order.orderId,
      accountId: accountIdOf(account),
      marketId: market.marketId,
      filledLots: oldLots - oldRemainingLots - preventedLots,
      preventedLots,
      filledQuote: joined(order.filledQuoteHigh, order.filledQuote),
      fee: joined(order.feeHigh, order.fee),
      clientOrderId: this.state.clientOrderIds.get(order.orderId) ?? ""
    })
    if (keptPriority) return

    order.begin(remainingLots, needed, orders.feeRemainder(slot), preventedLots)
    this.matching.run(out, order)
  }
}

/** It is waiting, is part of a list, or has fills whose amounts were not counted. */
const isFixed = ({ listId, place, uncountedLots }: OrderExtra): boolean =>
  place !== inBook || listId !== 0 || uncountedLots !== 0
