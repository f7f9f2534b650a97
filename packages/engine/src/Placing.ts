/** Placing orders and lists, and starting those that waited. `docs/concepts/venue-rules.md`, from "Placing an order" on. */
import { type Batch, Command, Layout, Order, type RejectReason } from "@pandora-exchange/core"
import { AskedList, oco } from "./AskedList.ts"
import { emit, orderAccepted } from "./emit.ts"
import { feeOf, remainderAfter } from "./Fees.ts"
import type { Matching } from "./Matching.ts"
import type { OpenOrders } from "./OpenOrders.ts"
import { type OrderExtra, triggerWait, untilWorkingOrder, workingOrderWait } from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import {
  boundOf,
  isOutsideBand,
  isSupported,
  notionalRefusal,
  refusedByOffset,
  refusedByPrice,
  refusedByQuantity
} from "./OrderTerms.ts"
import { accountIdOf, clientListName, type MarketState, orderAmountMax, type State } from "./State.ts"
import { fok, gtd, limit, market, marketBudget, postOnlyOff, postOnlySlide, Taker } from "./Taker.ts"
import { isRising, isThere } from "./Triggers.ts"
import type { Walk } from "./Walk.ts"

type Reason = RejectReason.RejectReason
type EndReason = Order.EndReason

const otherLeg = Order.endReasons.indexOf("otherLeg")

const clientOrderIdPattern = /^[A-Za-z0-9._:/-]{0,36}$/

const placeAt = Command.PlaceOrder.offsets
const listAt = Command.PlaceOrderList.offsets

/** What an order would come to. Amounts in ledger units: `held` and `quoteUnits` as in the events, `fee` of what is received. */
export interface Preview {
  readonly lots: number
  readonly held: bigint
  /** By level, best first. */
  readonly fills: ReadonlyArray<{ readonly priceTicks: number; readonly lots: number }>
  readonly quoteUnits: bigint
  readonly fee: bigint
  readonly restingLots: number
}

export class Placing {
  private readonly state: State
  private readonly open: OpenOrders
  private readonly matching: Matching
  private readonly walk: Walk
  private readonly placed = new Taker()
  private readonly started = new Taker()

  constructor(state: State, open: OpenOrders, matching: Matching, walk: Walk) {
    this.state = state
    this.open = open
    this.matching = matching
    this.walk = walk
  }

  /** Places the order of a command whose account, market and terms stand as in `PlaceOrder`, or tells why not. */
  place(out: Batch.BatchWriter, at: number, clientOrderId: string): Reason | undefined {
    const order = this.placed
    const refusal = this.read(order, out.view, at, clientOrderId) ?? this.refusalOf(order)
    if (refusal !== undefined) return refusal
    this.accept(out, order, order.needed)
    if (order.trigger === 0) this.matching.run(out, order)
    else this.wait(out, this.matching.record(order), order)
    return undefined
  }

  /** What placing the order would come to now, by the checks and the walk of `place`, but over what the book shows. Nothing changes. */
  preview(command: Layout.Type<typeof Command.PlaceOrder>): Reason | Preview {
    this.walk.shownOnly = true
    try {
      return this.previewShown(command)
    } finally {
      this.walk.shownOnly = false
    }
  }

  private previewShown(command: Layout.Type<typeof Command.PlaceOrder>): Reason | Preview {
    const order = this.placed
    const view = new DataView(new ArrayBuffer(Layout.recordBytesMax))
    Command.encode(view, 0, command)
    const refusal = this.read(order, view, 0, command.clientOrderId) ?? this.refusalOf(order)
    if (refusal !== undefined) return refusal

    const { lots, of, side } = order
    const held = BigInt(order.needed)
    if (order.trigger !== 0) return { lots, held, fills: [], quoteUnits: 0n, fee: 0n, restingLots: 0 }
    const { walk } = this
    const fills: Array<Preview["fills"][number]> = []
    walk.levels = fills
    walk.find(of, side, order, order.limitTicks, lots)
    walk.levels = undefined
    let fee = 0n
    let before = 0
    const { takerRate } = of.ratesOf(this.state.accounts.feeTier(order.account))
    for (const fill of fills) {
      const received = side === buy ? fill.lots * of.lotUnits : fill.priceTicks * fill.lots * of.quotePerTickLot
      const fillFee = feeOf(received, takerRate, before)
      fee += BigInt(fillFee)
      before = remainderAfter(received, takerRate, before, fillFee)
    }
    const rests =
      order.canRest && !walk.expired && !walk.isBeyondRange(of, side, order.limitTicks)
        ? lots - walk.lots - walk.prevented
        : 0
    return { lots, held, fills, quoteUnits: BigInt(walk.quote), fee, restingLots: rests }
  }

