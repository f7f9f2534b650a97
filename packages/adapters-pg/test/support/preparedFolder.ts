/**
 * Folders with an embedded database, created by copying, because creating one takes seconds of
 * processor time.
 */
import { PGlite } from "@electric-sql/pglite"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { cacheFolder } from "./binaries.ts"

/** Puts a database without tables where an exchange keeps its own in this folder. */
export const prepareFolder = async (folder: string): Promise<void> => {
  made ??= template()
  fs.cpSync(await made, join(folder, "postgres"), { recursive: true })
}

let made: Promise<string> | undefined

/** As PGlite creates and closes it, kept for later runs. */
const template = async (): Promise<string> => {
  const packageJson = join(
    dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")),
    "..",
    "package.json"
  )
  const { version } = JSON.parse(fs.readFileSync(packageJson, "utf8")) as {
    readonly version: string
  }
  const target = join(cacheFolder(), `pglite-${version}`)
  if (fs.existsSync(target)) return target
  // Named differently until complete: several processes may do this at once, and one of them wins.
  const unfinished = fs.mkdtempSync(`${target}-`)
  await (await PGlite.create({ dataDir: unfinished })).close()
  try {
    fs.renameSync(unfinished, target)
  } catch {
    fs.rmSync(unfinished, { recursive: true })
  }
  return target
}
