/**
 * An application to be bundled: opens an exchange, trades until a snapshot is taken, and prints the
 * result. Arguments: the folder, and `thread` to run the venue in its own thread.
 */
import { createExchange } from "../../src/index.ts"
import { readdirSync } from "node:fs"
import { join } from "node:path"

const [folder = "", thread] = process.argv.slice(2)
const market = "BTC-USDT"
const exchange = await createExchange({
  storage: { folder },
  thread: thread === "thread",
  snapshotEvery: 5,
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [{ symbol: market, base: "BTC", quote: "USDT", tickSize: "0.01", lotSize: "0.0001" }]
})
const { account: ann } = await exchange.openAccount({ reference: "ann" })
const { account: bob } = await exchange.openAccount({ reference: "bob" })
await exchange.credit({ account: ann, asset: "BTC", amount: "1" })
await exchange.credit({ account: bob, asset: "USDT", amount: "100" })
await exchange.place({ account: ann, market, side: "sell", price: "100", quantity: "0.5" })
await exchange.place({ account: bob, market, side: "buy", price: "100", quantity: "0.5" })
const snapshots = () =>
  readdirSync(join(folder, "snapshots")).filter((name) => name.endsWith(".snapshot")).length
while (snapshots() === 0) await new Promise((resolve) => setTimeout(resolve, 20))
const { asset, available } = (await exchange.balances({ account: bob }))[0]!
console.log(available, asset)
await exchange.close()
