/**
 * `npm run simulate -- [--seeds N] [--seed S] [--commands M] [--faults KIND,KIND] [--json]`: N runs
 * starting with seed S. A failing run is reduced as far as possible and printed with the command
 * line that repeats it. Exits with 1 if any failed.
 */
import { parseArgs } from "node:util"
import { count, stop } from "../../../scripts/arguments.ts"
import { type FaultKind, faultKinds } from "./Faults.ts"
import { shrink } from "./shrink.ts"
import { type Outcome, simulate } from "./Simulation.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    commands: { type: "string", default: "500" },
    faults: { type: "string", default: faultKinds.join(",") },
    json: { type: "boolean", default: false }
  }
})
const seeds = count("seeds", values.seeds)
const firstSeed = count("seed", values.seed)
const commands = count("commands", values.commands)
const faults = values.faults.split(",").filter((kind) => kind !== "") as Array<FaultKind>
const unknown = faults.filter((kind) => !faultKinds.includes(kind))
if (unknown.length > 0)
  stop(`There is no fault ${unknown.join(", ")}. There are: ${faultKinds.join(", ")}.`)

const report = ({ commands, failure, faults, lastLines, seed }: Outcome): void => {
  console.log(`\nseed ${seed} fails: ${failure}\n`)
  for (const line of lastLines) console.log(`  ${line}`)
  console.log(
    `\n  npm run simulate -- --seed ${seed} --commands ${commands} --faults "${faults.join(",")}"\n`
  )
}

let failed = 0
let durable = 0
for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
  let outcome = simulate({ seed, commands, faults })
  if (outcome.failure !== undefined) {
    failed++
    outcome = shrink({ seed, commands, faults }, simulate)
  }
  durable += outcome.durableSequence
  if (values.json) console.log(JSON.stringify(outcome))
  else if (outcome.failure !== undefined) report(outcome)
  if (process.stderr.isTTY)
    process.stderr.write(`\r${seed - firstSeed + 1} of ${seeds} seeds, ${failed} failed `)
}
if (process.stderr.isTTY) process.stderr.write("\n")
console.log(
  values.json
    ? JSON.stringify({ seeds, failed, durable })
    : `${seeds} seeds, ${failed} failed, ${durable} durable commands`
)
process.exitCode = failed === 0 ? 0 : 1
