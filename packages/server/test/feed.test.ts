/** What the server builds from the journal's events is what the venue has. */
import { expect, it } from "@effect/vitest"
import { MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { EmbeddedDatabase, History } from "@pandora-exchange/adapters-pg"
import { Decimal, SnapshotStore } from "@pandora-exchange/core"
import { Exchange } from "@pandora-exchange/sdk"
import { Context, Deferred, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { listing } from "../src/Demo.ts"
import { Feed } from "../src/feed/Feed.ts"

const seed = Number(process.env["PANDORA_SEED"] ?? Date.now() % 1_000_000)
const commands = process.env["PANDORA_TEST_LONG"] === "1" ? 50_000 : 2_000

const randomFrom = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * below)
  }
}

it.effect(
  `books, balances and orders are the venue's after every kind of command (PANDORA_SEED=${seed})`,
  () =>
    Effect.gen(function* () {
      const exchange = yield* Exchange
      const feed = yield* Feed
      const random = randomFrom(seed)
      const accounts: Array<number> = []
      for (let i = 0; i < 3; i++) {
        const { account } = yield* exchange.openAccount({})
        accounts.push(account)
        for (const asset of ["BTC", "ETH", "USDT"])
          yield* exchange.credit({ account, asset, amount: "1000000" })
      }
      const holds: Array<number> = []
      const step = Effect.gen(function* () {
        const account = accounts[random(3)]!
        const market = ["BTC-USDT", "ETH-USDT"][random(2)]!
        const side = random(2) === 0 ? "buy" : "sell"
        const price = String(1_000 + random(30))
        const quantity = String(1 + random(20))
        const open = yield* exchange.openOrders({ account })
        const order = open[random(Math.max(open.length, 1))]
        switch (random(12)) {
          case 0:
            if (order !== undefined) yield* exchange.cancel({ account, order: order.order })
            return
          case 1:
          case 2:
            if (order !== undefined) {
              yield* exchange.amend({
                account,
                market: order.market,
                order: order.order,
                quantity,
                ...(random(2) && { price })
              })
            }
            return
          case 3:
            return yield* exchange.place({ account, market, side, type: "market", quantity })
          case 4:
            return yield* exchange.place({
              account,
              market,
              side,
              type: "market",
              budget: String(1 + random(50_000))
            })
          case 5:
            return yield* exchange.place({
              account,
              market,
              side,
              price,
              quantity,
              timeInForce: "IOC"
            })
          case 6:
            holds.push((yield* exchange.hold({ account, asset: "BTC", amount: quantity })).hold)
            return
          case 7: {
            const hold = holds.pop()
            if (hold === undefined) return
            if (random(2) === 0) return yield* exchange.releaseHold({ hold })
            return yield* exchange.settleHold({ hold, fee: "0.5", asset: "BTC" })
          }
          case 8:
            yield* exchange.transfer({
              account,
              to: accounts[random(3)]!,
              asset: "USDT",
              amount: quantity
            })
            return yield* exchange.reverse({ account, asset: "ETH", amount: quantity })
          case 9:
            if (random(20) === 0) yield* exchange.cancelAll({ account })
            return
          default:
            return yield* exchange.place({ account, market, side, price, quantity })
        }
      })
      for (let i = 0; i < commands; i++) yield* Effect.ignore(step)

      yield* feed.reached((yield* exchange.status).durableSequence)
      for (const market of ["BTC-USDT", "ETH-USDT"]) {
        const { asks, bids, depthSequence } = yield* exchange.depth({ market, levels: 5_000 })
        const book = feed.books.find(market)!
        expect({ ...book.snapshot(5_000), depthSequence: book.depthSequence }).toEqual({
          asks,
          bids,
          depthSequence
        })
        expect(depthSequence).toBeGreaterThan(commands / 10)
      }
      for (const account of accounts) {
        const balances = feed.balances.balancesOf(account).map(({ assetId, available, held }) => {
          const { scale, symbol } = feed.directory.assetOf(assetId)
          return {
            asset: symbol,
            available: Decimal.format(available, scale),
            held: Decimal.format(held, scale)
          }
        })
        expect(balances).toEqual(yield* exchange.balances({ account }))
        const open = yield* exchange.openOrders({ account })
        const known = feed.orders.openOf(account)
        expect(
          known.map(({ filledLots, lots, orderId }) => [orderId, lots - filledLots > 0])
        ).toEqual(open.map(({ order }) => [order, true]))
      }
    }).pipe(
      Effect.provide(
        Feed.layer.pipe(
          Layer.provideMerge(Layer.mergeAll(Exchange.layer(listing), MemorySnapshotStore.layer)),
          Layer.provide(Layer.provide(History.layer(), EmbeddedDatabase.layer()))
        )
      )
    )
)

it.effect("waits for snapshots that cannot be listed, and does not take them for none", () =>
  Effect.gen(function* () {
    const refused = yield* Deferred.make<void>()
    let lists = 0
    const snapshots = Layer.effect(
      SnapshotStore.SnapshotStore,
      Effect.map(Layer.build(MemorySnapshotStore.layer), (context) => {
        const store = Context.get(context, SnapshotStore.SnapshotStore)
        const unavailable = Effect.andThen(
          Deferred.succeed(refused, undefined),
          Effect.fail(new SnapshotStore.SnapshotsUnavailable({ cause: "no answer" }))
        )
        const list = Effect.suspend(() => (lists++ === 0 ? unavailable : store.list))
        return SnapshotStore.SnapshotStore.of({ ...store, list })
      })
    )
    const building = yield* Effect.forkChild(
      Layer.build(
        Feed.layer.pipe(
          Layer.provide(Layer.mergeAll(Exchange.layer(listing), snapshots)),
          Layer.provide(Layer.provide(History.layer(), EmbeddedDatabase.layer()))
        )
      )
    )
    yield* Deferred.await(refused)
    yield* TestClock.adjust("1 second")
    yield* Fiber.join(building)
    expect(lists).toBe(2)
  }).pipe(Effect.scoped)
)
