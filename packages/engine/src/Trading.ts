/** Orders: placing, matching, cancelling, amending. Each public method does one command of `docs/concepts/venue-rules.md`. */
import { type Batch, Command, Layout, Market, Order, type RejectReason } from "@pandora-exchange/core"
import { emit, orderAccepted, orderEnded, orderRested, reject, trade } from "./emit.ts"
import { invariant } from "./invariant.ts"
import { buy } from "./OrderPool.ts"
import { accountIdOf, house, type MarketState, orderAmountMax, type State } from "./State.ts"

const { readU53 } = Layout
const { feeRateScale } = Market

const limit = Order.orderTypes.indexOf("limit")
const market = Order.orderTypes.indexOf("market")
const marketBudget = Order.orderTypes.indexOf("marketBudget")
const fok = Order.timesInForce.indexOf("FOK")
const ioc = Order.timesInForce.indexOf("IOC")
const gtd = Order.timesInForce.indexOf("GTD")
const filled = Order.endReasons.indexOf("filled")
const cancelled = Order.endReasons.indexOf("cancelled")
const deadlineCame = Order.endReasons.indexOf("deadline")
const unfilled = Order.endReasons.indexOf("unfilled")
const remainder = Order.endReasons.indexOf("remainder")

const placeAt = Command.PlaceOrder.offsets
const cancelAt = Command.CancelOrder.offsets
const cancelAllAt = Command.CancelAll.offsets
const amendAt = Command.AmendOrder.offsets

const clientOrderIdPattern = /^[A-Za-z0-9._:/-]{0,36}$/

/** An order as its command asks for it, and what checking it finds. One instance serves all, since orders come one by one. */
class Incoming {
  accountId = 0
  marketId = 0
  side = 0
  type = 0
  timeInForce = 0
  postOnly = false
  priceTicks = 0
  askedLots = 0
  budget = 0n
  deadline = 0
  clientOrderId = ""

  account = 0
  of: MarketState | undefined
  /** What will be traded or rest. */
  lots = 0
  held = 0

  get canRest(): boolean {
    return this.type === limit && this.timeInForce !== fok && this.timeInForce !== ioc
  }

  read(view: DataView, at: number): void {
    this.accountId = view.getUint32(at + placeAt.accountId, true)
    this.marketId = view.getUint16(at + placeAt.marketId, true)
    this.side = view.getUint8(at + placeAt.side)
    this.type = view.getUint8(at + placeAt.type)
    this.timeInForce = view.getUint8(at + placeAt.timeInForce)
    this.postOnly = view.getUint8(at + placeAt.postOnly) === 1
    this.priceTicks = readU53(view, at + placeAt.priceTicks)
    this.askedLots = readU53(view, at + placeAt.lots)
    this.budget = view.getBigInt64(at + placeAt.budget, true)
    this.deadline = readU53(view, at + placeAt.deadline)
    this.clientOrderId = Layout.text.read(view, at + Command.PlaceOrder.fixedBytes)
  }
}

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

export class Trading {
  private readonly state: State
  private readonly incoming = new Incoming()

  /** What the last walk through the book found: lots, their quote, and whether the book was empty behind them. */
  private foundLots = 0
  private foundQuote = 0
  private bookRanOut = false

  /** The taker of the match under way. */
  private takerRemaining = 0
  private takerFeeRemainder = 0
  /** What is still held for the taker. */
  private takerHeld = 0

  /** Fee remainder after the last `fee`. */
  private remainderAfter = 0

  constructor(state: State) {
    this.state = state
  }

