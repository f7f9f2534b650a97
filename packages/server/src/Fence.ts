/**
 * Confines a bug to the request or connection whose handling reveals it. An exception in a callback
 * of a socket, a timer or a fiber would otherwise end the process, and with it everyone's requests.
 * Bugs of the venue itself never get here: they stop the venue.
 */
import { Cause, type Context, Effect, type Exit } from "effect"

/** What a bug ends. */
export interface Fenced {
  /** What kind of thing it is and which one, for the log. */
  readonly about: Readonly<Record<string, string>>
  /** Ends it after a bug. */
  readonly abort: () => void
}

export class Fence {
  private readonly runCallback: ReturnType<typeof Effect.runCallbackWith<never>>

  constructor(context: Context.Context<never>) {
    this.runCallback = Effect.runCallbackWith(context)
  }

  static readonly make: Effect.Effect<Fence> = Effect.map(
    Effect.context<never>(),
    (context) => new Fence(context)
  )

  /** Runs the work. An exception is logged and ends what the work was for. */
  guard(fenced: Fenced, work: () => void): void {
    try {
      work()
    } catch (bug) {
      this.logBug(Cause.die(bug), fenced.about)
      try {
        fenced.abort()
      } catch (another) {
        this.logBug(Cause.die(another), fenced.about)
      }
    }
  }

  /** Runs the work for each item; a bug ends only the item it concerns. */
  each<A extends Fenced>(all: Iterable<A>, work: (one: A) => void): void {
    for (const one of all) this.guard(one, () => work(one))
  }

  /**
   * Runs what `work` returns, and reports how it ended; an exception counts as a defect. The
   * returned function interrupts it.
   */
  run<A, E>(
    fenced: Fenced,
    work: () => Effect.Effect<A, E>,
    onExit: (exit: Exit.Exit<A, E>) => void
  ): () => void {
    return this.runCallback(Effect.suspend(work), {
      onExit: (exit) => this.guard(fenced, () => onExit(exit))
    })
  }

  logBug(cause: Cause.Cause<unknown>, about: Fenced["about"]): void {
    this.log(Effect.logError("A request or connection ended in a bug", cause), about)
  }

  logFailure(cause: Cause.Cause<unknown>, about: Fenced["about"]): void {
    this.log(Effect.logWarning("A request ended because what it needs has failed", cause), about)
  }

  private log(entry: Effect.Effect<void>, about: Fenced["about"]): void {
    this.runCallback(Effect.annotateLogs(entry, about))
  }
}
