/** Two users of the application trade, and each sees only their own data. */
import { createExchange } from "@pandora-exchange/sdk"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { server } from "./server.ts"
import { type User, Users } from "./Users.ts"

const users = new Users()
users.add("ann", "correct horse battery staple")
users.add("bob", "four other words here")

const exchange = await createExchange({
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    { symbol: "BTC-USDT", base: "BTC", quote: "USDT", tickSize: "0.01", lotSize: "0.00001" }
  ],
  // All the exchange needs to know about a user: the name of their account.
  identity: (user: User) => `user-${user.id}`
})
const app = server(users, exchange).listen(0, "127.0.0.1")
await once(app, "listening")
const { port } = app.address() as AddressInfo

/** An order, a problem, or a list. */
interface Answer {
  readonly status?: string
  readonly order?: number
  readonly code?: string
  readonly length?: number
}

/** What a browser does for a signed-in user. */
const browser =
  (session: string | undefined) => async (method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { cookie: `session=${session}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return (await response.json()) as Answer
  }
const annsSession = users.signIn("ann", "correct horse battery staple")
const bobsSession = users.signIn("bob", "four other words here")
const [ann, bob, nobody] = [browser(annsSession), browser(bobsSession), browser("made up")]

// Deposits are made by the application, not by its users.
const anns = await exchange.as(users.of(annsSession)!)
const bobs = await exchange.as(users.of(bobsSession)!)
await exchange.credit({ account: anns.account, asset: "BTC", amount: "1" })
await exchange.credit({ account: bobs.account, asset: "USDT", amount: "60000" })

const sale = await ann("POST", "/orders", {
  market: "BTC-USDT",
  side: "sell",
  price: "60000",
  quantity: "1"
})
console.log(`ann's order is ${sale.status}`)
console.log(`bob sees ${(await bob("GET", "/orders")).length} orders`)
console.log(`bob cancels it: ${(await bob("POST", "/cancel", { order: sale.order })).code}`)

const purchase = { market: "BTC-USDT", side: "buy", type: "market", quantity: "0.25" }
console.log(
  `bob buys for ann: ${(await bob("POST", "/orders", { ...purchase, account: anns.account })).code}`
)
console.log(`bob buys: ${(await bob("POST", "/orders", purchase)).status}`)

console.log("ann", await ann("GET", "/balances"))
console.log("bob", await bob("GET", "/balances"))
console.log(`nobody: ${(await nobody("GET", "/balances")).code}`)

app.close()
app.closeAllConnections()
await exchange.close()
