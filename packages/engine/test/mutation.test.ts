/** What `npm run mutate` counts; running it shows that it works at all. */
import { assert, describe, it } from "@effect/vitest"
import type { Judged, Verdict } from "../mutation/judge.ts"
import { type Mutant, mutate } from "../mutation/Mutants.ts"
import { interval, scoreOf } from "../mutation/Score.ts"

describe("mutation", () => {
  it("makes the same mutants of a file every time, and tells what each replaces", async () => {
    const { mutants } = await mutate("Timers")
    assert.deepStrictEqual((await mutate("Timers")).mutants, mutants)
    const original = "!this.places.has(account)"
    assert.deepStrictEqual(
      mutants
        .filter((mutant) => mutant.original === original)
        .map(({ mutator, replacement }) => [mutator, replacement]),
      [
        ["BooleanLiteral", "this.places.has(account)"],
        ["ConditionalExpression", "true"],
        ["ConditionalExpression", "false"]
      ]
    )
  })

  it("counts as noticed what is killed and what never ends", () => {
    const mutant: Mutant = {
      id: "0",
      file: "Walk",
      line: 1,
      mutator: "",
      original: "",
      replacement: ""
    }
    const verdicts: ReadonlyArray<Verdict> = [
      { _tag: "Killed", by: "a test", because: "it differs" },
      { _tag: "Endless" },
      { _tag: "Survived" },
      { _tag: "NotCovered" },
      { _tag: "Killed", by: "a test", because: "it differs" }
    ]
    const judged = verdicts.map((verdict): Judged => ({ mutant, verdict }))
    assert.deepStrictEqual(scoreOf(judged), {
      mutants: 5,
      killed: 2,
      endless: 1,
      survived: 1,
      notCovered: 1,
      score: 0.6
    })
  })

  it("says how far a sample may be off", () => {
    const sample = { mutants: 100, killed: 90, endless: 0, survived: 10, notCovered: 0, score: 0.9 }
    const [from, to] = interval(sample)
    assert.deepStrictEqual([from.toFixed(4), to.toFixed(4)], ["0.8256", "0.9448"])
  })
})
