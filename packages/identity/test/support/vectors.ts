/** Published vectors, beside this repository. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Prerequisite from "../../../../scripts/Prerequisite.ts"

const folder =
  process.env["PANDORA_VECTORS"] ??
  fileURLToPath(new URL("../../../../../shared/vectors", import.meta.url))

export const available = Prerequisite.available("vectors", {
  present: existsSync(folder),
  remedy: `put the vectors into ${folder}, or set PANDORA_VECTORS to the folder where they are`
})

export const read = <A>(file: string): A =>
  JSON.parse(readFileSync(join(folder, file), "utf8")) as A
