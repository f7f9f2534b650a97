/**
 * Runs the checks against the mutants of one file, in a process of its own: `checking.ts FILE [MUTANT]`. A mutant is switched on and off
 * by a variable, so the process is used for one after the other.
 */
import { globSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Script } from "node:vm"
import { collected } from "./collected.ts"
import { mutate } from "./Mutants.ts"

/** Checks by their position; hits by mutant. */
export type Request =
  | { readonly _tag: "Survey" }
  | { readonly _tag: "Run"; readonly mutant: string; readonly checks: ReadonlyArray<PlannedCheck> }

export interface PlannedCheck {
  readonly check: number
  /** A mutant that is passed more often, or makes the check take longer, makes a loop endless. */
  readonly hitsMax: number
  readonly msMax: number
}

export type Answer =
  | { readonly _tag: "Ready"; readonly whileLoading: ReadonlyArray<string> }
  | { readonly _tag: "Surveyed"; readonly checks: ReadonlyArray<Surveyed> }
  | { readonly _tag: "Killed"; readonly by: string; readonly because: string }
  | { readonly _tag: "Endless" }
  | { readonly _tag: "Survived" }

export interface Surveyed {
  readonly ms: number
  /** How often it passed each mutant. */
  readonly hits: Readonly<Record<string, number>>
}

/** What the instrumented code reads and writes. */
interface Stryker {
  activeMutant?: string
  currentTestId?: string
  hitCount?: number
  hitLimit?: number
  mutantCoverage?: {
    readonly static: Record<string, number>
    readonly perTest: Record<string, Record<string, number>>
  }
}

const endlessMessages = ["Stryker: Hit count limit reached", "Script execution timed out"]

const shared = globalThis as { __stryker__?: Stryker; check?: () => void }
const stryker: Stryker = (shared.__stryker__ = {})
const file = process.argv[2]!
const switchedOn = process.argv[3]
if (switchedOn !== undefined) stryker.activeMutant = switchedOn
const { code, url } = await mutate(file)
const standIn = new URL("collected.ts", import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@effect/vitest" ? { url: standIn, shortCircuit: true } : next(specifier, context),
  load: (loaded, context, next) =>
    loaded === url ? { format: "module-typescript", source: code, shortCircuit: true } : next(loaded, context)
})
const tests = fileURLToPath(new URL("../test", import.meta.url))
for (const test of globSync("{Balances,Deadlines,PriceLadder,Venue}{,.*}.test.ts", {
  cwd: tests,
  exclude: ["Venue.oracle.test.ts"]
}).sort()) {
  await import(pathToFileURL(`${tests}/${test}`).href)
}
// It imports what may be mutated, so only now.
const { oracleChecks } = await import("./oracle.ts")
const checks = [...collected, ...oracleChecks]

const survey = (): ReadonlyArray<Surveyed> =>
  checks.map(({ run }, i) => {
    const name = `check ${i}`
    stryker.currentTestId = name
    const start = performance.now()
    run()
    return { ms: performance.now() - start, hits: stryker.mutantCoverage?.perTest[name] ?? {} }
  })

/** Only a script can be stopped from outside without ending the process. */
const script = new Script("check()")

const runAgainst = (mutant: string, planned: ReadonlyArray<PlannedCheck>): Answer => {
  stryker.activeMutant = mutant
  stryker.currentTestId = "mutant"
  for (const { check, hitsMax, msMax } of planned) {
    const { run, title } = checks[check]!
    shared.check = run
    stryker.hitCount = 0
    stryker.hitLimit = hitsMax
    try {
      script.runInThisContext({ timeout: msMax })
    } catch (error) {
      const because = String(error).split("\n", 1)[0]!
      const isEndless = endlessMessages.some((message) => because.includes(message))
      return isEndless ? { _tag: "Endless" } : { _tag: "Killed", by: title, because }
    }
  }
  return { _tag: "Survived" }
}

const answer = (answer: Answer): void => {
  process.send!(answer)
}

process.on("message", (request: Request) => {
  if (request._tag === "Survey") answer({ _tag: "Surveyed", checks: survey() })
  else answer(runAgainst(request.mutant, request.checks))
})
answer({ _tag: "Ready", whileLoading: Object.keys(stryker.mutantCoverage?.static ?? {}) })
