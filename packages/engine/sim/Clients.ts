/**
 * Clients over a network that loses, duplicates and delays. Services number their commands; the
 * others use keys, or nothing if they do not care. They ask again until they know the outcome,
 * unless they give up.
 */
import { type Command, Event, type IdempotencyKey } from "@pandora-exchange/core"
import type { SubmitError } from "../src/SubmitError.ts"
import { check } from "../test/reference/check.ts"
import { Random, type Asked, randomCommands } from "../test/reference/randomCommands.ts"
import type { Cluster, Server, World } from "./Cluster.ts"
import type { Faults } from "./Faults.ts"
import { startTime } from "./Machine.ts"
import { printed } from "./Oracle.ts"
import type { Receipts } from "./Receipts.ts"

interface Job {
  readonly client: number
  readonly number: number
  readonly command: Command.Command
  readonly requestKey: Command.RequestKey | undefined
  attempts: number
  isOver: boolean
  /** The first answer, which every later one must repeat. */
  answer: string | undefined
}

const services = 2
const clients = 8
/** How long a client waits before its answers are late. */
const patienceMs = 500
/** Rejections of a used or expired key or number: the first answer is not repeated. */
const unrepeated: ReadonlyArray<string> = [
  "KeyExpired",
  "KeyInFuture",
  "UnknownAccount",
  "SourceNumberUsed"
]

export class Clients {
  /** Commands still to be requested. */
  private left: number
  private jobs = 0
  private readonly open = new Set<Job>()
  private readonly givenUp: Array<Job> = []
  private readonly sourceNumbers = Array.from({ length: services }, () => 0)
  private readonly source: Generator<Asked, void, ReadonlyArray<Event.Event>>
  private readonly random: Random
  private readonly faults: Faults
  private readonly receipts: Receipts
  private readonly world: World
  private readonly cluster: Cluster

  constructor(
    options: { seed: number; commands: number; faults: Faults; receipts: Receipts },
    world: World,
    cluster: Cluster
  ) {
    this.random = new Random(options.seed)
    this.left = options.commands
    this.faults = options.faults
    this.receipts = options.receipts
    this.world = world
    this.cluster = cluster
    const now = () => Math.floor(startTime + world.loop.nowMs)
    this.source = randomCommands(options.seed, Number.MAX_SAFE_INTEGER, { now })
  }

  get areDone(): boolean {
    return this.left === 0 && this.open.size === 0
  }

  get unknown(): string {
    return [...this.open].map(({ number }) => number).join(", ")
  }

  /** One at a time, each known before the next: the commands the others depend on. */
  setUp(count: number, done: () => void): void {
    if (count === 0 || this.left === 0) {
      for (let client = 0; client < clients; client++) this.begin(client)
      return done()
    }
    this.ask(services, () => this.setUp(count - 1, done))
  }

  private begin(client: number): void {
    if (this.left === 0) return
    const idle = this.faults.strikes("bursts", 0.7) ? 0 : this.random.int(1, 200)
    this.world.loop.after(idle, () => this.ask(client, () => this.begin(client)), undefined)
  }

  private ask(client: number, done: () => void): void {
    if (this.left === 0) return
    this.left--
    let command: Command.Command
    do {
      command = this.source.next(this.world.oracle.news()).value![1]
    } while (command._tag === "AdvanceTime")
    const job: Job = {
      client,
      number: ++this.jobs,
      command,
      requestKey: this.requestKeyOf(client, command),
      attempts: 0,
      isOver: false,
      answer: undefined
    }
    this.open.add(job)
    this.attempt(job, done)
  }

  private requestKeyOf(client: number, command: Command.Command): Command.RequestKey | undefined {
    if ("accountId" in command && !this.world.oracle.bookkeeping.accounts.has(command.accountId))
      return undefined
    if (client < services)
      return { _tag: "Source", source: `service-${client}`, number: ++this.sourceNumbers[client]! }
    return this.jobs > 60 && this.random.chance(0.3) ? undefined : { _tag: "Key", key: this.key() }
  }

