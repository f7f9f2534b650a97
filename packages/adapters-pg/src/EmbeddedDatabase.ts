/**
 * A Postgres inside this process, for those who run no server: PGlite, on a thread of its own so
 * that it never holds up the venue. It speaks the same protocol to the same client as a server, so
 * everything above it is the same.
 *
 * What was confirmed survives the end of the process, however it ends. It does not survive the end
 * of the machine: PGlite waits for no disk. It has one session; what waits in a transaction keeps
 * all others waiting.
 */
import type { FolderLocked, FolderUnusable } from "@pandora-exchange/core/FolderLock"
import { Effect, Layer } from "effect"
import { Reactivity } from "effect/reactivity"
import { embeddedClient } from "./internal/embeddedClient.ts"
import * as Migrations from "./internal/Migrations.ts"
import { problemOf } from "./internal/SqlFailure.ts"
import { type DatabaseTooNew, DatabaseUnusable, PgDatabase } from "./PgDatabase.ts"

export interface EmbeddedOptions {
  /**
   * Where the data is kept, in `postgres` below it; made if it is missing. In memory, and gone with
   * the layer, without it.
   */
  readonly folder?: string | undefined
}

export type EmbeddedError = FolderLocked | FolderUnusable | DatabaseUnusable | DatabaseTooNew

/** Needs the package `@electric-sql/pglite`. */
export const layer = (options: EmbeddedOptions = {}): Layer.Layer<PgDatabase, EmbeddedError> =>
  Layer.effect(PgDatabase, make(options)).pipe(Layer.provide(Reactivity.layer))

const make = Effect.fnUntraced(
  function* ({ folder }: EmbeddedOptions) {
    const sql = yield* embeddedClient(folder)
    yield* Migrations.run(sql)
    return PgDatabase.of({ sql, session: () => Effect.succeed(sql) })
  },
  Effect.catchTag("SqlError", (error) =>
    Effect.fail(new DatabaseUnusable({ problem: problemOf(error) }))
  )
)
