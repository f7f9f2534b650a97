/**
 * Journal and snapshots as the machines reach them: over a network, on unreliable media. Stored
 * data outlives all machines.
 */
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { Batch, Journal, SnapshotStore } from "@pandora-exchange/core"
import { Context, Effect, Exit, Layer, Stream } from "effect"
import * as Snapshot from "../src/Snapshot.ts"
import { rulesVersion } from "../src/Venue.ts"
import { check } from "../test/reference/check.ts"
import { Random } from "../test/reference/randomCommands.ts"
import type { EventLoop } from "./EventLoop.ts"
import type { Faults } from "./Faults.ts"
import type { Machine } from "./Machine.ts"
import type { Oracle } from "./Oracle.ts"
import type { Trace } from "./Trace.ts"

type Outcome = "lands" | "landsUnanswered" | "landsLate" | "vanishes"

export class Disk {
  readonly journal = MemoryJournal.makeStore()
  readonly snapshots = MemorySnapshotStore.makeStore()
  /** The journal has no space before this time. */
  fullUntilMs = 0
  /** The position of a stored batch that differs from what was written, and the original. */
  damage: { readonly index: number; readonly original: Uint8Array } | undefined
  /** Someone found the snapshot damaged that the change of rules would have started from. */
  lackedSnapshot = false
  private readonly damagedSnapshots = new Set<number>()
  private readonly loop: EventLoop
  private readonly faults: Faults
  private readonly trace: Trace
  private readonly oracle: Oracle
  private readonly random: Random

  constructor(
    seed: number,
    world: { loop: EventLoop; faults: Faults; trace: Trace; oracle: Oracle }
  ) {
    this.loop = world.loop
    this.faults = world.faults
    this.trace = world.trace
    this.oracle = world.oracle
    this.random = new Random(seed)
  }

  // ---- Journal

  journalOf(machine: Machine): Journal.Journal["Service"] {
    const stored = this.stored()
    const wait = Effect.suspend(() => Effect.sleep(this.slowness() + this.random.int(1, 3)))
    const unless = (probability: number) =>
      Effect.suspend(() =>
        this.faults.strikes("journalUnknown", probability)
          ? Effect.fail(new Journal.Unknown({ cause: "no answer" }))
          : Effect.void
      )
    return {
      claim: wait.pipe(
        Effect.andThen(unless(0.1)),
        Effect.andThen(stored.claim),
        Effect.tap(({ epoch }) =>
          Effect.sync(() => this.trace.add(`${machine.name} claims epoch ${epoch}`))
        ),
        Effect.tap(wait),
        Effect.tap(unless(0.1))
      ),
      append: (batch) => this.append(machine, stored, batch),
      read: (from) =>
        Stream.suspend(() => {
          // Once for the whole read, or a long journal would never be read to its end.
          let left = this.faults.strikes("journalUnknown", 0.1)
            ? this.faults.of("journalUnknown").int(0, 50)
            : -1
          return Stream.fromEffect(wait).pipe(
            Stream.flatMap(() => stored.read(from)),
            Stream.mapEffect((batch) =>
              left-- === 0
                ? Effect.fail(new Journal.Unknown({ cause: "no answer" }))
                : Effect.succeed(batch)
            )
          )
        })
    }
  }

  private stored(): Journal.Journal["Service"] {
    return Context.get(
      Effect.runSync(Effect.scoped(Layer.build(MemoryJournal.layerOf(this.journal)))),
      Journal.Journal
    )
  }

  private append(
    machine: Machine,
    stored: Journal.Journal["Service"],
    batch: Batch.Batch
  ): Effect.Effect<void, Journal.AppendError> {
    return Effect.callback((resume) => {
      const { loop, random } = this
      // The bytes belong to the writer, and a dying machine takes them with it.
      const sent = Batch.decode(batch.bytes.slice()) as Batch.Batch
      const answer = (exit: Exit.Exit<void, Journal.AppendError>): void =>
        loop.after(random.int(0, 2), () => resume(exit), machine)
      const unanswered = Exit.fail(new Journal.Unknown({ cause: "no answer" }))
      const outcome = this.outcome()
      const land = (): void => {
        if (!machine.alive && random.chance(0.5)) return
        if (outcome === "vanishes") return answer(unanswered)
        if (this.fullUntilMs > loop.nowMs)
          return answer(Exit.fail(new Journal.Full({ cause: "no room" })))
        this.trace.checked(() =>
          check(
            !machine.alive || outcome === "landsLate" || Batch.sameBytes(sent.bytes, batch.bytes),
            "a batch keeps its bytes while it is written"
          )
        )
        const exit = Effect.runSyncExit(stored.append(sent))
        if (Exit.isSuccess(exit)) this.landed(machine, sent)
        answer(outcome === "lands" ? exit : unanswered)
      }
      loop.after(this.slowness() + random.int(1, 4), land, undefined)
      if (outcome === "landsLate") answer(unanswered)
    })
  }