  private read(order: Taker, view: DataView, at: number, clientOrderId: string): Reason | undefined {
    const { accounts, markets } = this.state
    order.account = accounts.indexOf(view.getUint32(at + placeAt.accountId, true))
    if (order.account === 0) return "UnknownAccount"
    const of = markets[view.getUint16(at + placeAt.marketId, true)]
    if (of === undefined) return "UnknownMarket"
    order.of = of
    order.read(view, at)
    order.clientOrderId = clientOrderId
    return undefined
  }

  // ---- Checks, in the order of the page

  /** The first reason against the order; without one its `lots`, price and what it needs are final. */
  private refusalOf(order: Taker): Reason | undefined {
    const { of } = order
    const waits = order.trigger !== 0
    return (
      this.refusedByMarket(order) ??
      this.refusedByTerms(order) ??
      this.wouldTrigger(order) ??
      this.duplicate(order) ??
      (order.canRest || waits ? this.tooMany(order, 1) : undefined) ??
      (waits ? this.tooManyConditional(order, 1, order.trailingUnit === 0 ? 0 : 1) : undefined) ??
      (of.rules.positionMax === 0n ? undefined : this.positionTooLarge(order, 0)) ??
      (waits ? this.unfunded(order, 0) : this.refusedByBook(order, 0))
    )
  }

  private refusedByMarket({ account, of, postOnly, trigger, type }: Taker): Reason | undefined {
    if (!this.state.accounts.isUserOrHouse(account)) return "AccountCannotTrade"
    switch (of.status) {
      case "open":
        return undefined
      case "halted":
        return "MarketHalted"
      case "cancelOnly":
        return "MarketCancelOnly"
      case "postOnly":
        return postOnly !== postOnlyOff && type === limit && trigger === 0 ? undefined : "MarketPostOnly"
    }
  }

  /** What can be said of the order by itself and the price. */
  private refusedByTerms(order: Taker): Reason | undefined {
    if (!isSupported(order)) return "CombinationNotSupported"
    if (order.reduceOnly) return "ReduceOnlyNotSupported"
    if (order.clientOrderId !== "" && !clientOrderIdPattern.test(order.clientOrderId)) return "MalformedText"
    return (
      refusedByQuantity(order) ??
      (order.displayLots === 0 ? undefined : this.refusedByDisplay(order.of, order.displayLots, order.lots)) ??
      refusedByPrice(order.of, order.type, order.priceTicks, order.triggerTicks) ??
      refusedByOffset(order) ??
      this.refusedByNotional(order) ??
      (order.type === limit && isOutsideBand(order.of, order.side, order.priceTicks)
        ? "PriceOutsideBand"
        : undefined) ??
      (order.timeInForce === gtd && order.deadline <= this.state.time ? "DeadlinePassed" : undefined)
    )
  }

  refusedByDisplay(of: MarketState, displayLots: number, lots: number): Reason | undefined {
    const fits = displayLots <= lots && displayLots >= of.lotsMin && this.partsFit(displayLots, lots)
    return fits ? undefined : "DisplayQuantityInvalid"
  }

  partsFit(displayLots: number, lots: number): boolean {
    return lots <= displayLots * this.state.limits.icebergPartsMax
  }

