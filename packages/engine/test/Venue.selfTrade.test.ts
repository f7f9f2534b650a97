import type { Ids } from "@pandora-exchange/core"
import { type Command, type Order } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import {
  ada,
  atMarket,
  base,
  bob,
  budget,
  cleo,
  order,
  quote,
  richVenueFrom,
  venues
} from "./venueWith.ts"

describe.each(venues)("self-trade prevention in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const group = (accountId: Ids.AccountId, tradeGroup: number): Command.Command => ({
    _tag: "SetAccountTerms",
    accountId,
    feeTier: 0,
    tradeGroup
  })
  /** Bob sells 2 at 100, Ada 3 and then Bob 4 at 101; then Ada buys up to 101. */
  const buys = (selfTradePrevention: Order.SelfTradePrevention, lots: number, more = {}) => {
    const made = venueWith()
    made.run(order(bob, "sell", 100, 2))
    made.run(order(ada, "sell", 101, 3))
    made.run(order(bob, "sell", 101, 4))
    return {
      ...made,
      events: made.told(order(ada, "buy", 101, lots, { selfTradePrevention, ...more }))
    }
  }

  it("lets an account trade with itself when the taker says none", () => {
    assert.deepStrictEqual(buys("none", 4).events, [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=101 lots=4 held=404",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=2 baseUnits=20 quoteUnits=200 buyerHeld=202 depthSequence=4",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "Trade tradeId=2 makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy priceTicks=101 lots=2 makerRemainingLots=1 baseUnits=20 quoteUnits=202 buyerHeld=202 depthSequence=5",
      "OrderEnded orderId=4 accountId=1000 side=buy reason=filled priceTicks=101 filledLots=4"
    ])
  })

  it("ends the taker with expireTaker", () => {
    assert.deepStrictEqual(buys("expireTaker", 9).events, [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=101 lots=9 selfTradePrevention=expireTaker held=909",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=7 baseUnits=20 quoteUnits=200 buyerHeld=202 depthSequence=4",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "SelfTradePrevented makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=expireTaker priceTicks=101 takerLots=7",
      "OrderEnded orderId=4 accountId=1000 side=buy reason=selfTrade priceTicks=101 filledLots=2 endedLots=7 released=707"
    ])
  })

  it("ends the maker with expireMaker, and matching goes on", () => {
    assert.deepStrictEqual(buys("expireMaker", 9).events, [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=101 lots=9 selfTradePrevention=expireMaker held=909",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=7 baseUnits=20 quoteUnits=200 buyerHeld=202 depthSequence=4",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "SelfTradePrevented makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=expireMaker priceTicks=101 makerLots=3",
      "OrderEnded orderId=2 accountId=1000 side=sell reason=selfTrade priceTicks=101 endedLots=3 released=30 shownLots=3 depthSequence=5",
      "Trade tradeId=2 makerOrderId=3 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=101 lots=4 takerRemainingLots=3 baseUnits=40 quoteUnits=404 buyerHeld=404 depthSequence=6",
      "OrderEnded orderId=3 accountId=1001 side=sell reason=filled priceTicks=101 filledLots=4",
      "OrderRested orderId=4 side=buy priceTicks=101 remainingLots=3 shownLots=3 depthSequence=7"
    ])
  })

  it("ends both with expireBoth, the maker first", () => {
    assert.deepStrictEqual(buys("expireBoth", 9).events, [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=101 lots=9 selfTradePrevention=expireBoth held=909",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=7 baseUnits=20 quoteUnits=200 buyerHeld=202 depthSequence=4",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "SelfTradePrevented makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=expireBoth priceTicks=101 makerLots=3 takerLots=7",
      "OrderEnded orderId=2 accountId=1000 side=sell reason=selfTrade priceTicks=101 endedLots=3 released=30 shownLots=3 depthSequence=5",
      "OrderEnded orderId=4 accountId=1000 side=buy reason=selfTrade priceTicks=101 filledLots=2 endedLots=7 released=707"
    ])
  })

  it("takes the smaller quantity from both with decrement", () => {
    const { balance, events } = buys("decrement", 9)
    assert.deepStrictEqual(events, [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=101 lots=9 selfTradePrevention=decrement held=909",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=7 baseUnits=20 quoteUnits=200 buyerHeld=202 depthSequence=4",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "SelfTradePrevented makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=decrement priceTicks=101 makerLots=3 takerLots=3 makerReleased=30 takerReleased=303 depthSequence=5",
      "OrderEnded orderId=2 accountId=1000 side=sell reason=selfTrade priceTicks=101",
      "Trade tradeId=2 makerOrderId=3 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=101 lots=4 baseUnits=40 quoteUnits=404 buyerHeld=404 depthSequence=6",
      "OrderEnded orderId=3 accountId=1001 side=sell reason=filled priceTicks=101 filledLots=4",
      "OrderEnded orderId=4 accountId=1000 side=buy reason=filled priceTicks=101 filledLots=6"
    ])
    assert.deepStrictEqual(balance(ada, quote), [99_396n, 0n])
    assert.deepStrictEqual(balance(ada, base), [10_060n, 0n])
  })

  it("ends a taker whose last lots decrement took", () => {
    assert.deepStrictEqual(buys("decrement", 4).events, [
      "OrderAccepted orderId=4 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=101 lots=4 selfTradePrevention=decrement held=404",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=2 baseUnits=20 quoteUnits=200 buyerHeld=202 depthSequence=4",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "SelfTradePrevented makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=decrement priceTicks=101 makerLots=2 takerLots=2 makerReleased=20 takerReleased=202 depthSequence=5",
      "OrderEnded orderId=4 accountId=1000 side=buy reason=selfTrade priceTicks=101 filledLots=2"
    ])
  })

  it("refills an iceberg that decrement used up", () => {
    const { run, told } = venueWith()
    run(order(ada, "sell", 100, 5, { displayLots: 2 }))
    assert.deepStrictEqual(told(order(ada, "buy", 100, 3, { selfTradePrevention: "decrement" })), [
      "OrderAccepted orderId=2 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=100 lots=3 selfTradePrevention=decrement held=300",
      "SelfTradePrevented makerOrderId=1 takerOrderId=2 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=decrement priceTicks=100 makerLots=2 takerLots=2 makerReleased=20 takerReleased=200 depthSequence=2",
      "OrderRefilled orderId=1 side=sell priceTicks=100 remainingLots=3 shownLots=2 depthSequence=3",
      "SelfTradePrevented makerOrderId=1 takerOrderId=2 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=decrement priceTicks=100 makerLots=1 takerLots=1 makerReleased=10 takerReleased=100 depthSequence=4",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=selfTrade priceTicks=100"
    ])
  })

  it("counts the accounts of one trade group as one, but group 0 as none", () => {
    const { run, tags } = venueWith()
    run(group(ada, 7))
    run(group(bob, 7))
    run(order(ada, "sell", 100, 1))
    assert.deepStrictEqual(
      tags(order(cleo, "buy", 100, 1, { selfTradePrevention: "expireTaker" })),
      ["OrderAccepted", "Trade", "OrderEnded filled", "OrderEnded filled"]
    )
    run(order(ada, "sell", 100, 1))
    assert.deepStrictEqual(
      tags(order(bob, "buy", 100, 1, { selfTradePrevention: "expireTaker" })),
      ["OrderAccepted", "SelfTradePrevented", "OrderEnded selfTrade"]
    )
    run(group(bob, 0))
    assert.deepStrictEqual(
      tags(order(bob, "buy", 100, 1, { selfTradePrevention: "expireTaker" })),
      ["OrderAccepted", "Trade", "OrderEnded filled", "OrderEnded filled"]
    )
  })

  it("finds no own lots for a market order, and holds nothing for them", () => {
    const { run, told } = venueWith()
    run(order(ada, "sell", 100, 3))
    run(order(bob, "sell", 101, 2))
    assert.deepStrictEqual(
      told(order(ada, "buy", 0, 9, { ...atMarket, selfTradePrevention: "decrement" })),
      [
        "OrderAccepted orderId=3 accountId=1000 side=buy type=market timeInForce=IOC lots=9 selfTradePrevention=decrement held=202",
        "SelfTradePrevented makerOrderId=1 takerOrderId=3 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=decrement priceTicks=100 makerLots=3 takerLots=3 makerReleased=30 depthSequence=3",
        "OrderEnded orderId=1 accountId=1000 side=sell reason=selfTrade priceTicks=100",
        "Trade tradeId=1 makerOrderId=2 takerOrderId=3 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=101 lots=2 takerRemainingLots=4 baseUnits=20 quoteUnits=202 buyerHeld=202 depthSequence=4",
        "OrderEnded orderId=2 accountId=1001 side=sell reason=filled priceTicks=101 filledLots=2",
        "OrderEnded orderId=3 accountId=1000 side=buy reason=unfilled filledLots=2 endedLots=4"
      ]
    )
  })

  it("error: a fill-or-kill order that meets an own order on its way is refused", () => {
    const kill = { timeInForce: "FOK" } as const
    assert.deepStrictEqual(buys("expireTaker", 6, kill).events, [
      "Rejected reason=FillOrKillUnfilled"
    ])
    assert.deepStrictEqual(buys("expireTaker", 2, kill).events.length, 4)
    assert.deepStrictEqual(buys("expireMaker", 6, kill).events.length, 8)
  })

  it("lets a budget pass over own orders, which end when it gets to them", () => {
    const { run, told } = venueWith()
    run(order(bob, "sell", 100, 2))
    run(order(ada, "sell", 100, 3))
    run(order(bob, "sell", 100, 4))
    assert.deepStrictEqual(
      told({ ...budget(ada, "buy", 500n), selfTradePrevention: "expireMaker" } as Command.Command),
      [
        "OrderAccepted orderId=4 accountId=1000 side=buy type=marketBudget timeInForce=IOC lots=5 budget=500 selfTradePrevention=expireMaker held=500",
        "Trade tradeId=1 makerOrderId=1 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=3 baseUnits=20 quoteUnits=200 buyerHeld=200 depthSequence=4",
        "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
        "SelfTradePrevented makerOrderId=2 takerOrderId=4 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=expireMaker priceTicks=100 makerLots=3",
        "OrderEnded orderId=2 accountId=1000 side=sell reason=selfTrade priceTicks=100 endedLots=3 released=30 shownLots=3 depthSequence=5",
        "Trade tradeId=2 makerOrderId=3 takerOrderId=4 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=3 makerRemainingLots=1 baseUnits=30 quoteUnits=300 buyerHeld=300 depthSequence=6",
        "OrderEnded orderId=4 accountId=1000 side=buy reason=filled filledLots=5"
      ]
    )
  })

  it("error: a budget neither ends nor shrinks by an own order", () => {
    const { tags } = venueWith()
    for (const selfTradePrevention of ["expireTaker", "expireBoth", "decrement"] as const) {
      assert.deepStrictEqual(
        tags({ ...budget(ada, "buy", 500n), selfTradePrevention } as Command.Command),
        ["Rejected CombinationNotSupported"]
      )
    }
  })

  it("finds for fill-or-kill what is left when orders of its own have used some of it up, over all levels", () => {
    const finds = (lots: number) => {
      const { run, tags } = venueWith()
      run(order(ada, "sell", 100, 2))
      run(order(ada, "sell", 101, 1))
      run(order(bob, "sell", 102, 4))
      return tags(
        order(ada, "buy", 102, lots, { timeInForce: "FOK", selfTradePrevention: "decrement" })
      )[0]
    }
    assert.strictEqual(finds(4), "Rejected FillOrKillUnfilled")
    const { run, told } = venueWith()
    run(order(ada, "sell", 100, 2))
    run(order(ada, "sell", 101, 1))
    run(order(bob, "sell", 102, 4))
    const [accepted] = told(
      order(ada, "buy", 0, 7, { ...atMarket, selfTradePrevention: "decrement" })
    )
    assert.strictEqual(
      accepted,
      "OrderAccepted orderId=4 accountId=1000 side=buy type=market timeInForce=IOC lots=7 selfTradePrevention=decrement held=408"
    )
  })

  it("finds nothing that an iceberg hides behind an order of its own that ends it", () => {
    for (const selfTradePrevention of ["expireTaker", "expireBoth"] as const) {
      const { run, tags } = venueWith()
      run(order(bob, "sell", 100, 5, { displayLots: 2 }))
      run(order(ada, "sell", 100, 1))
      const kills = (lots: number) =>
        tags(order(ada, "buy", 100, lots, { timeInForce: "FOK", selfTradePrevention }))[0]
      assert.strictEqual(kills(3), "Rejected FillOrKillUnfilled")
      assert.strictEqual(kills(2), "OrderAccepted")
    }
  })
})
