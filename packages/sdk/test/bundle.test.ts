/** An application bundled with the SDK, including its threads, on every available runtime. */
import { assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"
import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll } from "vitest"
import * as Runtimes from "../../../scripts/Runtimes.ts"
import { workerFiles } from "../../../tsup.base.ts"

const runtimes: ReadonlyArray<Runtimes.Runtime> = [
  { name: "this Node", command: [process.execPath] },
  ...Runtimes.others()
]

const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const app = fileOf("./support/bundledExchange.ts")
const workers = {
  venueWorker: "@pandora-exchange/sdk/venueWorker",
  snapshotWorker: "@pandora-exchange/sdk/snapshotWorker"
}

/** As in a project without the optional packages: these names belong to no package. */
const alias = {
  "@pandora-exchange/identity": "not-installed-identity",
  "@pandora-exchange/adapters-pg": "not-installed-adapters-pg"
}

const bundle = (outdir: string, entryPoints: Record<string, string>) =>
  build({
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    conditions: ["@pandora-exchange/source"],
    absWorkingDir: fileOf(".."),
    alias,
    plugins: [workerFiles]
  })

const run = async ({ command: [program, ...args] }: Runtimes.Runtime, ...more: Array<string>) => {
  const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" }
  const { stderr, stdout } = await promisify(execFile)(program, [...args, ...more], {
    env,
    timeout: 50_000
  }).catch((error: { stdout: string; stderr: string }) => error)
  return { stdout, stderr }
}

describe("a bundle with the SDK", { concurrent: true }, () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pandora-bundle-"))
    await writeFile(join(folder, "package.json"), `{ "type": "module" }`)
    await bundle(join(folder, "whole"), { app, ...workers })
    await bundle(join(folder, "alone"), { app })
  })
  afterAll(() => rm(folder, { recursive: true }))

  for (const runtime of runtimes) {
    for (const thread of ["", "thread"]) {
      it(`runs on ${runtime.name} ${thread && "with the venue in a thread"}`, async () => {
        const data = join(folder, `${runtime.name} ${thread}`)
        const output = await run(runtime, join(folder, "whole", "app.js"), data, thread)
        assert.deepStrictEqual(output, { stdout: "0.5 BTC\n", stderr: "" })
      })
    }
  }

  for (const [thread, file] of [
    ["", "snapshotWorker.js"],
    ["thread", "venueWorker.js"]
  ] as const) {
    it(`error: without ${file} it fails at start, and names the file`, async () => {
      const data = join(folder, `none ${thread}`)
      const { stderr } = await run(runtimes[0]!, join(folder, "alone", "app.js"), data, thread)
      assert.include(
        stderr,
        `${join(folder, "alone", file)} is missing. Add it to the entry points of your bundle.`
      )
      assert.include(stderr, "code: 'WorkerMissing'")
    })
  }
})
