import { assert, describe, it } from "@effect/vitest"
import type { Batch } from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import { type Claim, Damaged, Fenced, Journal, Unknown } from "@pandora-exchange/core/ports/Journal"
import { Batches } from "@pandora-exchange/core/testing"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import * as Migrations from "../src/internal/Migrations.ts"
import { problemOf } from "../src/internal/SqlFailure.ts"
import { DatabaseUnsafe, DatabaseUnusable, PgDatabase } from "../src/PgDatabase.ts"
import * as PgJournal from "../src/PgJournal.ts"
import * as PgStorage from "../src/PgStorage.ts"
import { hang, onServer, unguarded, until } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"
import { proxyTo } from "./support/proxy.ts"
import * as ServerProcess from "./support/ServerProcess.ts"

/**
 * Answers take milliseconds, or a few hundred on a busy machine; after this long there will be
 * none.
 */
const answerWithin = "2 seconds"

const opened = (url: string, options: PgJournal.Options = { answerWithin }) =>
  Effect.map(
    Layer.build(Layer.fresh(PgStorage.layer({ url, maxConnections: 2, ...options }))),
    (context) => Context.get(context, Journal)
  )

const readAll = (journal: Journal["Service"], from = 1) =>
  Stream.runCollect(journal.read(Sequence(from)))

const bytesOf = (batches: ReadonlyArray<Batch>) =>
  batches.map(({ bytes }) => Buffer.from(bytes).toString("base64"))

const has = Effect.fnUntraced(function* (
  journal: Journal["Service"],
  batches: ReadonlyArray<Batch>
) {
  assert.deepStrictEqual(bytesOf(yield* readAll(journal)), bytesOf(batches))
})

const after = ({ epoch }: Claim, previous: Batch, count = 1) =>
  Batches.batchAfter(Batches.headOf(previous), epoch, count)

