/** A projection: tables that follow from the events of the journal alone. */
import type { PgClient } from "@effect/sql-pg"
import type { Sequence } from "@pandora-exchange/core/Ids"
import type { Contradiction } from "@pandora-exchange/core/views/Contradiction"
import type { SequencedEvents } from "@pandora-exchange/core/Batch"
import type { Effect } from "effect"
import type { SqlError } from "effect/sql"

export const projectionNames = ["ledger", "trading"] as const
export type ProjectionName = (typeof projectionNames)[number]

/** Rows that are ready to be stored. */
export interface Prepared {
  /** Stores the rows in the current transaction. */
  readonly store: Effect.Effect<void, SqlError.SqlError | Contradiction>
  /** The highest order id among the rows, if there are any. */
  readonly orderIdMax: number
}

export interface Writer {
  /**
   * Turns commands into rows. Throws `Contradiction` or `MalformedRecord`, and can then be called
   * again with fewer commands.
   */
  readonly prepare: (commands: ReadonlyArray<SequencedEvents>) => Prepared
  /** Creates the partitions for rows of this sequence, outside any transaction. */
  readonly makeRoom: (sequence: Sequence) => Effect.Effect<void, SqlError.SqlError>
}

export interface Projection {
  readonly name: ProjectionName
  /** Opens a writer that continues after the stored rows. */
  readonly open: (
    sql: PgClient.PgClient,
    venueId: string
  ) => Effect.Effect<Writer, SqlError.SqlError>
  /** Resets the tables to their state before the first command, in the current transaction. */
  readonly reset: (
    sql: PgClient.PgClient,
    venueId: string
  ) => Effect.Effect<void, SqlError.SqlError>
}
