/**
 * Seeded operations on one book, made with a plain book of maps and arrays, so that cancels hit live orders, adds do not cross unless they
 * are meant to, and the trades that must come out are known.
 */
import { Random } from "../test/reference/randomCommands.ts"

export const workloadNames = ["mixed", "small", "sweep", "deep", "sparse"] as const
export type WorkloadName = (typeof workloadNames)[number]

export const add = 0
export const cancel = 1
/** An order at any price. */
export const market = 2

/** One entry an operation. The first `resting` stand before the clock starts; ids of adds count from 1 without gaps. */
export interface Workload {
  readonly resting: number
  readonly kinds: Uint8Array
  readonly sides: Uint8Array
  readonly prices: Int32Array
  readonly lots: Int32Array
  readonly ids: Int32Array
  /** Behind the resting ones. */
  readonly trades: number
  readonly volume: number
  readonly priceMax: number
}

interface Shape {
  readonly resting: number
  readonly operations: number
  /** How far from the middle an order stands. */
  readonly distance: (random: Random) => number
  readonly cancelShare: number
  readonly crossShare: number
  readonly crossLotsMax: number
}

const near = (far: number) => (random: Random) => random.int(1, random.chance(0.5) ? Math.min(100, far) : far)

const shapes: Readonly<Record<Exclude<WorkloadName, "sweep">, Shape>> = {
  mixed: {
    resting: 50_000,
    operations: 2_000_000,
    distance: near(1_000),
    cancelShare: 0.4,
    crossShare: 0.1,
    crossLotsMax: 100
  },
  small: {
    resting: 2_000,
    operations: 1_000_000,
    distance: near(100),
    cancelShare: 0.4,
    crossShare: 0.1,
    crossLotsMax: 100
  },
  deep: {
    resting: 1_000_000,
    operations: 600_000,
    distance: (random) => random.int(1, 5_000),
    cancelShare: 0.8,
    crossShare: 0.2,
    crossLotsMax: 400
  },
  sparse: {
    resting: 50_000,
    operations: 1_000_000,
    distance: (random) => Math.max(1, Math.floor(3_000_000 ** (random.u32() / 2 ** 32))),
    cancelShare: 0.4,
    crossShare: 0.1,
    crossLotsMax: 100
  }
}

const middleAt = 4_000_000
export const priceMax = 8_000_000

export const makeWorkload = (name: WorkloadName, scale: number, seed = 1): Workload =>
  name === "sweep" ? makeSweep(scale, seed) : makeFlow(shapes[name], scale, seed)

const makeFlow = (shape: Shape, scale: number, seed: number): Workload => {
  const random = new Random(seed)
  const resting = Math.max(100, Math.round(shape.resting * scale))
  const operations = Math.round(shape.operations * scale)
  const made = new Making(resting + operations)
  let middle = middleAt
  const rest = () => {
    const side = random.int(0, 1)
    const price = side === 0 ? middle - shape.distance(random) : middle + shape.distance(random)
    made.rest(side, price, random.int(1, 100))
  }
  for (let i = 0; i < resting; i++) rest()
  made.begin()
  for (let i = 0; i < operations; i++) {
    if (random.chance(0.04)) middle += random.chance(0.5) ? 1 : -1
    const kind = random.u32() / 2 ** 32
    if (kind < shape.cancelShare && made.cancelOne(random)) continue
    if (kind < shape.cancelShare + shape.crossShare && made.cross(random.int(0, 1), random.int(1, shape.crossLotsMax)))
      continue
    rest()
  }
  return made.done(resting)
}

/** A market order that eats 10 to 50 makers, and as many orders put back near the best. */
const makeSweep = (scale: number, seed: number): Workload => {
  const random = new Random(seed)
  const resting = Math.max(1_000, Math.round(100_000 * scale))
  const sweeps = Math.round(40_000 * scale)
  const made = new Making(resting + sweeps * 51)
  for (let i = 0; i < resting; i++) {
    const side = random.int(0, 1)
    made.rest(side, side === 0 ? middleAt - random.int(1, 5_000) : middleAt + random.int(1, 5_000), random.int(1, 100))
  }
  made.begin()
  for (let i = 0; i < sweeps; i++) {
    const side = random.int(0, 1)
    const eaten = made.eat(side, random.int(10, 50))
    const best = made.best(side ^ 1)
    for (let j = 0; j < eaten; j++) {
      const price = side === 0 ? best + random.int(0, 20) : best - random.int(0, 20)
      made.rest(side ^ 1, price, random.int(1, 100))
    }
  }
  return made.done(resting)
}

/** Orders of one side by price; the arrays of a price keep dead orders until they are passed over. */
class PlainSide {
  readonly queues = new Map<number, Array<number>>()
  readonly live = new Map<number, number>()
  /** Ascending. */
  readonly prices: Array<number> = []

  indexOf(price: number): number {
    let low = 0
    let high = this.prices.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.prices[middle]! < price) low = middle + 1
      else high = middle
    }
    return low
  }
}

