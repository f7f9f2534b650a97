/** What `npm run bench -- venue` measures does what it says. */
import { assert, it } from "@effect/vitest"
import { closedLoop } from "../bench/load.ts"
import { funds, market, Workload } from "../bench/Workload.ts"
import { createExchange } from "../src/index.ts"

it("the exchange refuses no call of the workload and has its open orders, though accounts often meet themselves", async () => {
  const exchange = await createExchange({
    storage: "memory",
    assets: [{ symbol: market.base }, { symbol: market.quote }],
    markets: [market]
  })
  const accounts: Array<number> = []
  for (let i = 0; i < 2; i++) {
    const { account } = await exchange.openAccount({})
    for (const { amount, asset } of funds)
      await exchange.credit({ account, asset, amount: `${amount}00` })
    accounts.push(account)
  }
  const workload = new Workload(accounts, 1)
  await closedLoop(exchange, workload.adds(500), 64)
  await closedLoop(exchange, workload.mixed(5_000), 64)
  const open = await Promise.all(accounts.map((account) => exchange.openOrders({ account })))
  assert.strictEqual(open.flat().length, workload.openOrders)
  await exchange.close()
})
