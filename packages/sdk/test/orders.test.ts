/**
 * Order types beyond limit and market, through the Promise API. The engine's own tests prove what
 * it does with each.
 */
import { assert, describe, it } from "vitest"
import { errorOf, trading } from "./support.ts"

const market = "BTC-USDT"

/** Alice has USDT, bob has BTC, and both have some of the other; the last price is 100. */
const opened = async () => {
  const all = await trading()
  const { alice, bob, exchange } = all
  await exchange.credit({ account: alice, asset: "BTC", amount: "10" })
  await exchange.credit({ account: bob, asset: "USDT", amount: "100000" })
  const sell = (price: string, quantity = "1") =>
    exchange.place({ account: bob, market, side: "sell", price, quantity })
  const buy = (price: string, quantity = "1") =>
    exchange.place({ account: bob, market, side: "buy", price, quantity })
  /** A trade at this price between others. */
  const trade = async (price: string) => {
    await exchange.place({
      account: bob,
      market,
      side: "sell",
      price,
      quantity: "0.01",
      selfTradePrevention: "none"
    })
    const taken = await exchange.place({
      account: bob,
      market,
      side: "buy",
      price,
      quantity: "0.01",
      selfTradePrevention: "none"
    })
    assert.strictEqual(taken.fills[0]?.price, price)
  }
  await trade("100")
  const statusOf = async (order: number) =>
    (await exchange.openOrder({ account: alice, order }))?.status
  const balance = async (asset: string) =>
    (await exchange.balances({ account: alice })).find((balance) => balance.asset === asset)!
  return { ...all, sell, buy, trade, statusOf, balance }
}

describe("conditional orders", () => {
  it("a stop-loss waits with its funds held, and sells at any price when its trigger comes", async () => {
    const { alice, balance, buy, exchange, statusOf, trade } = await opened()
    const stop = await exchange.place({
      account: alice,
      market,
      side: "sell",
      type: "market",
      quantity: "1",
      trigger: { kind: "stopLoss", price: "95" }
    })
    assert.deepInclude(stop, { status: "waiting", remainingQuantity: "1", fills: [] })
    assert.deepInclude(await exchange.openOrder({ account: alice, order: stop.order }), {
      status: "waiting",
      type: "market",
      price: undefined,
      trigger: { kind: "stopLoss", price: "95" }
    })
    assert.deepInclude(await balance("BTC"), { available: "9", held: "1" })
    await buy("94", "2")
    await trade("96")
    assert.strictEqual(await statusOf(stop.order), "waiting")
    await trade("95")
    // The next command executes what the trade made due.
    await exchange.setPrice({ market, priceSource: "any", price: "1" })
    assert.isUndefined(await statusOf(stop.order))
    assert.deepInclude(await balance("BTC"), { available: "9", held: "0" })
    assert.deepInclude(await balance("USDT"), { available: "100093.906" })
  })

  it("a trailing stop follows the price up and fires when it falls by its offset", async () => {
    const { alice, exchange, statusOf, trade } = await opened()
    const stop = await exchange.place({
      account: alice,
      market,
      side: "sell",
      price: "90",
      quantity: "1",
      trigger: { kind: "stopLoss", offsetBasisPoints: 500 }
    })
    for (const price of ["96", "120", "114.01"]) await trade(price)
    assert.strictEqual(await statusOf(stop.order), "waiting")
    await trade("114")
    await exchange.setPrice({ market, priceSource: "any", price: "1" })
    assert.strictEqual(await statusOf(stop.order), "open")
  })

  it("error: a trigger that has come already is refused", async () => {
    const { alice, exchange } = await opened()
    const order = { account: alice, market, side: "sell", price: "90", quantity: "1" } as const
    const at = (price: string) => exchange.place({ ...order, trigger: { kind: "stopLoss", price } })
    assert.strictEqual((await errorOf(at("100"))).code, "WouldTrigger")
    assert.strictEqual((await at("99.99")).status, "waiting")
  })
})

