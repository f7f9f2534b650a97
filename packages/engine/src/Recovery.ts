/**
 * Rebuilds the state from what is durable: the newest intact snapshot, then every command after it,
 * executed again, with its events compared byte for byte with those in the journal. Without a
 * usable snapshot it starts with the state that the last change of rules wrote to the journal, or
 * with nothing if there was none.
 */
import { Batch, Ids, Journal, Layout, SnapshotStore } from "@pandora-exchange/core"
import { Effect, Schema, Stream } from "effect"
import type { Limits } from "./Limits.ts"
import { ChangeReader } from "./RulesChange.ts"
import * as Snapshot from "./Snapshot.ts"
import { rulesVersion, Venue } from "./Venue.ts"

/** Builds with earlier rules do not save a snapshot when they close. */
const firstToSaveAtClose = 2

/**
 * From `sequence` to its end, the journal is under other rules. Earlier rules: the snapshot of that
 * end is missing or damaged; a build with those rules saves one. Later rules: use a build that has
 * them.
 */
export class RulesUnknown extends Schema.TaggedError<RulesUnknown>()("RulesUnknown", {
  sequence: Schema.Number,
  rulesVersion: Schema.Number
}) {
  override get message() {
    const found = `From sequence ${this.sequence} on, the journal was written under rules version ${this.rulesVersion}. This build has version ${rulesVersion}`
    if (this.rulesVersion > rulesVersion)
      return `${found}: use a build that has version ${this.rulesVersion}.`
    const saves =
      this.rulesVersion >= firstToSaveAtClose
        ? "and close it, which saves one"
        : "with `snapshotEvery: 1` and close it when it has saved one"
    return `${found}, and there is no whole snapshot of the end of the journal to go on from: start a build that has version ${this.rulesVersion} once ${saves}; then start this build.`
  }
}

/**
 * A change to this build's rules began at `sequence` and did not complete. The snapshot of the
 * state before it, or a later one, is missing or damaged: restore it from a backup.
 */
export class RulesChangeUnfinished extends Schema.TaggedError<RulesChangeUnfinished>()(
  "RulesChangeUnfinished",
  { sequence: Schema.Number, rulesVersion: Schema.Number }
) {
  override get message() {
    return `A change of rules from version ${this.rulesVersion} to ${rulesVersion} began at sequence ${this.sequence} and was interrupted, and there is no whole snapshot of sequence ${this.sequence - 1} to go on from: restore that snapshot, or journal and snapshots together, from a backup.`
  }
}

/**
 * Executing the command `sequence` again gave other events than those in the journal. The same
 * command on the same state gives the same events, so either the journal or this build is wrong: an
 * operator has to decide.
 */
export class Diverged extends Schema.TaggedError<Diverged>()("Diverged", {
  sequence: Schema.Number
}) {
  override get message() {
    return `Executing command ${this.sequence} again produced other events than those in the journal. Use the build that wrote the journal, and keep the journal as evidence.`
  }
}

export type RecoveryError =
  | RulesUnknown
  | RulesChangeUnfinished
  | Diverged
  | Journal.Damaged
  | Journal.Unknown
  | SnapshotStore.SnapshotsUnavailable

/** A venue and the last batch it produced. */
export interface Rebuilt {
  readonly venue: Venue
  readonly head: Journal.Head
  /** Sequence of the snapshot it started with; 0 for none. */
  readonly snapshotSequence: number
  /** The rules of its state: earlier ones until a change of rules is complete. */
  readonly rulesVersion: number
}

export interface Sources {
  readonly read: Journal.Journal["Service"]["read"]
  readonly snapshots: SnapshotStore.SnapshotStore["Service"]
  readonly limits: Limits
  /** Called with the sequence reached, for progress displays. */
  readonly onProgress?: ((sequence: number) => void) | undefined
}

/** The state as of the journal's head at the time of the call. */
export const rebuild = Effect.fn("Recovery.rebuild")(function* (sources: Sources) {
  const base = yield* baseOf(sources)
  const scratch = new Batch.BatchWriter()
  let { head, rulesVersion: rulesOfHead } = base
  yield* Stream.runForEach(sources.read(Ids.Sequence(head.lastSequence + 1)), (batch) =>
    Effect.gen(function* () {
      yield* replay(base.venue, scratch, batch, head)
      head = {
        lastSequence: Batch.lastSequence(batch),
        hash: batch.hash.slice() as Batch.BatchHash
      }
      if (rulesOfHead !== rulesVersion && changesRules(batch)) rulesOfHead = rulesVersion
      sources.onProgress?.(head.lastSequence)
    })
  )
  const snapshotSequence = base.head.lastSequence
  const rebuilt: Rebuilt = { venue: base.venue, head, snapshotSequence, rulesVersion: rulesOfHead }
  return rebuilt
})

const changesRules = (batch: Batch.Batch): boolean =>
  Batch.sequencedEvents(batch).some(({ events }) =>
    events.some(({ _tag }) => _tag === "RulesChanged")
  )

/** A state to continue from. */
type Base = Pick<Rebuilt, "venue" | "head" | "rulesVersion">

/** The newest snapshot, or the state a later change of rules wrote to the journal. */
const baseOf = Effect.fnUntraced(function* (sources: Sources) {
  const newest = yield* newestSnapshot(sources)
  return (yield* goesOnUnderOtherRules(sources.read, newest.head.lastSequence))
    ? yield* carriedState(sources, newest.head.lastSequence)
    : newest
})

