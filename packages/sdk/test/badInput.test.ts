/** Every kind of bad input has a code of its own, a retry class, and changes nothing. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import {
  createExchange,
  idempotencyKey,
  type PlaceLimit,
  type PromiseExchange
} from "../src/index.ts"
import { isCode } from "@pandora-exchange/contract/failures"
import { errorOf, picture, trading } from "./support.ts"

let exchange: PromiseExchange
let alice: number
let bob: number
let restingOrder: number

beforeAll(async () => {
  ;({ alice, bob, exchange } = await trading())
  const order = {
    account: bob,
    market: "BTC-USDT",
    side: "sell",
    price: "50000",
    quantity: "1"
  } as const
  restingOrder = (await exchange.place({ ...order, clientOrderId: "mine" })).order
})
afterAll(() => exchange.close())

const order = (changes: object = {}): PlaceLimit => ({
  account: alice,
  market: "BTC-USDT",
  side: "buy",
  price: "40000",
  quantity: "0.1",
  ...changes
})

/** The call fails with this code, never safe to retry, and changes nothing. */
const refuses = async (call: () => Promise<unknown>, code: string, field?: string) => {
  const before = await picture(exchange, [alice, bob])
  const hash = await exchange.stateHash()
  const error = await errorOf(call())
  assert.strictEqual(error.code, code)
  assert.strictEqual(error.retry, "never")
  assert.isTrue(isCode(code))
  assert.notStrictEqual(error.message, "")
  if (field !== undefined) {
    assert.strictEqual(error.details["field"], field)
    // Invalid input does not even take a sequence.
    assert.strictEqual(await exchange.stateHash(), hash)
  }
  assert.deepStrictEqual(await picture(exchange, [alice, bob]), before)
}

