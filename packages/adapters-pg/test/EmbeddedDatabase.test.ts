import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Context } from "effect"
import * as EmbeddedDatabase from "../src/EmbeddedDatabase.ts"
import { PgDatabase } from "../src/PgDatabase.ts"
import { temporaryFolder } from "./support/places.ts"

describe("EmbeddedDatabase", () => {
  it.live("x", () => Effect.gen(function* () {
    const folder = yield* temporaryFolder
    for (let i = 0; i < 3; i++) {
      const t = performance.now()
      yield* Effect.gen(function* () {
        const { sql } = yield* PgDatabase
        console.log(yield* sql`select version(), current_setting('fsync') f, current_setting('synchronous_commit') s, current_setting('timezone') tz`, performance.now() - t)
      }).pipe(Effect.provide(EmbeddedDatabase.layer({ folder }), { local: true }))
      console.log(performance.now() - t)
    }
  }))
})
