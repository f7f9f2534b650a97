import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { PgDatabase } from "../src/PgDatabase.ts"
import * as Projections from "../src/Projections.ts"
import { onServer } from "./support/places.ts"
import { readOf, venueJournal } from "./support/venueJournal.ts"

describe("Projections", () => {
  it.live("x", () =>
    Effect.gen(function* () {
      const { database } = yield* onServer
      yield* Effect.gen(function* () {
        const { sql } = yield* PgDatabase
        const { Projections: P } = Projections
        const projections = yield* P
        const journal = venueJournal(1, 5000, (i) => 1 + (i * 7) % 300)
        const t = performance.now()
        yield* projections.catchUp(readOf(journal.batches))
        console.log(performance.now() - t, yield* projections.positions, yield* projections.health)
        console.log(yield* sql`select count(*), sum(amount) from pandora.ledger_entry`, yield* sql`select count(*) from pandora.orders`,  yield* sql`select count(*) from pandora.trade`)
        console.log(yield* sql`select asset_id, sum(available) a, sum(held) h from pandora.balance group by 1`)
        void assert
      }).pipe(Effect.provide(Layer.provideMerge(Projections.layer(), database)))
    })
  )
})
