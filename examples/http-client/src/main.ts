/**
 * A trader's program: signs on with a token, watches a market and its own account, places an order that rests, trades with
 * another, and reads what came of it. `URL` and `TOKEN` say where and who; the output of `npm start -- --json` has both.
 */
import { createClient, openStream, Problem } from "@pandora-exchange/client"

const url = process.env["URL"] ?? "http://127.0.0.1:3000"
const token = process.env["TOKEN"]
if (token === undefined) {
  console.error("TOKEN is not set: take one of the demo accounts that the server prints when it starts.")
  process.exit(1)
}

const market = "BTC-USDT"
const client = createClient({ url, token })
const stream = openStream({ url, token })

const { name } = await client.me()
console.log(`signed on as ${name}`)

// The book and the account, live. Both are right from the first snapshot on, whatever happens to the connection.
const { book } = stream.book(market)
const filled = new Promise<void>((resolve) =>
  stream.account((message) => {
    if (message.type !== "account") return
    for (const { price, quantity, role, side } of message.fills) {
      console.log(`${role}: ${side} ${quantity} at ${price}`)
      if (role === "maker") resolve()
    }
  })
)

// Over HTTP: what an order would cost, and then the order. It rests below everybody else's.
const order = { market, side: "buy", price: "1000.01", quantity: "0.5" } as const
const preview = await client.preview(order)
console.log(`it would hold ${preview.held} ${preview.heldAsset}`)
const placed = await client.place({ ...order, clientOrderId: "example" })
console.log(`${placed.status}: ${placed.remainingQuantity} in the book`)

// Over the stream: into one's own order, which is the only one at that price.
const taken = await stream.place({ ...order, side: "sell", quantity: "0.2", timeInForce: "IOC" })
console.log(`${taken.status} over the stream, fee ${taken.fee} ${taken.feeAsset}`)
await filled

const { cancelledQuantity } = await client.cancel("client:example")
console.log(`cancelled what was left: ${cancelledQuantity}`)

// What cannot be done comes as a problem with a code.
try {
  await client.place({ market, side: "buy", price: "1e5", quantity: "1" })
} catch (error) {
  if (!(error instanceof Problem)) throw error
  console.log(`${error.code} (${error.parameter}), retry: ${error.retry}`)
}

const { data: fills } = await client.fills({ order: placed.order })
console.log(`${fills.length} fill of ${placed.order}, and ${book.bids().filter(([price]) => price === order.price).length} of it in the book`)
stream.close()
await client.close()
