/**
 * Stores thousands of rows in one statement, with a parameter per column instead of one per value.
 */
import { type PgClient, type PgConnection, PgTypes } from "@effect/sql-pg"
import { Effect, Result } from "effect"
import type { SqlError } from "effect/sql"
import { Contradiction } from "@pandora-exchange/core/views/Contradiction"

const oids = {
  int4: PgTypes.OID.int4,
  int8: PgTypes.OID.int8,
  boolean: PgTypes.OID.bool,
  text: PgTypes.OID.text,
  timestamptz: PgTypes.OID.timestamptz
} as const

/** `count` is an `int8` given as a number. */
type Plain = keyof typeof oids | "count"

/**
 * One of a list of words; sent as its position in the list, which is shorter and faster on both
 * sides.
 */
export interface Enumeration<A extends string> {
  readonly type: string
  readonly words: ReadonlyArray<A>
  readonly positions: ReadonlyMap<string, number>
}

/** One of our enum types in the database, with these words. */
export const enumeration = <A extends string>(
  type: string,
  words: ReadonlyArray<A>
): Enumeration<A> => ({
  type,
  words,
  positions: new Map(words.map((word, i) => [word, i + 1]))
})

export type ColumnType = Plain | Enumeration<string>
export type Columns = Readonly<Record<string, ColumnType>>

type Value<T extends ColumnType> =
  T extends Enumeration<infer A>
    ? A
    : T extends "int8"
      ? bigint
      : T extends "boolean"
        ? boolean
        : T extends "text"
          ? string
          : number

export type Row<C extends Columns> = { readonly [K in keyof C]: Value<C[K]> }

/** Collects rows column by column. */
export class Rows<const C extends Columns> {
  private readonly columns: ReadonlyArray<ColumnType>
  private readonly keys: ReadonlyArray<string>
  private readonly names: ReadonlyArray<string>
  private readonly values: ReadonlyArray<Array<unknown>>
  count = 0

  /** `nameOf` returns the column name of a value. */
  constructor(columns: C, nameOf: (name: keyof C & string) => string = (name) => name) {
    this.columns = Object.values(columns)
    this.keys = Object.keys(columns)
    this.names = this.keys.map(nameOf)
    this.values = this.names.map(() => [])
  }

  add(row: Row<C>): void {
    const { columns, keys, values } = this
    for (let i = 0; i < keys.length; i++) {
      const column = columns[i]!
      const value = row[keys[i]!]
      if (column === "count") values[i]!.push(BigInt(value as number))
      else
        values[i]!.push(typeof column === "string" ? value : column.positions.get(value as string))
    }
    this.count++
  }

  insertInto(sql: PgClient.PgClient, venueId: string, table: string) {
    const list = this.names.join(", ")
    const values = this.names.map((name) => this.valueOf(name)).join(", ")
    return this.into(
      sql,
      venueId,
      `INSERT INTO pandora.${table} (venue_id, ${list}) SELECT $1, ${values} FROM ${this.source}`
    )
  }

  /**
   * Runs a statement that uses `$1` for the venue and the rows as `source`, and must affect every
   * row.
   */
  into(
    sql: PgClient.PgClient,
    venueId: string,
    statement: string
  ): Effect.Effect<void, SqlError.SqlError | Contradiction> {
    if (this.count === 0) return Effect.void
    const done = sql.unsafe(statement, [venueId, ...this.parameters()]).raw as Effect.Effect<
      PgConnection.Result,
      SqlError.SqlError
    >
    return Effect.flatMap(done, ({ rowCount }) =>
      rowCount === this.count
        ? Effect.void
        : Effect.fail(
            new Contradiction(`${this.count} rows were to be changed and ${rowCount} are there`)
          )
    )
  }

  /** A FROM item that provides the rows as `new`. */
  get source(): string {
    const arrays = this.columns.map((column, i) => `$${i + 2}::${sentAs(column)}[]`)
    return `unnest(${arrays.join(", ")}) AS new (${this.names.join(", ")})`
  }

  /** A column of `new`, with the table's type. */
  valueOf(name: string): string {
    const column = this.columns[this.names.indexOf(name)]!
    if (typeof column === "string") return `new.${name}`
    const words = column.words.map((word) => `'${word}'`)
    return `(ARRAY[${words.join(", ")}]::pandora.${column.type}[])[new.${name}]`
  }

  private parameters(): ReadonlyArray<PgTypes.Parameter> {
    return this.columns.map((column, i) =>
      Result.getOrThrow(PgTypes.array(this.values[i]!, oids[sentAs(column)]))
    )
  }
}

const sentAs = (column: ColumnType): keyof typeof oids => {
  if (typeof column !== "string") return "int4"
  return column === "count" ? "int8" : column
}