const goesOnUnderOtherRules = (read: Sources["read"], sequence: number) =>
  Effect.map(
    Stream.runCollect(Stream.take(read(Ids.Sequence(sequence + 1)), 1)),
    ([next]) => next !== undefined && next.rulesVersion !== rulesVersion
  )

/** The state the last change of rules after `sequence` was based on. */
const carriedState = Effect.fnUntraced(function* (
  { limits, read }: Pick<Sources, "limits" | "read">,
  sequence: number
) {
  const { carried, otherRules } = yield* lastChange(read, sequence)
  const { bytes, formatVersion, head } = carried
  const damaged = (problem: string) =>
    new Journal.Damaged({
      place: "the state in a change of rules",
      sequence: head.lastSequence + 1,
      problem
    })
  if (formatVersion > Snapshot.formatVersion)
    return yield* damaged(`format ${formatVersion} is newer than this build's`)
  const state = yield* Effect.try({
    try: () => Snapshot.decode(bytes, limits, formatVersion),
    catch: (cause) => damaged(String(cause))
  })
  if (state.sequence !== head.lastSequence)
    return yield* damaged(`it is of sequence ${state.sequence}`)
  const base: Base = { venue: new Venue(state), head, rulesVersion: otherRules.rulesVersion }
  return base
})

const lastChange = Effect.fnUntraced(function* (read: Sources["read"], sequence: number) {
  const reader = new ChangeReader()
  yield* Stream.runForEach(read(Ids.Sequence(sequence + 1)), (batch) =>
    Effect.try({
      try: () => reader.read(batch),
      catch: (cause) => {
        if (cause instanceof Layout.MalformedRecord)
          return new Diverged({ sequence: batch.firstSequence })
        throw cause
      }
    })
  )
  const { begunAt, carried, otherRules } = reader
  if (otherRules === undefined) return yield* Effect.die(new Error("no other rules were found"))
  if (carried !== undefined) return { carried, otherRules }
  const { firstSequence, rulesVersion: found } = otherRules
  return yield* begunAt === undefined || found > rulesVersion
    ? new RulesUnknown({ sequence: firstSequence, rulesVersion: found })
    : new RulesChangeUnfinished({ sequence: begunAt, rulesVersion: found })
})

/**
 * Fails if this build cannot continue because of rules other than its own. Checked before the
 * journal is claimed, so that it does not fence a build that can continue.
 *
 * Two cases are left to the rebuilding: a journal that cannot be read now, and later rules after a
 * range of this build's rules that no snapshot reports, because finding those requires reading
 * everything.
 */
export const refuseOtherRules = Effect.fnUntraced(function* ({
  read,
  snapshots
}: Pick<Sources, "read" | "snapshots">) {
  const heads = yield* snapshots.list
  const later = heads.find((head) => head.rulesVersion > rulesVersion)
  if (later !== undefined)
    return yield* new RulesUnknown({ sequence: later.sequence, rulesVersion: later.rulesVersion })
  const sequence = heads.find(isReadable)?.sequence ?? 0
  yield* Effect.gen(function* () {
    if (yield* goesOnUnderOtherRules(read, sequence)) yield* lastChange(read, sequence)
  }).pipe(Effect.catchTag(["Damaged", "Unknown", "Diverged"], () => Effect.void))
})

const isReadable = (head: SnapshotStore.SnapshotHead): boolean =>
  head.formatVersion <= Snapshot.formatVersion && head.rulesVersion <= rulesVersion

/**
 * The newest snapshot that is intact and not of a later format or later rules than this build's;
 * otherwise the genesis state.
 */
export const newestSnapshot = Effect.fnUntraced(function* ({
  limits,
  snapshots
}: Pick<Sources, "limits" | "snapshots">) {
  for (const head of yield* snapshots.list) {
    if (!isReadable(head)) continue
    const venue = yield* loadSnapshot(snapshots, head, limits)
    const base: Journal.Head = { lastSequence: head.sequence, hash: head.batchHash }
    if (venue !== undefined)
      return { venue, head: base, rulesVersion: head.rulesVersion } satisfies Base
  }
  const genesis: Journal.Head = { lastSequence: Ids.Sequence(0), hash: Batch.genesisHash }
  return { venue: Venue.make(limits), head: genesis, rulesVersion } satisfies Base
})

/**
 * Returns `undefined`, with a warning, for a damaged snapshot: the previous one and more of the
 * journal give the same state.
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
    // Correctly hashed and yet not a command: this build did not write it.
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
 * Writes a snapshot of the state at the journal's head. It reads the journal like any follower, so
 * it can run beside the leader, in another thread or process; that it produces the same events for
 * every command proves that leader and follower agree.
 */
export const takeSnapshot = Effect.fn("Recovery.takeSnapshot")(function* (sources: Sources) {
  const rebuilt = yield* rebuild(sources)
  const { lastSequence } = rebuilt.head
  if (lastSequence !== rebuilt.snapshotSequence) yield* saveSnapshot(sources.snapshots, rebuilt)
  return lastSequence
})

/**
 * Saves the state as of `head`. Replaces a snapshot already stored for it, which may be damaged.
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
