import { assert, describe, it } from "@effect/vitest"
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { Batch, Command, Ids, Journal, SnapshotStore } from "@pandora-exchange/core"
import { Context, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { contentsOf } from "../src/Contents.ts"
import { limitsDefault } from "../src/Limits.ts"
import * as Recovery from "../src/Recovery.ts"
import type { Sequencer } from "../src/Sequencer.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { rulesVersion, Venue } from "../src/Venue.ts"
import { EngineVenue } from "./EngineVenue.ts"
import { snapshotFile } from "./golden/files.ts"
import {
  after,
  cutAfter,
  dueAt,
  earlierRules,
  large,
  type Left,
  openAnAccount,
  opened,
  recorded,
  stateHash,
  withDamagedSnapshots,
  withoutSnapshots
} from "./earlierRules.ts"
import * as FaultyJournal from "./FaultyJournal.ts"

const entriesAfter = (left: Left) => after(left).flatMap((batch) => Batch.entries(batch))

const changesIn = (left: Left) =>
  entriesAfter(left).flatMap(({ command }) =>
    command._tag === "ChangeRules" ? [`${command.part} of ${command.parts}`] : []
  )

const onePart: Command.Command = {
  _tag: "ChangeRules",
  rulesVersion,
  formatVersion: Snapshot.formatVersion,
  part: 1,
  parts: 1
}

const takeSnapshot = ({ snapshots, store }: Left) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(
      Layer.mergeAll(MemoryJournal.layerOf(store), MemorySnapshotStore.layerOf(snapshots))
    )
    return yield* Recovery.takeSnapshot({
      read: Context.get(context, Journal.Journal).read,
      snapshots: Context.get(context, SnapshotStore.SnapshotStore),
      limits: limitsDefault
    })
  }).pipe(Effect.scoped)

/** Opens it, and returns the hash of the state after the change of rules and one command. */
const changed = (left: Left) =>
  opened(left, (sequencer) => Effect.andThen(openAnAccount(sequencer), stateHash(sequencer)))

