/**
 * Upgrades the tables of the schema `pandora`, forward only.
 *
 * A released migration is never changed: its result is in databases that nobody here can see.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect, Schema } from "effect"
import { inTransaction } from "./inTransaction.ts"
import type { Migration } from "./Migration.ts"
import { journal } from "./migrations/0001_journal.ts"
import { projections } from "./migrations/0003_projections.ts"
import { snapshots } from "./migrations/0002_snapshots.ts"
import { history } from "./migrations/0004_history.ts"
import { orderTerms } from "./migrations/0005_orderTerms.ts"
import { identity } from "./migrations/0006_identity.ts"
import { credential } from "./migrations/0007_credential.ts"
import { endsOfRules2 } from "./migrations/0008_endsOfRules2.ts"
import { preventedLots } from "./migrations/0009_preventedLots.ts"
import { passkeys } from "./migrations/0010_passkeys.ts"
import { successors } from "./migrations/0011_successors.ts"
import { endedLots } from "./migrations/0012_endedLots.ts"
import { waitsFor } from "./migrations/0013_waitsFor.ts"

/** The tables were created by a newer build than this one. */
export class DatabaseTooNew extends Schema.TaggedError<DatabaseTooNew>()("DatabaseTooNew", {
  version: Schema.Number,
  versionMax: Schema.Number
}) {
  override get message() {
    return `The tables of the database have version ${this.version}; this build supports versions up to ${this.versionMax}. Use the newer build, or restore a backup from before the upgrade.`
  }
}

/** Version n is the result of the first n migrations. */
export const migrations: ReadonlyArray<Migration> = [
  journal,
  snapshots,
  projections,
  history,
  orderTerms,
  identity,
  credential,
  endsOfRules2,
  preventedLots,
  passkeys,
  successors,
  endedLots,
  waitsFor
]

/**
 * Makes sure that of several processes starting at once one migrates and the others wait. Any
 * number that nobody else uses.
 */
const lockKey = 7_262_634_167n

/**
 * All in one transaction: if a migration fails, the version stays as it was. Migrations after
 * `upTo` are left out.
 */
export const run = (sql: PgClient.PgClient, upTo = migrations.length) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`SELECT pg_advisory_xact_lock(${lockKey})`
      // Checked first: a role that may not create the tables may still find them in place.
      const [there] = yield* sql<{ readonly tables: boolean }>`
        SELECT to_regclass('pandora.migration') IS NOT NULL AS tables`
      if (!there?.tables) {
        yield* sql`CREATE SCHEMA IF NOT EXISTS pandora`
        yield* sql`CREATE TABLE pandora.migration (
          version int4 PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
        )`
      }
      const [row] = yield* sql<{ readonly version: number }>`
        SELECT coalesce(max(version), 0)::int4 AS version FROM pandora.migration`
      const version = row?.version ?? 0
      if (version > migrations.length)
        return yield* new DatabaseTooNew({ version, versionMax: migrations.length })
      for (const [i, { name, statements }] of migrations.slice(version, upTo).entries()) {
        for (const statement of statements) yield* sql.unsafe(statement)
        yield* sql`INSERT INTO pandora.migration (version, name) VALUES (${version + i + 1}, ${name})`
      }
    })
  )
