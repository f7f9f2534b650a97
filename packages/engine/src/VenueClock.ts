/**
 * The venue's time: the wall clock's, but it never goes back, and never jumps more than 10 s ahead
 * without the operator's confirmation.
 *
 * A jump is detected against the monotonic clock, so pausing the process does not count as one.
 * While a jump waits for confirmation, the venue's time advances at the pace of the monotonic
 * clock.
 */
import type { Clock } from "effect"

export const leapMsMax = 10_000

export class VenueClock {
  private readonly clock: Clock.Clock
  private time: number
  private lastMonotonicMs: number
  /** How far the wall clock is ahead of where it should be, if that is more than allowed. */
  leapMs = 0

  constructor(clock: Clock.Clock, lastTime: number) {
    this.clock = clock
    this.lastMonotonicMs = Math.trunc(this.monotonicMs())
    this.time = Math.max(lastTime, clock.currentTimeMillisUnsafe())
  }

  now(): number {
    const monotonicMs = Math.trunc(this.monotonicMs())
    const paced = this.time + (monotonicMs - this.lastMonotonicMs)
    const wall = Math.trunc(this.clock.currentTimeMillisUnsafe())
    this.lastMonotonicMs = monotonicMs
    this.leapMs = wall - paced > leapMsMax ? wall - paced : 0
    this.time = this.leapMs > 0 ? paced : Math.max(this.time, wall)
    return this.time
  }

  /** Confirms, as the operator, that the wall clock is right. */
  accept(): void {
    this.time = Math.max(this.time, Math.trunc(this.clock.currentTimeMillisUnsafe()))
    this.lastMonotonicMs = Math.trunc(this.monotonicMs())
    this.leapMs = 0
  }

  /** For durations, in fractional milliseconds. */
  monotonicMs(): number {
    return Number(this.clock.monotonicTimeNanosUnsafe()) / 1_000_000
  }
}