describe("a change of rules", () => {
  it("error: an order that had fills before they were counted is not amended", () => {
    const bytes = gunzipSync(readFileSync(snapshotFile(1)))
    const engine = new EngineVenue(limitsDefault)
    engine.venue = new Venue(Snapshot.decode(bytes, limitsDefault, 1))
    const left = () => contentsOf(engine.venue.state).orders
    const orders = left()
    engine.restore()
    assert.deepStrictEqual(left(), orders)
    const counted = orders.filter(({ uncountedLots }) => uncountedLots === 0)
    assert.isTrue(counted.every(({ filledLots }) => filledLots === 0))
    const partly = orders.filter(({ uncountedLots }) => uncountedLots !== 0)
    assert.isNotEmpty(partly)
    for (const { accountId, filledLots, lots, marketId, orderId, ...order } of partly) {
      assert.deepInclude(order, { filledQuote: 0n, fee: 0n, uncountedLots: filledLots })
      const { own } = engine.apply(0, {
        _tag: "AmendOrder",
        accountId,
        marketId,
        orderId,
        clientOrderId: "",
        priceTicks: 0,
        lots: lots - 1
      })
      assert.deepStrictEqual(own, [{ _tag: "Rejected", reason: "OrderNotAmendable" }])
    }
  })

  it.effect(
    "is the first command of a build on a journal of earlier rules that was closed, and made once",
    () =>
      Effect.gen(function* () {
        const left = recorded()
        const hash = yield* opened(left, (sequencer) =>
          Effect.gen(function* () {
            const { sequence } = yield* openAnAccount(sequencer)
            assert.strictEqual(sequence, left.head.lastSequence + 2)
            return yield* stateHash(sequencer)
          })
        )
        assert.strictEqual(after(left)[0]!.rulesVersion, rulesVersion)
        const [first] = entriesAfter(left)
        assert.deepStrictEqual(first!.command, onePart)
        assert.deepStrictEqual(first!.events, [{ _tag: "RulesChanged", rulesVersion }])

        const batches = left.store.batches.length
        assert.strictEqual(yield* opened(left, stateHash), hash)
        assert.strictEqual(left.store.batches.length, batches)
      })
  )

  it.effect("is made without waiting for a command", () =>
    Effect.gen(function* () {
      const left = recorded()
      yield* opened(left, (sequencer) =>
        sequencer.batches(Ids.Sequence(left.head.lastSequence + 1))
      )
      assert.deepStrictEqual(changesIn(left), ["1 of 1"])
    })
  )

  it.effect(
    "comes first again after its batch was lost, and is not made twice after one that landed unanswered",
    () =>
      Effect.gen(function* () {
        for (const fault of ["vanishes", "landsUnanswered", "full"] as const) {
          const left = recorded()
          yield* opened(left, (sequencer) =>
            Effect.gen(function* () {
              const { faults } = yield* FaultyJournal.Switch
              faults.push(fault)
              yield* TestClock.adjust(60_000)
              yield* Effect.retry(openAnAccount(sequencer), { times: 1_000 })
            })
          )
          assert.strictEqual(entriesAfter(left)[0]!.command._tag, "ChangeRules", fault)
          assert.deepStrictEqual(changesIn(left), ["1 of 1"], fault)
        }
      })
  )

  it.effect("puts its state into the journal, which needs no snapshot from then on", () =>
    Effect.gen(function* () {
      const left = recorded()
      const hash = yield* changed(left)
      assert.strictEqual(yield* opened(withoutSnapshots(left), stateHash), hash)
      assert.strictEqual(yield* opened(withDamagedSnapshots(left), stateHash), hash)
    })
  )

  it.effect("of a large state takes several batches, and nothing is done before its end", () =>
    Effect.gen(function* () {
      const left = large()
      const hash = yield* changed({ ...left, time: dueAt })
      const parts = changesIn(left)
      assert.isAbove(parts.length, 5)
      assert.deepStrictEqual(
        parts,
        parts.map((_, i) => `${i + 1} of ${parts.length}`)
      )
      assert.isAbove(after(left).length, 1)
      for (const { bytes } of after(left)) assert.isBelow(bytes.length, 1_500_000)
      const tags = entriesAfter(left).map(({ events }) => events.map(({ _tag }) => _tag))
      assert.deepStrictEqual(tags, [
        ...parts.slice(1).map(() => []),
        ["RulesChanged"],
        ["OrderEnded", "AccountOpened"]
      ])
      assert.strictEqual(yield* opened(withoutSnapshots(left), stateHash), hash)
    })
  )

  it.effect(
    "that was interrupted is made again from its beginning, and the state is the same",
    () =>
      Effect.gen(function* () {
        const whole = large()
        yield* changed(whole)
        const parts = changesIn(whole)
        const begun = cutAfter(whole, 1)
        const partsBegun = changesIn(begun)
        assert.isBelow(partsBegun.length, parts.length)
        const hash = yield* changed(begun)
        assert.deepStrictEqual(changesIn(begun), [...partsBegun, ...parts])
        // After an interrupted change the journal has parts, and only the complete change is
        // usable.
        assert.strictEqual(yield* opened(withoutSnapshots(begun), stateHash), hash)
      })
  )

  it.effect("that was interrupted can be gone on from with a snapshot that was taken in it", () =>
    Effect.gen(function* () {
      const whole = large()
      yield* changed(whole)
      const begun = cutAfter(whole, 1)
      const sequence = yield* takeSnapshot(begun)
      const { snapshots } = begun.snapshots
      assert.deepInclude(snapshots[0]!.head, { sequence, rulesVersion: earlierRules })
      begun.snapshots.snapshots = snapshots.slice(0, 1)
      const hash = yield* changed(begun)
      assert.strictEqual(yield* opened(withoutSnapshots(begun), stateHash), hash)
    })
  )

  it.effect("that finds no room in its midst comes to its end when there is some", () =>
    Effect.gen(function* () {
      const left = large()
      const hash = yield* opened(left, (sequencer) =>
        Effect.gen(function* () {
          const { faults } = yield* FaultyJournal.Switch
          faults.push(undefined, "full")
          yield* Effect.forkChild(TestClock.adjust("10 minutes"))
          yield* Effect.retry(openAnAccount(sequencer), { times: 1_000 })
          return yield* stateHash(sequencer)
        })
      )
      assert.strictEqual(yield* opened(withoutSnapshots(left), stateHash), hash)
    })
  )

  it.effect("fences a leader of earlier rules, and goes on from what that one made durable", () =>
    Effect.gen(function* () {
      const left = recorded()
      const context = yield* Layer.build(MemoryJournal.layerOf(left.store))
      const journal = Context.get(context, Journal.Journal)
      const { epoch, head } = yield* journal.claim
      yield* opened(left, (sequencer) =>
        Effect.gen(function* () {
          const writer = new Batch.BatchWriter()
          const [first] = Batch.entryPlaces(
            Batch.decode(left.store.batches[0]!.bytes) as Batch.Batch
          )
          writer.beginEntry(left.store.batches[0]!.bytes, first!.commandAt, first!.eventsAt)
          writer.endEntry()
          const late = writer.seal({
            epoch,
            firstSequence: Ids.Sequence(head.lastSequence + 1),
            time: left.time,
            rulesVersion: earlierRules,
            previousHash: head.hash
          })
          assert.strictEqual((yield* Effect.flip(journal.append(late)))._tag, "Fenced")
          yield* openAnAccount(sequencer)
          assert.strictEqual((yield* Effect.flip(journal.append(late)))._tag, "Fenced")
          yield* openAnAccount(sequencer)
        })
      )
      assert.isTrue(after(left).every((batch) => batch.rulesVersion === rulesVersion))
    }).pipe(Effect.scoped)
  )

  it.effect(
    "closing saves the state that a build of later rules begins with, or goes without",
    () =>
      Effect.gen(function* () {
        for (const saves of [0, 1]) {
          const left = recorded()
          yield* opened(left, openAnAccount, {
            snapshotAtClose: true,
            failures: { lists: 0, saves }
          })
          const [newest] = left.snapshots.snapshots
          assert.strictEqual(
            newest!.head.sequence,
            saves === 0 ? left.store.head.lastSequence : left.head.lastSequence
          )
        }
      })
  )
})

