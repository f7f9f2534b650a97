/**
 * A seeded flow of orders resembling a busy market: half of the calls add an order, 40 % cancel one
 * (half of them a recent one, half any), 10 % cross the spread. Orders are within 1,000 ticks of a
 * wandering price, half of them within 100. A simple book in here tracks the exchange, so that
 * cancels name open orders, adds do not cross, and no call is refused.
 *
 * Orders are identified by the exchange's numbers, which count from 1 in a new exchange: calls must
 * be sent in the order given here.
 */
import type { CancelOrder, PlaceLimit } from "../src/index.ts"

/** One of the two. */
export interface Call {
  readonly place: PlaceLimit | undefined
  readonly cancel: CancelOrder | undefined
}

export const market = {
  symbol: "BTC-USDT",
  base: "BTC",
  quote: "USDT",
  tickSize: "0.01",
  lotSize: "0.00001",
  makerFee: "0.0008",
  takerFee: "0.001"
} as const
/** What every account needs, and is given. */
export const funds = [
  { asset: "BTC", amount: "100" },
  { asset: "USDT", amount: "5000000" }
] as const

const middle = 6_000_000
/** The price never wanders further than this. */
const wanderTicksMax = 10_000
const distanceTicksMax = 1_000
const levels = 2 * (wanderTicksMax + distanceTicksMax) + 1
const lowest = middle - (levels >> 1)
const recentOrders = 256
const lotsMin = 100
const lotsMax = 50_000

const buy = 0
const sell = 1

export class Workload {
  private readonly accounts: ReadonlyArray<number>
  private readonly random: () => number
  private price = middle
  private best = [lowest - 1, lowest + levels]
  private lastOrder = 0
  private readonly queues = Array.from({ length: levels }, (): Array<number> => [])
  private readonly heads = new Int32Array(levels)
  private readonly levelLots = new Float64Array(levels)
  /** By order. */
  private readonly owner: Array<number> = [0]
  private readonly lots: Array<number> = [0]
  private readonly level: Array<number> = [0]
  private readonly side: Array<number> = [0]
  private readonly place: Array<number> = [0]
  /** The open orders, in no particular order; `place` has the position of each. */
  private readonly open: Array<number> = []

  constructor(accounts: ReadonlyArray<number>, seed: number) {
    this.accounts = accounts
    this.random = seeded(seed)
  }

  get openOrders(): number {
    return this.open.length
  }

  /** Calls that only add orders. */
  adds(count: number): ReadonlyArray<Call> {
    return Array.from({ length: count }, () => this.add())
  }

  mixed(count: number): ReadonlyArray<Call> {
    return Array.from({ length: count }, () => this.next())
  }

  next(): Call {
    if (this.random() < 0.04) this.wander()
    const kind = this.random()
    if (kind < 0.1) return this.cross()
    return kind < 0.5 && this.open.length > 0 ? this.cancel() : this.add()
  }

  private wander(): void {
    const moved = this.price + (this.random() < 0.5 ? 1 : -1)
    if (Math.abs(moved - middle) <= wanderTicksMax) this.price = moved
  }

  private add(): Call {
    const side = this.random() < 0.5 ? buy : sell
    const distance = 1 + Math.floor(this.random() * (this.random() < 0.5 ? 100 : distanceTicksMax))
    const tick =
      side === buy
        ? Math.min(this.price - distance, this.best[sell]! - 1)
        : Math.max(this.price + distance, this.best[buy]! + 1)
    return this.enter(side, clamp(tick), this.someLots())
  }

  /** Ten ticks beyond the best price of the other side. */
  private cross(): Call {
    const side = this.random() < 0.5 ? buy : sell
    const best = this.best[1 - side]!
    if (best < lowest || best >= lowest + levels) return this.add()
    return this.enter(side, clamp(side === buy ? best + 10 : best - 10), this.someLots())
  }

  private cancel(): Call {
    const recent = this.lastOrder - Math.floor(this.random() * recentOrders)
    const isRecent = this.random() < 0.5 && recent > 0 && this.lots[recent]! > 0
    const order = isRecent ? recent : this.open[Math.floor(this.random() * this.open.length)]!
    this.levelLots[this.level[order]!]! -= this.lots[order]!
    this.close(order)
    return { place: undefined, cancel: { account: this.owner[order]!, order } }
  }

  private someLots(): number {
    return Math.floor(lotsMin * (lotsMax / lotsMin) ** this.random())
  }

  private enter(side: number, tick: number, lots: number): Call {
    const account = this.accounts[Math.floor(this.random() * this.accounts.length)]!
    const order = ++this.lastOrder
    const left = this.match(side, tick, lots)
    this.owner.push(account)
    this.lots.push(left)
    this.level.push(tick - lowest)
    this.side.push(side)
    this.place.push(this.open.length)
    if (left > 0) this.rest(order, side, tick, left)
    return {
      place: {
        account,
        market: market.symbol,
        side: side === buy ? "buy" : "sell",
        price: `${(tick / 100) | 0}.${String(tick % 100).padStart(2, "0")}`,
        quantity: (lots / 100_000).toFixed(5),
        // This book knows no owners. By default, a resting order expires when it meets another one
        // of its account.
        selfTradePrevention: "none"
      },
      cancel: undefined
    }
  }

  /** Returns the lots that found no match. */
  private match(side: number, tick: number, lots: number): number {
    let left = lots
    while (left > 0) {
      const best = this.best[1 - side]!
      if (side === buy ? best > tick : best < tick) return left
      const level = best - lowest
      while (left > 0 && this.levelLots[level]! > 0) {
        const maker = this.queues[level]![this.heads[level]!]!
        const traded = Math.min(left, this.lots[maker]!)
        left -= traded
        this.lots[maker]! -= traded
        this.levelLots[level]! -= traded
        if (this.lots[maker] === 0) {
          this.heads[level]!++
          if (traded > 0) this.forget(maker)
        }
      }
      this.findBest(1 - side)
    }
    return left
  }

  private rest(order: number, side: number, tick: number, lots: number): void {
    const level = tick - lowest
    const queue = this.queues[level]!
    if (this.levelLots[level] === 0) {
      queue.length = 0
      this.heads[level] = 0
    }
    queue.push(order)
    this.levelLots[level]! += lots
    this.open.push(order)
    const best = this.best[side]!
    this.best[side] = side === buy ? Math.max(best, tick) : Math.min(best, tick)
  }

  private close(order: number): void {
    this.lots[order] = 0
    this.forget(order)
    const side = this.side[order]!
    if (this.best[side] === this.level[order]! + lowest) this.findBest(side)
  }

  private forget(order: number): void {
    const place = this.place[order]!
    const last = this.open.pop()!
    if (last === order) return
    this.open[place] = last
    this.place[last] = place
  }

  /** Starts at the previous best level, which may now be empty. */
  private findBest(side: number): void {
    const step = side === buy ? -1 : 1
    let level = this.best[side]! - lowest
    while (this.levelLots[level] === 0) level += step
    this.best[side] = level + lowest
  }
}

const clamp = (tick: number): number => Math.min(Math.max(tick, lowest), lowest + levels - 1)

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
