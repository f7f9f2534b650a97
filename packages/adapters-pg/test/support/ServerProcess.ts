/** A Postgres server of our own, in its own folder, that ends with this process. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { binaries } from "./binaries.ts"

/** Postgres refuses to run as root; then it runs as nobody. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

export interface ServerProcess {
  readonly port: number
  /** The folder of its data and socket; readable by the user that runs it. */
  readonly folder: string
  readonly urlOf: (database: string) => string
  /** As in a power cut, except for what the operating system still has in memory. */
  readonly kill: () => Promise<void>
  /** On the same port and data, after `kill` or `stop`. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Stops it and removes the folder. */
  readonly dispose: () => Promise<void>
}

export interface Options {
  /** Settings, as `name=value`. */
  readonly settings?: ReadonlyArray<string>
  /** The folder of its programs, unless it is the one that is found. */
  readonly bin?: string
}

const user = "test"

export const make = async ({
  bin = binaries(),
  settings = []
}: Options = {}): Promise<ServerProcess> => {
  if (bin === undefined) throw new Error("no Postgres: see `available` of test/support/Postgres.ts")
  // Short, because the path of a socket must be.
  const folder = fs.mkdtempSync(join(tmpdir(), "ppg-"))
  const data = join(folder, "data")
  const env = { PATH: process.env["PATH"], HOME: folder, LC_ALL: "C", TZ: "UTC" }
  if (nobody.uid !== undefined) fs.chownSync(folder, nobody.uid, nobody.gid)
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
    {
      ...nobody,
      env,
      stdio: ["ignore", "ignore", "inherit"]
    }
  )
  const port = await freePort()
  const options = [
    "max_connections=100",
    `unix_socket_directories=${folder}`,
    "listen_addresses=127.0.0.1",
    ...settings
  ]
  let child: ChildProcess | undefined

  const end = async (signal: NodeJS.Signals) => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, "exit")
    if (signal === "SIGKILL") await killBackends(ending.pid!)
    else ending.kill(signal)
    await ended
  }

  const start = async () => {
    // A killed postmaster leaves its file, whose process id may be in use by another process by
    // now.
    fs.rmSync(join(data, "postmaster.pid"), { force: true })
    const log = fs.openSync(join(folder, "log"), "a")
    child = spawn(
      join(bin, "postgres"),
      ["-D", data, "-p", String(port), ...options.flatMap((option) => ["-c", option])],
      { ...nobody, env, stdio: ["ignore", log, log] }
    )
    fs.closeSync(log)
    await ready(child, join(data, "postmaster.pid"), join(folder, "log"))
  }

  const onExit = () => {
    child?.kill("SIGKILL")
    fs.rmSync(folder, { recursive: true, force: true })
  }
  process.once("exit", onExit)
  await start()

  return {
    port,
    folder,
    urlOf: (database) => `postgres://${user}@127.0.0.1:${port}/${database}`,
    kill: () => end("SIGKILL"),
    start,
    stop: () => end("SIGINT"),
    dispose: async () => {
      await end("SIGINT")
      process.off("exit", onExit)
      fs.rmSync(folder, { recursive: true, force: true })
    }
  }
}

export const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number }
      server.close(() => resolve(port))
    })
  })

/**
 * Backends outlive a killed postmaster until they notice, and until then the next one finds their
 * shared memory in use, so they are killed with it. The postmaster is stopped first, or it could
 * fork another one in the meantime. Resolves when all have ended.
 */
const killBackends = async (postmaster: number) => {
  process.kill(postmaster, "SIGSTOP")
  let children: ReadonlyArray<number> = []
  try {
    const text = fs.readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, "utf8")
    children = text.split(" ").filter(Boolean).map(Number)
  } catch {
    // Not Linux.
  }
  process.kill(postmaster, "SIGKILL")
  for (const child of children) {
    try {
      process.kill(child, "SIGKILL")
    } catch {
      // It has ended.
    }
  }
  while (children.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** A zombie has released everything. */
const isRunning = (pid: number): boolean => {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}

const readyWithinMs = 60_000

/** The last line of `postmaster.pid` says when connections are accepted. */
const ready = async (child: ChildProcess, pidFile: string, log: string) => {
  const deadline = Date.now() + readyWithinMs
  const isReady = () => {
    try {
      return fs.readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready"
    } catch {
      return false
    }
  }
  while (!isReady()) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      throw new Error(`Postgres did not start:\n${fs.readFileSync(log, "utf8")}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
