/** Reads recorded order flow of other exchanges. */
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { folder } from "../../../scripts/recordings.ts"

export const readRecording = (name: string): string =>
  gunzipSync(readFileSync(`${folder}${name}`)).toString("utf8")

/** The rows of a CSV file without those of its header. */
export const readRows = (name: string): ReadonlyArray<ReadonlyArray<string>> =>
  readRecording(name)
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","))
