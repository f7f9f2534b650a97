import { assert, describe, it } from "@effect/vitest"
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { Batch, type Event, Ids, SnapshotStore } from "@pandora-exchange/core"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { Sequencer } from "../src/Sequencer.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { rulesVersion } from "../src/Venue.ts"
import * as FaultyJournal from "./FaultyJournal.ts"
import { journalFile, snapshotFile } from "./golden/files.ts"

const batchesOf = (bytes: Uint8Array): ReadonlyArray<Batch.Batch> => {
  const found: Array<Batch.Batch> = []
  for (let at = 0; at < bytes.length; at += found.at(-1)!.bytes.length) {
    found.push(Batch.decode(bytes, at) as Batch.Batch)
  }
  return found
}

/** What a build of rules 1 has left behind, with a snapshot at the end if it was closed. */
const leftByRules1 = (closed: boolean) => {
  const batches = batchesOf(gunzipSync(readFileSync(journalFile(1))))
  const last = batches.at(-1)!
  const head = { lastSequence: Batch.lastSequence(last), hash: last.hash }
  const store = MemoryJournal.makeStore()
  store.batches.push(...batches.map(({ bytes, firstSequence }) => ({ bytes, firstSequence })))
  store.head = head
  const snapshots = MemorySnapshotStore.makeStore()
  const ofHead: SnapshotStore.SnapshotHead = {
    sequence: head.lastSequence,
    batchHash: head.hash,
    rulesVersion: 1,
    formatVersion: 1
  }
  if (closed)
    snapshots.snapshots = [{ head: ofHead, chunks: [gunzipSync(readFileSync(snapshotFile(1)))] }]
  return { store, snapshots, head, time: last.time }
}
type Left = ReturnType<typeof leftByRules1>

/** Its snapshots cannot be listed as often as `failures` says. */
const listedAfter = (stored: MemorySnapshotStore.Store, failures: { left: number }) =>
  Layer.effect(
    SnapshotStore.SnapshotStore,
    Effect.map(Layer.build(MemorySnapshotStore.layerOf(stored)), (context) => {
      const store = Context.get(context, SnapshotStore.SnapshotStore)
      const list = Effect.suspend(() =>
        failures.left-- > 0
          ? Effect.fail(new SnapshotStore.SnapshotsUnavailable({ cause: "no answer" }))
          : store.list
      )
      return { ...store, list }
    })
  )

const opened = <A, E>(
  { snapshots, store, time }: Left,
  use: (sequencer: Sequencer["Service"]) => Effect.Effect<A, E, FaultyJournal.Switch>,
  failures = { left: 0 }
) =>
  Effect.andThen(
    TestClock.setTime(time),
    Effect.flatMap(Sequencer, use).pipe(
      Effect.provide(
        Sequencer.layer().pipe(
          Layer.provide(FaultyJournal.layer),
          Layer.provide(listedAfter(snapshots, failures)),
          Layer.provideMerge(FaultyJournal.layerSwitch(store))
        ),
        { local: true }
      )
    )
  )

const stateHash = (sequencer: Sequencer["Service"]) =>
  Effect.map(sequencer.read(Snapshot.hashOf), ({ value }) => value)

const openAnAccount = (sequencer: Sequencer["Service"]) =>
  sequencer.submit({ _tag: "OpenAccount", kind: "user", reference: "new" })

const firstAfter = ({ head, store }: Left) => {
  const batch = batchesOf(
    store.batches.find(({ firstSequence }) => firstSequence === head.lastSequence + 1)!.bytes
  )[0]!
  return { rulesVersion: batch.rulesVersion, entry: Batch.entries(batch)[0]! }
}

