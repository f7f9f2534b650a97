/**
 * The one writer. It takes the waiting commands as a batch, gives each its sequence and its time, lets the venue execute them,
 * and makes the batch durable; only then are answers and reads released.
 *
 * One batch is in flight at a time: the next is collected meanwhile, and applied when this one is durable. When an append does not
 * succeed, the memory of the venue is thrown away and rebuilt from what is durable, under a new epoch, so that a late write of the
 * old one cannot land.
 */
import { Batch, type Command, Event, Ids, Journal, SnapshotStore } from "@pandora-exchange/core"
import { Cause, Clock, Context, Effect, Exit, Fiber, Layer, Schedule, Stream } from "effect"
import { Inbox, type Waiter } from "./Inbox.ts"
import type { RememberedKey } from "./KeyMemory.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import * as Recovery from "./Recovery.ts"
import type { State } from "./State.ts"
import { OutcomeUnknown, type SubmitError, Unavailable } from "./SubmitError.ts"
import { rulesVersion, type Venue } from "./Venue.ts"
import { VenueClock } from "./VenueClock.ts"

/** What a command came to. */
export interface Answer {
  readonly sequence: Ids.Sequence
  readonly events: ReadonlyArray<Event.Event>
}

/**
 * `running`; `recovering`: commands wait; `full`: the journal has no room and commands are refused for a while; `fenced`,
 * `stopped`: for good, `cause` says why; `closed`.
 */
export type Condition = "running" | "recovering" | "full" | "fenced" | "stopped" | "closed"

export interface Status {
  readonly condition: Condition
  /** Why it is not running. */
  readonly cause: unknown
  readonly epoch: number
  readonly durableSequence: number
  readonly waiting: number
  /** Milliseconds that the wall clock leapt ahead, waiting for `acceptClock`. */
  readonly clockLeapMs: number
}

export interface Options {
  readonly limits?: Limits
  /** Commands that may wait. */
  readonly inboxMax?: number
  /** Commands in one batch at most, however slow the journal is. */
  readonly batchMax?: number
  readonly onRecovery?: (sequence: number) => void
}

export class Sequencer extends Context.Service<
  Sequencer,
  {
    /**
     * Takes a command without any allocation of Effect's, for callers that have many. The waiter is told exactly once, also when
     * it is refused. Throws `MalformedRecord` for a command that has no binary form.
     */
    readonly submitUnsafe: (command: Command.Command, ask: Command.Ask | undefined, waiter: Waiter) => void
    /** The same for a command and its ask in their binary form, from a process that made them with `Command.encode`. */
    readonly submitBytesUnsafe: (command: Uint8Array, waiter: Waiter) => void
    /** Answers when the command is durable. A refusal is an answer: its one event is `Rejected`. */
    readonly submit: (command: Command.Command, ask?: Command.Ask) => Effect.Effect<Answer, SubmitError>
    /** Looks at the state, and answers when all that it saw is durable. The state must not be changed or kept. */
    readonly read: <A>(
      look: (state: State) => A
    ) => Effect.Effect<{ readonly sequence: Ids.Sequence; readonly value: A }, Unavailable>
    /** The next batches from the one that holds `from`, as soon as there is one; `undefined` when the venue is over. */
    readonly batches: Batches
    readonly status: Effect.Effect<Status>
    /** An operator's word that the wall clock, which leapt ahead, is right. */
    readonly acceptClock: Effect.Effect<void>
  }
>()("@pandora-exchange/engine/Sequencer") {
  static readonly layer = (
    options: Options = {}
  ): Layer.Layer<Sequencer, Recovery.RecoveryError | Journal.Fenced, Journal.Journal | SnapshotStore.SnapshotStore> =>
    Layer.effect(Sequencer, make(options))
}

const inboxMaxDefault = 65_536
const batchMaxDefault = 1_024
/**
 * Batches follow the journal: while writing one takes longer than executing and answering it, and more commands wait, the next
 * may be twice as large; once the writing is the shorter part, half. So neither waits for the other for long, and answers come as soon
 * as that allows.
 */
