/** What `completion.test.ts` has completed, as a caller would write it. */
import { Effect } from "effect"
import { type ExchangeService, isFailure, type PromiseExchange } from "../../src/index.ts"

export const placed = async (exchange: PromiseExchange, account: number): Promise<boolean> => {
  try {
    await exchange.place({ account, market: "BTC-USDT", side: "buy", price: "1", quantity: "1" })
    return true
  } catch (error) {
    if (isFailure(error, "place") && error.code === "InsufficientFunds") return false
    throw error
  }
}

export const funded = (exchange: ExchangeService, account: number) =>
  Effect.catchReason(
    exchange.place({ account, market: "BTC-USDT", side: "buy", price: "1", quantity: "1" }),
    "Refused",
    "InsufficientFunds",
    () => Effect.void
  )
