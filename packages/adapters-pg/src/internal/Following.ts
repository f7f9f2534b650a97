/** One read of the journal into one projection. */
import type { PgClient } from "@effect/sql-pg"
import * as Batch from "@pandora-exchange/core/Batch"
import * as Event from "@pandora-exchange/core/Event"
import { Sequence } from "@pandora-exchange/core/Ids"
import { MalformedRecord } from "@pandora-exchange/core/Layout"
import type { Damaged, Journal, Unknown } from "@pandora-exchange/core/ports/Journal"
import { type Cause, Data, Effect, Queue, Schema, Stream } from "effect"
import { SqlError } from "effect/sql"
import type { Projection, Writer } from "../projections/Projection.ts"
import { Contradiction } from "./Contradiction.ts"
import { Hash, int8, rowsOf, SequenceColumn } from "./Rows.ts"
import { isRefusedData } from "./SqlFailure.ts"

/** What `sequence` says is refused; everything before it is stored. */
export class Refused extends Data.TaggedError("Refused")<{ readonly sequence: Sequence; readonly cause: unknown }> {}

/** Another follower has moved on: begin again from where it is. */
export class Overtaken extends Data.TaggedError("Overtaken")<{}> {}

export interface Where {
  readonly sql: PgClient.PgClient
  readonly venueId: string
  readonly projection: Projection
}

/** Stores what is not stored yet, until the read ends. */
export const follow = Effect.fnUntraced(function* (where: Where, read: Journal["Service"]["read"]) {
  const begun = yield* begin(where)
  const writer = yield* where.projection.open(where.sql, where.venueId)
  const place: Place = { ...begun, nextBatch: undefined, markedAt: 0 }
  const queue = yield* Queue.bounded<Batch.Batch, Damaged | Unknown | Cause.Done>(batchesAheadMax)
  const from = Sequence(Math.max(1, begun.sequence))
  yield* Effect.forkScoped(Stream.runIntoQueue(read(from), queue))

  const take = Effect.catchTag(Queue.takeBetween(queue, 1, batchesAheadMax), "Done", () => Effect.succeed([]))
  for (let batches = yield* take; batches.length > 0; batches = yield* take) {
    const happened = yield* commandsOf(batches, place)
    for (let i = 0; i < happened.length; i += commandsMax) {
      yield* store(where, writer, place, happened.slice(i, i + commandsMax))
    }
  }
  if (begun.sequence > 0 && place.nextBatch === undefined) {
    return yield* refused(begun.sequence, new Contradiction("the journal ends before what was followed already"))
  }
}, Effect.scoped)

/** Batches that are read ahead. */
const batchesAheadMax = 64
/** Commands of one transaction. */
const commandsMax = 4_096
/** Marks of time stand this far apart, at least. */
const markEveryMs = 1_000

/** Where the projection stands. */
interface Place {
  sequence: Sequence
  /** Hash of the batch that holds the sequence. */
  batchHash: Batch.BatchHash | undefined
  /** First sequence of the batch that comes next; `undefined` before the first. */
  nextBatch: Sequence | undefined
  markedAt: number
}

const CursorRow = Schema.Struct({ sequence: SequenceColumn, batchHash: Schema.NullOr(Hash) })

/** Where it stands; a projection that was never begun begins at 0. */
const begin = ({ projection, sql, venueId }: Where) =>
  sql.withTransaction(
    Effect.gen(function* () {
      const created = yield* sql`
        INSERT INTO pandora.projection (venue_id, name, sequence) VALUES (${venueId}, ${projection.name}, 0)
        ON CONFLICT DO NOTHING RETURNING sequence`
      if (created.length > 0) yield* projection.reset(sql, venueId)
      const [row] = yield* rowsOf(CursorRow)(sql`
        SELECT sequence, batch_hash AS "batchHash" FROM pandora.projection
        WHERE venue_id = ${venueId} AND name = ${projection.name}`)
      return { sequence: row!.sequence, batchHash: row!.batchHash ?? undefined }
    })
  )

/** Makes the projection one that was never begun. */
export const forget = ({ projection, sql, venueId }: Where) =>
  sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`
        INSERT INTO pandora.projection (venue_id, name, sequence) VALUES (${venueId}, ${projection.name}, 0)
        ON CONFLICT (venue_id, name) DO UPDATE SET sequence = 0, batch_hash = NULL`
      yield* sql`DELETE FROM pandora.projection_mark WHERE venue_id = ${venueId} AND name = ${projection.name}`
      yield* projection.reset(sql, venueId)
    })
  )

