/** Prints the codes that each method of the SDK can fail with. */
import { sdkCodesOf, sharedCodes } from "../codes.ts"
import type { Code } from "../failures.ts"
import { isOffered, type Operation } from "../operation.ts"
import { documented, headed } from "./text.ts"

const shared = Object.entries(sharedCodes) as ReadonlyArray<[string, ReadonlyArray<Code>]>

const unionOf = (members: ReadonlyArray<string>): string =>
  members.map((member) => `\n    | ${member}`).join("")

const quoted = (code: Code): string => JSON.stringify(code)

/** Its codes, those that it shares by their name. */
const codesText = (operation: Operation): string => {
  const codes = new Set(sdkCodesOf(operation))
  const names: Array<string> = []
  for (const [name, group] of shared) {
    if (!group.every((code) => sdkCodesOf(operation).has(code))) continue
    names.push(name)
    for (const code of group) codes.delete(code)
  }
  return unionOf([...names, ...[...codes].map(quoted)])
}

export const printFailures = (operations: ReadonlyArray<Operation>): string =>
  headed("The codes that each method of the SDK can fail with.", [
    ...shared.map(
      ([name, codes]) =>
        `export type ${name} =${unionOf(codes.map(quoted)).replace(/^ {4}/gm, "  ")}`
    ),
    documented(
      "By the name of the method.",
      `export interface FailureCodes {\n${operations
        .filter(isOffered)
        .map((op) => `  readonly ${op.name}:${codesText(op)}`)
        .join("\n")}\n}`
    )
  ])
