/**
 * A Postgres inside this process, for setups without a server: PGlite, in its own thread so that it
 * never delays the venue. It speaks the same protocol as a server, with the same client, so
 * everything built on it is the same.
 *
 * Confirmed data survives the end of the process, however it ends. It does not survive a power
 * failure, because PGlite does not wait for the disk. There is only one session, so a long
 * transaction keeps everything else waiting.
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
   * The data is kept in `postgres` below this folder, which is created if it is missing. Default:
   * in memory, gone with the layer.
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