  place(out: Batch.BatchWriter, at: number): void {
    const { incoming, state } = this
    incoming.read(out.view, at)
    const refusal = this.refusalOf(incoming)
    if (refusal !== undefined) return reject(out, refusal)

    const of = incoming.of!
    const { account, accountId, budget, deadline, held, lots, marketId, priceTicks, side, type } = incoming
    state.balances.hold(side === buy ? of.quote : of.base, account, held)
    const orderId = ++state.lastOrderId
    const { makerRate, takerRate } = of
    orderAccepted(
      out,
      orderId,
      accountId,
      marketId,
      side,
      type,
      incoming.timeInForce,
      incoming.postOnly,
      priceTicks,
      lots,
      budget,
      deadline,
      makerRate,
      takerRate,
      held,
      incoming.clientOrderId
    )

    this.takerRemaining = lots
    this.takerFeeRemainder = 0
    this.takerHeld = held
    const makers = of.book.against(side)
    if (makers.best !== 0 && (type !== limit || makers.crossedBy(priceTicks))) {
      this.match(out, of, orderId, account, side, type === limit ? priceTicks : -1, takerRate)
    }
    const left = this.takerRemaining

    if (left > 0 && incoming.canRest) {
      const slot = state.orders.allocate()
      const { orders } = state
      orders.setId(slot, orderId)
      orders.setAccount(slot, account)
      orders.setLots(slot, lots)
      orders.setTerms(slot, marketId, side, incoming.postOnly, incoming.timeInForce === gtd)
      orders.setRates(slot, makerRate, takerRate)
      orders.setDeadline(slot, deadline)
      this.register(slot, incoming.clientOrderId)
      this.rest(out, of, slot, side, priceTicks, left)
      return
    }
    const reason = type === marketBudget ? this.budgetEnd(budget) : left === 0 ? filled : unfilled
    this.releaseTakerHeld(of, account, side)
    orderEnded(out, orderId, accountId, marketId, side, reason, priceTicks, lots - left, left, this.takerHeld, 0)
  }

  /** What placing the order would come to now, by the checks and the walk of `place`. Nothing changes. */
  preview(command: Layout.Type<typeof Command.PlaceOrder>): RejectReason.RejectReason | Preview {
    const { incoming, state } = this
    const view = new DataView(new ArrayBuffer(Layout.recordBytesMax))
    Command.encode(view, 0, command)
    incoming.read(view, 0)
    const refusal = this.refusalOf(incoming)
    if (refusal !== undefined) return refusal

    const of = incoming.of!
    const { held, lots, priceTicks, side, type } = incoming
    const makers = of.book.against(side)
    const fills: Array<Preview["fills"][number]> = []
    let left = lots
    let quoteUnits = 0n
    let fee = 0n
    let feeRemainder = 0
    for (let level = makers.best; level !== 0 && left > 0; level = makers.after(level)) {
      if (type === limit && !makers.within(level, priceTicks)) break
      const taken = Math.min(left, state.levels.total(level))
      const price = state.levels.price(level)
      const quote = price * taken * of.quotePerTickLot
      fee += BigInt(this.fee(side === buy ? taken * of.lotUnits : quote, of.takerRate, feeRemainder))
      feeRemainder = this.remainderAfter
      quoteUnits += BigInt(quote)
      fills.push({ priceTicks: price, lots: taken })
      left -= taken
    }
    return { lots, held: BigInt(held), fills, quoteUnits, fee, restingLots: incoming.canRest ? left : 0 }
  }

  /** The first reason against the order; without one its `lots` and `held` are final. */
  private refusalOf(order: Incoming): RejectReason.RejectReason | undefined {
    const { state } = this
    const { askedLots, budget, side, timeInForce, type } = order
    order.account = state.accounts.indexOf(order.accountId)
    order.of = state.markets[order.marketId]
    const { account, of } = order
    if (account === 0) return "UnknownAccount"
    if (of === undefined) return "UnknownMarket"
    return (
      this.refusedByMarket(of, account, type, order.postOnly) ??
      malformed(order) ??
      outOfBounds(of, type, order.priceTicks, askedLots, budget) ??
      this.refusedByCost(of, side, type, askedLots, budget) ??
      (timeInForce === gtd && order.deadline <= state.time ? "DeadlinePassed" : undefined) ??
      this.refusedByAccount(account, timeInForce, order.clientOrderId) ??
      this.refusedByBook(order, of) ??
      this.refusedByFunds(order, of)
    )
  }

  private refusedByBook(order: Incoming, of: MarketState): RejectReason.RejectReason | undefined {
    const { askedLots, priceTicks, side, timeInForce, type } = order
    if (order.postOnly && of.book.against(side).crossedBy(priceTicks)) return "PostOnlyWouldCross"
    if (timeInForce !== fok) return undefined
    if (type === limit) this.walk(of, side, priceTicks, askedLots)
    return this.foundLots < askedLots ? "FillOrKillUnfilled" : undefined
  }

