import { assert, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

it("two users of the application trade, and each sees only what is theirs", async () => {
  const options = ["--no-warnings", "--conditions=@pandora-exchange/source", main]
  const { stderr, stdout } = await promisify(execFile)(process.execPath, options)
  assert.deepStrictEqual(
    { stderr, lines: stdout.trimEnd().split("\n") },
    {
      stderr: "",
      lines: [
        "ann's order is open",
        "bob sees 0 orders",
        "bob cancels it: UnknownOrder",
        "bob buys for ann: UnknownField",
        "bob buys: filled",
        "ann [",
        "  { asset: 'BTC', available: '0', held: '0.75' },",
        "  { asset: 'USDT', available: '15000', held: '0' }",
        "]",
        "bob [",
        "  { asset: 'BTC', available: '0.25', held: '0' },",
        "  { asset: 'USDT', available: '45000', held: '0' }",
        "]",
        "nobody: SignIn"
      ]
    }
  )
})
