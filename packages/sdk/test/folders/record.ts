/**
 * `npm run ts -- packages/sdk/test/folders/record.ts`
 *
 * Records the folder of a small exchange under this build's rules, as `close()` leaves it, unless
 * there is already one for these rules. An existing one is never overwritten: it must open forever.
 * `../folders.test.ts` opens it.
 */
import { rulesVersion } from "@pandora-exchange/engine/Venue"
import { createExchange } from "@pandora-exchange/sdk"
import { picture } from "./picture.ts"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const target = fileURLToPath(new URL(`rules-${rulesVersion}.json.gz`, import.meta.url))
if (existsSync(target)) throw new Error(`${target} is there already and stays as it is.`)

const folder = mkdtempSync(join(tmpdir(), "pandora-recorded-"))
const exchange = await createExchange({
  storage: { folder },
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    {
      symbol: "BTC-USDT",
      base: "BTC",
      quote: "USDT",
      tickSize: "0.01",
      lotSize: "0.00001",
      makerFee: "0.001",
      takerFee: "0.001"
    }
  ]
})
const market = "BTC-USDT"
const { account: ann } = await exchange.openAccount({ reference: "ann" })
const { account: bob } = await exchange.openAccount({ reference: "bob" })
for (const account of [ann, bob]) {
  await exchange.credit({ account, asset: "BTC", amount: "10" })
  await exchange.credit({ account, asset: "USDT", amount: "500000" })
}
await exchange.setMarketRules({ market, triggerSource: "index" })
await exchange.setPrice({ market, priceSource: "index", price: "60000" })
await exchange.place({ account: ann, market, side: "sell", price: "60100", quantity: "2" })
await exchange.place({ account: bob, market, side: "buy", price: "60100", quantity: "0.5" })
await exchange.place({
  account: bob,
  market,
  side: "sell",
  price: "60500",
  quantity: "3",
  displayQuantity: "1"
})
await exchange.place({
  account: bob,
  market,
  type: "market",
  side: "sell",
  quantity: "1",
  trigger: { kind: "stopLoss", offsetBasisPoints: 100 }
})
const exit = { side: "sell", quantity: "0.5" } as const
const bracket = (price: string) =>
  exchange.placeList({
    account: ann,
    market,
    contingency: "OTOCO",
    orders: [
      { side: "buy", price, quantity: "0.5" },
      { ...exit, price: "66000", postOnly: true },
      { ...exit, type: "market", trigger: { kind: "stopLoss", price: "50000" } }
    ]
  })
// One list is waiting for its working order; in the other, both exits are open.
await bracket("59000")
await bracket("59500")
await exchange.place({ account: bob, market, side: "sell", price: "59500", quantity: "0.5" })
await exchange.setPrice({ market, priceSource: "index", price: "60001" })
await exchange.hold({ account: ann, asset: "BTC", amount: "0.25", reference: "withdrawal/1" })
await exchange.cancelAfter({ account: bob, delay: 86_400_000 })

const accounts = await picture(exchange, [{ account: ann }, { account: bob }])
await exchange.close()

const files: Record<string, string> = {}
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name)
  if (entry.isFile()) files[relative(folder, path)] = readFileSync(path).toString("base64")
}
writeFileSync(target, gzipSync(JSON.stringify({ accounts, files }), { level: 9 }), { flag: "wx" })
rmSync(folder, { recursive: true })
console.log(`${target} is new.`)
