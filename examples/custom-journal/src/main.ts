/**
 * An exchange on a journal of our own: it trades, closes, reopens from the same file, and still has
 * everything.
 */
import { createExchange, idempotencyKey } from "@pandora-exchange/sdk"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as SqliteJournal from "./SqliteJournal.ts"

const folder = mkdtempSync(join(tmpdir(), "pandora-custom-journal-"))
const open = () =>
  createExchange({
    storage: { journal: SqliteJournal.layer({ file: join(folder, "journal.db") }) },
    assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
    markets: [
      { symbol: "BTC-USDT", base: "BTC", quote: "USDT", tickSize: "0.01", lotSize: "0.00001" }
    ]
  })

const before = await open()
const { account: ann } = await before.openAccount({ reference: "ann" })
const { account: bob } = await before.openAccount({ reference: "bob" })
await before.credit({ account: ann, asset: "BTC", amount: "2" })
await before.credit({ account: bob, asset: "USDT", amount: "100000" })
await before.place({
  account: ann,
  market: "BTC-USDT",
  side: "sell",
  price: "60000",
  quantity: "1.5"
})
const order = {
  account: bob,
  market: "BTC-USDT",
  side: "buy",
  price: "60000",
  quantity: "0.5",
  key: idempotencyKey()
} as const
const placed = await before.place(order)
const hash = await before.stateHash()
console.log(
  `traded ${placed.filledQuantity} BTC as command ${placed.sequence}; the state is ${hash.slice(0, 16)}…`
)
await before.close()

const after = await open()
console.log(
  `opened again: the state is ${(await after.stateHash()).slice(0, 16)}…, equal: ${hash === (await after.stateHash())}`
)
console.log("ann has", await after.balances({ account: ann }))
const again = await after.place(order)
console.log(
  `bob's order sent again with its key: the first answer again, command ${again.sequence}`
)
console.log(
  "conserved:",
  (await after.conservation()).every(({ conserved }) => conserved)
)
await after.close()
rmSync(folder, { recursive: true })
