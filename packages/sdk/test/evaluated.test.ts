/** Programs given as text instead of a file, and Node with flags: threads start like any other. */
import { expect, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

/** Ends once there is a snapshot. */
const program = (folder: string) => `
import { createExchange } from "@pandora-exchange/sdk"
import { readdirSync } from "node:fs"
const storage = { folder: ${JSON.stringify(folder)} }
const exchange = await createExchange({ storage, thread: true, snapshotEvery: 1, assets: [{ symbol: "EUR" }] })
const { account } = await exchange.openAccount({})
await exchange.credit({ account, asset: "EUR", amount: "5" })
const snapshots = storage.folder + "/snapshots"
while (!readdirSync(snapshots).some((name) => name.endsWith(".snapshot"))) await new Promise((resolve) => setTimeout(resolve, 20))
console.log(JSON.stringify(await exchange.balances({ account })))
await exchange.close()
`

const specifier = "@pandora-exchange/sdk"
/** For a program outside of this workspace. */
const entry = fileURLToPath(new URL("../src/index.ts", import.meta.url))

const traded = { output: '[{"asset":"EUR","available":"5","held":"0"}]\n', errors: "" }

const run = (flags: ReadonlyArray<string>, code: string) =>
  new Promise<{ readonly output: string; readonly errors: string }>((resolve) => {
    const options = ["--conditions=@pandora-exchange/source", "--no-warnings", ...flags]
    const child = spawn(process.execPath, options, {
      cwd: fileURLToPath(new URL("..", import.meta.url))
    })
    let output = ""
    let errors = ""
    child.stdout.on("data", (data: Buffer) => (output += data.toString()))
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    child.on("close", () => resolve({ output, errors }))
    child.stdin.end(code)
  })

const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "pandora-evaluated-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

it.each([
  ["--eval", (code: string) => ["--input-type=module", "--eval", code]],
  ["-e", (code: string) => ["--input-type", "module", "-e", code]],
  ["standard input", () => ["--input-type=module", "-"]]
])(
  "the venue's thread and that of its snapshots start where the program came by %s",
  async (_, flags) => {
    const code = program(await temporaryFolder())
    expect(await run(flags(code), code)).toEqual(traded)
  }
)

it("threads start in a process with flags of V8", async () => {
  const folder = await temporaryFolder()
  const file = join(folder, "program.mjs")
  await writeFile(file, program(join(folder, "venue")).replace(specifier, entry))
  const flags = ["--max-old-space-size=512", "--expose-gc", file]
  expect(await run(flags, "")).toEqual(traded)
})
