/**
 * Segments: the files of a journal, each with batches one behind the other, the rest zeros.
 *
 * A segment is named by the first sequence in it. Every batch begins at a multiple of
 * `sectorBytes`, and what is left of its last sector is filled with `fillByte`: so no write touches
 * a sector in which an older batch stands, and a sector that was written is never all zeros, which
 * is how a reader knows one that was not.
 */
import { Damaged } from "@pandora-exchange/core/ports/Journal"
import { Effect, Exit } from "effect"
import { join } from "node:path"
import { type FileProblem, Files, type OpenFile } from "./Files.ts"

/** What a disk writes whole or not at all. */
export const sectorBytes = 512
const fillByte = 0xff
const fill = new Uint8Array(sectorBytes).fill(fillByte)
const zeros = new Uint8Array(1 << 20)

const nameDigits = 16
const suffix = ".segment"
const spareName = "spare.tmp"

export interface Segment {
  readonly firstSequence: number
  readonly path: string
}

export const at = (folder: string, firstSequence: number): Segment => ({
  firstSequence,
  path: join(folder, String(firstSequence).padStart(nameDigits, "0") + suffix)
})

/** In the order of their sequences. */
export const list = Effect.fnUntraced(function* (folder: string) {
  const names = yield* (yield* Files).list(folder)
  return names
    .filter((name) => segmentName.test(name))
    .map((name) => at(folder, Number.parseInt(name, 10)))
})

const segmentName = new RegExp(`^\\d{${nameDigits}}\\${suffix}$`)

export const missing = (folder: string, sequence: number): Damaged =>
  new Damaged({
    place: folder,
    sequence,
    problem: "the segment that holds this sequence is missing"
  })

/** The first multiple of `sectorBytes` that is not below `bytes`. */
export const aligned = (bytes: number): number => Math.ceil(bytes / sectorBytes) * sectorBytes

/** What fills the last sector of a batch of `bytes`. */
export const fillBehind = (bytes: number): Uint8Array => fill.subarray(0, aligned(bytes) - bytes)

export const isFill = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === fillByte)

/**
 * Writes zeros over `from` to `to`. In pieces, for an append may have to wait for the one that is
 * being written.
 */
export const clear = Effect.fnUntraced(function* (file: OpenFile, from: number, to: number) {
  for (let at = from; at < to; at += pieceBytes)
    yield* file.write([zeros.subarray(0, Math.min(pieceBytes, to - at))], at)
})

const pieceBytes = 128 << 10

/** Whether `from` to `to` is zeros, after writing some there if it was not. */
export const isCleared = (file: OpenFile, from: number, to: number): Effect.Effect<boolean> => {
  const clearAndLook = Effect.andThen(clear(file, from, to), isClear(file, from, to))
  return Effect.flatMap(isClear(file, from, to), (is) =>
    is ? Effect.succeed(true) : clearAndLook
  ).pipe(Effect.orElseSucceed(() => false))
}

const isClear = Effect.fnUntraced(function* (file: OpenFile, from: number, to: number) {
  const buffer = new Uint8Array(Math.min(zeros.length, to - from))
  for (let at = from; at < to; at += buffer.length) {
    const bytes = buffer.subarray(0, yield* file.read(buffer.subarray(0, to - at), at))
    if (!isZeros(bytes)) return false
  }
  return true
})

/** For up to a megabyte. */
export const isZeros = (bytes: Uint8Array): boolean =>
  Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0

/**
 * Makes a segment of `bytes` that has all its blocks on disk and no name yet, so that later writes
 * into it change data only. Leaves nothing behind when it fails.
 */
export const prepareSpare = Effect.fnUntraced(function* (folder: string, bytes: number) {
  const files = yield* Files
  const path = join(folder, spareName)
  yield* Effect.acquireUseRelease(
    files.open(path, "create"),
    (file) => clear(file, 0, bytes),
    (file, exit) =>
      Effect.andThen(
        file.close,
        Exit.isSuccess(exit) ? Effect.void : Effect.ignore(files.remove(path))
      )
  )
  return bytes
})

/**
 * Gives the spare its name, durably. It takes the place of a segment of that name in which there is
 * no batch.
 */
export const nameSpare = Effect.fnUntraced(function* (folder: string, firstSequence: number) {
  const files = yield* Files
  const segment = at(folder, firstSequence)
  yield* files.rename(join(folder, spareName), segment.path)
  yield* files.syncFolder(folder)
  return { segment, file: yield* files.open(segment.path, "write") }
})

/** Removes what a process that was killed has left unfinished. */
export const removeLeftovers = (folder: string): Effect.Effect<void, FileProblem> =>
  Effect.gen(function* () {
    const files = yield* Files
    for (const name of yield* files.list(folder)) {
      if (name.endsWith(".tmp")) yield* files.remove(join(folder, name))
    }
  })
