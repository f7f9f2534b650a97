/**
 * The records of snapshots, each defined once: from its table come the code that writes it and the
 * code that reads it, in the current format or an earlier one.
 */
import type { Ids } from "@pandora-exchange/core"
import { compile } from "./straightLine.ts"

/** The format that is written, which has every field; earlier ones can be read. */
export const formatVersion = 2

/**
 * What each kind of field stores, apart from flags and positions in a list. `account`, `asset` and
 * `market` identify things that must exist when they are read. `key` is that of a request, and
 * `ids` are those of a list's orders.
 */
interface Stored {
  readonly u8: number
  readonly u16: number
  readonly u32: number
  readonly u53: number
  readonly i64: bigint
  readonly text: string
  readonly account: number
  readonly accountOrNone: number
  readonly asset: Ids.AssetId
  readonly market: number
  readonly key: string
  readonly ids: ReadonlyArray<number>
}

/** Writes a field of any kind. */
export type FieldWriter = { readonly [K in keyof Stored]: (value: Stored[K]) => void }

/** Reads a field of any kind. */
export type FieldReader = { readonly [K in keyof Stored]: () => Stored[K] } & {
  /** The format of the bytes. */
  readonly version: number
  /** That many flags from one byte. */
  readonly flags: (count: number) => number
  readonly positionIn: (list: ReadonlyArray<unknown>, name: string) => number
}

export interface Field<A> {
  readonly kind: keyof Stored | "flag" | "literals"
  /** Its size; variable for texts and `ids`. */
  readonly size: number
  /** Its value in formats that do not have it. */
  readonly zero: A
  readonly values?: ReadonlyArray<A>
}

/** By index in the state. */
export const account: Field<number> = { kind: "account", size: 4, zero: 0 }
/** 0 for commands that name no account. */
export const accountOrNone: Field<number> = { kind: "accountOrNone", size: 4, zero: 0 }
export const asset: Field<Ids.AssetId> = { kind: "asset", size: 4, zero: 0 as Ids.AssetId }
export const market: Field<number> = { kind: "market", size: 4, zero: 0 }
export const key: Field<string> = { kind: "key", size: 16, zero: "" }
export const ids: Field<ReadonlyArray<number>> = { kind: "ids", size: 0, zero: [] }

export type Fields = Readonly<Record<string, Field<any>>>

/** One of a list is its position there. */
export type Row<F extends Fields> = {
  -readonly [K in keyof F]: F[K] extends Field<infer A> ? RowValue<A> : never
}
type RowValue<A> = A extends string ? (string extends A ? string : number) : A

export interface Table<R> {
  /** The minimum size of a row. */
  readonly bytesMin: (version: number) => number
  readonly write: (w: FieldWriter, row: R) => void
  /** Reads a row in the reader's format, into a reused object or a new one. */
  readonly read: (r: FieldReader, row?: R) => R
  /** How its first field is stored. */
  readonly firstNumber: "u8" | "u32" | "u53"
}

/** Consecutive flags share a byte, the first of them in its lowest bit. */
type Column =
  | { readonly name: string; readonly kind: Field<unknown>["kind"] }
  | ReadonlyArray<string>
const flagsOfByte = 8

/**
 * `since` gives the first format with a field, for fields that the very first format lacks. In
 * earlier formats a field has the value of zero bytes.
 */
export const table = <const F extends Fields>(
  fields: F,
  since: { readonly [K in keyof F]?: number } = {}
): Table<Row<F>> => {
  const names = Object.keys(fields)
  for (const name of names) {
    if ((since[name] ?? 1) > formatVersion)
      throw new Error(`${name} is there since format ${since[name]}: the last is ${formatVersion}`)
  }
  const values = Object.fromEntries(names.map((name) => [name, fields[name]!.values]))
  const blank = Object.fromEntries(
    names.map((name) => [name, values[name] === undefined ? fields[name]!.zero : 0])
  ) as Row<F>
  const has = (version: number) => (name: string) => (since[name] ?? 1) <= version
  const formats = Array.from({ length: formatVersion + 1 }, (_, version) => {
    const columns = columnsOf(fields, names.filter(has(version)))
    const missing = names.filter((name) => !has(version)(name))
    return {
      bytesMin: bytesOf(fields, columns),
      code: [...missing.map((name) => `row.${name} = blank.${name}`), ...columns.map(readCode)]
    }
  })
  const cases = formats.map(({ code }, version) => `case ${version}: ${code.join("; ")}; break`)
  const read: (r: FieldReader, row: Row<F>, values: unknown, blank: Row<F>) => void = compile(
    ["r", "row", "values", "blank"],
    ["switch (r.version) {", ...cases, "}"]
  )
  return {
    bytesMin: (version) => formats[version]!.bytesMin,
    write: compile(["w", "row"], columnsOf(fields, names).map(writeCode)),
    read: (r, row = { ...blank }) => {
      read(r, row, values, blank)
      return row
    },
    firstNumber: ({ 1: "u8", 4: "u32", 8: "u53" } as const)[fields[names[0]!]!.size as 1 | 4 | 8]
  }
}

const columnsOf = (fields: Fields, names: ReadonlyArray<string>): ReadonlyArray<Column> => {
  const columns: Array<Column> = []
  let flags: Array<string> = []
  for (const name of names) {
    const { kind } = fields[name]!
    if (kind !== "flag") columns.push({ name, kind })
    else if (columns.at(-1) === flags && flags.length < flagsOfByte) flags.push(name)
    else columns.push((flags = [name]))
  }
  return columns
}

const isFlags = (column: Column): column is ReadonlyArray<string> => Array.isArray(column)

const bytesOf = (fields: Fields, columns: ReadonlyArray<Column>): number =>
  columns.reduce(
    // Fields of variable length begin with a length byte.
    (sum, column) => sum + (isFlags(column) ? 1 : fields[column.name]!.size || 1),
    0
  )

const writeCode = (column: Column): string =>
  isFlags(column)
    ? `w.u8(${column.map((name, i) => `(row.${name} ? ${1 << i} : 0)`).join(" | ")})`
    : `w.${column.kind === "literals" ? "u8" : column.kind}(row.${column.name})`

const readCode = (column: Column): string => {
  if (isFlags(column)) {
    const bits = column.map((name, i) => `row.${name} = (flags & ${1 << i}) !== 0`)
    return `{ const flags = r.flags(${column.length}); ${bits.join("; ")} }`
  }
  const { kind, name } = column
  return kind === "literals"
    ? `row.${name} = r.positionIn(values.${name}, "${name}")`
    : `row.${name} = r.${kind}()`
}
