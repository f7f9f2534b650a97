import { assert, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

it("orders pass the risk check or are refused with its codes, and a new day begins from nothing", async () => {
  const options = ["--no-warnings", "--conditions=@pandora-exchange/source", main]
  const { stderr, stdout } = await promisify(execFile)(process.execPath, options)
  assert.deepStrictEqual(
    { stderr, lines: stdout.trimEnd().split("\n") },
    {
      stderr: "",
      lines: [
        "order 1 is open",
        "OrderTooLarge: One order is worth 10000 at most.",
        "DayLimit: Orders of one day are worth 15000 at most.",
        "order 2 is open",
        "BudgetRequired: Market orders need a budget.",
        "order 3 is open"
      ]
    }
  )
})
