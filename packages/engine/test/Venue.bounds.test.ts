/** Values on a limit pass, and values beyond it do not. */
import { type Command, type Event, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { EngineVenue } from "./EngineVenue.ts"
import type { CommandOf, Terms } from "./reference/NaiveState.ts"
import {
  ada,
  advance,
  atMarket,
  base,
  bob,
  budget,
  cancel,
  firstOrder,
  list,
  market,
  order,
  price,
  quote,
  richVenueFrom,
  rules,
  start,
  status,
  terms,
  venues
} from "./venueWith.ts"

/** 2^53 - 1 is price x lots x units of quote in a tick times a lot. */
const most = { priceTicks: 6_361, lots: 69_431, perTickLot: 20_394_401 }

describe.each(venues)("bounds in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const rested = ["OrderAccepted", "OrderRested"]
  const filled = ["OrderAccepted", "Trade", "OrderEnded filled", "OrderEnded filled"]
  const amend = (priceTicks: number, lots: number): CommandOf<"AmendOrder"> => ({
    _tag: "AmendOrder",
    accountId: ada,
    marketId: market,
    ...firstOrder,
    priceTicks,
    lots
  })

  describe("of what one order moves", () => {
    /** Ada has quote for one order of 2^53 - 1, Bob base and quote for two. */
    const dear = (more: Partial<typeof terms> = {}) => {
      const made = venueWith({
        tickMantissa: most.perTickLot,
        ticksMax: 10_000,
        lotsMax: 200_000,
        ...more
      })
      made.credit(ada, quote, 2n ** 53n)
      made.credit(ada, base, 10_000_000n)
      made.credit(bob, quote, 2n ** 54n)
      made.credit(bob, base, 10_000_000n)
      return made
    }
    const { lots, priceTicks } = most

    it("a market buy costs 2^53 - 1 at most", () => {
      const { run, tags } = dear()
      assert.deepStrictEqual(tags(order(bob, "sell", priceTicks, lots)), rested)
      run(order(bob, "sell", priceTicks, 1))
      assert.deepStrictEqual(tags(order(ada, "buy", 0, lots + 1, atMarket)), [
        "Rejected NotionalTooLarge"
      ])
      assert.deepStrictEqual(tags(order(ada, "buy", 0, lots, atMarket)), filled)
    })

    it("what another order found says nothing of a market buy that waits", () => {
      const { run, tags } = dear()
      for (let i = 0; i < 2; i++) run(order(bob, "sell", priceTicks, lots))
      assert.deepStrictEqual(tags(order(ada, "buy", 0, 2 * lots, atMarket)), [
        "Rejected NotionalTooLarge"
      ])
      const stop = { ...atMarket, trigger: "stopLoss", triggerTicks: priceTicks } as const
      assert.deepStrictEqual(tags(order(ada, "buy", 0, 1, stop)), ["OrderAccepted", "OrderWaiting"])
    })

    it("what the fills of an order came to is exact past 2^53", () => {
      const made = dear({ lotsMax: 1_000_000, makerRate: 10_000, takerRate: 10_000 })
      const { run } = made
      made.credit(bob, quote, 2n ** 58n)
      const sells = (bids: number) => {
        for (let i = 0; i < bids; i++) run(order(bob, "buy", priceTicks, lots))
        const { own } = run(order(ada, "sell", 1, bids * lots + 10))
        const [{ orderId }] = own as [Event.EventOf<"OrderAccepted">]
        // One lot as a maker, too.
        run(order(bob, "buy", 1, 1))
        if (made.venue instanceof EngineVenue) made.venue.restore()
        const [, stood] = run({ ...amend(0, bids * lots + 9), orderId }).events
        run(cancel(ada, orderId))
        return stood
      }
      const cameTo = (bids: number) => BigInt(bids) * (2n ** 53n - 1n) + BigInt(most.perTickLot)
      for (const bids of [1, 2, 11]) {
        const quoteUnits = cameTo(bids)
        assert.deepInclude(sells(bids), {
          filledLots: bids * lots + 1,
          filledQuote: quoteUnits,
          fee: (quoteUnits + 9n) / 10n
        })
      }
    })

    it("a market sell brings in what it brings in", () => {
      const { run, tags } = dear()
      for (let i = 0; i < 2; i++) run(order(bob, "buy", priceTicks, lots))
      const sell = order(ada, "sell", 0, 2 * lots, atMarket)
      assert.deepStrictEqual(tags(sell), [
        "OrderAccepted",
        "Trade",
        "OrderEnded filled",
        ...filled.slice(1)
      ])
    })

    it("a market buy that waits is bound to cost 2^53 - 1 at most", () => {
      const { tags } = dear()
      const stop = { ...atMarket, trigger: "stopLoss", triggerTicks: priceTicks } as const
      assert.deepStrictEqual(tags(order(ada, "buy", 0, lots + 1, stop)), [
        "Rejected NotionalTooLarge"
      ])
      assert.deepStrictEqual(tags(order(ada, "buy", 0, lots, stop)), [
        "OrderAccepted",
        "OrderWaiting"
      ])
    })

    it("a pending market buy is bound to cost 2^53 - 1 at most when it begins to wait", () => {
      const begins = (reference: number) => {
        const { credit, run, tags } = dear()
        credit(ada, quote, 2n ** 55n)
        run(rules({ triggerSource: "index" }))
        run(price(1))
        const trailing = { trigger: "stopLoss", trailingUnit: "ticks", trailingOffset: 1 } as const
        const pending: Partial<Terms> = { side: "buy", lots, ...atMarket, ...trailing }
        run(list(ada, "OTO", [{ side: "sell", priceTicks: 1, lots: 1 }, pending]))
        run(price(reference))
        run(order(bob, "buy", 1, 1))
        return tags(advance)
      }
      assert.deepStrictEqual(begins(priceTicks - 1), ["OrderActivated", "OrderWaiting"])
      assert.deepStrictEqual(begins(priceTicks), ["OrderActivated", "OrderEnded tooLarge"])
    })

    it("2^53 - 1 units of base are ordered, amended to and bought for a budget at most", () => {
      const perLot = most.priceTicks * most.lots
      const lots = most.perTickLot
      const other = Ids.MarketId(2)
      const { credit, run, tags } = venueWith()
      const coin = Ids.AssetId(3)
      run({ _tag: "ListAsset", scale: 0, symbol: "C" })
      run({
        _tag: "ListMarket",
        ...terms,
        baseAssetId: coin,
        lotUnits: BigInt(perLot),
        lotsMax: 2 * lots,
        ticksMax: 100,
        makerRate: 0,
        takerRate: 0,
        symbol: "C/Q"
      })
      credit(ada, coin, 2n ** 53n)
      credit(bob, quote, 2n ** 53n)
      const there = { marketId: other }
      assert.deepStrictEqual(tags(order(ada, "sell", 1, lots + 1, there)), [
        "Rejected QuantityTooLarge"
      ])
      assert.deepStrictEqual(tags(order(ada, "sell", 1, lots - 1, there)), rested)
      assert.deepStrictEqual(tags({ ...amend(0, lots + 1), ...there }), [
        "Rejected QuantityTooLarge"
      ])
      assert.deepStrictEqual(tags({ ...amend(0, lots), ...there }), [
        "OrderAmended",
        "OrderStood",
        "OrderRested"
      ])
      const all = { ...budget(bob, "buy", 2n ** 53n - 1n), ...there } as Command.Command
      assert.deepStrictEqual(tags(all), filled)
      run(cancel(ada, 1))
      assert.deepStrictEqual(tags(order(bob, "sell", 1, lots, there)), rested)
    })
  })

  describe("of the market", () => {
    it("the least and the most notional hold for a market order exactly", () => {
      const { run, tags } = venueWith({ notionalMin: 200n, notionalMax: 1_000n })
      run(rules({ triggerSource: "index", notionalMinForMarket: true, notionalMaxForMarket: true }))
      run(price(100))
      for (const lots of [2, 10]) {
        assert.deepStrictEqual(tags(order(ada, "sell", 0, lots, atMarket)), [
          "OrderAccepted",
          "OrderEnded unfilled"
        ])
      }
    })

    it("a post-only order slides up to the highest price and the largest notional", () => {
      const { run, tags } = venueWith({ tickMantissa: 2, ticksMax: 100, notionalMax: 2_000n })
      const slides = (lots: number) => tags(order(ada, "sell", 1, lots, { postOnly: "slide" }))
      run(order(bob, "buy", 99, 1))
      assert.deepStrictEqual(slides(11), ["Rejected NotionalTooLarge"])
      assert.deepStrictEqual(slides(10), rested)
    })

    it("the highest price is a trigger's and an amended order's too", () => {
      const { tags } = venueWith({ ticksMax: 100 })
      const stop = (triggerTicks: number) =>
        order(ada, "sell", 1, 1, { trigger: "stopLoss", triggerTicks })
      assert.deepStrictEqual(tags(order(ada, "sell", 50, 1)), rested)
      assert.deepStrictEqual(tags(amend(101, 0)), ["Rejected PriceTooHigh"])
      assert.deepStrictEqual(tags(amend(100, 0)), ["OrderAmended", "OrderStood", "OrderRested"])
      assert.deepStrictEqual(tags(stop(101)), ["Rejected PriceTooHigh"])
      assert.deepStrictEqual(tags(stop(100)), ["OrderAccepted", "OrderWaiting"])
    })

    it("a bid at the highest price leaves the best place to the next", () => {
      const { run, tags } = venueWith({ ticksMax: 100 })
      run(order(bob, "buy", 100, 1))
      run(order(bob, "buy", 90, 1))
      run(cancel(bob, 1))
      assert.deepStrictEqual(tags(order(ada, "sell", 90, 1)), filled)
    })

    it("an offset is as large as the highest price in ticks, or half the price in basis points", () => {
      const { tags } = venueWith({ ticksMax: 9_000 })
      const trails = (trailingUnit: "ticks" | "basisPoints", trailingOffset: number) =>
        tags(order(ada, "sell", 1, 1, { trigger: "stopLoss", trailingUnit, trailingOffset }))[0]
      assert.strictEqual(trails("ticks", 9_001), "Rejected TrailingOffsetInvalid")
      assert.strictEqual(trails("ticks", 9_000), "OrderAccepted")
      assert.strictEqual(trails("basisPoints", 5_001), "Rejected TrailingOffsetInvalid")
      assert.strictEqual(trails("basisPoints", 5_000), "OrderAccepted")
    })

    it("the largest position counts what icebergs hide, and not the order that is amended", () => {
      const { run, tags } = venueWith()
      run(rules({ positionMax: 10_100n })) // Ada has 10,000 of base, a lot is 10.
      run(order(ada, "buy", 50, 2))
      run(order(ada, "buy", 50, 6, { displayLots: 2 }))
      assert.deepStrictEqual(tags(order(ada, "buy", 50, 3)), ["Rejected PositionTooLarge"])
      assert.deepStrictEqual(tags(amend(0, 5)), ["Rejected PositionTooLarge"])
      assert.deepStrictEqual(tags(amend(0, 4)), ["OrderAmended", "OrderStood", "OrderRested"])
    })

    describe("on one level", () => {
      /** All but 1 of the lots that fit at price 1. */
      const nearlyFull = () => {
        const made = venueWith({
          lotUnits: 1n,
          tickMantissa: 10,
          lotsMax: 2 ** 52 - 1,
          ticksMax: 100
        })
        made.credit(ada, base, 2n ** 60n)
        made.run(order(ada, "sell", 1, 2 ** 49 - 2))
        for (let i = 0; i < 15; i++) made.run(order(ada, "sell", 1, 2 ** 49))
        return made
      }

      it("as many lots fit as an order that is amended adds to them", () => {
        const { run, tags } = nearlyFull()
        run(order(ada, "sell", 2, 2))
        assert.deepStrictEqual(tags(amend(0, 2 ** 49)), ["Rejected LevelFull"])
        assert.deepStrictEqual(tags({ ...amend(1, 0), orderId: Ids.OrderId(17) }), [
          "Rejected LevelFull"
        ])
        assert.deepStrictEqual(tags(amend(0, 2 ** 49 - 1)), [
          "OrderAmended",
          "OrderStood",
          "OrderRested"
        ])
      })

      it("as many lots fit as the first order of a list adds to them, if it does not wait", () => {
        const { tags } = nearlyFull()
        const sell = (lots: number, more: Partial<Terms>): Partial<Terms> => ({
          side: "sell",
          lots,
          ...more
        })
        const pair = (lots: number, first: Partial<Terms>) =>
          tags(
            list(ada, "OCO", [
              sell(lots, { priceTicks: 1, ...first }),
              sell(lots, {
                priceTicks: 1,
                trigger: "stopLoss",
                triggerTicks: 0,
                trailingUnit: "ticks",
                trailingOffset: 9
              })
            ])
          )[0]
        assert.deepStrictEqual(pair(2, { postOnly: "refuse" }), "Rejected LevelFull")
        assert.deepStrictEqual(
          pair(2, { trigger: "takeProfit", triggerTicks: 90 }),
          "OrderListAccepted"
        )
        assert.deepStrictEqual(pair(1, { postOnly: "refuse" }), "OrderListAccepted")
      })
    })
  })

  describe("of how many there are", () => {
    it("open orders of all accounts are counted together", () => {
      const { run, tags } = venueWith({}, { openOrdersMax: 3 })
      run(order(ada, "sell", 100, 1))
      run(order(bob, "sell", 100, 1))
      const pair = [
        { side: "buy", priceTicks: 90, lots: 1 },
        { side: "buy", priceTicks: 90, lots: 1 }
      ] as const
      assert.deepStrictEqual(tags(list(ada, "OTO", pair)), ["Rejected TooManyOpenOrders"])
      assert.deepStrictEqual(tags(order(ada, "sell", 100, 1)), rested)
      assert.deepStrictEqual(tags(order(bob, "sell", 100, 1)), ["Rejected TooManyOpenOrders"])
      assert.deepStrictEqual(tags(order(bob, "buy", 0, 1, atMarket))[0], "OrderAccepted")
    })

    it("orders that trail are counted in their market, and others are not", () => {
      const { run, tags } = venueWith({}, { trailingOrdersPerMarketMax: 2 })
      const stop = { trigger: "stopLoss", triggerTicks: 50 } as const
      const trails = { ...stop, trailingUnit: "ticks", trailingOffset: 5 } as const
      const waits = ["OrderAccepted", "OrderWaiting"]
      run(order(ada, "sell", 40, 1, trails))
      const sell: Partial<Terms> = { side: "sell", priceTicks: 90, lots: 1 }
      const lists = (second: Partial<Terms>) => tags(list(bob, "OTO", [sell, second]))[0]
      assert.deepStrictEqual(lists({ ...sell, ...stop }), "OrderListAccepted")
      assert.deepStrictEqual(lists({ ...sell, ...trails }), "OrderListAccepted")
      assert.deepStrictEqual(lists({ ...sell, ...trails }), "Rejected TooManyConditionalOrders")
      assert.deepStrictEqual(lists({ ...sell, ...stop }), "OrderListAccepted")
      assert.deepStrictEqual(tags(order(bob, "sell", 40, 1, trails)), [
        "Rejected TooManyConditionalOrders"
      ])
      assert.deepStrictEqual(tags(order(bob, "sell", 40, 1, stop)), waits)
    })

    it("a timer counts as itself and the orders that it ends, and not those that it leaves", () => {
      const { at, run, tags } = venueWith({}, { dueWorkMax: 2 })
      run({ _tag: "ListMarket", ...terms, symbol: "B/Q2" })
      for (let i = 0; i < 2; i++) run(order(ada, "buy", 90, 1))
      run({ _tag: "CancelAfter", accountId: ada, delayMs: 10 })
      run(
        order(bob, "buy", 90, 1, {
          marketId: Ids.MarketId(2),
          timeInForce: "GTD",
          deadline: start + 11
        })
      )
      run(status("halted"))
      at(11)
      assert.deepStrictEqual(tags(advance), ["CancelAfterFired", "OrderEnded deadline"])
    })
  })
})