  private refusedByFunds(order: Incoming, of: MarketState): RejectReason.RejectReason | undefined {
    const { account, priceTicks, side, type } = order
    const lots = type === marketBudget ? this.foundLots : order.askedLots
    order.lots = lots
    if (type === limit) order.held = this.heldFor(of, side, priceTicks, lots)
    else order.held = side === buy ? this.foundQuote : unitsOf(this.foundLots, of.lotUnits)
    const needed = type === marketBudget && side === buy ? Number(order.budget) : order.held
    if (!this.state.balances.covers(side === buy ? of.quote : of.base, account, needed)) return "InsufficientFunds"
    return order.canRest && this.levelIsFull(of, side, priceTicks, lots, 0) ? "LevelFull" : undefined
  }

  private budgetEnd(budget: bigint): number {
    if (BigInt(this.foundQuote) === budget) return filled
    return this.bookRanOut ? unfilled : remainder
  }

  private refusedByMarket(
    of: MarketState,
    account: number,
    type: number,
    postOnly: boolean
  ): RejectReason.RejectReason | undefined {
    const kind = this.state.accounts.kinds[account]
    if (kind !== "user" && kind !== "house") return "AccountCannotTrade"
    switch (of.status) {
      case "open":
        return undefined
      case "halted":
        return "MarketHalted"
      case "cancelOnly":
        return "MarketCancelOnly"
      case "postOnly":
        return postOnly && type === limit ? undefined : "MarketPostOnly"
    }
  }

  /** Walks the book for a market order, and leaves what it found. */
  private refusedByCost(
    of: MarketState,
    side: number,
    type: number,
    lots: number,
    budget: bigint
  ): RejectReason.RejectReason | undefined {
    if (type === limit) return undefined
    if (type === market) {
      this.walk(of, side, -1, lots)
      return side === buy && this.foundQuote > orderAmountMax ? "NotionalTooLarge" : undefined
    }
    this.walkBudget(of, side, Number(budget))
    return unitsOf(this.foundLots, of.lotUnits) > orderAmountMax ? "QuantityTooLarge" : undefined
  }

  private refusedByAccount(
    account: number,
    timeInForce: number,
    clientOrderId: string
  ): RejectReason.RejectReason | undefined {
    const { accounts, limits, orders } = this.state
    if (clientOrderId !== "" && accounts.clientOrders[account]?.has(clientOrderId) === true)
      return "DuplicateClientOrderId"
    if (timeInForce === ioc || timeInForce === fok) return undefined
    const full = accounts.openOrders[account]! >= limits.openOrdersPerAccountMax || orders.count >= limits.openOrdersMax
    return full ? "TooManyOpenOrders" : undefined
  }

  /** Whether what is left of `lots` after trading would not fit on the level at `priceTicks`, which has `leaving` lots fewer then. */
  private levelIsFull(of: MarketState, side: number, priceTicks: number, lots: number, leaving: number): boolean {
    const level = of.book.of(side).levelAt(priceTicks)
    if (level === 0) return false
    const room = Number.MAX_SAFE_INTEGER - (this.state.levels.total(level) - leaving)
    if (lots <= room) return false
    this.walk(of, side, priceTicks, lots)
    return lots - this.foundLots > room
  }

  /** Counts what an order of `side` would trade now: at most `lots`, within `priceTicks` unless that is -1. */
  private walk(of: MarketState, side: number, priceTicks: number, lots: number): void {
    const makers = of.book.against(side)
    const { levels } = this.state
    let left = lots
    let quote = 0
    for (let level = makers.best; level !== 0 && left > 0; level = makers.after(level)) {
      if (priceTicks !== -1 && !makers.within(level, priceTicks)) break
      const taken = Math.min(left, levels.total(level))
      left -= taken
      quote += levels.price(level) * taken * of.quotePerTickLot
    }
    this.foundLots = lots - left
    this.foundQuote = quote
  }

