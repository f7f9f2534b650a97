/** One order, open or ended, as `order` reads it from the journal. */
import { MemoryJournal } from "@pandora-exchange/adapters-file"
import { Journal } from "@pandora-exchange/core"
import { createExchange, type PromiseExchange } from "@pandora-exchange/sdk"
import { Context, Effect, Layer, Stream } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { errorOf } from "./support.ts"

const market = "BTC-USDT"
const listings = {
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    {
      symbol: market,
      base: "BTC",
      quote: "USDT",
      tickSize: "0.01",
      lotSize: "0.0001",
      takerFee: "0.001"
    }
  ]
}

const folders: Array<string> = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "order-"))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const opened = async (options: Parameters<typeof createExchange>[0] = {}) => {
  const exchange = await createExchange({ ...listings, ...options })
  const accounts = []
  for (const reference of ["ann", "ben"]) {
    const { account } = await exchange.openAccount({ reference })
    await exchange.credit({ account, asset: "BTC", amount: "1000" })
    await exchange.credit({ account, asset: "USDT", amount: "100000000" })
    accounts.push(account)
  }
  const [ann, ben] = accounts as [number, number]
  const limit = (account: number, side: "buy" | "sell", price: string, quantity = "1") =>
    exchange.place({ account, market, side, price, quantity })
  return { exchange, ann, ben, limit }
}

/** A journal whose reads can be counted, by batches, and made to fail. */
const watchedJournal = () => {
  const watched = {
    failure: undefined as Journal.Damaged | Journal.Unknown | undefined,
    batches: 0
  }
  const layer = Layer.effect(
    Journal.Journal,
    Effect.map(Layer.build(MemoryJournal.layer), (context) => {
      const inner = Context.get(context, Journal.Journal)
      return Journal.Journal.of({
        ...inner,
        read: (from) =>
          watched.failure === undefined
            ? Stream.tap(inner.read(from), () => Effect.sync(() => watched.batches++))
            : Stream.fail(watched.failure)
      })
    })
  )
  return { watched, layer }
}

