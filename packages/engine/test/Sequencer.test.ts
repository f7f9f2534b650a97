import { assert, describe, it } from "@effect/vitest"
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import {
  Batch,
  type Command,
  IdempotencyKey,
  Ids,
  Journal,
  OrderRecord,
  SnapshotStore
} from "@pandora-exchange/core"
import { Context, Deferred, Effect, Exit, Fiber, Layer, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import { InvariantBroken } from "../src/invariant.ts"
import { limitsDefault } from "../src/Limits.ts"
import * as Recovery from "../src/Recovery.ts"
import { follow, type Options, Sequencer } from "../src/Sequencer.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { rulesVersion } from "../src/Venue.ts"
import * as FaultyJournal from "./FaultyJournal.ts"
import { uncaughtIn } from "./uncaught.ts"

const start = 1_800_000_000_000

const openAccount = (reference: string): Command.Command => ({
  _tag: "OpenAccount",
  kind: "user",
  reference
})
const alice = Ids.AccountId(1000)
const market = Ids.MarketId(1)

const listing: ReadonlyArray<Command.Command> = [
  { _tag: "ListAsset", symbol: "BTC", scale: 8 },
  { _tag: "ListAsset", symbol: "USDT", scale: 8 },
  {
    _tag: "ListMarket",
    symbol: "BTC-USDT",
    baseAssetId: Ids.AssetId(1),
    quoteAssetId: Ids.AssetId(2),
    tickMantissa: 1,
    tickScale: 2,
    lotUnits: 1000n,
    lotsMin: 1,
    lotsMax: 1_000_000,
    ticksMax: 10_000_000,
    notionalMin: 0n,
    notionalMax: 10n ** 18n,
    makerRate: 0,
    takerRate: 0
  },
  openAccount("alice"),
  { _tag: "Credit", accountId: alice, assetId: Ids.AssetId(2), amount: 10n ** 15n, reference: "" }
]

const bid = (
  priceTicks: number,
  more: Partial<Extract<Command.Command, { _tag: "PlaceOrder" }>> = {}
) =>
  ({
    _tag: "PlaceOrder",
    accountId: alice,
    marketId: market,
    ...OrderRecord.noTerms,
    priceTicks,
    lots: 10,
    ...more
  }) satisfies Command.Command

/** A sequencer over a switchable journal. `store` and `snapshots` outlive it. */
const environment = (
  options: Options = {},
  store = MemoryJournal.makeStore(),
  snapshots: Layer.Layer<SnapshotStore.SnapshotStore> = MemorySnapshotStore.layer
) =>
  Sequencer.layer(options).pipe(
    Layer.provide(FaultyJournal.layer),
    Layer.provide(snapshots),
    Layer.provideMerge(FaultyJournal.layerSwitch(store))
  )

const listed = Effect.gen(function* () {
  yield* TestClock.setTime(start)
  const sequencer = yield* Sequencer
  for (const command of listing) yield* sequencer.submit(command)
  return sequencer
})

/** Lets others run until the condition holds. */
const until = (holds: () => boolean) =>
  Effect.promise(async () => {
    while (!holds()) await new Promise(setImmediate)
  })

/** Waits until this many commands are waiting behind a batch in flight. */
const untilWaiting = (sequencer: Sequencer["Service"], count: number) =>
  until(() => Effect.runSync(sequencer.status).waiting === count)

const stateHash = (sequencer: Sequencer["Service"]) =>
  Effect.map(sequencer.read(Snapshot.hashOf), ({ value }) => value)

describe("Sequencer", () => {
  it.effect("answers a command and a read only when what they saw is durable", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { appended, gate } = yield* FaultyJournal.Switch
      const before = appended.length
      yield* gate.close
      const answer = yield* Effect.forkChild(sequencer.submit(bid(100)))
      yield* until(() => appended.length > before)
      const read = yield* Effect.forkChild(
        sequencer.read((state) => state.orders.count),
        { startImmediately: true }
      )
      assert.isUndefined(answer.pollUnsafe())
      assert.isUndefined(read.pollUnsafe())
      assert.strictEqual((yield* sequencer.status).durableSequence, listing.length)

      yield* gate.open
      const { events, sequence } = yield* Fiber.join(answer)
      assert.strictEqual(sequence, listing.length + 1)
      assert.deepStrictEqual(
        events.map(({ _tag }) => _tag),
        ["OrderAccepted", "OrderRested"]
      )
      assert.deepStrictEqual(yield* Fiber.join(read), {
        sequence: Ids.Sequence(listing.length + 1),
        value: 1
      })
    }).pipe(Effect.provide(environment()))
  )

  it.effect("collects what comes while a batch is in flight into the next one", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { appended, gate } = yield* FaultyJournal.Switch
      const before = appended.length
      yield* gate.close
      const first = yield* Effect.forkChild(sequencer.submit(bid(100)))
      yield* until(() => appended.length > before)
      const rest = yield* Effect.forEach([101, 102, 103], (price) =>
        Effect.forkChild(sequencer.submit(bid(price)))
      )
      yield* untilWaiting(sequencer, 3)
      assert.deepStrictEqual(
        appended.slice(before).map(({ count }) => count),
        [1]
      )
      yield* gate.open
      yield* Fiber.join(first)
      for (const fiber of rest) yield* Fiber.join(fiber)
      assert.deepStrictEqual(
        appended.slice(before).map(({ count }) => count),
        [1, 3]
      )
    }).pipe(Effect.provide(environment()))
  )

  it.effect("puts at most batchMax commands into a batch", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { appended } = yield* FaultyJournal.Switch
      const before = appended.length
      yield* Effect.forEach([1, 2, 3, 4, 5], (price) => sequencer.submit(bid(price)), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(
        appended.slice(before).map(({ count }) => count),
        [2, 2, 1]
      )
    }).pipe(Effect.provide(environment({ batchMax: 2 })))
  )

  for (const fault of ["landsUnanswered", "vanishes"] as const) {
    it.effect(
      `error: an append that ${fault} answers unknown, and the key tells the truth afterwards`,
      () =>
        Effect.gen(function* () {
          const sequencer = yield* listed
          const { faults } = yield* FaultyJournal.Switch
          const requestKey: Command.RequestKey = { _tag: "Key", key: IdempotencyKey.make(start) }
          faults.push(fault)
          const failure = yield* Effect.flip(sequencer.submit(bid(100), requestKey))
          assert.strictEqual(failure._tag, "OutcomeUnknown")

          const again = yield* sequencer.submit(bid(100), requestKey)
          const landed = fault === "landsUnanswered"
          assert.strictEqual(again.sequence, listing.length + 1)
          assert.deepStrictEqual(
            again.events.map(({ _tag }) => _tag),
            ["OrderAccepted", "OrderRested"]
          )
          assert.strictEqual((yield* sequencer.read((state) => state.orders.count)).value, 1)
          const { condition, durableSequence, epoch } = yield* sequencer.status
          assert.deepStrictEqual(
            { condition, durableSequence, epoch },
            { condition: "running", durableSequence: listing.length + (landed ? 2 : 1), epoch: 2 }
          )
        }).pipe(Effect.provide(environment()))
    )
  }

  it.effect("error: a read that saw a batch which was lost looks again", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { appended, faults, gate } = yield* FaultyJournal.Switch
      const before = appended.length
      yield* gate.close
      faults.push("vanishes")
      const answer = yield* Effect.forkChild(Effect.flip(sequencer.submit(bid(100))))
      yield* until(() => appended.length > before)
      const read = yield* Effect.forkChild(
        sequencer.read((state) => state.orders.count),
        { startImmediately: true }
      )
      yield* gate.open
      assert.strictEqual((yield* Fiber.join(answer))._tag, "OutcomeUnknown")
      assert.deepStrictEqual(yield* Fiber.join(read), {
        sequence: Ids.Sequence(listing.length),
        value: 0
      })
    }).pipe(Effect.provide(environment()))
  )

  it.effect("error: a full journal refuses for a second at a time, and loses nothing", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { faults } = yield* FaultyJournal.Switch
      const before = yield* stateHash(sequencer)
      faults.push("full")
      const reasons: Array<string> = []
      for (let i = 0; i < 2; i++) {
        const failure = yield* Effect.flip(sequencer.submit(bid(100)))
        reasons.push(failure._tag === "Unavailable" ? failure.reason : failure._tag)
      }
      assert.deepStrictEqual(reasons, ["JournalFull", "JournalFull"])
      assert.strictEqual(yield* stateHash(sequencer), before)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* sequencer.submit(bid(100))).sequence, listing.length + 1)
    }).pipe(Effect.provide(environment()))
  )

  it.effect(
    "error: a leader that was claimed over stops and says so; the new one has everything",
    () => {
      const store = MemoryJournal.makeStore()
      return Effect.gen(function* () {
        const former = yield* listed
        const scope = yield* Scope.make()
        const context = yield* Layer.buildWithScope(Layer.fresh(environment({}, store)), scope)
        const leader = Context.get(context, Sequencer)

        const failure = yield* Effect.flip(former.submit(bid(100)))
        assert.deepInclude({ ...failure }, { _tag: "Unavailable", reason: "NotLeader" })
        assert.strictEqual((yield* former.status).condition, "fenced")
        assert.strictEqual((yield* Effect.flip(former.read(() => 0))).reason, "NotLeader")
        assert.strictEqual((yield* leader.submit(bid(100))).sequence, listing.length + 1)
        yield* Scope.close(scope, Exit.void)
      }).pipe(Effect.provide(environment({}, store)))
    }
  )

  it.effect("error: a damaged journal stops the venue", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { faults } = yield* FaultyJournal.Switch
      faults.push("damaged")
      assert.strictEqual((yield* Effect.flip(sequencer.submit(bid(100))))._tag, "OutcomeUnknown")
      const { cause, condition } = yield* sequencer.status
      assert.strictEqual(condition, "stopped")
      assert.instanceOf(cause, Journal.Damaged)
      const next = yield* Effect.flip(sequencer.submit(bid(100)))
      assert.deepInclude({ ...next }, { _tag: "Unavailable", reason: "Stopped" })
    }).pipe(Effect.provide(environment()))
  )

  it.effect(
    "error: a broken invariant stops the venue before anything of its batch is written",
    () =>
      Effect.gen(function* () {
        const sequencer = yield* listed
        const { appended } = yield* FaultyJournal.Switch
        const before = appended.length
        yield* sequencer.read((state) => {
          state.funds.reserve = () => {
            throw new InvariantBroken("funds reserve")
          }
        })
        const failures = yield* Effect.forEach(
          [100, 101],
          (price) => Effect.flip(sequencer.submit(bid(price))),
          {
            concurrency: "unbounded"
          }
        )
        assert.deepStrictEqual(
          failures.map((failure) =>
            failure._tag === "Unavailable" ? failure.reason : failure._tag
          ),
          ["Stopped", "Stopped"]
        )
        assert.strictEqual(appended.length, before)
        assert.strictEqual((yield* sequencer.status).condition, "stopped")
      }).pipe(Effect.provide(environment()))
  )

  it.effect("error: a full inbox refuses orders, and keeps room for cancels", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { appended, gate } = yield* FaultyJournal.Switch
      const before = appended.length
      yield* gate.close
      const first = yield* Effect.forkChild(sequencer.submit(bid(1)))
      yield* until(() => appended.length > before)
      const waiting = yield* Effect.forEach(
        Array.from({ length: 14 }, (_, i) => i + 2),
        (price) => Effect.forkChild(sequencer.submit(bid(price)))
      )
      yield* untilWaiting(sequencer, 14)
      const refused = yield* Effect.flip(sequencer.submit(bid(99)))
      assert.deepInclude({ ...refused }, { _tag: "Unavailable", reason: "Overloaded" })
      const cancel = yield* Effect.forkChild(
        sequencer.submit({
          _tag: "CancelAll",
          accountId: alice,
          marketId: Ids.MarketId(0),
          sides: "both"
        })
      )
      yield* untilWaiting(sequencer, 15)
      yield* gate.open
      yield* Fiber.join(first)
      for (const fiber of waiting) yield* Fiber.join(fiber)
      assert.strictEqual((yield* Fiber.join(cancel)).events.length, 15)
    }).pipe(Effect.provide(environment({ inboxMax: 16 })))
  )

  it.effect("does what is due by itself, without any command", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      yield* sequencer.submit(bid(100, { timeInForce: "GTD", deadline: start + 60_000 }))
      const ended = yield* follow(sequencer.batches, Ids.Sequence(listing.length + 3)).pipe(
        Stream.take(1),
        Stream.runCollect,
        Effect.forkChild
      )
      yield* TestClock.adjust("59 seconds")
      yield* sequencer.submit(openAccount("bob"))
      assert.strictEqual((yield* sequencer.read((state) => state.orders.count)).value, 1)
      yield* TestClock.adjust("1 second")
      const [batch] = yield* Fiber.join(ended)
      const [entry] = Batch.entries(batch!)
      assert.strictEqual(entry!.command._tag, "AdvanceTime")
      assert.deepStrictEqual(
        entry!.events.map((event) => event._tag === "OrderEnded" && event.reason),
        ["deadline"]
      )
      assert.strictEqual((yield* sequencer.read((state) => state.orders.count)).value, 0)
    }).pipe(Effect.provide(environment()))
  )

  it.effect("goes on with due work that is more than one command may do", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      for (let i = 0; i < 5; i++) {
        yield* sequencer.submit(bid(100 + i, { timeInForce: "GTD", deadline: start + 1_000 }))
      }
      yield* TestClock.adjust("1 second")
      const last = listing.length + 5 + 3
      yield* until(() => Effect.runSync(sequencer.status).durableSequence >= last)
      assert.deepStrictEqual(yield* sequencer.read((state) => state.orders.count), {
        sequence: Ids.Sequence(last),
        value: 0
      })
    }).pipe(Effect.provide(environment({ limits: { ...limitsDefault, dueWorkMax: 2 } })))
  )

  it.effect("finishes what waits when it closes, and refuses what comes after", () => {
    const store = MemoryJournal.makeStore()
    return Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(environment({}, store), scope)
      const sequencer = Context.get(context, Sequencer)
      const { appended, gate } = Context.get(context, FaultyJournal.Switch)
      for (const command of listing) yield* sequencer.submit(command)
      const before = appended.length
      yield* gate.close
      const first = yield* Effect.forkChild(sequencer.submit(bid(1)))
      yield* until(() => appended.length > before)
      const second = yield* Effect.forkChild(sequencer.submit(bid(2)))
      yield* untilWaiting(sequencer, 1)
      const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void), {
        startImmediately: true
      })
      const refused = yield* Effect.flip(sequencer.submit(bid(3)))
      assert.deepInclude({ ...refused }, { _tag: "Unavailable", reason: "Closed" })
      yield* gate.open
      yield* Fiber.join(closed)
      assert.strictEqual((yield* Fiber.join(first)).sequence, listing.length + 1)
      assert.strictEqual((yield* Fiber.join(second)).sequence, listing.length + 2)
      assert.strictEqual(store.head.lastSequence, listing.length + 2)
    })
  })

  it.effect("follows from any sequence: what is there, and each further batch once", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const seen: Array<number> = []
      const enough = yield* Deferred.make<void>()
      yield* follow(sequencer.batches, Ids.Sequence(2)).pipe(
        Stream.runForEach((batch) =>
          Effect.suspend(() => {
            for (const { sequence } of Batch.entryPlaces(batch)) seen.push(sequence)
            return seen.at(-1) === listing.length + 20
              ? Deferred.succeed(enough, undefined)
              : Effect.void
          })
        ),
        Effect.forkChild
      )
      for (let i = 0; i < 20; i++) yield* sequencer.submit(bid(i + 1))
      yield* Deferred.await(enough)
      assert.deepStrictEqual(
        seen,
        Array.from({ length: listing.length + 19 }, (_, i) => i + 2)
      )
    }).pipe(Effect.provide(environment()))
  )

  it.effect("ends a follower when it closes", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const scope = yield* Scope.make()
      const sequencer = Context.get(yield* Layer.buildWithScope(environment(), scope), Sequencer)
      yield* sequencer.submit(listing[0]!)
      let seen = 0
      const batches = Stream.tap(follow(sequencer.batches, Ids.Sequence(1)), () =>
        Effect.sync(() => seen++)
      )
      const follower = yield* Effect.forkChild(Stream.runCollect(batches))
      yield* until(() => seen === 1)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* Fiber.join(follower)).length, 1)
    })
  )

  it.effect("gives a follower what an unanswered append had made durable, and skips nothing", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const { faults } = yield* FaultyJournal.Switch
      const waiting = yield* Effect.forkChild(sequencer.batches(Ids.Sequence(listing.length + 1)), {
        startImmediately: true
      })
      faults.push("landsUnanswered")
      yield* Effect.flip(sequencer.submit(bid(100)))
      const found = yield* Fiber.join(waiting)
      assert.strictEqual(found?.[0]?.firstSequence, listing.length + 1)

      yield* sequencer.submit(bid(101))
      const all = yield* Stream.runCollect(
        Stream.take(follow(sequencer.batches, Ids.Sequence(1)), listing.length + 2)
      )
      assert.deepStrictEqual(
        all.map(({ firstSequence }) => firstSequence as number),
        Array.from({ length: listing.length + 2 }, (_, i) => i + 1)
      )
    }).pipe(Effect.provide(environment()))
  )

  it.effect("error: due work does not hammer a full journal, nor keep the venue from closing", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(environment(), scope)
      const sequencer = Context.get(context, Sequencer)
      const { appended, faults } = Context.get(context, FaultyJournal.Switch)
      for (const command of listing) yield* sequencer.submit(command)
      yield* sequencer.submit(bid(100, { timeInForce: "GTD", deadline: start + 1_000 }))
      const before = appended.length
      faults.push(...Array.from({ length: 1_000 }, () => "full" as const))
      for (const attempts of [1, 2]) {
        yield* TestClock.adjust("1 second")
        yield* until(() => appended.length >= before + attempts)
        yield* until(() => Effect.runSync(sequencer.status).condition === "full")
      }
      const closed = yield* Effect.forkChild(Scope.close(scope, Exit.void), {
        startImmediately: true
      })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(closed)
      assert.strictEqual((yield* sequencer.status).condition, "closed")
      assert.strictEqual(appended.length, before + 2)
    })
  )

  it.effect("error: a waiter that throws costs the others nothing", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const bug = new Error("a waiter's own")
      const told: Array<number> = []
      const submit = (answered: (sequence: number) => void) =>
        sequencer.submitUnsafe(bid(1), undefined, {
          answered: (_, __, ___, at) => answered(at),
          failed: () => {}
        })
      const uncaught = uncaughtIn(() => {
        submit(() => {
          throw bug
        })
        submit((sequence) => told.push(sequence))
      })
      assert.deepStrictEqual(yield* Effect.promise(() => uncaught), [bug])
      assert.deepStrictEqual(told, [(yield* sequencer.status).durableSequence])
      assert.strictEqual((yield* sequencer.status).condition, "running")
    }).pipe(Effect.provide(environment()))
  )

  it.effect("error: throws for a command that has no binary form, and takes nothing", () =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      const failed: Array<unknown> = []
      assert.throws(() =>
        sequencer.submitUnsafe(bid(1, { clientOrderId: "é" }), undefined, {
          answered: () => failed.push("answered"),
          failed: (error) => failed.push(error)
        })
      )
      assert.strictEqual((yield* sequencer.submit(bid(1))).sequence, listing.length + 1)
      assert.deepStrictEqual(failed, [])
    }).pipe(Effect.provide(environment()))
  )
})

