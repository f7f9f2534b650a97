/**
 * Tables that grow with the journal are partitioned by ranges of sequences, created ahead of the
 * rows that need them. A range belongs to one venue, so that a projection restarts by dropping its
 * tables.
 */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import { inTransaction } from "./inTransaction.ts"

/** Sequences per range. */
export const rangeSequences = 10_000_000

export interface Partitioned {
  readonly table: "trade" | "ledger_entry"
  /**
   * Statements for each new table, in which `%` is its name: whatever a partition does not inherit
   * from its parent.
   */
  readonly setUp: ReadonlyArray<string>
}

const nameOf = ({ table }: Partitioned, venueId: string, range: number) =>
  `"${table}:${venueId}:${range}"`

/**
 * Creates the range that contains a sequence, and the next one, if they are missing. Called for
 * every sequence; rarely has to check.
 */
export const keeper = (sql: PgClient.PgClient, partitioned: Partitioned, venueId: string) => {
  let rangeMade = -1
  return (sequence: number) =>
    Effect.gen(function* () {
      const range = Math.floor(sequence / rangeSequences)
      if (range < rangeMade) return
      for (const each of [range, range + 1]) yield* ensureRange(sql, partitioned, venueId, each)
      rangeMade = range + 1
    })
}

const ensureRange = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  partitioned: Partitioned,
  venueId: string,
  range: number
) {
  const { setUp, table } = partitioned
  const name = `pandora.${nameOf(partitioned, venueId, range)}`
  const [found] = yield* sql<{
    readonly found: boolean
  }>`SELECT to_regclass(${name}) IS NOT NULL AS found`
  if (found?.found) return
  const from = range * rangeSequences
  // Attached once it is ready, because that takes a weaker lock on the parent than creating it as a
  // partition.
  yield* inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql.unsafe(
        `CREATE TABLE ${name} (LIKE pandora.${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`
      )
      for (const statement of setUp) yield* sql.unsafe(statement.replaceAll("%", name))
      yield* sql.unsafe(`
        ALTER TABLE pandora.${table} ATTACH PARTITION ${name}
        FOR VALUES FROM (${literal(venueId)}, ${from}) TO (${literal(venueId)}, ${from + rangeSequences})`)
    })
  )
})

/** Drops all ranges of a venue. */
export const dropAll = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  { table }: Partitioned,
  venueId: string
) {
  const names = yield* sql<{ readonly name: string }>`
    SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = ${`pandora.${table}`}::regclass AND starts_with(relname, ${`${table}:${venueId}:`})`
  for (const { name } of names) yield* sql.unsafe(`DROP TABLE pandora."${name}"`)
})

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
