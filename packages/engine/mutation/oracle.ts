/**
 * The engine against the reference venue, as in `Venue.oracle.test.ts` and with its seeds. The
 * reference venue is not mutated, so its answers are computed once and kept, which leaves only the
 * engine's time per mutant.
 */
import { Batch, Event, Layout } from "@pandora-exchange/core"
import { assert } from "vitest"
import { type Limits, limitsDefault } from "../src/Limits.ts"
import { EngineVenue } from "../test/EngineVenue.ts"
import { type Applied, NaiveVenue } from "../test/reference/NaiveVenue.ts"
import type { Readers } from "../test/reference/Readers.ts"
import { type Asked, limitsSmall, randomCommands } from "../test/reference/randomCommands.ts"
import type { Check } from "./collected.ts"

const seeds = [1, 2, 3, 4]
const commandsPerSeed = 5_000
/** Fewer, because two venues execute them and one is rebuilt again and again. */
const commandsFromSnapshots = 1_000
/**
 * After this many commands, balances, orders and holds are compared completely, and the venue may
 * be restored.
 */
const lookEvery = 100

interface Recorded {
  readonly asked: Asked
  readonly answer: string
  readonly look: string | undefined
}

const printed = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : part))

const printedAnswer = ({ answer, events, own }: Applied): string =>
  printed([events, own.length, own[0]?._tag === "Repeated" ? answer : []])

/** The same events, with their fields in the order of the layout, as the engine has them. */
const inOrder = (events: ReadonlyArray<Event.Event>): ReadonlyArray<Event.Event> =>
  events.flatMap((event) => {
    const bytes = new Uint8Array(Layout.recordBytesMax)
    return Event.decodeAll(Batch.viewOf(bytes), 0, Event.encode(Batch.viewOf(bytes), 0, event))
  })

const lookAt = (venue: Readers): string =>
  printed([venue.balances(), venue.openOrders(), venue.holds()])

function* record(seed: number, limits: Limits): Generator<Recorded> {
  const naive = new NaiveVenue(limits)
  const commands = randomCommands(seed, commandsPerSeed)
  let count = 0
  for (let next = commands.next([]); next.done !== true; ) {
    const asked = next.value
    const { answer, events, own } = naive.apply(...asked)
    const ordered = { answer: inOrder(answer), events: inOrder(events), own }
    yield {
      asked,
      answer: printedAnswer(ordered),
      look: ++count % lookEvery === 0 ? lookAt(naive) : undefined
    }
    next = commands.next(events)
  }
}

/** A mutant that is noticed at once needs only the beginning. */
class Recording {
  private readonly known: Array<Recorded> = []
  private readonly rest: Iterator<Recorded>

  constructor(seed: number, limits: Limits) {
    this.rest = record(seed, limits)
  }

  *[Symbol.iterator](): Generator<Recorded> {
    for (let i = 0; ; i++) {
      if (i === this.known.length) {
        const next = this.rest.next()
        if (next.done === true) break
        this.known.push(next.value)
      }
      yield this.known[i]!
    }
    assert(this.known.length === commandsPerSeed)
  }
}

export const oracleChecks: ReadonlyArray<Check> = seeds.flatMap((seed) => {
  const limits = seed % 4 === 0 ? limitsDefault : limitsSmall
  const recording = new Recording(seed, limits)
  return [
    {
      title: `the reference venue's answers and balances, seed ${seed}`,
      run: () => {
        const engine = new EngineVenue(limits)
        for (const { answer, asked, look } of recording) {
          assert(printedAnswer(engine.apply(...asked)) === answer)
          assert(look === undefined || lookAt(engine) === look)
        }
      }
    },
    {
      title: `the same answers and hash from snapshots, seed ${seed}`,
      run: () => {
        const straight = new EngineVenue(limits)
        const restored = new EngineVenue(limits)
        let count = 0
        for (const { answer, asked, look } of recording) {
          straight.apply(...asked)
          assert(printedAnswer(restored.apply(...asked)) === answer)
          if (look !== undefined) {
            restored.restore()
            assert(restored.hash() === straight.hash())
          }
          if (++count === commandsFromSnapshots) return
        }
      }
    }
  ]
})