describe("a build that cannot make the change", () => {
  const refused = (left: Left) =>
    Effect.gen(function* () {
      const { epoch } = left.store
      const batches = left.store.batches.length
      const failure = yield* Effect.flip(opened(left, stateHash))
      // Nothing is written, and its leader still leads.
      assert.deepStrictEqual([left.store.batches.length, left.store.epoch], [batches, epoch])
      return failure
    })

  it.effect("error: a journal that was not closed names the rules of the build to start once", () =>
    Effect.gen(function* () {
      const failure = yield* refused(withoutSnapshots(recorded()))
      assert.deepInclude({ ...failure }, { _tag: "RulesUnknown", sequence: 1, rulesVersion: 1 })
      assert.include(
        failure.message,
        "start a build that has version 1 once with `snapshotEvery: 1`"
      )
    })
  )

  it.effect("error: a damaged snapshot of the end is as good as none", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(opened(withDamagedSnapshots(recorded()), stateHash))
      assert.strictEqual(failure._tag, "RulesUnknown")
    })
  )

  it.effect("error: an interrupted change without its snapshot says which one to restore", () =>
    Effect.gen(function* () {
      const whole = large()
      yield* changed(whole)
      const begun = cutAfter(whole, 1)
      const failure = yield* refused(withoutSnapshots(begun))
      const { lastSequence } = begun.head
      assert.deepInclude(
        { ...failure },
        { _tag: "RulesChangeUnfinished", sequence: lastSequence + 1, rulesVersion: earlierRules }
      )
      assert.include(failure.message, `no whole snapshot of sequence ${lastSequence} to go on from`)
      // With that snapshot restored from a backup it continues.
      assert.strictEqual(yield* changed(begun), yield* changed(cutAfter(whole, 1)))
    })
  )

  it.effect("error: of earlier rules, beside one of later ones, does not claim the journal", () =>
    Effect.gen(function* () {
      const left = recorded()
      yield* changed(left)
      const sequence = yield* takeSnapshot(left)
      const [newest, ...older] = left.snapshots.snapshots
      const head = { ...newest!.head, rulesVersion: rulesVersion + 1 }
      left.snapshots.snapshots = [{ ...newest!, head }, ...older]
      const failure = yield* refused(left)
      assert.deepInclude(
        { ...failure },
        { _tag: "RulesUnknown", sequence, rulesVersion: rulesVersion + 1 }
      )
    })
  )

  it.effect("error: the state of a change in a newer format is for a newer build", () =>
    Effect.gen(function* () {
      const left = withoutSnapshots(recorded())
      const writer = new Batch.BatchWriter()
      const scratch = new Uint8Array(64)
      const newer = { ...onePart, formatVersion: Snapshot.formatVersion + 1 } as Command.Command
      writer.beginEntry(scratch, 0, Command.encode(Batch.viewOf(scratch), 0, newer))
      writer.endEntry()
      const { hash, lastSequence } = left.head
      const batch = writer.seal({
        epoch: Ids.Epoch(1),
        firstSequence: Ids.Sequence(lastSequence + 1),
        time: left.time,
        rulesVersion,
        previousHash: hash
      })
      left.store.batches.push({ firstSequence: batch.firstSequence, bytes: batch.bytes.slice() })
      left.store.head = { lastSequence: Batch.lastSequence(batch), hash: batch.hash }
      const failure = yield* Effect.flip(opened(left, stateHash))
      assert.deepInclude({ ...failure }, { _tag: "Damaged", sequence: lastSequence + 1 })
      assert.include(failure.message, "is newer than this build's")
    })
  )

  it.effect("error: snapshots that cannot be listed are not taken for none", () =>
    Effect.gen(function* () {
      const left = recorded()
      const failures = { lists: 1, saves: 0 }
      const failure = yield* Effect.flip(opened(left, stateHash, { failures }))
      assert.strictEqual(failure._tag, "SnapshotsUnavailable")
      assert.strictEqual(left.store.epoch, 0)
    })
  )

  it.effect("while it runs, tries again to list snapshots that cannot be listed", () =>
    Effect.gen(function* () {
      const failures = { lists: 0, saves: 0 }
      const open = (sequencer: Sequencer["Service"]) =>
        Effect.gen(function* () {
          const { faults } = yield* FaultyJournal.Switch
          faults.push("vanishes")
          failures.lists = 3
          yield* Effect.forkChild(TestClock.adjust("1 minute"))
          yield* Effect.retry(openAnAccount(sequencer), { times: 10 })
          assert.strictEqual((yield* sequencer.status).condition, "running")
          assert.isBelow(failures.lists, 0)
        })
      yield* opened(recorded(), open, { failures })
    })
  )
})
