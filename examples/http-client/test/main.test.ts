import { assert, it } from "@effect/vitest"
import { execFile, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { prepareFolder } from "../../../packages/adapters-pg/test/support/preparedFolder.ts"

const conditions = "--conditions=@pandora-exchange/source"
const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const server = fileURLToPath(new URL("../../../packages/server/src/main.ts", import.meta.url))

it("signs on, places, trades, follows and cancels against a started server", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pandora-example-"))
  await prepareFolder(folder)
  const started = spawn(
    process.execPath,
    [conditions, server, "--json", "--port", "0", "--data", folder],
    {
      stdio: ["ignore", "pipe", "inherit"]
    }
  )
  try {
    const line = await new Promise<string>((resolve, reject) => {
      let output = ""
      started.stdout.on("data", (data) => {
        output += String(data)
        if (output.includes("\n")) resolve(output)
      })
      started.on("exit", () => reject(new Error("the server ended")))
    })
    const { accounts, url } = JSON.parse(line) as {
      readonly url: string
      readonly accounts: ReadonlyArray<{ readonly token: string }>
    }
    const env = { ...process.env, URL: url, TOKEN: accounts[0]!.token }
    const { stdout } = await promisify(execFile)(process.execPath, [conditions, main], { env })
    const wanted = [
      /^signed on as alice$/,
      /^it would hold 500\.005 USDT$/,
      /^open: 0\.5 in the book$/,
      /^filled over the stream$/,
      /^buy 0\.00001 at \d+(\.\d+)?, fee 0\.00000001 BTC$/,
      /^cancelled 0\.5$/,
      /^DecimalExponent \(price\), retry: never$/,
      /^1 fill, and \d+ levels? to buy from$/
    ]
    const lines = stdout.trimEnd().split("\n")
    assert.strictEqual(lines.length, wanted.length)
    for (const [i, line] of lines.entries()) assert.match(line, wanted[i]!)
  } finally {
    started.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
})