const batchMin = 64
/** A batch ends when it has grown to this, however few its commands. */
const batchBytesMax = 1 << 20
/** How long commands are refused after a journal was full: longer each time, since every attempt may cost a recovery. */
const fullPauseMs = 1_000
const fullPauseMsMax = 30_000
/** Between attempts to reach a journal that does not answer: growing to 5 s, for as long as it takes. */
const recoveryPause = Schedule.min([Schedule.exponential("100 millis"), Schedule.spaced("5 seconds")])
const deadlineSleepMsMax = 60_000
/** Batches that a follower gets at a time, and that are kept in memory for those who are near the head. */
const followBatchesMax = 64

/** A batch under way, and who waits for it. */
interface Flight {
  readonly batch: Batch.Batch
  readonly waiters: Array<Waiter | undefined>
  /** Where each command's own events stand. */
  readonly from: Array<number>
  readonly to: Array<number>
  /** Answers that repeat an earlier one, by position in the batch. */
  readonly repeated: Map<number, RememberedKey>
  readonly readers: Array<Reader>
  readonly formedAt: number
}

/** `durable`: what was read stands. `lost`: it was never durable; look again. */
type Reader = (outcome: "durable" | "lost" | "stopped") => void

/** The mutable side of the sequencer: everything between a command's arrival and the journal, without Effect. */
class Line {
  condition: Condition = "running"
  cause: unknown = undefined
  closing = false
  epoch: number
  venue: Venue
  head: Journal.Head
  readonly clock: VenueClock
  private readonly inbox: Inbox
  private readonly batchMax: number
  private batchLimit: number
  /** Spent on executing and answering since the last write ended. */
  private busyMs = 0
  private readonly writers = [new Batch.BatchWriter(1 << 18), new Batch.BatchWriter(1 << 18)]
  private turn = 0
  private flight: Flight | undefined
  private wake: (() => void) | undefined
  private followers: Array<{ readonly sequence: number; readonly resume: () => void }> = []
  private recent: Array<Batch.Batch> = []
  private sinceFollowed = followBatchesMax
  private waitingForRecovery: Array<() => void> = []
  private pausedUntilMs = 0
  private fullPause = fullPauseMs

  constructor(leadership: Leadership, clock: Clock.Clock, options: Options) {
    this.epoch = leadership.epoch
    this.venue = leadership.venue
    this.head = leadership.head
    this.clock = new VenueClock(clock, leadership.venue.state.time)
    this.inbox = new Inbox(options.inboxMax ?? inboxMaxDefault)
    this.batchMax = options.batchMax ?? batchMaxDefault
    this.batchLimit = Math.min(batchMin, this.batchMax)
  }

  get waiting(): number {
    return this.inbox.size
  }

  submit(command: Command.Command, ask: Command.Ask | undefined, waiter: Waiter): void {
    if (this.accepts(waiter)) this.accepted(this.inbox.add(command, ask, waiter), waiter)
  }

  submitBytes(command: Uint8Array, waiter: Waiter): void {
    if (this.accepts(waiter)) this.accepted(this.inbox.addBytes(command, waiter), waiter)
  }

  private accepts(waiter: Waiter): boolean {
    if (this.condition === "full" && !this.isPaused) this.condition = "running"
    const refusal = this.closing ? "Closed" : refusals[this.condition]
    if (refusal !== undefined) waiter.failed(new Unavailable({ reason: refusal }))
    return refusal === undefined
  }

  private accepted(added: boolean, waiter: Waiter): void {
    if (added) this.wakeUp()
    else waiter.failed(new Unavailable({ reason: "Overloaded" }))
  }

  private wakeUp(): void {
    if (this.wake === undefined) return
    // Callers that are about to submit too get into the same batch.
    setImmediate(this.wake)
    this.wake = undefined
  }

  get hasWork(): boolean {
    return this.inbox.size > 0 || this.isDue
  }

  /** After a full journal, until it is tried again. */
  private get isPaused(): boolean {
    return this.condition === "full" && this.clock.monotonicMs() < this.pausedUntilMs
  }

  private get isDue(): boolean {
    const deadline = this.venue.nextDeadline
    return deadline !== 0 && deadline <= this.clock.now() && !this.isPaused && !this.closing
  }

