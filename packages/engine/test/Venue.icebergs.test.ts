import { assert, describe, it } from "@effect/vitest"
import { ada, bob, firstOrder, market, order, quote, richVenueFrom, venues } from "./venueWith.ts"

describe.each(venues)("icebergs in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)

  it("shows a part at a time, and each new part stands behind all others at its price", () => {
    const { run, told } = venueWith()
    assert.deepStrictEqual(told(order(ada, "sell", 100, 7, { displayLots: 3 })), [
      "OrderAccepted orderId=1 accountId=1000 side=sell type=limit timeInForce=GTC priceTicks=100 lots=7 displayLots=3 held=70",
      "OrderRested orderId=1 side=sell priceTicks=100 remainingLots=7 shownLots=3 depthSequence=1"
    ])
    run(order(bob, "sell", 100, 2))
    assert.deepStrictEqual(told(order(bob, "buy", 100, 8)), [
      "OrderAccepted orderId=3 accountId=1001 side=buy type=limit timeInForce=GTC priceTicks=100 lots=8 held=800",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=3 makerAccountId=1000 takerAccountId=1001 takerSide=buy priceTicks=100 lots=3 makerRemainingLots=4 takerRemainingLots=5 baseUnits=30 quoteUnits=300 buyerHeld=300 depthSequence=3",
      "OrderRefilled orderId=1 side=sell priceTicks=100 remainingLots=4 shownLots=3 depthSequence=4",
      "Trade tradeId=2 makerOrderId=2 takerOrderId=3 makerAccountId=1001 takerAccountId=1001 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=3 baseUnits=20 quoteUnits=200 buyerHeld=200 depthSequence=5",
      "OrderEnded orderId=2 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=2",
      "Trade tradeId=3 makerOrderId=1 takerOrderId=3 makerAccountId=1000 takerAccountId=1001 takerSide=buy priceTicks=100 lots=3 makerRemainingLots=1 baseUnits=30 quoteUnits=300 buyerHeld=300 depthSequence=6",
      "OrderRefilled orderId=1 side=sell priceTicks=100 remainingLots=1 shownLots=1 depthSequence=7",
      "OrderEnded orderId=3 accountId=1001 side=buy reason=filled priceTicks=100 filledLots=8"
    ])
  })

  it("hides what rests of a taker too", () => {
    const { run, told } = venueWith()
    run(order(ada, "sell", 100, 2))
    assert.deepStrictEqual(told(order(bob, "buy", 100, 9, { displayLots: 4 })), [
      "OrderAccepted orderId=2 accountId=1001 side=buy type=limit timeInForce=GTC priceTicks=100 lots=9 displayLots=4 held=900",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=2 makerAccountId=1000 takerAccountId=1001 takerSide=buy priceTicks=100 lots=2 takerRemainingLots=7 baseUnits=20 quoteUnits=200 buyerHeld=200 depthSequence=2",
      "OrderEnded orderId=1 accountId=1000 side=sell reason=filled priceTicks=100 filledLots=2",
      "OrderRested orderId=2 side=buy priceTicks=100 remainingLots=7 shownLots=4 depthSequence=3"
    ])
  })

  it("is cancelled with its hidden lots", () => {
    const { balance, run, told } = venueWith()
    run(order(bob, "buy", 100, 9, { displayLots: 4 }))
    assert.deepStrictEqual(balance(bob, quote), [99_100n, 900n])
    assert.deepStrictEqual(
      told({ _tag: "CancelAll", accountId: bob, marketId: market, sides: "buy" }),
      [
        "OrderEnded orderId=1 accountId=1001 side=buy reason=cancelled priceTicks=100 endedLots=9 released=900 shownLots=4 depthSequence=2"
      ]
    )
    assert.deepStrictEqual(balance(bob, quote), [100_000n, 0n])
  })

  it("loses hidden lots first when it is amended to less", () => {
    const { run, told } = venueWith()
    run(order(bob, "buy", 100, 9, { displayLots: 4 }))
    const amend = {
      _tag: "AmendOrder",
      accountId: bob,
      marketId: market,
      ...firstOrder,
      priceTicks: 0
    } as const
    assert.deepStrictEqual(told({ ...amend, lots: 5 }), [
      "OrderAmended orderId=1 accountId=1001 side=buy keptPriority=true oldPriceTicks=100 oldRemainingLots=9 oldShownLots=4 priceTicks=100 remainingLots=5 shownLots=4 lots=5 oldHeld=900 held=500 depthSequence=2",
      "OrderStood orderId=1 accountId=1001"
    ])
    assert.deepStrictEqual(told({ ...amend, lots: 3 }), [
      "OrderAmended orderId=1 accountId=1001 side=buy keptPriority=true oldPriceTicks=100 oldRemainingLots=5 oldShownLots=4 priceTicks=100 remainingLots=3 shownLots=3 lots=3 oldHeld=500 held=300 depthSequence=3",
      "OrderStood orderId=1 accountId=1001"
    ])
    assert.deepStrictEqual(told({ ...amend, lots: 6 }), [
      "OrderAmended orderId=1 accountId=1001 side=buy oldPriceTicks=100 oldRemainingLots=3 oldShownLots=3 priceTicks=100 remainingLots=6 lots=6 oldHeld=300 held=600 depthSequence=4",
      "OrderStood orderId=1 accountId=1001",
      "OrderRested orderId=1 side=buy priceTicks=100 remainingLots=6 shownLots=4 depthSequence=5"
    ])
  })

  it("error: an order shows more than it has, less than an order may be, or has too many parts", () => {
    const { tags } = venueWith({ lotsMin: 2 }, { icebergPartsMax: 5 })
    const iceberg = (lots: number, displayLots: number) =>
      tags(order(ada, "sell", 100, lots, { displayLots }))
    assert.deepStrictEqual(iceberg(10, 11), ["Rejected DisplayQuantityInvalid"])
    assert.deepStrictEqual(iceberg(10, 1), ["Rejected DisplayQuantityInvalid"])
    assert.deepStrictEqual(iceberg(11, 2), ["Rejected DisplayQuantityInvalid"])
    assert.deepStrictEqual(iceberg(10, 2), ["OrderAccepted", "OrderRested"])
    assert.deepStrictEqual(iceberg(10, 10), ["OrderAccepted", "OrderRested"])
    const amend = {
      _tag: "AmendOrder",
      accountId: ada,
      marketId: market,
      ...firstOrder,
      priceTicks: 0
    } as const
    assert.deepStrictEqual(tags({ ...amend, lots: 11 }), ["Rejected DisplayQuantityInvalid"])
  })

  it("error: only a limit order that can rest hides lots", () => {
    const { tags } = venueWith()
    assert.deepStrictEqual(
      tags(order(ada, "sell", 100, 9, { displayLots: 3, timeInForce: "IOC" })),
      ["Rejected CombinationNotSupported"]
    )
  })
})
