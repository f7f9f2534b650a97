/**
 * Those who follow the journal at its head: wakes them, and keeps the latest batches for them in
 * memory.
 */
import { Batch } from "@pandora-exchange/core"
import { Effect } from "effect"

/** Batches that a follower gets at a time, and that are kept. */
export const followBatchesMax = 64

interface Waiting {
  readonly sequence: number
  readonly resume: () => void
}

export class Followers {
  private waiting: Array<Waiting> = []
  private recent: Array<Batch.Batch> = []
  /** Batches since anyone has followed. */
  private sinceFollowed = followBatchesMax

  /** When `sequence` is durable, or never will be in this process. */
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
   * Keeps a copy, as long as anyone has followed lately: a follower near the head need not read the
   * journal.
   */
  keep(batch: Batch.Batch): void {
    if (this.sinceFollowed++ > followBatchesMax) {
      if (this.recent.length > 0) this.recent = []
      return
    }
    this.recent.push(Batch.decode(batch.bytes.slice()) as Batch.Batch)
    if (this.recent.length > followBatchesMax) this.recent.shift()
  }

  /** Batches from the one that holds `from`, if they are in memory. */
  recentFrom(from: number): ReadonlyArray<Batch.Batch> | undefined {
    this.sinceFollowed = 0
    const first = this.recent.findIndex((batch) => from <= Batch.lastSequence(batch))
    return first === -1 || this.recent[first]!.firstSequence > from ? undefined : this.recent.slice(first)
  }

  forget(): void {
    this.recent = []
  }

  wake(lastSequence: number): void {
    const { waiting } = this
    if (waiting.length === 0) return
    this.waiting = waiting.filter(({ sequence }) => sequence > lastSequence)
    for (const { resume, sequence } of waiting) if (sequence <= lastSequence) resume()
  }

  /** How to resume everyone who waits now. */
  takeAll(): ReadonlyArray<() => void> {
    const resumes = this.waiting.map(({ resume }) => resume)
    this.waiting = []
    return resumes
  }
}
