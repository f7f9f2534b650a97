/** What a rejection shows: the line that awaits it, and its name. */
import { assert, describe, it } from "@effect/vitest"
import { inspect } from "node:util"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"
import { createExchange } from "../src/index.ts"
import { errorOf, funded, listed } from "./support.ts"

const here = fileURLToPath(import.meta.url)
const wrong = { market: "NOPE-USDT", side: "buy", price: "1", quantity: "1" } as const
const poor = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1000000" } as const

/** Catches in a function of this file, as callers do. */
const caught = async (call: () => Promise<unknown>): Promise<Error> => {
  try {
    await call()
  } catch (error) {
    return error as Error
  }
  throw new Error("it succeeded")
}

const assertOurs = (error: Error) => {
  const [head, ...lines] = error.stack!.split("\n")
  // Node adds a line of its own before the function it resumes.
  const first = lines.find((line) => !line.includes("node:internal"))
  assert.strictEqual(head, `ExchangeError: ${error.message}`)
  assert.include(first, here)
  assert.match(inspect(error), /^ExchangeError: /)
}

describe.each([
  ["in this thread", { thread: false }],
  ["in a thread of its own", { thread: true }],
  ["behind a guard", { guards: [() => undefined] }]
])("an exchange %s", (_, options) => {
  it("error: a rejection's stack begins with the line of the caller", async () => {
    const { alice, exchange } = await funded(await createExchange({ ...listed, ...options }))
    onTestFinished(() => exchange.close())
    assertOurs(await caught(() => exchange.place({ account: alice, ...wrong })))
    assertOurs(await caught(() => exchange.place({ account: alice, ...poor })))
    assertOurs(await caught(() => exchange.cancel({ account: alice, order: 99 })))
    assertOurs(await caught(() => exchange.balances({ account: 99 })))
    await exchange.close()
    assertOurs(await caught(() => exchange.status()))
  })

  it("error: reads, feeds and the status of a closed exchange are Closed, as commands are", async () => {
    const { alice, exchange } = await funded(await createExchange({ ...listed, ...options }))
    const waiting = exchange.entries()[Symbol.asyncIterator]().next()
    await exchange.close()
    const calls = [
      () => exchange.place({ account: alice, ...poor }),
      () => exchange.balances({ account: alice }),
      () => exchange.markets(),
      () => exchange.status(),
      () => exchange.acceptClock(),
      () => exchange.entries({ from: 1 })[Symbol.asyncIterator]().next(),
      () => exchange.trades()[Symbol.asyncIterator]().next()
    ]
    for (const call of calls) {
      const { code, retry } = await errorOf(call())
      assert.deepStrictEqual([code, retry], ["Closed", "safe"])
    }
    // A pending one ends.
    assert.strictEqual((await waiting).done, true)
    await exchange.close()
  })
})

it("error: an exchange that does not open says where", async () => {
  assertOurs(await caught(() => createExchange({ snapshotEvery: -1, misspelt: 1 } as never)))
})
