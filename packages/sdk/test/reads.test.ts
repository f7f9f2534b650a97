/** Reads of the venue's markets, accounts and orders, through the Promise API. */
import { assert, describe, it } from "vitest"
import { errorOf, trading } from "./support.ts"

const market = "BTC-USDT"

describe("reads of a market", () => {
  it("its rules come in the form in which they are set: read, change one, set all", async () => {
    const { exchange } = await trading()
    assert.deepStrictEqual(await exchange.marketRules({ market }), { market })
    const rules = {
      market,
      minPrice: "0.5",
      minMarketQuantity: "0.001",
      maxMarketQuantity: "50",
      minNotionalForMarket: true,
      maxNotionalForMarket: true,
      buyBand: { down: "0.8", up: "1.2" },
      sellBand: { up: "5" },
      range: { down: "0.95" },
      maxPosition: "12",
      triggerSource: "index"
    }
    await exchange.setMarketRules(rules)
    assert.deepStrictEqual(await exchange.marketRules({ market }), rules)
    await exchange.setMarketRules({
      ...(await exchange.marketRules({ market })),
      maxPosition: "13"
    })
    assert.deepStrictEqual(await exchange.marketRules({ market }), { ...rules, maxPosition: "13" })
  })

  it("lists the fee tiers that have fees of their own", async () => {
    const { exchange } = await trading()
    await exchange.setMarketFees({ market, tier: 3, makerFee: "0", takerFee: "0.0002" })
    assert.deepStrictEqual(await exchange.feeTiers({ market }), [
      { tier: 0, makerFee: "0.0005", takerFee: "0.001" },
      { tier: 3, makerFee: "0", takerFee: "0.0002" }
    ])
  })

  it("tells the price of the last trade, those that were set, and which of them counts", async () => {
    const { alice, bob, exchange } = await trading()
    const none = { market, price: undefined, referencePrice: undefined, setPrices: [] }
    assert.deepStrictEqual(await exchange.lastPrice({ market }), none)
    await exchange.place({ account: bob, market, side: "sell", price: "100", quantity: "1" })
    await exchange.place({ account: alice, market, side: "buy", price: "100", quantity: "1" })
    await exchange.setPrice({ market, priceSource: "index", price: "101.5" })
    const setPrices = [{ priceSource: "index", price: "101.5" }]
    const traded = { market, price: "100", referencePrice: "100", setPrices }
    assert.deepStrictEqual(await exchange.lastPrice({ market }), traded)
    await exchange.setMarketRules({ market, triggerSource: "index" })
    assert.deepStrictEqual(await exchange.lastPrice({ market }), {
      ...traded,
      referencePrice: "101.5"
    })
  })

  it("error: a market that is not listed", async () => {
    const { exchange } = await trading()
    for (const read of [exchange.marketRules, exchange.feeTiers, exchange.lastPrice]) {
      assert.strictEqual((await errorOf(read({ market: "NO-SUCH" }))).code, "UnknownMarket")
    }
  })
})

describe("reads of an account", () => {
  it("tells its terms, and when its timer cancels its orders", async () => {
    const { alice: account, exchange } = await trading()
    const terms = { account, feeTier: 0, tradeGroup: 0, cancelDeadline: undefined }
    assert.deepStrictEqual(await exchange.accountTerms({ account }), terms)
    await exchange.setAccountTerms({ account, feeTier: 3, tradeGroup: 4_294_967_295 })
    const { deadline } = await exchange.cancelAfter({ account, delay: 60_000 })
    assert.deepStrictEqual(await exchange.accountTerms({ account }), {
      account,
      feeTier: 3,
      tradeGroup: 4_294_967_295,
      cancelDeadline: deadline
    })
    await exchange.cancelAfter({ account, delay: 0 })
    assert.isUndefined((await exchange.accountTerms({ account })).cancelDeadline)
  })

  it("lists its holds until they end, and no order's", async () => {
    const { alice: account, bob, exchange } = await trading()
    const usdt = { asset: "USDT", amount: "7.5" }
    const first = await exchange.hold({ account, ...usdt, reference: "withdrawal-1" })
    const second = await exchange.hold({ account, asset: "USDT", amount: "1" })
    const third = await exchange.hold({ account, asset: "USDT", amount: "2" })
    await exchange.hold({ account: bob, asset: "BTC", amount: "1" })
    await exchange.place({ account, market, side: "buy", price: "100", quantity: "1" })
    await exchange.settleHold({ hold: second.hold })
    assert.deepStrictEqual(await exchange.holds({ account }), [
      { hold: first.hold, ...usdt, reference: "withdrawal-1" },
      { hold: third.hold, asset: "USDT", amount: "2", reference: undefined }
    ])
    await exchange.releaseHold({ hold: first.hold })
    await exchange.releaseHold({ hold: third.hold })
    assert.deepStrictEqual(await exchange.holds({ account }), [])
  })

  it("error: an account that does not exist", async () => {
    const { exchange } = await trading()
    for (const read of [exchange.accountTerms, exchange.holds, exchange.openLists]) {
      assert.strictEqual((await errorOf(read({ account: 99_999 }))).code, "UnknownAccount")
    }
  })
})

