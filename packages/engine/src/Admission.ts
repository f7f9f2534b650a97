/**
 * Whether an order can be placed, amended or activated now: the checks of
 * `docs/concepts/venue-rules.md`, in the order of that page.
 *
 * Checks change nothing. `find` and `prepare` record what an order finds, its price after a slide
 * and what it requires, between the checks that do not need this and those that do.
 */
import { Order, type RejectReason } from "@pandora-exchange/core"
import type { OpenOrders } from "./OpenOrders.ts"
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
import { orderAmountMax, type State } from "./State.ts"
import { fok, gtd, orderType, postOnlyOff, postOnlySlide, type Taker } from "./Taker.ts"
import { isRising, isThere } from "./Triggers.ts"
import type { Walk } from "./Walk.ts"

type Reason = RejectReason.RejectReason

const filled = Order.endReasons.indexOf("filled")
const unfilled = Order.endReasons.indexOf("unfilled")
const remainder = Order.endReasons.indexOf("remainder")
const priceRange = Order.endReasons.indexOf("priceRange")
const quantityLimit = Order.endReasons.indexOf("quantityLimit")

const clientOrderIdPattern = /^[A-Za-z0-9._:/-]{0,36}$/

export const isClientId = (text: string): boolean => clientOrderIdPattern.test(text)

export class Admission {
  private readonly state: State
  private readonly open: OpenOrders
  private readonly walk: Walk

  constructor(state: State, open: OpenOrders, walk: Walk) {
    this.state = state
    this.open = open
    this.walk = walk
  }

  /** Prepares a new order for acceptance, or returns the first reason against it. */
  admit(order: Taker): Reason | undefined {
    const { market } = order
    const waits = order.trigger !== 0
    const byTerms = this.refusedByMarket(order) ?? this.refusedByTerms(order)
    if (byTerms !== undefined) return byTerms
    this.find(order)
    const byAccount =
      this.refusedByFound(order) ??
      this.wouldTrigger(order) ??
      this.duplicate(order) ??
      (order.canRest || waits ? this.tooMany(order, 1) : undefined) ??
      (waits ? this.tooManyConditional(order, 1, order.trailingUnit === 0 ? 0 : 1) : undefined) ??
      (market.rules.positionMax === 0n ? undefined : this.positionTooLarge(order, order.lots, 0))
    if (byAccount !== undefined) return byAccount
    this.prepare(order)
    return waits ? this.unfunded(order, 0) : this.refusedByBook(order, 0)
  }

  // ---- Steps

  /**
   * Looks up what the order would find now, if the decision depends on it. A budget orders exactly
   * what it finds.
   */
  find(order: Taker): void {
    const { lots, market, side, type } = order
    if (order.trigger !== 0) return
    if (type === orderType.marketBudget) {
      const { marketLotsMax } = market.rules
      this.walk.findBudget(
        market,
        side,
        order,
        Number(order.budget),
        marketLotsMax === 0 ? market.lotsMax : marketLotsMax
      )
      order.lots = this.walk.lots
      order.budgetEnd = this.budgetEnd(order.budget)
    } else if (type === orderType.market || order.timeInForce === fok) {
      this.walk.find(market, side, order, order.limitTicks, lots)
    }
  }

  private budgetEnd(budget: bigint): number {
    const { bookRanOut, hitLotsMax, outOfRange, quote } = this.walk
    if (BigInt(quote) === budget) return filled
    if (outOfRange) return priceRange
    if (bookRanOut) return unfilled
    return hitLotsMax ? quantityLimit : remainder
  }

  /** Sets the price at which it rests and what it requires, from what it finds. */
  prepare(order: Taker): void {
    if (order.trigger === 0 && order.postOnly === postOnlySlide) this.slide(order)
    order.needed = order.trigger === 0 ? this.neededNow(order) : this.neededWaiting(order)
  }

  /**
   * Moves an order that would cross to the nearest price at which it can rest, if the market allows
   * that price.
   */
  slide(order: Taker): void {
    const { market, side } = order
    const makers = market.book.against(side)
    if (!makers.crossedBy(order.priceTicks)) return
    const best = this.state.levels.price(makers.best)
    const price = side === buy ? best - 1 : best + 1
    if (price < Math.max(1, market.rules.ticksMin) || price > market.ticksMax) return
    order.priceTicks = price
    order.slid = true
  }