  /** Walks the book for a market order or a budget without a trigger, and leaves what it found. */
  private refusedByNotional(order: Taker): Reason | undefined {
    const { lots, of, side, trigger, type } = order
    if (type === limit) return notionalRefusal(of, order.priceTicks * lots * of.quotePerTickLot)
    if (type === marketBudget) {
      const budget = Number(order.budget)
      const refusal = notionalRefusal(of, budget)
      if (refusal !== undefined) return refusal
      this.walk.findBudget(of, side, order, budget, of.rules.marketLotsMax === 0 ? of.lotsMax : of.rules.marketLotsMax)
      order.lots = this.walk.lots
      return unitsOf(order.lots, of.lotUnits) > orderAmountMax ? "QuantityTooLarge" : undefined
    }
    const reference = of.referenceTicks
    if (reference !== 0) {
      const notional = reference * lots * of.quotePerTickLot
      if (of.rules.notionalMinForMarket && notional < of.notionalMin) return "NotionalTooSmall"
      if (of.rules.notionalMaxForMarket && notional > of.notionalMax) return "NotionalTooLarge"
    }
    if (trigger === 0) return this.costs(order) ? undefined : "NotionalTooLarge"
    if (side !== buy) return undefined
    const bound = boundOf(order)
    if (bound === 0) return "NoReferencePrice"
    return bound * lots * of.quotePerTickLot > orderAmountMax ? "NotionalTooLarge" : undefined
  }

  /** Walks the book for a market order; whether a buy costs what an order may. */
  private costs(order: Taker): boolean {
    this.walk.find(order.of, order.side, order, order.limitTicks, order.lots)
    return order.side !== buy || this.walk.quote <= orderAmountMax
  }

  private wouldTrigger({ of, side, trigger, triggerTicks }: Taker): Reason | undefined {
    if (triggerTicks === 0) return undefined
    const reference = of.referenceTicks
    return reference !== 0 && isThere(isRising(side, trigger), triggerTicks, reference) ? "WouldTrigger" : undefined
  }

  private duplicate({ account, clientOrderId }: Taker): Reason | undefined {
    return this.state.accounts.clientOrders[account]?.has(clientOrderId) === true ? "DuplicateClientOrderId" : undefined
  }

  private tooMany({ account }: Taker, count: number): Reason | undefined {
    const { accounts, limits, orders } = this.state
    const full =
      accounts.openOrders(account) + count > limits.openOrdersPerAccountMax ||
      orders.count + count > limits.openOrdersMax
    return full ? "TooManyOpenOrders" : undefined
  }

  private tooManyConditional({ account, of }: Taker, waiting: number, trailing: number): Reason | undefined {
    const { accounts, limits } = this.state
    const full =
      accounts.waitingOrders(account) + waiting > limits.conditionalOrdersPerAccountMax ||
      of.trailingOrders + trailing > limits.trailingOrdersPerMarketMax
    return full ? "TooManyConditionalOrders" : undefined
  }

  /** Of a buy, beside the account's open buys but for the one at `except`. */
  positionTooLarge({ account, lots, of, side }: Taker, except: number): Reason | undefined {
    if (side !== buy) return undefined
    const { accounts, funds, orders } = this.state
    let buying = BigInt(lots)
    for (let slot = accounts.firstOrder(account); slot !== 0; slot = orders.nextOfAccount(slot)) {
      if (orders.side(slot) === buy && orders.market(slot) === of.marketId && slot !== except) {
        buying += BigInt(orders.remaining(slot) + orders.hidden(slot))
      }
    }
    const has = funds.available(account, of.base) + funds.held(account, of.base)
    return has + buying * of.market.lotUnits > of.rules.positionMax ? "PositionTooLarge" : undefined
  }

  /** The checks against book and funds of an order that would be matched now and has `held` already; slides it where it asks for that. */
  private refusedByBook(order: Taker, held: number): Reason | undefined {
    return (
      this.refusedByMakers(order) ??
      this.unfunded(order, held) ??
      (order.canRest && this.levelIsFull(order, order.lots, 0) ? "LevelFull" : undefined)
    )
  }

  private refusedByMakers(order: Taker): Reason | undefined {
    const { lots, of, side, timeInForce, type } = order
    if (order.postOnly !== postOnlyOff) return this.slid(order)
    if (timeInForce !== fok) return undefined
    if (type === limit) this.walk.find(of, side, order, order.priceTicks, lots)
    return this.walk.lots < lots ? "FillOrKillUnfilled" : undefined
  }

  /** A post-only order takes nothing: refused, or moved to where it does not. */
  slid(order: Taker): Reason | undefined {
    const { lots, of, side } = order
    const makers = of.book.against(side)
    if (!makers.crossedBy(order.priceTicks)) return undefined
    if (order.postOnly !== postOnlySlide) return "PostOnlyWouldCross"
    const best = this.state.levels.price(makers.best)
    const price = side === buy ? best - 1 : best + 1
    if (price < Math.max(1, of.rules.ticksMin) || price > of.ticksMax) return "PostOnlyWouldCross"
    if (price * lots * of.quotePerTickLot > of.notionalMax) return "NotionalTooLarge"
    order.priceTicks = price
    return undefined
  }

