/** Judges each mutant of a file: whether any check notices it. */
import type { Answer, PlannedCheck, Request, Surveyed } from "./checking.ts"
import type { Mutant, Mutated } from "./Mutants.ts"
import { Worker } from "./Worker.ts"

export type Verdict =
  | { readonly _tag: "Killed"; readonly by: string; readonly because: string }
  /** It runs endlessly, or until the memory is full, which counts as noticed. */
  | { readonly _tag: "Endless" }
  | { readonly _tag: "Survived" }
  /** No check passes it. */
  | { readonly _tag: "NotCovered" }

export interface Judged {
  readonly mutant: Mutant
  readonly verdict: Verdict
}

/**
 * A check that passes a mutant this many times as often as without it is in an endless loop; this
 * many passes are always allowed.
 */
const hitsFactor = 100
const hitsAllowed = 10_000
/** The same for its time. */
const msFactor = 20
const msAllowed = 5_000

/** `mutants` are some of the file's. */
export async function* judge(
  { code, url }: Mutated,
  mutants: ReadonlyArray<Mutant>
): AsyncGenerator<Judged> {
  const loading = (mutant: string): Request => ({ _tag: "Load", url, code, mutant })
  let worker = new Worker()
  try {
    const { whileLoading } = await worker.must("Loaded", loading(none))
    const { checks } = await worker.must("Surveyed", { _tag: "Survey" })
    const all = checks.map(({ ms }, check) => ({
      check,
      hitsMax: Number.MAX_SAFE_INTEGER,
      msMax: msMaxOf(ms)
    }))

    for (const mutant of mutants) {
      const { id } = mutant
      const planned = plan(id, checks)
      if (whileLoading.includes(id)) {
        const fresh = new Worker()
        const loaded = await fresh.ask(loading(id))
        const answer =
          loaded === undefined
            ? notLoaded
            : await fresh.ask({ _tag: "Run", mutant: id, checks: all })
        fresh.stop()
        yield { mutant, verdict: verdictOf(answer) }
      } else if (planned.length === 0) yield { mutant, verdict: { _tag: "NotCovered" } }
      else {
        const answer = await worker.ask({ _tag: "Run", mutant: id, checks: planned })
        if (answer === undefined) {
          worker = new Worker()
          await worker.must("Loaded", loading(none))
        }
        yield { mutant, verdict: verdictOf(answer) }
      }
    }
    // Otherwise something left behind by a mutant would have killed those after it.
    const passing = all.filter(({ check }) => Object.keys(checks[check]!.hits).length > 0)
    await worker.must("Survived", { _tag: "Run", mutant: none, checks: passing })
  } finally {
    worker.stop()
  }
}

const none = "none"

const notLoaded: Answer = { _tag: "Killed", by: "loading the file", because: "it throws" }

/** The checks that pass the mutant, quickest first. */
const plan = (mutant: string, checks: ReadonlyArray<Surveyed>): ReadonlyArray<PlannedCheck> =>
  checks
    .map(({ hits, ms }, check) => ({ check, hits: hits[mutant] ?? 0, ms }))
    .filter(({ hits }) => hits > 0)
    .sort((a, b) => a.ms - b.ms)
    .map(({ check, hits, ms }) => ({
      check,
      hitsMax: hits * hitsFactor + hitsAllowed,
      msMax: msMaxOf(ms)
    }))

const msMaxOf = (ms: number): number => Math.ceil(ms * msFactor + msAllowed)

const verdictOf = (answer: Answer | undefined): Verdict => {
  if (answer?._tag === "Killed" || answer?._tag === "Survived") return answer
  return { _tag: "Endless" }
}
