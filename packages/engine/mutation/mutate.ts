/**
 * `npm run mutate -- [--files NAME,NAME] [--sample N] [--seed S] [--json]`: changes the rules of the engine in every small way that Stryker knows, or
 * in N of them drawn from seed S, and says which changes no test of the venue notices. Exits with 1 if more than a tenth survive.
 */
import { parseArgs } from "node:util"
import { Random } from "../test/reference/randomCommands.ts"
import { type Judged, judge } from "./judge.ts"
import { type Mutant, mutate, ruleFiles } from "./Mutants.ts"
import { interval, type Score, scoreOf } from "./Score.ts"

const killedMin = 0.9

const stop = (problem: string): never => {
  console.error(problem)
  process.exit(1)
}

const count = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) stop(`--${name} is a whole number from 1 to 999999999, not "${text}".`)
  return Number(text)
}

const { values } = parseArgs({
  options: {
    files: { type: "string", default: ruleFiles.join(",") },
    sample: { type: "string", default: "999999999" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false }
  }
})
const files = values.files.split(",")
const sample = count("sample", values.sample)
const random = new Random(count("seed", values.seed))
const unknown = files.filter((file) => !(ruleFiles as ReadonlyArray<string>).includes(file))
if (unknown.length > 0) stop(`No rules are in ${unknown.join(", ")}. They are in: ${ruleFiles.join(", ")}.`)

const mutants: Array<Mutant> = []
for (const file of files) mutants.push(...(await mutate(file)).mutants)
const drawn = new Set(
  mutants
    .map((mutant) => ({ mutant, lot: random.u32() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, sample)
    .map(({ mutant }) => mutant)
)

const judged: Array<Judged> = []
for (const file of files) {
  const own = mutants.filter((mutant) => mutant.file === file && drawn.has(mutant))
  if (own.length === 0) continue
  for await (const one of judge(file, own)) {
    judged.push(one)
    if (process.stderr.isTTY) process.stderr.write(`\r${judged.length} of ${drawn.size} mutants, in ${file}       `)
  }
}
if (process.stderr.isTTY) process.stderr.write("\n")

const survivors = judged.filter(({ verdict }) => verdict._tag === "Survived" || verdict._tag === "NotCovered")
const whole = scoreOf(judged)
const isSample = judged.length < mutants.length

if (values.json) {
  const byFile = files.map((file) => [file, scoreOf(judged.filter(({ mutant }) => mutant.file === file))])
  const among = isSample ? { of: mutants.length, interval: interval(whole) } : {}
  console.log(JSON.stringify({ ...whole, ...among, files: Object.fromEntries(byFile), survivors }))
} else {
  for (const { mutant, verdict } of survivors) {
    const { file, line, mutator, original, replacement } = mutant
    console.log(`${file}.ts:${line} ${mutator}, ${verdict._tag === "Survived" ? "survived" : "not covered"}`)
    for (const text of original.split("\n")) console.log(`  - ${text}`)
    for (const text of replacement.split("\n")) console.log(`  + ${text}`)
  }
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`
  const row = (name: string, { endless, killed, mutants, notCovered, score, survived }: Score): string =>
    [
      name.padEnd(16),
      ...[mutants, killed, endless, survived, notCovered].map((n) => String(n).padStart(12)),
      percent(score).padStart(9)
    ].join("")
  console.log(
    [
      "file".padEnd(16),
      ...["mutants", "killed", "endless", "survived", "not covered"].map((name) => name.padStart(12)),
      "score".padStart(9)
    ].join("")
  )
  for (const file of files) {
    const own = judged.filter(({ mutant }) => mutant.file === file)
    if (own.length > 0) console.log(row(file, scoreOf(own)))
  }
  console.log(row("all", whole))
  if (isSample) {
    const [from, to] = interval(whole)
    console.log(`drawn from ${mutants.length}, whose score is ${percent(from)} to ${percent(to)} with 95 % confidence`)
  }
}
process.exitCode = whole.score < killedMin ? 1 : 0
