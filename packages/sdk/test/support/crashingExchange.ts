/**
 * A process that opens the exchange in a folder and places orders, many at once, until it is
 * killed. It reports each request and each answer on a line of standard output.
 */
import { Effect, Layer } from "effect"
import { writeSync } from "node:fs"
import { Files } from "../../../adapters-file/src/internal/Files.ts"
import { crashingAt, journalCrashes } from "../../../adapters-file/test/support/crashes.ts"
import { interceptedFiles } from "../../../adapters-file/test/support/interceptedFiles.ts"
import { Exchange, idempotencyKey } from "../../src/index.ts"
import { listed } from "../support.ts"

const [folder, crash, nth, thread] = process.argv.slice(2) as [string, string, string, string]
const callers = 64

const known = journalCrashes[crash]
const files =
  known === undefined ? Files.defaultValue() : interceptedFiles(crashingAt(known, Number(nth)))

/**
 * Written at once: anything buffered is lost with the process. Waits for a reader that has fallen
 * behind.
 */
const say = (line: string): void => {
  for (;;) {
    try {
      writeSync(1, `${line}\n`)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error
    }
  }
}

const load = Effect.gen(function* () {
  const exchange = yield* Exchange
  const { account } = yield* exchange.openAccount({ reference: "maker" })
  const balances = yield* exchange.balances({ account })
  if (balances.length === 0) yield* exchange.credit({ account, asset: "USDT", amount: "90000000" })
  say(`account ${account}`)
  const caller = Effect.gen(function* () {
    for (;;) {
      const key = idempotencyKey()
      say(`asks ${key}`)
      const placed = yield* exchange.place({
        account,
        market: "BTC-USDT",
        side: "buy",
        price: "100",
        quantity: "0.001",
        clientOrderId: key.slice(-36),
        key
      })
      say(`got ${key} ${placed.order} ${placed.sequence}`)
      // Every other order is cancelled, so that the book does not fill up.
      if (placed.order % 2 === 0) yield* exchange.cancel({ account, order: placed.order })
    }
  })
  yield* Effect.all(
    Array.from({ length: callers }, () => caller),
    { concurrency: "unbounded" }
  )
})

const options = { storage: { folder }, snapshotEvery: 500, thread: thread === "thread", ...listed }
await Effect.runPromise(
  Effect.provide(load, Layer.provide(Exchange.layer(options), Layer.succeed(Files, files)))
)
