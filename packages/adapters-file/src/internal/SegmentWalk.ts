/**
 * Reads segments batch by batch, and checks every hash and every link.
 *
 * A walk keeps one file open and holds a megabyte of it, or one batch if that is longer.
 */
import * as Batch from "@pandora-exchange/core/Batch"
import { Damaged } from "@pandora-exchange/core/ports/Journal"
import { Effect } from "effect"
import { type FileProblem, Files, type OpenFile } from "./Files.ts"
import { aligned, isFill, sectorBytes, type Segment } from "./Segment.ts"
import * as Tail from "./Tail.ts"

const chunkBytes = 1 << 20

/** A position after a batch. */
export interface Position {
  readonly segment: Segment
  /** The offset of the next batch. */
  readonly end: number
}

export interface Walk {
  /** Returns the next batches, none at the end. Their bytes belong to the caller. */
  readonly next: Effect.Effect<ReadonlyArray<Batch.Batch>, Damaged | FileProblem>
  /** The position after the last batch that was returned; `undefined` if there are no segments. */
  readonly position: () => Position | undefined
  /** The end of the unfinished batch that ended the walk, if there was one. */
  readonly unfinishedEnd: () => number
  /** Brings the current segment to disk. */
  readonly sync: Effect.Effect<void, FileProblem>
  readonly close: Effect.Effect<void>
}

export interface WalkOptions {
  /** The segments to walk, in order. */
  readonly segments: ReadonlyArray<Segment>
  /**
   * Ends the walk at this position, where a complete batch must end; what follows is not examined.
   * Default: the last complete batch.
   */
  readonly until?: Position | undefined
}

export const make = Effect.fnUntraced(function* ({ segments, until }: WalkOptions) {
  const files = yield* Files
  let index = 0
  let file: OpenFile | undefined
  let size = 0
  let at = 0
  let unfinishedEnd = 0
  let link: Link = firstLink(segments[0]?.firstSequence ?? 1)

  const next: Walk["next"] = Effect.gen(function* () {
    for (; index < segments.length; index++) {
      const segment = segments[index]!
      if (file === undefined) yield* open(segment)
      const batches = yield* nextOf(file!, segment)
      if (batches.length > 0 || index === segments.length - 1) return batches
      yield* close
    }
    return []
  })

  const open = Effect.fnUntraced(function* (segment: Segment) {
    if (segment.firstSequence !== link.sequence) {
      return yield* damaged(segment, 0, "the segment before this one is missing or not whole")
    }
    file = yield* files.open(segment.path, "read")
    size = isLast(segment) ? until!.end : yield* file.size
    at = 0
  })

  const nextOf = Effect.fnUntraced(function* (file: OpenFile, segment: Segment) {
    let wanted = chunkBytes
    while (at < size) {
      const length = Math.min(wanted, size - at)
      const buffer = Buffer.allocUnsafeSlow(length)
      const bytes = buffer.subarray(0, yield* file.read(buffer, at))
      const parsed = parse(bytes, at + length === size)
      if (parsed.batches.length > 0) {
        yield* checkLinks(parsed.batches, segment)
        at += parsed.bytes
        return parsed.batches
      }
      if (parsed.nextBytes <= length || at + length === size) break
      wanted = parsed.nextBytes
    }
    yield* checkEnd(file, segment)
    return []
  })

  const checkLinks = Effect.fnUntraced(function* (
    batches: ReadonlyArray<Batch.Batch>,
    segment: Segment
  ) {
    let place = at
    let following = link
    for (const batch of batches) {
      const problem = linkProblem(following, batch)
      if (problem !== undefined) return yield* damaged(segment, place, problem)
      following = { sequence: Batch.lastSequence(batch) + 1, previousHash: batch.hash }
      place += aligned(batch.bytes.length)
    }
    link = following
  })

  const checkEnd = Effect.fnUntraced(function* (file: OpenFile, segment: Segment) {
    if (isLast(segment)) {
      if (at !== until!.end)
        return yield* damaged(segment, at, "a batch that was here is not whole any more")
      return
    }
    const tail = yield* Tail.inspect(file, at)
    if (tail._tag === "Broken") return yield* damaged(segment, tail.at, tail.problem)
    if (tail._tag === "Empty") return
    if (index < segments.length - 1)
      return yield* damaged(segment, at, "a batch in front of others is not whole")
    unfinishedEnd = tail.end
  })

  const isLast = (segment: Segment): boolean =>
    until?.segment.firstSequence === segment.firstSequence

  const damaged = (segment: Segment, place: number, problem: string): Damaged =>
    new Damaged({ place: `${segment.path} at byte ${place}`, sequence: link.sequence, problem })

  const close = Effect.suspend(() => {
    const open = file
    file = undefined
    return open === undefined ? Effect.void : open.close
  })

  return {
    next,
    close,
    position: () => (segments.length === 0 ? undefined : { segment: segments[index]!, end: at }),
    unfinishedEnd: () => unfinishedEnd,
    sync: Effect.suspend(() => (file === undefined ? Effect.void : file.sync))
  } satisfies Walk
})

interface Parsed {
  /** The complete batches at the beginning of the bytes. */
  readonly batches: ReadonlyArray<Batch.Batch>
  /** Bytes of these batches and their fill. */
  readonly bytes: number
  /** Bytes of the next batch; 0 if there is none, or none that is complete. */
  readonly nextBytes: number
}

const parse = (bytes: Uint8Array, isEndOfFile: boolean): Parsed => {
  const batches: Array<Batch.Batch> = []
  let at = 0
  const parsed = (nextBytes: number): Parsed => ({ batches, bytes: at, nextBytes })

  while (at < bytes.length) {
    const length = Batch.lengthAt(bytes, at)
    if (length === "incomplete") return parsed(sectorBytes)
    if (typeof length === "string") return parsed(0)
    const end = at + aligned(length)
    if (end > bytes.length && !(isEndOfFile && at + length <= bytes.length)) return parsed(end - at)
    const batch = Batch.decode(bytes, at)
    if (typeof batch === "string" || !isFill(bytes.subarray(at + length, end))) return parsed(0)
    batches.push(batch)
    at = end
  }
  return parsed(0)
}

/**
 * What the next batch must link to. The hash is unknown if a walk begins in the middle of a
 * journal.
 */
interface Link {
  readonly sequence: number
  readonly previousHash: Batch.BatchHash | undefined
}

const firstLink = (sequence: number): Link => ({
  sequence,
  previousHash: sequence === 1 ? Batch.genesisHash : undefined
})

const linkProblem = ({ sequence, previousHash }: Link, batch: Batch.Batch): string | undefined => {
  if (batch.firstSequence !== sequence)
    return `a batch that begins with sequence ${batch.firstSequence} stands here`
  if (batch.count < 1) return "the batch has no command in it"
  if (previousHash === undefined || Batch.sameBytes(batch.previousHash, previousHash))
    return undefined
  return "the batch does not follow on the one before it"
}
