/**
 * Everything between a command's arrival and the journal, without Effect: commands wait, are
 * executed as a batch, and are answered once it is durable.
 *
 * One batch is in flight at a time; the next one is collected in the meantime and formed when this
 * one is durable.
 */
import { Batch, type Command, Ids, type Journal } from "@pandora-exchange/core"
import { type Clock, Effect } from "effect"
import { Availability, type FinalCondition, finalRefusal } from "./Availability.ts"
import { BatchDraft } from "./BatchDraft.ts"
import { BatchLimit } from "./BatchLimit.ts"
import type { Flight } from "./Flight.ts"
import { Followers } from "./Followers.ts"
import { Inbox, type Waiter } from "./Inbox.ts"
import type { Leadership } from "./Leadership.ts"
import { notify } from "./notify.ts"
import type { State } from "./State.ts"
import { type SubmitError, Unavailable } from "./SubmitError.ts"
import { rulesVersion } from "./Venue.ts"
import { VenueClock } from "./VenueClock.ts"

export interface PipelineOptions {
  /** How many commands may wait. */
  readonly inboxMax?: number
  /** The maximum number of commands in a batch, however slow the journal is. */
  readonly batchMax?: number
}

/** The value read, and the last command it reflects. */
interface Seen<A> {
  readonly sequence: Ids.Sequence
  readonly value: A
}

const inboxMaxDefault = 65_536
const batchMaxDefault = 1_024
const deadlineSleepMsMax = 60_000

export class CommandPipeline {
  readonly clock: VenueClock
  readonly availability: Availability
  private leadership: Leadership
  private readonly inbox: Inbox
  private readonly limit: BatchLimit
  private readonly followers = new Followers()
  private readonly writers = [new Batch.BatchWriter(1 << 18), new Batch.BatchWriter(1 << 18)]
  private turn = 0
  private flight: Flight | undefined
  private wake: (() => void) | undefined
  private waitingForRecovery: Array<() => void> = []

  constructor(leadership: Leadership, clock: Clock.Clock, options: PipelineOptions) {
    this.leadership = leadership
    this.clock = new VenueClock(clock, leadership.venue.state.time)
    this.availability = new Availability(this.clock)
    this.inbox = new Inbox(options.inboxMax ?? inboxMaxDefault)
    this.limit = new BatchLimit(options.batchMax ?? batchMaxDefault)
  }

  get epoch(): number {
    return this.leadership.epoch
  }

  get head(): Journal.Head {
    return this.leadership.head
  }

  /** What the snapshot of a closed venue is made from; absent while it runs, or after a failure. */
  get closed(): Leadership | undefined {
    return this.availability.condition === "closed" ? this.leadership : undefined
  }

  get waiting(): number {
    return this.inbox.size
  }

  submit(
    command: Command.Command,
    requestKey: Command.RequestKey | undefined,
    waiter: Waiter
  ): void {
    if (this.accepts(waiter)) this.accepted(this.inbox.add(command, requestKey, waiter), waiter)
  }

  submitBytes(command: Uint8Array, waiter: Waiter): void {
    if (this.accepts(waiter)) this.accepted(this.inbox.addBytes(command, waiter), waiter)
  }

  private accepts(waiter: Waiter): boolean {
    const refusal = this.availability.refusal()
    if (refusal !== undefined) waiter.failed(refusal)
    return refusal === undefined
  }

  private accepted(added: boolean, waiter: Waiter): void {
    if (added) this.wakeUp()
    else waiter.failed(new Unavailable({ reason: "Overloaded" }))
  }

  private wakeUp(): void {
    if (this.wake === undefined) return
    // Callers that are about to submit join the same batch.
    setImmediate(this.wake)
    this.wake = undefined
  }

  get hasWork(): boolean {
    return this.inbox.size > 0 || this.isDue || this.changesRules
  }

  /** The state has other rules, and nothing prevents changing them. */
  private get changesRules(): boolean {
    const { closing, isPaused } = this.availability
    return this.leadership.change !== undefined && !isPaused && !closing
  }

  private get isDue(): boolean {
    const deadline = this.leadership.venue.nextDeadline
    const { closing, isPaused } = this.availability
    return deadline !== 0 && deadline <= this.clock.now() && !isPaused && !closing
  }

  /** Resolves when there is something to do, or the venue closes. */
  readonly work: Effect.Effect<void> = Effect.suspend(() => {
    if (this.hasWork || this.availability.closing) return Effect.void
    const deadline = this.leadership.venue.nextDeadline
    if (deadline === 0) return this.woken
    const { isPaused, pausedForMs } = this.availability
    const dueInMs = isPaused ? pausedForMs : deadline - this.clock.now()
    const ms = Math.min(Math.max(Math.ceil(dueInMs), 1), deadlineSleepMsMax)
    return Effect.raceFirst(this.woken, Effect.sleep(ms))
  })

  private readonly woken: Effect.Effect<void> = Effect.callback((resume) => {
    this.wake = () => resume(Effect.void)
    return Effect.sync(() => {
      this.wake = undefined
    })
  })

