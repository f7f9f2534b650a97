/**
 * The journal: what the venue was asked and what came of it, in order, for ever.
 *
 * One leader at a time appends. Whoever claims takes the next epoch, and batches of earlier epochs
 * are refused from then on. Every adapter passes `JournalSuite` of
 * `@pandora-exchange/core/testing`.
 */
import { Context, type Effect, Schema, type Stream } from "effect"
import type { Batch, BatchHash } from "../Batch.ts"
import type { Epoch, Sequence } from "../Ids.ts"

/** Another epoch was claimed, or the head is not just before this batch. Nothing was written. */
export class Fenced extends Schema.TaggedError<Fenced>()("Fenced", {
  epoch: Schema.Number,
  firstSequence: Schema.Number
}) {}

/** There is no room. Nothing was written; the same batch may be appended again when there is. */
export class Full extends Schema.TaggedError<Full>()("Full", { cause: Schema.Defect() }) {}

/**
 * What is stored at `place` is not what was written. Never retry, never skip: an operator decides.
 */
export class Damaged extends Schema.TaggedError<Damaged>()("Damaged", {
  /** The file and offset, or the row. */
  place: Schema.String,
  /** The sequence that should stand there. */
  sequence: Schema.Number,
  problem: Schema.String
}) {
  override get message() {
    return `The journal is damaged at ${this.place} (sequence ${this.sequence}): ${this.problem}. Nothing was skipped or changed. Restore it from a backup.`
  }
}

/** No answer came: a write may or may not have landed. Claim, then read, to find out. */
export class Unknown extends Schema.TaggedError<Unknown>()("Unknown", { cause: Schema.Defect() }) {}

export type AppendError = Fenced | Full | Damaged | Unknown

/** The last batch that is durable. Sequence 0 and the genesis hash where there is none. */
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
     * Takes the next epoch. From now on batches of earlier epochs are `Fenced`, also those that
     * arrive late.
     */
    readonly claim: Effect.Effect<Claim, Damaged | Unknown>
    /**
     * Durable when it succeeds; the whole batch or nothing. `Fenced` unless `batch.epoch` is the
     * claimed one, its first sequence follows the head, and its previous hash is the head's.
     * Interrupted counts as `Unknown`.
     */
    readonly append: (batch: Batch) => Effect.Effect<void, AppendError>
    /**
     * Every durable batch from the one that holds `from` (at least 1) to the head as it is when the
     * read begins. Checks each hash and each link; ends in `Damaged` at the first that is wrong,
     * and skips nothing.
     */
    readonly read: (from: Sequence) => Stream.Stream<Batch, Damaged | Unknown>
  }
>()("@pandora-exchange/core/Journal") {}
