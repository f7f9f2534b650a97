import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Layer } from "effect"
import { RateLimiter } from "../src/ports/RateLimiter.ts"
import { RateLimiterSuite } from "../testing/index.ts"

RateLimiterSuite.suite("memory", RateLimiter.layerMemory)

/** Each is one mistake a limiter may make, with the case of the suite that has to detect it. */
const flaws = {
  givesOneMore: "gives as many permits as there are, and says when there is one again",
  saysNothing: "gives as many permits as there are, and says when there is one again",
  saysWhenAllAreBack: "gives as many permits as there are, and says when there is one again",
  refillsAtOnce: "permits come back one by one, and no more than there were",
  neverRefills: "permits come back one by one, and no more than there were",
  savesUp: "permits come back one by one, and no more than there were",
  takesWhenItRefuses: "being refused takes nothing",
  looksTooEarly: "of many at one moment only as many succeed as there are permits",
  hasOneBucket: "keys do not touch each other, and a reset fills one again",
  resetsNothing: "keys do not touch each other, and a reset fills one again",
  resetsAll: "keys do not touch each other, and a reset fills one again"
}

type Flaw = keyof typeof flaws

describe("RateLimiterSuite", () => {
  for (const { name, run } of RateLimiterSuite.cases()) {
    it.effect(`a sound limiter passes: ${name}`, () => Effect.provide(run, limiterWith(undefined)))
  }

  for (const [flaw, name] of Object.entries(flaws) as Array<[Flaw, string]>) {
    it.effect(`a limiter that ${flaw} fails: ${name}`, () =>
      Effect.gen(function* () {
        const { run } = RateLimiterSuite.cases().find((found) => found.name === name)!
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.provide(run, limiterWith(flaw)))))
      })
    )
  }

  it("every case finds a flaw", () => {
    assert.deepStrictEqual(
      new Set(RateLimiterSuite.cases().map(({ name }) => name)),
      new Set(Object.values(flaws))
    )
  })
})

interface Permits {
  left: number
  /** When the last permit came back. */
  at: number
}

/** The simplest possible limiter, which counts permits, with at most one flaw. */
const limiterWith = (flaw: Flaw | undefined) =>
  Layer.sync(RateLimiter, () => {
    const buckets = new Map<string, Permits>()
    return {
      take: Effect.fnUntraced(function* ({ capacity, key: asked, refillMs }) {
        const now = yield* Clock.currentTimeMillis
        const key = flaw === "hasOneBucket" ? "all" : asked
        const bucket = buckets.get(key) ?? {
          left: flaw === "givesOneMore" ? capacity + 1 : capacity,
          at: now
        }
        buckets.set(key, bucket)
        const back = flaw === "neverRefills" ? 0 : Math.floor((now - bucket.at) / refillMs)
        if (back > 0) {
          const most = flaw === "savesUp" ? Infinity : capacity
          bucket.left = flaw === "refillsAtOnce" ? capacity : Math.min(bucket.left + back, most)
          bucket.at += back * refillMs
        }
        const refused = bucket.left <= 0
        if (flaw === "looksTooEarly") yield* Effect.yieldNow
        if (!refused || flaw === "takesWhenItRefuses") bucket.left--
        if (!refused || flaw === "saysNothing") return 0
        return flaw === "saysWhenAllAreBack" ? capacity * refillMs : bucket.at + refillMs - now
      }),
      reset: (key) =>
        Effect.sync(() => {
          if (flaw === "resetsAll") buckets.clear()
          if (flaw !== "resetsNothing") buckets.delete(key)
        })
    }
  })
