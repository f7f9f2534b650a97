/** Recorded order flow of other exchanges. It lies beside the project, not in it: the exchanges do not let it be passed on. */
import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"

const folder = fileURLToPath(new URL("../../../../shared/data/l3/", import.meta.url))

/** In a checkout without recordings their tests are skipped; where everything has to be checked they fail. */
export const noRecordings = !existsSync(folder) && process.env["CI"] !== "true"

/** For titles: why the tests are skipped, and what to do. */
export const unlessMissing = noRecordings ? ` (skipped: put the recordings into ${folder} to run them)` : ""

export const readRecording = (name: string): string => gunzipSync(readFileSync(`${folder}${name}`)).toString("utf8")

/** The rows of a CSV file without those of its header. */
export const readRows = (name: string): ReadonlyArray<ReadonlyArray<string>> =>
  readRecording(name)
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
