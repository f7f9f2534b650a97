/**
 * Recorded market-by-order flow of a futures exchange through the book alone: nothing is matched,
 * because the recording includes the opening auction, in which prices cross.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Recordings from "../../../scripts/recordings.ts"
import { LevelPool } from "../src/LevelPool.ts"
import { OrderBook } from "../src/OrderBook.ts"
import { OrderIndex } from "../src/OrderIndex.ts"
import { buy, OrderPool, sell } from "../src/OrderPool.ts"
import { type Queue, queuesOf } from "./queuesOf.ts"
import { readRows } from "./recordings.ts"

interface Message {
  readonly timeNs: bigint
  readonly action: string
  readonly side: number
  readonly orderId: number
  readonly priceTicks: number
  readonly lots: number
  /** The book may be compared: this is the last message of simultaneous events. */
  readonly isLast: boolean
}

const ticksPerPoint = 4
const lastOfEvent = 128
const openingNs = 1_703_545_200_000_000_000n

const messages = (): ReadonlyArray<Message> =>
  readRows("cme_ESH4_2023-12-25_mbo_part1.csv.gz").map(
    ([eventNs, , , action, side, orderId, price, size, flags]) => ({
      timeNs: BigInt(eventNs!),
      action: action!,
      side: side === "B" ? buy : sell,
      orderId: Number(orderId),
      priceTicks: Number(price) * ticksPerPoint,
      lots: Number(size),
      isLast: (Number(flags) & lastOfEvent) !== 0
    })
  )

/** The expected result: the bids, then the asks. */
const bookAfterwards = (): ReadonlyArray<ReadonlyArray<Queue>> => {
  const rows = readRows("cme_ESH4_2023-12-25_book_after_part1.csv.gz")
  return ["B", "A"].map((wanted) =>
    rows
      .filter(([side]) => side === wanted)
      .map(([, price, size, count, ids]) => {
        const orders = ids!.split(" ").map(Number)
        assert.strictEqual(orders.length, Number(count))
        return { priceTicks: Number(price) * ticksPerPoint, lots: Number(size), orders }
      })
  )
}

/** A book that is told what happened to each order. */
class ToldBook {
  readonly pool = new OrderPool()
  readonly levels = new LevelPool()
  readonly book = new OrderBook(1_000_000, this.pool, this.levels)
  private readonly index = new OrderIndex(this.pool)

  tell({ action, lots, orderId, priceTicks, side }: Message): void {
    switch (action) {
      case "A":
        return this.add(side, orderId, priceTicks, lots)
      case "C":
        return this.reduce(this.find(orderId), lots)
      case "M":
        return this.modify(this.find(orderId), priceTicks, lots)
      default:
        // A trade or fill: the cancel or modify message after it changes the book.
        return
    }
  }

  queues(): ReadonlyArray<ReadonlyArray<Queue>> {
    return [this.book.bids, this.book.asks].map((side) => queuesOf(side, this.levels, this.pool))
  }

  private find(orderId: number): number {
    const slot = this.index.find(orderId)
    assert.notStrictEqual(slot, 0, `order ${orderId}`)
    return slot
  }

  private add(side: number, orderId: number, priceTicks: number, lots: number): void {
    const { pool } = this
    const slot = pool.allocate()
    pool.setId(slot, orderId)
    pool.setTerms(slot, 1, side)
    pool.setRemaining(slot, lots)
    pool.setPrice(slot, priceTicks)
    this.index.add(orderId, slot)
    this.book.of(side).append(slot, priceTicks)
  }

  private reduce(slot: number, lots: number): void {
    const { book, index, pool } = this
    const side = book.of(pool.side(slot))
    if (lots < pool.remaining(slot)) return side.shrink(slot, lots)
    side.remove(slot)
    index.remove(pool.id(slot), slot)
    pool.free(slot)
  }

  private modify(slot: number, priceTicks: number, lots: number): void {
    const { book, pool } = this
    const side = book.of(pool.side(slot))
    const remaining = pool.remaining(slot)
    if (priceTicks === pool.price(slot) && lots <= remaining)
      return side.shrink(slot, remaining - lots)
    side.remove(slot)
    pool.setRemaining(slot, lots)
    pool.setPrice(slot, priceTicks)
    side.append(slot, priceTicks)
  }
}

describe.skipIf(!Recordings.available)("OrderBook under the recorded messages of CME", () => {
  it("has the queues that the exchange had, order by order", () => {
    const told = new ToldBook()
    for (const message of messages()) told.tell(message)

    const queues = told.queues()
    assert.deepStrictEqual(queues, bookAfterwards())
    assert.deepStrictEqual(
      queues.map((side) => side.length),
      [924, 564]
    )
    assert.strictEqual(told.pool.count, 10_877)
    assert.deepStrictEqual(
      queues.map((side) => side[0]!.priceTicks / ticksPerPoint),
      [4810.25, 4810.5]
    )
  })

  it("is crossed in the auction and never after the opening", () => {
    const told = new ToldBook()
    const crossed = { before: 0, after: 0 }
    for (const message of messages()) {
      told.tell(message)
      const { best } = told.book.bids
      if (!message.isLast || best === 0 || !told.book.asks.crossedBy(told.levels.price(best)))
        continue
      crossed[message.timeNs < openingNs ? "before" : "after"]++
    }
    assert.strictEqual(crossed.after, 0)
    assert.isAbove(crossed.before, 0)
  })

  it("is empty when every order is cancelled, whatever the order of cancelling", () => {
    for (const direction of [1, -1]) {
      const told = new ToldBook()
      const orderIds: Array<number> = []
      for (const message of messages()) {
        told.tell(message)
        if (message.action === "A") orderIds.push(message.orderId)
      }
      const open = new Set(told.queues().flatMap((side) => side.flatMap(({ orders }) => orders)))
      for (const orderId of direction === 1 ? orderIds : orderIds.toReversed()) {
        if (!open.delete(orderId)) continue
        told.tell({
          timeNs: 0n,
          action: "C",
          side: buy,
          orderId,
          priceTicks: 0,
          lots: 1_000,
          isLast: true
        })
      }
      assert.deepStrictEqual(told.queues(), [[], []])
      assert.strictEqual(told.pool.count, 0)
    }
  })
})