describe("recovery", () => {
  const run = (count: number) =>
    Effect.gen(function* () {
      const sequencer = yield* listed
      for (let i = 0; i < count; i++) yield* sequencer.submit(bid(1 + (i % 7)))
      return yield* stateHash(sequencer)
    })

  /** Opens what is stored, as another process would. */
  const reopened = <A, E>(
    store: MemoryJournal.Store,
    snapshots: Layer.Layer<SnapshotStore.SnapshotStore>,
    use: (sequencer: Sequencer["Service"]) => Effect.Effect<A, E>
  ) =>
    Effect.flatMap(Sequencer, use).pipe(
      Effect.provide(environment({}, store, snapshots), { local: true })
    )

  it.effect("gives the state of before out of the journal alone", () => {
    const store = MemoryJournal.makeStore()
    return Effect.gen(function* () {
      const hash = yield* run(30).pipe(Effect.provide(environment({}, store)))
      assert.strictEqual(yield* reopened(store, MemorySnapshotStore.layer, stateHash), hash)
    })
  })

  const snapshotted = Effect.gen(function* () {
    const store = MemoryJournal.makeStore()
    const snapshotsStore = MemorySnapshotStore.makeStore()
    const snapshots = MemorySnapshotStore.layerOf(snapshotsStore)
    const take = Effect.gen(function* () {
      const context = yield* Layer.build(
        Layer.fresh(Layer.mergeAll(MemoryJournal.layerOf(store), snapshots))
      )
      const { read } = Context.get(context, Journal.Journal)
      const stored = Context.get(context, SnapshotStore.SnapshotStore)
      return yield* Recovery.takeSnapshot({ read, snapshots: stored, limits: limitsDefault })
    }).pipe(Effect.scoped)
    const hash = yield* Effect.gen(function* () {
      const sequencer = yield* listed
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < 10; i++) yield* sequencer.submit(bid(1 + (i % 7)))
        if (round < 2) yield* take
      }
      return yield* stateHash(sequencer)
    }).pipe(Effect.provide(environment({}, store, snapshots)))
    return { hash, snapshots, snapshotsStore, store }
  })

  it.effect("gives the same state out of a snapshot and the rest of the journal", () =>
    Effect.gen(function* () {
      const { hash, snapshots, snapshotsStore, store } = yield* snapshotted
      assert.deepStrictEqual(
        snapshotsStore.snapshots.map(({ head }) => head.sequence as number).sort((a, b) => a - b),
        [listing.length + 10, listing.length + 20]
      )
      assert.strictEqual(yield* reopened(store, snapshots, stateHash), hash)
      // Commands covered by the snapshot are not read again.
      store.batches.splice(0, 3)
      assert.strictEqual(yield* reopened(store, snapshots, stateHash), hash)
    })
  )

  it.effect(
    "error: a damaged newest snapshot falls back to the one before it, with the same state",
    () =>
      Effect.gen(function* () {
        const { hash, snapshots, snapshotsStore, store } = yield* snapshotted
        const [newest, ...older] = snapshotsStore.snapshots
        snapshotsStore.snapshots = [
          { head: newest!.head, chunks: [newest!.chunks[0]!.subarray(0, 100)] },
          ...older
        ]
        assert.strictEqual(yield* reopened(store, snapshots, stateHash), hash)
      })
  )

  it.effect("closing saves a snapshot of the journal's end, once, and replaces a damaged one", () =>
    Effect.gen(function* () {
      const store = MemoryJournal.makeStore()
      const stored = MemorySnapshotStore.makeStore()
      const open = environment(
        { snapshotAtClose: true },
        store,
        MemorySnapshotStore.layerOf(stored)
      )
      const hash = yield* run(5).pipe(Effect.provide(open, { local: true }))
      const saved = stored.snapshots[0]!
      assert.strictEqual(saved.head.sequence, listing.length + 5)
      const reopen = Effect.flatMap(Sequencer, stateHash).pipe(
        Effect.provide(open, { local: true })
      )
      assert.strictEqual(yield* reopen, hash)
      assert.strictEqual(stored.snapshots[0], saved)

      stored.snapshots = [{ head: saved.head, chunks: [saved.chunks[0]!.subarray(0, 100)] }]
      assert.strictEqual(yield* reopen, hash)
      assert.deepStrictEqual(stored.snapshots, [saved])
    })
  )

  /** The store's last batch, replaced by one with the same position in the chain. */
  const forge = (
    store: MemoryJournal.Store,
    change: (batch: Batch.Batch) => { time?: number; rulesVersion?: number }
  ) => {
    const last = Batch.decode(store.batches.at(-1)!.bytes) as Batch.Batch
    const writer = new Batch.BatchWriter()
    for (const place of Batch.entryPlaces(last)) {
      writer.beginEntry(last.bytes, place.commandAt, place.eventsAt)
      writer.ensure(place.end - place.eventsAt)
      writer.bytes.set(last.bytes.subarray(place.eventsAt, place.end), writer.at)
      // The last byte of the last event is part of its depth sequence.
      writer.bytes[writer.at + place.end - place.eventsAt - 1]! ^=
        change(last).time === undefined ? 0 : 1
      writer.at += place.end - place.eventsAt
      writer.endEntry()
    }
    const { bytes, hash } = writer.seal({ ...last, ...change(last) })
    store.batches[store.batches.length - 1] = {
      firstSequence: last.firstSequence,
      bytes: bytes.slice()
    }
    store.head = { lastSequence: Batch.lastSequence(last), hash }
  }

  it.effect("error: stops where executing again gives other events, and names the command", () => {
    const store = MemoryJournal.makeStore()
    return Effect.gen(function* () {
      yield* run(3).pipe(Effect.provide(environment({}, store)))
      forge(store, ({ time }) => ({ time }))
      const failure = yield* Effect.flip(reopened(store, MemorySnapshotStore.layer, stateHash))
      assert.deepInclude({ ...failure }, { _tag: "Diverged", sequence: listing.length + 3 })
    })
  })

  it.effect("error: stops at a batch of rules that this build does not have", () => {
    const store = MemoryJournal.makeStore()
    return Effect.gen(function* () {
      yield* run(3).pipe(Effect.provide(environment({}, store)))
      const later = rulesVersion + 1
      forge(store, () => ({ rulesVersion: later }))
      const failure = yield* Effect.flip(reopened(store, MemorySnapshotStore.layer, stateHash))
      assert.deepInclude(
        { ...failure },
        { _tag: "RulesUnknown", sequence: listing.length + 3, rulesVersion: later }
      )
      assert.include(failure.message, `use a build that has version ${later}`)
    })
  })

  it.effect("error: stops when a snapshot is ahead of the journal: its end was lost", () =>
    Effect.gen(function* () {
      const { snapshots, store } = yield* snapshotted
      store.batches.length = 8
      const last = Batch.decode(store.batches.at(-1)!.bytes) as Batch.Batch
      store.head = { lastSequence: Batch.lastSequence(last), hash: last.hash }
      const failure = yield* Effect.flip(reopened(store, snapshots, stateHash))
      assert.strictEqual(failure._tag, "Damaged")
    })
  )

  it.effect("error: stops when the snapshot at the journal's end is of another history", () =>
    Effect.gen(function* () {
      const { snapshots, store } = yield* snapshotted
      // Another venue's journal, of the same length as the snapshot.
      const other = MemoryJournal.makeStore()
      yield* run(20).pipe(Effect.provide(environment({}, other)))
      assert.isAbove(store.head.lastSequence, other.head.lastSequence)
      const failure = yield* Effect.flip(reopened(other, snapshots, stateHash))
      assert.include(["Damaged", "Diverged"], failure._tag)
    })
  )
})
