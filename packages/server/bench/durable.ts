/**
 * An exchange on a real Postgres with fsync on, in its own process: as many durable orders as
 * possible from callers that each wait for their answer, or a steady rate with all projections
 * following. Prints the result as one JSON object.
 *
 * Arguments: the address of an empty database, seconds of warm-up, `journal` or `projections`,
 * seconds, orders per second (0: as many as possible).
 */
import { History, PgStorage, Projections } from "@pandora-exchange/adapters-pg"
import { Exchange } from "@pandora-exchange/sdk"
import { Context, Effect, Layer } from "effect"
import * as Demo from "../src/Demo.ts"

const [url, warmUpText, mode, secondsText, rateText] = process.argv.slice(2)
const seconds = Number(secondsText)
const rate = Number(rateText)
const callers = 2_000
const tickMs = 5

const percentile = (values: Array<number>, share: number): number => {
  values.sort((a, b) => a - b)
  return Number(
    (values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN).toFixed(
      2
    )
  )
}

const storage = PgStorage.layer({ url: url! })
const exchangeLayer = Exchange.layer({
  storage: { journal: storage, snapshots: storage },
  ...Demo.listing
})
const layers = Layer.mergeAll(exchangeLayer, History.layer(), Projections.layer()).pipe(
  Layer.provideMerge(storage)
)

const program = Effect.gen(function* () {
  const services = yield* Layer.build(layers)
  const exchange = Context.get(services, Exchange)
  const projections = Context.get(services, Projections.Projections)
  const accounts: Array<number> = []
  for (let i = 0; i < 64; i++) {
    const { account } = yield* exchange.openAccount({ reference: `bench-${i}` })
    for (const asset of ["BTC", "USDT"])
      yield* exchange.credit({ account, asset, amount: "10000000" })
    accounts.push(account)
  }

  const tookMs: Array<number> = []
  /** Answered, but not yet in the ledger. */
  const unsettled: Array<{ readonly sequence: number; readonly at: number }> = []
  let sent = 0
  let inFlight = 0
  const place = Effect.suspend(() => {
    const i = sent++
    inFlight++
    const begun = performance.now()
    const order = {
      account: accounts[(i * 7) % accounts.length]!,
      market: "BTC-USDT",
      side: (i >> 1) % 2 === 0 ? "buy" : "sell",
      price: "50000",
      quantity: "0.001"
    } as const
    return Effect.map(exchange.place(order), ({ sequence }) => {
      inFlight--
      const at = performance.now()
      tookMs.push(at - begun)
      if (mode === "projections") unsettled.push({ sequence, at })
    })
  })

  const settledMs: Array<number> = []
  const lags: Array<number> = []
  const watch = Effect.gen(function* () {
    for (;;) {
      const { ledger, trading } = yield* projections.positions
      const now = performance.now()
      const { durableSequence } = yield* exchange.status
      lags.push(durableSequence - Math.min(ledger, trading))
      let done = 0
      while (done < unsettled.length && unsettled[done]!.sequence <= ledger)
        settledMs.push(now - unsettled[done++]!.at)
      unsettled.splice(0, done)
      yield* Effect.sleep(tickMs)
    }
  })
  if (mode === "projections") {
    yield* Effect.forkScoped(Effect.exit(projections.follow(exchange.batches)))
    yield* Effect.forkScoped(watch)
  }

  const load = (forMs: number) =>
    Effect.gen(function* () {
      const end = performance.now() + forMs
      if (rate === 0) {
        const caller = Effect.whileLoop({
          while: () => performance.now() < end,
          body: () => place,
          step: () => {}
        })
        yield* Effect.all(
          Array.from({ length: callers }, () => caller),
          { concurrency: "unbounded", discard: true }
        )
        return
      }
      const begun = performance.now()
      for (let due = 0; performance.now() < end; ) {
        const wanted = Math.floor(((performance.now() - begun) / 1000) * rate)
        for (; due < wanted && inFlight < callers; due++) yield* Effect.forkScoped(place)
        yield* Effect.sleep(tickMs)
      }
    })

  yield* load(Number(warmUpText) * 1_000)
  for (const list of [tookMs, settledMs, lags]) list.length = 0
  const begun = performance.now()
  yield* load(seconds * 1000)
  const ordersPerSecond = Math.round(tookMs.length / ((performance.now() - begun) / 1000))
  // However slow the machine, something has been answered and settled.
  const missing = () =>
    tookMs.length === 0 || (mode === "projections" && (settledMs.length === 0 || lags.length < 2))
  while (missing()) yield* Effect.sleep(tickMs)
  const half = lags.length >> 1
  const result = {
    ordersPerSecond,
    p50Ms: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
    ...(mode === "projections" && {
      settlementP99Ms: percentile(settledMs, 0.99),
      lagMaxFirstHalf: Math.max(...lags.slice(0, half)),
      lagMaxSecondHalf: Math.max(...lags.slice(half))
    })
  }
  console.log(JSON.stringify(result))
})

await Effect.runPromise(Effect.scoped(program) as Effect.Effect<void, unknown>)
process.exit()