describe("order", () => {
  it("tells how an order ended, with its fills and fees, and how one stands that is open", async () => {
    const { ann, ben, exchange, limit } = await opened()
    const sold = await limit(ann, "sell", "100", "2")
    const taken = await limit(ben, "buy", "100", "0.5")
    assert.deepInclude(await exchange.order({ account: ann, order: sold.order }), {
      order: sold.order,
      account: ann,
      status: "partiallyFilled",
      endReason: undefined,
      quantity: "2",
      filledQuantity: "0.5",
      remainingQuantity: "1.5",
      filledNotional: "50",
      fee: "0",
      feeAsset: "USDT"
    })
    assert.deepInclude(await exchange.order({ account: ben, order: taken.order }), {
      status: "filled",
      endReason: "filled",
      filledQuantity: "0.5",
      remainingQuantity: "0",
      filledNotional: "50",
      fee: "0.0005",
      feeAsset: "BTC",
      timeInForce: "GTC"
    })
    const { sequence } = await exchange.cancel({ account: ann, order: sold.order })
    const ended = await exchange.order({ account: ann, order: sold.order })
    assert.deepInclude(ended, {
      status: "cancelled",
      endReason: "cancelled",
      filledQuantity: "0.5",
      remainingQuantity: "0",
      sequence
    })
    assert.isAtMost(ended.createdAt, ended.updatedAt)
    await exchange.close()
  })

  it("tells why an order ended that its owner did not cancel", async () => {
    const { ann, ben, exchange, limit } = await opened()
    await limit(ann, "sell", "100")
    const stop = await exchange.place({
      account: ben,
      market,
      side: "sell",
      type: "market",
      quantity: "1",
      trigger: { kind: "stopLoss", price: "100" }
    })
    await limit(ben, "buy", "100")
    // The next command does what the trade made due; nobody is there to buy.
    await exchange.credit({ account: ann, asset: "BTC", amount: "1" })
    assert.deepInclude(await exchange.order({ account: ben, order: stop.order }), {
      status: "expired",
      endReason: "unfilled",
      filledQuantity: "0",
      remainingQuantity: "0",
      trigger: undefined
    })
    await exchange.close()
  })

  it("finds each of thousands of orders, also in another thread and after a restart", async () => {
    const folder = newFolder()
    const { ann, ben, exchange, limit } = await opened({ storage: { folder }, thread: true })
    const ids: Array<number> = []
    const oldest = await limit(ann, "sell", "900")
    for (let round = 0; round < 15; round++) {
      const placed = await Promise.all(
        Array.from({ length: 200 }, (_, i) =>
          limit(i % 2 === 0 ? ann : ben, "buy", `${50 + round}`, "0.01")
        )
      )
      ids.push(...placed.map(({ order }) => order))
      if (round % 5 === 0) await exchange.cancelAll({ account: ben })
    }
    const ask = async (exchange: PromiseExchange) => {
      const found = []
      for (const at of [0, 1, 399, 400, 1_501, 2_000, 2_999])
        found.push(await exchange.order({ account: at % 2 === 0 ? ann : ben, order: ids[at]! }))
      return [...found, await exchange.order({ account: ann, order: oldest.order })]
    }
    const before = await ask(exchange)
    assert.deepStrictEqual(
      before.map(({ order, status }) => [order, status]),
      [
        [ids[0], "open"],
        [ids[1], "cancelled"],
        [ids[399], "cancelled"],
        [ids[400], "open"],
        [ids[1_501], "cancelled"],
        [ids[2_000], "open"],
        [ids[2_999], "open"],
        [oldest.order, "open"]
      ]
    )
    await exchange.close()
    const after = await createExchange({ ...listings, storage: { folder } })
    assert.deepStrictEqual(await ask(after), before)
    await after.close()
  })

  it("finds an open order by its name", async () => {
    const { ann, exchange } = await opened()
    const named = { account: ann, clientOrderId: "mine" }
    const { order } = await exchange.place({
      ...named,
      market,
      side: "buy",
      price: "10",
      quantity: "1"
    })
    assert.deepInclude(await exchange.order(named), {
      order,
      status: "open",
      clientOrderId: "mine"
    })
    await exchange.cancel(named)
    assert.deepInclude(await errorOf(exchange.order(named)), {
      code: "UnknownOrder",
      details: { field: "clientOrderId" }
    })
    assert.deepInclude(await exchange.order({ account: ann, order }), { status: "cancelled" })
    await exchange.close()
  })

  it("error: a journal that does not answer, and one that is damaged, are told apart", async () => {
    const { layer, watched } = watchedJournal()
    const { ann, exchange, limit } = await opened({ storage: { journal: layer } })
    const of = { account: ann, order: (await limit(ann, "buy", "10")).order }
    watched.failure = new Journal.Unknown({ cause: "no answer" })
    assert.deepInclude(await errorOf(exchange.order(of)), {
      code: "HistoryUnavailable",
      retry: "safe"
    })
    const damage = { place: "row 1", sequence: 1, problem: "a bit has turned" }
    watched.failure = new Journal.Damaged(damage)
    assert.deepInclude(await errorOf(exchange.order(of)), { code: "Damaged", retry: "never" })
    watched.failure = undefined
    assert.deepInclude(await exchange.order(of), { status: "open" })
    await exchange.close()
  })

  it("error: the order of another account is read no further than to its acceptance", async () => {
    const { layer, watched } = watchedJournal()
    const { ann, ben, exchange, limit } = await opened({ storage: { journal: layer } })
    const { order } = await limit(ann, "buy", "10")
    for (let i = 0; i < 300; i++) await limit(ann, "buy", "9", "0.001")
    const readBy = async (account: number) => {
      watched.batches = 0
      const answer = exchange.order({ account, order })
      await answer.catch(() => {})
      return watched.batches
    }
    assert.isAbove(await readBy(ann), 300)
    assert.isBelow(await readBy(ben), 100)
    await exchange.close()
  })

  it("error: an order of another account, or of nobody, is unknown; a closed exchange is Closed", async () => {
    const { ann, ben, exchange, limit } = await opened()
    const { order } = await limit(ann, "buy", "10")
    for (const wrong of [
      { account: ben, order },
      { account: ann, order: order + 1 },
      { account: ann, order: 2 ** 52 }
    ]) {
      assert.deepInclude(await errorOf(exchange.order(wrong)), {
        code: "UnknownOrder",
        retry: "never",
        details: { field: "order" }
      })
    }
    assert.strictEqual(
      (await errorOf(exchange.order({ account: 9_999, order }))).code,
      "UnknownAccount"
    )
    assert.strictEqual(
      (await errorOf(exchange.order({ account: ann } as never))).code,
      "OrderOrClientOrderId"
    )
    await exchange.close()
    assert.strictEqual((await errorOf(exchange.order({ account: ann, order }))).code, "Closed")
  })
})