  /** Sets what the order needs; a market order's walk has been done. */
  private unfunded(order: Taker, held: number): Reason | undefined {
    const { account, of, side } = order
    order.needed = order.trigger === 0 ? this.neededNow(order) : this.neededWaiting(order)
    const least = order.type === marketBudget && side === buy ? Number(order.budget) : order.needed
    return this.covers(of, side, account, least - held) ? undefined : "InsufficientFunds"
  }

  private covers(of: MarketState, side: number, account: number, amount: number): boolean {
    return this.state.funds.canReserve(account, of.heldAsset(side), amount)
  }

  private neededNow({ lots, of, priceTicks, side, type }: Taker): number {
    if (type === limit) return this.open.heldFor(of, side, priceTicks, lots)
    return side === buy ? this.walk.quote : unitsOf(this.walk.lots, of.lotUnits)
  }

  private neededWaiting(order: Taker): number {
    const { lots, of, priceTicks, side, type } = order
    return this.open.heldFor(of, side, type === limit ? priceTicks : boundOf(order), lots)
  }

  /** Whether `lots` would not fit on their level, which has `leaving` lots fewer then. Where there is a level, there is nothing to trade with. */
  levelIsFull({ of, priceTicks, side }: Taker, lots: number, leaving: number): boolean {
    const { levels } = this.state
    const level = of.book.of(side).levelAt(priceTicks)
    return level !== 0 && levels.total(level) - leaving + levels.hidden(level) > Number.MAX_SAFE_INTEGER - lots
  }

  // ---- Acceptance

  private accept(out: Batch.BatchWriter, order: Taker, held: number): void {
    const { state } = this
    const { account, of, side } = order
    const { makerRate, takerRate } = of.ratesOf(state.accounts.feeTier(account))
    if (held !== 0) state.funds.reserve(account, of.heldAsset(side), held)
    order.orderId = ++state.lastOrderId
    order.makerRate = makerRate
    order.takerRate = takerRate
    order.begin(order.lots, held)
    orderAccepted(out, order)
  }

  /** The order's record waits for its trigger. */
  private wait(out: Batch.BatchWriter, slot: number, order: Taker): void {
    const extra = this.addExtra(slot, order)
    extra.held = order.held
    extra.neededWaiting = this.neededWaiting(order)
    this.waiting(out, slot, extra, triggerWait)
    this.open.waitForTrigger(order.of, slot, extra)
  }

  private addExtra(slot: number, order: Taker): OrderExtra {
    const { orders } = this.state
    const extra = order.toExtra()
    orders.setExtra(slot, extra)
    orders.setRemaining(slot, order.lots)
    this.open.countWaiting(slot, extra, 1)
    return extra
  }

  private waiting(out: Batch.BatchWriter, slot: number, extra: OrderExtra, wait: number): void {
    const { markets, orders } = this.state
    emit(out, {
      _tag: "OrderWaiting",
      orderId: orders.id(slot) as never,
      marketId: markets[orders.market(slot)]!.market.marketId,
      side: Order.sides[orders.side(slot)]!,
      wait: Order.waits[wait]!,
      trigger: Order.triggers[extra.trigger]!,
      triggerTicks: extra.triggerTicks,
      trailingUnit: Order.trailingUnits[extra.trailingUnit]!,
      trailingOffset: extra.trailingOffset
    })
  }

  // ---- Lists

