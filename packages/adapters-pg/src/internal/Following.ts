/** One read of the journal into one projection. */
import type { PgClient } from "@effect/sql-pg"
import * as Batch from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import { MalformedRecord } from "@pandora-exchange/core/Layout"
import type { Damaged, Journal, Unknown } from "@pandora-exchange/core/ports/Journal"
import { Contradiction } from "@pandora-exchange/core/views/Contradiction"
import { type Cause, Data, Effect, Fiber, Queue, Result, Schema, Stream } from "effect"
import { SqlError } from "effect/sql"
import type { Prepared, Projection, Writer } from "../projections/Projection.ts"
import { inTransaction } from "./inTransaction.ts"
import { Count, Hash, int8, rowOf, SequenceColumn } from "./Rows.ts"
import { isRefusedData } from "./SqlFailure.ts"

/** The command `sequence` is refused; everything before it is stored. */
export class Refused extends Data.TaggedError("Refused")<{
  readonly sequence: Sequence
  readonly cause: unknown
}> {}

/** Another follower has moved on: start again from its position. */
export class Overtaken extends Data.TaggedError("Overtaken")<{}> {}

export interface Where {
  readonly sql: PgClient.PgClient
  readonly venueId: string
  readonly projection: Projection
}

/** Called after each transaction. */
interface Listener {
  readonly onStored: () => void
}

/**
 * Stores everything not stored yet, until the read ends. Prepares rows of the next commands while
 * the previous ones are being stored.
 */
export const follow = Effect.fnUntraced(function* (
  where: Where & Listener,
  read: Journal["Service"]["read"]
) {
  const place: Place = {
    ...(yield* begin(where)),
    nextBatch: undefined,
    markedAt: Number.NEGATIVE_INFINITY
  }
  const begunAt = place.sequence
  const writer = yield* where.projection.open(where.sql, where.venueId)
  let flight:
    | { readonly commands: ReadonlyArray<Command>; readonly fiber: Fiber.Fiber<void, StoreError> }
    | undefined

  const store = (commands: ReadonlyArray<Command>): Effect.Effect<void, Failure> =>
    Effect.flatMap(prepare(writer, commands), (prepared) =>
      commit(where, writer, place, commands, prepared)
    ).pipe(
      Effect.catch((error) => (isFailure(error) ? Effect.fail(error) : refine(commands, error)))
    )

  /**
   * Bisects refused rows until the one command is found, so that everything before it is stored.
   */
  const refine = (
    commands: ReadonlyArray<Command>,
    cause: unknown
  ): Effect.Effect<void, Failure> => {
    if (commands.length === 1) return refused(commands[0]!.caused.sequence, cause)
    const half = commands.length >> 1
    return Effect.andThen(store(commands.slice(0, half)), store(commands.slice(half)))
  }

  const settle = Effect.suspend((): Effect.Effect<void, Failure> => {
    if (flight === undefined) return Effect.void
    const { commands, fiber } = flight
    flight = undefined
    return Effect.catch(Fiber.join(fiber), (error) =>
      isFailure(error) ? Effect.fail(error) : refine(commands, error)
    )
  })

  const advance = Effect.fnUntraced(function* (commands: ReadonlyArray<Command>) {
    const prepared = yield* Effect.result(prepare(writer, commands))
    yield* settle
    if (Result.isFailure(prepared)) return yield* refine(commands, prepared.failure)
    const committing = commit(where, writer, place, commands, prepared.success)
    flight = { commands, fiber: yield* Effect.forkChild(committing, { startImmediately: true }) }
  })

  const queue = yield* Queue.bounded<Batch.Batch, Damaged | Unknown | Cause.Done>(batchesAheadMax)
  yield* Effect.forkScoped(Stream.runIntoQueue(read(Sequence(Math.max(1, begunAt))), queue))
  for (;;) {
    // While it waits for the next batch, nothing is pending.
    if ((yield* Queue.size(queue)) === 0) yield* settle
    const batches = yield* Effect.catchTag(
      Queue.takeBetween(queue, 1, batchesAheadMax),
      "Done",
      () => Effect.succeed([])
    )
    if (batches.length === 0) break
    const { commands, refusal } = commandsOf(batches, place)
    for (let i = 0; i < commands.length; i += commandsMax)
      yield* advance(commands.slice(i, i + commandsMax))
    if (refusal !== undefined) return yield* Effect.andThen(settle, refusal)
  }
  yield* settle
  if (begunAt > 0 && place.nextBatch === undefined) {
    return yield* refused(
      begunAt,
      new Contradiction("the journal ends before what was followed already")
    )
  }
}, Effect.scoped)

/** Why rows were not stored. */
type StoreError = SqlError.SqlError | Contradiction | Overtaken
export type Failure = SqlError.SqlError | Overtaken | Refused

/** How many batches are read ahead. */
const batchesAheadMax = 64
/** How many commands go into one transaction. */
const commandsMax = 4_096
/** The minimum distance between time marks. */
const markEveryMs = 1_000

/** The position of the projection. */
interface Place {
  sequence: Sequence
  /** The hash of the batch that contains the sequence. */
  batchHash: Batch.BatchHash | undefined
  /** The first sequence of the next batch; `undefined` before the first. */
  nextBatch: Sequence | undefined
  orderIdMax: number
  markedAt: number
}

const CursorRow = Schema.Struct({
  sequence: SequenceColumn,
  batchHash: Schema.NullOr(Hash),
  orderIdMax: Count
})