  /** Executes the waiting commands as one batch. */
  form(): Flight {
    const begun = this.clock.monotonicMs()
    const out = this.writers[(this.turn ^= 1)]!
    const draft = new BatchDraft(this.leadership, out, this.clock.now())
    if (this.inbox.size === 0 && !this.changesRules)
      this.inbox.add({ _tag: "AdvanceTime" }, undefined, undefined)
    try {
      draft.fill(this.inbox, this.limit.commands)
    } catch (bug) {
      // Nothing in this batch will become durable, and the state can no longer be trusted.
      this.availability.condition = "stopped"
      draft.commands.fail(new Unavailable({ reason: "Stopped" }))
      throw bug
    }
    this.flight = draft.seal(this.clock)
    this.limit.spent(this.flight.formedAt - begun)
    return this.flight
  }

  /** The same, while the answers of `landed` have not been released yet. */
  formAfter(landed: Flight): Flight {
    try {
      return this.form()
    } catch (bug) {
      this.release(landed)
      throw bug
    }
  }

  /** The batch is durable. */
  landed({ batch, formedAt }: Flight): void {
    const head = {
      lastSequence: Batch.lastSequence(batch),
      hash: batch.hash.slice() as Batch.BatchHash
    }
    this.leadership = { ...this.leadership, head }
    if (this.leadership.change?.isWhole)
      this.leadership = { ...this.leadership, rulesVersion, change: undefined }
    this.flight = undefined
    this.availability.hasRoom()
    this.limit.adapt(this.clock.monotonicMs() - formedAt, this.inbox.size)
  }

  /** Answers everyone who waited for the batch. */
  release(flight: Flight): void {
    const begun = this.clock.monotonicMs()
    flight.acknowledge()
    this.limit.spent(this.clock.monotonicMs() - begun)
    this.followers.keep(flight.batch)
    this.followers.wake(this.head.lastSequence)
  }

  /**
   * As far as is known, the batch is not durable. The condition changes first, because a notified
   * caller may submit again at once.
   */
  lost(flight: Flight, cause: unknown, error: SubmitError): void {
    this.availability.set("recovering", cause)
    this.flight = undefined
    flight.fail(error, "lost")
  }

  recovered(leadership: Leadership): void {
    this.leadership = leadership
    this.availability.set("running", undefined)
    // Commands that recovery found durable were never released: followers read them from the
    // journal.
    this.followers.forget()
    this.followers.wake(this.head.lastSequence)
    for (const resume of this.takeWaitingForRecovery()) resume()
  }

  private takeWaitingForRecovery(): ReadonlyArray<() => void> {
    const waiting = this.waitingForRecovery
    this.waitingForRecovery = []
    return waiting
  }

  pauseFull(cause: unknown): void {
    this.availability.pauseFull(cause)
    this.refuseWaiting(new Unavailable({ reason: "JournalFull" }))
  }

  /** Permanent. `error` is for the callers whose batch is in flight. */
  stop(condition: FinalCondition, cause: unknown, error: SubmitError): void {
    const { flight } = this
    this.availability.set(condition, cause)
    this.flight = undefined
    const resumes = [...this.followers.takeAll(), ...this.takeWaitingForRecovery()]
    flight?.fail(error, "stopped")
    this.refuseWaiting(finalRefusal(condition))
    for (const resume of resumes) resume()
  }

  private refuseWaiting(refusal: Unavailable): void {
    while (this.inbox.size > 0) {
      this.inbox.shift((_bytes, _from, _to, waiter) => notify(() => waiter?.failed(refusal)))
    }
  }

  /** No more commands; waiting ones are still executed. */
  close(): void {
    this.availability.closing = true
    this.wakeUp()
  }

  /** Looks at the state, and answers once everything it saw is durable. */
  read<A>(look: (state: State) => A): Effect.Effect<Seen<A>, Unavailable> {
    return Effect.suspend(() => {
      const { condition } = this.availability
      if (condition === "recovering") return Effect.andThen(this.recovery, this.read(look))
      if (condition === "fenced" || condition === "stopped")
        return Effect.fail(finalRefusal(condition))
      const { state } = this.leadership.venue
      const seen = { sequence: Ids.Sequence(state.sequence), value: look(state) }
      return this.flight === undefined
        ? Effect.succeed(seen)
        : this.confirmed(seen, this.flight, look)
    })
  }

  private confirmed<A>(
    seen: Seen<A>,
    flight: Flight,
    look: (state: State) => A
  ): Effect.Effect<Seen<A>, Unavailable> {
    return Effect.flatMap(flight.outcome, (outcome) => {
      if (outcome === "durable") return Effect.succeed(seen)
      return outcome === "lost"
        ? this.read(look)
        : Effect.fail(new Unavailable({ reason: "Stopped" }))
    })
  }

  private readonly recovery: Effect.Effect<void> = Effect.callback((resume) => {
    this.waitingForRecovery.push(() => resume(Effect.void))
  })

  /** True once `sequence` is durable, false if it never will be in this process. */
  durable(sequence: number): Effect.Effect<boolean> {
    return Effect.suspend(() => {
      if (sequence <= this.head.lastSequence) return Effect.succeed(true)
      if (this.availability.isOver) return Effect.succeed(false)
      return Effect.andThen(this.followers.reached(sequence), this.durable(sequence))
    })
  }

  /** Batches starting with the one that contains `from`, if they are in memory. */
  recentFrom(from: number): ReadonlyArray<Batch.Batch> | undefined {
    return this.followers.recentFrom(from)
  }
}
