/**
 * The journal as files in a folder: `journal/<first sequence>.segment` and `journal/epoch`.
 *
 * An append is a single write of the batch into space that the file already owns, so that only data
 * has to reach the disk. The write returns once it has (`O_DSYNC`, see `internal/Files.ts`).
 * Batches begin at multiples of 512 bytes, and the rest of their last sector is filled
 * (`internal/Segment.ts`).
 *
 * **After a crash.** The last batch may be unfinished. It is dropped only if part of it was
 * provably never written: the file ends before the batch does, or one of its sectors is all zeros.
 * Any other fault stops with `Damaged`, which names the file and the byte: a wrong hash although
 * every sector is present, a broken link, a batch after a hole, or anything after the end
 * (`internal/Tail.ts`). `claim` makes that decision, zeroes what it drops, and writes the last
 * complete batch again, because a process that died may have left it only in the system's memory.
 *
 * **After a failed write** the state of that batch is unknown, and the write is not simply retried.
 * The answer is `Unknown`, and every append is `Fenced` until a claim has read what is on disk. The
 * answer is `Full` only if nothing of the batch can have been written: a lack of space shows when a
 * new segment is created, before the batch is written.
 */
import * as Batch from "@pandora-exchange/core/Batch"
import type { FolderLocked, FolderUnusable } from "@pandora-exchange/core/FolderLock"
import { Epoch, type Sequence } from "@pandora-exchange/core/Ids"
import {
  type Damaged,
  Fenced,
  Full,
  type Head as JournalHead,
  Journal,
  Unknown
} from "@pandora-exchange/core/ports/Journal"
import { Effect, Exit, Fiber, Layer, Semaphore, Stream } from "effect"
import { join } from "node:path"
import * as EpochFile from "./internal/EpochFile.ts"
import { type FileProblem, Files, noRoom, type OpenFile } from "./internal/Files.ts"
import * as Head from "./internal/Head.ts"
import { holdFolder, unusable } from "./internal/holdFolder.ts"
import * as Reading from "./internal/Reading.ts"
import * as Segment from "./internal/Segment.ts"

export interface FolderOptions {
  /** Created if it is missing. Must contain nothing else. */
  readonly folder: string
}

export interface Options extends FolderOptions {
  /**
   * Bytes of a segment. Default: 16 MiB. The first segments are smaller, so that a new journal is
   * ready at once. A batch larger than a segment gets a segment of its own.
   */
  readonly segmentBytes?: number | undefined
}

const segmentBytesDefault = 16 << 20
const firstSegmentBytes = 1 << 20

/** Opens the journal in `folder` and locks the folder. */
export const layer = (options: Options): Layer.Layer<Journal, FolderLocked | FolderUnusable> =>
  Layer.effect(Journal, make(options))

/**
 * Opens the journal in `folder` for reading, without its lock, so that other threads and processes
 * can read while the owner appends. A batch that is still being written is not returned. Every
 * batch that is returned is durable, including the last one.
 */
export const reader = ({ folder }: FolderOptions): Pick<Journal["Service"], "read"> => ({
  read: (from) => Reading.readWhatIsThere(join(folder, subfolder), from)
})

const subfolder = "journal"

/** What the owner knows between a claim and the first failure. */
interface Writer {
  readonly epoch: Epoch
  head: JournalHead
  /** The segment being written; none before the first batch. */
  open: OpenSegment | undefined
}

interface OpenSegment {
  readonly segment: Segment.Segment
  readonly file: OpenFile
  readonly bytes: number
  /** The offset of the next batch. */
  end: number
}

