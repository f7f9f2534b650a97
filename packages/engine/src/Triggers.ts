/**
 * The orders of one market that wait for a price: by trigger, and those with a trailing trigger.
 * `docs/concepts/venue-rules.md`, "Waiting orders".
 */
import { Market, Order } from "@pandora-exchange/core"
import type { LevelPool } from "./LevelPool.ts"
import { BookSide } from "./OrderBook.ts"
import { type OrderExtra, trailing, untilTrigger } from "./OrderExtra.ts"
import { buy, type OrderPool, sell } from "./OrderPool.ts"

const stopLoss = Order.triggers.indexOf("stopLoss")
const basisPoints = Order.trailingUnits.indexOf("basisPoints")

/** Whether the order waits for the price to rise. */
export const isRising = (side: number, trigger: number): boolean =>
  (side === buy) === (trigger === stopLoss)

export const isThere = (rising: boolean, triggerTicks: number, priceTicks: number): boolean =>
  rising ? priceTicks >= triggerTicks : priceTicks <= triggerTicks

/** The trigger price at `offset` from `extreme`. */
export const trailingTicks = (
  side: number,
  unit: number,
  offset: number,
  extreme: number
): number => {
  if (unit !== basisPoints) return side === sell ? extreme - offset : extreme + offset
  const scale = Market.multiplierScale
  return side === sell
    ? Math.floor((extreme * (scale - offset)) / scale)
    : Math.ceil((extreme * (scale + offset)) / scale)
}

export class Triggers {
  private readonly pool: OrderPool
  private readonly levels: LevelPool
  /** Queues by trigger; the best is what a price reaches first. */
  readonly rising: BookSide
  readonly falling: BookSide
  /** In the order in which they became active. */
  active: Array<number> = []

  constructor(priceMax: number, pool: OrderPool, levels: LevelPool) {
    this.pool = pool
    this.levels = levels
    this.rising = new BookSide(sell, priceMax, pool, levels)
    this.falling = new BookSide(buy, priceMax, pool, levels)
  }

  /** The order begins to wait; `reference` is the current price, 0 for none. */
  add(slot: number, extra: OrderExtra, reference: number): void {
    if (extra.triggerTicks === 0) return this.activate(slot, extra, reference)
    extra.place = untilTrigger
    this.queueOf(slot, extra).append(slot, extra.triggerTicks)
  }

  private activate(slot: number, extra: OrderExtra, price: number): void {
    extra.place = trailing
    extra.extremeTicks = price
    this.active.push(slot)
  }

  remove(slot: number, extra: OrderExtra): void {
    if (extra.place === untilTrigger) this.queueOf(slot, extra).remove(slot)
    else this.active.splice(this.active.indexOf(slot), 1)
  }

  private queueOf(slot: number, extra: OrderExtra): BookSide {
    return isRising(this.pool.side(slot), extra.trigger) ? this.rising : this.falling
  }

  /** Compares all orders with a price, and passes those it reached to `start`. */
  check(price: number, start: (slot: number, extra: OrderExtra) => void): void {
    this.lookAt(this.rising, true, price, start)
    this.lookAt(this.falling, false, price, start)
    if (this.active.length !== 0) this.lookAtActive(price, start)
  }

  private lookAt(
    queue: BookSide,
    rising: boolean,
    price: number,
    start: (slot: number, extra: OrderExtra) => void
  ): void {
    const { levels, pool } = this
    while (queue.best !== 0 && isThere(rising, levels.price(queue.best), price)) {
      const slot = levels.first(queue.best)
      const extra = pool.extra(slot)!
      queue.remove(slot)
      if (extra.trailingUnit === 0) start(slot, extra)
      else this.activate(slot, extra, price)
    }
  }

  /**
   * Orders that became active just now are not reached, because their trigger is away from this
   * price.
   */
  private lookAtActive(price: number, start: (slot: number, extra: OrderExtra) => void): void {
    const { active, pool } = this
    let kept = 0
    for (let i = 0; i < active.length; i++) {
      const slot = active[i]!
      const extra = pool.extra(slot)!
      if (this.follows(pool.side(slot), extra, price)) start(slot, extra)
      else active[kept++] = slot
    }
    active.length = kept
  }

  /** Whether the price has reached the trigger; if not, the trigger has followed the price. */
  private follows(side: number, extra: OrderExtra, price: number): boolean {
    const { extremeTicks, trailingOffset, trailingUnit } = extra
    if (extremeTicks !== 0) {
      const trigger = trailingTicks(side, trailingUnit, trailingOffset, extremeTicks)
      if (isThere(side === buy, trigger, price)) return true
    }
    if (extremeTicks === 0 || (side === sell ? price > extremeTicks : price < extremeTicks))
      extra.extremeTicks = price
    return false
  }
}
