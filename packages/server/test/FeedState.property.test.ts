/** A feed that starts from a snapshot ends up the same as one that read everything. */
import { expect, layer } from "@effect/vitest"
import { MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { EmbeddedDatabase, History, Projections } from "@pandora-exchange/adapters-pg"
import { Batch, SnapshotStore } from "@pandora-exchange/core"
import { Limits, Recovery } from "@pandora-exchange/engine"
import { Exchange, type ExchangeService } from "@pandora-exchange/sdk"
import { Effect, Layer, Stream } from "effect"
import { Random } from "../../engine/test/reference/randomCommands.ts"
import { readOf, venueJournal } from "../../adapters-pg/test/support/venueJournal.ts"
import { Feed, type FeedService } from "../src/feed/Feed.ts"
import { FeedState } from "../src/feed/FeedState.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const firstSeed = Number(process.env["PANDORA_SEED"] ?? 1)
const seeds = Array.from({ length: long ? 40 : 4 }, (_, i) => firstSeed + i)
const commands = long ? 8_000 : 3_000

type Batches = ReadonlyArray<Batch.Batch>

const entriesOf = (batches: Batches) =>
  batches.flatMap((batch) => Batch.entries(batch).map((entry) => ({ ...entry, time: batch.time })))

/** All that is current. */
const current = (
  {
    balances,
    books,
    directory,
    orders
  }: Pick<FeedService, "balances" | "books" | "directory" | "orders">,
  batches: Batches
) => {
  const events = entriesOf(batches).flatMap((entry) => entry.events)
  const accounts = events.flatMap((event) =>
    event._tag === "AccountOpened" && event.opened ? [event.accountId] : []
  )
  const markets = events.flatMap((event) => (event._tag === "MarketListed" ? [event] : []))
  return {
    markets: markets.map(({ marketId, symbol }) => {
      const book = books.find(symbol)!
      const { base, quote } = directory.termsOf(marketId)
      return {
        symbol,
        base,
        quote,
        depthSequence: book.depthSequence,
        ...book.snapshot(Number.MAX_SAFE_INTEGER)
      }
    }),
    accounts: accounts.map((account) => ({
      account,
      balances: balances.balancesOf(account).toSorted((a, b) => a.assetId - b.assetId),
      orders: orders.openOf(account)
    }))
  }
}

/**
 * Storage and projections of a venue that executed the journal, with snapshots after some of its
 * batches.
 */
const places = (
  batches: Batches,
  snapshotsAfter: ReadonlyArray<number>,
  projected: Batches,
  venueId: string
) => {
  const asked: Array<number> = []
  const prepared = Effect.gen(function* () {
    const snapshots = yield* SnapshotStore.SnapshotStore
    for (const after of snapshotsAfter) {
      const read = readOf(batches.slice(0, after))
      yield* Recovery.takeSnapshot({ read, snapshots, limits: Limits.limitsDefault })
    }
    yield* (yield* Projections.Projections).catchUp(readOf(projected))
  })
  const durableSequence = Batch.lastSequence(batches.at(-1)!)
  // Stands still, so that all feeds end at the same command.
  const exchange = Layer.succeed(Exchange, {
    status: Effect.succeed({ durableSequence }),
    batches: (from: number) => {
      asked.push(from)
      return Stream.concat(
        Stream.fromIterable(batches.filter((batch) => Batch.lastSequence(batch) >= from)),
        Stream.never
      )
    }
  } as unknown as ExchangeService)
  const layer = Feed.layer.pipe(
    Layer.provide(Layer.effectDiscard(prepared)),
    Layer.provide(
      Layer.mergeAll(
        exchange,
        MemorySnapshotStore.layer,
        History.layer({ venueId }),
        Projections.layer({ venueId })
      )
    )
  )
  return { asked, layer: Layer.fresh(layer) }
}

layer(EmbeddedDatabase.layer(), { timeout: "60 seconds", excludeTestServices: true })(
  "a feed",
  (it) => {
    it.effect.each(seeds)(
      "from a snapshot becomes what one from the journal's beginning is, seed %i",
      (seed) =>
        Effect.gen(function* () {
          const random = new Random(seed)
          const { batches, bookkeeping } = venueJournal(
            seed,
            commands,
            (i) => 1 + ((i * 7 + seed) % 60)
          )
          const whole = new FeedState()
          whole.apply(entriesOf(batches))
          const expected = current(whole, batches)
          expect(expected.accounts.flatMap(({ orders }) => orders).length).toBeGreaterThan(0)

          const markets = [...bookkeeping.markets.values()].map(({ listed }) => listed)

          const [older, newer, projectedTo] = [0, 1, 2]
            .map(() => random.int(1, batches.length))
            .sort((a, b) => a - b) as [number, number, number]
          for (const [i, projected] of [
            projectedTo,
            newer,
            Math.max(older, newer - 1),
            batches.length
          ].entries()) {
            const { asked, layer } = places(
              batches,
              [older, newer],
              batches.slice(0, projected),
              `seed-${seed}-${i}`
            )
            const feed = yield* Effect.provide(
              Effect.gen(function* () {
                const feed = yield* Feed
                yield* feed.reached(whole.at)
                for (const { marketId } of markets) {
                  const first = feed.orders.firstTradeOf(marketId)
                  const known = whole.orders
                    .tradesOf(marketId)
                    .filter(({ event }) => event.tradeId >= first)
                  expect(feed.orders.tradesOf(marketId)).toEqual(known)
                }
                return current(feed, batches)
              }),
              layer
            )
            expect(feed).toEqual(expected)
            const snapshot = projected >= newer ? newer : older
            expect(asked).toEqual([Batch.lastSequence(batches[snapshot - 1]!) + 1])
          }
        })
    )

    it.effect("error: a journal that contradicts itself makes it stand still, and it says so", () =>
      Effect.gen(function* () {
        const { batches } = venueJournal(firstSeed, commands, () => 40)
        const { layer } = places(batches.slice(batches.length >> 1), [], [], "cut")
        const feed = yield* Effect.provide(
          Effect.gen(function* () {
            const feed = yield* Feed
            while (feed.trouble() === undefined) yield* Effect.yieldNow
            return feed
          }),
          layer
        )
        expect(feed.trouble()).toBe("bug")
      })
    )

    it.effect(
      "reads the journal from its beginning where the projections are not as far as any snapshot, or of another journal",
      () =>
        Effect.gen(function* () {
          const { batches } = venueJournal(firstSeed, commands, () => 40)
          const whole = new FeedState()
          whole.apply(entriesOf(batches))
          const half = batches.length >> 1
          const { batches: others } = venueJournal(firstSeed + 1, commands, () => 40)
          const behind = places(batches, [half], batches.slice(0, half - 1), "behind")
          const ofAnother = places(batches, [half], others.slice(0, half), "other")
          for (const { asked, layer } of [behind, ofAnother]) {
            const found = yield* Effect.provide(
              Effect.gen(function* () {
                const feed = yield* Feed
                yield* feed.reached(whole.at)
                return current(feed, batches)
              }),
              layer
            )
            expect(found).toEqual(current(whole, batches))
            expect(asked.at(-1)).toBe(1)
          }
        })
    )
  }
)
