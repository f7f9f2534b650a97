/** Waits for projections to reach a sequence: one query at a time serves all waiters. */
import type { Sequence } from "@pandora-exchange/core/Ids"
import { Deferred, Effect, Latch } from "effect"
import type { ProjectionName } from "../projections/Projection.ts"

interface Waiter {
  readonly projection: ProjectionName
  readonly sequence: Sequence
  readonly reached: Deferred.Deferred<void>
}

const pause = "10 millis"

export const make = <E>(positions: Effect.Effect<Readonly<Record<ProjectionName, Sequence>>, E>) =>
  Effect.gen(function* () {
    const waiters = new Set<Waiter>()
    const wanted = yield* Latch.make(false)

    const settle = (found: Readonly<Record<ProjectionName, Sequence>>) => {
      for (const { projection, reached, sequence } of waiters) {
        if (found[projection] >= sequence) Deferred.doneUnsafe(reached, Effect.void)
      }
    }

    const look = Effect.gen(function* () {
      yield* wanted.await
      // If the database does not respond it is asked again: waiters have a time limit of their own.
      yield* Effect.ignore(Effect.map(positions, settle))
      yield* Effect.sleep(pause)
      if (waiters.size === 0) yield* wanted.close
    })
    yield* Effect.forkScoped(Effect.forever(look))

    return (projection: ProjectionName, sequence: Sequence) =>
      Effect.gen(function* () {
        const waiter: Waiter = { projection, sequence, reached: yield* Deferred.make<void>() }
        waiters.add(waiter)
        yield* wanted.open
        yield* Effect.ensuring(
          Deferred.await(waiter.reached),
          Effect.sync(() => waiters.delete(waiter))
        )
      })
  })
