import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"

const bootstrap = join(import.meta.dirname, "../bootstrap.mjs")

const script = (source: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "pandora-bootstrap-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, "script.ts")
  writeFileSync(file, source)
  return file
}

const start = (args: ReadonlyArray<string>): ChildProcess => {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}

const output = async (child: ChildProcess) => {
  let stdout = ""
  let stderr = ""
  child.stdout!.on("data", (data) => (stdout += data))
  child.stderr!.on("data", (data) => (stderr += data))
  const [code] = await once(child, "close")
  return { code, stdout, stderr }
}

const waiting = `
  process.on("SIGTERM", () => { console.log("stopped"); process.exit(7) })
  setInterval(() => {}, 1000)
  console.log("ready")
`

describe("bootstrap", () => {
  it("runs TypeScript sources with arguments, variables and exit code, and prints nothing of its own", async () => {
    const file = script(`
      import "node:sqlite"
      const words: Array<string> = process.argv.slice(2)
      console.log(words.join(" "), process.env.GREETING)
      process.exit(3)
    `)
    expect(await output(start([bootstrap, "GREETING=a=b", file, "one", "two"]))).toEqual({
      code: 3,
      stdout: "one two a=b\n",
      stderr: ""
    })
  })

  it("resolves packages of the workspace to their sources", async () => {
    const file = script(
      'console.log(import.meta.resolve("@pandora-exchange/core", process.argv[2]))'
    )
    const { stdout } = await output(
      start([bootstrap, "NODE_OPTIONS=--experimental-import-meta-resolve", file, import.meta.url])
    )
    expect(stdout).toMatch(/packages\/core\/src\/index\.ts\n$/)
  })

  it("passes a signal on and returns the exit code that follows", async () => {
    const child = start([bootstrap, script(waiting)])
    child.stdout!.once("data", () => child.kill("SIGTERM"))
    expect(await output(child)).toEqual({ code: 7, stdout: "ready\nstopped\n", stderr: "" })
  })

  it("leaves nothing behind when its parent is killed", async () => {
    const parent = `
      require("node:child_process").spawn(process.execPath, process.argv.slice(1), { stdio: "inherit" })
      setInterval(() => {}, 1000)
    `
    const child = start(["--eval", parent, "--", bootstrap, script(waiting)])
    child.stdout!.once("data", () => child.kill("SIGKILL"))
    expect((await output(child)).stdout).toBe("ready\nstopped\n")
  })

  it("error: an unknown command is named", async () => {
    expect(await output(start([bootstrap, "--bin", "nonsense"]))).toEqual({
      code: 1,
      stdout: "",
      stderr: '[bootstrap] No development dependency has a command called "nonsense".\n'
    })
  })
})
