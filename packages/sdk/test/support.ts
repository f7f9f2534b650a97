/** What the SDK's tests open and call. */
import { isOffered, operations } from "@pandora-exchange/contract"
import {
  createExchange,
  ExchangeError,
  type ExchangeOptions,
  isFailure,
  type MethodFailures,
  type PromiseExchange
} from "../src/index.ts"

export const listed = {
  assets: [{ symbol: "BTC" }, { symbol: "USDT" }],
  markets: [
    {
      symbol: "BTC-USDT",
      base: "BTC",
      quote: "USDT",
      tickSize: "0.01",
      lotSize: "0.00001",
      maxQuantity: "1000",
      maxPrice: "100000",
      minNotional: "0.1",
      makerFee: "0.0005",
      takerFee: "0.001"
    }
  ]
} satisfies ExchangeOptions

/** The exchange, but its methods may reject only with codes declared for them. */
export const declaring = (exchange: PromiseExchange): PromiseExchange => {
  const methods = [...operations.values()].filter(isOffered).map(({ name }) => {
    const method = exchange[name as keyof MethodFailures] as (request: unknown) => Promise<unknown>
    const called = async (request: unknown) => {
      try {
        return await method(request)
      } catch (error) {
        const { code } = error as ExchangeError
        if (code !== "Failed" && !isFailure(error, name as keyof MethodFailures))
          throw new Error(`${name} rejected with ${code}, which it does not declare`)
        throw error
      }
    }
    return [name, called]
  })
  return { ...exchange, ...Object.fromEntries(methods) }
}

/** An exchange with a market and two accounts that can trade. */
export const trading = async (options: ExchangeOptions = {}) =>
  funded(declaring(await createExchange({ ...listed, ...options })))

/** The exchange with two accounts that can trade. */
export const funded = async (exchange: PromiseExchange) => {
  const { account: alice } = await exchange.openAccount({ reference: "alice" })
  const { account: bob } = await exchange.openAccount({ reference: "bob" })
  await exchange.credit({ account: alice, asset: "USDT", amount: "100000" })
  await exchange.credit({ account: bob, asset: "BTC", amount: "10" })
  return { alice, bob, exchange }
}

/** Returns the error a call rejects with; any other outcome fails the test. */
export const errorOf = async (call: Promise<unknown>): Promise<ExchangeError> => {
  try {
    await call
  } catch (error) {
    if (error instanceof ExchangeError) return error
    throw error
  }
  throw new Error("the call was answered, and an error was expected")
}

/** Everything a refusal must leave unchanged. */
export const picture = async (exchange: PromiseExchange, accounts: ReadonlyArray<number>) => ({
  balances: await Promise.all([1, ...accounts].map((account) => exchange.balances({ account }))),
  orders: await Promise.all(accounts.map((account) => exchange.openOrders({ account }))),
  depth: await exchange.depth({ market: "BTC-USDT" }),
  conservation: await exchange.conservation(),
  markets: await exchange.markets(),
  assets: await exchange.assets()
})
