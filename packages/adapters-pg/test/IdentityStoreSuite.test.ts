import { describe, it } from "@effect/vitest"
import { IdentityStoreSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer } from "effect"
import * as PgIdentityStore from "../src/PgIdentityStore.ts"
import { forThisFile, inFolder, inMemory, onServer, type Place } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"

let venues = 0

/** A venue of its own for each case, all in one database. */
const placeIn = (place: Place) =>
  Layer.sync(IdentityStoreSuite.IdentityPlace, () => {
    const venueId = `venue${++venues}`
    return {
      open: IdentityStoreSuite.opening(
        Layer.provide(PgIdentityStore.layer({ venueId }), place.database)
      )
    }
  })

if (Postgres.available)
  IdentityStoreSuite.suite("Postgres", placeIn(await Effect.runPromise(onServer)))
else describe.skip(`IdentityStore (Postgres): ${Postgres.missing}`, () => it("", () => {}))

IdentityStoreSuite.suite("embedded, memory", placeIn(await forThisFile(inMemory)))
IdentityStoreSuite.suite("embedded, folder", placeIn(await forThisFile(inFolder)))
