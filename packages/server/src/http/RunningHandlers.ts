/**
 * Handlers that have not answered yet. One that takes too long is interrupted: its caller hears
 * that the outcome is not known.
 */
import { type Context, Effect, type Exit } from "effect"

/** How long a handler may take. */
const handlerTimeoutMs = 15_000

interface Work {
  readonly since: number
  interrupt: () => void
}

export class RunningHandlers {
  private readonly running = new Set<Work>()
  private readonly runCallback: ReturnType<typeof Effect.runCallbackWith<never>>

  constructor(context: Context.Context<never>) {
    this.runCallback = Effect.runCallbackWith(context)
  }

  run<A, E>(handler: Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void): void {
    const work: Work = { since: Date.now(), interrupt: () => {} }
    this.running.add(work)
    work.interrupt = this.runCallback(handler, {
      onExit: (exit) => {
        this.running.delete(work)
        onExit(exit)
      }
    })
  }

  interruptLate(): void {
    const late = Date.now() - handlerTimeoutMs
    for (const { interrupt, since } of this.running) if (since < late) interrupt()
  }
}
