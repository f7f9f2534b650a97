/**
 * Snapshots in Postgres, in pieces of a megabyte.
 *
 * The pieces are not written in one transaction, because saving a state takes a while and a
 * transaction of that length keeps the server from cleaning up after all others. Instead, one
 * statement completes the snapshot once every piece is stored.
 */
import type { PgClient } from "@effect/sql-pg"
import type { Sequence } from "@pandora-exchange/core/Ids"
import {
  SnapshotDamaged,
  type SnapshotHead,
  SnapshotNotSaved,
  snapshotsKept,
  SnapshotStore,
  SnapshotsUnavailable
} from "@pandora-exchange/core/ports/SnapshotStore"
import { Effect, Exit, Layer, Option, Schema, Semaphore, Stream } from "effect"
import type { SqlError } from "effect/sql"
import { createHash } from "node:crypto"
import { type AnswerOptions, answerWithinDefault, noAnswerWithin } from "./internal/answers.ts"
import { inTransaction } from "./internal/inTransaction.ts"
import { Bytes, Count, Hash, int8, rowOf, rowsOf, SequenceColumn } from "./internal/Rows.ts"
import { problemOf, refusal } from "./internal/SqlFailure.ts"
import { venueIdOf, type VenueOptions } from "./internal/venueIdOf.ts"
import { PgDatabase } from "./PgDatabase.ts"

export interface Options extends VenueOptions, AnswerOptions {}

export const layer = (options: Options = {}): Layer.Layer<SnapshotStore, never, PgDatabase> =>
  Layer.effect(SnapshotStore, make(options))

const pieceBytes = 1 << 20

const make = Effect.fnUntraced(function* ({
  answerWithin = answerWithinDefault,
  ...options
}: Options) {
  const venueId = venueIdOf(options)
  const { sql } = yield* PgDatabase
  const oneAtATime = yield* Semaphore.make(1)

  const save = Effect.fn("PgSnapshotStore.save")(
    (head: SnapshotHead, chunks: Stream.Stream<Uint8Array>) =>
      Effect.acquireUseRelease(
        begin(sql, venueId, head),
        (snapshotId) =>
          Effect.flatMap(writePieces(sql, snapshotId, chunks), (sum) =>
            finish(sql, venueId, snapshotId, sum)
          ),
        (snapshotId, exit) =>
          Exit.isSuccess(exit) ? Effect.void : Effect.ignore(remove(sql, snapshotId))
      ),
    Effect.catchTag("SqlError", (cause) => Effect.fail(new SnapshotNotSaved({ cause })))
  )

  const bounded: Bounded = (reading) =>
    Effect.timeoutOrElse(reading, {
      duration: answerWithin,
      orElse: () => Effect.fail(new SnapshotsUnavailable({ cause: noAnswerWithin(answerWithin) }))
    })

  return SnapshotStore.of({
    save: (head, chunks) => oneAtATime.withPermit(save(head, chunks)),
    list: list(sql, venueId, bounded),
    load: (sequence) => load(sql, venueId, sequence, bounded)
  })
})

/** Gives up on a statement that is not answered in time. */
type Bounded = <A, E>(reading: Effect.Effect<A, E>) => Effect.Effect<A, E | SnapshotsUnavailable>

const IdRow = Schema.Struct({ id: Schema.BigInt })

/**
 * Begins an incomplete snapshot, and removes those that others have begun. Their writers are dead
 * or will fail at the next piece: the newest one wins.
 */
const begin = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  venueId: string,
  head: SnapshotHead
) {
  yield* sql`DELETE FROM pandora.snapshot WHERE venue_id = ${venueId} AND NOT whole`
  const { id } = yield* rowOf(IdRow)(sql`
    INSERT INTO pandora.snapshot (venue_id, sequence, batch_hash, rules_version, format_version)
    VALUES (${venueId}, ${int8(head.sequence)}, ${head.batchHash}, ${head.rulesVersion}, ${int8(head.formatVersion)})
    RETURNING snapshot_id AS id`)
  return id
})

/** What was written, so that a read can check it. */
interface Sum {
  readonly bytes: number
  readonly pieces: number
  readonly sha256: Uint8Array
}

const writePieces = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  snapshotId: bigint,
  chunks: Stream.Stream<Uint8Array>
) {
  const hash = createHash("sha256")
  const buffer = Buffer.allocUnsafeSlow(pieceBytes)
  let bytes = 0
  let filled = 0
  let pieces = 0

  const flush = Effect.suspend(() => {
    const piece = buffer.subarray(0, filled)
    hash.update(piece)
    bytes += filled
    filled = 0
    return sql`INSERT INTO pandora.snapshot_piece (snapshot_id, number, bytes) VALUES (${snapshotId}, ${pieces++}, ${piece})`
  })

  yield* Stream.runForEach(
    chunks,
    Effect.fnUntraced(function* (chunk) {
      for (let from = 0; from < chunk.length; ) {
        const part = chunk.subarray(from, from + pieceBytes - filled)
        buffer.set(part, filled)
        filled += part.length
        from += part.length
        if (filled === pieceBytes) yield* flush
      }
    })
  )
  if (filled > 0) yield* flush
  const sum: Sum = { bytes, pieces, sha256: hash.digest() }
  return sum
})

