/**
 * From what is durable back to the state: the newest good snapshot, then every command after it
 * executed again, its events compared byte for byte with those in the journal.
 */
import { Batch, Ids, type Journal, Layout, SnapshotStore } from "@pandora-exchange/core"
import { Effect, Schema, Stream } from "effect"
import type { Limits } from "./Limits.ts"
import * as Snapshot from "./Snapshot.ts"
import { rulesVersion, Venue } from "./Venue.ts"

/**
 * The journal was written under other rules from `sequence` on, and no snapshot stands at its end.
 * Of earlier rules: start a build that has them once and close it, which writes that snapshot. Of
 * later ones: use a build that has them.
 */
export class RulesUnknown extends Schema.TaggedError<RulesUnknown>()("RulesUnknown", {
  sequence: Schema.Number,
  rulesVersion: Schema.Number
}) {
  override get message() {
    const found = `From sequence ${this.sequence} on, the journal was written under rules version ${this.rulesVersion}. This build has version ${rulesVersion}`
    return this.rulesVersion > rulesVersion
      ? `${found}: use a build that has version ${this.rulesVersion}.`
      : `${found}, and there is no snapshot at the end of the journal to go on from: start a build that has version ${this.rulesVersion} once and close it, which writes one; then start this build.`
  }
}

/**
 * Executing the command `sequence` again gave other events than the journal has. The same command
 * on the same state gives the same events, so either the journal or this build is wrong: an
 * operator decides.
 */
export class Diverged extends Schema.TaggedError<Diverged>()("Diverged", {
  sequence: Schema.Number
}) {
  override get message() {
    return `Executing command ${this.sequence} of the journal again gave other events than it holds: use the build that wrote it, and keep the journal as evidence`
  }
}

export type RecoveryError =
  | RulesUnknown
  | Diverged
  | Journal.Damaged
  | Journal.Unknown
  | SnapshotStore.SnapshotsUnavailable

/** A venue and the last batch that made it. */
export interface Rebuilt {
  readonly venue: Venue
  readonly head: Journal.Head
  /** Sequence of the snapshot it began with; 0 for none. */
  readonly snapshotSequence: number
  /** The rules under which its last command was executed. */
  readonly rulesVersion: number
}

export interface Sources {
  readonly read: Journal.Journal["Service"]["read"]
  readonly snapshots: SnapshotStore.SnapshotStore["Service"]
  readonly limits: Limits
  /** Told the sequence reached, for those who wait. */
  readonly onProgress?: ((sequence: number) => void) | undefined
}

/** The state as of the journal's head at the time of the call. */
export const rebuild = Effect.fn("Recovery.rebuild")(function* (sources: Sources) {
  const base = yield* newestSnapshot(sources)
  const scratch = new Batch.BatchWriter()
  let { head, rulesVersion: rulesOfHead } = base
  yield* Stream.runForEach(sources.read(Ids.Sequence(head.lastSequence + 1)), (batch) =>
    Effect.gen(function* () {
      yield* replay(base.venue, scratch, batch, head)
      head = {
        lastSequence: Batch.lastSequence(batch),
        hash: batch.hash.slice() as Batch.BatchHash
      }
      rulesOfHead = batch.rulesVersion
      sources.onProgress?.(head.lastSequence)
    })
  )
  const snapshotSequence = base.head.lastSequence
  const rebuilt: Rebuilt = { venue: base.venue, head, snapshotSequence, rulesVersion: rulesOfHead }
  return rebuilt
})

/**
 * Fails where the journal goes on from the newest snapshot under other rules. Asked before the
 * journal is claimed, so that a build that cannot open it does not fence one that can. What cannot
 * be read now is for the rebuilding to tell.
 */
export const refuseOtherRules = Effect.fnUntraced(function* ({
  read,
  snapshots
}: Pick<Sources, "read" | "snapshots">) {
  const [newest] = (yield* snapshots.list).filter(isReadable)
  const [next] = yield* Stream.runCollect(
    Stream.take(read(Ids.Sequence((newest?.sequence ?? 0) + 1)), 1)
  ).pipe(Effect.orElseSucceed(() => []))
  if (next === undefined || next.rulesVersion === rulesVersion) return
  return yield* new RulesUnknown({ sequence: next.firstSequence, rulesVersion: next.rulesVersion })
})

const isReadable = (head: SnapshotStore.SnapshotHead): boolean =>
  head.formatVersion <= Snapshot.formatVersion && head.rulesVersion <= rulesVersion

/**
 * The newest snapshot that is whole, and of no later format and rules than this build's; the
 * genesis state without one.
 */