describe("reads of orders that wait", () => {
  /** The last price is 100. */
  const opened = async () => {
    const all = await trading()
    const { alice, bob, exchange } = all
    await exchange.credit({ account: alice, asset: "BTC", amount: "10" })
    const trade = async (price: string) => {
      await exchange.place({ account: bob, market, side: "sell", price, quantity: "0.01" })
      await exchange.place({ account: alice, market, side: "buy", price, quantity: "0.01" })
    }
    await trade("100")
    return { ...all, trade }
  }

  it("a leg waits for its working order first, and then for its price", async () => {
    const { alice: account, bob, exchange } = await opened()
    const { list, orders } = await exchange.placeList({
      account,
      market,
      contingency: "OTOCO",
      clientListId: "entry",
      orders: [
        { side: "buy", price: "99", quantity: "1" },
        { side: "sell", price: "110", quantity: "0.5", postOnly: true },
        {
          side: "sell",
          type: "market",
          quantity: "0.5",
          trigger: { kind: "stopLoss", price: "90" }
        }
      ]
    })
    const waiting = async () =>
      (await exchange.openOrders({ account })).map(({ status, triggerPrice, waitsFor }) => ({
        status,
        triggerPrice,
        waitsFor
      }))
    const leg = { status: "waiting", triggerPrice: undefined, waitsFor: "workingOrder" } as const
    const inBook = { status: "open", triggerPrice: undefined, waitsFor: undefined } as const
    assert.deepStrictEqual(await waiting(), [inBook, leg, leg])
    const ids = orders.map(({ order }) => order)
    const shown = {
      list,
      clientListId: "entry",
      market,
      contingency: "OTOCO",
      orders: ids
    } as const
    assert.deepStrictEqual(await exchange.openLists({ account }), [shown])
    assert.deepStrictEqual(await exchange.openLists({ account: bob }), [])

    await exchange.place({ account: bob, market, side: "sell", price: "99", quantity: "1" })
    await exchange.setPrice({ market, priceSource: "any", price: "1" })
    const stop = { status: "waiting", triggerPrice: "90", waitsFor: "trigger" } as const
    assert.deepStrictEqual(await waiting(), [inBook, stop])
    assert.deepStrictEqual(await exchange.openLists({ account }), [shown])
    await exchange.cancelList({ account, clientListId: "entry" })
    assert.deepStrictEqual(await exchange.openLists({ account }), [])
  })

  it("a trailing order shows where its trigger stands, once it trails", async () => {
    const { alice: account, exchange, trade } = await opened()
    const sell = { account, market, side: "sell", type: "market", quantity: "1" } as const
    await exchange.place({ ...sell, trigger: { kind: "stopLoss", offsetBasisPoints: 500 } })
    await exchange.place({ ...sell, trigger: { kind: "takeProfit", price: "115", offset: "2" } })
    const triggers = async () =>
      (await exchange.openOrders({ account })).map(({ triggerPrice }) => triggerPrice)
    assert.deepStrictEqual(await triggers(), ["95", undefined])
    await trade("110")
    assert.deepStrictEqual(await triggers(), ["104.5", undefined])
    await trade("120")
    assert.deepStrictEqual(await triggers(), ["114", "118"])
    await trade("119")
    assert.deepStrictEqual(await triggers(), ["114", "118"])
  })
})