describe.skipIf(!Postgres.available)("PgJournal", () => {
  it.live("error: a late append of a former leader is Fenced, however long it was on its way", () =>
    Effect.gen(function* () {
      const { url } = yield* onServer
      const proxy = yield* proxyTo(url)
      const former = yield* opened(proxy.url, {})
      const claim = yield* former.claim
      const first = Batches.batchAfter(claim.head, claim.epoch)
      yield* former.append(first)

      proxy.holdRequests(true)
      const late = yield* Effect.forkChild(Effect.flip(former.append(after(claim, first))))
      yield* until(Effect.sync(() => proxy.heldBytes() > 0))
      const leader = yield* opened(url)
      const next = after(yield* leader.claim, first)
      proxy.holdRequests(false)
      assert.instanceOf(yield* Fiber.join(late), Fenced)
      yield* has(leader, [first])

      yield* leader.append(next)
      assert.instanceOf(yield* Effect.flip(former.append(after(claim, next))), Fenced)
      yield* has(leader, [first, next])
    }).pipe(Effect.scoped)
  )

  it.live("a commit whose answer is lost is Unknown, and claim and read tell that it landed", () =>
    Effect.gen(function* () {
      const { url } = yield* onServer
      const proxy = yield* proxyTo(url)
      const journal = yield* opened(proxy.url)
      const claim = yield* journal.claim
      const first = Batches.batchAfter(claim.head, claim.epoch)
      yield* journal.append(first)
      const second = after(claim, first, 3)
      proxy.loseAnswers(true)
      assert.instanceOf(yield* Effect.flip(journal.append(second)), Unknown)
      assert.instanceOf(yield* Effect.flip(journal.append(second)), Unknown)
      proxy.loseAnswers(false)
      proxy.cut()

      const again = yield* journal.claim
      assert.deepStrictEqual([again.epoch, again.head.lastSequence], [2, 4])
      yield* has(journal, [first, second])
      const third = after(again, second)
      yield* journal.append(third)
      yield* has(journal, [first, second, third])
    }).pipe(Effect.scoped)
  )

  it.live("a connection that is cut while an append is under way is Unknown", () =>
    Effect.gen(function* () {
      const { url } = yield* onServer
      const proxy = yield* proxyTo(url)
      const journal = yield* opened(proxy.url, {})
      const claim = yield* journal.claim
      const batch = Batches.batchAfter(claim.head, claim.epoch)
      proxy.loseAnswers(true)
      const appending = yield* Effect.forkChild(Effect.flip(journal.append(batch)))
      yield* Effect.sleep("100 millis")
      proxy.loseAnswers(false)
      proxy.cut()
      assert.instanceOf(yield* Fiber.join(appending), Unknown)
      const { head } = yield* journal.claim
      assert.strictEqual(head.lastSequence, 1)
      yield* has(journal, [batch])
    }).pipe(Effect.scoped)
  )

  it.live(
    "a session that the server ends in the middle of an append is Unknown, and nothing landed",
    () =>
      Effect.gen(function* () {
        const place = yield* onServer
        const journal = yield* opened(place.url, {})
        const claim = yield* journal.claim
        const batch = Batches.batchAfter(claim.head, claim.epoch)
        const release = yield* hang(place.url, "pandora.journal_batch")
        const appending = yield* Effect.forkChild(Effect.flip(journal.append(batch)))
        const ended = place.meddle(
          (sql) => sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'pandora journal' AND datname = current_database() AND wait_event_type = 'Lock'`
        )
        yield* until(Effect.map(ended, (rows) => rows.length > 0))
        assert.instanceOf(yield* Fiber.join(appending), Unknown)
        yield* release
        assert.strictEqual((yield* journal.claim).head.lastSequence, 0)
        yield* has(journal, [])
      }).pipe(Effect.scoped)
  )

  it.live(
    "error: after an append without an answer all others are Unknown until the next claim",
    () =>
      Effect.gen(function* () {
        const { url } = yield* onServer
        const journal = yield* opened(url)
        const claim = yield* journal.claim
        const first = Batches.batchAfter(claim.head, claim.epoch)
        const release = yield* hang(url, "pandora.journal_batch")
        assert.instanceOf(yield* Effect.flip(journal.append(first)), Unknown)
        yield* release
        const error = yield* Effect.flip(journal.append(first))
        assert.deepInclude(error, { _tag: "Unknown" })
        const again = yield* journal.claim
        const stored = yield* readAll(journal)
        const next =
          stored.length === 0
            ? Batches.batchAfter(again.head, again.epoch)
            : after(again, stored[0]!)
        yield* journal.append(next)
        yield* has(journal, [...stored, next])
      }).pipe(Effect.scoped)
  )

  it.live("a batch of 20 MB is stored and read, and so are many whose pages are full", () =>
    Effect.gen(function* () {
      const { url } = yield* onServer
      const journal = yield* opened(url, {})
      const batches = Batches.batchesAfter(yield* journal.claim, [
        200_000,
        ...Array.from({ length: 12 }, () => 10_000),
        1
      ])
      assert.isAbove(batches[0]!.bytes.length, 20_000_000)
      for (const batch of batches) yield* journal.append(batch)
      yield* has(journal, batches)
    }).pipe(Effect.scoped)
  )

  it.live("two venues in one database know nothing of each other", () =>
    Effect.gen(function* () {
      const { url } = yield* onServer
      const [one, two] = [
        yield* opened(url, { venueId: "one" }),
        yield* opened(url, { venueId: "two" })
      ]
      const batches = Batches.batchesAfter(yield* one.claim, [1, 2])
      for (const batch of batches) yield* one.append(batch)
      const claim = yield* two.claim
      assert.deepStrictEqual([claim.epoch, claim.head.lastSequence], [1, 0])
      const other = Batches.batchAfter(claim.head, claim.epoch, 5)
      yield* two.append(other)
      yield* has(one, batches)
      yield* has(two, [other])
    }).pipe(Effect.scoped)
  )

  it.live("error: a venue id that tables cannot be named after is a defect", () =>
    Effect.gen(function* () {
      const { database } = yield* onServer
      for (const venueId of ["", "Main", "a b", "a".repeat(33), '"; DROP SCHEMA pandora; --']) {
        const exit = yield* Effect.exit(
          Layer.build(Layer.provide(PgJournal.layer({ venueId }), database))
        )
        assert.include(String(exit), "TypeError")
      }
    }).pipe(Effect.scoped)
  )
})

describe.skipIf(!Postgres.available)("PgJournal, damaged", () => {
  const damages: ReadonlyArray<
    readonly [name: string, sql: string, readable: number, problem: RegExp]
  > = [
    [
      "a batch that is missing in the middle",
      "DELETE FROM pandora.journal_batch WHERE first_sequence = 2",
      1,
      /missing/
    ],
    [
      "a batch that is missing at the beginning",
      "DELETE FROM pandora.journal_batch WHERE first_sequence = 1",
      0,
      /missing/
    ],
    [
      "a batch that is missing at the end",
      "DELETE FROM pandora.journal_batch WHERE first_sequence = 7",
      0,
      /another last batch .* ends with sequence 6/
    ],
    ["a head that is missing", "DELETE FROM pandora.journal_head", 0, /another last batch/],
    [
      "a head that was set back",
      "UPDATE pandora.journal_head SET last_sequence = 6",
      0,
      /another last batch/
    ],
    [
      "a head with another hash",
      "UPDATE pandora.journal_head SET hash = decode(repeat('00', 32), 'hex')",
      0,
      /another last batch/
    ],
    [
      "another batch in the place of one",
      `UPDATE pandora.journal_batch SET bytes = (SELECT bytes FROM pandora.journal_batch WHERE first_sequence = 1)
        WHERE first_sequence = 4`,
      2,
      /columns and its batch differ/
    ],
    [
      "columns that say otherwise",
      "UPDATE pandora.journal_batch SET epoch = 7 WHERE first_sequence = 4",
      2,
      /differ/
    ],
    [
      "bytes behind a batch",
      "UPDATE pandora.journal_batch SET bytes = bytes || '\\x00'::bytea WHERE first_sequence = 4",
      2,
      /differ/
    ],
    [
      "a batch that is cut off",
      "UPDATE pandora.journal_batch SET bytes = substr(bytes, 1, 100) WHERE first_sequence = 4",
      2,
      /incomplete/
    ]
  ]

  it.live.each(damages)("error: %s is Damaged", ([, statement, readable, problem]) =>
    Effect.gen(function* () {
      const place = yield* onServer
      const journal = yield* opened(place.url, {})
      const batches = Batches.batchesAfter(yield* journal.claim, [1, 2, 3, 1])
      for (const batch of batches) yield* journal.append(batch)
      yield* unguarded(place, (sql) => sql.unsafe(statement))
      const read: Array<Batch> = []
      const keep = (batch: Batch) => Effect.sync(() => read.push(batch))
      const error = yield* Effect.flip(Stream.runForEach(journal.read(Sequence(1)), keep))
      assert.instanceOf(error, Damaged)
      assert.match((error as Damaged).problem, problem)
      assert.match((error as Damaged).place, /^pandora\.journal_(batch|head), venue main/)
      assert.deepStrictEqual(bytesOf(read), bytesOf(batches.slice(0, readable)))
    }).pipe(Effect.scoped)
  )

  it.live("error: a read that begins behind a missing batch is Damaged", () =>
    Effect.gen(function* () {
      const place = yield* onServer
      const journal = yield* opened(place.url, {})
      for (const batch of Batches.batchesAfter(yield* journal.claim, [1, 2, 3]))
        yield* journal.append(batch)
      yield* unguarded(
        place,
        (sql) => sql`DELETE FROM pandora.journal_batch WHERE first_sequence = 2`
      )
      const error = yield* Effect.flip(readAll(journal, 4))
      assert.deepInclude(error, { _tag: "Damaged", problem: "the batch before it is missing" })
    }).pipe(Effect.scoped)
  )

  it.live("error: a batch that the head does not know of makes claim and append Damaged", () =>
    Effect.gen(function* () {
      const place = yield* onServer
      const journal = yield* opened(place.url, {})
      const claim = yield* journal.claim
      const [first, second] = Batches.batchesAfter(claim, [1, 1]) as [Batch, Batch]
      yield* journal.append(first)
      yield* journal.append(second)
      yield* place.meddle(
        (sql) => sql`UPDATE pandora.journal_head SET last_sequence = 1, hash = ${first.hash}`
      )
      assert.instanceOf(yield* Effect.flip(journal.append(second)), Damaged)
      assert.instanceOf(yield* Effect.flip(journal.claim), Damaged)
    }).pipe(Effect.scoped)
  )

  it.live("error: batches are not changed or deleted by a statement", () =>
    Effect.gen(function* () {
      const place = yield* onServer
      const journal = yield* opened(place.url, {})
      const batches = Batches.batchesAfter(yield* journal.claim, [1])
      for (const batch of batches) yield* journal.append(batch)
      const sql = yield* Postgres.connect(place.url)
      for (const statement of [
        "UPDATE pandora.journal_batch SET epoch = 9",
        "DELETE FROM pandora.journal_batch",
        "TRUNCATE pandora.journal_batch"
      ]) {
        assert.include(
          problemOf(yield* Effect.flip(sql.unsafe(statement))),
          "never changed or deleted"
        )
      }
      yield* has(journal, batches)
    }).pipe(Effect.scoped)
  )
})

describe.skipIf(!Postgres.available)("PgDatabase", () => {
  it.live.each(["fsync", "synchronous_commit"])(
    "error: a server with %s off is refused",
    (setting) =>
      Effect.gen(function* () {
        const server = yield* Effect.acquireRelease(
          Effect.promise(() => ServerProcess.make({ settings: [`${setting}=off`] })),
          (server) => Effect.promise(server.dispose)
        )
        const error = yield* Effect.flip(opened(server.urlOf("postgres")))
        assert.instanceOf(error, DatabaseUnsafe)
        assert.deepInclude(error, { setting, value: "off" })
        assert.include(error.message, `Set ${setting} = on`)
      }).pipe(Effect.scoped)
  )

  it.live(
    "error: a database or role with synchronous_commit off is refused; local and remote_apply are not",
    () =>
      Effect.gen(function* () {
        const place = yield* onServer
        const database = new URL(place.url).pathname.slice(1)
        for (const value of ["local", "remote_apply", "on"]) {
          yield* place.meddle((sql) =>
            sql.unsafe(`ALTER DATABASE ${database} SET synchronous_commit = ${value}`)
          )
          yield* Effect.scoped(Effect.flatMap(opened(place.url), (journal) => journal.claim))
        }
        yield* place.meddle((sql) =>
          sql.unsafe(`ALTER DATABASE ${database} SET synchronous_commit = off`)
        )
        assert.deepInclude(yield* Effect.flip(opened(place.url)), {
          _tag: "DatabaseUnsafe",
          setting: "synchronous_commit"
        })
      }).pipe(Effect.scoped)
  )

  it.live("error: a claim on a server that became unsafe is Unknown and says why", () =>
    Effect.gen(function* () {
      const place = yield* onServer
      const journal = yield* opened(place.url, {})
      yield* journal.claim
      const database = new URL(place.url).pathname.slice(1)
      yield* place.meddle((sql) =>
        sql.unsafe(`ALTER DATABASE ${database} SET synchronous_commit = off`)
      )
      const error = yield* Effect.flip(journal.claim)
      assert.instanceOf((error as Unknown).cause, DatabaseUnsafe)
      yield* place.meddle((sql) =>
        sql.unsafe(`ALTER DATABASE ${database} SET synchronous_commit = on`)
      )
      assert.strictEqual((yield* journal.claim).epoch, 2)
    }).pipe(Effect.scoped)
  )

  it.live("a server that becomes unsafe under a leader changes nothing for its session", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => ServerProcess.make()),
        (server) => Effect.promise(server.dispose)
      )
      const url = server.urlOf("postgres")
      const journal = yield* opened(url, {})
      const batches = Batches.batchesAfter(yield* journal.claim, [1, 1])
      yield* journal.append(batches[0]!)
      const sql = yield* Postgres.connect(url)
      yield* sql.unsafe(`
        CREATE FUNCTION refuse_unsafe() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF current_setting('synchronous_commit') = 'off' THEN RAISE EXCEPTION 'unsafe'; END IF;
          RETURN NEW;
        END $$`)
      yield* sql.unsafe(`
        CREATE TRIGGER refuse_unsafe BEFORE INSERT ON pandora.journal_batch
        FOR EACH ROW EXECUTE FUNCTION refuse_unsafe()`)
      yield* sql.unsafe("ALTER SYSTEM SET synchronous_commit = off").unprepared
      yield* sql`SELECT pg_reload_conf()`
      yield* until(
        Effect.map(sql`SHOW synchronous_commit`, ([row]) => row!["synchronous_commit"] === "off")
      )
      yield* journal.append(batches[1]!)
      yield* has(journal, batches)
    }).pipe(Effect.scoped)
  )

  it.live("error: a server that is not there, or does not let us in, is DatabaseUnusable", () =>
    Effect.gen(function* () {
      const place = yield* onServer
      const port = yield* Effect.promise(ServerProcess.freePort)
      const notThere = yield* Effect.flip(opened(`postgres://test@127.0.0.1:${port}/test`))
      assert.instanceOf(notThere, DatabaseUnusable)
      assert.include(notThere.message, "ECONNREFUSED")
      const noDatabase = new URL(place.url)
      noDatabase.pathname = "/no-such-database"
      const notLetIn = yield* Effect.flip(opened(noDatabase.href))
      assert.include(notLetIn.message, "does not exist")
    }).pipe(Effect.scoped)
  )

  it.live("layers that start at once on an empty database all find it ready", () =>
    Effect.gen(function* () {
      const place = yield* onServer
      const versions = yield* Effect.forEach(
        [1, 2, 3, 4],
        () =>
          Effect.map(
            Layer.build(Layer.fresh(place.database)),
            (context) => Context.get(context, PgDatabase).sql
          ).pipe(
            Effect.flatMap((sql) => sql`SELECT max(version) AS version FROM pandora.migration`)
          ),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        versions,
        versions.map(() => [{ version: Migrations.migrations.length }])
      )
    }).pipe(Effect.scoped)
  )
})