  /** Counts the whole lots that `budget` (below 2^53) buys or that bring in at most `budget`. */
  private walkBudget(of: MarketState, side: number, budget: number): void {
    const makers = of.book.against(side)
    const { levels } = this.state
    let level = makers.best
    let left = budget
    let lots = 0
    while (level !== 0) {
      const perLot = levels.price(level) * of.quotePerTickLot
      const total = levels.total(level)
      const taken = Math.min(floorDivide(left, perLot), total, of.lotsMax - lots)
      lots += taken
      left -= taken * perLot
      if (taken < total) break
      level = makers.after(level)
    }
    this.foundLots = lots
    this.foundQuote = budget - left
    this.bookRanOut = level === 0
  }

  /** Trades the taker against the book, best price first, oldest first, within `limitTicks` unless that is -1. */
  private match(
    out: Batch.BatchWriter,
    of: MarketState,
    takerId: number,
    taker: number,
    takerSide: number,
    limitTicks: number,
    takerRate: number
  ): void {
    const { state } = this
    const { balances, orders, levels } = state
    const { marketId, base, quote, lotUnits, quotePerTickLot } = of
    const makers = of.book.against(takerSide)
    const makerSide = takerSide ^ 1
    const takerAccountId = accountIdOf(taker)
    while (this.takerRemaining > 0 && makers.best !== 0) {
      const level = makers.best
      const price = levels.price(level)
      if (limitTicks !== -1 && !makers.crossedBy(limitTicks)) return
      const slot = levels.first(level)
      const maker = orders.account(slot)
      const makerId = orders.id(slot)
      const makerLeft = orders.remaining(slot)
      const lots = Math.min(this.takerRemaining, makerLeft)
      const baseUnits = lots * lotUnits
      const quoteUnits = price * lots * quotePerTickLot

      let buyerHeld = quoteUnits
      let makerFee: number
      let takerFee: number
      if (takerSide === buy) {
        if (limitTicks !== -1) buyerHeld = limitTicks * lots * quotePerTickLot
        makerFee = this.fee(quoteUnits, orders.makerRate(slot), orders.feeRemainder(slot))
        orders.setFeeRemainder(slot, this.remainderAfter)
        takerFee = this.fee(baseUnits, takerRate, this.takerFeeRemainder)
        balances.spendHeld(quote, taker, buyerHeld)
        if (buyerHeld !== quoteUnits) balances.addAvailable(quote, taker, buyerHeld - quoteUnits)
        balances.addAvailable(base, taker, baseUnits - takerFee)
        balances.spendHeld(base, maker, baseUnits)
        balances.addAvailable(quote, maker, quoteUnits - makerFee)
        if (makerFee !== 0) balances.addAvailable(quote, house, makerFee)
        if (takerFee !== 0) balances.addAvailable(base, house, takerFee)
        this.takerHeld -= buyerHeld
      } else {
        makerFee = this.fee(baseUnits, orders.makerRate(slot), orders.feeRemainder(slot))
        orders.setFeeRemainder(slot, this.remainderAfter)
        takerFee = this.fee(quoteUnits, takerRate, this.takerFeeRemainder)
        balances.spendHeld(base, taker, baseUnits)
        balances.addAvailable(quote, taker, quoteUnits - takerFee)
        balances.spendHeld(quote, maker, quoteUnits)
        balances.addAvailable(base, maker, baseUnits - makerFee)
        if (makerFee !== 0) balances.addAvailable(base, house, makerFee)
        if (takerFee !== 0) balances.addAvailable(quote, house, takerFee)
        this.takerHeld -= baseUnits
      }
      this.takerFeeRemainder = this.remainderAfter
      this.takerRemaining -= lots

      trade(
        out,
        marketId,
        ++of.lastTradeId,
        makerId,
        takerId,
        accountIdOf(maker),
        takerAccountId,
        takerSide,
        price,
        lots,
        makerLeft - lots,
        this.takerRemaining,
        baseUnits,
        quoteUnits,
        buyerHeld,
        makerFee,
        takerFee,
        ++of.depthSequence
      )
      if (lots < makerLeft) makers.shrink(slot, lots)
      else {
        const ordered = orders.lots(slot)
        makers.remove(slot)
        this.unregister(slot)
        orderEnded(out, makerId, accountIdOf(maker), marketId, makerSide, filled, price, ordered, 0, 0, 0)
      }
    }
  }

