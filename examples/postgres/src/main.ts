/**
 * An exchange whose journal and snapshots are in Postgres. Run it twice: the second run continues
 * where the first one ended.
 */
import { createExchange, ExchangeError } from "@pandora-exchange/sdk"

const url = process.env["DATABASE_URL"]
if (url === undefined) {
  console.error(
    "Set DATABASE_URL, for instance to postgres://postgres:secret@localhost:5432/exchange"
  )
  process.exit(2)
}

try {
  await using exchange = await createExchange({
    storage: { url },
    assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
    markets: [
      { symbol: "BTC-USDT", base: "BTC", quote: "USDT", tickSize: "0.01", lotSize: "0.00001" }
    ]
  })
  const { account, opened } = await exchange.openAccount({ reference: "treasury" })
  // Has a reference, so that a second run does not deposit it again.
  const source = { name: "funding", number: 1 }
  if (opened) await exchange.credit({ account, asset: "USDT", amount: "1000", source })

  await exchange.place({ account, market: "BTC-USDT", side: "buy", price: "100", quantity: "0.1" })
  const orders = await exchange.openOrders({ account })
  const { durableSequence, epoch } = await exchange.status()
  console.log(`epoch ${epoch}, journal at ${durableSequence}, ${orders.length} open orders`)
  console.log(await exchange.balances({ account }))
} catch (error) {
  if (!(error instanceof ExchangeError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
}
