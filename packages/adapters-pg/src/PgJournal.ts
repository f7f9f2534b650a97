/**
 * The journal in Postgres: one row per venue with its head, and one row per batch.
 *
 * An append is one statement that moves the head and inserts the batch. It moves the head only if
 * the head is just before the batch and has the batch's epoch. Two statements cannot move one row
 * at the same time, so a late or repeated append inserts nothing.
 */
import type { PgClient } from "@effect/sql-pg"
import * as Batch from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import {
  type AppendError,
  type Claim,
  Damaged,
  Fenced,
  Full,
  type Head,
  Journal,
  Unknown
} from "@pandora-exchange/core/ports/Journal"
import {
  type Duration,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Schema,
  Scope,
  Semaphore,
  Stream
} from "effect"
import type { SqlError } from "effect/sql"
import { type AnswerOptions, answerWithinDefault, noAnswerWithin } from "./internal/answers.ts"
import { Bytes, EpochColumn, Hash, int8, rowOf, rowsOf, SequenceColumn } from "./internal/Rows.ts"
import { problemOf, refusal } from "./internal/SqlFailure.ts"
import { venueIdOf, type VenueOptions } from "./internal/venueIdOf.ts"
import { PgDatabase } from "./PgDatabase.ts"

export interface Options extends VenueOptions, AnswerOptions {}

export const layer = (options: Options = {}): Layer.Layer<Journal, never, PgDatabase> =>
  Layer.effect(Journal, make(options))

const make = Effect.fnUntraced(function* ({
  answerWithin = answerWithinDefault,
  ...options
}: Options) {
  const venueId = venueIdOf(options)
  const { session, sql } = yield* PgDatabase
  const journalScope = yield* Effect.scope
  const oneClaim = yield* Semaphore.make(1)
  let leadership: Leadership | undefined

  /**
   * A statement that times out or is interrupted is cancelled in the background, and its connection
   * is closed.
   */
  const answered = <A, E>(on: Leadership, statement: Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkIn(statement, journalScope)
      const giveUp = Effect.suspend(() => {
        on.sql = undefined
        const cancelled = Effect.andThen(Fiber.interrupt(fiber), Scope.close(on.scope, Exit.void))
        return Effect.forkIn(cancelled, journalScope)
      })
      const answer = yield* Fiber.join(fiber).pipe(
        Effect.timeoutOption(answerWithin),
        Effect.onInterrupt(() => giveUp)
      )
      if (Option.isSome(answer)) return answer.value
      yield* giveUp
      return yield* noAnswer(answerWithin)
    })

  const claim = Effect.gen(function* () {
    if (leadership !== undefined) yield* Scope.close(leadership.scope, Exit.void)
    const next: Leadership = { scope: yield* Scope.fork(journalScope), sql: undefined }
    leadership = next
    const claiming = Effect.gen(function* () {
      const connection = yield* Scope.provide(session("journal"), next.scope)
      const claimed = yield* takeEpoch(connection, venueId)
      yield* storedHead(connection, venueId)
      next.sql = connection
      return claimed
    })
    return yield* Effect.onError(answered(next, claiming), () => Scope.close(next.scope, Exit.void))
  }).pipe(
    Effect.catchTag(["SqlError", "DatabaseUnsafe"], (cause) => Effect.fail(new Unknown({ cause }))),
    oneClaim.withPermit,
    Effect.withSpan("PgJournal.claim")
  )

  const append = Effect.fn("PgJournal.append")(
    function* (batch: Batch.Batch) {
      const { epoch, firstSequence } = batch
      if (leadership === undefined) return yield* new Fenced({ epoch, firstSequence })
      if (leadership.sql === undefined)
        return yield* new Unknown({ cause: "the connection was given up: claim again" })
      const appended = yield* answered(leadership, insert(leadership.sql, venueId, batch))
      if (appended.length === 0) return yield* new Fenced({ epoch, firstSequence })
    },
    (appending, batch) =>
      Effect.catchTag(appending, "SqlError", (error) => appendFailure(error, batch))
  )

  const bounded = <A, E>(effect: Effect.Effect<A, E | SqlError.SqlError>) =>
    effect.pipe(
      Effect.timeoutOrElse({ duration: answerWithin, orElse: () => noAnswer(answerWithin) }),
      Effect.catchTag("SqlError", (cause) => Effect.fail(new Unknown({ cause })))
    )

  const read = (from: Sequence) =>
    Stream.unwrap(
      Effect.map(bounded(storedHead(sql, venueId)), (head) =>
        from > head.lastSequence
          ? Stream.empty
          : Stream.paginate<Place, Batch.Batch, Damaged | Unknown>(
              { from, previous: undefined },
              (place) => bounded(nextPage(sql, venueId, head, place))
            )
      )
    )

  return Journal.of({ claim, append, read })
})

