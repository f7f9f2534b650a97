import { Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Task } from "./crashingProcess.ts"

const program = fileURLToPath(new URL("./crashingProcess.ts", import.meta.url))

/**
 * Runs the process until it kills itself, or is killed after `killAfterLines` lines of output.
 * Returns its lines.
 */
export const runUntilKilled = (
  folder: string,
  task: Task,
  where: string,
  nth: number,
  killAfterLines = Infinity
) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const options = [
      "--conditions=@pandora-exchange/source",
      program,
      folder,
      task,
      where,
      `${nth}`
    ]
    const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "pipe"] })
    let told = ""
    let errors = ""
    child.stdout.on("data", (text: Buffer) => {
      told += text.toString()
      if (told.split("\n").length > killAfterLines) child.kill("SIGKILL")
    })
    child.stderr.on("data", (text: Buffer) => (errors += text.toString()))
    child.on("close", (_, signal) => {
      const died = signal === "SIGKILL" && errors === ""
      resume(died ? Effect.succeed(told.split("\n").slice(0, -1)) : Effect.die(new Error(errors)))
    })
    return Effect.sync(() => child.kill("SIGKILL"))
  })
