/**
 * Snapshots of the venue's state, so that recovery need not read the journal from its beginning.
 *
 * Losing them costs time, never money: the journal has everything. Only a build of later rules
 * needs one, of the journal's end, when it first opens a journal; its change of rules then puts the
 * state into the journal. Every adapter passes `SnapshotStoreSuite` of
 * `@pandora-exchange/core/testing`.
 */
import { Context, type Effect, Schema, type Stream } from "effect"
import type { BatchHash } from "../Batch.ts"
import type { Sequence } from "../Ids.ts"

/**
 * The snapshot could not be stored, for want of room or otherwise. Those stored before are as they
 * were.
 */
export class SnapshotNotSaved extends Schema.TaggedError<SnapshotNotSaved>()("SnapshotNotSaved", {
  cause: Schema.Defect()
}) {}

/**
 * The store did not answer. That tells nothing about what is stored: try again, and never take it
 * for a store without snapshots.
 */
export class SnapshotsUnavailable extends Schema.TaggedError<SnapshotsUnavailable>()(
  "SnapshotsUnavailable",
  { cause: Schema.Defect() }
) {
  override get message() {
    return `The snapshot store does not answer: ${this.cause instanceof Error ? this.cause.message : this.cause}`
  }
}

/**
 * What is stored is not what was saved. An older snapshot, or the journal alone, serves instead.
 */
export class SnapshotDamaged extends Schema.TaggedError<SnapshotDamaged>()("SnapshotDamaged", {
  place: Schema.String,
  problem: Schema.String
}) {}

/**
 * Identifies a snapshot: the state after the command `sequence`, the last of the batch with
 * `batchHash`.
 */
export interface SnapshotHead {
  readonly sequence: Sequence
  readonly batchHash: BatchHash
  readonly rulesVersion: number
  /** Version of the state's encoding. */
  readonly formatVersion: number
}

/**
 * The two newest are kept: when the newest turns out damaged, the one before it and more of the
 * journal give the same state.
 */
export const snapshotsKept = 2

export class SnapshotStore extends Context.Service<
  SnapshotStore,
  {
    /**
     * Becomes current only when complete and durable; then all but the `snapshotsKept` newest go. A
     * `sequence` that is there is replaced.
     */
    readonly save: (
      head: SnapshotHead,
      chunks: Stream.Stream<Uint8Array>
    ) => Effect.Effect<void, SnapshotNotSaved>
    /** Newest first. One whose head is damaged is left out. */
    readonly list: Effect.Effect<ReadonlyArray<SnapshotHead>, SnapshotsUnavailable>
    /**
     * The state's bytes in chunks. Ends in `SnapshotDamaged` unless all of them are exactly what
     * was saved.
     */
    readonly load: (
      sequence: Sequence
    ) => Stream.Stream<Uint8Array, SnapshotDamaged | SnapshotsUnavailable>
  }
>()("@pandora-exchange/core/SnapshotStore") {}
