import { type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import {
  ada,
  atMarket,
  bob,
  budget,
  cleo,
  firstOrder,
  market,
  order,
  price,
  richVenueFrom,
  rules,
  status,
  venues
} from "./venueWith.ts"

describe.each(venues)("market rules in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const rested = ["OrderAccepted", "OrderRested"]
  const amend = (priceTicks: number, lots: number): Command.Command => ({
    _tag: "AmendOrder",
    accountId: ada,
    marketId: market,
    ...firstOrder,
    priceTicks,
    lots
  })

  it("tells the rules that hold from now on", () => {
    const { told } = venueWith()
    assert.deepStrictEqual(
      told(
        rules({
          ticksMin: 5,
          marketLotsMax: 9,
          buyBandUp: 12_000,
          rangeDown: 9_000,
          triggerSource: "index"
        })
      ),
      [
        "MarketRulesChanged ticksMin=5 marketLotsMax=9 buyBandUp=12000 rangeDown=9000 triggerSource=index"
      ]
    )
  })

  it("error: rules that no market can have", () => {
    const { tags } = venueWith()
    const invalid = [
      { ticksMin: 1_000_001 },
      { marketLotsMin: 1_001 },
      { marketLotsMax: 1_001 },
      { marketLotsMin: 6, marketLotsMax: 5 },
      { buyBandDown: 10_001 },
      { sellBandUp: 9_999 },
      { rangeUp: 1_000_001 },
      { positionMax: -1n }
    ]
    for (const more of invalid) assert.deepStrictEqual(tags(rules(more)), ["Rejected RulesInvalid"])
    assert.deepStrictEqual(tags(rules({ triggerSource: "two words" })), ["Rejected MalformedText"])
    assert.deepStrictEqual(tags(rules({ marketLotsMin: 6 })), ["MarketRulesChanged"])
  })

  it("error: a price below the least", () => {
    const { run, tags } = venueWith()
    run(order(ada, "buy", 40, 1))
    run(rules({ ticksMin: 50 }))
    assert.deepStrictEqual(tags(order(ada, "buy", 49, 1)), ["Rejected PriceTooLow"])
    assert.deepStrictEqual(
      tags(order(ada, "buy", 60, 1, { trigger: "stopLoss", triggerTicks: 49 })),
      ["Rejected PriceTooLow"]
    )
    assert.deepStrictEqual(tags(order(ada, "buy", 50, 1)), rested)
    assert.deepStrictEqual(tags(amend(49, 0)), ["Rejected PriceTooLow"])
  })

  it("error: a market order outside its own bounds", () => {
    const { run, tags } = venueWith()
    run(rules({ marketLotsMin: 3, marketLotsMax: 5 }))
    const sells = (lots: number) => tags(order(ada, "sell", 0, lots, atMarket))
    assert.deepStrictEqual(sells(2), ["Rejected QuantityTooSmall"])
    assert.deepStrictEqual(sells(6), ["Rejected QuantityTooLarge"])
    assert.deepStrictEqual(sells(5), ["OrderAccepted", "OrderEnded unfilled"])
    run(order(bob, "sell", 100, 9))
    const [accepted] = run(budget(ada, "buy", 900n)).events
    assert.deepStrictEqual(accepted?._tag === "OrderAccepted" && accepted.lots, 5)
  })

  it("error: a market order outside the bounds of the notional, at the reference price, where the rules say so", () => {
    const { run, tags } = venueWith({ notionalMin: 200n, notionalMax: 1_000n })
    const sells = (lots: number) => tags(order(ada, "sell", 0, lots, atMarket))[0]
    run(rules({ triggerSource: "index", notionalMinForMarket: true, notionalMaxForMarket: true }))
    assert.deepStrictEqual(sells(1), "OrderAccepted")
    run(price(100))
    assert.deepStrictEqual(sells(1), "Rejected NotionalTooSmall")
    assert.deepStrictEqual(sells(11), "Rejected NotionalTooLarge")
    run(rules({ triggerSource: "index" }))
    assert.deepStrictEqual(sells(1), "OrderAccepted")
    assert.deepStrictEqual(sells(11), "OrderAccepted")
  })

  it("error: a limit price outside the band of its side, exactly", () => {
    const { run, tags } = venueWith()
    const bands = { buyBandDown: 9_500, buyBandUp: 10_150, sellBandDown: 9_900, sellBandUp: 10_500 }
    run(rules({ triggerSource: "index", ...bands }))
    assert.deepStrictEqual(tags(order(ada, "buy", 1, 1)), rested)
    run(price(100))
    assert.deepStrictEqual(tags(order(bob, "buy", 94, 1)), ["Rejected PriceOutsideBand"])
    assert.deepStrictEqual(tags(order(bob, "buy", 102, 1)), ["Rejected PriceOutsideBand"])
    assert.deepStrictEqual(tags(order(bob, "buy", 95, 1)), rested)
    assert.deepStrictEqual(tags(order(bob, "sell", 98, 1)), ["Rejected PriceOutsideBand"])
    assert.deepStrictEqual(tags(order(bob, "sell", 106, 1)), ["Rejected PriceOutsideBand"])
    assert.deepStrictEqual(tags(order(bob, "sell", 105, 1)), rested)
    assert.deepStrictEqual(tags(amend(2, 0)), ["Rejected PriceOutsideBand"])
    assert.deepStrictEqual(tags(amend(0, 2)), ["OrderAmended", "OrderStood", "OrderRested"])
  })

  it("stops matching at the range around the reference price, whatever the order's type", () => {
    const { run, told } = venueWith()
    run(rules({ triggerSource: "index", rangeUp: 10_150, rangeDown: 9_800 }))
    run(price(100))
    const sells = () => {
      run(order(bob, "sell", 101, 1))
      run(order(bob, "sell", 102, 1))
    }
    sells()
    assert.deepStrictEqual(told(order(ada, "buy", 105, 3)), [
      "OrderAccepted orderId=3 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=105 lots=3 held=315",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=3 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=101 lots=1 takerRemainingLots=2 baseUnits=10 quoteUnits=101 buyerHeld=105 depthSequence=3",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=101 filledLots=1",
      "OrderEnded orderId=3 accountId=1000 side=buy reason=priceRange priceTicks=105 filledLots=1 endedLots=2 released=210"
    ])
    assert.deepStrictEqual(told(order(ada, "buy", 0, 3, atMarket)), [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=market timeInForce=IOC lots=3",
      "OrderEnded orderId=4 accountId=1000 side=buy reason=priceRange endedLots=3"
    ])
    assert.deepStrictEqual(told(budget(ada, "buy", 300n)), [
      "OrderAccepted orderId=5 accountId=1000 side=buy type=marketBudget timeInForce=IOC budget=300",
      "OrderEnded orderId=5 accountId=1000 side=buy reason=priceRange"
    ])
    assert.deepStrictEqual(told(order(ada, "buy", 105, 1, { timeInForce: "FOK" })), [
      "Rejected reason=FillOrKillUnfilled"
    ])
  })

  it("takes the last trade's price before matching as the reference of a range", () => {
    const { run, tags } = venueWith()
    for (const priceTicks of [100, 101, 102]) run(order(bob, "sell", priceTicks, 1))
    run(order(ada, "buy", 100, 1))
    run(rules({ rangeUp: 10_100 }))
    assert.deepStrictEqual(tags(order(ada, "buy", 0, 3, atMarket)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded filled",
      "OrderEnded priceRange"
    ])
    assert.deepStrictEqual(tags(order(ada, "buy", 0, 3, atMarket)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded filled",
      "OrderEnded unfilled"
    ])
  })

  it("error: a buy that makes the position too large, with what is open", () => {
    const { run, tags } = venueWith()
    run(rules({ positionMax: 10_100n })) // Ada has 10,000 of base, a lot is 10.
    assert.deepStrictEqual(tags(order(ada, "buy", 50, 6)), rested)
    assert.deepStrictEqual(tags(order(ada, "buy", 50, 5)), ["Rejected PositionTooLarge"])
    assert.deepStrictEqual(tags(order(ada, "sell", 500, 5)), rested)
    assert.deepStrictEqual(tags(order(ada, "buy", 50, 4)), rested)
    assert.deepStrictEqual(tags(amend(0, 7)), ["Rejected PositionTooLarge"])
    assert.deepStrictEqual(tags(amend(0, 5)), ["OrderAmended", "OrderStood"])
    run(order(bob, "sell", 100, 9))
    assert.deepStrictEqual(tags(budget(ada, "buy", 200n)), ["Rejected PositionTooLarge"])
    assert.deepStrictEqual(tags(budget(ada, "buy", 199n))[0], "OrderAccepted")
  })

  describe("post-only", () => {
    const slide = { postOnly: "slide" } as const

    it("slides to one tick from the best price of the other side, and holds what it needs there", () => {
      const { run, told } = venueWith()
      run(order(bob, "sell", 100, 1))
      assert.deepStrictEqual(told(order(ada, "buy", 103, 2, slide)), [
        "OrderAccepted orderId=2 accountId=1000 side=buy type=limit timeInForce=GTC postOnly=slide priceTicks=99 lots=2 held=198",
        "OrderRested orderId=2 side=buy priceTicks=99 remainingLots=2 shownLots=2 depthSequence=2"
      ])
      assert.deepStrictEqual(told(order(ada, "sell", 90, 2, slide)), [
        "OrderAccepted orderId=3 accountId=1000 side=sell type=limit timeInForce=GTC postOnly=slide priceTicks=100 lots=2 held=20",
        "OrderRested orderId=3 side=sell priceTicks=100 remainingLots=2 shownLots=2 depthSequence=3"
      ])
    })

    it("error: refuses where there is no price to slide to, or too large a notional", () => {
      const { run, tags } = venueWith({ ticksMax: 100, notionalMax: 1_000n })
      run(rules({ ticksMin: 99 }))
      run(order(bob, "sell", 99, 1))
      assert.deepStrictEqual(tags(order(ada, "buy", 99, 1, slide)), ["Rejected PostOnlyWouldCross"])
      run({ _tag: "CancelAll", accountId: bob, marketId: market, sides: "both" })
      run(order(bob, "buy", 100, 1))
      assert.deepStrictEqual(tags(order(ada, "sell", 99, 1, slide)), [
        "Rejected PostOnlyWouldCross"
      ])
      run({ _tag: "CancelAll", accountId: bob, marketId: market, sides: "both" })
      run(rules({}))
      run(order(bob, "buy", 50, 1))
      assert.deepStrictEqual(tags(order(ada, "sell", 49, 20, slide)), ["Rejected NotionalTooLarge"])
    })

    it("error: a market order is refused as one that takes first, in a post-only market", () => {
      const { run, tags } = venueWith()
      const both = order(ada, "sell", 0, 1, { ...atMarket, postOnly: "refuse" })
      assert.deepStrictEqual(tags(both), ["Rejected CombinationNotSupported"])
      run(status("postOnly"))
      assert.deepStrictEqual(tags(both), ["Rejected MarketPostOnly"])
    })

    it("slides an amend too", () => {
      const { run, told } = venueWith()
      run(order(ada, "buy", 90, 2, slide))
      run(order(bob, "sell", 100, 1))
      assert.deepStrictEqual(told(amend(103, 0)), [
        "OrderAmended orderId=1 accountId=1000 side=buy oldPriceTicks=90 oldRemainingLots=2 oldShownLots=2 priceTicks=99 remainingLots=2 lots=2 oldHeld=180 held=198 depthSequence=3",
        "OrderStood orderId=1 accountId=1000",
        "OrderRested orderId=1 side=buy priceTicks=99 remainingLots=2 shownLots=2 depthSequence=4"
      ])
    })
  })

  describe("fee tiers", () => {
    const fees = (tier: number, makerRate: number, takerRate: number): Command.Command => ({
      _tag: "SetMarketFees",
      marketId: market,
      tier,
      makerRate,
      takerRate
    })
    const tier = (accountId: Ids.AccountId, feeTier: number): Command.Command => ({
      _tag: "SetAccountTerms",
      accountId,
      feeTier,
      tradeGroup: 0
    })

    it("takes the rates of the account's tier when an order is accepted, and of tier 0 where it was never set", () => {
      const { run } = venueWith({ makerRate: 100, takerRate: 300 })
      run(fees(2, 10, 30))
      run(tier(ada, 2))
      run(tier(cleo, 5))
      const rates = (accountId: Ids.AccountId) => {
        const [accepted] = run(order(accountId, "buy", 50, 1)).events
        assert.ok(accepted?._tag === "OrderAccepted")
        return [accepted.makerRate, accepted.takerRate]
      }
      assert.deepStrictEqual([ada, bob, cleo].map(rates), [
        [10, 30],
        [100, 300],
        [100, 300]
      ])
      run(fees(0, 200, 400))
      assert.deepStrictEqual([ada, bob, cleo].map(rates), [
        [10, 30],
        [200, 400],
        [200, 400]
      ])
    })

    it("error: a tier past the last, or terms of an account that does not trade", () => {
      const { tags } = venueWith()
      assert.deepStrictEqual(tags(fees(32, 0, 0)), ["Rejected FeeTierTooHigh"])
      assert.deepStrictEqual(tags(fees(31, 0, 10_001)), ["Rejected FeeRateTooHigh"])
      assert.deepStrictEqual(tags(tier(ada, 32)), ["Rejected FeeTierTooHigh"])
      assert.deepStrictEqual(tags(tier(Ids.AccountId(2), 0)), ["Rejected AccountKindReserved"])
      assert.deepStrictEqual(tags(tier(ada, 31)), ["AccountTermsChanged"])
    })
  })

  it("error: a reduce-only order, which needs a margin account", () => {
    const { tags } = venueWith()
    assert.deepStrictEqual(tags(order(ada, "buy", 100, 1, { reduceOnly: true })), [
      "Rejected ReduceOnlyNotSupported"
    ])
  })
})
