import { assert, describe, it } from "@effect/vitest"
import { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Effect, Queue } from "effect"
import { TestClock } from "effect/testing"
import { sessionLifeMs } from "../src/Sessions.ts"
import { emptyPlace } from "./support/database.ts"
import { person, startTime, world } from "./support/exchange.ts"

const hourMs = 3_600_000

const turnOfEventLoop = Effect.callback<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

describe("Identity", () => {
  it.effect(
    "what has expired is forgotten at the start and every hour, also after a time when the store failed",
    () =>
      Effect.gen(function* () {
        const place = yield* emptyPlace
        const forgotten = yield* Queue.unbounded<number>()
        let failing = false
        const forgetExpired = (time: number) =>
          (failing
            ? Effect.fail(new IdentityUnavailable({ cause: "made to fail" }))
            : place.store.forgetExpired(time)
          ).pipe(Effect.ensuring(Queue.offer(forgotten, time)))
        const here = yield* world({ place: { ...place, store: { ...place.store, forgetExpired } } })
        assert.strictEqual(yield* Queue.take(forgotten), startTime)
        const { tokens } = yield* person(here, "ann")

        failing = true
        yield* TestClock.adjust(hourMs)
        assert.strictEqual(yield* Queue.take(forgotten), startTime + hourMs)
        failing = false
        yield* TestClock.adjust(hourMs)
        assert.strictEqual(yield* Queue.take(forgotten), startTime + 2 * hourMs)
        assert.isDefined(yield* place.store.session(tokens.sessionId))

        yield* TestClock.setTime(startTime + sessionLifeMs)
        // The store answers in real time and the next hour begins only once it has, so let hours
        // pass until one was late enough.
        yield* Effect.repeat(
          TestClock.adjust(hourMs).pipe(
            Effect.andThen(turnOfEventLoop),
            Effect.andThen(Queue.clear(forgotten))
          ),
          { until: (times) => times.some((time) => time > startTime + sessionLifeMs) }
        )
        assert.isUndefined(yield* place.store.session(tokens.sessionId))
      }).pipe(Effect.scoped)
  )
})
