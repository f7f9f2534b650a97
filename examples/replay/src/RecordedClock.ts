import { type Clock, type Duration, Effect } from "effect"

/**
 * A clock set to the time of the request being replayed. The venue stamps its commands with it, so
 * a recording gives the same state whenever and however fast it is replayed. Pauses take real time.
 */
export class RecordedClock implements Clock.Clock {
  private readonly real: Clock.Clock
  private ms = 0

  constructor(real: Clock.Clock) {
    this.real = real
  }

  advanceTo(ms: number): void {
    this.ms = Math.max(this.ms, ms)
  }

  currentTimeMillisUnsafe(): number {
    return this.ms
  }

  currentTimeNanosUnsafe(): bigint {
    return BigInt(this.ms) * 1_000_000n
  }

  // The venue would take wall-clock time that diverges from this for a clock jump and wait for its
  // operator.
  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe()
  }

  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return this.real.sleep(duration)
  }
}