  /**
   * The fee for one more fill: the ceiling of the order's exact fee after it minus that before it. `before` and
   * `remainderAfter` say how far the ceiling is above the exact fee, in 1/100,000.
   */
  private fee(received: number, rate: number, before: number): number {
    let whole = Math.floor(received / feeRateScale)
    let rest = received - whole * feeRateScale
    if (rest < 0) {
      whole--
      rest += feeRateScale
    }
    const needed = rest * rate - before
    const more = needed > 0 ? Math.ceil(needed / feeRateScale) : 0
    this.remainderAfter = more * feeRateScale - needed
    return whole * rate + more
  }

  private rest(out: Batch.BatchWriter, of: MarketState, slot: number, side: number, price: number, lots: number): void {
    const { orders } = this.state
    orders.setPrice(slot, price)
    orders.setRemaining(slot, lots)
    orders.setFeeRemainder(slot, this.takerFeeRemainder)
    of.book.of(side).append(slot, price)
    invariant(!of.book.against(side).crossedBy(price), "a resting order does not cross the book")
    orderRested(out, orders.id(slot), of.marketId, side, price, lots, ++of.depthSequence)
  }

  private releaseTakerHeld(of: MarketState, account: number, side: number): void {
    if (this.takerHeld !== 0) this.state.balances.release(side === buy ? of.quote : of.base, account, this.takerHeld)
  }

  /** Makes an order findable: by its id, by its account, by its client order id, by its deadline. */
  register(slot: number, clientOrderId: string): void {
    const { accounts, clientOrderIds, deadlines, index, orders } = this.state
    const id = orders.id(slot)
    const account = orders.account(slot)
    index.add(id, slot)
    const last = accounts.lastOrder[account]!
    orders.setPreviousOfAccount(slot, last)
    orders.setNextOfAccount(slot, 0)
    if (last === 0) accounts.firstOrder[account] = slot
    else orders.setNextOfAccount(last, slot)
    accounts.lastOrder[account] = slot
    accounts.openOrders[account]!++
    if (clientOrderId !== "") {
      const byClientId = (accounts.clientOrders[account] ??= new Map())
      byClientId.set(clientOrderId, id)
      clientOrderIds.set(id, clientOrderId)
    }
    if (orders.gtd(slot)) deadlines.add(slot)
  }

  /** Forgets an order that is in no queue any more. */
  private unregister(slot: number): void {
    const { accounts, clientOrderIds, deadlines, index, orders } = this.state
    const id = orders.id(slot)
    const account = orders.account(slot)
    if (orders.gtd(slot)) deadlines.remove(slot)
    if (clientOrderIds.size !== 0) {
      const clientOrderId = clientOrderIds.get(id)
      if (clientOrderId !== undefined) {
        clientOrderIds.delete(id)
        accounts.clientOrders[account]!.delete(clientOrderId)
      }
    }
    const previous = orders.previousOfAccount(slot)
    const next = orders.nextOfAccount(slot)
    if (previous === 0) accounts.firstOrder[account] = next
    else orders.setNextOfAccount(previous, next)
    if (next === 0) accounts.lastOrder[account] = previous
    else orders.setPreviousOfAccount(next, previous)
    accounts.openOrders[account]!--
    index.remove(id, slot)
    orders.free(slot)
  }

  /** What is held for an order in the book. */
  private heldFor(of: MarketState, side: number, price: number, lots: number): number {
    return side === buy ? price * lots * of.quotePerTickLot : lots * of.lotUnits
  }

  /** Takes an order out of the book and releases what is held for it. */
  private end(out: Batch.BatchWriter, slot: number, reason: number): void {
    const { balances, markets, orders } = this.state
    const of = markets[orders.market(slot)]!
    const side = orders.side(slot)
    const price = orders.price(slot)
    const left = orders.remaining(slot)
    const lots = orders.lots(slot)
    const account = orders.account(slot)
    const id = orders.id(slot)
    const held = this.heldFor(of, side, price, left)
    of.book.of(side).remove(slot)
    this.unregister(slot)
    balances.release(side === buy ? of.quote : of.base, account, held)
    const sequence = ++of.depthSequence
    orderEnded(out, id, accountIdOf(account), of.marketId, side, reason, price, lots - left, left, held, sequence)
  }

