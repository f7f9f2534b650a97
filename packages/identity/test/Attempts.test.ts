import { assert, describe, it } from "@effect/vitest"
import { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Attempts } from "../src/Attempts.ts"

const email = "ann@example.com"

describe("Attempts", () => {
  it.effect(
    "one place that tries an account for an hour does not use up what others have of it",
    () =>
      Effect.gen(function* () {
        const attempts = yield* Attempts
        const attempt = (address: string) => attempts.ofPassword({ email, address, trusted: false })
        let allowed = 0
        for (let second = 0; second < 3_600; second++) {
          if (yield* attempt("198.51.100.1")) allowed++
          yield* TestClock.adjust("1 second")
        }
        assert.strictEqual(allowed, 10 + 59)
        assert.isTrue(yield* attempt("203.0.113.9"))
      }).pipe(Effect.provide(Attempts.layer.pipe(Layer.provide(RateLimiter.layerMemory))))
  )
})
