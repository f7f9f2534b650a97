/** Published vectors, beside this repository. Where they are missing, tests of them are skipped and standard error says so. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const folder =
  process.env["PANDORA_VECTORS"] ?? fileURLToPath(new URL("../../../../../shared/vectors", import.meta.url))

export const available = existsSync(folder)

if (!available) process.stderr.write(`[vectors] SKIPPED: there is no ${folder}; PANDORA_VECTORS names another folder\n`)

export const read = <A>(file: string): A => JSON.parse(readFileSync(join(folder, file), "utf8")) as A
