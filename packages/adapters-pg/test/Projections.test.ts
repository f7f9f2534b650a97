import { assert, describe, it } from "@effect/vitest"
import { Batch, type Event, Ids, Layout } from "@pandora-exchange/core"
import { Unknown } from "@pandora-exchange/core/ports/Journal"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as EarlierRules from "../../engine/test/earlierRules.ts"
import { Bookkeeping } from "../../engine/test/reference/Bookkeeping.ts"
import { PgDatabase } from "../src/PgDatabase.ts"
import * as Projections from "../src/Projections.ts"
import { journalOfEvents } from "./support/eventJournal.ts"
import { forThisFile, inMemory, onServer, type Place, until } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"
import * as tables from "./support/tables.ts"
import { readOf, venueJournal } from "./support/venueJournal.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const firstSeed = Number(process.env["PANDORA_SEED"] ?? 1)
const seeds = Array.from({ length: long ? 20 : 3 }, (_, i) => firstSeed + i)
const commandsPerSeed = long ? 20_000 : 4_000

const { account, asset } = { account: Ids.AccountId, asset: Ids.AssetId }

let venues = 0

/** Projections of a venue in a place, as a starting process opens them. */
const started = (place: Place, venueId = `venue-${++venues}`) =>
  Effect.map(
    Layer.build(
      Layer.fresh(
        Layer.provideMerge(Projections.layer({ venueId, pause: "5 millis" }), place.database)
      )
    ),
    (context) => ({
      venueId,
      projections: Context.get(context, Projections.Projections),
      sql: Context.get(context, PgDatabase).sql
    })
  )

