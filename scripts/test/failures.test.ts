/** Every code in the table of failures is raised somewhere, or reserved with a reason. */
import { codes } from "@pandora-exchange/contract/failures"
import { RejectReason } from "@pandora-exchange/core"
import { expect, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join, sep } from "node:path"
import { root } from "../workspace.mjs"

/** Codes that nothing raises. */
const reserved = {
  Recovering: "for a server that answers while its exchange still reads the journal"
}

/** These files list codes without raising any, as do generated ones. */
const lists = ["failures.ts", "codes.ts"].map((file) => join("packages", "contract", "src", file))
const sources = globSync("packages/*/src/**/*.ts", { cwd: root }).filter(
  (file) => !lists.includes(file) && !file.includes(`${sep}generated${sep}`)
)
/** A declaration of an operation's errors raises nothing. */
const claims = /(fails: |ReadonlyArray<Code> = )\[[^\]]*\]/g
const text = sources
  .map((file) => readFileSync(join(root, file), "utf8").replace(claims, ""))
  .join("\n")

it("every code is raised by a source file, or reserved", () => {
  // A class may also be raised; its tag is the code.
  const raised = (code: string) =>
    text.includes(`"${code}"`) || RejectReason.rejectReasons.includes(code as never)
  expect(codes.filter((code) => !raised(code))).toEqual(Object.keys(reserved))
})
