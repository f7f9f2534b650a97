/** What an editor completes for the SDK and the client. */
import { expect, it } from "@effect/vitest"
import { completing } from "./languageServer.ts"

const module_ = `
import { createExchange, ExchangeError, type ExchangeService, isFailure, type PlaceOrder } from "@pandora-exchange/sdk"
import * as client from "@pandora-exchange/client"
import { Effect } from "effect"

const exchange = await createExchange()
declare const service: ExchangeService
declare const order: PlaceOrder
declare const error: unknown
declare const problem: unknown

await exchange.place({ account: 1, market: "BTC-USDT", side: "buy" })
if (isFailure(error, "place") && error.code === "") throw error
if (client.isFailure(problem, "place") && problem.code === "") throw problem
if (problem instanceof client.Problem && problem.code !== "") throw problem
if (error instanceof ExchangeError && error.code !== "") throw error
client.isFailure(error, "")
Effect.catchReason(service.place(order), "Refused", "", () => Effect.void)
`

it("completes methods, fields of a request, and the codes of one method alone", async () => {
  const completedAfter = await completing(module_)
  const expectBoth = async (
    before: string,
    some: ReadonlyArray<string>,
    none: ReadonlyArray<string> = []
  ) => {
    const completed = await completedAfter(before)
    expect([...some, ...none].filter((name) => completed.has(name))).toEqual(some)
  }
  const methods = ["place", "openAccount", "status", "balances", "close"]
  await expectBoth("await exchange.", methods, ["signIn"])
  const fields = ["type", "trigger", "timeInForce", "clientOrderId", "key"]
  await expectBoth("exchange.place({ account: 1, ", fields, ["account"])
  const codes = ["InsufficientFunds", "OffTick", "GuardRefused"]
  await expectBoth('&& error.code === "', codes, ["MalformedUrl", "SymbolTaken"])
  await expectBoth('&& problem.code === "', [...codes, "MalformedUrl"], ["SignInRefused"])
  await expectBoth('problem.code !== "', [...codes, "MalformedUrl", "SignInRefused"])
  await expectBoth('error.code !== "', [...codes, "MalformedUrl", "SymbolTaken"])
  await expectBoth('client.isFailure(error, "', ["place", "signIn"], ["releaseHold"])
  await expectBoth('"Refused", "', ["InsufficientFunds", "UnknownMarket"], ["SymbolTaken"])
})