/** A command, where its events stand. They are decoded when they are stored, so that a bad one does not keep those before it. */
interface Command {
  readonly sequence: Sequence
  readonly batch: Batch.Batch
  readonly eventsAt: number
  readonly end: number
}

/** The commands of batches that are not stored yet. Checks that they go on from where the projection stands. */
const commandsOf = Effect.fnUntraced(function* (batches: ReadonlyArray<Batch.Batch>, place: Place) {
  const commands: Array<Command> = []
  for (const batch of batches) {
    const problem = problemOf(batch, place)
    if (problem !== undefined) return yield* refused(batch.firstSequence, problem)
    place.nextBatch = Sequence(Batch.lastSequence(batch) + 1)
    const places = yield* Effect.try({
      try: () => [...Batch.entryPlaces(batch)],
      catch: (cause) => new Refused({ sequence: batch.firstSequence, cause })
    })
    for (const { end, eventsAt, sequence } of places) {
      if (sequence > place.sequence) commands.push({ sequence, batch, eventsAt, end })
    }
  }
  return commands
})

/** The first batch is the one that was stored last, or the one after the genesis; each other one follows on the one before it. */
const problemOf = (batch: Batch.Batch, { batchHash, nextBatch, sequence }: Place): Contradiction | undefined => {
  if (nextBatch !== undefined) {
    return batch.firstSequence === nextBatch ? undefined : new Contradiction(`${nextBatch} should come next`)
  }
  if (batchHash === undefined) {
    return batch.firstSequence === 1 ? undefined : new Contradiction("the journal does not begin with 1")
  }
  const isSame = Batch.sameBytes(batch.hash, batchHash) && batch.firstSequence <= sequence
  return isSame ? undefined : new Contradiction("this is not the journal that was followed up to here")
}

const refused = (sequence: Sequence, cause: unknown) => Effect.fail(new Refused({ sequence, cause }))

/** Halves what is refused until the one command is found, so that all before it are stored. */
const store = (
  where: Where,
  writer: Writer,
  place: Place,
  commands: ReadonlyArray<Command>
): Effect.Effect<void, SqlError.SqlError | Overtaken | Refused> =>
  Effect.catchIf(storeTogether(where, writer, place, commands), isRefusal, (cause) => {
    if (commands.length === 1) return refused(commands[0]!.sequence, cause)
    const half = commands.length >> 1
    return Effect.andThen(
      store(where, writer, place, commands.slice(0, half)),
      store(where, writer, place, commands.slice(half))
    )
  })

const isRefusal = (error: SqlError.SqlError | Contradiction | MalformedRecord | Overtaken) =>
  error instanceof SqlError.SqlError ? isRefusedData(error) : !(error instanceof Overtaken)

/** In one transaction. */
const storeTogether = Effect.fnUntraced(function* (
  { projection, sql, venueId }: Where,
  writer: Writer,
  place: Place,
  commands: ReadonlyArray<Command>
) {
  const last = commands.at(-1)!
  yield* Effect.try({
    try: () => {
      writer.clear()
      for (const { batch, end, eventsAt, sequence } of commands) {
        const events = Event.decodeAll(Batch.viewOf(batch.bytes), eventsAt, end)
        writer.add({ sequence, time: batch.time, events })
      }
    },
    catch: (cause) => {
      if (cause instanceof Contradiction || cause instanceof MalformedRecord) return cause
      throw cause
    }
  })
  yield* writer.makeRoom(last.sequence)
  const isMarked = last.batch.time >= place.markedAt + markEveryMs
  yield* sql.withTransaction(
    Effect.gen(function* () {
      const moved = yield* sql`
        UPDATE pandora.projection SET sequence = ${int8(last.sequence)}, batch_hash = ${last.batch.hash}
        WHERE venue_id = ${venueId} AND name = ${projection.name} AND sequence = ${int8(place.sequence)}
        RETURNING sequence`
      if (moved.length === 0) return yield* new Overtaken()
      yield* writer.store
      if (isMarked) {
        yield* sql`
          INSERT INTO pandora.projection_mark (venue_id, name, time, sequence)
          VALUES (${venueId}, ${projection.name}, ${new Date(last.batch.time)}, ${int8(last.sequence)})
          ON CONFLICT DO NOTHING`
      }
    })
  )
  place.sequence = last.sequence
  place.batchHash = last.batch.hash
  if (isMarked) place.markedAt = last.batch.time
})
