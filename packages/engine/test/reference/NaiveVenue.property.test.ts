import { Event, Order } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { limitsDefault } from "../../src/Limits.ts"
import { Bookkeeping } from "./Bookkeeping.ts"
import { Coverage } from "./Coverage.ts"
import { everyOrderAddsUp, invariants } from "./invariants.ts"
import { NaiveVenue } from "./NaiveVenue.ts"
import { limitsSmall, randomCommands } from "./randomCommands.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const seedsFrom = Number(process.env["PANDORA_SEED"] ?? 1)
const commandsPerSeed = 10_000
const seeds = Array.from({ length: long ? 20 : 2 }, (_, i) => seedsFrom + i)

const run = (seed: number, venue: NaiveVenue, coverage: Coverage): void => {
  const bookkeeping = new Bookkeeping()
  coverage.restart()
  const commands = randomCommands(seed, commandsPerSeed)
  let asked = commands.next([])
  let last: unknown
  try {
    while (asked.done !== true) {
      last = asked.value
      const [time, command, requestKey] = asked.value
      const { events } = venue.apply(time, command, requestKey)
      bookkeeping.accept(events)
      invariants(venue, bookkeeping)
      coverage.count(command, events)
      asked = commands.next(events)
    }
    everyOrderAddsUp(bookkeeping)
  } catch (cause) {
    const place = `seed ${seed}, command ${venue.totals.sequence}`
    throw new Error(`${place}: ${printed(last)}`, { cause })
  }
}

const printed = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))

const table = (name: string, counts: ReadonlyMap<string, number>): string =>
  `${name}: ${[...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => `${key} ${count}`)
    .join(", ")}`

const print = (coverage: Coverage): void => {
  console.log(table("commands", coverage.commands))
  console.log(table("events", coverage.events))
  console.log(table("ends", coverage.ends))
  console.log(table("lists", coverage.lists))
  console.log(table("starts", coverage.starts), "most", coverage.startsMax)
  console.log(table("prevented", coverage.prevented), table("refused parts", coverage.refusedParts))
  console.log(table("orders", coverage.orders))
  console.log(table("amends", coverage.amends))
  console.log(table("reasons", coverage.reasonsByCommand))
}

describe("NaiveVenue under random commands", () => {
  const coverage = new Coverage()

  it.each(seeds)("keeps every invariant after every command, seed %i", (seed) => {
    run(seed, new NaiveVenue(limitsSmall), coverage)
  })

  it("keeps every invariant with the bounds of the page", () => {
    run(seedsFrom, new NaiveVenue(limitsDefault), new Coverage())
  })

  it("is asked the same by the same seed", () => {
    const asked = (): string => {
      const venue = new NaiveVenue(limitsSmall)
      const commands = randomCommands(seedsFrom, 500)
      const all: Array<unknown> = []
      for (let next = commands.next([]); next.done !== true; ) {
        all.push(next.value)
        next = commands.next(venue.apply(...next.value).events)
      }
      return printed(all)
    }
    assert.strictEqual(asked(), asked())
  })

  it("comes across every reason of refusal, every event and every end of an order", () => {
    if (process.env["PANDORA_TEST_PRINT"] === "1") print(coverage)
    assert.deepStrictEqual(coverage.missingReasons(), [])
    const tags = Event.layouts.map(({ tag }) => tag)
    assert.deepStrictEqual(missing(tags, coverage.events), [])
    assert.deepStrictEqual(missing(Order.endReasons, coverage.ends), [])
    assert.deepStrictEqual(missing(Order.contingencies, coverage.lists), [])
    assert.deepStrictEqual(missing(Order.replaceParts, coverage.refusedParts), [])
    assert.deepStrictEqual(missing(Order.selfTradePreventions, coverage.prevented), ["none"])
  })

  it("starts as many orders as one command may, and the other of a pair, and leaves the rest to the next", () => {
    assert.include([limitsSmall.dueWorkMax, limitsSmall.dueWorkMax + 1], coverage.startsMax)
  })

  it("reduces exits before they begin, and the stop of a pair in the book", () => {
    assert.deepStrictEqual(
      missing(["after SelfTradePrevented", "before OrderActivated"], coverage.reductions),
      []
    )
  })
})

const missing = (
  names: ReadonlyArray<string>,
  counts: ReadonlyMap<string, number>
): ReadonlyArray<string> => names.filter((name) => !counts.has(name))
