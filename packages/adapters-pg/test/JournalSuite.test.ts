import { assert, describe, it } from "@effect/vitest"
import type { Batch } from "@pandora-exchange/core/Batch"
import { Unknown } from "@pandora-exchange/core/ports/Journal"
import { Batches, JournalSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer, Scope } from "effect"
import * as PgJournal from "../src/PgJournal.ts"
import {
  fill,
  forThisFile,
  hang,
  inFolder,
  inMemory,
  occupy,
  onServer,
  type Place,
  unguarded
} from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"

const { JournalStore } = JournalSuite

let venues = 0

/** Changes a bit in the middle of the batch that contains the sequence. */
const damageBatch = (place: Place, venueId: string, sequence: number) =>
  unguarded(
    place,
    (sql) => sql`
      UPDATE pandora.journal_batch
      SET bytes = set_byte(bytes, octet_length(bytes) / 2, get_byte(bytes, octet_length(bytes) / 2) # 8)
      WHERE venue_id = ${venueId} AND ${sequence} BETWEEN first_sequence AND last_sequence`
  )

/** Overwrites a batch with another, in all its columns. */
const replaceBatch = (place: Place, venueId: string, batch: Batch) =>
  unguarded(
    place,
    (sql) => sql`
      UPDATE pandora.journal_batch
      SET bytes = ${batch.bytes}, hash = ${batch.hash}, previous_hash = ${batch.previousHash}
      WHERE venue_id = ${venueId} AND first_sequence = ${batch.firstSequence}`
  )

/**
 * Ends the journal's session just before its nth write; a Postgres sequence keeps counting when a
 * transaction is rolled back.
 */
const crashIn = Effect.fnUntraced(function* (
  place: Place,
  open: JournalSuite.JournalStore["Service"]["open"],
  nth: number
) {
  yield* place.meddle((sql) =>
    Effect.gen(function* () {
      yield* sql`CREATE SEQUENCE pandora.writes`
      yield* sql.unsafe(`
        CREATE FUNCTION pandora.end_session() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('pandora.writes') >= ${nth} THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
          END IF;
          RETURN NEW;
        END $$`)
      for (const table of journalTables) {
        yield* sql.unsafe(`
          CREATE TRIGGER end_session BEFORE INSERT OR UPDATE ON ${table}
          FOR EACH ROW EXECUTE FUNCTION pandora.end_session()`)
      }
    })
  )
  const lines: Array<string> = []
  const tell = (line: string) => Effect.sync(() => void lines.push(line))
  const error = yield* Effect.scoped(
    Effect.flatMap(open, (journal) => Effect.flip(Batches.appendForEver(journal, tell)))
  ).pipe(Effect.orDie)
  assert.instanceOf(error, Unknown)
  yield* place.meddle((sql) =>
    Effect.gen(function* () {
      yield* sql`DROP FUNCTION pandora.end_session CASCADE`
      yield* sql`DROP SEQUENCE pandora.writes`
    })
  )
  return lines
})

const journalTables = ["pandora.journal_head", "pandora.journal_batch"]

/** A venue of its own for each case, all in one database. */
const storeIn = (
  place: Place,
  faults: {
    readonly crashes?: true
    readonly mute?: Effect.Effect<Effect.Effect<void>, never, Scope.Scope>
  } = {}
) =>
  Layer.effect(
    JournalStore,
    Effect.map(Effect.scope, (scope) => {
      const venueId = `venue${++venues}`
      const options = { venueId, answerWithin: "3 seconds" } as const
      const open = JournalSuite.opening(Layer.provide(PgJournal.layer(options), place.database))
      const { crashes, mute } = faults
      return {
        open,
        fill: fill(place, "pandora.journal_batch"),
        damage: (sequence) => Effect.asVoid(damageBatch(place, venueId, sequence)),
        replace: (batch) => Effect.asVoid(replaceBatch(place, venueId, batch)),
        ...(crashes && { crash: (nth) => crashIn(place, open, nth) }),
        ...(mute && { mute: Scope.provide(mute, scope) })
      }
    })
  )

if (Postgres.available) {
  const place = await Effect.runPromise(onServer)
  JournalSuite.suite(
    "Postgres",
    storeIn(place, { crashes: true, mute: hang(place.url, "pandora.journal_batch") })
  )
} else describe.skip(`Journal (Postgres): ${Postgres.missing}`, () => it("", () => {}))

const inMemoryPlace = await forThisFile(inMemory)
JournalSuite.suite("embedded, memory", storeIn(inMemoryPlace, { mute: occupy(inMemoryPlace) }), {
  skip: { crash: "memory ends with its process" }
})

JournalSuite.suite("embedded, folder", storeIn(await forThisFile(inFolder)), {
  skip: {
    crash: "the one session cannot end; a process that is killed: EmbeddedDatabase.test.ts",
    twoHandles: "a folder has one owner at a time, which its lock sees to",
    mute: "the one session is the owner's; in memory, where it is the same, it is kept busy"
  }
})
