/**
 * Matches the taker against the book and settles each trade. `docs/concepts/venue-rules.md`,
 * "Matching".
 */
import { type Batch, Order } from "@pandora-exchange/core"
import { emit, orderEnded, orderRested, trade as emitTrade } from "./emit.ts"
import { EndedOrder } from "./EndedOrder.ts"
import { feeOf, remainderAfter } from "./Fees.ts"
import { invariant } from "./invariant.ts"
import type { OpenOrders } from "./OpenOrders.ts"
import type { BookSide } from "./OrderBook.ts"
import type { OrderExtra } from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import { keep } from "./OrderRecord.ts"
import { accountIdOf, type MarketState, type State } from "./State.ts"
import { orderType, type Taker } from "./Taker.ts"
import { Trade } from "./Trade.ts"
import { isOwn, reachOf } from "./Walk.ts"

const none = Order.selfTradePreventions.indexOf("none")
const expireTaker = Order.selfTradePreventions.indexOf("expireTaker")
const expireMaker = Order.selfTradePreventions.indexOf("expireMaker")
const expireBoth = Order.selfTradePreventions.indexOf("expireBoth")
const filled = Order.endReasons.indexOf("filled")
const unfilled = Order.endReasons.indexOf("unfilled")
const selfTrade = Order.endReasons.indexOf("selfTrade")
const priceRange = Order.endReasons.indexOf("priceRange")

export class Matching {
  private readonly state: State
  private readonly open: OpenOrders
  private readonly trade = new Trade()
  private readonly ended = new EndedOrder()

  constructor(state: State, open: OpenOrders) {
    this.state = state
    this.open = open
  }

  /**
   * Trades the taker, then rests or ends it; afterwards its list and the market's waiting orders
   * are processed.
   */
  run(out: Batch.BatchWriter, taker: Taker): void {
    const { limitTicks, market, side } = taker
    const makers = market.book.against(side)
    let beyondRange = false
    if (makers.crossedBy(limitTicks)) {
      const reach = reachOf(market, side, limitTicks)
      this.match(out, taker, reach)
      // The range is based on the price before the order traded.
      beyondRange = makers.crossedBy(limitTicks) && !makers.crossedBy(reach)
    }
    this.finish(out, taker, beyondRange)
    const { firstTicks, lastTicks } = taker
    if (firstTicks === 0) return
    market.lastTicks = lastTicks
    if (market.rules.triggerSource !== "") return
    this.open.checkTriggers(market, firstTicks)
    if (lastTicks !== firstTicks) this.open.checkTriggers(market, lastTicks)
  }

  /** Best price first, oldest first, as far as `reach`. */
  private match(out: Batch.BatchWriter, taker: Taker, reach: number): void {
    const { levels, orders } = this.state
    const { account, market, side } = taker
    const makers = market.book.against(side)
    const mayTradeWithItself = taker.selfTradePrevention === none
    while (taker.left > 0 && makers.crossedBy(reach)) {
      const level = makers.best
      const price = levels.price(level)
      const slot = levels.first(level)
      const maker = orders.account(slot)
      if (!mayTradeWithItself && isOwn(this.state, account, maker)) {
        this.prevent(out, taker, makers, slot, price)
        if (taker.expired) return
        continue
      }
      const makerId = orders.id(slot)
      const makerShown = orders.remaining(slot)
      const extra = orders.extra(slot)
      const lots = Math.min(taker.left, makerShown)
      const trade = this.settle(taker, slot, price, lots)
      taker.left -= lots
      if (taker.firstTicks === 0) taker.firstTicks = price
      taker.lastTicks = price

      trade.makerRemainingLots = makerShown - lots + (extra === undefined ? 0 : extra.hiddenLots)
      trade.takerRemainingLots = taker.left
      trade.tradeId = ++market.lastTradeId
      trade.depthSequence = ++market.depthSequence
      emitTrade(out, trade)
      if (taker.listId !== 0)
        this.open.countBrought(taker.listId, taker.orderId, broughtBy(trade, trade.takerSide))
      if (extra !== undefined && extra.listId !== 0) {
        this.open.countBrought(extra.listId, makerId, broughtBy(trade, makers.side))
      }
      if (lots < makerShown) makers.shrink(slot, lots)
      else this.usedUp(out, market, makers, slot, price, filled)
      if (extra !== undefined && extra.listId !== 0) this.open.legTraded(out, extra.listId, makerId)
    }
  }

