/** The generated files match the declarations. */
import { expect, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { printedFiles } from "../src/print/files.ts"

it.each([...printedFiles()])("%s is what `npm run contract` prints", (path, text) => {
  expect(readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8")).toBe(text)
})
