import { assert, describe, it } from "@effect/vitest"
import { createExchange, ExchangeError } from "@pandora-exchange/sdk"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as SqliteJournal from "../src/SqliteJournal.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

describe("custom-journal", () => {
  it("an exchange over SQLite has after reopening what it had, and answers a key with its first answer", async () => {
    const options = [
      "--conditions=@pandora-exchange/source",
      "--disable-warning=ExperimentalWarning",
      main
    ]
    const { stdout } = await promisify(execFile)(process.execPath, options)
    const hash = /the state is ([0-9a-f]{16})…\n/.exec(stdout)?.[1]
    assert.deepStrictEqual(stdout.split("\n"), [
      `traded 0.5 BTC as command 9; the state is ${hash}…`,
      `opened again: the state is ${hash}…, equal: true`,
      "ann has [",
      "  { asset: 'BTC', available: '0.5', held: '1' },",
      "  { asset: 'USDT', available: '30000', held: '0' }",
      "]",
      "bob's order sent again with its key: the first answer again, command 9",
      "conserved: true",
      ""
    ])
  })

  it("error: a database that keeps nothing is refused when the exchange is opened", async () => {
    const journal = SqliteJournal.layer({ file: ":memory:" })
    const error = await createExchange({ storage: { journal } }).then(
      () => undefined,
      (failure: unknown) => failure
    )
    assert.instanceOf(error, ExchangeError)
    assert.deepInclude(error, { code: "SqliteUnusable", retry: "never" })
    assert.deepStrictEqual(error.details, {
      file: ":memory:",
      problem: "Error: its journal mode is memory, which keeps nothing"
    })
  })
})
