import { Effect } from "effect"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import * as Postgres from "../../../packages/adapters-pg/test/support/Postgres.ts"

const program = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const run = (env: Record<string, string>) =>
  promisify(execFile)(process.execPath, ["--conditions=@pandora-exchange/source", program], {
    env: { ...process.env, ...env }
  })

describe.skipIf(!Postgres.available)("the Postgres example", () => {
  it("goes on where the run before it ended", async () => {
    const url = await Effect.runPromise(Postgres.emptyDatabase)
    const first = await run({ DATABASE_URL: url })
    assert.include(first.stdout, "epoch 1, journal at 6, 1 open orders")
    const second = await run({ DATABASE_URL: url })
    assert.include(second.stdout, "epoch 2, journal at 8, 2 open orders")
    assert.include(second.stdout, "{ asset: 'USDT', available: '980', held: '20' }")
  })

  it("error: says what to do without a database", async () => {
    const unset = await run({ DATABASE_URL: "postgres://test@127.0.0.1:1/none" }).catch(
      (error) => error
    )
    assert.strictEqual(unset.code, 1)
    assert.include(unset.stderr, "DatabaseUnusable: The database cannot be used")
  })
})
