/** What all lists share: they are read in pages, within a time range, in either direction. */
import type { PgClient } from "@effect/sql-pg"
import type { Sequence } from "@pandora-exchange/core/Ids"
import { Effect, Schema } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type * as Cursor from "../internal/Cursor.ts"
import { Count, int8, rowOf } from "../internal/Rows.ts"
import type { ProjectionName } from "../projections/Projection.ts"

/** The part of a list to read, and the size of a page. */
export interface PageQuery {
  /** Items per page: 1 to 1,000. Default: 100. */
  readonly limit?: number | undefined
  /** `next` of the previous page of the same query. */
  readonly cursor?: string | undefined
  /** Start of the time range, inclusive; milliseconds since 1970. */
  readonly since?: number | undefined
  /** End of the time range, exclusive; milliseconds since 1970. */
  readonly until?: number | undefined
  /** Default: `newestFirst`. New items do not disturb reading in either direction. */
  readonly direction?: "newestFirst" | "oldestFirst" | undefined
}

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** The cursor of the next page; `undefined` on the last page. */
  readonly next: string | undefined
  /** The list reflects every command up to this one, and perhaps later ones. */
  readonly sequence: Sequence
}

/** A parameter of the query is invalid or out of range. */
export class QueryRefused extends Schema.TaggedError<QueryRefused>()("QueryRefused", {
  field: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `${this.field} ${this.problem}`
  }
}

export interface List<A, Q extends PageQuery> {
  readonly name: Cursor.List
  readonly projection: ProjectionName
  /** Identifies the item, in the order of the list. */
  readonly placeOf: (item: A) => ReadonlyArray<number>
  readonly read: (
    sql: PgClient.PgClient,
    venueId: string,
    part: Part<Q>
  ) => Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>
}

/** The part of a list to read. */
export interface Part<Q> {
  readonly query: Q
  /** The position of the item before the first. */
  readonly after: ReadonlyArray<number> | undefined
  readonly bounds: Bounds
  readonly newestFirst: boolean
  readonly count: number
}

/**
 * The sequences and order ids of a time range: all are above the lower and at most the upper ones.
 */
export interface Bounds {
  readonly sequenceAfter?: number | undefined
  readonly sequenceUpTo?: number | undefined
  readonly orderIdAfter?: number | undefined
  readonly orderIdUpTo?: number | undefined
}

const MarkRow = Schema.Struct({
  sequenceAfter: Schema.NullOr(Count),
  orderIdAfter: Schema.NullOr(Count),
  sequenceUpTo: Schema.NullOr(Count),
  orderIdUpTo: Schema.NullOr(Count)
})

/** Finds a time range long ago without reading everything after it. */
export const boundsOf = (
  sql: PgClient.PgClient,
  venueId: string,
  projection: ProjectionName,
  { since, until }: PageQuery
): Effect.Effect<Bounds, SqlError.SqlError> => {
  if (since === undefined && until === undefined) return Effect.succeed({})
  const row = rowOf(MarkRow)(sql`
    SELECT before.sequence AS "sequenceAfter", before.order_id AS "orderIdAfter",
      after.sequence AS "sequenceUpTo", after.order_id AS "orderIdUpTo"
    FROM (VALUES (1)) AS one
    LEFT JOIN LATERAL (
      SELECT sequence, order_id FROM pandora.projection_mark
      WHERE venue_id = ${venueId} AND name = ${projection} AND time < ${dateOf(since)}::timestamptz
      ORDER BY time DESC LIMIT 1
    ) AS before ON true
    LEFT JOIN LATERAL (
      SELECT sequence, order_id FROM pandora.projection_mark
      WHERE venue_id = ${venueId} AND name = ${projection} AND time >= ${dateOf(until)}::timestamptz
      ORDER BY time LIMIT 1
    ) AS after ON true`)
  return Effect.map(row, ({ orderIdAfter, orderIdUpTo, sequenceAfter, sequenceUpTo }) => ({
    sequenceAfter: sequenceAfter ?? undefined,
    orderIdAfter: orderIdAfter ?? undefined,
    sequenceUpTo: sequenceUpTo ?? undefined,
    orderIdUpTo: orderIdUpTo ?? undefined
  }))
}

const dateOf = (time: number | undefined): Date | null =>
  time === undefined ? null : new Date(time)

/** Returns a clause for a value, and none for `undefined`. */
export const clause = <A>(
  value: A | undefined,
  make: (value: A) => Statement.Fragment
): ReadonlyArray<Statement.Fragment> => (value === undefined ? [] : [make(value)])

/**
 * The time range of rows that have a sequence, and the position after which they begin, by sequence
 * and `second`.
 */
export const rangeClauses = (
  sql: PgClient.PgClient,
  { after, bounds, newestFirst, query }: Part<PageQuery>,
  { second, inclusive = false }: { readonly second: string; readonly inclusive?: boolean }
): ReadonlyArray<Statement.Fragment> => [
  ...clause(bounds.sequenceAfter, (sequence) => sql`sequence > ${int8(sequence)}`),
  ...clause(bounds.sequenceUpTo, (sequence) => sql`sequence <= ${int8(sequence)}`),
  ...clause(query.since, (since) => sql`time >= ${new Date(since)}`),
  ...clause(query.until, (until) => sql`time < ${new Date(until)}`),
  ...clause(after, ([sequence, position]) => {
    const place = sql`(sequence, ${sql(second)}) ${sql.literal(comparison(newestFirst, inclusive))} (${int8(sequence!)}, ${position!})`
    // Repeated on its own, because partitions are skipped by this condition.
    return sql`${place} AND sequence ${sql.literal(comparison(newestFirst, true))} ${int8(sequence!)}`
  })
]

const comparison = (newestFirst: boolean, inclusive: boolean): string =>
  `${newestFirst ? "<" : ">"}${inclusive ? "=" : ""}`

/** For ORDER BY. */
export const direction = (sql: PgClient.PgClient, newestFirst: boolean) =>
  sql.literal(newestFirst ? "DESC" : "ASC")