describe("numbers", () => {
  const decimals: ReadonlyArray<readonly [title: string, value: unknown, code: string]> = [
    ["a number instead of text", 0.1, "DecimalNotText"],
    ["null", null, "DecimalNotText"],
    ["nothing", undefined, "DecimalNotText"],
    ["NaN", "NaN", "DecimalMalformed"],
    ["Infinity", "Infinity", "DecimalMalformed"],
    ["an empty text", "", "DecimalBlank"],
    ["blanks", "   ", "DecimalBlank"],
    ["a blank in front", " 1", "DecimalMalformed"],
    ["a plus sign", "+1", "DecimalSigned"],
    ["a minus sign", "-1", "DecimalSigned"],
    ["an exponent", "1e3", "DecimalExponent"],
    ["hex", "0x10", "DecimalMalformed"],
    ["a separator", "1,000", "DecimalMalformed"],
    ["an underscore", "1_000", "DecimalMalformed"],
    ["digits of another script", "１２", "DecimalMalformed"],
    ["two points", "1.2.3", "DecimalMalformed"],
    ["a point at the end", "1.", "DecimalMalformed"],
    ["a point in front", ".5", "DecimalMalformed"],
    ["a leading zero", "01", "DecimalMalformed"],
    ["65 digits", "1".repeat(65), "DecimalTooLong"],
    ["a megabyte of digits", "1".repeat(1_000_000), "DecimalTooLong"],
    ["2^64 whole units", "18446744073709551616", "DecimalTooLarge"]
  ]
  it.each(decimals)("error: %s as a quantity", async (_, quantity, code) => {
    await refuses(() => exchange.place(order({ quantity })), code, "quantity")
  })
  it.each(decimals)("error: %s as a price", async (_, price, code) => {
    await refuses(
      () => exchange.place(order({ price })),
      price === undefined ? "PriceMissing" : code,
      "price"
    )
  })
  it.each(decimals)("error: %s as an amount", async (_, amount, code) => {
    await refuses(
      () => exchange.credit({ account: alice, asset: "USDT", amount } as never),
      code,
      "amount"
    )
  })

  it("error: more decimals than the asset has", async () => {
    await refuses(
      () => exchange.place(order({ quantity: "0.123456789" })),
      "DecimalTooPrecise",
      "quantity"
    )
    await refuses(
      () => exchange.credit({ account: alice, asset: "USDT", amount: "0.000000001" }),
      "DecimalTooPrecise",
      "amount"
    )
  })
  it("error: a quantity between two lots, a price between two ticks", async () => {
    await refuses(() => exchange.place(order({ quantity: "0.000001" })), "OffLot", "quantity")
    await refuses(() => exchange.place(order({ price: "40000.001" })), "OffTick", "price")
  })
  it("takes zeros behind the last decimal", async () => {
    const placed = await exchange.place(order({ price: "40000.0000", quantity: "0.10000000000" }))
    assert.deepInclude(await exchange.cancel({ account: alice, order: placed.order }), {
      cancelledQuantity: "0.1"
    })
  })

  it.each([
    ["zero quantity", { quantity: "0" }, "QuantityZero"],
    ["zero price", { price: "0.00" }, "PriceZero"],
    ["above the market's quantity", { quantity: "1000.00001" }, "QuantityTooLarge"],
    ["2^53 lots", { quantity: "90071992547.40992" }, "QuantityTooLarge"],
    ["2^53 ticks", { price: "90071992547409.92" }, "PriceTooHigh"],
    ["2^63 - 1 ledger units as a quantity", { quantity: "92233720368.5477" }, "QuantityTooLarge"],
    ["above the market's price", { price: "100000.01" }, "PriceTooHigh"],
    ["below the market's notional", { quantity: "0.00001", price: "0.01" }, "NotionalTooSmall"],
    ["a notional past 2^53 ledger units", { quantity: "1000", price: "100000" }, "NotionalTooLarge"]
  ])("error: %s", async (_, changes, code) => {
    await refuses(() => exchange.place(order(changes)), code)
  })

  it("error: amounts at 2^63", async () => {
    await refuses(
      () => exchange.credit({ account: alice, asset: "USDT", amount: "92233720368.54775808" }),
      "DecimalTooLarge",
      "amount"
    )
    await refuses(
      () => exchange.credit({ account: alice, asset: "USDT", amount: "92233720368.54775807" }),
      "BalanceTooLarge"
    )
    await refuses(
      () => exchange.credit({ account: alice, asset: "USDT", amount: "0" }),
      "AmountNotPositive"
    )
  })
})

