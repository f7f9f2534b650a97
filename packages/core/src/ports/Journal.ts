/**
 * The journal: every command of the venue and its events, in order, forever.
 *
 * One leader at a time appends. A claim takes the next epoch, after which batches of earlier epochs
 * are refused. Every adapter passes `JournalSuite` of `@pandora-exchange/core/testing`.
 */
import { Context, type Effect, Schema, type Stream } from "effect"
import type { Batch, BatchHash } from "../Batch.ts"
import type { Epoch, Sequence } from "../Ids.ts"

/**
 * A later epoch was claimed, or the head is not directly before this batch. Nothing was written.
 */
export class Fenced extends Schema.TaggedError<Fenced>()("Fenced", {
  epoch: Schema.Number,
  firstSequence: Schema.Number
}) {}

/** There is no space. Nothing was written; the same batch may be appended again once there is. */
export class Full extends Schema.TaggedError<Full>()("Full", { cause: Schema.Defect() }) {}

/**
 * The data at `place` differs from what was written. Never retry and never skip: an operator has to
 * decide.
 */
export class Damaged extends Schema.TaggedError<Damaged>()("Damaged", {
  /** The file and offset, or the row. */
  place: Schema.String,
  /** The sequence expected there. */
  sequence: Schema.Number,
  problem: Schema.String
}) {
  override get message() {
    return `The journal is damaged at ${this.place} (sequence ${this.sequence}): ${this.problem}. Nothing was skipped or changed. Restore it from a backup.`
  }
}

/** No answer arrived: the write may or may not have succeeded. Claim, then read, to find out. */
export class Unknown extends Schema.TaggedError<Unknown>()("Unknown", { cause: Schema.Defect() }) {}

export type AppendError = Fenced | Full | Damaged | Unknown

/** The last durable batch; sequence 0 and the genesis hash if there is none. */
export interface Head {
  readonly lastSequence: Sequence
  readonly hash: BatchHash
}

export interface Claim {
  readonly epoch: Epoch
  readonly head: Head
}

export class Journal extends Context.Service<
  Journal,
  {
    /**
     * Takes the next epoch. From now on batches of earlier epochs are `Fenced`, even if they arrive
     * late.
     */
    readonly claim: Effect.Effect<Claim, Damaged | Unknown>
    /**
     * Durable once it succeeds; stores the whole batch or nothing. `Fenced` unless `batch.epoch` is
     * the claimed one, its first sequence follows the head, and its previous hash is the head's. An
     * interruption counts as `Unknown`.
     */
    readonly append: (batch: Batch) => Effect.Effect<void, AppendError>
    /**
     * Reads every durable batch, from the one that contains `from` (at least 1) to the head at the
     * start of the read. Checks each hash and each link; ends with `Damaged` at the first mismatch,
     * and skips nothing.
     */
    readonly read: (from: Sequence) => Stream.Stream<Batch, Damaged | Unknown>
  }
>()("@pandora-exchange/core/Journal") {}
