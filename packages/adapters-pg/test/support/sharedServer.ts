/**
 * Runs one server for all test files of a run, from the first request until the run's process is
 * gone.
 */
import * as fs from "node:fs"
import { join } from "node:path"
import * as ServerProcess from "./ServerProcess.ts"

const [folder, runPid] = process.argv.slice(2) as [string, string]

/** The file is written completely or not at all. */
const answer = (content: object) => {
  fs.writeFileSync(join(folder, "answer.tmp"), JSON.stringify(content))
  fs.renameSync(join(folder, "answer.tmp"), join(folder, "answer.json"))
}

const runIsOver = () => {
  try {
    process.kill(Number(runPid), 0)
    return false
  } catch {
    return true
  }
}

try {
  const server = await ServerProcess.make()
  answer({ port: server.port })
  const watch = setInterval(async () => {
    if (!runIsOver()) return
    clearInterval(watch)
    fs.rmSync(folder, { recursive: true, force: true })
    await server.dispose()
    process.exit(0)
  }, 200)
} catch (error) {
  answer({ problem: error instanceof Error ? error.message : String(error) })
}
