/** Orders pass the application's risk check before they reach the exchange. */
import { createExchange, ExchangeError } from "@pandora-exchange/sdk"
import { RiskCheck } from "./RiskCheck.ts"

const risk = new RiskCheck({ order: "10000", day: "15000" })

await using exchange = await createExchange({
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    { symbol: "BTC-USDT", base: "BTC", quote: "USDT", tickSize: "0.01", lotSize: "0.00001" }
  ],
  identity: (user: string) => user,
  guards: [risk.guard]
})
const ann = await exchange.as("ann")
await exchange.credit({ account: ann.account, asset: "USDT", amount: "100000" })

/** Places an order as ann, and prints the result. */
const buy = async (order: { readonly price: string; readonly quantity: string }) => {
  try {
    const { order: id, status } = await ann.place({ market: "BTC-USDT", side: "buy", ...order })
    console.log(`order ${id} is ${status}`)
  } catch (error) {
    if (!(error instanceof ExchangeError)) throw error
    console.log(`${error.code}: ${error.message}`)
  }
}

await buy({ price: "50000", quantity: "0.18" })
await buy({ price: "50000", quantity: "0.3" })
await buy({ price: "50000", quantity: "0.15" })
await buy({ price: "50000", quantity: "0.1" })

const whole = ann.place({ market: "BTC-USDT", side: "buy", type: "market", quantity: "0.1" })
await whole.catch((error: ExchangeError) => console.log(`${error.code}: ${error.message}`))

risk.newDay()
await buy({ price: "50000", quantity: "0.15" })
