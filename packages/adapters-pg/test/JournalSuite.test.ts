import { describe, it } from "@effect/vitest"
import { JournalSuite } from "@pandora-exchange/core/testing"
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

/** Changes a bit in the middle of the batch that holds the sequence. */
const damageBatch = (place: Place, venueId: string, sequence: number) =>
  unguarded(
    place,
    (sql) => sql`
      UPDATE pandora.journal_batch
      SET bytes = set_byte(bytes, octet_length(bytes) / 2, get_byte(bytes, octet_length(bytes) / 2) # 8)
      WHERE venue_id = ${venueId} AND ${sequence} BETWEEN first_sequence AND last_sequence`
  )

/** A venue of its own for each case, all in one database. */
const storeIn = (place: Place, mute?: Effect.Effect<Effect.Effect<void>, never, Scope.Scope>) =>
  Layer.effect(
    JournalStore,
    Effect.map(Effect.scope, (scope) => {
      const venueId = `venue${++venues}`
      const options = { venueId, answerWithin: "3 seconds" } as const
      return {
        open: JournalSuite.opening(Layer.provide(PgJournal.layer(options), place.database)),
        fill: fill(place, "pandora.journal_batch"),
        damage: (sequence) => Effect.asVoid(damageBatch(place, venueId, sequence)),
        ...(mute && { mute: Scope.provide(mute, scope) })
      }
    })
  )

if (Postgres.available) {
  const place = await Effect.runPromise(onServer)
  JournalSuite.suite("Postgres", storeIn(place, hang(place.url, "pandora.journal_batch")))
} else describe.skip(`Journal (Postgres): ${Postgres.missing}`, () => it("", () => {}))

const inMemoryPlace = await forThisFile(inMemory)
JournalSuite.suite("embedded, memory", storeIn(inMemoryPlace, occupy(inMemoryPlace)))

JournalSuite.suite("embedded, folder", storeIn(await forThisFile(inFolder)), {
  skip: {
    twoHandles: "a folder has one owner at a time, which its lock sees to",
    mute: "the one session is the owner's; in memory, where it is the same, it is kept busy"
  }
})
