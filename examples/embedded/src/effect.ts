/** The same exchange as an Effect service; failures are part of the error type. */
import { Exchange } from "@pandora-exchange/sdk"
import { Console, Effect } from "effect"

const trade = Effect.gen(function* () {
  const exchange = yield* Exchange
  const { account: ann } = yield* exchange.openAccount({ reference: "ann" })
  yield* exchange.credit({ account: ann, asset: "BTC", amount: "2" })
  yield* exchange.place({
    account: ann,
    market: "BTC-USDT",
    side: "sell",
    price: "60000",
    quantity: "1.5"
  })
  yield* Console.log(yield* exchange.balances({ account: ann }))
  yield* exchange.place({
    account: ann,
    market: "BTC-USDT",
    side: "buy",
    price: "50000",
    quantity: "1"
  })
}).pipe(Effect.catchTag("Refused", ({ code }) => Console.log(`refused: ${code}`)))

const venue = Exchange.layer({
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    { symbol: "BTC-USDT", base: "BTC", quote: "USDT", tickSize: "0.01", lotSize: "0.00001" }
  ]
})

await Effect.runPromise(Effect.provide(trade, venue))
