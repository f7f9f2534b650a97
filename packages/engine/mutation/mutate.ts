/**
 * `npm run mutate -- [--files NAME,NAME] [--sample N] [--seed S] [--json]`: changes the engine's
 * rules in every small way Stryker knows, or in N of them drawn from seed S, and reports which
 * changes no test of the venue notices. Exits with 1 if more than a tenth survive.
 */
import { parseArgs } from "node:util"
import { count, stop } from "../../../scripts/arguments.ts"
import { Random } from "../test/reference/randomCommands.ts"
import { type Judged, judge } from "./judge.ts"
import { mutate, ruleFiles } from "./Mutants.ts"
import { asJson, asText } from "./report.ts"
import { scoreOf } from "./Score.ts"

const killedMin = 0.9

const { values } = parseArgs({
  options: {
    files: { type: "string", default: ruleFiles.join(",") },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false }
  }
})
const files = values.files.split(",")
const sample = values.sample === undefined ? undefined : count("sample", values.sample)
const random = new Random(count("seed", values.seed))
const unknown = files.filter((file) => !(ruleFiles as ReadonlyArray<string>).includes(file))
if (unknown.length > 0)
  stop(`No rules are in ${unknown.join(", ")}. They are in: ${ruleFiles.join(", ")}.`)

/** When stopped from outside, stops its workers too. */
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => process.exit(1))

const mutated = await Promise.all(files.map(mutate))
const mutants = mutated.flatMap(({ mutants }) => mutants)
const drawn = new Set(
  mutants
    .map((mutant) => ({ mutant, lot: random.u32() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, sample)
    .map(({ mutant }) => mutant)
)

const judged: Array<Judged> = []
for (const file of mutated) {
  const own = file.mutants.filter((mutant) => drawn.has(mutant))
  if (own.length === 0) continue
  for await (const one of judge(file, own)) {
    judged.push(one)
    if (process.stderr.isTTY)
      process.stderr.write(`\r${judged.length} of ${drawn.size} mutants, in ${own[0]!.file}       `)
  }
}
if (process.stderr.isTTY) process.stderr.write("\n")

const whole = scoreOf(judged)
if (values.json) console.log(JSON.stringify(asJson(judged, mutants.length)))
else for (const line of asText(judged, mutants.length)) console.log(line)
process.exitCode = whole.score < killedMin ? 1 : 0
