import { assert, describe, it } from "@effect/vitest"
import type { Clock } from "effect"
import { VenueClock } from "../src/VenueClock.ts"

/** A wall clock and a monotonic clock that are set independently. */
const clocks = (wall: number) => {
  const at = { wall, monotonicMs: 5_000 }
  const clock = {
    currentTimeMillisUnsafe: () => at.wall,
    monotonicTimeNanosUnsafe: () => BigInt(at.monotonicMs) * 1_000_000n
  } as Clock.Clock
  const pass = (ms: number, wallMs = ms) => {
    at.wall += wallMs
    at.monotonicMs += ms
  }
  return { clock, pass }
}

describe("VenueClock", () => {
  it("follows the wall clock", () => {
    const { clock, pass } = clocks(1_000_000)
    const venue = new VenueClock(clock, 0)
    assert.strictEqual(venue.now(), 1_000_000)
    pass(250)
    assert.strictEqual(venue.now(), 1_000_250)
    pass(3_600_000)
    assert.strictEqual(venue.now(), 4_600_250)
  })

  it("never goes back: not behind the last time of the state, not with the wall clock", () => {
    const { clock, pass } = clocks(1_000_000)
    const venue = new VenueClock(clock, 1_500_000)
    assert.strictEqual(venue.now(), 1_500_000)
    pass(600_000)
    assert.strictEqual(venue.now(), 1_600_000)
    pass(1_000, -500_000)
    assert.strictEqual(venue.now(), 1_600_000)
    pass(500_000)
    assert.strictEqual(venue.now(), 1_600_000)
    pass(1_000)
    assert.strictEqual(venue.now(), 1_601_000)
  })

  it("takes small corrections forward at once", () => {
    const { clock, pass } = clocks(1_000_000)
    const venue = new VenueClock(clock, 0)
    pass(1_000, 11_000)
    assert.strictEqual(venue.now(), 1_011_000)
    assert.strictEqual(venue.leapMs, 0)
  })

  it("goes on at the monotonic pace after a leap of more than 10 s, until an operator accepts it", () => {
    const { clock, pass } = clocks(1_000_000)
    const venue = new VenueClock(clock, 0)
    pass(1_000, 3_601_000)
    assert.strictEqual(venue.now(), 1_001_000)
    assert.strictEqual(venue.leapMs, 3_600_000)
    pass(500)
    assert.strictEqual(venue.now(), 1_001_500)
    assert.strictEqual(venue.leapMs, 3_600_000)
    venue.accept()
    assert.strictEqual(venue.leapMs, 0)
    assert.strictEqual(venue.now(), 4_601_500)
  })

  it("goes back to the wall clock by itself when the leap is undone", () => {
    const { clock, pass } = clocks(1_000_000)
    const venue = new VenueClock(clock, 0)
    pass(1_000, 3_601_000)
    venue.now()
    pass(1_000, -3_599_000)
    assert.strictEqual(venue.now(), 1_002_000)
    assert.strictEqual(venue.leapMs, 0)
  })
})
