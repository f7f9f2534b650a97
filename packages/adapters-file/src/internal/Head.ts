/** Finds the end of a journal and makes sure that it is durable. */
import * as Batch from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import type { Head } from "@pandora-exchange/core/ports/Journal"
import { Effect } from "effect"
import { Files } from "./Files.ts"
import * as Segment from "./Segment.ts"
import * as Walk from "./SegmentWalk.ts"

/** The end of a journal as it was found. */
export interface Found {
  readonly head: Head
  /** Undefined if the journal is empty. */
  readonly last: Batch.Batch | undefined
  /** Undefined if there are no segments. */
  readonly position: Walk.Position | undefined
  /** The end of an unfinished batch after the last complete one. */
  readonly unfinishedEnd: number
}

/**
 * Reads the last two segments: this checks the link between them, and one of them contains the last
 * batch.
 */
export const find = Effect.fnUntraced(function* (folder: string) {
  const segments = (yield* Segment.list(folder)).slice(-2)
  const walk = yield* Walk.make({ segments })
  const last = yield* Effect.ensuring(lastBatch(walk), walk.close)
  const firstSequence = segments[0]?.firstSequence ?? 1
  if (last === undefined && firstSequence !== 1)
    return yield* Segment.missing(folder, firstSequence - 1)
  return {
    head:
      last === undefined ? { lastSequence: Sequence(0), hash: Batch.genesisHash } : headAt(last),
    last,
    position: walk.position(),
    unfinishedEnd: walk.unfinishedEnd()
  } satisfies Found
})

const lastBatch = Effect.fnUntraced(function* (walk: Walk.Walk) {
  let last: Batch.Batch | undefined
  for (let batches = yield* walk.next; batches.length > 0; batches = yield* walk.next)
    last = batches.at(-1)
  return last
})

/**
 * Returns the head of a journal that ends with `batch`. Copies the hash, because the batch's bytes
 * belong to the caller.
 */
export const headAt = (batch: Batch.Batch): Head => ({
  lastSequence: Batch.lastSequence(batch),
  hash: new Uint8Array(batch.hash) as Batch.BatchHash
})

/** Opens the last segment for writing, makes its contents durable, and zeroes the rest. */
export const settle = Effect.fnUntraced(function* ({ last, position }: Found, dirtyEnd: number) {
  if (position === undefined) return undefined
  const { segment, end } = position
  const file = yield* (yield* Files).open(segment.path, "write")
  return yield* Effect.gen(function* () {
    // Write the same bytes to the same sectors. Whether they were on disk before or only in memory,
    // they are on disk now.
    if (last !== undefined && end > 0) {
      const { length } = last.bytes
      yield* file.write([last.bytes, Segment.fillBehind(length)], end - Segment.aligned(length))
    }
    yield* Segment.clear(file, end, dirtyEnd)
    return { segment, file, bytes: yield* file.size, end }
  }).pipe(Effect.onError(() => file.close))
})
