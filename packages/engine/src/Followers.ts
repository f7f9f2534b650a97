/**
 * Followers at the head of the journal: wakes them, and keeps the latest batches for them in
 * memory.
 */
import { Batch } from "@pandora-exchange/core"
import { Effect } from "effect"
import { InvariantBroken } from "./invariant.ts"
import { followBatchesMax, RecentBatches } from "./RecentBatches.ts"

interface Waiting {
  readonly sequence: number
  readonly resume: () => void
}

export class Followers {
  private waiting: Array<Waiting> = []
  private readonly recent = new RecentBatches()
  /** Batches since the last time anyone followed. */
  private sinceFollowed = followBatchesMax

  /** Resolves when `sequence` is durable, or never will be in this process. */
  reached(sequence: number): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.sinceFollowed = 0
      const follower = { sequence, resume: () => resume(Effect.void) }
      this.waiting.push(follower)
      return Effect.sync(() => {
        this.waiting = this.waiting.filter((other) => other !== follower)
      })
    })
  }

  /**
   * Keeps a copy if anyone has followed recently, so that a follower near the head need not read
   * the journal. Throws if the batch is damaged because its memory was overwritten.
   */
  keep(batch: Batch.Batch): void {
    if (this.sinceFollowed++ > followBatchesMax) return this.recent.clear()
    const copy = Batch.decode(batch.bytes.slice())
    if (typeof copy === "string") {
      throw new InvariantBroken(
        `the batch at ${batch.firstSequence} changed before followers got it: ${copy}`
      )
    }
    this.recent.add(copy)
  }

  /** Batches starting with the one that contains `from`, if they are in memory. */
  recentFrom(from: number): ReadonlyArray<Batch.Batch> | undefined {
    this.sinceFollowed = 0
    return this.recent.from(from)
  }

  forget(): void {
    this.recent.clear()
  }

  wake(lastSequence: number): void {
    const { waiting } = this
    if (waiting.length === 0) return
    this.waiting = waiting.filter(({ sequence }) => sequence > lastSequence)
    for (const { resume, sequence } of waiting) if (sequence <= lastSequence) resume()
  }

  /** How to resume everyone who is waiting. */
  takeAll(): ReadonlyArray<() => void> {
    const resumes = this.waiting.map(({ resume }) => resume)
    this.waiting = []
    return resumes
  }
}
