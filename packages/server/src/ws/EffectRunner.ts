/** Runs effects for the callbacks of sockets, and logs what ended a message. */
import { type Cause, type Context, Effect, type Exit } from "effect"

export class EffectRunner {
  private readonly runCallback: ReturnType<typeof Effect.runCallbackWith<never>>

  constructor(context: Context.Context<never>) {
    this.runCallback = Effect.runCallbackWith(context)
  }

  run<A, E>(effect: Effect.Effect<A, E>, onExit: (exit: Exit.Exit<A, E>) => void): void {
    this.runCallback(effect, { onExit })
  }

  log(cause: Cause.Cause<unknown>, requestId: string): void {
    const entry = Effect.logError(
      "A message ended in a bug, or because what it needs has failed",
      cause
    )
    this.runCallback(Effect.annotateLogs(entry, { requestId }))
  }
}