  /** When there is something to do, or the venue closes. */
  readonly work: Effect.Effect<void> = Effect.suspend(() => {
    if (this.hasWork || this.closing) return Effect.void
    const woken = Effect.callback<void>((resume) => {
      this.wake = () => resume(Effect.void)
      return Effect.sync(() => {
        this.wake = undefined
      })
    })
    const deadline = this.venue.nextDeadline
    if (deadline === 0) return woken
    const dueInMs = this.isPaused ? this.pausedUntilMs - this.clock.monotonicMs() : deadline - this.clock.now()
    const ms = Math.min(Math.max(Math.ceil(dueInMs), 1), deadlineSleepMsMax)
    return Effect.raceFirst(woken, Effect.sleep(ms))
  })

  /** Executes what waits, as one batch. */
  form(): Flight {
    const out = this.writers[(this.turn ^= 1)]!
    const begun = this.clock.monotonicMs()
    out.reset()
    const time = this.clock.now()
    const firstSequence = Ids.Sequence(this.head.lastSequence + 1)
    const waiters: Array<Waiter | undefined> = []
    const from: Array<number> = []
    const to: Array<number> = []
    const repeated = new Map<number, RememberedKey>()
    const { venue } = this
    const take = (bytes: Uint8Array, begin: number, end: number, waiter: Waiter | undefined): void => {
      const at = out.beginEntry(bytes, begin, end)
      waiters.push(waiter)
      venue.apply(out, at, time)
      out.endEntry()
      if (venue.repeated !== undefined) repeated.set(waiters.length - 1, venue.repeated)
      from.push(venue.ownEventsAt)
      to.push(out.at)
    }
    if (this.inbox.size === 0) this.inbox.add({ _tag: "AdvanceTime" }, undefined, undefined)
    try {
      while (this.inbox.size > 0 && out.count < this.batchLimit && out.at < batchBytesMax) this.inbox.shift(take)
    } catch (bug) {
      // Nothing of this batch will be durable, and the state is not to be trusted any more.
      this.condition = "stopped"
      for (const waiter of waiters) told(() => waiter?.failed(new Unavailable({ reason: "Stopped" })))
      throw bug
    }

    const batch = out.seal({
      epoch: Ids.Epoch(this.epoch),
      firstSequence,
      time,
      rulesVersion,
      previousHash: this.head.hash
    })
    const formedAt = this.clock.monotonicMs()
    this.busyMs += formedAt - begun
    this.flight = { batch, waiters, from, to, repeated, readers: [], formedAt }
    return this.flight
  }

  /** The same, while the answers of `landed` are still to be released. */
  formAfter(landed: Flight): Flight {
    try {
      return this.form()
    } catch (bug) {
      this.release(landed)
      throw bug
    }
  }

  /** The batch is durable. */
  landed(flight: Flight): void {
    this.head = { lastSequence: Batch.lastSequence(flight.batch), hash: flight.batch.hash.slice() as Batch.BatchHash }
    this.flight = undefined
    this.fullPause = fullPauseMs
    this.adapt(this.clock.monotonicMs() - flight.formedAt)
  }

  private adapt(writeMs: number): void {
    if (writeMs > 2 * this.busyMs) {
      if (this.inbox.size >= this.batchLimit) this.batchLimit = Math.min(2 * this.batchLimit, this.batchMax)
    } else if (writeMs < this.busyMs) {
      this.batchLimit = Math.min(Math.max(this.batchLimit >> 1, batchMin), this.batchMax)
    }
    this.busyMs = 0
  }

  /** Tells everyone who waited for the batch. Its bytes are still there: the next batch is in the other buffer. */
  release({ batch, from, readers, repeated, to, waiters }: Flight): void {
    const begun = this.clock.monotonicMs()
    const view = Batch.viewOf(batch.bytes)
    for (let i = 0; i < waiters.length; i++) {
      const again = repeated.get(i)
      told(() => {
        if (again === undefined) waiters[i]?.answered(view, from[i]!, to[i]!, batch.firstSequence + i)
        else waiters[i]?.answered(Batch.viewOf(again.bytes), again.answerAt, again.bytes.length, again.sequence)
      })
    }
    for (const reader of readers) reader("durable")
    this.busyMs += this.clock.monotonicMs() - begun
    this.keepRecent(batch)
    this.wakeFollowers()
  }

