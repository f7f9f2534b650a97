/** Segments as streams of batches. */
import * as Batch from "@pandora-exchange/core/Batch"
import type { Sequence } from "@pandora-exchange/core/Ids"
import { type Damaged, Unknown } from "@pandora-exchange/core/ports/Journal"
import { Array as Arr, Cause, Effect, Result, type Scope, Stream } from "effect"
import type { FileProblem } from "./Files.ts"
import * as Segment from "./Segment.ts"
import * as Walk from "./SegmentWalk.ts"

type Batches = ReadonlyArray<Batch.Batch>

/** Reads from the batch that contains `from` to a position where a batch must end. */
export const readUntil = (
  folder: string,
  from: Sequence,
  until: Walk.Position
): Stream.Stream<Batch.Batch, Damaged | Unknown> =>
  streamOf(
    from,
    Effect.gen(function* () {
      const segments = yield* Segment.list(folder)
      const last = segments.findIndex(
        ({ firstSequence }) => firstSequence === until.segment.firstSequence
      )
      if (last < 0) return yield* Segment.missing(folder, until.segment.firstSequence)
      const walk = yield* walkFrom(from, folder, segments.slice(0, last + 1), until)
      return walk.next
    })
  )

/**
 * Reads from the batch that contains `from` to the last complete batch, which is on disk when it is
 * returned.
 */
export const readWhatIsThere = (
  folder: string,
  from: Sequence
): Stream.Stream<Batch.Batch, Damaged | Unknown> =>
  streamOf(
    from,
    Effect.gen(function* () {
      const walk = yield* walkFrom(from, folder, yield* Segment.list(folder))
      const next = Effect.result(Effect.retry(walk.next, { times: looksMax, while: looksAgain }))
      // A batch with another one after it is on disk. The last one is held back until it is certain
      // to be the last.
      let held: Batches = []
      let end: Result.Result<Batches, Damaged | FileProblem> | undefined
      return Effect.gen(function* () {
        while (end === undefined) {
          const found = yield* next
          const batches = Result.getOrElse(found, (): Batches => [])
          if (batches.length === 0) {
            end = found
            if (held.length > 0) yield* walk.sync
          }
          const given = [...held, ...batches.slice(0, -1)]
          held = batches.slice(-1)
          if (given.length > 0) return given
        }
        return yield* Effect.fromResult(end)
      })
    })
  )

// A batch that is being written can look damaged while the system copies it.
const looksMax = 40
const pauseMs = 5

const looksAgain = ({ _tag }: Damaged | FileProblem) =>
  _tag === "Damaged" ? Effect.as(pause, true) : Effect.succeed(false)

/** Waits in the machine's time, which is not the venue's time. */
const pause = Effect.callback<void>((resume) => {
  const timer = setTimeout(() => resume(Effect.void), pauseMs)
  return Effect.sync(() => clearTimeout(timer))
})

/** Starts a walk at the segment that contains `from`. */
const walkFrom = Effect.fnUntraced(function* (
  from: Sequence,
  folder: string,
  segments: ReadonlyArray<Segment.Segment>,
  until?: Walk.Position
) {
  const first = segments.findLastIndex(({ firstSequence }) => firstSequence <= Math.max(from, 1))
  if (first < 0 && segments.length > 0) return yield* Segment.missing(folder, from)
  const make = Walk.make({ segments: segments.slice(Math.max(first, 0)), until })
  return yield* Effect.acquireRelease(make, (walk) => walk.close)
})

/** Returns everything that `next` returns, without the batches that end before `from`. */
const streamOf = (
  from: Sequence,
  open: Effect.Effect<
    Effect.Effect<Batches, Damaged | FileProblem>,
    Damaged | FileProblem,
    Scope.Scope
  >
): Stream.Stream<Batch.Batch, Damaged | Unknown> =>
  Stream.fromPull(
    Effect.map(open, (next) =>
      Effect.gen(function* () {
        while (true) {
          const batches = yield* next
          if (batches.length === 0) return yield* Cause.done()
          const wanted = batches.filter((batch) => Batch.lastSequence(batch) >= from)
          if (Arr.isReadonlyArrayNonEmpty(wanted)) return wanted
        }
      })
    )
  ).pipe(
    Stream.scoped,
    Stream.catchTag("FileProblem", (cause) => Stream.fail(new Unknown({ cause })))
  )
