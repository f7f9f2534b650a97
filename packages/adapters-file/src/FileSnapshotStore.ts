/**
 * Snapshots as files in a folder: `snapshots/<sequence>.snapshot`.
 *
 * ```
 * header   u32 magic, u16 format version, u16 rules version, u64 sequence, u32 version of the
 * state's encoding,
 *          32 bytes hash of the last batch, u32 CRC-32 of all that
 * state    as it was given
 * trailer  u64 bytes of the state, 32 bytes SHA-256 of all that precedes
 * ```
 * Little-endian. A snapshot is written under another name and renamed when it is whole and on disk;
 * one saves at a time, which a lock in the folder sees to, and whatever a save that was killed has
 * left is removed when the folder is opened. The lock of the data folder is not needed: a worker
 * saves and loads while the journal's owner runs.
 */
import type { BatchHash } from "@pandora-exchange/core/Batch"
import type { FolderUnusable } from "@pandora-exchange/core/FolderLock"
import { Sequence } from "@pandora-exchange/core/Ids"
import { readU53, writeU53 } from "@pandora-exchange/core/Layout"
import {
  SnapshotDamaged,
  type SnapshotHead,
  SnapshotNotSaved,
  snapshotsKept,
  SnapshotStore,
  SnapshotsUnavailable
} from "@pandora-exchange/core/ports/SnapshotStore"
import { Array as Arr, Cause, Effect, Layer, type Scope, Semaphore, Stream } from "effect"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import type { FolderOptions } from "./FileJournal.ts"
import { type FileProblem, Files, type OpenFile } from "./internal/Files.ts"
import { holdFolder, unusable } from "./internal/holdFolder.ts"
import { newerVersion } from "./internal/Tail.ts"

/** Opens the snapshots in `folder`. */
export const layer = (options: FolderOptions): Layer.Layer<SnapshotStore, FolderUnusable> =>
  Layer.effect(SnapshotStore, make(options))

const magic = 0x31535850 // "PXS1"
const formatVersion = 1
const headerCrcAt = 52
const headerBytes = headerCrcAt + 4
const hashBytes = 32
const trailerBytes = 8 + hashBytes
const chunkBytes = 1 << 20
const subfolder = "snapshots"
const nameDigits = 16
const snapshotName = new RegExp(`^\\d{${nameDigits}}\\.snapshot$`)
const temporaryName = "unfinished.tmp"

const make = Effect.fnUntraced(function* ({ folder: dataFolder }: FolderOptions) {
  const folder = join(dataFolder, subfolder)
  const files = yield* Files
  yield* prepareFolder(dataFolder, folder)
  const oneAtATime = yield* Semaphore.make(1)

  const save = Effect.fn("FileSnapshotStore.save")(
    function* (head: SnapshotHead, chunks: Stream.Stream<Uint8Array>) {
      yield* holdFolder(folder)
      const path = join(folder, temporaryName)
      yield* write(path, head, chunks).pipe(
        Effect.andThen(files.rename(path, snapshotPath(folder, head.sequence))),
        Effect.onError(() => Effect.ignore(files.remove(path)))
      )
      yield* files.syncFolder(folder)
      // The new snapshot is safe, so delete the oldest now, or after the next one.
      yield* Effect.ignore(prune(folder))
    },
    Effect.scoped,
    Effect.mapError((cause) => new SnapshotNotSaved({ cause })),
    Effect.provideService(Files, files)
  )

  return SnapshotStore.of({
    save: (head, chunks) => oneAtATime.withPermit(save(head, chunks)),
    list: list(folder).pipe(Effect.mapError(unavailable), Effect.provideService(Files, files)),
    load: (sequence) =>
      Stream.provideService(load(snapshotPath(folder, sequence), sequence), Files, files)
  })
})

const prepareFolder = Effect.fnUntraced(
  function* (dataFolder: string, folder: string) {
    const files = yield* Files
    yield* files.makeFolder(folder)
    yield* files.syncFolder(dataFolder)
    // If the lock is held, another process is saving, and its file is not a leftover.
    yield* holdFolder(folder).pipe(
      Effect.andThen(removeLeftover(folder)),
      Effect.scoped,
      Effect.catchTag("FolderLocked", () => Effect.void)
    )
  },
  (effect, dataFolder) =>
    Effect.catchTag(effect, "FileProblem", (problem) => unusable(dataFolder, problem))
)

const removeLeftover = Effect.fnUntraced(function* (folder: string) {
  const files = yield* Files
  if ((yield* files.list(folder)).includes(temporaryName))
    yield* files.remove(join(folder, temporaryName))
})

const snapshotPath = (folder: string, sequence: number): string =>
  join(folder, `${String(sequence).padStart(nameDigits, "0")}.snapshot`)

const write = Effect.fnUntraced(function* (
  path: string,
  head: SnapshotHead,
  chunks: Stream.Stream<Uint8Array>
) {
  const file = yield* openScoped(path, "create")
  const hash = createHash("sha256")
  const buffer = Buffer.allocUnsafeSlow(chunkBytes)
  let at = 0
  let filled = 0

  const flush = Effect.suspend(() => {
    const bytes = buffer.subarray(0, filled)
    const written = file.write([bytes], at)
    hash.update(bytes)
    at += filled
    filled = 0
    return written
  })

  const put = Effect.fnUntraced(function* (bytes: Uint8Array) {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + chunkBytes - filled)
      buffer.set(part, filled)
      filled += part.length
      from += part.length
      if (filled === chunkBytes) yield* flush
    }
  })

  yield* put(encodeHeader(head))
  yield* Stream.runForEach(chunks, put)
  yield* put(lengthBytes(at + filled - headerBytes))
  yield* flush
  yield* file.write([hash.digest()], at)
}, Effect.scoped)

