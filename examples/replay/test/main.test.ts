import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll } from "vitest"
import * as Recordings from "../../../scripts/recordings.ts"
import { bitstampFile, lobsterFile } from "./samples.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pandora-replay-test-"))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the example with a temporary folder of its own. */
const run = async (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, ["--conditions=@pandora-exchange/source", main, ...args], {
    env: { ...process.env, TMPDIR: folder, TEMP: folder, NODE_NO_WARNINGS: "1" }
  })
  const output = { stdout: "", stderr: "" }
  child.stdout.on("data", (text) => (output.stdout += text))
  child.stderr.on("data", (text) => (output.stderr += text))
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve))
  return { code, ...output }
}

const file = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const messages = "1,1,11,10,1000000,1\n2,4,11,6,1000000,1\n"

describe("npm run replay", () => {
  it("prints what came of the recording", async () => {
    const { code, stderr, stdout } = await run(await file("A.csv", messages))
    assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
    const lines = stdout.split("\n").map((line) => line.replaceAll(/ +/g, " "))
    assert.deepStrictEqual(lines.slice(0, 5), [
      "calls 2, of them refused: none",
      "orders 2",
      "trades 1",
      "recorded trades 1",
      "reproduced 1 of 1"
    ])
    assert.deepStrictEqual(
      lines
        .slice(5)
        .map(
          (line) =>
            /^(throughput|latency|\w+ \d+ came in and are there|state hash [0-9a-f]{64}|)/.exec(
              line
            )?.[1]
        ),
      [
        "throughput",
        "latency",
        "STOCK 2000000000000 came in and are there",
        "USD 200000000000000 came in and are there",
        lines[9],
        ""
      ]
    )
  })

  it("--json prints one object, the same state for both storages, and leaves no folder behind", async () => {
    const path = await file("B.csv.gz", gzipSync(messages))
    const [memory, files] = await Promise.all([
      run(path, "--json"),
      run(path, "--storage", "folder", "--json")
    ])
    const stateHash = JSON.parse(memory.stdout).stateHash
    for (const [{ code, stderr, stdout }, storage] of [
      [memory, "memory"],
      [files, "folder"]
    ] as const) {
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      const { callsPerSecond, p50Ms, p99Ms, ...report } = JSON.parse(stdout)
      for (const measured of [callsPerSecond, p50Ms, p99Ms]) assert.isAbove(measured, 0)
      assert.deepStrictEqual(report, {
        file: path,
        format: "lobster",
        storage,
        calls: 2,
        refused: {},
        orders: 2,
        trades: 1,
        recordedTrades: 1,
        reproducedTrades: 1,
        conserved: true,
        conservation: [
          { asset: "STOCK", cameIn: "2000000000000", conserved: true },
          { asset: "USD", cameIn: "200000000000000", conserved: true }
        ],
        stateHash
      })
    }
    assert.deepStrictEqual(
      (await readdir(folder)).filter((name) => name.startsWith("pandora-replay-")),
      []
    )
  })

  it("--help prints the usage", async () => {
    const { code, stdout } = await run("--help")
    assert.strictEqual(code, 0)
    assert.match(stdout, /^npm run replay -- FILE \[--storage memory\|folder\] \[--json\]\n/)
  })

  const usage = "Usage: npm run replay -- FILE [--storage memory|folder] [--json]"
  it.each([
    [[], `Give exactly one file (got 0). ${usage}`],
    [["a", "b"], `Give exactly one file (got 2). ${usage}`],
    [["a", "--fast"], `Unknown option --fast. ${usage}`],
    [["a", "--storage"], `--storage must be memory or folder (got nothing). ${usage}`],
    [["a", "--storage", "disk"], `--storage must be memory or folder (got disk). ${usage}`],
    [["no-such-file"], "no-such-file: there is no such file."],
    [[tmpdir()], `${tmpdir()}: this is a folder, not a file.`],
    [[main], `${main}: this is neither a Bitstamp log nor a LOBSTER message file.`]
  ])("error: %j is refused in one sentence", async (args, sentence) => {
    assert.deepStrictEqual(await run(...args), { code: 2, stdout: "", stderr: `${sentence}\n` })
  })

  it("error: a line that cannot be read is named", async () => {
    const broken = await file("C.csv", `${messages}3,4,11\n`)
    assert.deepStrictEqual(await run(broken), {
      code: 2,
      stdout: "",
      stderr: `${broken}: line 3 is not \`seconds,type,order id,shares,price,direction\`.\n`
    })
  })

  it("error: damaged gzip data is told", async () => {
    const broken = await file("D.csv.gz", gzipSync(messages).subarray(0, 20))
    assert.deepStrictEqual(await run(broken), {
      code: 2,
      stdout: "",
      stderr: `${broken}: its gzip data is damaged.\n`
    })
  })
})

describe.skipIf(!Recordings.available)("npm run replay with the recordings", () => {
  it.each([
    [bitstampFile, { format: "bitstamp", recordedTrades: 306, reproducedTrades: 305 }],
    [lobsterFile, { format: "lobster", recordedTrades: 98, reproducedTrades: 98 }]
  ])("%s gives the same state in memory and in files", async (path, expected) => {
    const [memory, files] = await Promise.all([
      run(path, "--json"),
      run(path, "--storage", "folder", "--json")
    ])
    const reports = [memory, files].map(({ stdout }) => JSON.parse(stdout))
    for (const { conserved, format, recordedTrades, reproducedTrades } of reports) {
      assert.deepStrictEqual({ conserved, format, recordedTrades, reproducedTrades }, {
        conserved: true,
        ...expected
      } as typeof expected & { readonly conserved: boolean })
    }
    assert.strictEqual(reports[0].stateHash, reports[1].stateHash)
  })
})
