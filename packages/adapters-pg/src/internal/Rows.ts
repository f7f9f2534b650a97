/** The columns of rows: a row's TypeScript type is a claim, which these schemas check. */
import { PgTypes } from "@effect/sql-pg"
import { type BatchHash, hashBytes } from "@pandora-exchange/core/Batch"
import { Epoch, Sequence } from "@pandora-exchange/core/Ids"
import { Effect, Schema, SchemaTransformation } from "effect"

/** The longest row that is read: a batch. */
export const rowBytesMax = 256 << 20

/** An `int8` that identifies or counts something, and so is at most 2^53 - 1. */
export const Count = Schema.BigInt.check(
  Schema.isBetweenBigInt({ minimum: 0n, maximum: BigInt(Number.MAX_SAFE_INTEGER) })
).pipe(
  Schema.decodeTo(Schema.Finite, SchemaTransformation.transform({ decode: Number, encode: BigInt }))
)

export const SequenceColumn = Count.pipe(Schema.fromBrand("Sequence", Sequence))
export const EpochColumn = Count.pipe(Schema.fromBrand("Epoch", Epoch))

export const Bytes = Schema.Uint8Array

const isHash = (value: unknown): value is BatchHash =>
  value instanceof Uint8Array && value.length === hashBytes

export const Hash = Schema.declare(isHash)

/**
 * Checks all rows returned by a statement. A malformed row is a defect, because the tables are
 * ours.
 */
export const rowsOf = <S extends Schema.Constraint>(row: S) => {
  const decode = Schema.decodeUnknownSync(Schema.Array(row) as never) as (
    rows: unknown
  ) => ReadonlyArray<S["Type"]>
  return <E, R>(
    rows: Effect.Effect<ReadonlyArray<object>, E, R>
  ): Effect.Effect<ReadonlyArray<S["Type"]>, E, R> => Effect.map(rows, decode)
}

/** The row of a statement that returns exactly one. */
export const rowOf = <S extends Schema.Constraint>(row: S) => {
  const all = rowsOf(row)
  return <E, R>(rows: Effect.Effect<ReadonlyArray<object>, E, R>): Effect.Effect<S["Type"], E, R> =>
    Effect.map(all(rows), ([first]) => first as S["Type"])
}

/**
 * A number that is always sent as `int8`, so that a statement has one form, whatever the number.
 */
export const int8 = (value: number) => PgTypes.int8(BigInt(value))
