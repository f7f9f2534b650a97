/** The same exchange on a real Postgres. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { onTestFinished } from "vitest"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import { createExchange, idempotencyKey } from "../src/index.ts"
import { errorOf, trading } from "./support.ts"
import { caller, joined, settings } from "./support/identity.ts"

const ask = { market: "BTC-USDT", side: "sell", price: "42000", quantity: "0.5" } as const
const bid = { market: "BTC-USDT", side: "buy", price: "42000", quantity: "0.2" } as const

describe.skipIf(!Postgres.available)("an exchange on Postgres", () => {
  it.each([false, true])("has everything after a restart, with thread %s", async (thread) => {
    const storage = { url: await Effect.runPromise(Postgres.emptyDatabase) }
    const before = await trading({ storage, thread })
    const key = idempotencyKey()
    await before.exchange.place({ account: before.bob, ...ask })
    const first = await before.exchange.place({ account: before.alice, ...bid, key })
    assert.strictEqual(first.status, "filled")
    const hash = await before.exchange.stateHash()
    await before.exchange.close()

    const exchange = await createExchange({ storage, thread })
    onTestFinished(() => exchange.close())
    assert.strictEqual(await exchange.stateHash(), hash)
    assert.deepStrictEqual(await exchange.place({ account: before.alice, ...bid, key }), first)
    assert.isTrue((await exchange.conservation()).every(({ conserved }) => conserved))
  })

  it("keeps the users of identity in the same database", async () => {
    const storage = { url: await Effect.runPromise(Postgres.emptyDatabase) }
    const open = () => createExchange({ storage, identity: settings })
    const before = await open()
    const { access, refresh } = await joined(before, "ann")
    const { account } = await before.as(access.token)
    await before.close()

    const exchange = await open()
    onTestFinished(() => exchange.close())
    assert.strictEqual((await exchange.as(access.token)).account, account)
    const next = await exchange.identity.sessions.refresh(refresh, caller)
    assert.strictEqual((await exchange.as(next.access.token)).account, account)
  })

  it("starts from a snapshot in the database", async () => {
    const storage = { url: await Effect.runPromise(Postgres.emptyDatabase) }
    const { alice, exchange } = await trading({ storage, snapshotEvery: 50 })
    for (let i = 0; i < 100; i++)
      await exchange.credit({ account: alice, asset: "USDT", amount: "1" })
    const hash = await exchange.stateHash()
    const snapshots = () =>
      Effect.runPromise(
        Effect.scoped(
          Effect.flatMap(
            Postgres.connect(storage.url),
            (sql) => sql`SELECT 1 FROM pandora.snapshot WHERE whole`
          )
        )
      )
    while ((await snapshots()).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 100))
    await exchange.close()

    const replayed: Array<number> = []
    const again = await createExchange({
      storage,
      onRecovery: (sequence) => replayed.push(sequence)
    })
    assert.strictEqual(await again.stateHash(), hash)
    assert.deepStrictEqual(replayed, [])
    await again.close()
  })

  it("error: the former leader's callers are told when another exchange opens the same database", async () => {
    const storage = { url: await Effect.runPromise(Postgres.emptyDatabase) }
    const former = await trading({ storage })
    const { order } = await former.exchange.place({ account: former.bob, ...ask })
    const leader = await createExchange({ storage })
    onTestFinished(async () => {
      await former.exchange.close()
      await leader.close()
    })
    const refused = await errorOf(former.exchange.place({ account: former.alice, ...bid }))
    assert.deepInclude({ ...refused }, { code: "NotLeader", retry: "safe" })
    assert.strictEqual((await former.exchange.status()).condition, "fenced")
    assert.strictEqual(
      (await errorOf(former.exchange.depth({ market: "BTC-USDT" }))).code,
      "NotLeader"
    )
    assert.deepInclude(await leader.place({ account: former.alice, ...bid }), {
      order: order + 1,
      status: "filled"
    })
  })

  it("error: a database that is not there is said to be unusable", async () => {
    const url = await Effect.runPromise(Postgres.emptyDatabase)
    const missing = await errorOf(createExchange({ storage: { url: `${url}_not` } }))
    assert.strictEqual(missing.code, "DatabaseUnusable")
    const nobody = await errorOf(
      createExchange({ storage: { url: "postgres://test@127.0.0.1:1/test" } })
    )
    assert.strictEqual(nobody.code, "DatabaseUnusable")
  })
})
