/**
 * Recorded order flow of other exchanges. It lies outside the project, because those exchanges do
 * not allow redistribution.
 */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Prerequisite from "./Prerequisite.ts"

export const folder = fileURLToPath(new URL("../../shared/data/l3/", import.meta.url))

export const available = Prerequisite.available("recordings", {
  present: existsSync(folder),
  remedy: `put the recordings into ${folder}`
})
