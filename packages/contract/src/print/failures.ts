/** Prints what each method of the SDK can fail with: each class with its codes. */
import { sdkCodesOf, sharedCodes } from "../codes.ts"
import { type Code, failureOf } from "../failures.ts"
import { isOffered, type Operation } from "../operation.ts"
import { documented, headed } from "./text.ts"

const shared = Object.entries(sharedCodes) as ReadonlyArray<[string, ReadonlyArray<Code>]>

const unionOf = (members: ReadonlyArray<string>, indent: string): string =>
  members.map((member) => `\n${indent}| ${member}`).join("")

const quoted = (code: Code): string => JSON.stringify(code)

/** Codes of one family, those that others share by their name. */
const codesText = (codes: ReadonlyArray<Code>): string => {
  const left = new Set(codes)
  const names: Array<string> = []
  for (const [name, group] of shared) {
    if (!group.every((code) => left.has(code))) continue
    names.push(name)
    for (const code of group) left.delete(code)
  }
  const members = [...names, ...[...left].map(quoted)]
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
    ...shared.map(([name, codes]) => `export type ${name} =${unionOf(codes.map(quoted), "  ")}`),
    documented(
      "What the effect of each method fails with, by the name of the method.",
      `export interface MethodFailures {\n${operations
        .filter(isOffered)
        .map((op) => `  readonly ${op.name}:${classesText(op)}`)
        .join("\n")}\n}`
    )
  ])
