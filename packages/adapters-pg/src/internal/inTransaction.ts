import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { SqlError } from "effect/sql"

/**
 * All or nothing. A connection lost on the way cannot be told to roll back either, which
 * `withTransaction` treats as a defect; here it is a failure like any other connection failure, and
 * the server rolls back by itself.
 */
export const inTransaction = <A, E, R>(
  sql: PgClient.PgClient,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | SqlError.SqlError, R> =>
  Effect.catchDefect(sql.withTransaction(effect), (defect) =>
    defect instanceof SqlError.SqlError ? Effect.fail(defect) : Effect.die(defect)
  )
