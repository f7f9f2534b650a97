/**
 * One run from one seed: a sequencer with the real venue, surrounded by faulty clients, journal,
 * snapshots, clocks, machines and followers. In the end all faults stop, and everything must agree.
 */
import type { SnapshotStore } from "@pandora-exchange/core"
import { Cause, Effect, Exit } from "effect"
import type { Limits } from "../src/Limits.ts"
import * as Recovery from "../src/Recovery.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { check } from "../test/reference/check.ts"
import { limitsSmall, Random } from "../test/reference/randomCommands.ts"
import { Clients } from "./Clients.ts"
import { Cluster, type Server, type World } from "./Cluster.ts"
import { Disk } from "./Disk.ts"
import { EventLoop } from "./EventLoop.ts"
import { type FaultKind, faultKinds, Faults } from "./Faults.ts"
import { Follower } from "./Follower.ts"
import { Machine, startTime } from "./Machine.ts"
import { Oracle } from "./Oracle.ts"
import { nothingPlanted, type Planted } from "./Planted.ts"
import { Receipts } from "./Receipts.ts"
import { Trace } from "./Trace.ts"

export interface Options {
  readonly seed: number
  readonly commands: number
  readonly faults?: ReadonlyArray<FaultKind>
  readonly planted?: Planted
}

export interface Outcome {
  readonly seed: number
  readonly commands: number
  readonly faults: ReadonlyArray<FaultKind>
  /** What was wrong; `undefined` if nothing was. */
  readonly failure: string | undefined
  readonly durableSequence: number
  readonly machines: number
  readonly simulatedMs: number
  readonly struck: Readonly<Record<string, number>>
  readonly traceHash: string
  /** The last events before the failure. */
  readonly lastLines: ReadonlyArray<string>
}

/** Commands of the undisturbed set-up: assets, markets, accounts and their first money. */
const setUpCommands = 44
/** In one of this many seeds, the set-up was done by a build with earlier rules. */
const earlierRulesEvery = 4
const trouble = { fromMs: 20, toMs: 250 }
const hourMs = 3_600_000
const healingMsMax = 10 * 60_000

export const simulate = (options: Options): Outcome => {
  const loop = new EventLoop()
  return loop.instead(() => new Simulation(options, loop).run())
}

class Simulation {
  private readonly options: Options
  private readonly faults: Faults
  private readonly receipts = new Receipts()
  private readonly world: World
  private readonly cluster: Cluster
  private readonly clients: Clients
  private followers: ReadonlyArray<Follower> = []
  private isSetUp = false

  constructor(options: Options, loop: EventLoop) {
    this.options = options
    const { commands, planted = nothingPlanted, seed } = options
    const random = (part: number): Random => new Random(seed * 16 + part)
    const limits = limitsOf(seed)
    const trace = new Trace(loop)
    const oracle = new Oracle(limits, this.receipts)
    this.faults = new Faults(seed, options.faults ?? faultKinds)
    this.faults.healed = true
    const disk = new Disk(seed * 16 + 1, { loop, faults: this.faults, trace, oracle })
    this.world = { loop, trace, oracle, disk, limits, planted }
    this.cluster = new Cluster(this.world, random(2))
    this.clients = new Clients(
      { seed, commands, faults: this.faults, receipts: this.receipts },
      this.world,
      this.cluster
    )
    if (!this.changesRules) this.follow()
  }

  private get changesRules(): boolean {
    return this.options.seed % earlierRulesEvery === 0
  }

  private follow(): void {
    const { seed } = this.options
    this.followers = [3, 4].map(
      (part) =>
        new Follower(
          `follower ${part}`,
          this.world,
          this.cluster,
          this.faults,
          new Random(seed * 16 + part)
        )
    )
  }

  /** Everything so far was done by a build with earlier rules, which was closed. */
  private startUnderLaterRules(): void {
    const { disk, oracle } = this.world
    for (const server of this.cluster.ready) this.cluster.crash(server)
    disk.becomeOfEarlierRules([...Snapshot.encode(oracle.engine.venue.state)])
    oracle.head = disk.journal.head
    oracle.rulesAreChanged = false
    this.follow()
  }

  run(): Outcome {
    const { loop, trace } = this.world
    this.clients.setUp(setUpCommands, () => {
      this.isSetUp = true
      if (this.changesRules) this.startUnderLaterRules()
      this.faults.healed = false
      this.trouble(new Random(this.options.seed * 16 + 5))
    })
    this.until(
      "every command is asked for",
      Number.POSITIVE_INFINITY,
      () => this.isSetUp && this.clients.areDone
    )
    this.heal()
    this.until("everything agrees after the last fault", loop.nowMs + healingMsMax, () =>
      this.hasConverged()
    )
    trace.checked(() => this.finish())
    return this.outcome()
  }

  private until(what: string, deadlineMs: number, isReached: () => boolean): void {
    const { loop, trace } = this.world
    for (let i = 1; trace.failure === undefined && !isReached(); i++) {
      if (loop.nowMs > deadlineMs || i > stepsMax) {
        trace.fail(
          `does not hold in time: ${what}; jobs that are not known: ${this.clients.unknown || "none"}`
        )
      } else trace.checked(() => loop.step())
    }
  }

  /** Something goes wrong now and then. */
  private trouble(random: Random): void {
    if (this.faults.healed) return
    const { disk, loop } = this.world
    const server = this.cluster.ready[0]
    if (server !== undefined) this.disturb(server, random)
    if (random.chance(0.1)) this.cluster.snapshot()
    if (this.faults.strikes("snapshotsDamaged", 0.02)) disk.damageSnapshot()
    if (this.faults.strikes("journalFull", 0.01)) {
      disk.fullUntilMs = loop.nowMs + this.faults.of("journalFull").int(100, 5_000)
    }
    for (const each of this.cluster.ready) if (random.chance(0.3)) this.cluster.look(each)
    loop.after(random.int(trouble.fromMs, trouble.toMs), () => this.trouble(random), undefined)
  }

