/**
 * The engine against the reference venue: the same random commands, the same events, byte for byte.
 */
import { assert, describe, it } from "@effect/vitest"
import { limitsDefault } from "../src/Limits.ts"
import { EngineVenue } from "./EngineVenue.ts"
import { Bookkeeping } from "./reference/Bookkeeping.ts"
import { invariants } from "./reference/invariants.ts"
import { NaiveVenue } from "./reference/NaiveVenue.ts"
import { limitsSmall, randomCommands } from "./reference/randomCommands.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const firstSeed = Number(process.env["PANDORA_SEED"] ?? 1)
const seeds = Array.from({ length: long ? 200 : 4 }, (_, i) => firstSeed + i)
const commandsPerSeed = long ? 20_000 : 5_000
/** After this many commands the books, balances and holds are compared completely. */
const lookEvery = 100

const printed = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))

describe("Venue against the reference venue", () => {
  it.each(seeds)("gives the same events, balances, orders and holds, seed %i", (seed) => {
    const limits = seed % 4 === 0 ? limitsDefault : limitsSmall
    const naive = new NaiveVenue(limits)
    const engine = new EngineVenue(limits)
    const bookkeeping = new Bookkeeping()
    const commands = randomCommands(seed, commandsPerSeed)
    let count = 0
    for (let next = commands.next([]); next.done !== true; ) {
      const [time, command, requestKey] = next.value
      const expected = naive.apply(time, command, requestKey)
      const actual = engine.apply(time, command, requestKey)
      count++
      const place = `seed ${seed}, command ${count}: ${printed(next.value)}`
      if (printed(actual) !== printed(expected)) assert.deepStrictEqual(actual, expected, place)
      bookkeeping.accept(actual.events)
      if (count % lookEvery === 0) {
        assert.deepStrictEqual(engine.balances(), naive.balances(), place)
        assert.deepStrictEqual(engine.openOrders(), naive.openOrders(), place)
        assert.deepStrictEqual(engine.holds(), naive.holds(), place)
        invariants(engine, bookkeeping)
      }
      next = commands.next(expected.events)
    }
    assert.strictEqual(count, commandsPerSeed)
  })

  it.each(seeds)("goes on from a snapshot as if nothing had been, seed %i", (seed) => {
    const straight = new EngineVenue(limitsSmall)
    const restored = new EngineVenue(limitsSmall)
    const commands = randomCommands(seed, commandsPerSeed)
    let count = 0
    for (let next = commands.next([]); next.done !== true; ) {
      const [time, command, requestKey] = next.value
      const expected = straight.apply(time, command, requestKey)
      const place = `seed ${seed}, command ${++count}: ${printed(next.value)}`
      assert.strictEqual(
        printed(restored.apply(time, command, requestKey)),
        printed(expected),
        place
      )
      if (count % 50 === 0) {
        restored.restore()
        assert.strictEqual(restored.hash(), straight.hash(), place)
      }
      next = commands.next(expected.events)
    }
    assert.strictEqual(restored.hash(), straight.hash())
  })
})
