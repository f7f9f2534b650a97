import type { LevelPool } from "../src/LevelPool.ts"
import type { BookSide } from "../src/OrderBook.ts"
import type { OrderPool } from "../src/OrderPool.ts"

export interface Queue {
  readonly priceTicks: number
  readonly lots: number
  /** Order ids, the oldest first. */
  readonly orders: ReadonlyArray<number>
}

/** The levels of one side, best first. The back links are checked on the way. */
export const queuesOf = (
  side: BookSide,
  levels: LevelPool,
  pool: OrderPool
): ReadonlyArray<Queue> => {
  const queues: Array<Queue> = []
  for (let level = side.best; level !== 0; level = side.after(level)) {
    const orders: Array<number> = []
    let previous = 0
    for (let slot = levels.first(level); slot !== 0; slot = pool.next(slot)) {
      orders.push(pool.id(slot))
      if (pool.previous(slot) !== previous)
        throw new Error(`order ${pool.id(slot)} does not follow the one before it`)
      previous = slot
    }
    const priceTicks = levels.price(level)
    if (levels.last(level) !== previous)
      throw new Error(`the queue at ${priceTicks} does not end with its last order`)
    queues.push({ priceTicks, lots: levels.total(level), orders })
  }
  return queues
}