  private disturb(server: Server, random: Random): void {
    const { faults } = this
    const { loop } = this.world
    const { machine } = server
    if (faults.strikes("pauses", 0.03))
      machine.pausedUntilMs = loop.nowMs + faults.of("pauses").int(10, 5_000)
    if (faults.strikes("clocks", 0.03)) this.moveClock(machine, faults.of("clocks"))
    if (faults.strikes("rivals", 0.02)) this.rival(faults.of("rivals"))
    if (faults.strikes("restarts", 0.01)) this.cluster.close(server)
    if (faults.strikes("crashes", 0.04)) {
      // The only one may just have been closed.
      const { ready } = this.cluster
      if (ready.length > 0) this.cluster.crash(random.pick(ready))
      this.damageJournal()
    }
  }

  /** Another machine wants to lead, and sometimes a third at almost the same moment. */
  private rival(random: Random): void {
    this.cluster.start()
    if (random.chance(0.5))
      this.world.loop.after(random.int(0, 20), () => void this.cluster.start(), undefined)
  }

  private moveClock(machine: Machine, random: Random): void {
    const { loop, trace } = this.world
    random.weighted<() => void>([
      [4, () => void (machine.skewMs -= random.int(1, 20_000))],
      [4, () => void (machine.skewMs += random.int(1, 9_000))],
      [1, () => void (machine.skewMs += random.int(10_000, hourMs))],
      [1, () => loop.leap(random.int(1_000, 20 * hourMs))]
    ])()
    trace.add(`${machine.name}'s clock stands at ${machine.wallMs()}`)
  }

  /** Only while nobody leads, and at a position that startup reads. */
  private damageJournal(): void {
    const { disk } = this.world
    const newest = disk.snapshots.snapshots[0]?.head.sequence ?? 0
    const first = disk.journal.batches.findIndex(({ firstSequence }) => firstSequence > newest)
    if (first === -1 || disk.damage !== undefined || this.cluster.ready.length > 0) return
    if (!this.faults.strikes("journalDamaged", 0.2)) return
    const random = this.faults.of("journalDamaged")
    disk.damageJournal(random.int(first, disk.journal.batches.length - 1), random.u32())
  }

  private heal(): void {
    const { disk, trace } = this.world
    trace.add("all faults end")
    this.faults.healed = true
    disk.fullUntilMs = 0
    disk.restoreJournal()
    for (const { machine } of this.cluster.servers) {
      machine.pausedUntilMs = 0
      machine.skewMs = 0
    }
    this.clients.askAgain()
  }

  private hasConverged(): boolean {
    const { loop, oracle } = this.world
    const leads = this.cluster.ready.some((server) => {
      const status = this.cluster.statusOf(server)
      return (
        status?.condition === "running" &&
        status.durableSequence === oracle.head.lastSequence &&
        status.waiting === 0
      )
    })
    const { nextDeadline } = oracle.engine.venue
    const isNothingDue = nextDeadline === 0 || nextDeadline > startTime + loop.nowMs
    return (
      leads &&
      isNothingDue &&
      this.clients.areDone &&
      this.followers.every(({ isLevel }) => isLevel)
    )
  }

  private finish(): void {
    this.world.oracle.finish()
    check(this.world.oracle.rulesAreChanged, "the rules are changed")
    this.receipts.finish()
    for (const follower of this.followers) follower.finish()
    this.replayed("from the newest snapshot", this.world.disk.snapshotsOf().list)
    this.replayed("from the first batch", Effect.succeed([]))
  }

  /** The stored data gives the state the leaders reached. */
  private replayed(how: string, list: SnapshotStore.SnapshotStore["Service"]["list"]): void {
    const { disk, limits, loop, oracle, trace } = this.world
    const machine = new Machine("replay", loop)
    const { read } = disk.journalOf(machine)
    let hash: string | undefined
    machine.run(
      Recovery.rebuild({ read, snapshots: { ...disk.snapshotsOf(), list }, limits }),
      (exit) => {
        if (Exit.isSuccess(exit)) hash = Snapshot.hashOf(exit.value.venue.state)
        else trace.fail(`replay ${how} fails: ${String(Cause.squash(exit.cause))}`)
      }
    )
    this.until(`replay ${how} ends`, loop.nowMs + healingMsMax, () => hash !== undefined)
    check(
      hash === oracle.hashes.get(oracle.head.lastSequence),
      `replay ${how} gives the leader's state`
    )
  }

  private outcome(): Outcome {
    const { loop, oracle, trace } = this.world
    const { commands, faults = faultKinds, seed } = this.options
    return {
      seed,
      commands,
      faults,
      failure: trace.failure,
      durableSequence: oracle.head.lastSequence,
      machines: this.cluster.started,
      simulatedMs: Math.round(loop.nowMs),
      struck: Object.fromEntries(this.faults.struck),
      traceHash: trace.digest(),
      lastLines: trace.failure === undefined ? [] : trace.last
    }
  }
}

/** Far more than a run takes. */
const stepsMax = 10_000_000

/** Usually room for all keys, so that a repeated request gets the first answer. */
const limitsOf = (seed: number): Limits =>
  seed % 4 === 0 ? limitsSmall : { ...limitsSmall, keysMax: 300, keysPerAccountMax: 60 }
