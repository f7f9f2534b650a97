import { assert, describe, it } from "@effect/vitest"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer, type Scope } from "effect"
import { problemOf } from "../src/internal/SqlFailure.ts"
import { PgDatabase } from "../src/PgDatabase.ts"
import * as PgIdentityStore from "../src/PgIdentityStore.ts"
import { inMemory, onServer, type Place } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"

const entry = { at: 1, kind: "signedIn", subject: null, actor: null, payload: "sealed" }

const cases = (name: string, place: Effect.Effect<Place, unknown, Scope.Scope>) =>
  describe(name, () => {
    it.live(
      "error: the database refuses to change, delete or truncate entries of the audit trail",
      () =>
        Effect.gen(function* () {
          const { database } = yield* place
          const context = yield* Layer.build(Layer.provideMerge(PgIdentityStore.layer(), database))
          const { sql } = Context.get(context, PgDatabase)
          const store = Context.get(context, IdentityStore)
          yield* store.write({ changes: [], audit: [entry, entry] })
          const before = yield* store.auditEntries({ after: 0, limit: 10 })
          const attempts = [
            sql`UPDATE pandora.audit_entry SET kind = 'other' WHERE sequence = 1`,
            sql`DELETE FROM pandora.audit_entry WHERE sequence = 2`,
            sql`TRUNCATE pandora.audit_entry`
          ]
          for (const attempt of attempts) {
            assert.include(
              problemOf(yield* Effect.flip(attempt)),
              "rows of audit_entry are never changed or deleted"
            )
          }
          assert.deepStrictEqual(yield* store.auditEntries({ after: 0, limit: 10 }), before)
        }).pipe(Effect.scoped)
    )
  })

if (Postgres.available) cases("PgIdentityStore on Postgres", onServer)
cases("PgIdentityStore, embedded", inMemory)