describe("icebergs and post-only", () => {
  it("the book shows a part at a time", async () => {
    const { alice, exchange, sell } = await opened()
    const order = {
      account: alice,
      market,
      side: "buy",
      price: "99",
      quantity: "5",
      displayQuantity: "1"
    } as const
    const placed = await exchange.place(order)
    assert.deepStrictEqual((await exchange.depth({ market })).bids, [["99", "1"]])
    await sell("99", "1.5")
    assert.deepStrictEqual((await exchange.depth({ market })).bids, [["99", "0.5"]])
    assert.deepInclude(await exchange.openOrder({ account: alice, order: placed.order }), {
      displayQuantity: "1",
      filledQuantity: "1.5",
      remainingQuantity: "3.5"
    })
  })

  it("a preview knows nothing of what the book hides", async () => {
    const { alice, bob, exchange } = await opened()
    await exchange.place({
      account: bob,
      market,
      side: "sell",
      price: "101",
      quantity: "5",
      displayQuantity: "1"
    })
    const order = { account: alice, market, side: "buy", type: "market", quantity: "3" } as const
    const preview = await exchange.preview(order)
    assert.deepInclude(preview, { filledQuantity: "1", filledNotional: "101", held: "101" })
    const whole = exchange.preview({ ...order, timeInForce: "FOK" })
    assert.strictEqual((await errorOf(whole)).code, "FillOrKillUnfilled")
    assert.deepInclude(await exchange.place(order), { status: "filled", filledQuantity: "3" })
  })

  it("a post-only order slides to where it rests, or is refused", async () => {
    const { alice, exchange, sell } = await opened()
    await sell("101")
    const order = { account: alice, market, side: "buy", price: "102", quantity: "1" } as const
    assert.strictEqual(
      (await errorOf(exchange.place({ ...order, postOnly: true }))).code,
      "PostOnlyWouldCross"
    )
    assert.deepInclude(await exchange.place({ ...order, postOnly: "slide" }), {
      status: "open",
      price: "100.99"
    })
  })
})

describe("self-trade prevention", () => {
  it("the resting order of the same owner expires, unless the incoming one says otherwise", async () => {
    const { alice, exchange } = await opened()
    const resting = await exchange.place({
      account: alice,
      market,
      side: "sell",
      price: "101",
      quantity: "1"
    })
    const buy = { account: alice, market, side: "buy", price: "101", quantity: "1" } as const
    assert.deepInclude(await exchange.place({ ...buy, selfTradePrevention: "expireTaker" }), {
      status: "expired",
      endReason: "selfTrade"
    })
    assert.deepInclude(await exchange.place(buy), { status: "open", fills: [] })
    assert.isUndefined(await exchange.openOrder({ account: alice, order: resting.order }))
  })

  it("accounts of one trade group are one owner", async () => {
    const { alice, bob, exchange, sell } = await opened()
    for (const account of [alice, bob]) await exchange.setAccountTerms({ account, tradeGroup: 7 })
    const resting = await sell("101")
    await exchange.place({ account: alice, market, side: "buy", price: "101", quantity: "1" })
    assert.isUndefined(await exchange.openOrder({ account: bob, order: resting.order }))
  })
})

describe("amending", () => {
  it("what self-trade prevention removed is not filled, and not open", async () => {
    const { alice, exchange } = await opened()
    const order = { account: alice, market, side: "buy", price: "100", quantity: "10" } as const
    const { order: buy } = await exchange.place(order)
    await exchange.place({
      ...order,
      side: "sell",
      quantity: "3",
      selfTradePrevention: "decrement"
    })
    const open = await exchange.openOrder({ account: alice, order: buy })
    assert.deepInclude(open, {
      status: "open",
      filledQuantity: "0",
      preventedQuantity: "3",
      remainingQuantity: "7"
    })
    const amended = await exchange.amend({ account: alice, market, order: buy, quantity: "8" })
    assert.deepInclude(amended, {
      status: "open",
      quantity: "8",
      filledQuantity: "0",
      remainingQuantity: "5",
      preventedQuantity: "3",
      filledNotional: "0",
      fee: "0"
    })
    assert.deepInclude(await exchange.cancel({ account: alice, order: buy }), {
      filledQuantity: "0",
      cancelledQuantity: "5"
    })
  })

  it("figures cover all fills, those before it too, and its name stays", async () => {
    const { alice, exchange, sell } = await opened()
    await exchange.setMarketFees({ market, makerFee: "0.001", takerFee: "0.002" })
    const order = { account: alice, market, side: "buy", price: "100", quantity: "10" } as const
    await exchange.place({ ...order, clientOrderId: "mine" })
    await sell("100", "4")
    await sell("101", "2")
    const named = { account: alice, market, clientOrderId: "mine" } as const
    const before = {
      clientOrderId: "mine",
      status: "partiallyFilled",
      filledQuantity: "4",
      filledNotional: "400",
      fee: "0.004",
      keptPriority: true
    } as const
    assert.deepInclude(await exchange.amend({ ...named, quantity: "9" }), {
      ...before,
      remainingQuantity: "5"
    })
    const { fills, ...amended } = await exchange.amend({ ...named, price: "101" })
    assert.deepInclude(amended, {
      clientOrderId: "mine",
      filledQuantity: "6",
      filledNotional: "602",
      fee: "0.008",
      remainingQuantity: "3",
      keptPriority: false
    })
    assert.deepStrictEqual(
      fills.map(({ fee, notional }) => ({ fee, notional })),
      [{ notional: "202", fee: "0.004" }]
    )
  })
})

