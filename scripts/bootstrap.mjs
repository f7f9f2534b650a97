/**
 * Runs a script, or a command of a development dependency, under this workspace's Node:
 *
 *     node scripts/bootstrap.mjs [NAME=value ...] FILE [...args]
 *     node scripts/bootstrap.mjs [NAME=value ...] --bin COMMAND [...args]
 *
 * Requires only Node and npm: installs dependencies first if they are missing or differ from the
 * lockfile.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const windows = process.platform === "win32"

const env = { ...process.env }
const args = process.argv.slice(2)
while (/^[A-Z_]+=/.test(args[0] ?? "")) {
  const [name, ...value] = args.shift().split("=")
  env[name] = value.join("=")
}

if (!isInstalled()) install()
const node = findNode()
const target = args[0] === "--bin" ? findCommand(args[1]) : args[0]
run(node, [target, ...args.slice(args[0] === "--bin" ? 2 : 1)])

/** npm writes node_modules/.package-lock.json only after a complete installation. */
function isInstalled() {
  const wanted = readJson("package-lock.json")?.packages
  const present = readJson("node_modules/.package-lock.json")?.packages
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.optional) return true
    if (entry.link && entry.resolved?.startsWith("examples/")) return true // nothing imports an example
    return existsSync(join(root, path)) && (entry.link || present[path]?.version === entry.version)
  })
}

function install() {
  console.error(
    "[bootstrap] node_modules is missing or differs from package-lock.json: running `npm ci`"
  )
  const ci = ["ci", "--loglevel=error", "--no-audit", "--no-fund"]
  const npm = process.env.npm_execpath
  const options = { cwd: root, stdio: ["ignore", 2, 2] } // stdout belongs to the script that runs afterwards
  const { error, status } = npm?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [npm, ...ci], options)
    : spawnSync("npm", ci, { ...options, shell: windows })
  if (error) fail(`npm could not be started (${error.message}).`)
  if (status !== 0) fail("`npm ci` failed; its own message stands above.", status ?? 1)
}

/**
 * Node 24 from node_modules if there is a build for this platform, otherwise the current Node if it
 * runs TypeScript.
 */
function findNode() {
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`
  const local = join(root, "node_modules", name, "bin", windows ? "node.exe" : "node")
  if (existsSync(local)) return local
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath
  fail(
    `Node 22.19 or newer is needed: this is ${process.version}, and there is no ${name} in node_modules ` +
      "(optional dependencies were left out, or there is no such build for this platform)."
  )
}

function findCommand(name) {
  for (const dependency of Object.keys(readJson("package.json").devDependencies)) {
    const bin = readJson("node_modules", dependency, "package.json")?.bin
    const file = typeof bin === "string" ? dependency === name && bin : bin?.[name]
    if (file) return join(root, "node_modules", dependency, file)
  }
  fail(`No development dependency has a command called "${name}".`)
}

/**
 * Passes on the terminal, signals and exit code, and leaves no process behind when the caller is
 * gone.
 */
function run(node, argv) {
  const options = ["--conditions=@pandora-exchange/source", "--disable-warning=ExperimentalWarning"]
  env.NODE_OPTIONS = [env.NODE_OPTIONS, ...options].filter(Boolean).join(" ")
  env.PATH = dirname(node) + delimiter + env.PATH
  // Saves a third of the startup time of a program that was started before: types are not stripped,
  // nor sources compiled, again.
  env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "compiled")
  const child = spawn(node, argv, { cwd: root, stdio: "inherit", env })
  child.on("error", (error) => fail(`${node} could not be started (${error.message}).`))
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const sentByTerminal = signal === "SIGINT" && process.stdin.isTTY // then the child has it already
      if (!sentByTerminal) child.kill(signal)
    })
  }
  const parent = process.ppid // the shell between npm and this process forwards no signals
  setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM")
  }, 500).unref()
}

function readJson(...path) {
  try {
    return JSON.parse(readFileSync(join(root, ...path), "utf8"))
  } catch {
    return undefined
  }
}

function fail(message, code = 1) {
  console.error(`[bootstrap] ${message}`)
  process.exit(code)
}
