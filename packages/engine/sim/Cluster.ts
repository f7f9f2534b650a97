/**
 * The machines that run a sequencer: started, crashed, closed and supervised. Several may believe
 * they lead.
 */
import { Journal, SnapshotStore } from "@pandora-exchange/core"
import { Cause, Context, Effect, Exit, Layer, Scope } from "effect"
import type { Limits } from "../src/Limits.ts"
import * as Recovery from "../src/Recovery.ts"
import { Sequencer, type Status } from "../src/Sequencer.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { check } from "../test/reference/check.ts"
import type { Random } from "../test/reference/randomCommands.ts"
import type { Disk } from "./Disk.ts"
import type { EventLoop } from "./EventLoop.ts"
import { Machine } from "./Machine.ts"
import type { Oracle } from "./Oracle.ts"
import type { Planted } from "./Planted.ts"
import type { Trace } from "./Trace.ts"

export interface Server {
  readonly machine: Machine
  readonly scope: Scope.Closeable
  /** Absent before it has started. */
  sequencer: Sequencer["Service"] | undefined
  /** The last sequence it answered. */
  answered: number
}

export interface World {
  readonly loop: EventLoop
  readonly trace: Trace
  readonly oracle: Oracle
  readonly disk: Disk
  readonly limits: Limits
  readonly planted: Planted
}

const watchMs = 200
const inboxMax = 24

export class Cluster {
  servers: Array<Server> = []
  started = 0
  private readonly world: World
  private readonly random: Random

  constructor(world: World, random: Random) {
    this.world = world
    this.random = random
    this.watch()
  }

  start(): Server {
    const { disk, limits, loop, planted, trace } = this.world
    const machine = new Machine(`machine ${++this.started}`, loop)
    const server: Server = { machine, scope: Scope.makeUnsafe(), sequencer: undefined, answered: 0 }
    this.servers.push(server)
    const { damage } = disk
    const journal = planted.journal(disk.journalOf(machine), loop)
    const layer = Sequencer.layer({ limits, inboxMax, batchMax: this.random.pick([4, 64]) }).pipe(
      Layer.provide(Layer.succeed(Journal.Journal, journal)),
      Layer.provide(Layer.succeed(SnapshotStore.SnapshotStore, disk.snapshotsOf()))
    )
    machine.run(Layer.buildWithScope(layer, server.scope), (exit) => {
      if (Exit.isFailure(exit)) return this.refused(server, Cause.squash(exit.cause))
      trace.add(`${machine.name} has started`)
      if (damage !== undefined && disk.damage === damage)
        trace.fail("start-up passes over a damaged batch")
      const sequencer = Context.get(exit.value, Sequencer)
      server.sequencer = sequencer
      machine.run(sequencer.read(planted.tamper), () => undefined)
      this.look(server)
    })
    return server
  }

  /** Startup fails only for a valid reason. */
  private refused({ machine }: Server, error: unknown): void {
    const { disk, trace } = this.world
    machine.alive = false
    trace.add(`${machine.name} does not start: ${String(error)}`)
    if (isUnanswered(error) || this.lacksSnapshot(error)) return
    if (error instanceof Journal.Fenced && error.epoch < disk.journal.epoch) return
    if (disk.damage === undefined)
      trace.fail(`start-up is refused though nothing is damaged: ${String(error)}`)
    else
      trace.checked(() =>
        check(error instanceof Journal.Damaged, "a damaged journal is called damaged")
      )
    disk.restoreJournal()
  }

  /** Until the rules are changed, the snapshot of the earlier rules' end is needed. */
  private lacksSnapshot(error: unknown): boolean {
    const { disk } = this.world
    const lacks = error instanceof Recovery.RulesUnknown && disk.lackedSnapshot
    if (lacks) disk.restoreSnapshots()
    return lacks
  }

  crash(server: Server): void {
    this.world.trace.add(`${server.machine.name} crashes`)
    server.machine.alive = false
  }

  close(server: Server): void {
    this.world.trace.add(`${server.machine.name} closes`)
    server.machine.run(Scope.close(server.scope, Exit.void), () => {
      server.machine.alive = false
    })
  }

  statusOf({ machine, sequencer }: Server): Status | undefined {
    return machine.alive && sequencer !== undefined ? Effect.runSync(sequencer.status) : undefined
  }

  /** Machines that accept commands, as far as one can know. */
  get ready(): ReadonlyArray<Server> {
    return this.servers.filter(({ machine, sequencer }) => machine.alive && sequencer !== undefined)
  }

  /** What a reader sees is durable, and no older than what this server answered before. */
  look(server: Server): void {
    const { machine, sequencer } = server
    const { oracle, trace } = this.world
    const { answered } = server
    machine.run(sequencer!.read(Snapshot.hashOf), (exit) => {
      if (Exit.isFailure(exit)) return
      const { sequence, value } = exit.value
      trace.add(`${machine.name} shows ${sequence}`)
      trace.checked(() => {
        check(sequence <= oracle.head.lastSequence, `what a read shows at ${sequence} is durable`)
        check(sequence >= answered, `a read at ${sequence} shows answer ${answered}`)
        check(
          oracle.hashes.get(sequence) === value,
          `the leader's state at ${sequence} is that of the journal`
        )
      })
    })
  }

  /** A snapshot, taken by a machine of its own. */
  snapshot(): void {
    const { disk, limits, loop, oracle, trace } = this.world
    const machine = new Machine("snapshots", loop)
    const { read } = disk.journalOf(machine)
    machine.run(Recovery.takeSnapshot({ read, snapshots: disk.snapshotsOf(), limits }), (exit) => {
      if (Exit.isSuccess(exit)) {
        return trace.checked(() =>
          check(oracle.hashes.has(exit.value), `snapshot ${exit.value} is of the end of a batch`)
        )
      }
      const error = Cause.squash(exit.cause)
      if (isUnanswered(error) || disk.damage !== undefined || this.lacksSnapshot(error)) return
      trace.fail(`no snapshot is taken though nothing is damaged: ${String(error)}`)
    })
  }

  /** The supervisor: replaces what is over, and confirms a clock that jumped. */
  private watch(): void {
    const { loop, trace } = this.world
    this.servers = this.servers.filter((server) => {
      const { cause, condition } = this.statusOf(server) ?? {}
      if (
        condition === "stopped" &&
        this.world.disk.damage === undefined &&
        !this.lacksSnapshot(cause)
      ) {
        trace.fail(`${server.machine.name} stopped though nothing is damaged: ${String(cause)}`)
      }
      if (condition === "fenced" || condition === "stopped") {
        trace.add(`${server.machine.name} is ${condition}`)
        server.machine.alive = false
        this.world.disk.restoreJournal()
      }
      if ((this.statusOf(server)?.clockLeapMs ?? 0) > 0 && this.random.chance(0.2)) {
        Effect.runSync(server.sequencer!.acceptClock)
      }
      return server.machine.alive
    })
    if (this.servers.length === 0) this.start()
    loop.after(watchMs, () => this.watch(), undefined)
  }
}

const isUnanswered = (error: unknown): boolean =>
  error instanceof Journal.Unknown || error instanceof SnapshotStore.SnapshotsUnavailable
