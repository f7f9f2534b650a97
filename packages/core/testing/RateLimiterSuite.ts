/** What every rate limiter must do. An adapter is complete when it passes this suite. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { RateLimiter } from "../src/ports/RateLimiter.ts"
import * as Cases from "./internal/Cases.ts"

export interface Options {
  /** Lets time pass for the limiter; the test's clock, unless it has its own. */
  readonly pass?: (milliseconds: number) => Effect.Effect<void>
}

/** Runs every case on a limiter of its own, or at least with keys of its own. */
export const suite = <E>(
  name: string,
  limiter: Layer.Layer<RateLimiter, E>,
  options: Options = {}
): void => {
  describe(`RateLimiter (${name})`, () => {
    for (const { name, run } of cases(options)) {
      it.effect(name, () => Effect.provide(run, limiter, { local: true }), Cases.timeoutMsDefault)
    }
  })
}

export type Case = Cases.Case<RateLimiter>

let keys = 0

export const cases = ({
  pass = (milliseconds) => TestClock.adjust(milliseconds)
}: Options = {}): ReadonlyArray<Case> => {
  const bucket = (capacity: number) => ({ key: `suite:${++keys}`, capacity, refillMs: 1_000 })
  return Cases.named<RateLimiter, never>([
    {
      name: "gives as many permits as there are, and says when there is one again",
      run: Effect.gen(function* () {
        const { take } = yield* RateLimiter
        const three = bucket(3)
        const waits = yield* Effect.forEach([1, 2, 3, 4, 5], () => take(three))
        assert.deepStrictEqual(waits.slice(0, 3), [0, 0, 0])
        for (const wait of waits.slice(3)) assert.isTrue(wait > 0 && wait <= 1_000)
      })
    },
    {
      name: "permits come back one by one, and no more than there were",
      run: Effect.gen(function* () {
        const { take } = yield* RateLimiter
        const two = bucket(2)
        const granted = Effect.map(
          Effect.forEach([1, 2, 3], () => take(two)),
          (waits) => waits.filter((wait) => wait === 0).length
        )
        assert.strictEqual(yield* granted, 2)
        yield* pass(1_000)
        assert.strictEqual(yield* granted, 1)
        yield* pass(10_000)
        assert.strictEqual(yield* granted, 2)
      })
    },
    {
      name: "being refused takes nothing",
      run: Effect.gen(function* () {
        const { take } = yield* RateLimiter
        const one = bucket(1)
        yield* Effect.forEach(Array.from({ length: 20 }), () => take(one), { discard: true })
        yield* pass(1_000)
        assert.strictEqual(yield* take(one), 0)
      })
    },
    {
      name: "of many at one moment only as many succeed as there are permits",
      run: Effect.gen(function* () {
        const { take } = yield* RateLimiter
        const five = bucket(5)
        const waits = yield* Effect.all(
          Array.from({ length: 50 }, () => take(five)),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(waits.filter((wait) => wait === 0).length, 5)
      })
    },
    {
      name: "keys do not touch each other, and a reset fills one again",
      run: Effect.gen(function* () {
        const { reset, take } = yield* RateLimiter
        const [a, b] = [bucket(1), bucket(1)] as const
        assert.strictEqual(yield* take(a), 0)
        assert.strictEqual(yield* take(b), 0)
        yield* reset(a.key)
        assert.strictEqual(yield* take(a), 0)
        assert.isAbove(yield* take(b), 0)
      })
    }
  ])
}
