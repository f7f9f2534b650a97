import { assert, describe, it } from "@effect/vitest"
import { Batch, Journal } from "@pandora-exchange/core"
import { Effect } from "effect"
import { faultKinds } from "./Faults.ts"
import { nothingPlanted, type Planted } from "./Planted.ts"
import { shrink } from "./shrink.ts"
import { simulate } from "./Simulation.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const firstSeed = Number(process.env["PANDORA_SEED"] ?? 1)
const seeds = long ? 1_000 : 100
const commands = long ? 2_000 : 200
/** This many per test. */
const share = seeds / 10

describe("simulation", () => {
  it.each(Array.from({ length: seeds / share }, (_, i) => firstSeed + i * share))(
    "everything holds through all faults and agrees after them, from seed %i on",
    (first) => {
      for (let seed = first; seed < first + share; seed++) {
        const { failure, lastLines } = simulate({ seed, commands })
        const again = `npm run simulate -- --seed ${seed} --commands ${commands}`
        assert.isUndefined(failure, `${again}\n${lastLines.join("\n")}`)
      }
    }
  )

  it("is the same run for the same seed, and another for another", () => {
    const first = simulate({ seed: firstSeed, commands: 200 })
    assert.deepStrictEqual(simulate({ seed: firstSeed, commands: 200 }), first)
    assert.notStrictEqual(
      simulate({ seed: firstSeed + 1, commands: 200 }).traceHash,
      first.traceHash
    )
  })

  it("makes every kind of fault strike", () => {
    const struck = new Set<string>()
    for (let seed = 1; seed <= 60 && struck.size < faultKinds.length; seed++) {
      for (const kind of Object.keys(simulate({ seed, commands: 200 }).struck)) struck.add(kind)
    }
    assert.deepStrictEqual(
      faultKinds.filter((kind) => !struck.has(kind)),
      []
    )
  })
})

const seedsMax = 10

/** The report of the first seed that fails. */
const found = (planted: Partial<Planted>): string => {
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { failure } = simulate({
      seed,
      commands: 300,
      planted: { ...nothingPlanted, ...planted }
    })
    if (failure !== undefined) return failure
  }
  return `nothing within ${seedsMax} seeds`
}

describe("simulation of a planted bug", () => {
  it("error: finds an append that is acknowledged before it is durable", () => {
    const journal: Planted["journal"] = (journal, loop) => ({
      ...journal,
      append: (batch) =>
        Effect.sync(() => {
          const sent = Batch.decode(batch.bytes.slice()) as Batch.Batch
          loop.after(1, () => void Effect.runFork(journal.append(sent)), undefined)
        })
    })
    assert.strictEqual(found({ journal }), "does not hold: answer 1 is durable")
  })

  it("error: finds a lost batch that is answered", () => {
    let appends = 0
    const journal: Planted["journal"] = (journal) => ({
      ...journal,
      append: (batch) => (++appends % 100 === 0 ? Effect.void : journal.append(batch))
    })
    assert.match(found({ journal }), /^does not hold: answer \d+ is durable$/)
  })

  it("error: finds a lost answer that is called fenced", () => {
    const journal: Planted["journal"] = (journal) => ({
      ...journal,
      append: (batch) =>
        Effect.catchTag(journal.append(batch), "Unknown", () =>
          Effect.fail(
            new Journal.Fenced({ epoch: batch.epoch, firstSequence: batch.firstSequence })
          )
        )
    })
    assert.match(
      found({ journal }),
      /a command is in the journal as often as it was sent, at most$/
    )
  })

  it("error: finds a follower that skips a batch", () => {
    const failure = found({ overlooks: ({ firstSequence }) => firstSequence % 50 === 0 })
    assert.match(
      failure,
      /^does not hold: (order ids count up|follower \d keeps the books of the journal)$/
    )
  })

  it("error: finds a sequencer that executes a repeated key again", () => {
    const tamper: Planted["tamper"] = (state) => {
      state.keys.find = () => undefined
    }
    assert.match(found({ tamper }), /the journal has the reference venue's events/)
  })

  it("error: finds a due item that is lost", () => {
    const tamper: Planted["tamper"] = (state) => {
      state.timers.firstTime = () => Number.POSITIVE_INFINITY
      state.orders.deadlines.firstTime = () => Number.POSITIVE_INFINITY
    }
    assert.match(found({ tamper }), /the journal has the reference venue's events/)
  })

  it("error: shrinks a failing run, the same way every time", () => {
    const planted: Planted = {
      ...nothingPlanted,
      overlooks: ({ firstSequence }) => firstSequence === 44
    }
    const smallest = shrink({ seed: 1, commands: 300, planted }, simulate)
    const { commands, failure, faults } = smallest
    assert.deepStrictEqual(
      { commands, failure, faults },
      {
        commands: 44,
        failure: "does not hold: follower 3 keeps the books of the journal",
        faults: []
      }
    )
    assert.deepStrictEqual(shrink({ seed: 1, commands: 300, planted }, simulate), smallest)
  })
})
