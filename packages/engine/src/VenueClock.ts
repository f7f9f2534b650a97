/**
 * The venue's time: the wall clock's, but never back, and never more than 10 s ahead at once
 * without an operator's word.
 *
 * A leap is seen against the monotonic clock, so a pause of the process is none. While a leap waits
 * for its word, the venue's time goes on at the monotonic clock's pace.
 */
import type { Clock } from "effect"

export const leapMsMax = 10_000

export class VenueClock {
  private readonly clock: Clock.Clock
  private time: number
  private lastMonotonicMs: number
  /**
   * How far the wall clock is believed to be ahead of where it should be, when that is more than
   * may pass.
   */
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

  /** An operator's word: the wall clock is right. */
  accept(): void {
    this.time = Math.max(this.time, Math.trunc(this.clock.currentTimeMillisUnsafe()))
    this.lastMonotonicMs = Math.trunc(this.monotonicMs())
    this.leapMs = 0
  }

  /** For durations, with fractions. */
  monotonicMs(): number {
    return Number(this.clock.monotonicTimeNanosUnsafe()) / 1_000_000
  }
}
