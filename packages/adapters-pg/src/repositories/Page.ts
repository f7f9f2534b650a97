/**
 * What all lists have in common: they are asked for page by page, within a range of time, in either
 * direction.
 */
import type { PgClient } from "@effect/sql-pg"
import type { Sequence } from "@pandora-exchange/core/Ids"
import { Effect, Schema } from "effect"
import type { SqlError, Statement } from "effect/sql"
import type * as Cursor from "../internal/Cursor.ts"
import { Count, int8, rowOf } from "../internal/Rows.ts"
import type { ProjectionName } from "../projections/Projection.ts"

/** Which part of a list, and how much of it at once. */
export interface PageQuery {
  /** Items of a page; 100 where nothing is said, at most 1,000. */
  readonly limit?: number | undefined
  /** `next` of the page before, of the same query. */
  readonly cursor?: string | undefined
  /** From this moment on; milliseconds since 1970. */
  readonly since?: number | undefined
  /** Before this moment; milliseconds since 1970. */
  readonly until?: number | undefined
  /** `newestFirst` where nothing is said. What is added meanwhile disturbs neither. */
  readonly direction?: "newestFirst" | "oldestFirst" | undefined
}

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** The cursor of the page after this one; `undefined` when there is nothing more. */
  readonly next: string | undefined
  /** The list tells of every command up to this one, and perhaps of later ones. */
  readonly sequence: Sequence
}

/** A bound of the query is none, or past what is allowed. */
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
  /** What tells the item from all others, in the order of the list. */
  readonly placeOf: (item: A) => ReadonlyArray<number>
  readonly read: (
    sql: PgClient.PgClient,
    venueId: string,
    part: Part<Q>
  ) => Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>
}

/** What of a list is to be read. */
export interface Part<Q> {
  readonly query: Q
  /** Place of the item before the first. */
  readonly after: ReadonlyArray<number> | undefined
  readonly bounds: Bounds
  readonly newestFirst: boolean
  readonly count: number
}

/**
 * What is known of sequences and order ids in a range of time: all of them are past the lower and
 * up to the upper ones.
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

/** So that a range of time long ago is found without reading all that came after it. */
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

/** A clause for what is said, none for what is not. */
export const clause = <A>(
  value: A | undefined,
  make: (value: A) => Statement.Fragment
): ReadonlyArray<Statement.Fragment> => (value === undefined ? [] : [make(value)])

/**
 * The bounds of time on rows that have a sequence, and the place after which they begin, by
 * sequence and `second`.
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
    // Said once more by itself: partitions are left out by this one.
    return sql`${place} AND sequence ${sql.literal(comparison(newestFirst, true))} ${int8(sequence!)}`
  })
]

const comparison = (newestFirst: boolean, inclusive: boolean): string =>
  `${newestFirst ? "<" : ">"}${inclusive ? "=" : ""}`

/** For ORDER BY. */
export const direction = (sql: PgClient.PgClient, newestFirst: boolean) =>
  sql.literal(newestFirst ? "DESC" : "ASC")
