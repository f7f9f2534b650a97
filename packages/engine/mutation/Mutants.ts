/** Mutants of the engine's rules: each is one small change of the code, made by Stryker. */
import { Instrumenter } from "@stryker-mutator/instrumenter"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

/**
 * The files that decide about orders and money. Recovery, snapshots and the sequencer are covered
 * by the simulation.
 */
export const ruleFiles = [
  "Activation",
  "Admission",
  "NonTrading",
  "ListDraft",
  "Balances",
  "Deadlines",
  "Fees",
  "Funds",
  "Limits",
  "Matching",
  "OpenOrders",
  "OrderBook",
  "OrderRecord",
  "OrderTerms",
  "Placing",
  "PriceLadder",
  "Taker",
  "Timers",
  "Trading",
  "Triggers",
  "Walk"
] as const

export interface Mutant {
  readonly id: string
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly mutator: string
  readonly original: string
  readonly replacement: string
}

export interface Mutated {
  readonly url: string
  /** The file with all its mutants, each behind a switch. */
  readonly code: string
  readonly mutants: ReadonlyArray<Mutant>
}

const silent = (): void => {}
const off = (): boolean => false

const logger: ConstructorParameters<typeof Instrumenter>[0] = {
  isTraceEnabled: off,
  isDebugEnabled: off,
  isInfoEnabled: off,
  isWarnEnabled: off,
  isErrorEnabled: off,
  isFatalEnabled: off,
  trace: silent,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  fatal: silent
}

/** The same file gives the same mutants with the same ids. */
export const mutate = async (file: string): Promise<Mutated> => {
  const url = new URL(`../src/${file}.ts`, import.meta.url)
  const name = fileURLToPath(url)
  const content = readFileSync(name, "utf8")
  const { files, mutants } = await new Instrumenter(logger).instrument(
    [{ name, content, mutate: true }],
    {
      plugins: null,
      excludedMutations: [],
      ignorers: []
    }
  )
  return {
    url: url.href,
    code: files[0]!.content,
    mutants: mutants.map(({ id, location, mutatorName, replacement }) => ({
      id,
      file,
      line: location.start.line + 1,
      mutator: mutatorName,
      original: textAt(content, location),
      replacement
    }))
  }
}

interface Place {
  readonly line: number
  readonly column: number
}

const textAt = (
  content: string,
  { end, start }: { readonly start: Place; readonly end: Place }
): string => {
  const lines = content.split("\n").slice(start.line, end.line + 1)
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column)
  lines[0] = lines[0]!.slice(start.column)
  return lines.join("\n")
}
