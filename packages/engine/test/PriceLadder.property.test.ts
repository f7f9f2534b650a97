import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { LevelPool } from "../src/LevelPool.ts"
import { PriceLadder } from "../src/PriceLadder.ts"

const keysMax = 2 ** 31 - 1

/** Keys per page, a word of pages, a region, a word of regions. */
const borders = [2, 7, 14, 19].flatMap((bits) => [2 ** bits, 3 * 2 ** bits])

/** Near each other, next to a border, and everywhere. */
const key = fc.oneof(
  fc.integer({ min: 499_000, max: 499_100 }),
  fc.constantFrom(0, keysMax - 1, keysMax, ...borders.flatMap((border) => [border - 1, border])),
  fc.integer({ min: 0, max: keysMax })
)

describe("PriceLadder", () => {
  it("is what a sorted set of keys would be, beside another ladder of the same pool", () => {
    const step = fc.record({ ladder: fc.nat(1), key, use: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300 }),
        fc.array(key, { maxLength: 20 }),
        (steps, looked) => {
          const levels = new LevelPool()
          const ladders = [new PriceLadder(keysMax, levels), new PriceLadder(keysMax, levels)]
          const used = [new Map<number, number>(), new Map<number, number>()]
          for (const step of steps) {
            const ladder = ladders[step.ladder]!
            const known = used[step.ladder]!
            if (step.use && !known.has(step.key)) {
              const level = ladder.use(step.key)
              levels.clear(level, step.key)
              known.set(step.key, level)
            } else if (!step.use && known.has(step.key)) {
              ladder.drop(step.key)
              known.delete(step.key)
            }
          }
          assert.strictEqual(
            new Set(used.flatMap((known) => [...known.values()])).size,
            used[0]!.size + used[1]!.size
          )
          for (const [i, ladder] of ladders.entries()) {
            const keys = [...used[i]!.keys()].sort((a, b) => a - b)
            const found: Array<number> = []
            for (let at = ladder.next(0); at !== -1; at = ladder.next(at + 1)) found.push(at)
            assert.deepStrictEqual(found, keys)
            for (const [at, level] of used[i]!) assert.strictEqual(ladder.get(at), level)
            for (const from of looked) {
              assert.strictEqual(
                ladder.next(from),
                keys.find((at) => at >= from) ?? -1,
                `from ${from}`
              )
            }
          }
        }
      ),
      { numRuns: 300 }
    )
  })

  it("has neither keys nor pages left when all were dropped", () => {
    const levels = new LevelPool()
    const ladder = new PriceLadder(keysMax, levels)
    for (let round = 0; round < 3; round++) {
      const taken = new Set<number>()
      for (let at = 0; at <= 1_000_000; at += 997) taken.add(ladder.use(at))
      for (let at = 0; at <= 1_000_000; at += 997) ladder.drop(at)
      assert.strictEqual(ladder.next(0), -1)
      // The pages of the first round are enough for all rounds.
      assert.isBelow(Math.max(...taken), 4 * (taken.size + 1))
    }
  })
})