/** The state of a claim and the appends after it. */
interface Leadership {
  readonly scope: Scope.Closeable
  /**
   * A connection of its own; none before the claim has succeeded, and none after a statement got no
   * answer.
   */
  sql: PgClient.PgClient | undefined
}

const noAnswer = (within: Duration.Input) =>
  Effect.fail(new Unknown({ cause: noAnswerWithin(within) }))

const ClaimRow = Schema.Struct({ epoch: EpochColumn, lastSequence: SequenceColumn, hash: Hash })

const takeEpoch = (
  sql: PgClient.PgClient,
  venueId: string
): Effect.Effect<Claim, SqlError.SqlError> =>
  Effect.map(
    rowOf(ClaimRow)(sql`
      INSERT INTO pandora.journal_head AS head (venue_id, epoch, last_sequence, hash)
      VALUES (${venueId}, 1, 0, ${Batch.genesisHash})
      ON CONFLICT (venue_id) DO UPDATE SET epoch = head.epoch + 1
      RETURNING epoch, last_sequence AS "lastSequence", hash`),
    ({ epoch, hash, lastSequence }) => ({ epoch, head: { lastSequence, hash } })
  )

const HeadRow = Schema.Struct({
  lastSequence: SequenceColumn,
  hash: Hash,
  batchSequence: SequenceColumn,
  batchHash: Hash
})

/** Reads the head, which must agree with the last batch, because one statement changes both. */
const storedHead = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  const { batchHash, batchSequence, hash, lastSequence } = yield* rowOf(HeadRow)(sql`
    SELECT coalesce(head.last_sequence, 0) AS "lastSequence", coalesce(head.hash, ${Batch.genesisHash}) AS hash,
      coalesce(batch.last_sequence, 0) AS "batchSequence", coalesce(batch.hash, ${Batch.genesisHash}) AS "batchHash"
    FROM (VALUES (${venueId})) AS venue (id)
    LEFT JOIN pandora.journal_head AS head ON head.venue_id = venue.id
    LEFT JOIN LATERAL (
      SELECT last_sequence, hash FROM pandora.journal_batch
      WHERE venue_id = venue.id ORDER BY last_sequence DESC LIMIT 1
    ) AS batch ON true`)
  if (batchSequence !== lastSequence || !Batch.sameBytes(batchHash, hash)) {
    return yield* new Damaged({
      place: `pandora.journal_head, venue ${venueId}`,
      sequence: lastSequence,
      problem: `it tells of another last batch than pandora.journal_batch, which ends with sequence ${batchSequence}`
    })
  }
  const head: Head = { lastSequence, hash }
  return head
})

const insert = (sql: PgClient.PgClient, venueId: string, batch: Batch.Batch) => {
  const { bytes, epoch, firstSequence, hash, previousHash } = batch
  return sql`
    WITH head AS (
      UPDATE pandora.journal_head SET last_sequence = ${int8(Batch.lastSequence(batch))}, hash = ${hash}
      WHERE venue_id = ${venueId} AND epoch = ${int8(epoch)} AND last_sequence = ${int8(firstSequence - 1)}
        AND hash = ${previousHash}
      RETURNING venue_id, epoch, last_sequence, hash
    )
    INSERT INTO pandora.journal_batch (venue_id, epoch, last_sequence, hash, first_sequence, previous_hash, bytes)
    SELECT venue_id, epoch, last_sequence, hash, ${int8(firstSequence)}, ${previousHash}, ${bytes} FROM head
    RETURNING last_sequence`
}

const diskFull = "53100"
const uniqueViolation = "23505"

const appendFailure = (
  error: SqlError.SqlError,
  batch: Batch.Batch
): Effect.Effect<never, AppendError> => {
  switch (refusal(error)) {
    case diskFull:
      return Effect.fail(new Full({ cause: error }))
    case uniqueViolation:
      return Effect.fail(
        new Damaged({
          place: `pandora.journal_batch, last_sequence ${Batch.lastSequence(batch)}`,
          sequence: batch.firstSequence,
          problem: `there is a batch already, which the head does not know of (${problemOf(error)})`
        })
      )
    default:
      return Effect.fail(new Unknown({ cause: error }))
  }
}