describe("lists", () => {
  const pair = [
    { side: "sell", price: "110", quantity: "1", postOnly: true },
    { side: "sell", type: "market", quantity: "1", trigger: { kind: "stopLoss", price: "90" } }
  ] as const

  it("OCO: one cancels the other, and the quantity is held once", async () => {
    const { alice, balance, bob, exchange, statusOf } = await opened()
    const { orders } = await exchange.placeList({
      account: alice,
      market,
      contingency: "OCO",
      orders: pair
    })
    assert.deepStrictEqual(
      orders.map((order) => order.status),
      ["open", "waiting"]
    )
    assert.deepInclude(await balance("BTC"), { available: "9", held: "1" })
    await exchange.place({ account: bob, market, side: "buy", price: "110", quantity: "0.4" })
    assert.strictEqual(await statusOf(orders[0]!.order), "partiallyFilled")
    assert.isUndefined(await statusOf(orders[1]!.order))
    assert.deepInclude(await balance("BTC"), { available: "9", held: "0.6" })
  })

  it("OTOCO: the pair begins when the working order is filled, and goes as a whole", async () => {
    const { alice, exchange, sell, statusOf } = await opened()
    const { list, orders } = await exchange.placeList({
      account: alice,
      market,
      contingency: "OTOCO",
      clientListId: "bracket-1",
      orders: [{ side: "buy", price: "99", quantity: "1" }, ...pair]
    })
    const statuses = async () => Promise.all(orders.map(({ order }) => statusOf(order)))
    assert.deepStrictEqual(await statuses(), ["open", "waiting", "waiting"])
    await sell("99")
    await exchange.setPrice({ market, priceSource: "any", price: "1" })
    assert.deepStrictEqual(await statuses(), [undefined, "open", "waiting"])
    const cancelled = await exchange.cancelList({ account: alice, clientListId: "bracket-1" })
    assert.deepStrictEqual(
      cancelled.orders,
      orders.slice(1).map(({ order }) => order)
    )
    assert.strictEqual(
      (await errorOf(exchange.cancelList({ account: alice, list }))).code,
      "UnknownOrderList"
    )
  })

  it("exits that say no quantity get all that was bought, less the fee, and both legs have it", async () => {
    const { alice, exchange, sell } = await opened()
    await exchange.setMarketFees({ market, tier: 0, makerFee: "0.01", takerFee: "0.01" })
    const { orders } = await exchange.placeList({
      account: alice,
      market,
      contingency: "OTOCO",
      orders: [
        { side: "buy", price: "99", quantity: "1" },
        { side: "sell", price: "110", postOnly: true },
        { side: "sell", type: "market", trigger: { kind: "stopLoss", price: "90" } }
      ]
    })
    await sell("99")
    await exchange.setPrice({ market, priceSource: "any", price: "1" })
    const exits = await Promise.all(
      orders.slice(1).map(({ order }) => exchange.openOrder({ account: alice, order }))
    )
    assert.deepStrictEqual(
      exits.map((exit) => [exit?.status, exit?.quantity]),
      [
        ["open", "0.99"],
        ["waiting", "0.99"]
      ]
    )
  })

  it("error: only exits may leave out their quantity", async () => {
    const { alice, exchange } = await opened()
    const buy = { side: "buy", price: "99" } as const
    const sized = { ...buy, quantity: "1" }
    const atMarket = { side: "buy", type: "market" } as const
    for (const [contingency, orders, code] of [
      ["OTO", [buy, { side: "sell", price: "110" }], "MissingField"],
      ["OTO", [sized, buy], "MissingField"],
      ["OTO", [sized, atMarket], "QuantityOrBudget"],
      ["OCO", [{ side: "sell", price: "110", postOnly: true }, pair[1]], "MissingField"]
    ] as const) {
      const error = await errorOf(
        exchange.placeList({ account: alice, market, contingency, orders })
      )
      assert.deepStrictEqual([error.code, error.details["field"]], [code, "quantity"])
    }
  })

  it("error: a pair of which the stop is on the wrong side is refused whole", async () => {
    const { alice, balance, exchange } = await opened()
    const wrong = [pair[0], { ...pair[1], trigger: { kind: "stopLoss", price: "115" } }] as const
    const error = await errorOf(
      exchange.placeList({ account: alice, market, contingency: "OCO", orders: wrong })
    )
    assert.strictEqual(error.code, "ListPricesInvalid")
    assert.deepInclude(await balance("BTC"), { held: "0" })
  })
})

