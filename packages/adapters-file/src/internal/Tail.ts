/**
 * Examines what follows the last complete batch of a segment: nothing, a batch left unfinished by a
 * crash, or damage.
 *
 * A batch is unfinished if part of it was *provably never written*: the file ends before the batch
 * does, or one of its sectors is all zeros, which a written sector never is. Such a batch was never
 * acknowledged, because that requires all its sectors on disk. Everything else is damage:
 * - a wrong header or hash although every sector is present; one flipped bit is enough;
 * - anything after the end of the unfinished batch, and a batch after a hole;
 * - a sector with fewer bytes than any batch writes: bits that flipped in space that was never
 *   written.
 *
 * If the sector with the header is missing, the length is unknown. Everything that follows then
 * counts as part of the batch, unless it has the header of another batch.
 */
import { Effect } from "effect"
import * as Batch from "@pandora-exchange/core/Batch"
import type { OpenFile } from "./Files.ts"
import { aligned, isZeros, sectorBytes } from "./Segment.ts"

export type Tail =
  | { readonly _tag: "Empty" }
  /** Bytes before `end` may be other than zero. */
  | { readonly _tag: "Unfinished"; readonly end: number }
  | { readonly _tag: "Broken"; readonly at: number; readonly problem: string }

export const newerVersion =
  "it was written by a newer version of this software: use that version or a later one"

/**
 * A written sector has more non-zero bytes than this: it contains the codes and lengths of at least
 * two records, part of a hash, or the fill.
 */
const sparseBytesMax = 3

const chunkBytes = 1 << 20

/** Examines everything from `at`, where a batch would begin, to the end of the file. */
export const inspect = Effect.fnUntraced(function* (file: OpenFile, at: number) {
  const size = yield* file.size
  const first = yield* readAt(file, at, Math.min(sectorBytes, size - at))
  return judge(first, at, size, yield* survey(file, at, size))
})

/**
 * The findings about the sectors, with offsets in the file. An offset is `Infinity` if there is no
 * such sector; `end` is then 0.
 */
interface Survey {
  readonly firstZero: number
  readonly firstSparse: number
  /** Offset of a batch header after the first sector. */
  readonly firstHeader: number
  /** End of the last sector that is not all zeros. */
  readonly end: number
}

const survey = Effect.fnUntraced(function* (file: OpenFile, from: number, size: number) {
  let [firstZero, firstSparse, firstHeader, end] = [Infinity, Infinity, Infinity, 0]
  for (let chunkAt = from; chunkAt < size; chunkAt += chunkBytes) {
    const chunk = yield* readAt(file, chunkAt, Math.min(chunkBytes, size - chunkAt))
    if (isZeros(chunk)) {
      firstZero = Math.min(firstZero, chunkAt)
      continue
    }
    for (let i = 0; i < chunk.length; i += sectorBytes) {
      const sector = chunk.subarray(i, i + sectorBytes)
      const at = chunkAt + i
      const filled = filledBytes(sector)
      if (filled === 0) firstZero = Math.min(firstZero, at)
      else {
        end = at + sector.length
        // If the end of the file cuts a sector, only a few bytes of it may be left.
        if (filled <= sparseBytesMax && sector.length === sectorBytes)
          firstSparse = Math.min(firstSparse, at)
        if (at > from && hasHeader(Batch.lengthAt(sector, 0)))
          firstHeader = Math.min(firstHeader, at)
      }
    }
  }
  return { firstZero, firstSparse, firstHeader, end } satisfies Survey
})

const judge = (first: Uint8Array, at: number, size: number, found: Survey): Tail => {
  const broken = (at: number, problem: string): Tail => ({ _tag: "Broken", at, problem })
  const unfinished: Tail = { _tag: "Unfinished", end: found.end }

  if (found.end === 0) return { _tag: "Empty" }
  const length = Batch.lengthAt(first, 0)
  if (length === "formatTooNew") return broken(at, newerVersion)
  if (found.firstSparse !== Infinity)
    return broken(found.firstSparse, "bytes changed where nothing was ever written")
  if (typeof length === "number") {
    const end = at + aligned(length)
    if (found.end > end) return broken(end, "something stands behind a batch that is not whole")
    if (size < at + length || found.firstZero < end) return unfinished
    return broken(at, "the batch is not what its hash says")
  }
  if (found.firstZero === at) {
    return found.firstHeader === Infinity
      ? unfinished
      : broken(at, "a batch is missing in front of another")
  }
  // If the file ends within the header, the bytes that are there must be the beginning of one.
  if (
    length === "incomplete" &&
    magicBytes.subarray(0, first.length).equals(first.subarray(0, magicBytes.length))
  ) {
    return unfinished
  }
  return broken(at, "the header of the batch is damaged")
}

const magicBytes = Buffer.alloc(4)
magicBytes.writeUInt32LE(Batch.magic)

const hasHeader = (length: number | Batch.BatchProblem): boolean =>
  typeof length === "number" || length === "formatTooNew"

/** Counts the non-zero bytes, but not further than needed. */
const filledBytes = (sector: Uint8Array): number => {
  let count = 0
  for (let i = 0; i < sector.length && count <= sparseBytesMax; i++) if (sector[i] !== 0) count++
  return count
}

const readAt = Effect.fnUntraced(function* (file: OpenFile, at: number, length: number) {
  const buffer = new Uint8Array(Math.max(0, length))
  return buffer.subarray(0, yield* file.read(buffer, at))
})
