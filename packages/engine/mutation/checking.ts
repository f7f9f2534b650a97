/**
 * Runs the checks against the mutants of one file, in its own process. A mutant is switched on and
 * off by a variable, so the process is reused for all of them; only mutants evaluated while the
 * file is loaded need a new one.
 */
import { globSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Script } from "node:vm"
import { type Check, collected } from "./collected.ts"

/** Checks by their position; hits by mutant. */
export type Request =
  | { readonly _tag: "Load"; readonly url: string; readonly code: string; readonly mutant: string }
  | { readonly _tag: "Survey" }
  | { readonly _tag: "Run"; readonly mutant: string; readonly checks: ReadonlyArray<PlannedCheck> }

export interface PlannedCheck {
  readonly check: number
  /** A mutant that is passed more often, or makes the check take longer, causes an endless loop. */
  readonly hitsMax: number
  readonly msMax: number
}

export type Answer =
  | { readonly _tag: "Loaded"; readonly whileLoading: ReadonlyArray<string> }
  | { readonly _tag: "Surveyed"; readonly checks: ReadonlyArray<Surveyed> }
  | { readonly _tag: "Killed"; readonly by: string; readonly because: string }
  | { readonly _tag: "Endless" }
  | { readonly _tag: "Survived" }

export interface Surveyed {
  readonly ms: number
  /** How often it passed each mutant. */
  readonly hits: Readonly<Record<string, number>>
}

/** The variables the instrumented code reads and writes. */
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
let checks: ReadonlyArray<Check> = []

/** The tests with the engine, one file of which is the mutated code. */
const load = async (url: string, code: string, mutant: string): Promise<void> => {
  stryker.activeMutant = mutant
  const standIn = new URL("collected.ts", import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@effect/vitest"
        ? { url: standIn, shortCircuit: true }
        : next(specifier, context),
    load: (loaded, context, next) =>
      loaded === url
        ? { format: "module-typescript", source: code, shortCircuit: true }
        : next(loaded, context)
  })
  const cwd = fileURLToPath(new URL("../test", import.meta.url))
  const tests = globSync("{Balances,Deadlines,Fees,Funds,PriceLadder,Venue}{,.*}.test.ts", {
    cwd,
    exclude: ["Venue.oracle.test.ts"]
  })
  for (const test of tests.sort()) await import(pathToFileURL(`${cwd}/${test}`).href)
  const { oracleChecks } = await import("./oracle.ts")
  checks = [...collected, ...oracleChecks]
}

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

const answerTo = async (request: Request): Promise<Answer> => {
  switch (request._tag) {
    case "Load":
      await load(request.url, request.code, request.mutant)
      return { _tag: "Loaded", whileLoading: Object.keys(stryker.mutantCoverage?.static ?? {}) }
    case "Survey":
      return { _tag: "Surveyed", checks: survey() }
    case "Run":
      return runAgainst(request.mutant, request.checks)
  }
}

process.on("message", async (request: Request) => process.send!(await answerTo(request)))
