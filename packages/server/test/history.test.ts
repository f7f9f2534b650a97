/** The history when its database is late, or refuses what the journal says. */
import { assert, describe, expect, it } from "@effect/vitest"
import { EmbeddedDatabase, History as Projected, PgDatabase } from "@pandora-exchange/adapters-pg"
import { MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { Exchange } from "@pandora-exchange/sdk"
import { Effect, Layer, Redacted } from "effect"
import { rm } from "node:fs/promises"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import { Feed } from "../src/feed/Feed.ts"
import { History, historyWaitMs } from "../src/History.ts"
import { asking, newFolder, problemOf, startHere } from "./support.ts"

describe("a history that nobody brings on", () => {
  const layer = History.layer.pipe(
    Layer.provide(Feed.layer),
    Layer.provide(
      Layer.mergeAll(
        Exchange.layer(),
        MemorySnapshotStore.layer,
        Layer.provide(Projected.layer(), EmbeddedDatabase.layer())
      )
    )
  )

  it.live("error: is behind after half a second", () =>
    Effect.gen(function* () {
      const history = yield* History
      const begun = performance.now()
      const behind = yield* Effect.flip(history.awaitPosition("trading", 9))
      assert.deepInclude(behind, { _tag: "HistoryBehind", wanted: 9 })
      assert.isAtLeast(performance.now() - begun, historyWaitMs - 1)
      yield* history.awaitPosition("ledger", 0)
    }).pipe(Effect.provide(layer))
  )
})

describe.skipIf(!Postgres.available)("a history in Postgres, beside the journal", () => {
  it("is read as soon as it is answered, and is there after a restart", async () => {
    const folder = await newFolder()
    const database = Redacted.make(await Effect.runPromise(Postgres.emptyDatabase))
    const first = await startHere({ folder, database })
    const [token] = first.tokens
    const body = {
      market: "BTC-USDT",
      side: "buy",
      price: "20000",
      quantity: "0.01",
      clientOrderId: "mine"
    }
    const { order } = (await asking(first.url)("POST", "/v1/orders", { token, body })).body
    const told = (await asking(first.url)("GET", `/v1/orders/${order}`, { token })).body
    expect(told).toMatchObject({ order, status: "open", quantity: "0.01" })
    await first.close()
    const second = await startHere({ folder, database })
    expect((await asking(second.url)("GET", "/v1/orders/client:mine", { token })).body).toEqual(
      told
    )
    expect((await asking(second.url)("GET", "/health/ready")).body.status).toBe("ready")
    await second.close()
    await rm(folder, { recursive: true })
  })
})

/** Changes the embedded database of a server that is not running. */
const meddle = (folder: string, statement: string) =>
  Effect.runPromise(
    Effect.flatMap(PgDatabase.PgDatabase, ({ sql }) => sql.unsafe(statement)).pipe(
      Effect.provide(EmbeddedDatabase.layer({ folder }))
    )
  )

describe("a database that refuses", () => {
  it("error: what halts is named with its place, the rest goes on, and it is made good when the reason is gone", async () => {
    const folder = await newFolder()
    const before = await startHere({ folder })
    const { durableSequence } = (await asking(before.url)("GET", "/health/ready")).body
    await before.close()
    await meddle(
      folder,
      `ALTER TABLE pandora.ledger_entry ADD CONSTRAINT refused CHECK (sequence <= ${durableSequence}) NOT VALID`
    )

    const server = await startHere({ folder })
    const ask = asking(server.url)
    const [token] = server.tokens
    const body = { market: "BTC-USDT", side: "buy", price: "20000", quantity: "0.01" }
    const { order, sequence } = (await ask("POST", "/v1/orders", { token, body })).body
    expect((await ask("GET", `/v1/orders/${order}`, { token })).body).toMatchObject({
      status: "open",
      sequence
    })
    expect(problemOf(await ask("GET", "/v1/ledger-entries", { token }))).toMatchObject({
      status: 503,
      code: "HistoryBehind",
      retry: "safe"
    })
    const ready = await ask("GET", "/health/ready")
    expect(ready.status).toBe(200)
    const detail = `the projection ledger halted before command ${sequence}; the log says why`
    expect(ready.body).toMatchObject({
      status: "degraded",
      checks: [
        { name: "venue", status: "ok" },
        { name: "clock", status: "ok" },
        { name: "stream", status: "ok" },
        { name: "history", status: "degraded", detail },
        {
          name: "withdrawals",
          status: "degraded",
          detail: `frozen until the history goes on: ${detail}`
        },
        { name: "identity", status: "ok" }
      ]
    })
    expect(server.logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "ERROR",
        message: expect.stringMatching(
          `^The projection ledger halted before command ${sequence} .*"refused"`
        )
      })
    ])
    await server.close()

    await meddle(folder, "ALTER TABLE pandora.ledger_entry DROP CONSTRAINT refused")
    const after = await startHere({ folder })
    const asked = asking(after.url)
    await asked("DELETE", "/v1/orders", { token })
    const kinds = (await asked("GET", "/v1/ledger-entries?limit=4", { token })).body.data
    expect(kinds.map(({ kind }: any) => kind)).toEqual([
      "orderRelease",
      "orderRelease",
      "orderHold",
      "orderHold"
    ])
    expect((await asked("GET", "/health/ready")).body.status).toBe("ready")
    await after.close()
    await rm(folder, { recursive: true })
  })
})
