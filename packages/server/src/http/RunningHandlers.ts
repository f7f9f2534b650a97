/**
 * Handlers that have not answered yet. One that takes too long is interrupted, and its caller
 * learns that the outcome is unknown.
 */
import type { Effect, Exit } from "effect"
import type { Fence, Fenced } from "../Fence.ts"

/** How long a handler may take. */
const handlerTimeoutMs = 15_000

interface Work {
  readonly fenced: Fenced
  readonly since: number
  interrupt: () => void
}

export class RunningHandlers {
  private readonly running = new Set<Work>()
  private readonly fence: Fence

  constructor(fence: Fence) {
    this.fence = fence
  }

  run<A, E>(
    fenced: Fenced,
    handler: () => Effect.Effect<A, E>,
    onExit: (exit: Exit.Exit<A, E>) => void
  ): void {
    const work: Work = { fenced, since: Date.now(), interrupt: () => {} }
    this.running.add(work)
    work.interrupt = this.fence.run(fenced, handler, (exit) => {
      this.running.delete(work)
      onExit(exit)
    })
  }

  interruptLate(): void {
    const late = Date.now() - handlerTimeoutMs
    for (const { fenced, interrupt, since } of this.running)
      if (since < late) this.fence.guard(fenced, interrupt)
  }
}