  private slowness(): number {
    return this.faults.strikes("journalSlow", 0.03)
      ? this.faults.of("journalSlow").int(50, 4_000)
      : 0
  }

  private outcome(): Outcome {
    if (!this.faults.strikes("journalUnknown", 0.04)) return "lands"
    return this.faults.of("journalUnknown").pick(["landsUnanswered", "landsLate", "vanishes"])
  }

  private landed(machine: Machine, batch: Batch.Batch): void {
    const { count, epoch, firstSequence } = batch
    this.trace.add(
      `${machine.name} epoch ${epoch}: ${firstSequence} + ${count} durable, ${Buffer.from(batch.hash.subarray(0, 4)).toString("hex")}`
    )
    this.trace.checked(() => this.oracle.landed(batch))
  }

  /** A byte of a stored batch changes. */
  damageJournal(index: number, byte: number): void {
    const stored = this.journal.batches[index]!
    this.damage = { index, original: stored.bytes.slice() }
    stored.bytes[byte % stored.bytes.length]! ^= 1
    this.trace.add(`the batch at ${stored.firstSequence} is damaged`)
  }

  /** From a copy. */
  restoreJournal(): void {
    if (this.damage === undefined) return
    this.journal.batches[this.damage.index]!.bytes.set(this.damage.original)
    this.damage = undefined
    this.trace.add("the journal is restored")
  }

  /**
   * As a closed build with earlier rules leaves it: the same batches under its rules, and a
   * snapshot of the state after them.
   */
  becomeOfEarlierRules(state: ReadonlyArray<Uint8Array>): void {
    const { batches } = this.journal
    const writer = new Batch.BatchWriter()
    let previousHash = Batch.genesisHash
    for (const [i, { bytes, firstSequence }] of batches.entries()) {
      const batch = Batch.decode(bytes) as Batch.Batch
      writer.reset()
      for (const { commandAt, end, eventsAt } of Batch.entryPlaces(batch)) {
        writer.beginEntry(batch.bytes, commandAt, eventsAt)
        writer.ensure(end - eventsAt)
        writer.bytes.set(batch.bytes.subarray(eventsAt, end), writer.at)
        writer.at += end - eventsAt
        writer.endEntry()
      }
      const sealed = writer.seal({ ...batch, rulesVersion: rulesVersion - 1, previousHash })
      batches[i] = { firstSequence, bytes: sealed.bytes.slice() }
      previousHash = sealed.hash.slice() as Batch.BatchHash
    }
    const { lastSequence: sequence } = this.journal.head
    this.journal.head = { lastSequence: sequence, hash: previousHash }
    const head: SnapshotStore.SnapshotHead = {
      sequence,
      batchHash: previousHash,
      rulesVersion: rulesVersion - 1,
      formatVersion: Snapshot.formatVersion
    }
    this.snapshots.snapshots = [{ head, chunks: state }]
    this.trace.add(`a build of earlier rules has left it at ${sequence}`)
  }

  // ---- Snapshots

  snapshotsOf(): SnapshotStore.SnapshotStore["Service"] {
    const layer = MemorySnapshotStore.layerOf(this.snapshots)
    const stored = Context.get(
      Effect.runSync(Effect.scoped(Layer.build(layer))),
      SnapshotStore.SnapshotStore
    )
    const unavailable = (probability: number) =>
      Effect.suspend(() =>
        this.faults.strikes("snapshotsUnknown", probability)
          ? Effect.fail(new SnapshotStore.SnapshotsUnavailable({ cause: "no answer" }))
          : Effect.void
      )
    return {
      list: Effect.andThen(unavailable(0.1), stored.list),
      save: (head, pieces) =>
        Effect.tap(stored.save(head, pieces), () =>
          Effect.sync(() => {
            this.damagedSnapshots.delete(head.sequence)
            this.trace.add(`snapshot ${head.sequence} saved`)
          })
        ),
      load: (sequence) => {
        const problem = new SnapshotStore.SnapshotDamaged({
          place: `snapshot ${sequence}`,
          problem: "its hash differs"
        })
        const answered = Stream.fromEffectDrain(unavailable(0.1))
        const pieces = Stream.concat(answered, stored.load(sequence))
        if (!this.damagedSnapshots.has(sequence)) return pieces
        if (!this.oracle.rulesAreChanged) this.lackedSnapshot = true
        return Stream.concat(pieces, Stream.fail(problem))
      }
    }
  }

  /** From a copy. */
  restoreSnapshots(): void {
    this.damagedSnapshots.clear()
    this.trace.add("the snapshots are restored")
  }

  damageSnapshot(): void {
    const newest = this.snapshots.snapshots[0]
    if (newest === undefined) return
    this.damagedSnapshots.add(newest.head.sequence)
    this.trace.add(`snapshot ${newest.head.sequence} is damaged`)
  }
}
