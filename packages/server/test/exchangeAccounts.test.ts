import { AccountId } from "@pandora-exchange/core/Ids"
import { VenueAccounts } from "@pandora-exchange/identity/VenueAccounts"
import { Exchange } from "@pandora-exchange/sdk"
import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { listing } from "../src/Demo.ts"
import * as ExchangeAccounts from "../src/ExchangeAccounts.ts"

const layer = Layer.provideMerge(
  ExchangeAccounts.layer,
  Exchange.layer({ ...listing, storage: "memory" })
)

it.live("an account is opened once for each reference, and is empty without funds", () =>
  Effect.gen(function* () {
    const accounts = yield* VenueAccounts
    const exchange = yield* Exchange
    const account = yield* accounts.open("user:usr_ann")
    assert.strictEqual(yield* accounts.open("user:usr_ann"), account)
    assert.notStrictEqual(yield* accounts.open("user:usr_bob"), account)
    assert.isTrue(yield* accounts.isEmpty(account))
    yield* exchange.credit({ account, asset: "USDT", amount: "0.00000001" })
    assert.isFalse(yield* accounts.isEmpty(account))
  }).pipe(Effect.provide(layer))
)

it.live("an account whose funds are all held is not empty", () =>
  Effect.gen(function* () {
    const accounts = yield* VenueAccounts
    const exchange = yield* Exchange
    const account = yield* accounts.open("user:usr_ann")
    yield* exchange.credit({ account, asset: "USDT", amount: "10" })
    yield* exchange.place({
      account,
      market: "BTC-USDT",
      side: "buy",
      price: "1000",
      quantity: "0.01"
    })
    const [balance] = yield* exchange.balances({ account })
    assert.deepStrictEqual(balance, { asset: "USDT", available: "0", held: "10" })
    assert.isFalse(yield* accounts.isEmpty(account))
  }).pipe(Effect.provide(layer))
)

it.live("error: an account that is not there is no empty one", () =>
  Effect.gen(function* () {
    const accounts = yield* VenueAccounts
    const refused = yield* Effect.flip(accounts.isEmpty(AccountId(4_711)))
    assert.strictEqual(refused._tag, "VenueAccountsUnavailable")
  }).pipe(Effect.provide(layer))
)
