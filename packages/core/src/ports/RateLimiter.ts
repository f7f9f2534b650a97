/**
 * Bounds how often something is done under a key: a bucket of `capacity` permits, of which one
 * comes back every `refillMs`.
 *
 * Every adapter passes `RateLimiterSuite` of `@pandora-exchange/core/testing`.
 */
import { Clock, Context, Effect, Layer, Schema } from "effect"

/** The limiter does not answer. What it guards is refused: without it there would be no bound. */
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
     * Takes a permit: 0, or the milliseconds until there is one again, and then nothing was taken.
     */
    readonly take: (bucket: Bucket) => Effect.Effect<number, RateLimiterUnavailable>
    /** Fills the bucket again. */
    readonly reset: (key: string) => Effect.Effect<void, RateLimiterUnavailable>
  }
>()("@pandora-exchange/core/RateLimiter") {
  /** In this process, for a deployment of one. */
  static readonly layerMemory: Layer.Layer<RateLimiter> = Layer.sync(RateLimiter, () =>
    makeMemory()
  )
}

/**
 * More keys than this at once, and those that are full again, or else the oldest, are forgotten.
 */
const keysMax = 100_000

/** Of each key only the time at which its bucket will be full again is kept. */
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
        // A clock that stepped back must not keep a bucket empty for longer than it takes to fill.
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