  /** Ends what is past its deadline, as much as one command may. */
  expire(out: Batch.BatchWriter): void {
    const { deadlines, limits, orders, time } = this.state
    for (let done = 0; done < limits.dueWorkMax; done++) {
      const slot = deadlines.first()
      if (slot === 0 || orders.deadline(slot) > time) return
      this.end(out, slot, deadlineCame)
    }
  }

  /** The account's open order, or 0. Another account's does not exist. */
  private own(account: number, orderId: number): number {
    const slot = this.state.index.find(orderId)
    return slot !== 0 && this.state.orders.account(slot) === account ? slot : 0
  }

  cancel(out: Batch.BatchWriter, at: number): void {
    const { accounts, markets, orders } = this.state
    const account = accounts.indexOf(out.view.getUint32(at + cancelAt.accountId, true))
    let orderId = readU53(out.view, at + cancelAt.orderId)
    if (account === 0) return reject(out, "UnknownAccount")
    if (orderId === 0) {
      const clientOrderId = Layout.text.read(out.view, at + Command.CancelOrder.fixedBytes)
      orderId = accounts.clientOrders[account]?.get(clientOrderId) ?? 0
    }
    const slot = this.own(account, orderId)
    if (slot === 0) return reject(out, "UnknownOrder")
    if (markets[orders.market(slot)]!.status === "halted") return reject(out, "MarketHalted")
    this.end(out, slot, cancelled)
  }

  cancelAll(out: Batch.BatchWriter, at: number): void {
    const { accounts, markets, orders } = this.state
    const account = accounts.indexOf(out.view.getUint32(at + cancelAllAt.accountId, true))
    const marketId = out.view.getUint16(at + cancelAllAt.marketId, true)
    if (account === 0) return reject(out, "UnknownAccount")
    if (marketId !== 0 && markets[marketId] === undefined) return reject(out, "UnknownMarket")
    if (marketId !== 0 && markets[marketId]!.status === "halted") return reject(out, "MarketHalted")
    for (let slot = accounts.firstOrder[account]!; slot !== 0; ) {
      const next = orders.nextOfAccount(slot)
      const of = orders.market(slot)
      if ((marketId === 0 || marketId === of) && markets[of]!.status !== "halted") this.end(out, slot, cancelled)
      slot = next
    }
  }

