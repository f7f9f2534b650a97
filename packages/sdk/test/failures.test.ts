/** `isFailure` tells the failures of one method, by the codes that are declared for it. */
import { assert, it } from "@effect/vitest"
import { onTestFinished } from "vitest"
import { createExchange, isFailure } from "../src/index.ts"
import { errorOf, trading } from "./support.ts"

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
