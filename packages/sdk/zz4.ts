import { createExchange } from "@pandora-exchange/sdk"
import { mkdtempSync, rmSync } from "node:fs"
const until = Date.now() + 150_000
let n = 0
while (Date.now() < until) {
  const folder = mkdtempSync("/tmp/pandora-zz-")
  const ex = await createExchange({
    thread: Math.random() < 0.7,
    storage: Math.random() < 0.5 ? "memory" : { folder },
    snapshotEvery: 20,
    assets: [{ symbol: "A" }]
  })
  const { account } = await ex.openAccount({})
  for (let k = 0; k < 50; k++) await ex.credit({ account, asset: "A", amount: "1" })
  if (Math.random() < 0.3) await new Promise((r) => setTimeout(r, 1000 + Math.random() * 600))
  await ex.close()
  rmSync(folder, { recursive: true })
  n++
}
console.log("ok", n)
