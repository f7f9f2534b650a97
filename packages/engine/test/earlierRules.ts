/** What a build with earlier rules left behind, and how this build opens it. */
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { Batch, Command, Ids, type Journal, SnapshotStore } from "@pandora-exchange/core"
import { Context, Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { type Options, Sequencer } from "../src/Sequencer.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { Venue } from "../src/Venue.ts"
import * as FaultyJournal from "./FaultyJournal.ts"
import { journalFile, snapshotFile } from "./golden/files.ts"
import { ada, market, order, quote, start, terms } from "./venueWith.ts"

export const earlierRules = 1

export const batchesOf = (bytes: Uint8Array): ReadonlyArray<Batch.Batch> => {
  const found: Array<Batch.Batch> = []
  for (let at = 0; at < bytes.length; at += found.at(-1)!.bytes.length) {
    found.push(Batch.decode(bytes, at) as Batch.Batch)
  }
  return found
}

export interface Left {
  readonly store: MemoryJournal.Store
  readonly snapshots: MemorySnapshotStore.Store
  /** Where earlier rules end. */
  readonly head: Journal.Head
  readonly time: number
}

const left = (
  batches: ReadonlyArray<Batch.Batch>,
  state: ReadonlyArray<Uint8Array>,
  formatVersion: number
): Left => {
  const last = batches.at(-1)!
  const head = { lastSequence: Batch.lastSequence(last), hash: last.hash }
  const store = MemoryJournal.makeStore()
  store.batches.push(...batches.map(({ bytes, firstSequence }) => ({ bytes, firstSequence })))
  store.head = head
  const snapshots = MemorySnapshotStore.makeStore()
  const ofHead: SnapshotStore.SnapshotHead = {
    sequence: head.lastSequence,
    batchHash: head.hash,
    rulesVersion: earlierRules,
    formatVersion
  }
  snapshots.snapshots = [{ head: ofHead, chunks: state }]
  return { store, snapshots, head, time: last.time }
}

/** Written by a build with rules 1 that was closed. */
export const recorded = (): Left =>
  left(
    batchesOf(gunzipSync(readFileSync(journalFile(earlierRules)))),
    [gunzipSync(readFileSync(snapshotFile(earlierRules)))],
    1
  )

/** Where its order is due, which is after its head's time. */
export const dueAt = start + 1

/** Its state takes two batches, and contains an order that is due. */
export const large = (): Left => {
  const out = new Batch.BatchWriter()
  const venue = Venue.make()
  const scratch = new Uint8Array(1_024)
  const commands: ReadonlyArray<Command.Command> = [
    { _tag: "ListAsset", scale: 1, symbol: "B" },
    { _tag: "ListAsset", scale: 0, symbol: "Q" },
    { _tag: "ListMarket", ...terms },
    ...Array.from({ length: 20_000 }, (_, i) => ({
      _tag: "OpenAccount" as const,
      kind: "user" as const,
      reference: String(i).padStart(64, "0")
    })),
    { _tag: "Credit", accountId: ada, assetId: quote, amount: 1_000n, reference: "" },
    order(ada, "buy", 100, 1, { marketId: market, timeInForce: "GTD", deadline: dueAt })
  ]
  for (const command of commands) {
    const end = Command.encode(Batch.viewOf(scratch), 0, command)
    venue.apply(out, out.beginEntry(scratch, 0, end), start)
    out.endEntry()
  }
  const batch = out.seal({
    epoch: Ids.Epoch(1),
    firstSequence: Ids.Sequence(1),
    time: start,
    rulesVersion: earlierRules,
    previousHash: Batch.genesisHash
  })
  return left([batch], [...Snapshot.encode(venue.state)], Snapshot.formatVersion)
}

/** As if `count` batches had been appended after the end of the earlier rules, and nothing else. */
export const cutAfter = ({ head, snapshots, store, time }: Left, count: number): Left => {
  const first = store.batches.findIndex(({ firstSequence }) => firstSequence > head.lastSequence)
  const batches = store.batches.slice(0, first + count)
  const last = Batch.decode(batches.at(-1)!.bytes) as Batch.Batch
  return {
    store: {
      epoch: store.epoch,
      head: { lastSequence: Batch.lastSequence(last), hash: last.hash },
      batches
    },
    snapshots: { snapshots: snapshots.snapshots },
    head,
    time
  }
}

export const withoutSnapshots = (left: Left): Left => ({
  ...left,
  snapshots: MemorySnapshotStore.makeStore()
})

/** Every snapshot is shorter than what was saved. */
export const withDamagedSnapshots = (left: Left): Left => ({
  ...left,
  snapshots: {
    snapshots: left.snapshots.snapshots.map(({ chunks, head }) => ({
      head,
      chunks: [chunks[0]!.subarray(0, 90)]
    }))
  }
})

/** Batches behind the end of earlier rules. */
export const after = ({ head, store }: Left): ReadonlyArray<Batch.Batch> =>
  store.batches
    .filter(({ firstSequence }) => firstSequence > head.lastSequence)
    .map(({ bytes }) => Batch.decode(bytes) as Batch.Batch)

/** What a snapshot store may fail to do, and how often. */
export interface Failures {
  lists: number
  saves: number
}

const failing = (stored: MemorySnapshotStore.Store, failures: Failures) =>
  Layer.effect(
    SnapshotStore.SnapshotStore,
    Effect.map(Layer.build(MemorySnapshotStore.layerOf(stored)), (context) => {
      const store = Context.get(context, SnapshotStore.SnapshotStore)
      return SnapshotStore.SnapshotStore.of({
        ...store,
        list: Effect.suspend(() =>
          failures.lists-- > 0
            ? Effect.fail(new SnapshotStore.SnapshotsUnavailable({ cause: "no answer" }))
            : store.list
        ),
        save: (head, chunks) =>
          failures.saves-- > 0
            ? Effect.andThen(
                Stream.runDrain(chunks),
                Effect.fail(new SnapshotStore.SnapshotNotSaved({ cause: "no room" }))
              )
            : store.save(head, chunks)
      })
    })
  )

/** Opens what is left, at the time it was left or later, for the duration of `use`. */
export const opened = <A, E>(
  { snapshots, store, time }: Left,
  use: (sequencer: Sequencer["Service"]) => Effect.Effect<A, E, FaultyJournal.Switch>,
  { failures = { lists: 0, saves: 0 }, ...options }: Options & { readonly failures?: Failures } = {}
) =>
  Effect.andThen(
    TestClock.setTime(time),
    Effect.flatMap(Sequencer, use).pipe(
      Effect.provide(
        Sequencer.layer(options).pipe(
          Layer.provide(FaultyJournal.layer),
          Layer.provide(failing(snapshots, failures)),
          Layer.provideMerge(FaultyJournal.layerSwitch(store))
        ),
        { local: true }
      )
    )
  )

export const stateHash = (sequencer: Sequencer["Service"]) =>
  Effect.map(sequencer.read(Snapshot.hashOf), ({ value }) => value)

export const openAnAccount = (sequencer: Sequencer["Service"]) =>
  sequencer.submit({ _tag: "OpenAccount", kind: "user", reference: "new" })
