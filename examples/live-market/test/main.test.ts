import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

let folder: string
let running: Array<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pandora-live-"))
  running = []
})

afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill("SIGKILL")
    await ended
  }
  rmSync(folder, { recursive: true })
})

const start = (args: ReadonlyArray<string>, dataFolder = folder) => {
  const child = spawn(process.execPath, ["--conditions=@pandora-exchange/source", main, ...args], {
    env: {
      ...process.env,
      PANDORA_DATA_DIR: dataFolder,
      NODE_OPTIONS: "--disable-warning=ExperimentalWarning"
    }
  })
  let stdout = ""
  let stderr = ""
  child.stdout.on("data", (data) => (stdout += data))
  child.stderr.on("data", (data) => (stderr += data))
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, stdout, stderr }))
  const started = { child, ended }
  running.push(started)
  return started
}

const run = (args: ReadonlyArray<string>, dataFolder = folder) => start(args, dataFolder).ended

const summary = ({ code, stderr, stdout }: Awaited<ReturnType<typeof run>>) => {
  assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
  return JSON.parse(stdout)
}

/** The sequence shown on a line, once a line shows more than `sequence`. */
const shown = async (child: ChildProcess, sequence: number): Promise<number> => {
  for await (const line of createInterface({ input: child.stdout! })) {
    const found = Number(/sequence (\d+)/.exec(line)?.[1] ?? 0)
    if (found > sequence) return found
  }
  throw new Error(`the market ended before it showed a sequence past ${sequence}`)
}

// Windows has no signals a process could respond to.
const signals =
  process.platform === "win32"
    ? []
    : ([
        ["SIGINT", "stopped by Ctrl-C"],
        ["SIGTERM", "stopped by SIGTERM"]
      ] as const)

describe("live-market", () => {
  it("--json prints one summary at the end, and a second run goes on where the first ended", async () => {
    const first = summary(await run(["--seconds", "2", "--json"]))
    const second = summary(await run(["--seconds", "1", "--json"]))
    assert.isAbove(first.orders, 100)
    assert.isAbove(first.trades, 10)
    assert.isAtMost(first.openOrders, 128)
    assert.deepStrictEqual([first.epoch, first.recovered, first.conserved], [1, 0, true])
    assert.deepStrictEqual(
      [second.epoch, second.recovered, second.conserved],
      [2, first.sequence, true]
    )
    assert.isAbove(second.sequence, first.sequence)
    assert.match(second.stateHash, /^[0-9a-f]{64}$/)
    // Only orders that had filled by the time their cancel arrived.
    assert.deepStrictEqual(Object.keys({ ...first.refused, ...second.refused }), ["UnknownOrder"])
  })

  it("what was shown survives kill -9", async () => {
    const { child, ended } = start([])
    const durable = await shown(child, 300)
    child.kill("SIGKILL")
    assert.strictEqual((await ended).signal, "SIGKILL")
    const after = summary(await run(["--seconds", "1", "--json"]))
    assert.isAtLeast(after.recovered, durable)
    assert.isAbove(after.sequence, after.recovered)
    assert.isTrue(after.conserved)
  })

  for (const [signal, words] of signals) {
    it(`${signal} finishes what is under way, says the state hash and exits with 0`, async () => {
      const { child, ended } = start([])
      await shown(child, 50)
      child.kill(signal)
      const { code, stderr, stdout } = await ended
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const last = stdout.trimEnd().split("\n").at(-1)!
      assert.match(
        last,
        new RegExp(`^${words}: .* orders, .* trades, .*, conserved, state [0-9a-f]{64}$`)
      )
    })
  }

  it("error: a second market on the folder is refused with what to do", async () => {
    await shown(start([]).child, 0)
    const { code, stderr, stdout } = await run([])
    assert.deepStrictEqual(
      { code, stderr, stdout },
      {
        code: 1,
        stderr: `Another exchange uses ${folder}. Stop it, or set PANDORA_DATA_DIR to another folder.\n`,
        stdout: ""
      }
    )
  })

  it("error: a folder that cannot be made is named with the problem", async () => {
    const file = join(folder, "file")
    writeFileSync(file, "")
    const { code, stderr } = await run([], join(file, "below"))
    assert.strictEqual(code, 1)
    assert.match(
      stderr,
      /below cannot be used \(.*\)\. Allow this user to read and write it, or set PANDORA_DATA_DIR .*\.\n$/
    )
  })

  it("error: a damaged journal stops it, with the place", async () => {
    summary(await run(["--seconds", "1", "--json"]))
    const journal = join(folder, "journal")
    const segment = join(journal, readdirSync(journal).find((name) => name.endsWith(".segment"))!)
    const bytes = readFileSync(segment)
    bytes[2_000]! ^= 1
    writeFileSync(segment, bytes)
    const { code, stderr, stdout } = await run([])
    assert.deepStrictEqual({ code, stdout }, { code: 1, stdout: "" })
    assert.match(
      stderr,
      /^The journal is damaged at .*\.segment at byte \d+ \(.*\)\. Nothing was changed\. Restore .* from a backup, or set PANDORA_DATA_DIR/
    )
    assert.isTrue(readFileSync(segment).equals(bytes))
  })

  it("error: a bad option is one sentence and exit code 2", async () => {
    assert.deepInclude(await run(["--rate", "0"]), {
      code: 2,
      stdout: "",
      stderr: "--rate must be a whole number from 1 to 100000.\n"
    })
  })
})
