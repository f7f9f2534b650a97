/** What an order would find in the book if it were matched now. Changes nothing. */
import { Order } from "@pandora-exchange/core"
import { buy } from "./OrderPool.ts"
import type { MarketState, State } from "./State.ts"
import { anyTicksBuy, anyTicksSell } from "./Taker.ts"

const none = Order.selfTradePreventions.indexOf("none")
const expireMaker = Order.selfTradePreventions.indexOf("expireMaker")
const decrement = Order.selfTradePreventions.indexOf("decrement")

/** The owners a taker does not trade with. */
export interface Own {
  readonly account: number
  readonly selfTradePrevention: number
}

export const isOwn = (state: State, taker: number, maker: number): boolean => {
  if (taker === maker) return true
  const group = state.accounts.tradeGroup(taker)
  return group !== 0 && state.accounts.tradeGroup(maker) === group
}

/**
 * The worst price a taker trades at: that of its limit (`anyTicks…` without one) or of the market's
 * range.
 */
export const reachOf = (market: MarketState, side: number, limitTicks: number): number => {
  const range = market.rangeOf(side)
  if (range === -1) return limitTicks
  return side === buy ? Math.min(limitTicks, range) : Math.max(limitTicks, range)
}

export class Walk {
  private readonly state: State

  /** Ignores hidden lots, for callers who may not know of them. */
  shownOnly = false

  /** The result of the last walk. */
  lots = 0
  quote = 0
  /** Lots that self-trade prevention would take from the order. */
  prevented = 0
  /** It met an order of the same owner, which would end it if anything of it was left. */
  expired = false
  /** For a budget: the book was empty beyond what was found, or the rest was outside the range. */
  bookRanOut = false
  outOfRange = false
  /** For a budget: it would have paid for more than the allowed lots. */
  hitLotsMax = false
  /** By level, best first; only filled in with `keep`. */
  levels: Array<{ readonly priceTicks: number; readonly lots: number }> | undefined

  constructor(state: State) {
    this.state = state
  }

  /** Finds at most `lots`, within `limitTicks` and the market's range. */
  find(market: MarketState, side: number, own: Own, limitTicks: number, lots: number): void {
    const { levels } = this.state
    const makers = market.book.against(side)
    const reach = reachOf(market, side, limitTicks)
    const meetsOwn = this.meetsOwn(own)
    let left = lots
    this.begin()
    for (
      let level = makers.best;
      level !== 0 && left > 0 && !this.expired;
      level = makers.after(level)
    ) {
      if (!makers.within(level, reach)) break
      const prevented = this.prevented
      const found = meetsOwn
        ? this.findBesideOwn(level, own, left)
        : Math.min(left, levels.total(level) + this.hiddenAt(level))
      left -= found + (this.prevented - prevented)
      this.take(market, level, found)
    }
  }

  /**
   * Finds the whole lots that `budget` (below 2^53) buys or that bring in at most `budget`, at most
   * `lotsMax`.
   */
  findBudget(market: MarketState, side: number, own: Own, budget: number, lotsMax: number): void {
    const { levels } = this.state
    const makers = market.book.against(side)
    const reach = reachOf(market, side, side === buy ? anyTicksBuy : anyTicksSell)
    const meetsOwn = this.meetsOwn(own)
    let left = budget
    this.begin()
    let level = makers.best
    for (; level !== 0; level = makers.after(level)) {
      if (!makers.within(level, reach)) break
      const perLot = levels.price(level) * market.quotePerTickLot
      const there = meetsOwn
        ? this.findBesideOwn(level, own, Number.MAX_SAFE_INTEGER)
        : levels.total(level) + this.hiddenAt(level)
      // Exact below 2^53: a quotient that is not whole never rounds up to a whole number.
      const taken = Math.min(Math.floor(left / perLot), there, lotsMax - this.lots)
      left -= taken * perLot
      this.take(market, level, taken)
      if (taken < there) {
        this.hitLotsMax = left >= perLot
        return
      }
    }
    this.bookRanOut = level === 0
    this.outOfRange = level !== 0
  }

  /**
   * Whether, once everything within the range is taken, something within the limit remains outside
   * it.
   */
  isBeyondRange(market: MarketState, side: number, limitTicks: number): boolean {
    const makers = market.book.against(side)
    const reach = reachOf(market, side, limitTicks)
    let level = makers.best
    while (level !== 0 && makers.within(level, reach)) level = makers.after(level)
    return level !== 0 && makers.within(level, limitTicks)
  }

  private hiddenAt(level: number): number {
    return this.shownOnly ? 0 : this.state.levels.hidden(level)
  }

  private hiddenOf(slot: number): number {
    return this.shownOnly ? 0 : this.state.orders.hidden(slot)
  }

  private begin(): void {
    this.lots = 0
    this.quote = 0
    this.prevented = 0
    this.expired = false
    this.bookRanOut = false
    this.outOfRange = false
    this.hitLotsMax = false
  }

  private take(market: MarketState, level: number, lots: number): void {
    const priceTicks = this.state.levels.price(level)
    this.lots += lots
    this.quote += priceTicks * lots * market.quotePerTickLot
    if (lots > 0) this.levels?.push({ priceTicks, lots })
  }

  /** Whether the taker might meet orders of its own. */
  private meetsOwn({ account, selfTradePrevention }: Own): boolean {
    const { accounts } = this.state
    return (
      selfTradePrevention !== none &&
      (accounts.openOrders(account) !== 0 || accounts.tradeGroup(account) !== 0)
    )
  }

  /**
   * What is found at a level that may contain orders of the taker's own; adds to `prevented`, and
   * sets `expired`.
   */
  private findBesideOwn(level: number, own: Own, left: number): number {
    const { levels, orders } = this.state
    if (own.selfTradePrevention === decrement) return this.decremented(level, own, left)
    let others = 0
    for (let slot = levels.first(level); slot !== 0; slot = orders.next(slot)) {
      if (!isOwn(this.state, own.account, orders.account(slot))) {
        others +=
          orders.remaining(slot) +
          (own.selfTradePrevention === expireMaker ? this.hiddenOf(slot) : 0)
      } else if (own.selfTradePrevention !== expireMaker) {
        // What icebergs before it hide comes after it.
        this.expired = true
        return Math.min(left, others)
      }
    }
    return Math.min(
      left,
      own.selfTradePrevention === expireMaker ? others : others + this.hiddenAt(level)
    )
  }

  /** Turn by turn, because both prevented and traded quantities use up the taker. */
  private decremented(level: number, own: Own, lots: number): number {
    const { levels, orders } = this.state
    const turns: Array<{
      readonly isOwn: boolean
      shown: number
      hidden: number
      readonly display: number
    }> = []
    for (let slot = levels.first(level); slot !== 0; slot = orders.next(slot)) {
      turns.push({
        isOwn: isOwn(this.state, own.account, orders.account(slot)),
        shown: orders.remaining(slot),
        hidden: this.hiddenOf(slot),
        display: orders.extra(slot)?.displayLots ?? 0
      })
    }
    let found = 0
    let left = lots
    for (let i = 0; i < turns.length && left > 0; i++) {
      const turn = turns[i]!
      const taken = Math.min(left, turn.shown)
      if (turn.isOwn) this.prevented += taken
      else found += taken
      left -= taken
      const shown = Math.min(turn.display, turn.hidden)
      if (shown > 0) turns.push({ ...turn, shown, hidden: turn.hidden - shown })
    }
    return found
  }
}