describe("names", () => {
  it.each([
    ["an unknown market", { market: "BTC-EUR" }, "UnknownMarket", "market"],
    ["no market", { market: undefined }, "UnknownMarket", "market"],
    ["a side that is none", { side: "Buy" }, "NotOneOf", "side"],
    ["a time in force that is none", { timeInForce: "DAY" }, "NotOneOf", "timeInForce"],
    ["a type that is none", { type: "stop" }, "NotOneOf", "type"],
    ["an account that is no number", { account: "1000" }, "NotAnAccount", "account"],
    ["account 0", { account: 0 }, "NotAnAccount", "account"],
    ["account 1.5", { account: 1.5 }, "NotAnAccount", "account"],
    ["an account past 2^32", { account: 4_294_967_296 }, "NotAnAccount", "account"],
    ["a misspelt field", { pirce: "1" }, "UnknownField", "pirce"],
    ["__proto__ as a field", JSON.parse('{"__proto__": 1}'), "UnknownField", "__proto__"],
    ["a budget on a limit order", { budget: "1" }, "NotForLimitOrders", "budget"],
    [
      "a client order id with other characters",
      { clientOrderId: "é" },
      "MalformedText",
      "clientOrderId"
    ],
    [
      "a client order id of 65 characters",
      { clientOrderId: "a".repeat(65) },
      "MalformedText",
      "clientOrderId"
    ],
    ["post-only that is no boolean", { postOnly: "yes" }, "NotABoolean", "postOnly"],
    ["a deadline that is no time", { deadline: "tomorrow" }, "NotATime", "deadline"],
    ["an invalid date", { deadline: new Date("never") }, "NotATime", "deadline"]
  ])("error: %s", async (_, changes, code, field) => {
    await refuses(() => exchange.place(order(changes)), code, field)
  })

  it.each([
    ["an account that does not exist", { account: 999_999 }, "UnknownAccount"],
    ["the venue's external account", { account: 2 }, "AccountCannotTrade"],
    ["a client order id of 37 characters", { clientOrderId: "a".repeat(37) }, "MalformedText"],
    ["post-only and immediate", { postOnly: true, timeInForce: "IOC" }, "CombinationNotSupported"],
    ["GTD without a deadline", { timeInForce: "GTD" }, "CombinationNotSupported"],
    [
      "a deadline without GTD",
      { timeInForce: "GTC", deadline: 9_000_000_000_000 },
      "CombinationNotSupported"
    ],
    ["a deadline that has passed", { deadline: new Date(1_000) }, "DeadlinePassed"],
    ["more than there is", { quantity: "10" }, "InsufficientFunds"],
    ["post-only that would trade", { price: "50000", postOnly: true }, "PostOnlyWouldCross"],
    [
      "fill or kill that cannot fill",
      { price: "50000", quantity: "1.5", timeInForce: "FOK" },
      "FillOrKillUnfilled"
    ]
  ])("error: %s", async (_, changes, code) => {
    await refuses(() => exchange.place(order(changes)), code)
  })

  it.each([
    ["a price", { price: "1" }, "NotForMarketOrders", "price"],
    ["a quantity and a budget", { budget: "1" }, "QuantityOrBudget", "quantity"],
    ["neither quantity nor budget", { quantity: undefined }, "QuantityOrBudget", "quantity"]
  ])("error: a market order with %s", async (_, changes, code, field) => {
    const request = {
      account: alice,
      market: "BTC-USDT",
      side: "buy",
      type: "market",
      quantity: "1",
      ...changes
    }
    await refuses(() => exchange.place(request as never), code, field)
  })

  it("error: orders that are not there, have ended, or belong to another", async () => {
    await refuses(() => exchange.cancel({ account: alice, order: 999 }), "UnknownOrder")
    await refuses(() => exchange.cancel({ account: alice, order: restingOrder }), "UnknownOrder")
    await refuses(() => exchange.cancel({ account: alice, clientOrderId: "mine" }), "UnknownOrder")
    await refuses(() => exchange.cancel({ account: alice }), "OrderOrClientOrderId", "order")
    await refuses(() => exchange.cancel({ account: alice, order: -1 }), "NotAnOrder", "order")
    const amend = { market: "BTC-USDT", order: restingOrder, quantity: "0.5" }
    await refuses(() => exchange.amend({ ...amend, account: alice }), "UnknownOrder")
    await refuses(
      () => exchange.amend({ ...amend, account: bob, clientOrderId: "mine" }),
      "OrderOrClientOrderId",
      "order"
    )
    await refuses(() => exchange.openOrder({ account: bob }), "OrderOrClientOrderId", "order")
    await refuses(() => exchange.amend({ ...amend, account: bob, quantity: "1" }), "NothingToAmend")
    await refuses(
      () => exchange.amend({ ...amend, account: bob, quantity: "0" }),
      "QuantityZero",
      "quantity"
    )
  })

  it("error: a client order id that is in use", async () => {
    const request = {
      account: bob,
      market: "BTC-USDT",
      side: "sell",
      price: "60000",
      quantity: "1"
    } as const
    await refuses(
      () => exchange.place({ ...request, clientOrderId: "mine" }),
      "DuplicateClientOrderId"
    )
  })

  it("error: holds, transfers and reversals that cannot be", async () => {
    const amount = { account: alice, asset: "USDT", amount: "1" }
    await refuses(() => exchange.settleHold({ hold: 77 }), "UnknownHold")
    await refuses(() => exchange.releaseHold({ hold: 0 }), "NotAHold", "hold")
    await refuses(() => exchange.hold({ ...amount, amount: "1000000" }), "InsufficientFunds")
    await refuses(() => exchange.hold({ ...amount, asset: "DOGE" }), "UnknownAsset", "asset")
    await refuses(() => exchange.transfer({ ...amount, to: alice }), "SameAccount")
    await refuses(() => exchange.transfer({ ...amount, to: 2 }), "TransferNotAllowed")
    await refuses(() => exchange.transfer({ ...amount, to: 424_242 }), "UnknownReceiver")
    await refuses(() => exchange.reverse({ ...amount, amount: "10000000" }), "InsufficientFunds")
    await refuses(() => exchange.credit({ ...amount, account: 2 }), "AccountKindReserved")
  })

  it("error: the fee of a hold is in the hold's own asset, and a repetition is as the first was", async () => {
    const { hold } = await exchange.hold({ account: alice, asset: "USDT", amount: "1" })
    await refuses(
      () => exchange.settleHold({ hold, asset: "BTC", fee: "0.1" }),
      "HoldOfAnotherAsset",
      "asset"
    )
    assert.strictEqual((await exchange.holds({ account: alice })).at(-1)!.amount, "1")
    const settled = { hold, asset: "USDT", fee: "0.1", key: idempotencyKey() }
    assert.deepStrictEqual(await exchange.settleHold(settled), await exchange.settleHold(settled))
  })

  it("error: questions about what is not there", async () => {
    await refuses(() => exchange.balances({ account: 31_337 }), "UnknownAccount", "account")
    await refuses(() => exchange.depth({ market: "X" }), "UnknownMarket", "market")
    await refuses(
      () => exchange.depth({ market: "BTC-USDT", levels: 0 }),
      "LevelsOutOfRange",
      "levels"
    )
    assert.isUndefined(await exchange.account({ reference: "nobody" }))
  })
})

