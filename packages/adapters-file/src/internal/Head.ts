/** Finds where a journal ends, and makes certain of it. */
import * as Batch from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import type { Head } from "@pandora-exchange/core/ports/Journal"
import { Effect } from "effect"
import { Files } from "./Files.ts"
import * as Segment from "./Segment.ts"
import * as Walk from "./Walk.ts"

/** The end of a journal as it was found. */
export interface Found {
  readonly head: Head
  /** Undefined if the journal is empty. */
  readonly last: Batch.Batch | undefined
  /** Undefined if there are no segments. */
  readonly position: Walk.Position | undefined
  /** Where an unfinished batch ends that stands behind the last one. */
  readonly unfinishedEnd: number
}

/**
 * Reads the last two segments: so the link between them is checked, and one of them has the last
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
 * The head of a journal that ends with `batch`. The hash is a copy, for the batch's bytes belong to
 * whoever gave it.
 */
export const headAt = (batch: Batch.Batch): Head => ({
  lastSequence: Batch.lastSequence(batch),
  hash: new Uint8Array(batch.hash) as Batch.BatchHash
})

/**
 * The last segment, opened for writing, with what was found in it made certain, and zeros behind
 * that.
 */
export const settle = Effect.fnUntraced(function* ({ last, position }: Found, dirtyEnd: number) {
  if (position === undefined) return undefined
  const { segment, end } = position
  const file = yield* (yield* Files).open(segment.path, "write")
  return yield* Effect.gen(function* () {
    // The same bytes to the same sectors: whether they were on disk before or in memory only, they
    // are on disk now.
    if (last !== undefined && end > 0) {
      const { length } = last.bytes
      yield* file.write([last.bytes, Segment.fillBehind(length)], end - Segment.aligned(length))
    }
    yield* Segment.clear(file, end, dirtyEnd)
    return { segment, file, bytes: yield* file.size, end }
  }).pipe(Effect.onError(() => file.close))
})
