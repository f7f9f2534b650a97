import { assert, describe, it } from "@effect/vitest"
import { PriceLadder } from "../src/PriceLadder.ts"
import { Random } from "./reference/randomCommands.ts"

/** Keys beside the borders of words, pages and regions, and anywhere. */
const keysOf = (random: Random, keysMax: number): ReadonlyArray<number> => {
  const borders = [
    0,
    31,
    32,
    63,
    64,
    2_047,
    2_048,
    2 ** 18 - 1,
    2 ** 18,
    5 * 2 ** 18,
    32 * 2 ** 18,
    33 * 2 ** 18,
    keysMax
  ]
  return [
    ...borders.flatMap((border) => [border - 1, border, border + 1]),
    ...Array.from({ length: 40 }, () => random.int(0, keysMax))
  ].filter((key) => key >= 0 && key <= keysMax)
}

describe("PriceLadder", () => {
  it.each([
    [1, 50],
    [2, 2 ** 18],
    [3, 1_000_000],
    [4, 2 ** 31 - 1]
  ])("finds what a sorted list finds, seed %i, keys up to %i", (seed, keysMax) => {
    const random = new Random(seed)
    const ladder = new PriceLadder(keysMax)
    const keys = keysOf(random, keysMax)
    const levels = new Map<number, number>()
    const next = (from: number): number => {
      const found = [...levels.keys()].filter((key) => key >= from)
      return found.length === 0 ? -1 : Math.min(...found)
    }
    for (let i = 1; i <= 1_000; i++) {
      // It fills up and empties, so that pages and regions come and go.
      const key = random.pick(keys)
      if (levels.has(key)) {
        ladder.delete(key)
        levels.delete(key)
      } else if (random.chance(i % 500 < 250 ? 0.9 : 0.1)) {
        ladder.set(key, i)
        levels.set(key, i)
      }
      const place = `step ${i}`
      assert.strictEqual(ladder.get(key), levels.get(key) ?? 0, place)
      for (const from of [0, key, random.pick(keys)]) assert.strictEqual(ladder.next(from), next(from), place)
    }
    for (const key of keys) assert.strictEqual(ladder.get(key), levels.get(key) ?? 0)
  })
})
