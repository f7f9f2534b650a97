/** What becomes of each mutant of a file: whether any check notices it. */
import type { Answer, PlannedCheck, Surveyed } from "./checking.ts"
import type { Mutant } from "./Mutants.ts"
import { Worker } from "./Worker.ts"

export type Verdict =
  | { readonly _tag: "Killed"; readonly by: string; readonly because: string }
  /** It runs on and on, or until the memory is full: that is noticed too. */
  | { readonly _tag: "Endless" }
  | { readonly _tag: "Survived" }
  /** No check comes past it. */
  | { readonly _tag: "NotCovered" }

export interface Judged {
  readonly mutant: Mutant
  readonly verdict: Verdict
}

/** A check that passes a mutant so many times as often as without it has a loop without end; so many passes are always allowed. */
const hitsFactor = 100
const hitsAllowed = 10_000
/** The same for its time. */
const msFactor = 20
const msAllowed = 5_000
/** For all that a worker is asked at once. */
const msOfAnswerMax = 600_000

export async function* judge(file: string, mutants: ReadonlyArray<Mutant>): AsyncGenerator<Judged> {
  let worker = new Worker(file)
  try {
    const { whileLoading } = await worker.must("Ready", worker.next(msOfAnswerMax))
    const { checks } = await worker.must("Surveyed", worker.ask({ _tag: "Survey" }, msOfAnswerMax))
    const all = checks.map(({ ms }, check) => ({ check, hitsMax: Number.MAX_SAFE_INTEGER, msMax: msMaxOf(ms) }))

    for (const mutant of mutants) {
      const { id } = mutant
      const planned = plan(id, checks)
      if (whileLoading.includes(id)) {
        const fresh = new Worker(file, id)
        const isLoaded = (await fresh.next(msOfAnswerMax)) !== undefined
        const answer = isLoaded ? await fresh.ask({ _tag: "Run", mutant: id, checks: all }, msOfAnswerMax) : notLoaded
        fresh.stop()
        yield { mutant, verdict: verdictOf(answer) }
      } else if (planned.length === 0) yield { mutant, verdict: { _tag: "NotCovered" } }
      else {
        const answer = await worker.ask({ _tag: "Run", mutant: id, checks: planned }, msOfAnswerMax)
        if (answer === undefined) {
          worker = new Worker(file)
          await worker.must("Ready", worker.next(msOfAnswerMax))
        }
        yield { mutant, verdict: verdictOf(answer) }
      }
    }
    // Whatever a mutant left behind would have killed those after it.
    const passing = all.filter(({ check }) => Object.keys(checks[check]!.hits).length > 0)
    await worker.must("Survived", worker.ask({ _tag: "Run", mutant: "none", checks: passing }, msOfAnswerMax))
  } finally {
    worker.stop()
  }
}

const notLoaded: Answer = { _tag: "Killed", by: "loading the file", because: "it throws" }

/** The checks that come past the mutant, the quick ones first. */
const plan = (mutant: string, checks: ReadonlyArray<Surveyed>): ReadonlyArray<PlannedCheck> =>
  checks
    .map(({ hits, ms }, check) => ({ check, hits: hits[mutant] ?? 0, ms }))
    .filter(({ hits }) => hits > 0)
    .sort((a, b) => a.ms - b.ms)
    .map(({ check, hits, ms }) => ({ check, hitsMax: hits * hitsFactor + hitsAllowed, msMax: msMaxOf(ms) }))

const msMaxOf = (ms: number): number => Math.ceil(ms * msFactor + msAllowed)

const verdictOf = (answer: Answer | undefined): Verdict => {
  if (answer?._tag === "Killed" || answer?._tag === "Survived") return answer
  return { _tag: "Endless" }
}