const make = Effect.fnUntraced(function* ({
  folder: dataFolder,
  segmentBytes = segmentBytesDefault
}: Options) {
  const files = yield* Files
  const scope = yield* Effect.scope
  const folder = join(dataFolder, subfolder)
  yield* holdFolder(dataFolder)
  yield* prepareFolder(dataFolder)

  const oneAtATime = yield* Semaphore.make(1)
  let writer: Writer | undefined
  let closed = false
  /**
   * Offset in the last segment up to which a failed write may have left disk and memory different.
   */
  let inDoubt = 0
  /** The next segment, prepared while the current one fills. */
  let spare: Fiber.Fiber<number, FileProblem> | undefined

  const claim = Effect.gen(function* () {
    if (closed) return yield* new Unknown({ cause: "the journal is closed" })
    yield* standDown
    const found = yield* Head.find(folder)
    const epoch = Epoch(1 + (yield* EpochFile.read(folder, found.last?.epoch)))
    yield* EpochFile.write(folder, epoch)
    // The process that renamed a segment may have died before the new name was on disk.
    yield* files.syncFolder(folder)
    inDoubt = Math.max(found.unfinishedEnd, inDoubt)
    writer = { epoch, head: found.head, open: yield* Head.settle(found, inDoubt) }
    inDoubt = 0
    yield* prepareSpare
    return { epoch, head: found.head }
  })

  const append = Effect.fnUntraced(function* (batch: Batch.Batch) {
    const { epoch, firstSequence, bytes: batchBytes } = batch
    if (writer === undefined || !follows(writer, batch))
      return yield* new Fenced({ epoch, firstSequence })
    if (Batch.lengthAt(batchBytes, 0) !== batchBytes.length)
      return yield* Effect.die(new Error("the bytes are no batch"))
    const fill = Segment.fillBehind(batchBytes.length)
    const bytes = batchBytes.length + fill.length
    const open = yield* roomFor(writer, bytes, firstSequence)
    yield* Effect.catch(open.file.write([batchBytes, fill], open.end), (problem) =>
      notWritten(open, bytes, problem)
    )
    open.end += bytes
    writer.head = Head.headAt(batch)
  })

  const roomFor = Effect.fnUntraced(function* (
    writer: Writer,
    bytes: number,
    firstSequence: Sequence
  ) {
    if (writer.open !== undefined && writer.open.end + bytes <= writer.open.bytes)
      return writer.open
    const taken = yield* Effect.catch(takeSpare(bytes), notPrepared)
    const named = yield* Effect.catch(Segment.nameSpare(folder, firstSequence), unknown)
    if (writer.open !== undefined) yield* writer.open.file.close
    const open: OpenSegment = { ...named, bytes: taken, end: 0 }
    writer.open = open
    yield* prepareSpare
    return open
  })

  const prepareSpare = Effect.gen(function* () {
    const prepare = Effect.interruptible(Segment.prepareSpare(folder, spareBytes()))
    return (spare ??= yield* Effect.forkIn(prepare, scope))
  })

  /** Twice the size of the current segment, up to the full size. */
  const spareBytes = (): number =>
    Segment.aligned(
      Math.min(segmentBytes, Math.max(firstSegmentBytes, 2 * (writer?.open?.bytes ?? 0)))
    )

  /** Returns the size of the spare segment, which is at least `bytes`. */
  const takeSpare = Effect.fnUntraced(function* (bytes: number) {
    const preparing = spare ?? (yield* prepareSpare)
    spare = undefined
    const prepared = yield* Fiber.await(preparing)
    if (Exit.isSuccess(prepared) && prepared.value >= bytes) return prepared.value
    // The spare is too small, or there was no room for it, which may have changed.
    return yield* Segment.prepareSpare(folder, Math.max(spareBytes(), bytes))
  })

  const notWritten = Effect.fnUntraced(function* (
    open: OpenSegment,
    bytes: number,
    problem: FileProblem
  ) {
    const { file, end } = open
    if (noRoom(problem) && (yield* Segment.isCleared(file, end, end + bytes)))
      return yield* full(problem)
    inDoubt = end + bytes
    return yield* unknown(problem)
  })

  const notPrepared = (problem: FileProblem): Effect.Effect<never, Full | Unknown> =>
    noRoom(problem) ? full(problem) : unknown(problem)

  const full = (problem: FileProblem) => Effect.fail(new Full({ cause: problem }))

  const unknown = (problem: FileProblem) =>
    Effect.andThen(standDown, Effect.fail(new Unknown({ cause: problem })))

  const standDown = Effect.suspend(() => {
    const open = writer?.open
    writer = undefined
    return open === undefined ? Effect.void : open.file.close
  })

  const read = (from: Sequence): Stream.Stream<Batch.Batch, Damaged | Unknown> => {
    if (writer === undefined) return Reading.readWhatIsThere(folder, from)
    const { head, open } = writer
    return from > head.lastSequence || open === undefined
      ? Stream.empty
      : Reading.readUntil(folder, from, { segment: open.segment, end: open.end })
  }

  yield* Effect.addFinalizer(() =>
    oneAtATime.withPermit(
      Effect.suspend(() => {
        closed = true
        return standDown
      })
    )
  )

  const exclusively = <A, E>(effect: Effect.Effect<A, E>) =>
    oneAtATime.withPermit(Effect.uninterruptible(effect))

  return Journal.of({
    claim: exclusively(
      Effect.catchTag(claim, "FileProblem", (cause) => Effect.fail(new Unknown({ cause })))
    ).pipe(Effect.provideService(Files, files)),
    append: (batch) => Effect.provideService(exclusively(append(batch)), Files, files),
    read: (from) =>
      Stream.provideService(
        Stream.suspend(() => read(from)),
        Files,
        files
      )
  })
})

const prepareFolder = (dataFolder: string) =>
  Effect.gen(function* () {
    const files = yield* Files
    const folder = join(dataFolder, subfolder)
    yield* files.makeFolder(folder)
    yield* Segment.removeLeftovers(folder)
    yield* files.syncFolder(dataFolder)
  }).pipe(Effect.catch((problem) => unusable(dataFolder, problem)))

const follows = ({ epoch, head }: Writer, batch: Batch.Batch): boolean =>
  batch.epoch === epoch &&
  batch.firstSequence === head.lastSequence + 1 &&
  Batch.sameBytes(batch.previousHash, head.hash)
