/**
 * Segments, the files of a journal: batches one after the other, followed by zeros.
 *
 * A segment is named after its first sequence. Every batch begins at a multiple of `sectorBytes`,
 * and the rest of its last sector is filled with `fillByte`. No write therefore touches a sector of
 * an older batch, and a written sector is never all zeros, which is how a reader recognises one
 * that was not written.
 */
import { Damaged } from "@pandora-exchange/core/ports/Journal"
import { Effect, Exit } from "effect"
import { join } from "node:path"
import { type FileProblem, Files, type OpenFile } from "./Files.ts"

/** The number of bytes that a disk writes completely or not at all. */
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

/** Lists the segments in the order of their sequences. */
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

/** Rounds `bytes` up to a multiple of `sectorBytes`. */
export const aligned = (bytes: number): number => Math.ceil(bytes / sectorBytes) * sectorBytes

/** Returns the bytes that fill the last sector of a batch of `bytes`. */
export const fillBehind = (bytes: number): Uint8Array => fill.subarray(0, aligned(bytes) - bytes)

export const isFill = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === fillByte)

/**
 * Zeroes the file from offset `from` to `to`, in pieces, because an append may have to wait for the
 * current piece.
 */
export const clear = Effect.fnUntraced(function* (file: OpenFile, from: number, to: number) {
  for (let at = from; at < to; at += pieceBytes)
    yield* file.write([zeros.subarray(0, Math.min(pieceBytes, to - at))], at)
})

const pieceBytes = 128 << 10

/** Returns whether `from` to `to` was all zeros. If not, it zeroes part of it. */
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

/** Supports up to a megabyte. */
export const isZeros = (bytes: Uint8Array): boolean =>
  Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0

/**
 * Creates a segment of `bytes` without a name. All its blocks are on disk, so later writes change
 * only data. Leaves nothing behind if it fails.
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
 * Gives the spare segment its name, durably. It replaces a segment of that name that contains no
 * batch.
 */
export const nameSpare = Effect.fnUntraced(function* (folder: string, firstSequence: number) {
  const files = yield* Files
  const segment = at(folder, firstSequence)
  yield* files.rename(join(folder, spareName), segment.path)
  yield* files.syncFolder(folder)
  return { segment, file: yield* files.open(segment.path, "write") }
})

/** Removes unfinished files of a process that was killed. */
export const removeLeftovers = (folder: string): Effect.Effect<void, FileProblem> =>
  Effect.gen(function* () {
    const files = yield* Files
    for (const name of yield* files.list(folder)) {
      if (name.endsWith(".tmp")) yield* files.remove(join(folder, name))
    }
  })