  /** Pays for one match, and records on both orders what they have paid. */
  private settle(taker: Taker, slot: number, price: number, lots: number): Trade {
    const { orders } = this.state
    const { trade } = this
    const { account, market, side, takerRate } = taker
    const maker = orders.account(slot)
    const isBuy = side === buy
    const baseUnits = lots * market.lotUnits
    const quoteUnits = price * lots * market.quotePerTickLot
    const takerHeld =
      isBuy && taker.type === orderType.limit
        ? taker.priceTicks * lots * market.quotePerTickLot
        : quoteUnits
    const takerReceives = isBuy ? baseUnits : quoteUnits
    const makerReceives = isBuy ? quoteUnits : baseUnits
    const makerRate = orders.makerRate(slot)
    const makerFee = feeOf(makerReceives, makerRate, orders.feeRemainder(slot))
    const takerFee = feeOf(takerReceives, takerRate, taker.feeRemainder)
    trade.buyer = isBuy ? account : maker
    trade.seller = isBuy ? maker : account
    trade.base = market.base
    trade.quote = market.quote
    trade.baseUnits = baseUnits
    trade.quoteUnits = quoteUnits
    trade.buyerHeld = takerHeld
    trade.buyerFee = isBuy ? takerFee : makerFee
    trade.sellerFee = isBuy ? makerFee : takerFee
    trade.marketId = market.marketId
    trade.makerOrderId = orders.id(slot)
    trade.takerOrderId = taker.orderId
    trade.makerAccountId = accountIdOf(maker)
    trade.takerAccountId = accountIdOf(account)
    trade.takerSide = side
    trade.priceTicks = price
    trade.lots = lots
    trade.makerFee = makerFee
    trade.takerFee = takerFee
    this.state.funds.settle(trade)
    orders.setFeeRemainder(
      slot,
      remainderAfter(makerReceives, makerRate, orders.feeRemainder(slot), makerFee)
    )
    taker.feeRemainder = remainderAfter(takerReceives, takerRate, taker.feeRemainder, takerFee)
    taker.held -= isBuy ? takerHeld : baseUnits
    orders.countFill(slot, quoteUnits, makerFee)
    taker.countFill(quoteUnits, takerFee)
    return trade
  }

  /** Nothing of the maker's shown part is left: it shows more, or ends. */
  private usedUp(
    out: Batch.BatchWriter,
    market: MarketState,
    makers: BookSide,
    slot: number,
    price: number,
    reason: number
  ): void {
    const { orders } = this.state
    const extra = orders.extra(slot)
    makers.remove(slot)
    if (extra !== undefined && extra.hiddenLots > 0)
      return this.refill(out, market, makers, slot, extra, price)
    const prevented = extra?.preventedLots ?? 0
    const listId = extra?.listId ?? 0
    const { ended } = this
    ended.read(orders, slot)
    ended.reason = reason
    ended.filledLots = orders.lots(slot) - prevented
    ended.endedLots = 0
    this.open.unregister(slot)
    orderEnded(out, ended)
    if (listId !== 0) this.open.legEnded(out, listId, ended.orderId, reason)
  }

  private refill(
    out: Batch.BatchWriter,
    market: MarketState,
    makers: BookSide,
    slot: number,
    extra: OrderExtra,
    price: number
  ): void {
    const { orders } = this.state
    const remainingLots = extra.hiddenLots
    const shownLots = Math.min(extra.displayLots, remainingLots)
    orders.setRemaining(slot, shownLots)
    extra.hiddenLots = remainingLots - shownLots
    makers.append(slot, price)
    emit(out, {
      _tag: "OrderRefilled",
      orderId: orders.id(slot),
      marketId: market.marketId,
      side: makers.side === buy ? "buy" : "sell",
      priceTicks: price,
      remainingLots,
      shownLots,
      depthSequence: ++market.depthSequence
    })
  }

  /** The taker and the maker at the head of the book belong to the same owner. */
  private prevent(
    out: Batch.BatchWriter,
    taker: Taker,
    makers: BookSide,
    slot: number,
    price: number
  ): void {
    const { funds, orders } = this.state
    const { market, selfTradePrevention: mode, side } = taker
    const maker = orders.account(slot)
    const shown = orders.remaining(slot)
    const ends = mode === expireTaker || mode === expireMaker || mode === expireBoth
    const lots = Math.min(taker.left, shown)
    let makerLots = lots
    let takerLots = lots
    let makerReleased = 0
    let takerReleased = 0
    if (ends) {
      makerLots = mode === expireTaker ? 0 : shown + orders.hidden(slot)
      takerLots = mode === expireMaker ? 0 : taker.left
    } else {
      makerReleased = this.open.heldFor(market, makers.side, price, lots)
      takerReleased =
        taker.type === orderType.limit ? this.open.heldFor(market, side, taker.priceTicks, lots) : 0
      funds.release(maker, market.heldAsset(makers.side), makerReleased)
      funds.release(taker.account, market.heldAsset(side), takerReleased)
      taker.left -= lots
      taker.preventedLots += lots
      taker.held -= takerReleased
      orders.ownExtra(slot).preventedLots += lots
    }
    taker.expired = mode === expireTaker || mode === expireBoth || taker.left === 0
    emit(out, {
      _tag: "SelfTradePrevented",
      marketId: market.marketId,
      makerOrderId: orders.id(slot),
      takerOrderId: taker.orderId,
      makerAccountId: accountIdOf(maker),
      takerAccountId: accountIdOf(taker.account),
      takerSide: side === buy ? "buy" : "sell",
      mode: Order.selfTradePreventions[mode]!,
      priceTicks: price,
      makerLots,
      takerLots,
      makerReleased: BigInt(makerReleased),
      takerReleased: BigInt(takerReleased),
      depthSequence: ends ? 0 : ++market.depthSequence
    })
    if (!ends) this.preventStop(out, market, makers, slot, price, lots)
    if (mode === expireMaker || mode === expireBoth) this.open.end(out, slot, selfTrade)
    else if (!ends) {
      if (lots < shown) makers.shrink(slot, lots)
      else this.usedUp(out, market, makers, slot, price, selfTrade)
    }
  }

