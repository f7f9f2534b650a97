/** Generates the failure types of each method of the SDK and the clients. */
import { codesOf, sdkCodesOf, sharedCodes, sharedProblemCodes } from "../codes.ts"
import { type Code, failureOf } from "../failures.ts"
import { isOffered, type Operation } from "../operation.ts"
import { documented, headed } from "./text.ts"

type Shared = Readonly<Record<string, ReadonlyArray<Code>>>

const unionOf = (members: ReadonlyArray<string>, indent: string): string =>
  members.map((member) => `\n${indent}| ${member}`).join("")

const quoted = (code: Code): string => JSON.stringify(code)

const sharedText = (shared: Shared): string =>
  Object.entries(shared)
    .map(([name, codes]) => `export type ${name} =${unionOf(codes.map(quoted), "  ")}`)
    .join("\n\n")

/** Codes, with shared groups replaced by their names. */
const membersOf = (
  codes: Iterable<Code>,
  shared: Shared
): { readonly names: ReadonlyArray<string>; readonly codes: ReadonlyArray<Code> } => {
  const left = new Set(codes)
  const names: Array<string> = []
  for (const [name, group] of Object.entries(shared)) {
    if (!group.every((code) => left.has(code))) continue
    names.push(name)
    for (const code of group) left.delete(code)
  }
  return { names, codes: [...left] }
}

/** Codes of one class. */
const codesText = (all: ReadonlyArray<Code>): string => {
  const { codes, names } = membersOf(all, sharedCodes)
  const members = [...names, ...codes.map(quoted)]
  return members.length === 1 ? members[0]! : `${unionOf(members, " ".repeat(8))}\n      `
}

/** A guard refuses with a code of its own. */
const guardRefused: Code = "GuardRefused"

const classesText = (operation: Operation): string => {
  const codes = [...sdkCodesOf(operation)]
  const of = (family: string) =>
    codes.filter((code) => code !== guardRefused && failureOf(code).family === family)
  const withCodes = ["InvalidInput", "Refused", "Unavailable"].flatMap((family) =>
    of(family).length === 0 ? [] : [`${family}<${codesText(of(family))}>`]
  )
  const withoutCodes = [...of("OutcomeUnknown"), ...codes.filter((code) => code === guardRefused)]
  return unionOf([...withCodes, ...withoutCodes], " ".repeat(4))
}

export const printFailures = (operations: ReadonlyArray<Operation>): string =>
  headed("What each method of the SDK can fail with.", [
    'import type { InvalidInput, OutcomeUnknown, Refused, Unavailable } from "../failure.ts"\n' +
      'import type { GuardRefused } from "../Guard.ts"',
    sharedText(sharedCodes),
    documented(
      "What the effect of each method fails with, by the name of the method.",
      `export interface MethodFailures {\n${operations
        .filter(isOffered)
        .map((op) => `  readonly ${op.name}:${classesText(op)}`)
        .join("\n")}\n}`
    )
  ])

/**
 * The codes of each route, as types and as text: a browser loads the text only if it asks for it.
 */
export const printProblems = (operations: ReadonlyArray<Operation>): string => {
  const rows = operations
    .filter(({ rest }) => rest !== undefined)
    .map((op) => ({ name: op.name, ...membersOf(codesOf(op), sharedProblemCodes) }))
  const data = (entries: ReadonlyArray<readonly [string, ReadonlyArray<string>]>) =>
    entries.map(([name, words]) => `  ${name}: "${words.join(" ")}"`).join(",\n")
  return headed("The codes of the problems that each method of the clients rejects with.", [
    sharedText(sharedProblemCodes),
    documented(
      "By the name of the method.",
      `export interface ProblemCodes {\n${rows
        .map(
          ({ codes, name, names }) =>
            `  readonly ${name}:${unionOf([...names, ...codes.map(quoted)], " ".repeat(4))}`
        )
        .join("\n")}\n}`
    ),
    documented(
      "Codes that many methods share, by the name of their type.",
      `export const sharedProblemCodes: Readonly<Record<string, string>> = {\n${data(
        Object.entries(sharedProblemCodes)
      )}\n}`
    ),
    documented(
      "The codes of each method, after the names of those that it shares.",
      `export const problemCodes: { readonly [Name in keyof ProblemCodes]: string } = {\n${data(
        rows.map(({ codes, name, names }) => [name, [...names, ...codes]] as const)
      )}\n}`
    )
  ])
}