class Making {
  private readonly kinds: Uint8Array
  private readonly sides: Uint8Array
  private readonly prices: Int32Array
  private readonly lots: Int32Array
  private readonly ids: Int32Array
  private count = 0
  private lastId = 0
  private readonly book = [new PlainSide(), new PlainSide()] as const
  /** What is left of each order, by id. */
  private readonly left: Array<number> = [0]
  private readonly sideOf: Array<number> = [0]
  private readonly priceOf: Array<number> = [0]
  private readonly alive: Array<number> = []
  private readonly placeOf: Array<number> = [0]
  private trades = 0
  private volume = 0

  constructor(max: number) {
    this.kinds = new Uint8Array(max)
    this.sides = new Uint8Array(max)
    this.prices = new Int32Array(max)
    this.lots = new Int32Array(max)
    this.ids = new Int32Array(max)
  }

  begin(): void {
    this.trades = 0
    this.volume = 0
  }

  best(side: number): number {
    const { prices } = this.book[side]!
    return (side === 0 ? prices.at(-1) : prices[0]) ?? middleAt
  }

  /** At its price, or where that would cross just beside the best of the other side. */
  rest(side: number, price: number, lots: number): void {
    const other = this.book[side ^ 1]!
    let at = price
    if (other.prices.length > 0) {
      const best = this.best(side ^ 1)
      at = side === 0 ? Math.min(price, best - 1) : Math.max(price, best + 1)
    }
    const id = this.operation(add, side, at, lots)
    this.stand(id, side, at, lots)
  }

  /** A limit order 10 ticks past the best of the other side. */
  cross(side: number, lots: number): boolean {
    if (this.book[side ^ 1]!.prices.length === 0) return false
    const best = this.best(side ^ 1)
    const price = side === 0 ? best + 10 : best - 10
    const id = this.operation(add, side, price, lots)
    const left = this.take(side, price, lots)
    if (left > 0) this.stand(id, side, price, left)
    return true
  }

  /** A market order for all that so many makers have; how many there were. */
  eat(side: number, makers: number): number {
    let lots = 0
    let found = 0
    const { prices, queues } = this.book[side ^ 1]!
    for (let i = 0; i < prices.length && found < makers; i++) {
      const price = side === 0 ? prices[i]! : prices[prices.length - 1 - i]!
      for (const id of queues.get(price)!) {
        if (this.left[id] === 0 || found === makers) continue
        found++
        lots += this.left[id]!
      }
    }
    if (lots === 0) return 0
    this.operation(market, side, 0, lots)
    this.take(side, side === 0 ? priceMax : 0, lots)
    return found
  }

  /** Half of the time a recent order, half of the time any. */
  cancelOne(random: Random): boolean {
    const { alive } = this
    if (alive.length < 2) return false
    const from = random.chance(0.5) ? Math.max(0, alive.length - 100) : 0
    const id = alive[random.int(from, alive.length - 1)]!
    const at = this.count++
    this.kinds[at] = cancel
    this.ids[at] = id
    this.end(id)
    return true
  }

  private operation(kind: number, side: number, price: number, lots: number): number {
    const at = this.count++
    const id = ++this.lastId
    this.kinds[at] = kind
    this.sides[at] = side
    this.prices[at] = price
    this.lots[at] = lots
    this.ids[at] = id
    this.left[id] = 0
    this.sideOf[id] = side
    this.priceOf[id] = price
    return id
  }

  private stand(id: number, side: number, price: number, lots: number): void {
    const of = this.book[side]!
    this.left[id] = lots
    this.placeOf[id] = this.alive.push(id) - 1
    const queue = of.queues.get(price)
    if (queue === undefined) {
      of.queues.set(price, [id])
      of.live.set(price, 1)
      of.prices.splice(of.indexOf(price), 0, price)
    } else {
      queue.push(id)
      of.live.set(price, of.live.get(price)! + 1)
    }
  }

  private end(id: number): void {
    this.left[id] = 0
    const last = this.alive.pop()!
    const place = this.placeOf[id]!
    if (last !== id) {
      this.alive[place] = last
      this.placeOf[last] = place
    }
    const of = this.book[this.sideOf[id]!]!
    const price = this.priceOf[id]!
    const live = of.live.get(price)! - 1
    of.live.set(price, live)
    if (live > 0) return
    of.live.delete(price)
    of.queues.delete(price)
    of.prices.splice(of.indexOf(price), 1)
  }

  private take(side: number, limit: number, lots: number): number {
    const of = this.book[side ^ 1]!
    let left = lots
    while (left > 0 && of.prices.length > 0) {
      const price = this.best(side ^ 1)
      if (side === 0 ? price > limit : price < limit) break
      const queue = of.queues.get(price)!
      while (this.left[queue[0]!] === 0) queue.shift()
      const id = queue[0]!
      const taken = Math.min(left, this.left[id]!)
      this.trades++
      this.volume += taken
      left -= taken
      if (taken === this.left[id]) this.end(id)
      else this.left[id]! -= taken
    }
    return left
  }

  done(resting: number): Workload {
    const { count } = this
    return {
      resting,
      kinds: this.kinds.subarray(0, count),
      sides: this.sides.subarray(0, count),
      prices: this.prices.subarray(0, count),
      lots: this.lots.subarray(0, count),
      ids: this.ids.subarray(0, count),
      trades: this.trades,
      volume: this.volume,
      priceMax
    }
  }
}