describe("replacing and cancelling", () => {
  it("replaces an order by another, whose refusal does not bring it back", async () => {
    const { alice, exchange } = await opened()
    const first = await exchange.place({
      account: alice,
      market,
      side: "buy",
      price: "90",
      quantity: "1"
    })
    const replaced = await exchange.replace({
      account: alice,
      market,
      order: first.order,
      by: { side: "buy", price: "91", quantity: "1", clientOrderId: "second" }
    })
    assert.deepInclude(replaced, { refused: {} })
    assert.strictEqual(replaced.cancelled?.order, first.order)
    assert.strictEqual(replaced.placed?.price, "91")
    const refused = await exchange.replace({
      account: alice,
      market,
      clientOrderId: "second",
      by: { side: "sell", price: "91", quantity: "11" }
    })
    assert.deepInclude(refused, { placed: undefined, refused: { place: "InsufficientFunds" } })
    assert.lengthOf(await exchange.openOrders({ account: alice }), 0)
    const anyway = await exchange.replace({
      account: alice,
      market,
      clientOrderId: "second",
      placeAnyway: true,
      by: { side: "buy", price: "92", quantity: "1" }
    })
    assert.deepInclude(anyway, { cancelled: undefined, refused: { cancel: "UnknownOrder" } })
  })

  it("the timer cancels all that is open, and one side can be cancelled alone", async () => {
    const { alice, exchange } = await opened()
    const bid = await exchange.place({
      account: alice,
      market,
      side: "buy",
      price: "90",
      quantity: "1"
    })
    await exchange.place({ account: alice, market, side: "sell", price: "110", quantity: "1" })
    assert.deepStrictEqual((await exchange.cancelAll({ account: alice, side: "buy" })).orders, [
      bid.order
    ])
    const { deadline, sequence } = await exchange.cancelAfter({ account: alice, delay: 5 })
    assert.isNumber(deadline)
    for await (const { command, events } of exchange.entries({ from: sequence + 1 })) {
      assert.strictEqual(command._tag, "AdvanceTime")
      assert.deepInclude(events[1], { _tag: "OrderEnded", reason: "cancelAfter" })
      break
    }
    assert.lengthOf(await exchange.openOrders({ account: alice }), 0)
    assert.isUndefined((await exchange.cancelAfter({ account: alice, delay: 0 })).deadline)
  })
})

describe("rules of a market", () => {
  it("error: prices outside the band, positions past the bound and steps outside the range are refused or expire", async () => {
    const { alice, exchange, sell } = await opened()
    await exchange.setMarketRules({
      market,
      buyBand: { down: "0.8", up: "1.2" },
      range: { up: "1.05" },
      maxPosition: "12"
    })
    const buy = { account: alice, market, side: "buy", quantity: "1" } as const
    assert.strictEqual(
      (await errorOf(exchange.place({ ...buy, price: "120.01" }))).code,
      "PriceOutsideBand"
    )
    assert.strictEqual(
      (await errorOf(exchange.place({ ...buy, quantity: "3", price: "90" }))).code,
      "PositionTooLarge"
    )
    await sell("104", "0.5")
    await sell("106", "0.5")
    assert.deepInclude(await exchange.place({ ...buy, type: "market" }), {
      status: "expired",
      endReason: "priceRange",
      filledQuantity: "0.5"
    })
  })

  it("fees go by the tier of the account", async () => {
    const { alice, exchange, sell } = await opened()
    await exchange.setMarketFees({ market, tier: 3, makerFee: "0", takerFee: "0.0002" })
    await exchange.setAccountTerms({ account: alice, feeTier: 3 })
    await sell("101")
    const taken = await exchange.place({
      account: alice,
      market,
      side: "buy",
      price: "101",
      quantity: "1"
    })
    assert.strictEqual(taken.fee, "0.0002")
  })
})
