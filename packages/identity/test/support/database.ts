/** One embedded database for a test file, and a venue of its own in it for each store. */
import * as EmbeddedDatabase from "@pandora-exchange/adapters-pg/EmbeddedDatabase"
import { PgDatabase } from "@pandora-exchange/adapters-pg/PgDatabase"
import * as PgIdentityStore from "@pandora-exchange/adapters-pg/PgIdentityStore"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { afterAll } from "vitest"

const scope = Scope.makeUnsafe()
const database = await Effect.runPromise(Scope.provide(Layer.build(EmbeddedDatabase.layer()), scope))
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

export const { sql } = Context.get(database, PgDatabase)

let venues = 0

export interface Place {
  readonly venueId: string
  readonly store: IdentityStore["Service"]
}

/** Nobody is there yet. */
export const emptyPlace: Effect.Effect<Place> = Effect.suspend(() => {
  const venueId = `venue${++venues}`
  const layer = Layer.provide(PgIdentityStore.layer({ venueId }), Layer.succeedContext(database))
  return Effect.scoped(
    Effect.map(Layer.build(layer), (context) => ({ venueId, store: Context.get(context, IdentityStore) }))
  )
})