  placeList(out: Batch.BatchWriter, at: number): Reason | undefined {
    const { state } = this
    const { view } = out
    const account = state.accounts.indexOf(view.getUint32(at + listAt.accountId, true))
    if (account === 0) return "UnknownAccount"
    const of = state.markets[view.getUint16(at + listAt.marketId, true)]
    if (of === undefined) return "UnknownMarket"
    const contingency = view.getUint8(at + listAt.contingency)
    const texts = Command.decode(view, at) as Layout.Type<typeof Command.PlaceOrderList>
    const orders = [new Taker(), new Taker(), new Taker()] as const
    const ids = [texts.firstClientOrderId, texts.secondClientOrderId, texts.thirdClientOrderId]
    for (const [i, sideAt] of [listAt.firstSide, listAt.secondSide, listAt.thirdSide].entries()) {
      orders[i]!.account = account
      orders[i]!.of = of
      orders[i]!.read(view, at + sideAt - placeAt.side)
      orders[i]!.clientOrderId = ids[i]!
    }
    const list = new AskedList(contingency, orders)
    const refusal = this.listRefusalOf(list, texts.clientListId)
    if (refusal !== undefined) return refusal
    this.acceptList(out, list, texts.clientListId)
    return undefined
  }

  private listRefusalOf(list: AskedList, clientListId: string): Reason | undefined {
    const [first] = list.orders
    const { account, of } = first!
    const byMarket = this.refusedByMarket(first!) ?? (of.status === "postOnly" ? "MarketPostOnly" : undefined)
    if (byMarket !== undefined) return byMarket
    if (!list.isSound()) return "ListTermsInvalid"
    if (!clientOrderIdPattern.test(clientListId)) return "MalformedText"
    const ids = list.orders.map((order) => order.clientOrderId).filter((id) => id !== "")
    return (
      firstOf(list.orders, (order) => this.refusedByTerms(order)) ??
      list.pricesRefusal() ??
      (list.contingency === oco ? firstOf(list.orders, (order) => this.wouldTrigger(order)) : undefined) ??
      firstOf(list.orders, (order) => this.duplicate(order)) ??
      (new Set(ids).size < ids.length || this.state.listsByClientId.has(clientListName(account, clientListId))
        ? "DuplicateClientOrderId"
        : undefined) ??
      this.tooMany(first!, list.orders.length) ??
      this.tooManyConditional(
        first!,
        list.waiting.length,
        list.waiting.filter((order) => order.trailingUnit !== 0).length
      ) ??
      (of.rules.positionMax === 0n ? undefined : firstOf(list.orders, (order) => this.positionTooLarge(order, 0))) ??
      this.listRefusedByBook(list)
    )
  }

  /** Also sets what each order needs; it is zero for pending ones, and for a stop what it needs in addition. */
  private listRefusedByBook({ contingency, orders: [first, second] }: AskedList): Reason | undefined {
    if (contingency !== oco) return this.refusedByBook(first!, 0)
    const { account, of, side } = first!
    const waits = first!.trigger !== 0
    if (!waits) {
      const refusal = this.refusedByMakers(first!)
      if (refusal !== undefined) return refusal
    }
    first!.needed = waits ? this.neededWaiting(first!) : this.neededNow(first!)
    second!.needed = Math.max(0, this.neededWaiting(second!) - first!.needed)
    if (!this.covers(of, side, account, first!.needed + second!.needed)) return "InsufficientFunds"
    return !waits && this.levelIsFull(first!, first!.lots, 0) ? "LevelFull" : undefined
  }

  private acceptList(
    out: Batch.BatchWriter,
    { contingency, matched, orders, waiting }: AskedList,
    clientListId: string
  ): void {
    const { state } = this
    const { account, of } = orders[0]!
    const listId = ++state.lastListId
    const orderIds = orders.map((_, i) => state.lastOrderId + 1 + i)
    this.open.addList({ listId, account, marketId: of.marketId, contingency, clientListId, orderIds })
    emit(out, {
      _tag: "OrderListAccepted",
      listId: listId as never,
      accountId: accountIdOf(account) as never,
      marketId: of.market.marketId,
      contingency: Order.contingencies[contingency]!,
      firstOrderId: orderIds[0] as never,
      secondOrderId: orderIds[1] as never,
      thirdOrderId: (orderIds[2] ?? 0) as never,
      clientListId
    })
    for (const order of orders) {
      order.listId = listId
      this.accept(out, order, order.needed)
      order.slot = this.matching.record(order)
    }
    for (const order of waiting) {
      if (contingency === oco) this.wait(out, order.slot, order)
      else {
        const extra = this.addExtra(order.slot, order)
        extra.place = untilWorkingOrder
        extra.wait = workingOrderWait
        this.waiting(out, order.slot, extra, workingOrderWait)
      }
    }
    if (matched === undefined) return
    state.orders.setExtra(matched.slot, matched.toExtra())
    this.matching.run(out, matched)
  }

