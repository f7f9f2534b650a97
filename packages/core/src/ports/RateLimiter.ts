/**
 * Limits how often something is done under a key: a bucket of `capacity` permits, refilled by one
 * every `refillMs`.
 *
 * Every adapter passes `RateLimiterSuite` of `@pandora-exchange/core/testing`.
 */
import { Clock, Context, Effect, Layer, Schema } from "effect"

/**
 * The limiter does not respond. What it protects is refused: without it there would be no limit.
 */
export class RateLimiterUnavailable extends Schema.TaggedError<RateLimiterUnavailable>()(
  "RateLimiterUnavailable",
  {
    cause: Schema.Defect()
  }
) {}

export interface Bucket {
  readonly key: string
  readonly capacity: number
  readonly refillMs: number
}

export class RateLimiter extends Context.Service<
  RateLimiter,
  {
    /**
     * Takes a permit and returns 0, or takes none and returns the milliseconds until one is
     * available.
     */
    readonly take: (bucket: Bucket) => Effect.Effect<number, RateLimiterUnavailable>
    /** Fills the bucket again. */
    readonly reset: (key: string) => Effect.Effect<void, RateLimiterUnavailable>
  }
>()("@pandora-exchange/core/RateLimiter") {
  /** In this process, for single-process deployments. */
  static readonly layerMemory: Layer.Layer<RateLimiter> = Layer.sync(RateLimiter, () =>
    makeMemory()
  )
}

/** With more keys than this at once, full buckets are forgotten, or else the oldest. */
const keysMax = 100_000

/** For each key, only the time at which its bucket will be full is kept. */
const makeMemory = (): Context.Service.Shape<typeof RateLimiter> => {
  const fullAtOf = new Map<string, number>()

  const shrink = (now: number): void => {
    for (const [key, fullAt] of fullAtOf) if (fullAt <= now) fullAtOf.delete(key)
    for (const key of fullAtOf.keys()) {
      if (fullAtOf.size <= keysMax) return
      fullAtOf.delete(key)
    }
  }

  return {
    take: ({ capacity, key, refillMs }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const emptyUntil = now + capacity * refillMs
        // A clock that stepped back must not keep a bucket empty for longer than it takes to
        // refill.
        const fullAt = Math.min(Math.max(fullAtOf.get(key) ?? now, now), emptyUntil)
        const waitMs = fullAt + refillMs - emptyUntil
        if (waitMs > 0) return waitMs
        fullAtOf.delete(key)
        fullAtOf.set(key, fullAt + refillMs)
        if (fullAtOf.size > keysMax) shrink(now)
        return 0
      }),
    reset: (key) => Effect.sync(() => void fullAtOf.delete(key))
  }
}
