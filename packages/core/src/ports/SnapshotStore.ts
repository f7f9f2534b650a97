/**
 * Snapshots of the venue's state, so that recovery need not read the journal from the beginning.
 *
 * Losing them costs time, never money: the journal has everything. Only a build with later rules
 * needs a snapshot of the journal's end, when it first opens a journal; its change of rules then
 * writes the state to the journal. Every adapter passes `SnapshotStoreSuite` of
 * `@pandora-exchange/core/testing`.
 */
import { Context, type Effect, Schema, type Stream } from "effect"
import type { BatchHash } from "../Batch.ts"
import type { Sequence } from "../Ids.ts"

/**
 * The snapshot could not be stored, for lack of space or another reason. Earlier snapshots are
 * unaffected.
 */
export class SnapshotNotSaved extends Schema.TaggedError<SnapshotNotSaved>()("SnapshotNotSaved", {
  cause: Schema.Defect()
}) {}

/**
 * The store did not respond. This says nothing about its contents: retry, and never treat it as a
 * store without snapshots.
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
 * The stored data differs from what was saved. An older snapshot, or the journal alone, serves
 * instead.
 */
export class SnapshotDamaged extends Schema.TaggedError<SnapshotDamaged>()("SnapshotDamaged", {
  place: Schema.String,
  problem: Schema.String
}) {}

/**
 * Identifies a snapshot: the state after the command `sequence`, the last one of the batch with
 * `batchHash`.
 */
export interface SnapshotHead {
  readonly sequence: Sequence
  readonly batchHash: BatchHash
  readonly rulesVersion: number
  /** The version of the state's encoding. */
  readonly formatVersion: number
}

/**
 * The two newest are kept: if the newest turns out to be damaged, the previous one and more of the
 * journal give the same state.
 */
export const snapshotsKept = 2

export class SnapshotStore extends Context.Service<
  SnapshotStore,
  {
    /**
     * Becomes current only once it is complete and durable; then all but the `snapshotsKept` newest
     * are deleted. An existing snapshot with the same `sequence` is replaced.
     */
    readonly save: (
      head: SnapshotHead,
      chunks: Stream.Stream<Uint8Array>
    ) => Effect.Effect<void, SnapshotNotSaved>
    /** Newest first. Snapshots with a damaged head are omitted. */
    readonly list: Effect.Effect<ReadonlyArray<SnapshotHead>, SnapshotsUnavailable>
    /**
     * The bytes of the state in chunks. Ends with `SnapshotDamaged` unless all of them are exactly
     * what was saved.
     */
    readonly load: (
      sequence: Sequence
    ) => Stream.Stream<Uint8Array, SnapshotDamaged | SnapshotsUnavailable>
  }
>()("@pandora-exchange/core/SnapshotStore") {}
