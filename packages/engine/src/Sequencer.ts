/**
 * The one writer. It takes the waiting commands as a batch, gives each its sequence and time, has
 * the venue execute them, and makes the batch durable; only then are answers and reads released.
 * The `CommandPipeline` holds pending work, and the `BatchLoop` drives it.
 */
import { Batch, type Command, Event, Ids, Journal, SnapshotStore } from "@pandora-exchange/core"
import { Clock, Context, Effect, Fiber, Layer, Stream } from "effect"
import type { Condition } from "./Availability.ts"
import { BatchLoop } from "./BatchLoop.ts"
import { CommandPipeline, type PipelineOptions } from "./CommandPipeline.ts"
import { followBatchesMax } from "./RecentBatches.ts"
import type { Waiter } from "./Inbox.ts"
import { lead } from "./Leadership.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import * as Recovery from "./Recovery.ts"
import type { State } from "./State.ts"
import type { SubmitError, Unavailable } from "./SubmitError.ts"

export type { Condition }

/** The outcome of a command. */
export interface Answer {
  readonly sequence: Ids.Sequence
  readonly events: ReadonlyArray<Event.Event>
}

export interface Status {
  readonly condition: Condition
  /** Why it is not running. */
  readonly cause: unknown
  readonly epoch: number
  readonly durableSequence: number
  readonly waiting: number
  /** Milliseconds by which the wall clock jumped ahead, waiting for `acceptClock`. */
  readonly clockLeapMs: number
}

export interface Options extends PipelineOptions {
  readonly limits?: Limits
  /**
   * Saves a snapshot when it closes, so that the next start executes nothing again, and a build
   * with later rules can continue.
   */
  readonly snapshotAtClose?: boolean
  readonly onRecovery?: (sequence: number) => void
}

export class Sequencer extends Context.Service<
  Sequencer,
  {
    /**
     * Takes a command without any Effect allocation, for callers with many of them. The waiter is
     * called exactly once, even if the command is refused. Throws `MalformedRecord` for a command
     * that has no binary form.
     */
    readonly submitUnsafe: (
      command: Command.Command,
      requestKey: Command.RequestKey | undefined,
      waiter: Waiter
    ) => void
    /**
     * The same for a command and its request key in binary form, from a process that used
     * `Command.encode`.
     */
    readonly submitBytesUnsafe: (command: Uint8Array, waiter: Waiter) => void
    /**
     * Answers once the command is durable. A refusal is an answer: its only event is `Rejected`.
     */
    readonly submit: (
      command: Command.Command,
      requestKey?: Command.RequestKey
    ) => Effect.Effect<Answer, SubmitError>
    /**
     * Looks at the state, and answers once everything it saw is durable. The state must not be
     * changed or kept.
     */
    readonly read: <A>(
      look: (state: State) => A
    ) => Effect.Effect<{ readonly sequence: Ids.Sequence; readonly value: A }, Unavailable>
    /**
     * The next batches, starting with the one that contains `from`, as soon as there is one;
     * `undefined` once the venue is over.
     */
    readonly batches: Batches
    readonly status: Effect.Effect<Status>
    /** Confirms, as the operator, that the wall clock is right after it jumped ahead. */
    readonly acceptClock: Effect.Effect<void>
  }
>()("@pandora-exchange/engine/Sequencer") {
  static readonly layer = (
    options: Options = {}
  ): Layer.Layer<
    Sequencer,
    Recovery.RecoveryError | Journal.Fenced,
    Journal.Journal | SnapshotStore.SnapshotStore
  > => Layer.effect(Sequencer, make(options))
}

const make = Effect.fnUntraced(function* (options: Options) {
  const journal = yield* Journal.Journal
  const snapshots = yield* SnapshotStore.SnapshotStore
  const leading = lead(journal, {
    read: journal.read,
    snapshots,
    limits: options.limits ?? limitsDefault,
    onProgress: options.onRecovery
  })
  const pipeline = new CommandPipeline(yield* leading, yield* Clock.Clock, options)
  const running = yield* Effect.forkScoped(new BatchLoop(pipeline, journal, leading).run)
  yield* Effect.addFinalizer(() => {
    pipeline.close()
    const ended = Fiber.await(running)
    return options.snapshotAtClose === true
      ? Effect.andThen(ended, lastSnapshot(pipeline, snapshots))
      : ended
  })
  return Sequencer.of({
    submitUnsafe: (command, requestKey, waiter) => pipeline.submit(command, requestKey, waiter),
    submitBytesUnsafe: (command, waiter) => pipeline.submitBytes(command, waiter),
    submit: (command, requestKey) => submit(pipeline, command, requestKey),
    read: (look) => pipeline.read(look),
    batches: (from) => batches(journal, pipeline, from),
    status: Effect.sync(() => statusOf(pipeline)),
    acceptClock: Effect.sync(() => pipeline.clock.accept())
  })
})

const lastSnapshot = (
  pipeline: CommandPipeline,
  snapshots: SnapshotStore.SnapshotStore["Service"]
) =>
  Effect.suspend(() => {
    const { closed } = pipeline
    const isStored = closed === undefined || closed.head.lastSequence === closed.snapshotSequence
    return isStored ? Effect.void : Recovery.saveSnapshot(snapshots, closed)
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.logWarning(
        "No snapshot could be taken at the end; the next start executes more of the journal again",
        cause
      )
    )
  )

const submit = (
  pipeline: CommandPipeline,
  command: Command.Command,
  requestKey: Command.RequestKey | undefined
): Effect.Effect<Answer, SubmitError> =>
  Effect.callback((resume) => {
    pipeline.submit(command, requestKey, {
      answered: (view, from, to, sequence) =>
        resume(
          Effect.succeed({
            sequence: Ids.Sequence(sequence),
            events: Event.decodeAll(view, from, to)
          })
        ),
      failed: (error) => resume(Effect.fail(error))
    })
  })

const statusOf = ({ availability, clock, epoch, head, waiting }: CommandPipeline): Status => ({
  condition: availability.condition,
  cause: availability.cause,
  epoch,
  durableSequence: head.lastSequence,
  waiting,
  clockLeapMs: clock.leapMs
})

export type Batches = (
  from: Ids.Sequence
) => Effect.Effect<ReadonlyArray<Batch.Batch> | undefined, Journal.Damaged | Journal.Unknown>

const batches = Effect.fnUntraced(function* (
  journal: Journal.Journal["Service"],
  pipeline: CommandPipeline,
  from: Ids.Sequence
) {
  if (!(yield* pipeline.durable(from))) return undefined
  const recent = pipeline.recentFrom(from)
  if (recent !== undefined) return recent
  return yield* Stream.runCollect(Stream.take(journal.read(from), followBatchesMax))
})

/**
 * Every batch starting with the one that contains `from`, then each new one once it is durable.
 * Ends when the venue is over.
 */
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