/** Makes the snapshot current and removes all but the newest ones. */
const finish = (
  sql: PgClient.PgClient,
  venueId: string,
  snapshotId: bigint,
  { bytes, pieces, sha256 }: Sum
) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`
        DELETE FROM pandora.snapshot AS other USING pandora.snapshot AS this
        WHERE this.snapshot_id = ${snapshotId} AND other.venue_id = ${venueId} AND other.sequence = this.sequence AND other.whole`
      const whole = yield* sql`
        UPDATE pandora.snapshot SET whole = true, bytes = ${int8(bytes)}, pieces = ${pieces}, sha256 = ${sha256}
        WHERE snapshot_id = ${snapshotId} RETURNING sequence`
      if (whole.length === 0)
        return yield* new SnapshotNotSaved({ cause: "another save of this venue began after it" })
      yield* sql`
        DELETE FROM pandora.snapshot WHERE venue_id = ${venueId} AND whole AND sequence NOT IN (
          SELECT sequence FROM pandora.snapshot WHERE venue_id = ${venueId} AND whole
          ORDER BY sequence DESC LIMIT ${snapshotsKept}
        )`
    })
  )

const remove = (sql: PgClient.PgClient, snapshotId: bigint) =>
  sql`DELETE FROM pandora.snapshot WHERE snapshot_id = ${snapshotId}`

const SnapshotRow = Schema.Struct({
  id: Schema.BigInt,
  sequence: SequenceColumn,
  batchHash: Hash,
  rulesVersion: Schema.Finite,
  formatVersion: Count,
  bytes: Count,
  pieces: Schema.Finite,
  sha256: Bytes
})

const wholeSnapshots = (sql: PgClient.PgClient, venueId: string) =>
  rowsOf(SnapshotRow)(sql`
    SELECT snapshot_id AS id, sequence, batch_hash AS "batchHash", rules_version AS "rulesVersion",
      format_version AS "formatVersion", bytes, pieces, sha256
    FROM pandora.snapshot WHERE venue_id = ${venueId} AND whole ORDER BY sequence DESC`)

const list = (
  sql: PgClient.PgClient,
  venueId: string,
  bounded: Bounded
): SnapshotStore["Service"]["list"] =>
  bounded(wholeSnapshots(sql, venueId)).pipe(
    Effect.map((rows) =>
      rows.map(({ batchHash, formatVersion, rulesVersion, sequence }) => ({
        sequence,
        batchHash,
        rulesVersion,
        formatVersion
      }))
    ),
    Effect.catchTag("SqlError", (cause) => Effect.fail(new SnapshotsUnavailable({ cause })))
  )

const load = (sql: PgClient.PgClient, venueId: string, sequence: Sequence, bounded: Bounded) => {
  const damaged = (problem: string) =>
    new SnapshotDamaged({
      place: `pandora.snapshot, venue ${venueId}, sequence ${sequence}`,
      problem
    })

  const pieces = Effect.gen(function* () {
    const all = yield* bounded(wholeSnapshots(sql, venueId))
    const found = all.find((row) => row.sequence === sequence)
    if (found === undefined) return yield* damaged("it is not there")
    const hash = createHash("sha256")
    let bytes = 0

    const check = Effect.suspend(() => {
      const isWhole = bytes === found.bytes && Buffer.compare(hash.digest(), found.sha256) === 0
      return isWhole
        ? Effect.succeed<Next>([[], Option.none()])
        : Effect.fail(damaged("it is not what was saved"))
    })

    return Stream.paginate(0, (number) =>
      number === found.pieces
        ? check
        : Effect.flatMap(bounded(pieceOf(sql, found.id, number)), (piece) => {
            if (piece === undefined) return Effect.fail(damaged(`piece ${number} is missing`))
            hash.update(piece)
            bytes += piece.length
            return Effect.succeed<Next>([[piece], Option.some(number + 1)])
          })
    )
  })
  return Stream.unwrap(pieces).pipe(
    Stream.catchTag("SqlError", (cause) =>
      Stream.fail(isLost(cause) ? damaged(problemOf(cause)) : new SnapshotsUnavailable({ cause }))
    )
  )
}

/** The stored data is lost: data_corrupted, index_corrupted, io_error. */
const lost = new Set<string | undefined>(["XX001", "XX002", "58030"])

const isLost = (error: SqlError.SqlError): boolean => lost.has(refusal(error))

type Next = readonly [ReadonlyArray<Uint8Array>, Option.Option<number>]

const pieceOf = (sql: PgClient.PgClient, snapshotId: bigint, number: number) =>
  Effect.map(
    rowsOf(Schema.Struct({ bytes: Bytes }))(sql`
      SELECT bytes FROM pandora.snapshot_piece WHERE snapshot_id = ${snapshotId} AND number = ${number}`),
    ([row]) => row?.bytes
  )