describe("listing", () => {
  const market = {
    symbol: "USDT-BTC",
    base: "USDT",
    quote: "BTC",
    tickSize: "0.00001",
    lotSize: "0.001"
  }
  it.each([
    ["whose products would not be exact", { tickSize: "0.000001" }, "InexactMarket"],
    ["with a tick of zero", { tickSize: "0" }, "InexactMarket"],
    ["with a lot of zero", { lotSize: "0" }, "InexactMarket"],
    ["that is listed already", { symbol: "BTC-USDT" }, "SymbolTaken"],
    ["of one asset", { quote: "USDT" }, "SameAsset"],
    ["with a malformed symbol", { symbol: "a b" }, "MalformedSymbol"],
    [
      "whose largest notional is past 2^63",
      { maxQuantity: "1000000000", maxPrice: "20000" },
      "BoundsInvalid"
    ],
    ["with contradicting bounds", { minQuantity: "2", maxQuantity: "1" }, "BoundsInvalid"],
    ["with a fee past 10 %", { takerFee: "0.10001" }, "FeeRateTooHigh"]
  ])("error: a market %s", async (_, changes, code) => {
    await refuses(() => exchange.listMarket({ ...market, ...changes }), code)
  })
  it.each([
    ["of an unknown asset", { base: "EUR" }, "UnknownAsset", "base"],
    ["with a fee in percent", { takerFee: "0.1%" }, "DecimalMalformed", "takerFee"],
    ["with a fee that is too fine", { makerFee: "0.000001" }, "DecimalTooPrecise", "makerFee"],
    ["with a misspelt field", { tick: "1" }, "UnknownField", "tick"]
  ])("error: a market %s", async (_, changes, code, field) => {
    await refuses(() => exchange.listMarket({ ...market, ...changes }), code, field)
  })

  it("error: assets that cannot be", async () => {
    await refuses(() => exchange.listAsset({ symbol: "BTC" }), "SymbolTaken")
    await refuses(() => exchange.listAsset({ symbol: "btc" }), "MalformedSymbol")
    await refuses(() => exchange.listAsset({ symbol: "WEI", scale: 19 }), "ScaleTooLarge")
    await refuses(() => exchange.listAsset({ symbol: "WEI", scale: -1 }), "ScaleTooLarge", "scale")
  })

  it("error: an account of a kind that is the venue's own, a reference of another kind", async () => {
    await refuses(() => exchange.openAccount({ kind: "external" as never }), "AccountKindReserved")
    await refuses(() => exchange.openAccount({ kind: "bank" as never }), "NotOneOf", "kind")
    await refuses(
      () => exchange.openAccount({ kind: "house", reference: "alice" }),
      "AccountReferenceTaken"
    )
    await refuses(() => exchange.openAccount({ reference: "al ice" }), "MalformedText")
  })
})

