/**
 * Seeded flows of orders. A naive book in here tracks the exchange, so that cancels hit live
 * orders, adds do not cross, and the expected number of trades and lots is known.
 *
 * Orders are numbered from 1 in the order in which they are placed, including market orders.
 */

export const limit = 0
export const market = 1
export const cancel = 2

const buy = 0
const sell = 1

export const priceMax = 8_000_000
const middle = priceMax / 2
/** The middle price never wanders further than this. */
const wanderMax = 50_000
const distanceMax = 3_000_000
const recentOrders = 256
const lotsMax = 100

/** Operations, a field per array. The first `resting` of them only fill the book. */
export interface Workload {
  readonly resting: number
  readonly count: number
  readonly kinds: Uint8Array
  readonly sides: Uint8Array
  readonly prices: Int32Array
  readonly lots: Int32Array
  /** The order that is placed or cancelled. */
  readonly orders: Int32Array
  readonly trades: number
  readonly volume: number
}

type Distance = (random: () => number) => number

const near: Distance = (random) => 1 + Math.floor(random() * (random() < 0.5 ? 100 : 1_000))
const within =
  (ticks: number): Distance =>
  (random) =>
    1 + Math.floor(random() * ticks)
const exponential: Distance = (random) =>
  1 + Math.min(distanceMax, Math.floor(-300_000 * Math.log(1 - random())))

const part = (count: number, scale: number): number => Math.round(count * scale)

/**
 * `scale` shortens the flow, `size` makes the book smaller: a book of a different size is a
 * different workload.
 */
export const workloads = {
  mixed: (scale: number, size = 1) => mixedFlow(part(50_000, size), part(2_000_000, scale), near),
  small: (scale: number, size = 1) =>
    mixedFlow(part(2_000, size), part(1_000_000, scale), within(100)),
  sweep: (scale: number, size = 1) => sweepFlow(part(100_000, size), part(40_000, scale)),
  deep: (scale: number, size = 1) => deepFlow(part(1_000_000, size), part(600_000, scale)),
  sparse: (scale: number, size = 1) =>
    mixedFlow(part(50_000, size), part(1_000_000, scale), exponential)
} as const

export type WorkloadName = keyof typeof workloads
export const names = Object.keys(workloads) as ReadonlyArray<WorkloadName>

/**
 * Half adds, 40 % cancels (half of them of a recent order), 10 % orders that cross by ten ticks; a
 * wandering middle price.
 */
export const mixedFlow = (
  resting: number,
  operations: number,
  distance: Distance = near
): Workload => {
  const flow = new Flow(resting, operations)
  for (let i = 0; i < resting; i++) flow.add(distance)
  for (let i = 0; i < operations; i++) {
    flow.wander()
    const kind = flow.random()
    if (kind < 0.1) flow.cross(10, lotsMax)
    else if (kind < 0.5) flow.cancel(0.5)
    else flow.add(distance)
  }
  return flow.workload
}

/** Market orders that take 10 to 50 makers, each followed by as many orders near the best price. */
const sweepFlow = (resting: number, times: number): Workload => {
  const flow = new Flow(resting, times * 51)
  for (let i = 0; i < resting; i++) flow.add(within(5_000))
  for (let i = 0; i < times; i++) {
    const makers = 10 + Math.floor(flow.random() * 41)
    const side = flow.sweep(makers)
    for (let n = 0; n < makers; n++) flow.add(within(50), side)
  }
  return flow.workload
}

/** 80 % cancels of any order; the rest cross for many lots. */
const deepFlow = (resting: number, operations: number): Workload => {
  const flow = new Flow(resting, operations)
  for (let i = 0; i < resting; i++) flow.add(within(5_000))
  for (let i = 0; i < operations; i++) {
    if (flow.random() < 0.8) flow.cancel(0)
    else flow.cross(10, 400)
  }
  return flow.workload
}

class Flow {
  readonly random = seeded(1)
  private readonly resting: number
  private readonly kinds: Uint8Array
  private readonly sides: Uint8Array
  private readonly prices: Int32Array
  private readonly lots: Int32Array
  private readonly orders: Int32Array
  private count = 0
  private lastOrder = 0
  private trades = 0
  private volume = 0

  private price = middle
  private readonly best = [0, priceMax + 1]
  /** By price: first and last order of the queue. */
  private readonly first = new Int32Array(priceMax + 2)
  private readonly last = new Int32Array(priceMax + 2)
  /** By order. */
  private readonly left: Int32Array
  private readonly placedAt: Int32Array
  private readonly next: Int32Array
  private readonly previous: Int32Array
  /** The live orders, in no particular order; `place` has the position of each. */
  private readonly live: Int32Array
  private readonly place: Int32Array
  private liveCount = 0

