/** Parses the command lines of benches and other programs of the workspace. */
import { parseArgs } from "node:util"

/** Prints the problem and ends the process with 1. */
export const stop = (problem: string): never => {
  console.error(problem)
  process.exit(1)
}

export const count = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text))
    stop(`--${name} is a whole number from 1 to 999999999, not "${text}".`)
  return Number(text)
}

/**
 * A number of a bench: its value for measuring, and for a run of a few seconds that only shows that
 * the bench works.
 */
export interface Sized {
  readonly usual: number
  readonly quick: number
}

/**
 * Returns the options of a bench: `--json` and `--quick`, which every bench has, and its own
 * numbers and flags.
 */
export const benchOptions = <Name extends string, Flag extends string = never>(
  numbers: Readonly<Record<Name, Sized>>,
  flags: ReadonlyArray<Flag> = []
): Readonly<Record<Name, number> & Record<Flag | "json" | "quick", boolean>> => {
  const sized = Object.entries<Sized>(numbers)
  const switches = ["json", "quick", ...flags]
  const values = parsed(
    sized.map(([name]) => name),
    switches
  )
  const size = values["quick"] === true ? "quick" : "usual"
  const read = [
    ...sized.map(([name, number]) => [name, positive(name, values[name] ?? number[size])]),
    ...switches.map((name) => [name, values[name] === true])
  ]
  return Object.fromEntries(read)
}

const parsed = (
  names: ReadonlyArray<string>,
  switches: ReadonlyArray<string>
): Readonly<Record<string, unknown>> => {
  const strings = names.map((name) => [name, { type: "string" }] as const)
  const booleans = switches.map((name) => [name, { type: "boolean" }] as const)
  try {
    return parseArgs({ options: Object.fromEntries([...strings, ...booleans]) }).values
  } catch (error) {
    const options = [...names.map((name) => `--${name} N`), ...switches.map((name) => `--${name}`)]
    return stop(`${(error as Error).message}\nOptions: ${options.join(", ")}`)
  }
}

const positive = (name: string, value: unknown): number => {
  const number = Number(value)
  return number > 0 && Number.isFinite(number)
    ? number
    : stop(`--${name} is a number above 0, not "${value}".`)
}