/** The current position; a projection that was never started is at 0. */
const begin = ({ projection, sql, venueId }: Where) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      const created = yield* sql`
        INSERT INTO pandora.projection (venue_id, name, sequence) VALUES (${venueId}, ${projection.name}, 0)
        ON CONFLICT DO NOTHING RETURNING sequence`
      if (created.length > 0) yield* projection.reset(sql, venueId)
      const row = yield* rowOf(CursorRow)(sql`
        SELECT sequence, batch_hash AS "batchHash", order_id AS "orderIdMax" FROM pandora.projection
        WHERE venue_id = ${venueId} AND name = ${projection.name}`)
      return { ...row, batchHash: row.batchHash ?? undefined }
    })
  )

/** Resets the projection to its initial state. */
export const forget = ({ projection, sql, venueId }: Where) =>
  inTransaction(
    sql,
    Effect.gen(function* () {
      yield* sql`
        INSERT INTO pandora.projection (venue_id, name, sequence) VALUES (${venueId}, ${projection.name}, 0)
        ON CONFLICT (venue_id, name) DO UPDATE SET sequence = 0, batch_hash = NULL, order_id = 0`
      yield* sql`DELETE FROM pandora.projection_mark WHERE venue_id = ${venueId} AND name = ${projection.name}`
      yield* projection.reset(sql, venueId)
    })
  )

/**
 * A command with the batch that contains it. Its events are decoded when they are stored, so that
 * malformed ones do not keep earlier commands from being stored.
 */
interface Command {
  readonly batch: Batch.Batch
  readonly caused: Batch.SequencedEvents
}

/**
 * The commands of batches that are not stored yet, up to the first batch that does not follow the
 * projection's position.
 */
const commandsOf = (batches: ReadonlyArray<Batch.Batch>, place: Place) => {
  const commands: Array<Command> = []
  for (const batch of batches) {
    const refusal = (cause: unknown) => ({ commands, refusal: refused(batch.firstSequence, cause) })
    const problem = problemOf(batch, place)
    if (problem !== undefined) return refusal(problem)
    try {
      for (const caused of Batch.sequencedEvents(batch)) {
        if (caused.sequence > place.sequence) commands.push({ batch, caused })
      }
    } catch (cause) {
      return refusal(cause)
    }
    place.nextBatch = Sequence(Batch.lastSequence(batch) + 1)
  }
  return { commands, refusal: undefined }
}

/**
 * The first batch is the one that was stored last, or the one after the genesis; each further one
 * follows its predecessor.
 */
const problemOf = (
  batch: Batch.Batch,
  { batchHash, nextBatch, sequence }: Place
): Contradiction | undefined => {
  if (nextBatch !== undefined) {
    return batch.firstSequence === nextBatch
      ? undefined
      : new Contradiction(`${nextBatch} should come next`)
  }
  if (batchHash === undefined) {
    return batch.firstSequence === 1
      ? undefined
      : new Contradiction("the journal does not begin with 1")
  }
  const isSame = Batch.sameBytes(batch.hash, batchHash) && batch.firstSequence <= sequence
  return isSame
    ? undefined
    : new Contradiction("this is not the journal that was followed up to here")
}

const refused = (sequence: Sequence, cause: unknown) =>
  Effect.fail(new Refused({ sequence, cause }))

/** The only remaining explanation is that the commands themselves were refused. */
const isFailure = (error: StoreError | MalformedRecord | Refused): error is Failure =>
  error instanceof SqlError.SqlError
    ? !isRefusedData(error)
    : error instanceof Overtaken || error instanceof Refused

const prepare = (writer: Writer, commands: ReadonlyArray<Command>) =>
  Effect.try({
    try: () => writer.prepare(commands.map(({ caused }) => caused)),
    catch: (cause) => {
      if (cause instanceof Contradiction || cause instanceof MalformedRecord) return cause
      throw cause
    }
  })

/** Rows and position in one transaction. */
const commit = Effect.fnUntraced(function* (
  { onStored, projection, sql, venueId }: Where & Listener,
  writer: Writer,
  place: Place,
  commands: ReadonlyArray<Command>,
  prepared: Prepared
) {
  const { batch, caused } = commands.at(-1)!
  const { sequence } = caused
  const orderIdMax = Math.max(place.orderIdMax, prepared.orderIdMax)
  const isMarked = batch.time >= place.markedAt + markEveryMs
  for (const at of [commands[0]!.caused.sequence, sequence]) yield* writer.makeRoom(at)
  yield* inTransaction(
    sql,
    Effect.gen(function* () {
      const moved = yield* sql`
        UPDATE pandora.projection
        SET sequence = ${int8(sequence)}, batch_hash = ${batch.hash}, order_id = ${int8(orderIdMax)}
        WHERE venue_id = ${venueId} AND name = ${projection.name} AND sequence = ${int8(place.sequence)}
        RETURNING sequence`
      if (moved.length === 0) return yield* new Overtaken()
      yield* prepared.store
      if (isMarked) {
        yield* sql`
          INSERT INTO pandora.projection_mark (venue_id, name, time, sequence, order_id)
          VALUES (${venueId}, ${projection.name}, ${new Date(batch.time)}, ${int8(sequence)}, ${int8(orderIdMax)})
          ON CONFLICT (venue_id, name, time) DO UPDATE SET sequence = excluded.sequence, order_id = excluded.order_id`
      }
    })
  )
  Object.assign(place, { sequence, batchHash: batch.hash, orderIdMax })
  if (isMarked) place.markedAt = batch.time
  onStored()
})
