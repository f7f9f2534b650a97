/**
 * Deduplicates simultaneous questions: each is asked once, and its answer goes to everyone who
 * waits for it.
 */
import { type Context, Effect, type Fiber } from "effect"

type Resume<A, E> = (answer: Effect.Effect<A, E>) => void

export class SharedAnswers<A, E> {
  private readonly pending = new Map<number, Pending<A, E>>()

  /**
   * Asks `question` unless someone is already waiting for an answer under the same `key`. Stops
   * once everyone has left.
   */
  ask(key: number, question: Effect.Effect<A, E>): Effect.Effect<A, E> {
    return Effect.contextWith((services: Context.Context<never>) =>
      Effect.callback<A, E>((resume) => {
        const known = this.pending.get(key)
        if (known !== undefined) return known.join(resume)
        const pending = new Pending<A, E>(() => this.pending.delete(key))
        this.pending.set(key, pending)
        const leave = pending.join(resume)
        pending.begin(Effect.runForkWith(services)(question))
        return leave
      })
    )
  }
}

class Pending<A, E> {
  private readonly waiting = new Set<Resume<A, E>>()
  private readonly onOver: () => void
  private fiber: Fiber.Fiber<A, E> | undefined

  constructor(onOver: () => void) {
    this.onOver = onOver
  }

  /** Returns a function that removes the caller again. */
  join(resume: Resume<A, E>): Effect.Effect<void> {
    this.waiting.add(resume)
    return Effect.sync(() => {
      if (!this.waiting.delete(resume) || this.waiting.size > 0) return
      this.onOver()
      this.fiber?.interruptUnsafe()
    })
  }

  begin(fiber: Fiber.Fiber<A, E>): void {
    this.fiber = fiber
    fiber.addObserver((exit) => {
      // Nobody waits for an interrupted question, and the same one may already have been asked
      // again.
      if (this.waiting.size === 0) return
      const waiting = [...this.waiting]
      this.waiting.clear()
      this.onOver()
      for (const resume of waiting) resume(exit)
    })
  }
}
