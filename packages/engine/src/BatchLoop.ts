/**
 * The one writer: forms a batch of the waiting commands, appends it, and releases its answers,
 * again and again.
 *
 * If an append does not succeed, the venue's memory is discarded and rebuilt from what is durable,
 * under a new epoch, so that a late write of the old epoch cannot succeed.
 */
import { Journal } from "@pandora-exchange/core"
import { Cause, Effect, Exit, Fiber, Schedule } from "effect"
import type { CommandPipeline } from "./CommandPipeline.ts"
import type { Flight } from "./Flight.ts"
import type { Leadership } from "./Leadership.ts"
import type { RecoveryError } from "./Recovery.ts"
import { OutcomeUnknown, Unavailable } from "./SubmitError.ts"

/**
 * The pause between attempts to reach a journal or snapshot store that does not respond: grows to 5
 * s, for as long as it takes.
 */
const recoveryPause = Schedule.min([
  Schedule.exponential("100 millis"),
  Schedule.spaced("5 seconds")
])

export class BatchLoop {
  private readonly pipeline: CommandPipeline
  private readonly journal: Journal.Journal["Service"]
  /** Becomes leader again, starting from what is durable. */
  private readonly lead: Effect.Effect<Leadership, RecoveryError | Journal.Fenced>

  constructor(
    pipeline: CommandPipeline,
    journal: Journal.Journal["Service"],
    lead: Effect.Effect<Leadership, RecoveryError | Journal.Fenced>
  ) {
    this.pipeline = pipeline
    this.journal = journal
    this.lead = lead
  }

  /** Runs until the venue is over. */
  get run(): Effect.Effect<void> {
    return Effect.catchCause(this.untilOver(), (cause) =>
      Effect.andThen(
        Effect.logError("The venue stopped", cause),
        Effect.sync(() => this.pipeline.stop("stopped", Cause.squash(cause), new OutcomeUnknown()))
      )
    )
  }

  private untilOver() {
    const { pipeline } = this
    return Effect.gen({ self: this }, function* () {
      while (!pipeline.availability.isFailed) {
        yield* pipeline.work
        if (pipeline.hasWork) yield* this.drain()
        else if (pipeline.availability.closing)
          return pipeline.stop("closed", undefined, new OutcomeUnknown())
      }
    })
  }

  /** One batch after another until no command is waiting. */
  private drain() {
    const { journal, pipeline } = this
    return Effect.gen({ self: this }, function* () {
      let flight = pipeline.form()
      let exit = yield* Effect.exit(journal.append(flight.batch))
      while (Exit.isSuccess(exit)) {
        pipeline.landed(flight)
        if (!pipeline.hasWork) return pipeline.release(flight)
        const next = pipeline.formAfter(flight)
        const append = yield* Effect.forkChild(journal.append(next.batch), {
          startImmediately: true
        })
        // While the next batch is being written: answers are read from the other buffer.
        pipeline.release(flight)
        flight = next
        exit = yield* Fiber.await(append)
      }
      yield* this.afterFailure(flight, Cause.squash(exit.cause))
    })
  }

  private afterFailure(flight: Flight, error: unknown): Effect.Effect<void, RecoveryError> {
    if (error instanceof Journal.Fenced) return this.fence(error)
    if (error instanceof Journal.Full || error instanceof Journal.Unknown)
      return this.recover(flight, error)
    return Effect.sync(() => this.pipeline.stop("stopped", error, new OutcomeUnknown()))
  }

  private fence(fenced: Journal.Fenced): Effect.Effect<void> {
    return Effect.sync(() =>
      this.pipeline.stop("fenced", fenced, new Unavailable({ reason: "NotLeader" }))
    )
  }

  private recover(
    flight: Flight,
    error: Journal.Full | Journal.Unknown
  ): Effect.Effect<void, RecoveryError> {
    const { pipeline } = this
    const full = error instanceof Journal.Full
    const recovered = Effect.gen({ self: this }, function* () {
      pipeline.lost(
        flight,
        error,
        full ? new Unavailable({ reason: "JournalFull" }) : new OutcomeUnknown()
      )
      pipeline.recovered(yield* this.leadAgain)
      if (full) pipeline.pauseFull(error)
    })
    return Effect.catchTag(recovered, "Fenced", (fenced) => this.fence(fenced))
  }

  private get leadAgain(): Effect.Effect<Leadership, RecoveryError | Journal.Fenced> {
    return Effect.retry(this.lead, {
      while: ({ _tag }) =>
        (_tag === "Unknown" || _tag === "SnapshotsUnavailable") &&
        !this.pipeline.availability.closing,
      schedule: recoveryPause
    })
  }
}
