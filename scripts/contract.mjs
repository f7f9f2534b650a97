/**
 * `npm run contract`: generates files from the declarations of `packages/contract`. Commit the
 * result.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { printedFiles } from "../packages/contract/src/print/files.ts"
import { root } from "./workspace.mjs"

for (const [path, text] of printedFiles()) {
  const file = join(root, "packages/contract", path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`packages/contract/${path}`)
}