  private wakeFollowers(): void {
    const waitingFollowers = this.followers
    if (waitingFollowers.length === 0) return
    this.followers = waitingFollowers.filter(({ sequence }) => sequence > this.head.lastSequence)
    for (const { sequence, resume } of waitingFollowers) if (sequence <= this.head.lastSequence) resume()
  }

  /** Keeps a copy for followers, as long as any has asked lately: who is near the head need not read the journal. */
  private keepRecent(batch: Batch.Batch): void {
    if (this.sinceFollowed++ > followBatchesMax) {
      if (this.recent.length > 0) this.recent = []
      return
    }
    this.recent.push(Batch.decode(batch.bytes.slice()) as Batch.Batch)
    if (this.recent.length > followBatchesMax) this.recent.shift()
  }

  /** Batches from the one that holds `from`, if they are in memory. */
  recentFrom(from: number): ReadonlyArray<Batch.Batch> | undefined {
    this.sinceFollowed = 0
    const first = this.recent.findIndex((batch) => from <= Batch.lastSequence(batch))
    return first === -1 || this.recent[first]!.firstSequence > from ? undefined : this.recent.slice(first)
  }

  /** The batch is not durable, as far as is known. The condition changes first: who is told may ask again at once. */
  lost(flight: Flight, cause: unknown, error: SubmitError): void {
    this.condition = "recovering"
    this.cause = cause
    this.flight = undefined
    for (const waiter of flight.waiters) told(() => waiter?.failed(error))
    for (const reader of flight.readers) reader("lost")
  }

  recovered(leadership: Leadership): void {
    this.epoch = leadership.epoch
    this.venue = leadership.venue
    this.head = leadership.head
    this.condition = "running"
    this.cause = undefined
    // What recovery found durable was never released: followers read it from the journal.
    this.recent = []
    this.wakeFollowers()
    const waiting = this.waitingForRecovery
    this.waitingForRecovery = []
    for (const resume of waiting) resume()
  }

  pauseFull(cause: unknown): void {
    this.condition = "full"
    this.cause = cause
    this.pausedUntilMs = this.clock.monotonicMs() + this.fullPause
    this.fullPause = Math.min(2 * this.fullPause, fullPauseMsMax)
    this.refuseWaiting("JournalFull")
  }

  /** For good. `error` is for those whose batch is in flight. */
  stop(condition: "fenced" | "stopped" | "closed", cause: unknown, error: SubmitError): void {
    const { flight, followers, waitingForRecovery } = this
    this.condition = condition
    this.cause = cause
    this.flight = undefined
    this.followers = []
    this.waitingForRecovery = []
    for (const waiter of flight?.waiters ?? []) told(() => waiter?.failed(error))
    for (const reader of flight?.readers ?? []) reader("stopped")
    this.refuseWaiting(refusals[condition]!)
    for (const { resume } of followers) resume()
    for (const resume of waitingForRecovery) resume()
  }

  private refuseWaiting(reason: Unavailable["reason"]): void {
    while (this.inbox.size > 0) {
      this.inbox.shift((_bytes, _from, _to, waiter) => told(() => waiter?.failed(new Unavailable({ reason }))))
    }
  }

  /** No more commands; those that wait are still done. */
  close(): void {
    this.closing = true
    this.wakeUp()
  }

  read<A>(
    look: (state: State) => A
  ): Effect.Effect<{ readonly sequence: Ids.Sequence; readonly value: A }, Unavailable> {
    return Effect.suspend(() => {
      if (this.condition === "recovering") return Effect.andThen(this.recovery, this.read(look))
      if (this.condition === "fenced" || this.condition === "stopped") {
        return Effect.fail(new Unavailable({ reason: refusals[this.condition]! }))
      }
      const sequence = Ids.Sequence(this.venue.state.sequence)
      const seen = { sequence, value: look(this.venue.state) }
      if (this.flight === undefined) return Effect.succeed(seen)
      return Effect.flatMap(this.outcomeOf(this.flight), (outcome) => {
        if (outcome === "durable") return Effect.succeed(seen)
        return outcome === "lost" ? this.read(look) : Effect.fail(new Unavailable({ reason: "Stopped" }))
      })
    })
  }

