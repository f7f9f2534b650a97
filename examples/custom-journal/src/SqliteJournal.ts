/**
 * A journal in one SQLite file, using the SQLite built into Node.
 *
 * `head` is a single row: the last claimed epoch and the last appended batch. An append updates the
 * head and inserts the batch in one transaction, and only if the stored epoch, sequence and hash
 * are the ones the batch continues from. So a batch of an older epoch can never be stored, however
 * late it arrives.
 */
import { Batch, Ids, Journal } from "@pandora-exchange/core"
import { Effect, Layer, Schema, Stream } from "effect"
import { DatabaseSync, type SQLOutputValue } from "node:sqlite"

/** The file cannot be opened, or is not durable as configured. */
export class SqliteUnusable extends Schema.TaggedError<SqliteUnusable>()("SqliteUnusable", {
  file: Schema.String,
  problem: Schema.String
}) {}

export interface Options {
  readonly file: string
  /** How long an append waits for another writer before its outcome is unknown. */
  readonly busyMs?: number
}

export const layer = (options: Options): Layer.Layer<Journal.Journal, SqliteUnusable> =>
  Layer.effect(
    Journal.Journal,
    Effect.map(
      Effect.acquireRelease(open(options), (database) => Effect.sync(() => database.close())),
      (database) => make(database)
    )
  )

const schema = `
  CREATE TABLE IF NOT EXISTS head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS batch (last_sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  INSERT OR IGNORE INTO head VALUES (1, 0, 0, zeroblob(${Batch.hashBytes}));
`

const busyMsDefault = 1_000

export const open = ({
  busyMs = busyMsDefault,
  file
}: Options): Effect.Effect<DatabaseSync, SqliteUnusable> =>
  Effect.try({
    try: () => {
      const database = new DatabaseSync(file, { timeout: busyMs })
      // A commit returns once the write-ahead log is on disk.
      const mode = database.prepare("PRAGMA journal_mode = WAL").get()!["journal_mode"]
      if (mode !== "wal") throw new Error(`its journal mode is ${mode}, which keeps nothing`)
      database.exec(`PRAGMA synchronous = FULL; ${schema}`)
      return database
    },
    catch: (error) => new SqliteUnusable({ file, problem: String(error) })
  })

/** The journal in an open database. */
export const make = (database: DatabaseSync): Journal.Journal["Service"] => {
  const selectHead = database.prepare("SELECT epoch, last_sequence, hash FROM head")
  const takeEpoch = database.prepare(
    "UPDATE head SET epoch = epoch + 1 RETURNING epoch, last_sequence, hash"
  )
  const moveHead = database.prepare(
    "UPDATE head SET last_sequence = ?, hash = ? WHERE epoch = ? AND epoch > 0 AND last_sequence = ? AND hash = ?"
  )
  const insertBatch = database.prepare("INSERT INTO batch (last_sequence, bytes) VALUES (?, ?)")
  const selectBatch = database.prepare(
    "SELECT last_sequence, bytes FROM batch WHERE last_sequence >= ? ORDER BY last_sequence LIMIT 1"
  )

  /** All or nothing: SQLite rolls back by itself after most errors, but not all. */
  const transaction = <A>(work: () => A): A => {
    database.exec("BEGIN IMMEDIATE")
    try {
      const result = work()
      database.exec("COMMIT")
      return result
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK")
      throw error
    }
  }

  const claim: Journal.Journal["Service"]["claim"] = attempt(() => {
    const row = transaction(() => takeEpoch.get()!)
    const head = headOf(row)
    if (head.lastSequence > 0) {
      const { batch } = readBatch(selectBatch.get(head.lastSequence), head.lastSequence)
      if (!Batch.sameBytes(batch.hash, head.hash))
        throw damaged(head.lastSequence, "the last batch is not the head's")
    }
    return { epoch: Ids.Epoch(Number(row["epoch"])), head }
  })

  const append: Journal.Journal["Service"]["append"] = (batch) =>
    Effect.try({
      try: () =>
        transaction(() => {
          const { bytes, epoch, firstSequence, hash, previousHash } = batch
          const last = Batch.lastSequence(batch)
          const { changes } = moveHead.run(last, hash, epoch, firstSequence - 1, previousHash)
          if (changes === 0) throw new Journal.Fenced({ epoch, firstSequence })
          insertBatch.run(last, bytes)
        }),
      catch: (error) => {
        if (error instanceof Journal.Fenced) return error
        return errorCode(error) === sqliteFull
          ? new Journal.Full({ cause: error })
          : problemOf(error)
      }
    })

  /** One batch at a time, so that reading a long journal holds neither memory nor a transaction. */
  const read: Journal.Journal["Service"]["read"] = (from) =>
    Stream.unwrap(
      attempt(() => {
        const end = headOf(selectHead.get()!).lastSequence
        const step = (next: Next) =>
          next.sequence > end
            ? Effect.succeed(undefined)
            : attempt(() => {
                const found = readBatch(
                  selectBatch.get(next.sequence),
                  next.sequence,
                  next.previousHash
                )
                return [found.batch, found.next] as const
              })
        const first: Next = {
          sequence: from,
          previousHash: from === 1 ? Batch.genesisHash : undefined
        }
        return Stream.unfold(first, step)
      })
    )

  return { claim, append, read }
}

type Row = Record<string, SQLOutputValue>

const headOf = (row: Row): Journal.Head => ({
  lastSequence: Ids.Sequence(Number(row["last_sequence"])),
  hash: row["hash"] as Batch.BatchHash
})

/** What the next batch must contain and continue from. */
interface Next {
  readonly sequence: Ids.Sequence
  readonly previousHash: Batch.BatchHash | undefined
}

/** The batch in a row, checked; throws `Damaged`. */
const readBatch = (
  row: Row | undefined,
  sequence: Ids.Sequence,
  previousHash?: Batch.BatchHash
) => {
  if (row === undefined) throw damaged(sequence, "the batch is missing")
  const batch = Batch.decode(row["bytes"] as Uint8Array)
  if (typeof batch === "string") throw damaged(sequence, batch)
  const last = Batch.lastSequence(batch)
  if (last !== row["last_sequence"] || batch.firstSequence > sequence)
    throw damaged(sequence, "another batch is here")
  if (previousHash !== undefined && !Batch.sameBytes(batch.previousHash, previousHash)) {
    throw damaged(sequence, "the batch does not follow on the one before it")
  }
  const next: Next = { sequence: Ids.Sequence(last + 1), previousHash: batch.hash }
  return { batch, next }
}

const damaged = (sequence: Ids.Sequence, problem: string) =>
  new Journal.Damaged({
    place: `the row of sequence ${sequence} in table batch`,
    sequence,
    problem
  })

const attempt = <A>(evaluate: () => A): Effect.Effect<A, Journal.Damaged | Journal.Unknown> =>
  Effect.try({ try: evaluate, catch: problemOf })

const problemOf = (error: unknown): Journal.Damaged | Journal.Unknown => {
  if (error instanceof Journal.Damaged) return error
  const code = errorCode(error)
  if (code !== sqliteCorrupt && code !== sqliteNotADatabase)
    return new Journal.Unknown({ cause: error })
  return new Journal.Damaged({ place: "the database file", sequence: 0, problem: String(error) })
}

// https://www.sqlite.org/rescode.html; the low byte is the primary code.
const sqliteCorrupt = 11
const sqliteFull = 13
const sqliteNotADatabase = 26
const errorCode = (error: unknown): number =>
  Number((error as { readonly errcode?: unknown }).errcode) & 0xff
