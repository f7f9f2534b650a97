/**
 * A trader's program: authenticates with a token, follows a market and its own account, places a
 * resting order, buys at the market, and reads the result. `URL` and `TOKEN` say where and who; the
 * server prints both at startup.
 */
import { createClient, openStream, Problem } from "@pandora-exchange/client"

const url = process.env["URL"] ?? "http://127.0.0.1:3000"
const token = process.env["TOKEN"]
if (token === undefined) {
  console.error("TOKEN is not set: take one of those that the server prints when it starts.")
  process.exit(1)
}

const market = "BTC-USDT"
const client = createClient({ url, token })
const stream = openStream({ url, token })

const { name } = await client.me()
console.log(`signed on as ${name}`)

// The book and the account, live. Both are correct from the first snapshot on, whatever happens to
// the connection.
const { book } = stream.book(market)
const filled = new Promise<string>((resolve) =>
  stream.account((message) => {
    if (message.type !== "account") return
    for (const { fee, feeAsset, price, quantity, side } of message.fills) {
      resolve(`${side} ${quantity} at ${price}, fee ${fee} ${feeAsset}`)
    }
  })
)

// Over HTTP: preview an order, then place it. It rests below everyone else's.
const order = { market, side: "buy", price: "1000.01", quantity: "0.5" } as const
const preview = await client.preview(order)
console.log(`it would hold ${preview.held} ${preview.heldAsset}`)
const placed = await client.place({ ...order, clientOrderId: "example" })
console.log(`${placed.status}: ${placed.remainingQuantity} in the book`)

// Over the stream: buy at the market. The response and the account's message report the same fill.
const taken = await stream.place({ market, side: "buy", type: "market", quantity: "0.00001" })
console.log(`${taken.status} over the stream`)
console.log(await filled)

const { cancelledQuantity } = await client.cancel("client:example")
console.log(`cancelled ${cancelledQuantity}`)

// Refused requests come back as a problem with a code.
try {
  await client.place({ market, side: "buy", price: "1e5", quantity: "1" })
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.log(`${error.code} (${error.parameter}), retry: ${error.retry}`)
}

const { data: fills } = await client.fills({ order: taken.order })
console.log(`${fills.length} fill, and ${book.asks().length} levels to buy from`)
stream.close()
await client.close()
