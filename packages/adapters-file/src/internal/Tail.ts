/**
 * What stands behind the last whole batch of a segment: nothing, a batch that a crash left
 * unfinished, or damage.
 *
 * A batch is unfinished if it is *provably not written in part*: the file ends before it does, or
 * one of its sectors is all zeros, which no sector is that was written. It was then never
 * acknowledged, for that needs all its sectors on disk. Everything else is damage:
 * - a header or hash that is wrong though every sector is there, and one bit flipped is enough;
 * - anything behind the end of the unfinished batch, and a batch behind a hole;
 * - a sector with less in it than any batch puts there: bits that turned in space that was never
 *   written.
 *
 * Where the sector with the header is missing, so is the length: then all that follows counts as
 * part of the batch, unless it has the header of another.
 */
import { Effect } from "effect"
import * as Batch from "@pandora-exchange/core/Batch"
import type { OpenFile } from "./Files.ts"
import { aligned, isZeros, sectorBytes } from "./Segment.ts"

export type Tail =
  | { readonly _tag: "Empty" }
  /** Up to `end` it may be other than zero. */
  | { readonly _tag: "Unfinished"; readonly end: number }
  | { readonly _tag: "Broken"; readonly at: number; readonly problem: string }

export const newerVersion =
  "it was written by a newer version of this software: use that version or a later one"

/**
 * A written sector has more bytes that are not zero than this: it holds the codes and lengths of at
 * least two records, a part of a hash, or the fill.
 */
const sparseBytesMax = 3

const chunkBytes = 1 << 20

/** Looks at all from `at`, where a batch should begin, to the end of the file. */
export const inspect = Effect.fnUntraced(function* (file: OpenFile, at: number) {
  const size = yield* file.size
  const first = yield* readAt(file, at, Math.min(sectorBytes, size - at))
  return judge(first, at, size, yield* survey(file, at, size))
})

/**
 * What was found in the sectors. Offsets are the file's; those of sectors that were not met are
 * `Infinity`, `end` then 0.
 */
interface Survey {
  readonly firstZero: number
  readonly firstSparse: number
  /** Of a batch behind the first sector. */
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
        // Of a sector that the end of the file cuts there may be a few bytes only.
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
  // The file ends within the header: as much as is there has to be the beginning of one.
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

/** Number of bytes that are not zero, counted no further than is of interest. */
const filledBytes = (sector: Uint8Array): number => {
  let count = 0
  for (let i = 0; i < sector.length && count <= sparseBytesMax; i++) if (sector[i] !== 0) count++
  return count
}

const readAt = Effect.fnUntraced(function* (file: OpenFile, at: number, length: number) {
  const buffer = new Uint8Array(Math.max(0, length))
  return buffer.subarray(0, yield* file.read(buffer, at))
})