  /** A pair's stop keeps the same quantity as the maker beside it, if any of that is left. */
  private preventStop(
    out: Batch.BatchWriter,
    market: MarketState,
    makers: BookSide,
    slot: number,
    price: number,
    lots: number
  ): void {
    const { orders } = this.state
    const { hiddenLots, listId } = orders.extra(slot)!
    const left = orders.remaining(slot) + hiddenLots - lots
    if (listId === 0 || left === 0) return
    this.open.legPrevented(
      out,
      listId,
      orders.id(slot),
      lots,
      this.open.heldFor(market, makers.side, price, left)
    )
  }

  private finish(out: Batch.BatchWriter, taker: Taker, beyondRange: boolean): void {
    const { left, type } = taker
    if (taker.expired) return this.endTaker(out, taker, selfTrade)
    if (type === orderType.marketBudget) return this.endTaker(out, taker, taker.budgetEnd)
    if (left === 0) return this.endTaker(out, taker, filled)
    if (beyondRange) return this.endTaker(out, taker, priceRange)
    if (taker.canRest) return this.rest(out, taker)
    this.endTaker(out, taker, unfilled)
  }

  private endTaker(out: Batch.BatchWriter, taker: Taker, reason: number): void {
    const { account, held, left, listId, lots, market, orderId, preventedLots, side, slot } = taker
    if (held !== 0) this.state.funds.release(account, market.heldAsset(side), held)
    if (slot !== 0) this.open.unregister(slot)
    const { ended } = this
    ended.orderId = orderId
    ended.accountId = accountIdOf(account)
    ended.marketId = market.marketId
    ended.side = side
    ended.reason = reason
    ended.priceTicks = taker.priceTicks
    ended.filledLots = lots - left - preventedLots
    ended.endedLots = left
    ended.released = held
    ended.shownLots = 0
    ended.depthSequence = 0
    orderEnded(out, ended)
    if (listId !== 0) this.open.legEnded(out, listId, orderId, reason)
  }

  /** Gives a new order its record; it is not in any queue yet. */
  record(taker: Taker): number {
    const { orders } = this.state
    const slot = orders.allocate()
    orders.setId(slot, taker.orderId)
    orders.setAccount(slot, taker.account)
    keep(orders, slot, taker.market.marketId, taker)
    orders.setFeeRemainder(slot, 0)
    this.open.register(slot, taker.clientOrderId)
    return slot
  }

  private rest(out: Batch.BatchWriter, taker: Taker): void {
    const { orders } = this.state
    const { displayLots, left, market, preventedLots, priceTicks, side } = taker
    const slot = taker.slot === 0 ? this.record(taker) : taker.slot
    const shown = displayLots === 0 ? left : Math.min(displayLots, left)
    const isPartly = displayLots !== 0 || preventedLots !== 0
    const extra = isPartly ? orders.ownExtra(slot) : orders.extra(slot)
    if (extra !== undefined) {
      extra.displayLots = displayLots
      extra.hiddenLots = left - shown
      extra.preventedLots = preventedLots
    }
    orders.setPrice(slot, priceTicks)
    orders.setRemaining(slot, shown)
    orders.setFeeRemainder(slot, taker.feeRemainder)
    orders.setPaid(slot, taker)
    market.book.of(side).append(slot, priceTicks)
    invariant(
      !market.book.against(side).crossedBy(priceTicks),
      "a resting order does not cross the book"
    )
    orderRested(out, orders, slot, ++market.depthSequence)
  }
}

/** The change in base for the order on `side` by the trade: received less its fee, or given. */
const broughtBy = ({ baseUnits, buyerFee }: Trade, side: number): number =>
  side === buy ? baseUnits - buyerFee : baseUnits