  private outcomeOf(flight: Flight): Effect.Effect<"durable" | "lost" | "stopped"> {
    return Effect.callback((resume) => {
      flight.readers.push((outcome) => resume(Effect.succeed(outcome)))
    })
  }

  private readonly recovery: Effect.Effect<void> = Effect.callback((resume) => {
    this.waitingForRecovery.push(() => resume(Effect.void))
  })

  /** True when `sequence` is durable, false when it never will be in this process. */
  durable(sequence: number): Effect.Effect<boolean> {
    return Effect.suspend(() => {
      if (sequence <= this.head.lastSequence) return Effect.succeed(true)
      if (this.isOver) return Effect.succeed(false)
      const reached = Effect.callback<void>((resume) => {
        this.sinceFollowed = 0
        const follower = { sequence, resume: () => resume(Effect.void) }
        this.followers.push(follower)
        return Effect.sync(() => {
          this.followers = this.followers.filter((other) => other !== follower)
        })
      })
      return Effect.andThen(reached, this.durable(sequence))
    })
  }

  private get isOver(): boolean {
    return this.condition === "fenced" || this.condition === "stopped" || this.condition === "closed"
  }
}

/** A waiter that throws is its own bug: it is reported as any uncaught error, and costs the others nothing. */
const told = (tell: () => void): void => {
  try {
    tell()
  } catch (bug) {
    queueMicrotask(() => {
      throw bug
    })
  }
}

/** Why a command is refused in each condition. In recovery commands wait in the inbox. */
const refusals: Readonly<Record<Condition, Unavailable["reason"] | undefined>> = {
  running: undefined,
  recovering: undefined,
  full: "JournalFull",
  fenced: "NotLeader",
  stopped: "Stopped",
  closed: "Closed"
}

interface Leadership {
  readonly epoch: number
  readonly venue: Venue
  readonly head: Journal.Head
}

