import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const fileOf = (name: string) => fileURLToPath(new URL(`../src/${name}`, import.meta.url))
const run = async (name: string) =>
  (
    await promisify(execFile)(process.execPath, [
      "--conditions=@pandora-exchange/source",
      fileOf(name)
    ])
  ).stdout

describe("embedded", () => {
  it("main trades, prints balances and says that every asset is conserved", async () => {
    const rows = (await run("main.ts"))
      .split("\n")
      .filter((line) => !/[┌├└]/.test(line))
      .map((line) => line.replaceAll(/[│'\s]+/g, " ").trim())
    assert.deepStrictEqual(rows, [
      "bob s order is filled: 0.5 BTC for 30000 USDT",
      "(index) asset available held",
      "0 BTC 0.5 1",
      "1 USDT 30000 0",
      "(index) asset available held",
      "0 BTC 0.4995 0",
      "1 USDT 70000 0",
      "(index) asset cameIn balances conserved",
      "0 BTC 2 2 true",
      "1 USDT 100000 100000 true",
      ""
    ])
  })

  it("main is at most 15 statements", () => {
    const lines = readFileSync(fileOf("main.ts"), "utf8").split("\n")
    // A statement starts at the left margin; its continuation lines and closing brackets do not.
    assert.isAtMost(lines.filter((line) => /^[a-z]/.test(line)).length, 15)
  })

  it("the Effect variant shows what an order holds and which refusal it was", async () => {
    assert.strictEqual(
      await run("effect.ts"),
      "[ { asset: 'BTC', available: '0.5', held: '1.5' } ]\nrefused: InsufficientFunds\n"
    )
  })
})