  // ---- Starting

  /** The first of the starting queue goes on. */
  start(out: Batch.BatchWriter, slot: number): void {
    const { funds, markets, orders } = this.state
    const extra = orders.extra(slot)!
    const { listId, wait } = extra
    const of = markets[orders.market(slot)]!
    const side = orders.side(slot)
    const order = this.started
    order.load(orders, of, slot)
    // One whose trigger has come is as one without.
    if (wait === triggerWait) order.trigger = 0
    const sibling = this.open.siblingOf(listId, order.orderId)
    if (sibling !== 0 && wait === triggerWait) this.endSibling(out, order, extra, sibling)

    const oldHeld = extra.held
    const waitsOn = order.trigger !== 0
    const refusal = waitsOn ? this.pendingRefusal(order, sibling) : this.startRefusal(order, oldHeld)
    const held = refusal === undefined ? order.needed : oldHeld
    emit(out, {
      _tag: "OrderStarted",
      orderId: order.orderId as never,
      accountId: accountIdOf(order.account) as never,
      marketId: of.market.marketId,
      side: Order.sides[side]!,
      wait: Order.waits[wait]!,
      priceTicks: of.referenceTicks,
      oldHeld: BigInt(oldHeld),
      held: BigInt(held)
    })
    if (refusal !== undefined) return this.open.end(out, slot, Order.endReasons.indexOf(refusal))

    funds.adjust(order.account, of.heldAsset(side), oldHeld, held)
    this.open.stopWaiting(slot, extra)
    extra.held = held
    if (waitsOn) {
      this.open.countWaiting(slot, extra, 1)
      this.waiting(out, slot, extra, triggerWait)
      this.open.waitForTrigger(of, slot, extra)
      return this.open.look(of, of.referenceTicks)
    }
    order.begin(order.lots, held)
    this.matching.run(out, order)
  }

  /** The other order of the pair ends; to the stop passes what it needs. */
  private endSibling(out: Batch.BatchWriter, order: Taker, extra: OrderExtra, sibling: number): void {
    const passedOn = Math.max(0, Math.min(this.open.heldOf(sibling), extra.neededWaiting - extra.held))
    extra.held += passedOn
    this.open.end(out, sibling, otherLeg, passedOn)
  }

  /** Why an order that is to be matched now cannot. */
  private startRefusal(order: Taker, held: number): EndReason | undefined {
    const { of, type } = order
    const mayTrade = of.status === "open" || (of.status === "postOnly" && order.postOnly !== postOnlyOff)
    if (!mayTrade) return "notTrading"
    if (type === market && !this.costs(order)) return "tooLarge"
    const refusal = this.refusedByBook(order, held)
    return refusal === undefined ? undefined : endReasonOf[refusal]
  }

  /** Why a pending order cannot begin to wait for its trigger. */
  private pendingRefusal(order: Taker, sibling: number): EndReason | undefined {
    const { account, of, side, slot, type } = order
    if (type === market && side === buy && boundOf(order) === 0) return "unfunded"
    const needed = this.neededWaiting(order)
    if (needed > orderAmountMax) return "tooLarge"
    const extra = this.state.orders.extra(slot)!
    extra.neededWaiting = needed
    order.needed = sibling === 0 ? needed : Math.max(0, needed - this.open.heldOf(sibling))
    return this.covers(of, side, account, order.needed) ? undefined : "unfunded"
  }
}

const firstOf = (orders: ReadonlyArray<Taker>, refusal: (order: Taker) => Reason | undefined): Reason | undefined => {
  for (const order of orders) {
    const found = refusal(order)
    if (found !== undefined) return found
  }
  return undefined
}

/** How an order ends that starts and is refused. */
const endReasonOf: { readonly [R in Reason]?: EndReason } = {
  PostOnlyWouldCross: "wouldCross",
  NotionalTooLarge: "tooLarge",
  FillOrKillUnfilled: "unfilled",
  InsufficientFunds: "unfunded",
  LevelFull: "levelFull"
}

/** Of nothing there is nothing, also where one lot is more than an order may move. */
const unitsOf = (lots: number, perLot: number): number => (lots === 0 ? 0 : lots * perLot)