  amend(out: Batch.BatchWriter, at: number): void {
    const { state } = this
    const { accounts, balances, markets, orders } = state
    const accountId = out.view.getUint32(at + amendAt.accountId, true)
    const marketId = out.view.getUint16(at + amendAt.marketId, true)
    const orderId = readU53(out.view, at + amendAt.orderId)
    const askedPrice = readU53(out.view, at + amendAt.priceTicks)
    const askedLots = readU53(out.view, at + amendAt.lots)
    const account = accounts.indexOf(accountId)
    if (account === 0) return reject(out, "UnknownAccount")
    const slot = this.own(account, orderId)
    if (slot === 0 || orders.market(slot) !== marketId) return reject(out, "UnknownOrder")

    const of = markets[marketId]!
    const side = orders.side(slot)
    const oldPrice = orders.price(slot)
    const oldLots = orders.lots(slot)
    const oldRemaining = orders.remaining(slot)
    const filledLots = oldLots - oldRemaining
    const price = askedPrice === 0 ? oldPrice : askedPrice
    const lots = askedLots === 0 ? oldLots : askedLots
    const keepsPriority = price === oldPrice && lots <= oldLots
    const postOnly = orders.postOnly(slot)

    if (of.status === "halted") return reject(out, "MarketHalted")
    if (of.status === "cancelOnly") return reject(out, "MarketCancelOnly")
    if (of.status === "postOnly" && !postOnly && !keepsPriority) return reject(out, "MarketPostOnly")
    const refusal = outOfBounds(of, limit, price, lots, 0n)
    if (refusal !== undefined) return reject(out, refusal)
    if (price === oldPrice && lots === oldLots) return reject(out, "NothingToAmend")
    if (lots <= filledLots) return reject(out, "QuantityBelowFilled")
    if (postOnly && of.book.against(side).crossedBy(price)) return reject(out, "PostOnlyWouldCross")

    const remaining = lots - filledLots
    const asset = side === buy ? of.quote : of.base
    const oldHeld = this.heldFor(of, side, oldPrice, oldRemaining)
    const held = this.heldFor(of, side, price, remaining)
    if (held > oldHeld && !balances.covers(asset, account, held - oldHeld)) return reject(out, "InsufficientFunds")
    if (this.levelIsFull(of, side, price, remaining, price === oldPrice ? oldRemaining : 0))
      return reject(out, "LevelFull")

    if (held > oldHeld) balances.hold(asset, account, held - oldHeld)
    else balances.release(asset, account, oldHeld - held)
    orders.setLots(slot, lots)
    if (keepsPriority) of.book.of(side).shrink(slot, oldRemaining - remaining)
    else of.book.of(side).remove(slot)
    emit(out, {
      _tag: "OrderAmended",
      orderId: orderId as never,
      accountId: accountId as never,
      marketId: of.market.marketId,
      side: side === buy ? "buy" : "sell",
      keptPriority: keepsPriority,
      oldPriceTicks: oldPrice,
      oldRemainingLots: oldRemaining,
      priceTicks: price,
      remainingLots: remaining,
      lots,
      oldHeld: BigInt(oldHeld),
      held: BigInt(held),
      depthSequence: ++of.depthSequence
    })
    if (keepsPriority) return

    this.takerRemaining = remaining
    this.takerFeeRemainder = orders.feeRemainder(slot)
    this.takerHeld = held
    if (of.book.against(side).crossedBy(price)) {
      this.match(out, of, orderId, account, side, price, orders.takerRate(slot))
    }
    if (this.takerRemaining > 0) return this.rest(out, of, slot, side, price, this.takerRemaining)
    this.unregister(slot)
    orderEnded(out, orderId, accountId, of.marketId, side, filled, price, lots, 0, this.takerHeld, 0)
  }
}

const malformed = (order: Incoming): RejectReason.RejectReason | undefined => {
  const { askedLots, budget, deadline, postOnly, priceTicks, timeInForce, type } = order
  const immediate = timeInForce === ioc || timeInForce === fok
  const supported =
    (!postOnly || (type === limit && !immediate)) &&
    (type === limit || (immediate && priceTicks === 0)) &&
    (type !== marketBudget || (timeInForce !== fok && askedLots === 0)) &&
    (type === marketBudget || budget === 0n) &&
    (timeInForce === gtd) === (deadline !== 0)
  if (!supported) return "CombinationNotSupported"
  return clientOrderIdPattern.test(order.clientOrderId) ? undefined : "MalformedText"
}

const outOfBounds = (
  of: MarketState,
  type: number,
  priceTicks: number,
  lots: number,
  budget: bigint
): RejectReason.RejectReason | undefined => {
  if (type === marketBudget) {
    if (budget <= 0n) return "AmountNotPositive"
    if (Number(budget) < of.notionalMin) return "NotionalTooSmall"
    return Number(budget) > of.notionalMax ? "NotionalTooLarge" : undefined
  }
  if (lots === 0) return "QuantityZero"
  if (lots < of.lotsMin) return "QuantityTooSmall"
  if (lots > of.lotsMax || lots * of.lotUnits > orderAmountMax) return "QuantityTooLarge"
  if (type === market) return undefined
  if (priceTicks === 0) return "PriceZero"
  if (priceTicks > of.ticksMax) return "PriceTooHigh"
  const notional = priceTicks * lots * of.quotePerTickLot
  if (notional < of.notionalMin) return "NotionalTooSmall"
  return notional > of.notionalMax ? "NotionalTooLarge" : undefined
}

/** Of nothing there is nothing, also where one lot is more than an order may move. */
const unitsOf = (lots: number, perLot: number): number => (lots === 0 ? 0 : lots * perLot)

/** Whole times `divisor` goes into `value`; both are below 2^53, so one correction makes the rounded quotient exact. */
const floorDivide = (value: number, divisor: number): number => {
  const quotient = Math.floor(value / divisor)
  return quotient * divisor > value ? quotient - 1 : quotient
}
