/** What each method fails with, according to its declared codes. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { onTestFinished } from "vitest"
import { createExchange, Exchange, isFailure, type MethodFailures } from "../src/index.ts"
import { errorOf, listed, trading } from "./support.ts"

const order = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1" } as const

it("narrows what a method rejects with to its own codes", async () => {
  const { alice, exchange } = await trading()
  onTestFinished(() => exchange.close())
  const error: unknown = await errorOf(
    exchange.place({ account: alice, ...order, price: "42000", quantity: "9" })
  )
  assert.isTrue(isFailure(error, "place"))
  assert.strictEqual(isFailure(error, "place") ? error.code : undefined, "InsufficientFunds")
  assert.isFalse(isFailure(error, "openOrder"))
  assert.isFalse(isFailure(new Error("other"), "place"))
  if (isFailure(error, "balances")) {
    // @ts-expect-error balances cannot fail for lack of funds
    assert.notStrictEqual<typeof error.code>(error.code, "InsufficientFunds")
  }
})

it("takes a guard's own code for a failure of a command, and of no query", async () => {
  const exchange = await createExchange({ guards: [() => ({ code: "TooRisky" })] })
  onTestFinished(() => exchange.close())
  const error = await errorOf(exchange.openAccount({}))
  assert.isTrue(isFailure(error, "openAccount"))
  assert.isFalse(isFailure(error, "balances"))
})

it("tells what keeps a user out, of `as` and of what it gave", async () => {
  const host = await createExchange({
    ...listed,
    identity: (user: string) => {
      if (user === "nobody") throw new Error("unknown")
      return user
    }
  })
  onTestFinished(() => host.close())
  const errors = [
    await errorOf(host.as("nobody")),
    await errorOf(host.as("not a name")),
    await errorOf(host.as("ann", "not a name"))
  ]
  assert.deepStrictEqual(
    errors.map((error) => isFailure(error, "as") && error.code),
    ["AccountUnknown", "MalformedReference", "MalformedReference"]
  )
  assert.isFalse(isFailure(errors[0], "place"))
})

it("knows the codes of malformed requests", async () => {
  const { alice, exchange } = await trading()
  onTestFinished(() => exchange.close())
  const wrong = [
    undefined,
    { ...order, account: "x" },
    { ...order, account: alice, price: 1 },
    { ...order, account: alice, price: "0.001" },
    { ...order, account: alice, side: "up" },
    { ...order, account: alice, prize: "1" },
    { ...order, account: alice, market: "NOPE" },
    { ...order, account: alice, trigger: { kind: "stopLoss" } },
    { ...order, account: alice, key: "k" },
    { ...order, account: alice, price: undefined },
    { ...order, account: 99 }
  ]
  for (const request of wrong) {
    const error = await errorOf(exchange.place(request as never))
    assert.isTrue(isFailure(error, "place"), error.code)
  }
})

it.effect("an effect fails with the codes of its method, each in its class and caught alone", () =>
  Effect.gen(function* () {
    const exchange = yield* Exchange
    const { account } = yield* exchange.openAccount({ reference: "alice" })
    const place = (change: object) => exchange.place({ account, ...order, ...change })
    const unfunded = place({}).pipe(
      Effect.catchReason("Refused", "InsufficientFunds", ({ _tag }) => Effect.succeed(_tag))
    )
    assert.strictEqual(yield* unfunded, "InsufficientFunds")
    // Nonexistent things are refused alike, whether found in the request or by the exchange.
    const lost = place({ market: "NOPE" }).pipe(
      Effect.catchReason("Refused", "UnknownMarket", (_, { field }) => Effect.succeed(field))
    )
    assert.strictEqual(yield* lost, "market")
    const offTick = place({ price: "0.001" }).pipe(
      Effect.catchReason("InvalidInput", "OffTick", (_, { field }) => Effect.succeed(field))
    )
    assert.strictEqual(yield* offTick, "price")
  }).pipe(Effect.provide(Exchange.layer(listed)))
)

it("error: a code or class that a method cannot fail with does not compile", () => {
  const uncalled = (exchange: Exchange["Service"]) => [
    // @ts-expect-error no order is refused for a symbol that is taken
    Effect.catchReason(exchange.place(order as never), "Refused", "SymbolTaken", () => Effect.void),
    // @ts-expect-error nothing about a list of assets is refused
    Effect.catchTag(exchange.assets(), "Refused", () => Effect.void),
    // @ts-expect-error a query asks no guard
    Effect.catchTag(exchange.balances({ account: 1 }), "GuardRefused", () => Effect.void)
  ]
  assert.isFunction(uncalled)
  const failure: MethodFailures["releaseHold"]["_tag"] = "OutcomeUnknown"
  // @ts-expect-error a query changes nothing
  const other: MethodFailures["holds"]["_tag"] = "OutcomeUnknown"
  assert.strictEqual<string>(failure, other)
})
