/** The output of `npm run mutate`: the mutants that nothing noticed, then a table. */
import type { Judged } from "./judge.ts"
import { interval, type Score, scoreOf } from "./Score.ts"

const isSurvivor = ({ verdict }: Judged): boolean =>
  verdict._tag === "Survived" || verdict._tag === "NotCovered"

const byFile = (judged: ReadonlyArray<Judged>): ReadonlyArray<readonly [file: string, Score]> =>
  [...new Set(judged.map(({ mutant }) => mutant.file))].map((file) => [
    file,
    scoreOf(judged.filter(({ mutant }) => mutant.file === file))
  ])

/** `of` is the total number of mutants, of which those judged may be a sample. */
export const asJson = (judged: ReadonlyArray<Judged>, of: number) => {
  const whole = scoreOf(judged)
  const among = judged.length < of ? { of, interval: interval(whole) } : {}
  return {
    ...whole,
    ...among,
    files: Object.fromEntries(byFile(judged)),
    survivors: judged.filter(isSurvivor)
  }
}

export const asText = (judged: ReadonlyArray<Judged>, of: number): ReadonlyArray<string> => {
  const whole = scoreOf(judged)
  const lines = [
    ...judged.filter(isSurvivor).flatMap(survivor),
    columns(["file", "mutants", "killed", "endless", "survived", "not covered", "score"]),
    ...byFile(judged).map(([file, score]) => row(file, score)),
    row("all", whole)
  ]
  if (judged.length === of) return lines
  const [from, to] = interval(whole).map(percent)
  return [...lines, `drawn from ${of}, whose score is ${from} to ${to} with 95 % confidence`]
}

const survivor = ({ mutant, verdict }: Judged): ReadonlyArray<string> => [
  `${mutant.file}.ts:${mutant.line} ${mutant.mutator}, ${verdict._tag === "Survived" ? "survived" : "not covered"}`,
  ...mutant.original.split("\n").map((line) => `  - ${line}`),
  ...mutant.replacement.split("\n").map((line) => `  + ${line}`)
]

const row = (
  name: string,
  { endless, killed, mutants, notCovered, score, survived }: Score
): string =>
  columns([name, ...[mutants, killed, endless, survived, notCovered].map(String), percent(score)])

const columns = ([name, ...others]: ReadonlyArray<string>): string =>
  [name!.padEnd(16), ...others.map((text) => text.padStart(12))].join("")

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`
