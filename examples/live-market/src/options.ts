/** The command line and environment variables. */
import { resolve } from "node:path"
import { parseArgs } from "node:util"

export interface Options {
  /** The folder of the exchange's journal and snapshots. */
  readonly folder: string
  /** Stop automatically after this many seconds. */
  readonly seconds: number | undefined
  /** Requested orders per second. */
  readonly rate: number
  readonly seed: number
  readonly json: boolean
}

export const help = `Shows a moving market in the terminal, on a durable journal.

  npm run market -- [options]

  --seconds N   stop after N seconds
  --rate N      orders per second (default 300)
  --seed N      seed of the random orders (default 1)
  --json        print only a JSON summary at the end
  --help        print this text

PANDORA_DATA_DIR  folder of the journal (default .pandora/market)
NO_COLOR          if set, prints no colours

Ctrl-C finishes the orders under way and stops. A second Ctrl-C stops at once.`

const rateMax = 100_000

/** Returns the options, the word `help`, or one line describing the problem. */
export const parse = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
): Options | "help" | { readonly wrong: string } => {
  // Not strict, so that the messages are ours.
  const { positionals, values } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    options: {
      seconds: { type: "string" },
      rate: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" }
    }
  })
  const unknown = [
    ...Object.keys(values)
      .filter((name) => !known.has(name))
      .map((name) => `--${name}`),
    ...positionals
  ]
  if (unknown.length > 0)
    return { wrong: `Unknown option ${unknown[0]}. --help lists all options.` }
  if (values["help"] === true) return "help"
  const numbers: Record<string, number> = {}
  for (const [name, { max, min }] of Object.entries(bounds)) {
    const value = values[name]
    if (value === undefined) continue
    const number =
      typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max))
      return { wrong: `--${name} must be a whole number from ${min} to ${max}.` }
    numbers[name] = number
  }
  return {
    folder: resolve(env["PANDORA_DATA_DIR"] || ".pandora/market"),
    seconds: numbers["seconds"],
    rate: numbers["rate"] ?? 300,
    seed: numbers["seed"] ?? 1,
    json: values["json"] === true
  }
}

const known: ReadonlySet<string> = new Set(["seconds", "rate", "seed", "json", "help"])

const bounds: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  seconds: { min: 1, max: 1_000_000 },
  rate: { min: 1, max: rateMax },
  seed: { min: 0, max: 4_294_967_295 }
}