export const newestSnapshot = Effect.fnUntraced(function* ({
  limits,
  snapshots
}: Pick<Sources, "limits" | "snapshots">) {
  for (const head of yield* snapshots.list) {
    if (!isReadable(head)) continue
    const venue = yield* loadSnapshot(snapshots, head, limits)
    const base: Journal.Head = { lastSequence: head.sequence, hash: head.batchHash }
    if (venue !== undefined) return { venue, head: base, rulesVersion: head.rulesVersion }
  }
  const genesis: Journal.Head = { lastSequence: Ids.Sequence(0), hash: Batch.genesisHash }
  return { venue: Venue.make(limits), head: genesis, rulesVersion }
})

/**
 * `undefined`, with a warning, for a damaged snapshot: the one before it and more of the journal
 * give the same state.
 */
const loadSnapshot = Effect.fnUntraced(
  function* (snapshots: Sources["snapshots"], head: SnapshotStore.SnapshotHead, limits: Limits) {
    const pieces = yield* Stream.runCollect(snapshots.load(head.sequence))
    const state = yield* Effect.try({
      try: () => Snapshot.decode(Buffer.concat(pieces), limits, head.formatVersion),
      catch: (cause) =>
        new SnapshotStore.SnapshotDamaged({
          place: `snapshot ${head.sequence}`,
          problem: String(cause)
        })
    })
    return state.sequence === head.sequence ? new Venue(state) : undefined
  },
  Effect.catchTag("SnapshotDamaged", (damaged) =>
    Effect.as(
      Effect.logWarning(
        "A snapshot is damaged; an older one and more of the journal serve instead",
        damaged
      ),
      undefined
    )
  )
)

const replay = (
  venue: Venue,
  scratch: Batch.BatchWriter,
  batch: Batch.Batch,
  head: Journal.Head
) => {
  if (batch.rulesVersion !== rulesVersion) {
    return Effect.fail(
      new RulesUnknown({ sequence: batch.firstSequence, rulesVersion: batch.rulesVersion })
    )
  }
  if (
    batch.firstSequence !== head.lastSequence + 1 ||
    !Batch.sameBytes(batch.previousHash, head.hash)
  ) {
    return Effect.fail(new Diverged({ sequence: batch.firstSequence }))
  }
  const diverged = replayBatch(venue, scratch, batch)
  return diverged === 0 ? Effect.void : Effect.fail(new Diverged({ sequence: diverged }))
}

/** The sequence of the first command whose events differ, or 0. */
const replayBatch = (venue: Venue, scratch: Batch.BatchWriter, batch: Batch.Batch): number => {
  scratch.reset()
  let sequence: number = batch.firstSequence
  try {
    for (const place of Batch.entryPlaces(batch)) {
      sequence = place.sequence
      if (!sameEvents(venue, scratch, batch, place)) return sequence
    }
    return 0
  } catch (cause) {
    // Rightly hashed and yet no command: this build did not write it.
    if (cause instanceof Layout.MalformedRecord) return sequence
    throw cause
  }
}

const sameEvents = (
  venue: Venue,
  scratch: Batch.BatchWriter,
  batch: Batch.Batch,
  place: Batch.EntryPlace
): boolean => {
  const commandAt = scratch.beginEntry(batch.bytes, place.commandAt, place.eventsAt)
  const eventsAt = scratch.at
  venue.apply(scratch, commandAt, batch.time)
  scratch.endEntry()
  return Batch.sameBytes(
    scratch.bytes.subarray(eventsAt, scratch.at),
    batch.bytes.subarray(place.eventsAt, place.end)
  )
}

/**
 * Writes a snapshot of the state at the journal's head. Reads the journal like any follower, so it
 * runs beside the leader, in another thread or process; that it executed every command to the same
 * events is the check that leader and follower agree.
 */
export const takeSnapshot = Effect.fn("Recovery.takeSnapshot")(function* (sources: Sources) {
  const rebuilt = yield* rebuild(sources)
  const { lastSequence } = rebuilt.head
  if (lastSequence !== rebuilt.snapshotSequence) yield* saveSnapshot(sources.snapshots, rebuilt)
  return lastSequence
})

/**
 * Saves the state as of `head`. A snapshot that is stored for it, which may be damaged, is
 * replaced.
 */
export const saveSnapshot = Effect.fnUntraced(function* (
  snapshots: Sources["snapshots"],
  { head, rulesVersion, venue }: Pick<Rebuilt, "head" | "rulesVersion" | "venue">
) {
  const snapshotHead: SnapshotStore.SnapshotHead = {
    sequence: head.lastSequence,
    batchHash: head.hash,
    rulesVersion,
    formatVersion: Snapshot.formatVersion
  }
  yield* snapshots.save(snapshotHead, Stream.fromIterable(Snapshot.encode(venue.state)))
})
