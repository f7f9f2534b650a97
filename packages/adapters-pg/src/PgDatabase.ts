/**
 * The database that the journal, snapshots and projections share: a Postgres server, or the
 * embedded one of `EmbeddedDatabase`.
 *
 * All tables are in the schema `pandora`, which is created and upgraded when the layer is built.
 * Every row names its venue, so that one database can serve several venues.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Redacted, Schema, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import type { SqlError } from "effect/sql"
import * as Migrations from "./internal/Migrations.ts"
import { rowBytesMax } from "./internal/Rows.ts"
import { problemOf } from "./internal/SqlFailure.ts"

export const DatabaseTooNew = Migrations.DatabaseTooNew
export type DatabaseTooNew = Migrations.DatabaseTooNew

/** A setting of the server allows it to lose confirmed writes. */
export class DatabaseUnsafe extends Schema.TaggedError<DatabaseUnsafe>()("DatabaseUnsafe", {
  setting: Schema.String,
  value: Schema.String
}) {
  override get message() {
    return `The database server runs with ${this.setting} = ${this.value}, so a crash can lose confirmed writes. Set ${this.setting} = on for the server, this database and this role, then start again.`
  }
}

/** The database does not exist, does not answer, or refuses a permission that is needed. */
export class DatabaseUnusable extends Schema.TaggedError<DatabaseUnusable>()("DatabaseUnusable", {
  problem: Schema.String
}) {
  override get message() {
    return `The database cannot be used (${this.problem})`
  }
}

export type DatabaseError = DatabaseUnsafe | DatabaseTooNew | DatabaseUnusable

export class PgDatabase extends Context.Service<
  PgDatabase,
  {
    /** For reads and projections. Reconnects by itself. */
    readonly sql: PgClient.PgClient
    /**
     * Opens a session for one owner. It ends with the scope and does not reconnect when it is lost.
     * Fails if the server is unsafe.
     */
    readonly session: (
      purpose: string
    ) => Effect.Effect<PgClient.PgClient, SqlError.SqlError | DatabaseUnsafe, Scope.Scope>
  }
>()("@pandora-exchange/adapters-pg/PgDatabase") {}

export interface ServerOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string | Redacted.Redacted
  /** The number of connections besides the journal's own. Default: 8. */
  readonly maxConnections?: number | undefined
}

/** Connects to a Postgres server, version 15 or newer, whose confirmed writes are durable. */
export const layer = (options: ServerOptions): Layer.Layer<PgDatabase, DatabaseError> =>
  Layer.effect(PgDatabase, make(options)).pipe(Layer.provide(Reactivity.layer))

const serverVersionMin = 15
const maxConnectionsDefault = 8
const idleTransactionMs = 60_000

const make = Effect.fnUntraced(
  function* ({ url, maxConnections = maxConnectionsDefault }: ServerOptions) {
    const reactivity = yield* Reactivity.Reactivity
    const config: PgClient.PgClientConfig = {
      url: Redacted.isRedacted(url) ? url : Redacted.make(url),
      keepAlive: "10 seconds",
      maxMessageSize: rowBytesMax,
      startupParameters: {
        // The settings that this package relies on, whatever the server's defaults are.
        default_transaction_isolation: "read committed",
        timezone: "UTC",
        // Thousands of rows at once stay in memory on their way into a table.
        work_mem: "32MB",
        // A process that vanished during a transaction must not hold its locks for ever.
        idle_in_transaction_session_timeout: String(idleTransactionMs)
      }
    }
    const sql = yield* PgClient.make({ ...config, maxConnections, applicationName: "pandora" })
    const session = (purpose: string) =>
      PgClient.makeClient({ ...config, applicationName: `pandora ${purpose}` }).pipe(
        Effect.tap(refuseUnsafe),
        // The session keeps the settings it was checked with, whatever is changed on the server.
        Effect.tap(
          (sql) => sql`
          SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)`
        ),
        Effect.provideService(Reactivity.Reactivity, reactivity)
      )
    yield* refuseOld(sql)
    yield* refuseUnsafe(sql)
    yield* Migrations.run(sql)
    return PgDatabase.of({ sql, session })
  },
  Effect.catchTag("SqlError", (error) =>
    Effect.fail(new DatabaseUnusable({ problem: problemOf(error) }))
  )
)

const refuseOld = Effect.fnUntraced(function* (sql: PgClient.PgClient) {
  const [row] = yield* sql<{
    readonly version: number
  }>`SELECT current_setting('server_version_num')::int4 AS version`
  const version = Math.floor((row?.version ?? 0) / 10_000)
  if (version < serverVersionMin) {
    return yield* new DatabaseUnusable({
      problem: `it is Postgres ${version}, and ${serverVersionMin} or newer is needed`
    })
  }
})

/** `local` is safe: confirmed data is on the server's disk, with or without standbys. */
const refuseUnsafe = Effect.fnUntraced(function* (sql: PgClient.PgClient) {
  const rows = yield* sql<{ readonly setting: string; readonly value: string }>`
    SELECT name AS setting, current_setting(name) AS value FROM unnest(ARRAY['fsync', 'synchronous_commit']) AS name`
  for (const { setting, value } of rows) {
    if (value === "off") return yield* new DatabaseUnsafe({ setting, value })
  }
})
