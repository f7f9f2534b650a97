import { describe, it } from "@effect/vitest"
import { SnapshotStoreSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer, Scope } from "effect"
import * as PgSnapshotStore from "../src/PgSnapshotStore.ts"
import {
  fill,
  forThisFile,
  hang,
  inFolder,
  inMemory,
  onServer,
  type Place,
  unguarded
} from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"

const { SnapshotPlace } = SnapshotStoreSuite

let venues = 0

/** Changes a bit of the state stored for the sequence. */
const damageState = (place: Place, venueId: string, sequence: number) =>
  unguarded(
    place,
    (sql) => sql`
      UPDATE pandora.snapshot_piece AS piece SET bytes = set_byte(piece.bytes, 300, get_byte(piece.bytes, 300) # 8)
      FROM pandora.snapshot
      WHERE snapshot.snapshot_id = piece.snapshot_id AND venue_id = ${venueId} AND sequence = ${sequence}`
  )

/** The table is missing until the returned effect is run. */
const removeTable = ({ meddle }: Place) => {
  const rename = (from: string, to: string) =>
    meddle((sql) => Effect.asVoid(sql.unsafe(`ALTER TABLE pandora.${from} RENAME TO ${to}`)))
  return Effect.as(rename("snapshot", "removed"), rename("removed", "snapshot"))
}

/** A venue of its own for each case, all in one database. */
const placeIn = (
  place: Place,
  mute: Effect.Effect<Effect.Effect<void>, never, Scope.Scope> = removeTable(place)
) =>
  Layer.effect(
    SnapshotPlace,
    Effect.map(Effect.scope, (scope) => {
      const venueId = `venue${++venues}`
      return {
        open: SnapshotStoreSuite.opening(
          Layer.provide(
            PgSnapshotStore.layer({ venueId, answerWithin: "3 seconds" }),
            place.database
          )
        ),
        fill: fill(place, "pandora.snapshot_piece"),
        mute: Scope.provide(mute, scope),
        damage: (sequence) => Effect.asVoid(damageState(place, venueId, sequence))
      }
    })
  )

if (Postgres.available) {
  const place = await Effect.runPromise(onServer)
  SnapshotStoreSuite.suite("Postgres", placeIn(place, hang(place.url, "pandora.snapshot")))
} else describe.skip(`SnapshotStore (Postgres): ${Postgres.missing}`, () => it("", () => {}))

SnapshotStoreSuite.suite("embedded, memory", placeIn(await forThisFile(inMemory)))
SnapshotStoreSuite.suite("embedded, folder", placeIn(await forThisFile(inFolder)))