  constructor(resting: number, operations: number) {
    const most = resting + operations
    this.resting = resting
    this.kinds = new Uint8Array(most)
    this.sides = new Uint8Array(most)
    this.prices = new Int32Array(most)
    this.lots = new Int32Array(most)
    this.orders = new Int32Array(most)
    const numbers = () => new Int32Array(most + 1)
    this.left = numbers()
    this.placedAt = numbers()
    this.next = numbers()
    this.previous = numbers()
    this.live = numbers()
    this.place = numbers()
  }

  get workload(): Workload {
    const { count, kinds, lots, orders, prices, resting, sides, trades, volume } = this
    return { resting, count, kinds, sides, prices, lots, orders, trades, volume }
  }

  wander(): void {
    if (this.random() >= 0.04) return
    const moved = this.price + (this.random() < 0.5 ? 1 : -1)
    if (Math.abs(moved - middle) <= wanderMax) this.price = moved
  }

  add(distance: Distance, side = this.someSide()): void {
    const ticks = distance(this.random)
    const price =
      side === buy
        ? Math.min(this.price - ticks, this.best[sell]! - 1)
        : Math.max(this.price + ticks, this.best[buy]! + 1)
    this.enter(limit, side, price, 1 + Math.floor(this.random() * lotsMax))
  }

  /** A limit order this many ticks beyond the best price of the other side. */
  cross(ticks: number, most: number): void {
    const side = this.someSide()
    const best = this.best[1 - side]!
    if (best === 0 || best > priceMax) return this.add(near, side)
    const price = side === buy ? best + ticks : best - ticks
    this.enter(limit, side, price, 1 + Math.floor(this.random() * most))
  }

  /** A market order that completely fills this many makers. Returns their side. */
  sweep(makers: number): number {
    const side = this.someSide()
    let price = this.best[1 - side]!
    let order = this.first[price]!
    let lots = 0
    for (let n = 0; n < makers && order !== 0; n++) {
      lots += this.left[order]!
      order = this.next[order]!
      while (order === 0 && price > 0 && price <= priceMax)
        order = this.first[(price += side === buy ? 1 : -1)]!
    }
    this.enter(market, side, side === buy ? priceMax : 1, lots)
    return 1 - side
  }

  cancel(recentPart: number): void {
    if (this.liveCount === 0) return this.add(near)
    const recent = this.lastOrder - Math.floor(this.random() * recentOrders)
    const isRecent = this.random() < recentPart && recent > 0 && this.left[recent]! > 0
    const order = isRecent ? recent : this.live[Math.floor(this.random() * this.liveCount)]!
    this.record(cancel, this.sides[this.placedAt[order]!]!, 0, 0, order)
    this.remove(order)
  }

  private someSide(): number {
    return this.random() < 0.5 ? buy : sell
  }

  private record(kind: number, side: number, price: number, lots: number, order: number): void {
    const at = this.count++
    this.kinds[at] = kind
    this.sides[at] = side
    this.prices[at] = price
    this.lots[at] = lots
    this.orders[at] = order
  }

  private enter(kind: number, side: number, price: number, lots: number): void {
    const order = ++this.lastOrder
    this.placedAt[order] = this.count
    this.record(kind, side, price, lots, order)
    let left = lots
    while (left > 0 && (side === buy ? this.best[sell]! <= price : this.best[buy]! >= price)) {
      const maker = this.first[this.best[1 - side]!]!
      if (maker === 0) break
      const traded = Math.min(left, this.left[maker]!)
      left -= traded
      this.left[maker]! -= traded
      this.trades++
      this.volume += traded
      if (this.left[maker] === 0) this.remove(maker)
    }
    if (left > 0 && kind === limit) this.rest(order, side, price, left)
  }

  private rest(order: number, side: number, price: number, left: number): void {
    this.left[order] = left
    const last = this.last[price]!
    if (last === 0) this.first[price] = order
    else this.next[last] = order
    this.previous[order] = last
    this.last[price] = order
    this.place[order] = this.liveCount
    this.live[this.liveCount++] = order
    this.best[side] =
      side === buy ? Math.max(this.best[buy]!, price) : Math.min(this.best[sell]!, price)
  }

  private remove(order: number): void {
    this.left[order] = 0
    const at = this.placedAt[order]!
    const price = this.prices[at]!
    const previous = this.previous[order]!
    const next = this.next[order]!
    if (previous === 0) this.first[price] = next
    else this.next[previous] = next
    if (next === 0) this.last[price] = previous
    else this.previous[next] = previous
    const moved = this.live[--this.liveCount]!
    this.live[this.place[order]!] = moved
    this.place[moved] = this.place[order]!
    this.findBest(this.sides[at]!)
  }

  private findBest(side: number): void {
    const step = side === buy ? -1 : 1
    let price = this.best[side]!
    while (price > 0 && price <= priceMax && this.first[price] === 0) price += step
    this.best[side] = price
  }
}

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
