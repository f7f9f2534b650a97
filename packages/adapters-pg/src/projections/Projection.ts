/** What a projection is: tables that follow from the journal's events alone. */
import type { PgClient } from "@effect/sql-pg"
import type * as Event from "@pandora-exchange/core/Event"
import type { Sequence } from "@pandora-exchange/core/Ids"
import type { Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { Contradiction } from "../internal/Contradiction.ts"

export const projectionNames = ["ledger", "trading"] as const
export type ProjectionName = (typeof projectionNames)[number]

/** What one command caused. */
export interface Happened {
  readonly sequence: Sequence
  /** Milliseconds since 1970. */
  readonly time: number
  readonly events: ReadonlyArray<Event.Event>
}

/** Rows, ready to be stored. */
export interface Prepared {
  /** In the transaction it is called in. */
  readonly store: Effect.Effect<void, SqlError.SqlError | Contradiction>
  /** The highest order id among them, if there are any. */
  readonly orderIdMax: number
}

export interface Writer {
  /** Makes rows of what commands caused. Throws a `Contradiction`, and then may be asked again for fewer of them. */
  readonly prepare: (happened: ReadonlyArray<Happened>) => Prepared
  /** Makes room for rows of this sequence. In no transaction. */
  readonly makeRoom: (sequence: Sequence) => Effect.Effect<void, SqlError.SqlError>
}

export interface Projection {
  readonly name: ProjectionName
  /** A writer that goes on from what is stored. */
  readonly open: (sql: PgClient.PgClient, venueId: string) => Effect.Effect<Writer, SqlError.SqlError>
  /** Makes the tables as they are before the first command, in the transaction it is called in. */
  readonly reset: (sql: PgClient.PgClient, venueId: string) => Effect.Effect<void, SqlError.SqlError>
}
