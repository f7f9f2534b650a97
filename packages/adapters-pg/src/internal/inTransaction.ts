import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { SqlError } from "effect/sql"

/**
 * All of it or nothing. A connection that is lost under way cannot be told to roll back either,
 * which `withTransaction` takes for a defect; it is a failure like any other of a connection, and
 * the server rolls back by itself.
 */
export const inTransaction = <A, E, R>(
  sql: PgClient.PgClient,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError.SqlError, R> =>
  Effect.catchDefect(sql.withTransaction(effect), (defect) =>
    defect instanceof SqlError.SqlError ? Effect.fail(defect) : Effect.die(defect)
  )