const cases = (place: Place) => {
  it.live.each(seeds)("they are what a naive reader of the events finds, seed %i", (seed) =>
    Effect.gen(function* () {
      const { projections, sql, venueId } = yield* started(place)
      const { batches, bookkeeping } = venueJournal(
        seed,
        commandsPerSeed,
        (i) => 1 + ((i * 7 + seed) % 300)
      )
      yield* projections.catchUp(readOf(batches))

      const last = Batch.lastSequence(batches.at(-1)!)
      assert.deepStrictEqual(yield* projections.positions, { ledger: last, trading: last })
      assert.deepStrictEqual(
        yield* tables.balances(sql, venueId),
        tables.balancesOfBookkeeping(bookkeeping)
      )
      assert.deepStrictEqual(
        yield* tables.balancesOfEntries(sql, venueId),
        tables.balancesOfBookkeeping(bookkeeping)
      )
      assert.deepStrictEqual(
        yield* tables.orders(sql, venueId),
        tables.ordersOfBookkeeping(bookkeeping)
      )
      const made = yield* sql<{
        readonly market: number
        readonly trades: bigint
        readonly highest: bigint
      }>`
        SELECT market_id AS market, count(*) AS trades, max(trade_id) AS highest FROM pandora.trade
        WHERE venue_id = ${venueId} GROUP BY 1 ORDER BY 1`
      const told = [...bookkeeping.markets]
        .filter(([, { tradesMade }]) => tradesMade > 0)
        .map(([market, { tradesMade }]) => ({
          market,
          trades: BigInt(tradesMade),
          highest: BigInt(tradesMade)
        }))
      assert.deepStrictEqual(made, told)
    }).pipe(Effect.scoped)
  )

  it.live("they read on through a change of rules, from the first batch of earlier ones", () =>
    Effect.gen(function* () {
      const { projections, sql, venueId } = yield* started(place)
      const left = EarlierRules.recorded()
      yield* EarlierRules.opened(left, EarlierRules.openAnAccount).pipe(
        Effect.provide(TestClock.layer())
      )
      const bookkeeping = new Bookkeeping(1)
      const batches = left.store.batches.map(({ bytes }) => Batch.decode(bytes) as Batch.Batch)
      for (const batch of batches)
        for (const { events } of Batch.sequencedEvents(batch)) bookkeeping.accept(events)
      yield* projections.catchUp(readOf(batches))
      const last = Batch.lastSequence(batches.at(-1)!)
      assert.strictEqual(last, left.head.lastSequence + 2)
      assert.deepStrictEqual(yield* projections.positions, { ledger: last, trading: last })
      assert.deepStrictEqual(
        yield* tables.balances(sql, venueId),
        tables.balancesOfBookkeeping(bookkeeping)
      )
      assert.deepStrictEqual(
        yield* tables.orders(sql, venueId),
        tables.ordersOfBookkeeping(bookkeeping)
      )
    }).pipe(Effect.scoped)
  )

  it.live("each command counts once, however often following is broken off and begun again", () =>
    Effect.gen(function* () {
      const { projections, sql, venueId } = yield* started(place)
      const { batches } = venueJournal(firstSeed, commandsPerSeed, (i) => 1 + ((i * 13) % 50))
      const read = readOf(batches)
      for (let i = 0; i < 10; i++) {
        const upTo = readOf(batches.slice(0, (i + 1) * 10))
        const following = yield* Effect.forkChild(projections.follow(upTo), {
          startImmediately: true
        })
        yield* Effect.sleep(i * 5)
        yield* Fiber.interrupt(following)
        yield* projections.catchUp(upTo)
      }
      yield* projections.catchUp(read)
      const pieces = yield* tables.tables(sql, venueId)

      const other = yield* started(place)
      yield* other.projections.catchUp(read)
      assert.deepStrictEqual(yield* tables.tables(sql, other.venueId), pieces)

      yield* projections.rebuild(read)
      assert.deepStrictEqual(yield* tables.tables(sql, venueId), pieces)
      assert.deepStrictEqual(yield* tables.tables(sql, other.venueId), pieces)
    }).pipe(Effect.scoped)
  )

  it.live(
    "error: what the database refuses halts the ledger before that command, and trading goes on",
    () =>
      Effect.gen(function* () {
        const { projections, sql, venueId } = yield* started(place)
        const alice = account(1000)
        const credit: Event.Event = {
          _tag: "Credited",
          accountId: alice,
          assetId: asset(1),
          amount: 5n,
          reference: ""
        }
        const theft: Event.Event = {
          _tag: "Transferred",
          accountId: alice,
          receiverId: account(1),
          assetId: asset(1),
          amount: 100n
        }
        const { batches } = journalOfEvents([
          [
            [
              { _tag: "AccountOpened", accountId: alice, kind: "user", opened: true, reference: "" }
            ],
            [credit]
          ],
          [[credit], [theft], [credit]],
          [[credit]]
        ])

        for (let attempt = 0; attempt < 2; attempt++) {
          const halted = yield* Effect.flip(
            (yield* started(place, venueId)).projections.catchUp(readOf(batches))
          )
          assert.deepInclude(halted, {
            _tag: "ProjectionHalted",
            projection: "ledger",
            sequence: 4
          })
          assert.include(halted.message, "balance_sign")
          assert.deepStrictEqual(yield* projections.positions, {
            ledger: Ids.Sequence(3),
            trading: Ids.Sequence(6)
          })
          assert.deepStrictEqual((yield* tables.balances(sql, venueId)).get("1000/1"), {
            available: 10n,
            held: 0n
          })
        }

        const following = yield* Effect.forkChild(projections.follow(readOf(batches)))
        yield* until(Effect.map(projections.health, ([ledger]) => ledger!.condition === "halted"))
        const [ledger, trading] = yield* projections.health
        assert.instanceOf(ledger!.cause, Projections.ProjectionHalted)
        assert.strictEqual(trading!.condition, "following")
        yield* Fiber.interrupt(following)
      }).pipe(Effect.scoped)
  )

  it.live("error: what halted goes on where it was, when the reason is gone", () =>
    Effect.gen(function* () {
      const { projections, sql, venueId } = yield* started(place)
      const { batches, bookkeeping } = venueJournal(firstSeed, 1_000, () => 40)
      yield* projections.catchUp(readOf(batches.slice(0, 1)))
      yield* sql.unsafe(`
        ALTER TABLE pandora.ledger_entry ADD CONSTRAINT not_yet CHECK (venue_id <> '${venueId}' OR sequence < 500)`)
      const halted = yield* Effect.flip(projections.catchUp(readOf(batches)))
      assert.isAtLeast(halted.sequence, 500)
      assert.strictEqual((yield* projections.positions).ledger, halted.sequence - 1)
      yield* sql`ALTER TABLE pandora.ledger_entry DROP CONSTRAINT not_yet`
      yield* projections.catchUp(readOf(batches))
      assert.deepStrictEqual(
        yield* tables.balances(sql, venueId),
        tables.balancesOfBookkeeping(bookkeeping)
      )
      assert.deepStrictEqual(
        (yield* projections.health).map(({ cause, condition }) => ({ cause, condition })),
        [1, 2].map(() => ({ condition: "idle" as const, cause: undefined }))
      )
    }).pipe(Effect.scoped)
  )

  it.live("error: events that contradict what was before halt their projection", () =>
    Effect.gen(function* () {
      const { projections } = yield* started(place)
      const ended: Event.Event = {
        _tag: "OrderEnded",
        orderId: Ids.OrderId(7),
        accountId: account(1),
        marketId: Ids.MarketId(1),
        side: "buy",
        reason: "cancelled",
        priceTicks: 1,
        filledLots: 0,
        endedLots: 1,
        released: 1n,
        shownLots: 1,
        depthSequence: 1
      }
      const { batches } = journalOfEvents([[[], [ended]]])
      const halted = yield* Effect.flip(projections.catchUp(readOf(batches)))
      assert.deepStrictEqual([halted.projection, halted.sequence], ["ledger", 2])
      assert.deepStrictEqual(
        (yield* projections.health).map(
          ({ cause }) => (cause as Projections.ProjectionHalted).problem
        ),
        ["market 1 is named and was never listed", "1 rows were to be changed and 0 are there"]
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "error: events that cannot be decoded halt the projection, those before them are stored",
    () =>
      Effect.gen(function* () {
        const { projections } = yield* started(place)
        const { batches } = venueJournal(firstSeed, 100, () => 10)
        const damaged = withGarbage(batches[4]!)
        const halted = yield* Effect.flip(
          projections.catchUp(readOf([...batches.slice(0, 4), damaged]))
        )
        assert.strictEqual(halted.sequence, damaged.firstSequence)
        assert.instanceOf(halted.cause, Layout.MalformedRecord)
        assert.strictEqual((yield* projections.positions).ledger, damaged.firstSequence - 1)
      }).pipe(Effect.scoped)
  )

  it.live("error: another journal, a shorter one and one with a gap are not followed", () =>
    Effect.gen(function* () {
      const { projections, sql, venueId } = yield* started(place)
      const { batches } = venueJournal(firstSeed, 400, () => 10)
      yield* projections.catchUp(readOf(batches.slice(0, 20)))
      const before = yield* tables.tables(sql, venueId)
      const haltsAt = Effect.fnUntraced(function* (
        others: ReadonlyArray<Batch.Batch>,
        sequence: number
      ) {
        const halted = yield* Effect.flip(projections.catchUp(readOf(others)))
        assert.strictEqual(halted.sequence, sequence)
        assert.deepStrictEqual(yield* tables.tables(sql, venueId), before)
      })
      yield* haltsAt(venueJournal(firstSeed + 1, 400, () => 10).batches, 191)
      yield* haltsAt(batches.slice(0, 10), 200)
      yield* haltsAt([...batches.slice(0, 20), ...batches.slice(21)], 211)
      yield* projections.catchUp(readOf(batches))
      assert.strictEqual((yield* projections.positions).trading, 400)
    }).pipe(Effect.scoped)
  )

  it.live("a journal that does not answer is asked again", () =>
    Effect.gen(function* () {
      const { projections } = yield* started(place)
      const { batches } = venueJournal(firstSeed, 400, () => 10)
      let asked = 0
      const read: Projections.Read = (from) =>
        ++asked <= 4
          ? Stream.concat(
              Stream.take(readOf(batches)(from), 10),
              Stream.fail(new Unknown({ cause: "no answer" }))
            )
          : readOf(batches)(from)
      yield* projections.catchUp(read)
      assert.deepStrictEqual(yield* projections.positions, {
        ledger: Ids.Sequence(400),
        trading: Ids.Sequence(400)
      })
    }).pipe(Effect.scoped)
  )

  it.live("ranges of sequences get tables of their own, made before they are needed", () =>
    Effect.gen(function* () {
      const { projections, sql, venueId } = yield* started(place)
      const alice = account(1000)
      const opened: Event.Event = {
        _tag: "AccountOpened",
        accountId: alice,
        kind: "user",
        opened: true,
        reference: ""
      }
      const credit: Event.Event = {
        _tag: "Credited",
        accountId: alice,
        assetId: asset(1),
        amount: 5n,
        reference: ""
      }
      // A journal with its first ten million commands in the past.
      const firstSequence = 9_999_990
      const { batches } = journalOfEvents(
        [[[]], [[opened], [credit]], Array.from({ length: 20 }, () => [credit])],
        {
          firstSequence
        }
      )
      yield* projections.catchUp(readOf([]))
      yield* sql`
        UPDATE pandora.projection SET sequence = ${firstSequence}, batch_hash = ${batches[0]!.hash}
        WHERE venue_id = ${venueId}`
      yield* projections.catchUp(readOf(batches))
      const found = yield* sql<{ readonly name: string; readonly entries: bigint }>`
        SELECT tableoid::regclass::text AS name, count(*) AS entries FROM pandora.ledger_entry
        WHERE venue_id = ${venueId} GROUP BY 1 ORDER BY 1`
      assert.deepStrictEqual(found, [
        { name: `pandora."ledger_entry:${venueId}:0"`, entries: 16n },
        { name: `pandora."ledger_entry:${venueId}:1"`, entries: 26n }
      ])
      const names = yield* sql<{ readonly name: string }>`
        SELECT inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent = 'pandora.ledger_entry'::regclass AND inhrelid::regclass::text LIKE ${`%:${venueId}:%`}
        ORDER BY 1`
      assert.deepStrictEqual(
        names.map(({ name }) => name),
        [0, 1, 2].map((range) => `pandora."ledger_entry:${venueId}:${range}"`)
      )
    }).pipe(Effect.scoped)
  )
}

/** The batch with malformed events in its first command, correctly hashed. */
const withGarbage = (batch: Batch.Batch): Batch.Batch => {
  const writer = new Batch.BatchWriter()
  for (const { commandAt, end, eventsAt } of Batch.entryPlaces(batch)) {
    writer.beginEntry(batch.bytes, commandAt, eventsAt)
    writer.ensure(end - eventsAt + 8)
    writer.bytes.fill(0xff, writer.at, writer.at + 8)
    writer.at += 8
    writer.endEntry()
  }
  const { bytes } = writer.seal(batch)
  return Batch.decode(bytes.slice()) as Batch.Batch
}

if (Postgres.available) {
  const place = await Effect.runPromise(onServer)
  describe("Projections on Postgres", () => {
    cases(place)

    it.live("two that follow at once store everything once", () =>
      Effect.gen(function* () {
        const { batches } = venueJournal(firstSeed, commandsPerSeed, (i) => 1 + (i % 20))
        const read = readOf(batches)
        const first = yield* started(place)
        const second = yield* started(place, first.venueId)
        yield* Effect.all([first.projections.catchUp(read), second.projections.catchUp(read)], {
          concurrency: 2
        })
        const both = yield* tables.tables(first.sql, first.venueId)
        yield* first.projections.rebuild(read)
        assert.deepStrictEqual(yield* tables.tables(first.sql, first.venueId), both)
      }).pipe(Effect.scoped)
    )

    it.live(
      "sessions that the server ends under way are replaced, and each command counts once",
      () =>
        Effect.gen(function* () {
          const { projections, venueId } = yield* started(place)
          const { batches, bookkeeping } = venueJournal(
            firstSeed,
            commandsPerSeed,
            (i) => 1 + (i % 20)
          )
          const slowly: Projections.Read = (from) =>
            Stream.tap(Stream.rechunk(readOf(batches)(from), 1), () => Effect.sleep("1 millis"))
          const catching = yield* Effect.forkChild(projections.catchUp(slowly))
          const kill = place.meddle(
            (sql) => sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'pandora' AND datname = current_database() AND state <> 'idle'`
          )
          for (let lost = 0; lost < 5; ) {
            yield* kill
            if ((yield* projections.health).some(({ condition }) => condition === "waiting")) lost++
            yield* Effect.sleep("20 millis")
          }
          assert.isUndefined(catching.pollUnsafe())
          yield* Fiber.join(catching)
          assert.deepStrictEqual(
            yield* place.meddle((sql) => tables.balances(sql, venueId)),
            tables.balancesOfBookkeeping(bookkeeping)
          )
          assert.deepStrictEqual(
            yield* place.meddle((sql) => tables.orders(sql, venueId)),
            tables.ordersOfBookkeeping(bookkeeping)
          )
        }).pipe(Effect.scoped)
    )
  })
} else describe.skip(`Projections on Postgres: ${Postgres.missing}`, () => it("", () => {}))

const embedded = await forThisFile(inMemory)
describe("Projections on the embedded database", () => cases(embedded))