const encodeHeader = ({
  sequence,
  batchHash,
  rulesVersion,
  formatVersion: stateVersion
}: SnapshotHead): Uint8Array => {
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, magic, true)
  view.setUint16(4, formatVersion, true)
  view.setUint16(6, rulesVersion, true)
  writeU53(view, 8, sequence)
  view.setUint32(16, stateVersion, true)
  bytes.set(batchHash, 20)
  view.setUint32(headerCrcAt, crc32(bytes.subarray(0, headerCrcAt)), true)
  return bytes
}

/** Returns the head, or what is wrong with it. */
const decodeHeader = (bytes: Uint8Array): SnapshotHead | string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < headerBytes || view.getUint32(0, true) !== magic)
    return "it does not begin as a snapshot does"
  if (crc32(bytes.subarray(0, headerCrcAt)) !== view.getUint32(headerCrcAt, true))
    return "its header is damaged"
  if (view.getUint16(4, true) > formatVersion) return newerVersion
  return {
    sequence: Sequence(readU53(view, 8)),
    batchHash: new Uint8Array(bytes.subarray(20, headerCrcAt)) as BatchHash,
    rulesVersion: view.getUint16(6, true),
    formatVersion: view.getUint32(16, true)
  }
}

const lengthBytes = (length: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  writeU53(new DataView(bytes.buffer), 0, length)
  return bytes
}

/**
 * Returns whether the snapshot's own file is the problem, so that other snapshots may be readable:
 * it is gone, is not a file, or the disk has lost it. Other problems, such as too many open files,
 * may pass.
 */
const isLost = ({ code }: FileProblem): boolean =>
  code === "ENOENT" || code === "EIO" || code === "EISDIR"

const unavailable = (cause: FileProblem) => new SnapshotsUnavailable({ cause })

const list = Effect.fnUntraced(function* (folder: string) {
  const files = yield* Files
  const names = (yield* files.list(folder)).filter((name) => snapshotName.test(name))
  const heads = yield* Effect.forEach(names, (name) => readHead(join(folder, name)))
  return heads
    .filter((head, i) => head?.sequence === Number.parseInt(names[i]!, 10))
    .reverse() as Array<SnapshotHead>
})

const readHead = (path: string) =>
  openScoped(path, "read").pipe(
    Effect.flatMap((file) => readAt(file, 0, headerBytes)),
    Effect.scoped,
    Effect.map(decodeHeader),
    Effect.map((head) => (typeof head === "string" ? undefined : head)),
    Effect.catch((problem) => (isLost(problem) ? Effect.succeed(undefined) : Effect.fail(problem)))
  )

/**
 * Damaged snapshots count as absent. They are deleted once they are older than all that are kept.
 */
const prune = Effect.fnUntraced(function* (folder: string) {
  const files = yield* Files
  const oldestKept = (yield* list(folder)).at(snapshotsKept - 1)?.sequence ?? 0
  for (const name of yield* files.list(folder)) {
    if (snapshotName.test(name) && Number.parseInt(name, 10) < oldestKept)
      yield* files.remove(join(folder, name))
  }
})

const load = (
  path: string,
  sequence: Sequence
): Stream.Stream<Uint8Array, SnapshotDamaged | SnapshotsUnavailable> => {
  const damaged = (problem: string) => new SnapshotDamaged({ place: path, problem })
  return Stream.fromPull(
    Effect.gen(function* () {
      const file = yield* openScoped(path, "read")
      const end = (yield* file.size) - trailerBytes
      const header = yield* readAt(file, 0, headerBytes)
      const head = decodeHeader(header)
      if (typeof head === "string") return yield* damaged(head)
      const trailer = yield* readAt(file, Math.max(end, 0), trailerBytes)
      const isWhole =
        head.sequence === sequence &&
        Buffer.compare(lengthBytes(end - headerBytes), trailer.subarray(0, 8)) === 0
      if (!isWhole) return yield* damaged("it is not as long as what was saved")

      const hash = createHash("sha256").update(header)
      let at = headerBytes
      return Effect.gen(function* () {
        if (at === end) {
          const whole = hash.update(trailer.subarray(0, 8)).digest()
          if (!whole.equals(trailer.subarray(8)))
            return yield* damaged("its bytes are not those that were saved")
          return yield* Cause.done()
        }
        const chunk = yield* readAt(file, at, Math.min(chunkBytes, end - at))
        if (chunk.length === 0) return yield* damaged("it is shorter than what was saved")
        hash.update(chunk)
        at += chunk.length
        return Arr.of<Uint8Array>(chunk)
      })
    })
  ).pipe(
    Stream.scoped,
    Stream.catchTag("FileProblem", (problem) =>
      Stream.fail(isLost(problem) ? damaged(problem.message) : unavailable(problem))
    )
  )
}

const openScoped = (
  path: string,
  mode: "read" | "create"
): Effect.Effect<OpenFile, FileProblem, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.flatMap(Files, (files) => files.open(path, mode)),
    (file) => file.close
  )

/** Returns fewer bytes at the end of the file. */
const readAt = Effect.fnUntraced(function* (file: OpenFile, at: number, length: number) {
  const buffer = Buffer.allocUnsafeSlow(length)
  return buffer.subarray(0, yield* file.read(buffer, at))
})
