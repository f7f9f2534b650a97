/** What a projection is: tables that follow from the journal's events alone. */
import type { PgClient } from "@effect/sql-pg"
import type { Sequence } from "@pandora-exchange/core/Ids"
import type { Contradiction } from "@pandora-exchange/core/views/Contradiction"
import type { SequencedEvents } from "@pandora-exchange/core/Batch"
import type { Effect } from "effect"
import type { SqlError } from "effect/sql"

export const projectionNames = ["ledger", "trading"] as const
export type ProjectionName = (typeof projectionNames)[number]

/** Rows, ready to be stored. */
export interface Prepared {
  /** In the transaction it is called in. */
  readonly store: Effect.Effect<void, SqlError.SqlError | Contradiction>
  /** The highest order id among them, if there are any. */
  readonly orderIdMax: number
}

export interface Writer {
  /**
   * Makes rows of what commands caused. Throws `Contradiction` or `MalformedRecord`, and then may
   * be asked again for fewer of them.
   */
  readonly prepare: (commands: ReadonlyArray<SequencedEvents>) => Prepared
  /** Makes room for rows of this sequence. In no transaction. */
  readonly makeRoom: (sequence: Sequence) => Effect.Effect<void, SqlError.SqlError>
}

export interface Projection {
  readonly name: ProjectionName
  /** A writer that goes on from what is stored. */
  readonly open: (
    sql: PgClient.PgClient,
    venueId: string
  ) => Effect.Effect<Writer, SqlError.SqlError>
  /** Makes the tables as they are before the first command, in the transaction it is called in. */
  readonly reset: (
    sql: PgClient.PgClient,
    venueId: string
  ) => Effect.Effect<void, SqlError.SqlError>
}
