/** Shared by the scripts in this folder: where packages are, and how to run a command. */
import { spawn } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Every workspace in `packages` or `examples`: its folder, relative to the root, and its
 * package.json.
 */
export const workspaces = (parent, base = root) =>
  readdirSync(join(base, parent))
    .map((name) => ({ name, folder: `${parent}/${name}` }))
    .filter(({ folder }) => existsSync(join(base, folder, "package.json")))
    .map((workspace) => ({
      ...workspace,
      manifest: JSON.parse(readFileSync(join(base, workspace.folder, "package.json"), "utf8"))
    }))

/** Runs a command from node_modules/.bin or the system; never rejects. */
export const run = (command, args, { cwd = root, env = process.env } = {}) =>
  new Promise((resolve) => {
    const path = join(root, "node_modules", ".bin") + delimiter + env.PATH
    const child = spawn(command, args, {
      cwd,
      env: { ...env, PATH: path },
      shell: process.platform === "win32"
    })
    let output = ""
    child.stdout.on("data", (data) => (output += data))
    child.stderr.on("data", (data) => (output += data))
    child.on("error", (error) => resolve({ ok: false, output: `${command}: ${error.message}` }))
    child.on("close", (code) => resolve({ ok: code === 0, output }))
  })

/**
 * Runs `work` for each item, at most `limit` at a time; returns results in the order of the items.
 */
export const parallel = async (items, limit, work) => {
  const results = []
  const queue = [...items.entries()]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      results[next[0]] = await work(next[1])
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}