/** The position of a read: the next sequence, and the previous batch if it was read. */
interface Place {
  readonly from: Sequence
  readonly previous: Batch.Batch | undefined
}

const BatchRow = Schema.Struct({
  firstSequence: SequenceColumn,
  lastSequence: SequenceColumn,
  epoch: EpochColumn,
  previousHash: Hash,
  hash: Hash,
  bytes: Bytes
})

/** Bytes and batches of a page. A page has at least one batch, whatever its size. */
const pageBytesMax = 4 << 20
const pageBatchesMax = 1_000

const nextPage = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  venueId: string,
  head: Head,
  place: Place
) {
  // The length of a long value is stored beside it, so rows after the page are not fetched just to
  // be measured.
  const rows = yield* rowsOf(BatchRow)(sql`
    SELECT first_sequence AS "firstSequence", last_sequence AS "lastSequence", epoch, previous_hash AS "previousHash",
      hash, bytes
    FROM (
      SELECT *, sum(octet_length(bytes)) OVER (ORDER BY last_sequence) - octet_length(bytes) AS bytes_before FROM (
        SELECT * FROM pandora.journal_batch
        WHERE venue_id = ${venueId} AND last_sequence >= ${int8(place.from)}
          AND last_sequence <= ${int8(head.lastSequence)}
        ORDER BY last_sequence LIMIT ${pageBatchesMax}
      ) AS candidate
    ) AS page
    WHERE bytes_before < ${pageBytesMax}
    ORDER BY last_sequence`)
  const batches: Array<Batch.Batch> = []
  let { from, previous } = place
  const damaged = (problem: string) =>
    new Damaged({
      place: `pandora.journal_batch, venue ${venueId}, sequence ${from}`,
      sequence: from,
      problem
    })

  for (const row of rows) {
    const batch = Batch.decode(row.bytes)
    const problem =
      typeof batch === "string"
        ? batch
        : yield* problemOfRow(sql, venueId, { from, previous }, row, batch)
    if (problem !== undefined) {
      // Return the intact batches first. The next page starts at the damaged one and ends the read.
      if (batches.length === 0) return yield* damaged(problem)
      break
    }
    previous = batch as Batch.Batch
    batches.push(previous)
    from = Sequence(row.lastSequence + 1)
  }
  if (batches.length === 0) return yield* damaged("it is missing")
  const isLast = from > head.lastSequence
  const next: readonly [ReadonlyArray<Batch.Batch>, Option.Option<Place>] = [
    batches,
    isLast ? Option.none() : Option.some({ from, previous })
  ]
  return next
})

/** Returns the problem of a batch that is intact in itself. */
const problemOfRow = Effect.fnUntraced(function* (
  sql: PgClient.PgClient,
  venueId: string,
  { from, previous }: Place,
  row: typeof BatchRow.Type,
  batch: Batch.Batch
) {
  const sameAsRow =
    batch.bytes.length === row.bytes.length &&
    batch.firstSequence === row.firstSequence &&
    Batch.lastSequence(batch) === row.lastSequence &&
    batch.epoch === row.epoch &&
    Batch.sameBytes(batch.previousHash, row.previousHash) &&
    Batch.sameBytes(batch.hash, row.hash)
  if (!sameAsRow) return "the row's columns and its batch differ"
  if (previous === undefined ? batch.firstSequence > from : batch.firstSequence !== from)
    return "it is missing"
  const previousHash = previous?.hash ?? (yield* hashBefore(sql, venueId, batch.firstSequence))
  if (previousHash === undefined) return "the batch before it is missing"
  return Batch.sameBytes(batch.previousHash, previousHash)
    ? undefined
    : "it does not follow on the batch before it"
})

/** Returns the hash of the batch that ends just before `sequence`. */
const hashBefore = (sql: PgClient.PgClient, venueId: string, sequence: Sequence) =>
  sequence === 1
    ? Effect.succeed(Batch.genesisHash)
    : Effect.map(
        rowsOf(Schema.Struct({ hash: Hash }))(sql`
          SELECT hash FROM pandora.journal_batch
          WHERE venue_id = ${venueId} AND last_sequence = ${int8(sequence - 1)}`),
        ([row]) => row?.hash
      )