  private key(): IdempotencyKey.IdempotencyKey {
    const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")
    const time = hex(Math.floor(startTime + this.world.loop.nowMs), 12)
    const more = hex(this.jobs, 12)
    return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${more}` as IdempotencyKey.IdempotencyKey
  }

  /** Sends it, and again if no answer arrives in time. */
  private attempt(job: Job, done: () => void): void {
    if (job.isOver) return
    const attempt = ++job.attempts
    const server = this.serverFor()
    const retry = (ms: number): void =>
      this.world.loop.after(ms, () => attempt === job.attempts && this.again(job, done), undefined)
    if (server === undefined) return retry(100)
    const copies =
      job.requestKey !== undefined && this.faults.strikes("commandsDoubled", 0.05) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      this.world.loop.after(this.latencyMs(), () => this.deliver(job, server, done), undefined)
    }
    retry(patienceMs + this.random.int(0, 200))
  }

  private serverFor(): Server | undefined {
    const { ready } = this.cluster
    return ready.length === 0 ? undefined : this.random.pick(ready)
  }

  private latencyMs(): number {
    return this.faults.strikes("commandsDelayed", 0.05)
      ? this.faults.of("commandsDelayed").int(20, 3_000)
      : this.random.int(0, 5)
  }

  private again(job: Job, done: () => void): void {
    if (job.isOver) return
    if (job.requestKey === undefined) return this.settle(job, "never known", done)
    if (job.client < services || !this.faults.strikes("clientsGiveUp", 0.1))
      return this.attempt(job, done)
    this.world.trace.add(`job ${job.number} is given up`)
    this.open.delete(job)
    this.givenUp.push(job)
    done()
  }

  private deliver(job: Job, server: Server, done: () => void): void {
    const { loop, oracle, trace } = this.world
    const { machine, sequencer } = server
    if (!machine.alive || sequencer === undefined) return
    const receipt = this.receipts.of(job.command, job.requestKey)
    receipt.sent++
    loop.within(machine, () =>
      sequencer.submitUnsafe(job.command, job.requestKey, {
        answered: (view, from, to, sequence) =>
          trace.checked(() => {
            receipt.answered++
            server.answered = Math.max(server.answered, sequence)
            const answer = printed(Event.decodeAll(view, from, to))
            check(sequence <= oracle.head.lastSequence, `answer ${sequence} is durable`)
            check(
              oracle.answers.get(sequence) === answer,
              `answer ${sequence} is what the journal says: ${answer}`
            )
            check(
              receipt.answered <= receipt.durable,
              `answer ${sequence} is to a command of the journal`
            )
            if (this.faults.strikes("answersLost", 0.08)) return
            loop.after(
              this.random.int(0, 5),
              () => this.answered(job, sequence, answer, done),
              undefined
            )
          }),
        failed: (error) => {
          if (error._tag === "Unavailable") receipt.refused++
          loop.after(this.random.int(0, 5), () => this.failed(job, error, done), undefined)
        }
      })
    )
  }

  private answered(job: Job, sequence: number, answer: string, done: () => void): void {
    const { trace } = this.world
    const isRepeatable = !unrepeated.some((reason) => answer.includes(`"${reason}"`))
    if (isRepeatable && job.requestKey !== undefined) {
      const told = `${sequence} ${answer}`
      trace.checked(() =>
        check(
          (job.answer ?? told) === told,
          `job ${job.number} gets its first answer again: ${job.answer} and ${told}`
        )
      )
      job.answer = told
    }
    this.settle(job, `answered at ${sequence}`, done)
  }

  private failed(job: Job, error: SubmitError, done: () => void): void {
    const { loop, trace } = this.world
    if (job.isOver) return
    trace.add(`job ${job.number}: ${error._tag === "Unavailable" ? error.reason : error._tag}`)
    if (error._tag === "OutcomeUnknown" && job.requestKey === undefined)
      return this.settle(job, "never known", done)
    const { attempts } = job
    loop.after(
      this.random.int(20, 300),
      () => attempts === job.attempts && this.attempt(job, done),
      undefined
    )
  }

  private settle(job: Job, how: string, done: () => void): void {
    if (job.isOver) return
    job.isOver = true
    this.world.trace.add(`job ${job.number} ${job.command._tag} ${how}`)
    if (this.open.delete(job)) done()
  }

  /** Clients that gave up want to know the outcome after all. */
  askAgain(): void {
    for (const job of this.givenUp.splice(0)) {
      if (job.isOver) continue
      this.open.add(job)
      this.attempt(job, () => undefined)
    }
  }
}