  // ---- Checks

  refusedByMarket({ account, market, postOnly, trigger, type }: Taker): Reason | undefined {
    if (!this.state.accounts.isUserOrHouse(account)) return "AccountCannotTrade"
    switch (market.status) {
      case "open":
        return undefined
      case "halted":
        return "MarketHalted"
      case "cancelOnly":
        return "MarketCancelOnly"
      case "postOnly":
        return postOnly !== postOnlyOff && type === orderType.limit && trigger === 0
          ? undefined
          : "MarketPostOnly"
    }
  }

  /** Checks that depend only on the order's terms, the price and the time. */
  refusedByTerms(order: Taker): Reason | undefined {
    if (!isSupported(order)) return "CombinationNotSupported"
    if (order.reduceOnly) return "ReduceOnlyNotSupported"
    if (order.clientOrderId !== "" && !isClientId(order.clientOrderId)) return "MalformedText"
    return (
      refusedByQuantity(order) ??
      (order.displayLots === 0 ? undefined : this.refusedByDisplay(order)) ??
      refusedByPrice(order.market, order.type, order.priceTicks, order.triggerTicks) ??
      refusedByOffset(order) ??
      refusedByNotional(order) ??
      (order.type === orderType.limit && isOutsideBand(order.market, order.side, order.priceTicks)
        ? "PriceOutsideBand"
        : undefined) ??
      (order.timeInForce === gtd && order.deadline <= this.state.time
        ? "DeadlinePassed"
        : undefined)
    )
  }

  private refusedByDisplay({ displayLots, lots, market }: Taker): Reason | undefined {
    const fits =
      displayLots <= lots && displayLots >= market.lotsMin && this.partsFit(displayLots, lots)
    return fits ? undefined : "DisplayQuantityInvalid"
  }

  partsFit(displayLots: number, lots: number): boolean {
    return lots <= displayLots * this.state.limits.icebergPartsMax
  }

  /**
   * Whether a market order or a budget found more than an order may move, or a budget pays for less
   * than the minimum.
   */
  refusedByFound({ budgetEnd, market, side, trigger, type }: Taker): Reason | undefined {
    if (trigger !== 0) return undefined
    if (type === orderType.marketBudget) {
      const { lots } = this.walk
      const endedByBudget = budgetEnd === filled || budgetEnd === remainder
      if (endedByBudget && lots < Math.max(market.lotsMin, market.rules.marketLotsMin))
        return "QuantityTooSmall"
      return unitsOf(lots, market.lotUnits) > orderAmountMax ? "QuantityTooLarge" : undefined
    }
    return type === orderType.market && side === buy && this.walk.quote > orderAmountMax
      ? "NotionalTooLarge"
      : undefined
  }

  wouldTrigger({ market, side, trigger, triggerTicks }: Taker): Reason | undefined {
    if (triggerTicks === 0) return undefined
    const reference = market.referenceTicks
    return reference !== 0 && isThere(isRising(side, trigger), triggerTicks, reference)
      ? "WouldTrigger"
      : undefined
  }

  duplicate({ account, clientOrderId }: Taker): Reason | undefined {
    return this.state.accounts.clientOrders[account]?.has(clientOrderId) === true
      ? "DuplicateClientOrderId"
      : undefined
  }

  tooMany({ account }: Taker, count: number): Reason | undefined {
    const { accounts, limits, orders } = this.state
    const full =
      accounts.openOrders(account) + count > limits.openOrdersPerAccountMax ||
      orders.count + count > limits.openOrdersMax
    return full ? "TooManyOpenOrders" : undefined
  }

  tooManyConditional(
    { account, market }: Taker,
    waiting: number,
    trailing: number
  ): Reason | undefined {
    const { accounts, limits } = this.state
    const full =
      accounts.waitingOrders(account) + waiting > limits.conditionalOrdersPerAccountMax ||
      market.trailingOrders + trailing > limits.trailingOrdersPerMarketMax
    return full ? "TooManyConditionalOrders" : undefined
  }