describe("a change of rules", () => {
  it.effect(
    "is the first command of a build on a journal of earlier rules that was closed, and made once",
    () =>
      Effect.gen(function* () {
        const left = leftByRules1(true)
        const hash = yield* opened(left, (sequencer) =>
          Effect.gen(function* () {
            const { sequence } = yield* openAnAccount(sequencer)
            assert.strictEqual(sequence, left.head.lastSequence + 2)
            return yield* stateHash(sequencer)
          })
        )
        const first = firstAfter(left)
        assert.strictEqual(first.rulesVersion, rulesVersion)
        assert.deepStrictEqual(first.entry.command, { _tag: "ChangeRules", rulesVersion })
        assert.deepStrictEqual(first.entry.events.at(-1), {
          _tag: "RulesChanged",
          rulesVersion
        } as Event.Event)

        const batches = left.store.batches.length
        assert.strictEqual(yield* opened(left, stateHash), hash)
        assert.strictEqual(left.store.batches.length, batches)
      })
  )

  it.effect("is made without waiting for a command", () =>
    Effect.gen(function* () {
      const left = leftByRules1(true)
      yield* opened(left, (sequencer) =>
        sequencer.batches(Ids.Sequence(left.head.lastSequence + 1))
      )
      assert.strictEqual(firstAfter(left).entry.command._tag, "ChangeRules")
    })
  )

  it.effect(
    "comes first again after its batch was lost, and is not made twice after one that landed unanswered",
    () =>
      Effect.gen(function* () {
        for (const fault of ["vanishes", "landsUnanswered", "full"] as const) {
          const left = leftByRules1(true)
          yield* opened(left, (sequencer) =>
            Effect.gen(function* () {
              const { faults } = yield* FaultyJournal.Switch
              faults.push(fault)
              yield* TestClock.adjust(60_000)
              yield* Effect.retry(openAnAccount(sequencer), { times: 1_000 })
            })
          )
          const after = left.store.batches.filter(
            ({ firstSequence }) => firstSequence > left.head.lastSequence
          )
          const commands = after.flatMap(({ bytes }) =>
            Batch.entries(batchesOf(bytes)[0]!).map(({ command }) => command._tag)
          )
          assert.strictEqual(commands[0], "ChangeRules", fault)
          assert.strictEqual(commands.filter((tag) => tag === "ChangeRules").length, 1, fault)
        }
      })
  )

  it.effect(
    "error: a journal that was not closed names the rules of the build to start once, and nothing is written",
    () =>
      Effect.gen(function* () {
        const left = leftByRules1(false)
        const batches = left.store.batches.length
        const failure = yield* Effect.flip(opened(left, stateHash))
        assert.deepInclude({ ...failure }, { _tag: "RulesUnknown", sequence: 1, rulesVersion: 1 })
        assert.include(failure.message, "start a build that has version 1 once and close it")
        assert.strictEqual(left.store.batches.length, batches)
        // Who leads it still leads it.
        assert.strictEqual(left.store.epoch, 0)
      })
  )

  it.effect("error: snapshots that cannot be listed are not taken for none", () =>
    Effect.gen(function* () {
      const left = leftByRules1(true)
      const failure = yield* Effect.flip(opened(left, stateHash, { left: 1 }))
      assert.strictEqual(failure._tag, "SnapshotsUnavailable")
      assert.strictEqual(left.store.epoch, 0)
    })
  )

  it.effect("while it runs, snapshots that cannot be listed are tried again", () =>
    Effect.gen(function* () {
      const left = leftByRules1(true)
      const failures = { left: 0 }
      const open = (sequencer: Sequencer["Service"]) =>
        Effect.gen(function* () {
          const { faults } = yield* FaultyJournal.Switch
          faults.push("vanishes")
          failures.left = 3
          yield* Effect.forkChild(TestClock.adjust("1 minute"))
          yield* Effect.retry(openAnAccount(sequencer), { times: 10 })
          assert.strictEqual((yield* sequencer.status).condition, "running")
          assert.isBelow(failures.left, 0)
        })
      yield* opened(left, open, failures)
    })
  )

  it.effect("error: a snapshot before the end of earlier rules does not do", () =>
    Effect.gen(function* () {
      const left = leftByRules1(true)
      const closed = left.snapshots.snapshots
      left.snapshots.snapshots = []
      // The newest snapshot is damaged, so that the journal before it would have to be executed.
      left.snapshots.snapshots = closed.map(({ chunks, head }) => ({
        head,
        chunks: [chunks[0]!.subarray(0, 90)]
      }))
      const failure = yield* Effect.flip(opened(left, stateHash))
      assert.strictEqual(failure._tag, "RulesUnknown")
    })
  )
})
