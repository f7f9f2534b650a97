/**
 * The whole book of an exchange, order by order, as a state and as its snapshot. The orders are put
 * into the book as recorded, without commands: some are worth more than our orders may be, so no
 * money is held for them.
 */
import { Decimal, Ids, Market } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { beforeAll } from "vitest"
import * as Recordings from "../../../scripts/recordings.ts"
import * as NonTrading from "../src/NonTrading.ts"
import { limitsDefault } from "../src/Limits.ts"
import { OpenOrders } from "../src/OpenOrders.ts"
import { buy, sell } from "../src/OrderPool.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { firstOpened, State } from "../src/State.ts"
import { queuesOf } from "./queuesOf.ts"
import { readRecording } from "./recordings.ts"

interface Recorded {
  readonly side: number
  readonly priceTicks: number
  readonly lots: number
  readonly uuid: string
}

const priceScale = 2
const lotScale = 8
const accounts = 16
const market = 1

/** Best first, the oldest first at one price; the bids before the asks. */
const recorded = (): ReadonlyArray<Recorded> => {
  const book = JSON.parse(readRecording("coinbase_BTC-USD_2026-08-07_l3_snapshot.json.gz"))
  const units = (value: string, scale: number): number => Number(Decimal.parse(value, scale))
  return [buy, sell].flatMap((side) =>
    (side === buy ? book.bids : book.asks).map(([price, size, uuid]: ReadonlyArray<string>) => ({
      side,
      priceTicks: units(price!, priceScale),
      lots: units(size!, lotScale),
      uuid: uuid!
    }))
  )
}

/** The orders are as old as their ids sort, so that neither ids nor accounts follow the queues. */
const stateOf = (orders: ReadonlyArray<Recorded>): State => {
  const state = new State(limitsDefault)
  NonTrading.addAsset(state, { assetId: Ids.AssetId(1), symbol: "BTC", scale: lotScale })
  NonTrading.addAsset(state, {
    assetId: Ids.AssetId(2),
    symbol: "USD",
    scale: lotScale + priceScale
  })
  const { book } = NonTrading.addMarket(state, {
    marketId: Ids.MarketId(market),
    symbol: "BTC/USD",
    baseAssetId: Ids.AssetId(1),
    quoteAssetId: Ids.AssetId(2),
    tickMantissa: 1,
    tickScale: priceScale,
    lotUnits: 1n,
    lotsMin: 1,
    lotsMax: Market.lotsMax,
    ticksMax: Market.ticksMax,
    notionalMin: 0n,
    notionalMax: Decimal.unitsMax,
    quotePerTickLot: 1n,
    status: "open",
    makerRate: 0,
    takerRate: 0
  })
  for (let i = 0; i < accounts; i++) state.accounts.open("user", "")

  const { orders: pool } = state
  const slots = new Map<string, number>()
  for (const { lots, priceTicks, side, uuid } of orders) {
    const slot = pool.allocate()
    pool.setTerms(slot, market, side)
    pool.setPrice(slot, priceTicks)
    pool.setLots(slot, lots)
    pool.setRemaining(slot, lots)
    book.of(side).append(slot, priceTicks)
    slots.set(uuid, slot)
  }
  const open = new OpenOrders(state)
  for (const [uuid, slot] of [...slots].sort(([a], [b]) => (a < b ? -1 : 1))) {
    pool.setId(slot, ++state.lastOrderId)
    pool.setAccount(slot, firstOpened + (state.lastOrderId % accounts))
    open.register(slot, uuid)
  }
  return state
}

/**
 * Bids and asks: the price of each level, its lots and the recorded ids of its orders, the oldest
 * first.
 */
const levelsOf = ({ clientOrderIds, levels, markets, orders }: State) =>
  [markets[market]!.book.bids, markets[market]!.book.asks].map((side) =>
    queuesOf(side, levels, orders).map((queue) => ({
      ...queue,
      orders: queue.orders.map((orderId) => clientOrderIds.get(orderId))
    }))
  )

const recordedLevels = (orders: ReadonlyArray<Recorded>) =>
  [buy, sell].map((side) => {
    const queues = new Map<number, Array<Recorded>>()
    for (const order of orders) {
      if (order.side !== side) continue
      const queue = queues.get(order.priceTicks)
      if (queue === undefined) queues.set(order.priceTicks, [order])
      else queue.push(order)
    }
    return [...queues].map(([priceTicks, queue]) => ({
      priceTicks,
      lots: queue.reduce((sum, { lots }) => sum + lots, 0),
      orders: queue.map(({ uuid }) => uuid)
    }))
  })

describe.skipIf(!Recordings.available)("Snapshot of the recorded book of Coinbase", () => {
  let all: ReadonlyArray<Recorded>
  let orders: ReadonlyArray<Recorded>
  let state: State
  let again: State
  beforeAll(() => {
    all = recorded()
    orders = all.filter(({ priceTicks }) => priceTicks <= Market.ticksMax)
    state = stateOf(orders)
    again = Snapshot.decode(Buffer.concat([...Snapshot.encode(state)]))
  })

  it("takes all orders but five, which ask for more than the highest price of a market", () => {
    assert.strictEqual(all.length, 110_606)
    assert.deepStrictEqual(
      all
        .filter(({ priceTicks }) => priceTicks > Market.ticksMax)
        .map(({ priceTicks }) => priceTicks / 100),
      [30_000_000, 62_534_001.53, 123_816_365, 129_034_888, 138_991_023.41]
    )
    assert.strictEqual(state.orders.count, 110_601)
  })

  it("has the recorded queues, before and after", () => {
    const expected = recordedLevels(orders)
    assert.deepStrictEqual(
      expected.map((side) => [side.length, side[0]!.priceTicks / 100]),
      [
        [18_395, 64_934.31],
        [27_019 - 5, 64_935.38]
      ]
    )
    assert.deepStrictEqual(levelsOf(state), expected)
    assert.deepStrictEqual(levelsOf(again), expected)
  })

  it("is the same bytes and the same hash after having been restored", () => {
    assert.isTrue(
      Buffer.concat([...Snapshot.encode(again)]).equals(Buffer.concat([...Snapshot.encode(state)]))
    )
    assert.strictEqual(Snapshot.hashOf(again), Snapshot.hashOf(state))
  })

  it("finds every order again, by its id and by the one its account gave it", () => {
    const open = new OpenOrders(again)
    const lost = [...state.clientOrderIds].filter(([orderId, uuid]) => {
      const account = firstOpened + (orderId % accounts)
      const slot = open.own(account, orderId)
      return slot === 0 || open.ownByClientId(account, uuid) !== slot
    })
    assert.deepStrictEqual(lost, [])
    assert.strictEqual(again.orders.count, state.orders.count)
  })
})
