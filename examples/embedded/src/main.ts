/** An in-memory exchange: two accounts trade, and every unit is accounted for. */
import { createExchange } from "@pandora-exchange/sdk"

const exchange = await createExchange({
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    {
      symbol: "BTC-USDT",
      base: "BTC",
      quote: "USDT",
      tickSize: "0.01",
      lotSize: "0.00001",
      takerFee: "0.001"
    }
  ]
})
const { account: ann } = await exchange.openAccount({ reference: "ann" })
const { account: bob } = await exchange.openAccount({ reference: "bob" })
await exchange.credit({ account: ann, asset: "BTC", amount: "2" })
await exchange.credit({ account: bob, asset: "USDT", amount: "100000" })

await exchange.place({
  account: ann,
  market: "BTC-USDT",
  side: "sell",
  price: "60000",
  quantity: "1.5"
})
const bought = await exchange.place({
  account: bob,
  market: "BTC-USDT",
  side: "buy",
  type: "market",
  quantity: "0.5"
})

console.log(
  `bob's order is ${bought.status}: ${bought.filledQuantity} BTC for ${bought.filledNotional} USDT`
)
console.table(await exchange.balances({ account: ann }))
console.table(await exchange.balances({ account: bob }))
console.table(await exchange.conservation())
await exchange.close()