describe("asking again", () => {
  const keyMadeAt = (time: number) => {
    const hex = Math.trunc(time).toString(16).padStart(12, "0")
    return `${hex.slice(0, 8)}-${hex.slice(8)}-7abc-8def-0123456789ab`
  }

  it("error: a key with another content, an expired key, a key of the future, a malformed key", async () => {
    const key = idempotencyKey()
    const first = await exchange.place(order({ key }))
    await refuses(() => exchange.place(order({ key, quantity: "0.2" })), "KeyConflict")
    await refuses(
      () => exchange.place(order({ key: keyMadeAt(Date.now() - 86_400_001) })),
      "KeyExpired"
    )
    await refuses(
      () => exchange.place(order({ key: keyMadeAt(Date.now() + 120_000) })),
      "KeyInFuture"
    )
    await refuses(() => exchange.place(order({ key: "order-1" })), "MalformedKey", "key")
    await refuses(
      () => exchange.place(order({ key, source: { name: "s", number: 1 } })),
      "KeyAndSource",
      "source"
    )
    await exchange.cancel({ account: alice, order: first.order })
  })

  it("error: a source's number that was used, or that leaves a gap", async () => {
    const credit = { account: bob, asset: "BTC", amount: "1" }
    await exchange.credit({ ...credit, source: { name: "deposits", number: 1 } })
    await refuses(
      () => exchange.credit({ ...credit, source: { name: "deposits", number: 1 } }),
      "SourceNumberUsed"
    )
    await refuses(
      () => exchange.credit({ ...credit, source: { name: "deposits", number: 3 } }),
      "SourceNumberGap"
    )
    await refuses(
      () => exchange.credit({ ...credit, source: { name: "deposits", number: 0 } }),
      "NotANumber",
      "source.number"
    )
  })
})

describe("options", () => {
  it.each([
    ["a misspelt option", { storge: { folder: "x" } }, "UnknownField", "storge"],
    ["a storage that is none", { storage: "memmory" }, "StorageMalformed", "storage"],
    ["a storage with a misspelt field", { storage: { foldr: "x" } }, "StorageMalformed", "storage"],
    ["a folder that is no text", { storage: { folder: 7 } }, "StorageMalformed", "storage"],
    [
      "a thread for a journal of one's own",
      { thread: true, storage: { journal: {} } },
      "NotForThreads",
      "storage"
    ]
  ])("error: %s", async (_, options, code, field) => {
    const error = await errorOf(createExchange(options as never))
    assert.deepInclude({ ...error }, { code, retry: "never", details: { field } })
  })

  it("error: a folder that cannot be made says which", async () => {
    const error = await errorOf(createExchange({ storage: { folder: "/dev/null/data" } }))
    assert.strictEqual(error.code, "FolderUnusable")
    assert.include(error.message, "/dev/null/data")
  })
})
