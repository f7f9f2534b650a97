import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createExchange, Exchange, type ExchangeOptions } from "../src/index.ts"
import { errorOf, listed } from "./support.ts"

interface HostUser {
  readonly id: string
}

const ann: HostUser = { id: "ann" }
const bob: HostUser = { id: "bob" }

const opened = (more: ExchangeOptions = {}) =>
  createExchange({ ...listed, ...more, identity: (user: HostUser) => user.id })

describe("users of the host", () => {
  it.each([false, true])(
    "trade without an account in their requests, each seeing what is theirs; thread %s",
    async (thread) => {
      await using exchange = await opened({ thread })
      const [seller, buyer] = [await exchange.as(ann), await exchange.as(bob)]
      await exchange.credit({ account: seller.account, asset: "BTC", amount: "1" })
      await exchange.credit({ account: buyer.account, asset: "USDT", amount: "60000" })
      const order = { market: "BTC-USDT", price: "50000", quantity: "1" } as const
      assert.strictEqual((await buyer.preview({ ...order, side: "buy" })).restingQuantity, "1")
      const placed = await seller.place({ ...order, side: "sell" })
      assert.deepStrictEqual(
        [
          (await seller.openOrders()).length,
          (await buyer.openOrders({ market: "BTC-USDT" })).length
        ],
        [1, 0]
      )
      assert.strictEqual(await buyer.openOrder({ order: placed.order }), undefined)
      const cancel = await errorOf(buyer.cancel({ order: placed.order }))
      assert.strictEqual(cancel.code, "UnknownOrder")
      await buyer.place({ ...order, side: "buy", quantity: "0.4" })
      await seller.amend({ market: "BTC-USDT", order: placed.order, quantity: "0.9" })
      await seller.cancelAll({})
      assert.deepStrictEqual(await seller.balances(), [
        { asset: "BTC", available: "0.6", held: "0" },
        { asset: "USDT", available: "19990", held: "0" }
      ])
    }
  )

  it("have one account, opened at first use, also when they come at once; sub-accounts are opened by name", async () => {
    await using exchange = await opened()
    const traders = await Promise.all(Array.from({ length: 20 }, () => exchange.as(ann)))
    assert.deepStrictEqual(
      [...new Set(traders.map(({ account }) => account))],
      [traders[0]!.account]
    )
    const before = (await exchange.status()).durableSequence
    await exchange.as(ann)
    assert.strictEqual((await exchange.status()).durableSequence, before)
    const savings = await exchange.as(ann, "savings")
    assert.deepStrictEqual(await exchange.account({ account: savings.account }), {
      account: savings.account,
      kind: "user",
      reference: "ann/savings",
      opened: false
    })
    assert.strictEqual((await exchange.as({ id: "ann" }, "savings")).account, savings.account)
    assert.notStrictEqual((await exchange.as(bob, "savings")).account, savings.account)
  })

  it("error: a request that names an account, or is none, is refused", async () => {
    await using exchange = await opened()
    const trader = await exchange.as(ann)
    const { account } = await exchange.as(bob)
    const order = { account, market: "BTC-USDT", side: "buy", price: "1", quantity: "1" }
    const calls = [
      [() => trader.place(order as never), "UnknownField", "account"],
      [() => trader.openOrders({ account } as never), "UnknownField", "account"],
      [() => trader.cancelAll({ who: "bob" } as never), "UnknownField", "who"],
      [() => trader.place(JSON.parse('{"__proto__": 1}')), "UnknownField", "__proto__"],
      [() => trader.place("all" as never), "NotAnObject", "request"],
      [() => trader.cancel([] as never), "NotAnObject", "request"]
    ] as const
    for (const [call, code, field] of calls) {
      assert.deepInclude(
        { ...(await errorOf(call())) },
        { code, retry: "never", details: { field } }
      )
    }
  })

  it("error: a reference that is none, or could be another user's sub-account, is refused", async () => {
    await using exchange = await createExchange({
      ...listed,
      identity: (user: unknown) => user as string
    })
    for (const reference of ["", "ann/savings", "a b", "x".repeat(65), undefined, 7, null]) {
      const error = await errorOf(exchange.as(reference))
      assert.deepInclude(
        { ...error },
        { code: "MalformedReference", details: { field: "identity" } }
      )
    }
    for (const [reference, name] of [
      ["ann", "a/b"],
      ["ann", ""],
      ["ann", 7],
      ["x".repeat(40), "y".repeat(40)]
    ] as const) {
      const error = await errorOf(exchange.as(reference, name as never))
      assert.deepInclude(
        { ...error },
        { code: "MalformedReference", details: { field: "account" } }
      )
    }
  })

  it("error: what the function of the host throws is the cause, and a house account is nobody's", async () => {
    const cause = new Error("no such user here")
    await using exchange = await createExchange({
      ...listed,
      identity: async (name: string) => {
        if (name === "eve") throw cause
        return name
      }
    })
    const error = await errorOf(exchange.as("eve"))
    assert.strictEqual(error.code, "AccountUnknown")
    assert.strictEqual((error.cause as Error).cause, cause)
    await exchange.openAccount({ kind: "house", reference: "fees" })
    assert.strictEqual((await errorOf(exchange.as("fees"))).code, "AccountReferenceTaken")
  })

  it("error: without the option there is nobody to be", async () => {
    await using exchange = await createExchange(listed)
    assert.isFalse("as" in exchange)
    const program = Effect.flip(Effect.flatMap(Exchange, ({ as }) => as("ann")))
    const error = await Effect.runPromise(Effect.provide(program, Exchange.layer(listed)))
    assert.deepInclude({ ...error }, { _tag: "InvalidInput", code: "IdentityMissing" })
  })

  it.effect("the same as an Effect, with a function that gives an Effect", () =>
    Effect.gen(function* () {
      const { as, credit } = yield* Exchange
      const trader = yield* as(ann)
      yield* credit({ account: trader.account, asset: "USDT", amount: "5" })
      assert.deepStrictEqual(yield* trader.balances(), [
        { asset: "USDT", available: "5", held: "0" }
      ])
    }).pipe(
      Effect.provide(
        Exchange.layer({ ...listed, identity: (user: HostUser) => Effect.succeed(user.id) })
      )
    )
  )
})
