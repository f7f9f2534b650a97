/** The positions of a venue's projections. */
import type { PgClient } from "@effect/sql-pg"
import { Sequence } from "@pandora-exchange/core/Ids"
import { Effect, Schema } from "effect"
import { type ProjectionName, projectionNames } from "../projections/Projection.ts"
import { rowsOf, SequenceColumn } from "./Rows.ts"

const PositionRow = Schema.Struct({ name: Schema.String, sequence: SequenceColumn })

/** 0 for one that has not started. */
export const positionsOf = (sql: PgClient.PgClient, venueId: string) =>
  Effect.map(
    rowsOf(PositionRow)(
      sql`SELECT name, sequence FROM pandora.projection WHERE venue_id = ${venueId}`
    ),
    (rows): Readonly<Record<ProjectionName, Sequence>> => {
      const found = new Map(rows.map(({ name, sequence }) => [name, sequence]))
      return Object.fromEntries(
        projectionNames.map((name) => [name, found.get(name) ?? Sequence(0)])
      ) as Record<ProjectionName, Sequence>
    }
  )
