/**
 * Limits how much of one kind of work runs at once, so that a burst of it does not delay everything
 * else.
 */
import { Effect, Semaphore } from "effect"
import { Busy } from "../Errors.ts"

/** Runs work when there is room. */
export type Pool = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | Busy, R>

/**
 * Runs at most `atOnce` at a time. When `waitingMax` are already waiting, further work is refused
 * as `Busy`.
 */
export const pool = ({
  atOnce,
  waitingMax
}: {
  readonly atOnce: number
  readonly waitingMax: number
}) =>
  Effect.map(Semaphore.make(atOnce), (permits): Pool => {
    let inside = 0
    return <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | Busy, R> =>
      Effect.suspend((): Effect.Effect<A, E | Busy, R> => {
        if (inside >= atOnce + waitingMax) return Effect.fail(new Busy())
        inside++
        return Effect.ensuring(
          permits.withPermit(work),
          Effect.sync(() => inside--)
        )
      })
  })