const make = Effect.fnUntraced(function* (options: Options) {
  const journal = yield* Journal.Journal
  const snapshots = yield* SnapshotStore.SnapshotStore
  const clock = yield* Clock.Clock
  const sources: Recovery.Sources = {
    read: journal.read,
    snapshots,
    limits: options.limits ?? limitsDefault,
    onProgress: options.onRecovery
  }

  const lead = Effect.gen(function* () {
    const { epoch, head } = yield* journal.claim
    const rebuilt = yield* Recovery.rebuild(sources)
    if (rebuilt.head.lastSequence !== head.lastSequence || !Batch.sameBytes(rebuilt.head.hash, head.hash)) {
      const firstSequence = Ids.Sequence(head.lastSequence + 1)
      // A journal that went on since the claim has another leader, whose batches and snapshots these are.
      const hasGoneOn = (yield* Stream.runCollect(Stream.take(journal.read(firstSequence), 1))).length > 0
      if (hasGoneOn) return yield* new Journal.Fenced({ epoch, firstSequence })
      return yield* new Journal.Damaged({
        place: "the end of the journal",
        sequence: head.lastSequence,
        problem: `it ends at ${head.lastSequence}, and the snapshots are of another history, or one that went on to ${rebuilt.head.lastSequence}`
      })
    }
    const leadership: Leadership = { epoch, venue: rebuilt.venue, head: rebuilt.head }
    return leadership
  })

  const line = new Line(yield* lead, clock, options)

  const afterFailure = (flight: Flight, cause: Cause.Cause<Journal.AppendError>) =>
    Effect.gen(function* () {
      const error = Cause.squash(cause)
      if (error instanceof Journal.Fenced) return line.stop("fenced", error, new Unavailable({ reason: "NotLeader" }))
      const full = error instanceof Journal.Full
      if (!full && !(error instanceof Journal.Unknown)) return line.stop("stopped", error, new OutcomeUnknown())
      line.lost(flight, error, full ? new Unavailable({ reason: "JournalFull" }) : new OutcomeUnknown())
      line.recovered(
        yield* Effect.retry(lead, {
          while: (failure) => failure._tag === "Unknown" && !line.closing,
          schedule: recoveryPause
        })
      )
      if (full) line.pauseFull(error)
    }).pipe(
      Effect.catchTag("Fenced", (fenced) =>
        Effect.sync(() => line.stop("fenced", fenced, new Unavailable({ reason: "NotLeader" })))
      )
    )

  const append = (flight: Flight) => Effect.forkChild(journal.append(flight.batch), { startImmediately: true })

  /** One batch after the other until none waits. */
  const drain = Effect.gen(function* () {
    let flight = line.form()
    let exit = yield* Effect.exit(journal.append(flight.batch))
    while (Exit.isSuccess(exit)) {
      line.landed(flight)
      if (!line.hasWork) return line.release(flight)
      const next = line.formAfter(flight)
      const fiber = yield* append(next)
      // While the next batch is being written: its answers come out of the other buffer.
      line.release(flight)
      flight = next
      exit = yield* Fiber.await(fiber)
    }
    yield* afterFailure(flight, exit.cause)
  })

  const isOver = () => line.condition === "fenced" || line.condition === "stopped"

  const run = Effect.gen(function* () {
    while (!isOver()) {
      yield* line.work
      if (line.hasWork) yield* drain
      else if (line.closing) return line.stop("closed", undefined, new OutcomeUnknown())
    }
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.andThen(
        Effect.logError("The venue stopped", cause),
        Effect.sync(() => line.stop("stopped", Cause.squash(cause), new OutcomeUnknown()))
      )
    )
  )

  const running = yield* Effect.forkScoped(run)
  yield* Effect.addFinalizer(() => {
    line.close()
    return Fiber.await(running)
  })

  return Sequencer.of({
    submitUnsafe: (command, ask, waiter) => line.submit(command, ask, waiter),
    submitBytesUnsafe: (command, waiter) => line.submitBytes(command, waiter),
    submit: (command, ask) =>
      Effect.callback((resume) => {
        line.submit(command, ask, {
          answered: (view, from, to, sequence) =>
            resume(Effect.succeed({ sequence: Ids.Sequence(sequence), events: Event.decodeAll(view, from, to) })),
          failed: (error) => resume(Effect.fail(error))
        })
      }),
    read: (look) => line.read(look),
    batches: (from) => batches(journal, line, from),
    status: Effect.sync(() => ({
      condition: line.condition,
      cause: line.cause,
      epoch: line.epoch,
      durableSequence: line.head.lastSequence,
      waiting: line.waiting,
      clockLeapMs: line.clock.leapMs
    })),
    acceptClock: Effect.sync(() => line.clock.accept())
  })
})

export type Batches = (
  from: Ids.Sequence
) => Effect.Effect<ReadonlyArray<Batch.Batch> | undefined, Journal.Damaged | Journal.Unknown>

const batches = Effect.fnUntraced(function* (journal: Journal.Journal["Service"], line: Line, from: Ids.Sequence) {
  if (!(yield* line.durable(from))) return undefined
  const recent = line.recentFrom(from)
  if (recent !== undefined) return recent
  return yield* Stream.runCollect(Stream.take(journal.read(from), followBatchesMax))
})

/** Every batch from the one that holds `from`, and then each further one when it is durable. Ends when the venue is over. */
export const follow = (
  next: Batches,
  from: Ids.Sequence
): Stream.Stream<Batch.Batch, Journal.Damaged | Journal.Unknown> =>
  Stream.suspend(() => {
    let sequence: number = from
    const more = Effect.map(
      Effect.suspend(() => next(Ids.Sequence(sequence))),
      (found) => {
        if (found !== undefined) sequence = Batch.lastSequence(found.at(-1)!) + 1
        return found
      }
    )
    return Stream.fromEffectRepeat(more).pipe(
      Stream.takeWhile((found) => found !== undefined),
      Stream.flatMap((found) => Stream.fromIterable(found))
    )
  })