  /** For a buy of `lots`, together with the account's open buys except the one at `except`. */
  positionTooLarge(
    { account, market, side }: Taker,
    lots: number,
    except: number
  ): Reason | undefined {
    if (side !== buy) return undefined
    const { accounts, funds, orders } = this.state
    let buying = BigInt(lots)
    for (let slot = accounts.firstOrder(account); slot !== 0; slot = orders.nextOfAccount(slot)) {
      if (orders.side(slot) === buy && orders.market(slot) === market.marketId && slot !== except) {
        buying += BigInt(orders.remaining(slot) + orders.hidden(slot))
      }
    }
    const has = funds.available(account, market.base) + funds.held(account, market.base)
    return has + buying * market.terms.lotUnits > market.rules.positionMax
      ? "PositionTooLarge"
      : undefined
  }

  /**
   * Checks against book and funds for an order that would be matched now and already has `held`.
   */
  refusedByBook(order: Taker, held: number): Reason | undefined {
    return (
      this.refusedByMakers(order) ??
      this.unfunded(order, held) ??
      (order.canRest && this.levelIsFull(order, order.lots, 0) ? "LevelFull" : undefined)
    )
  }

  refusedByMakers(order: Taker): Reason | undefined {
    if (order.postOnly !== postOnlyOff) return this.refusedAsMaker(order)
    return order.timeInForce === fok && this.walk.lots < order.lots
      ? "FillOrKillUnfilled"
      : undefined
  }

  /** A post-only order takes nothing, and the market's limits apply to the price it slid to. */
  refusedAsMaker({ lots, market, priceTicks, side, slid }: Taker): Reason | undefined {
    if (market.book.against(side).crossedBy(priceTicks)) return "PostOnlyWouldCross"
    if (!slid) return undefined
    return (
      notionalRefusal(market, priceTicks * lots * market.quotePerTickLot) ??
      (isOutsideBand(market, side, priceTicks) ? "PriceOutsideBand" : undefined)
    )
  }

  private unfunded(order: Taker, held: number): Reason | undefined {
    const least =
      order.type === orderType.marketBudget && order.side === buy
        ? Number(order.budget)
        : order.needed
    return this.canReserve(order, least - held) ? undefined : "InsufficientFunds"
  }

  canReserve({ account, market, side }: Taker, amount: number): boolean {
    return this.state.funds.canReserve(account, market.heldAsset(side), amount)
  }

  neededNow({ lots, market, priceTicks, side, type }: Taker): number {
    if (type === orderType.limit) return this.open.heldFor(market, side, priceTicks, lots)
    return side === buy ? this.walk.quote : unitsOf(this.walk.lots, market.lotUnits)
  }

  neededWaiting(order: Taker): number {
    const { lots, market, priceTicks, side, type } = order
    return this.open.heldFor(
      market,
      side,
      type === orderType.limit ? priceTicks : boundOf(order),
      lots
    )
  }

  /**
   * Whether `lots` would not fit on their level after `leaving` lots have left it. Where there is a
   * level, there is nothing to trade with.
   */
  levelIsFull({ market, priceTicks, side }: Taker, lots: number, leaving: number): boolean {
    const { levels } = this.state
    const level = market.book.of(side).levelAt(priceTicks)
    return (
      level !== 0 &&
      levels.total(level) - leaving + levels.hidden(level) > Number.MAX_SAFE_INTEGER - lots
    )
  }
}

/** Orders worth too little or too much, regardless of the book. */
const refusedByNotional = (order: Taker): Reason | undefined => {
  const { lots, market, side, trigger, type } = order
  if (type === orderType.limit)
    return notionalRefusal(market, order.priceTicks * lots * market.quotePerTickLot)
  if (type === orderType.marketBudget) return notionalRefusal(market, Number(order.budget))
  const reference = market.referenceTicks
  if (reference !== 0) {
    const notional = reference * lots * market.quotePerTickLot
    if (market.rules.notionalMinForMarket && notional < market.notionalMin)
      return "NotionalTooSmall"
    if (market.rules.notionalMaxForMarket && notional > market.notionalMax)
      return "NotionalTooLarge"
  }
  if (trigger === 0 || side !== buy) return undefined
  const bound = boundOf(order)
  if (bound === 0) return "NoReferencePrice"
  return bound * lots * market.quotePerTickLot > orderAmountMax ? "NotionalTooLarge" : undefined
}

/** A budget that buys nothing also buys nothing if a single lot exceeds what an order may move. */
const unitsOf = (lots: number, perLot: number): number => (lots === 0 ? 0 : lots * perLot)
