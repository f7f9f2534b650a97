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

/** A check that passes a mutant so many times as often as without it has a loop without end; so many are always allowed. */
const hitsFactor = 100
const hitsAllowed = 10_000
/** The same for the time of all checks. */
const timeFactor = 5
const msAllowed = 120_000

export async function* judge(file: string, mutants: ReadonlyArray<Mutant>): AsyncGenerator<Judged> {
  let worker = new Worker(file)
  try {
    const { whileLoading } = await worker.must("Ready", worker.next(msAllowed))
    const { checks } = await worker.must("Surveyed", worker.ask({ _tag: "Survey" }, msAllowed))
    const all = checks.map((_, check) => ({ check, hitsMax: Number.MAX_SAFE_INTEGER }))
    const msMax = msAllowed + timeFactor * checks.reduce((sum, { ms }) => sum + ms, 0)

    for (const mutant of mutants) {
      const { id } = mutant
      const planned = plan(id, checks)
      if (whileLoading.includes(id)) {
        const fresh = new Worker(file, id)
        const isLoaded = (await fresh.next(msAllowed)) !== undefined
        const answer = isLoaded ? await fresh.ask({ _tag: "Run", mutant: id, checks: all }, msMax) : notLoaded
        fresh.stop()
        yield { mutant, verdict: verdictOf(answer) }
      } else if (planned.length === 0) yield { mutant, verdict: { _tag: "NotCovered" } }
      else {
        const answer = await worker.ask({ _tag: "Run", mutant: id, checks: planned }, msMax)
        if (answer === undefined) {
          worker = new Worker(file)
          await worker.must("Ready", worker.next(msAllowed))
        }
        yield { mutant, verdict: verdictOf(answer) }
      }
    }
    // Whatever a mutant left behind would have killed those after it.
    await worker.must("Survived", worker.ask({ _tag: "Run", mutant: "none", checks: all }, msMax))
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
    .map(({ check, hits }) => ({ check, hitsMax: hits * hitsFactor + hitsAllowed }))

const verdictOf = (answer: Answer | undefined): Verdict => {
  if (answer?._tag === "Killed" || answer?._tag === "Survived") return answer
  return { _tag: "Endless" }
}
