import { type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import {
  ada,
  advance,
  atMarket,
  base,
  bob,
  cancel,
  cleo,
  firstOrder,
  market,
  order,
  price,
  quote,
  richVenueFrom,
  rules,
  start,
  status,
  venues
} from "./venueWith.ts"

describe.each(venues)("waiting orders in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const stop = { trigger: "stopLoss" } as const
  const profit = { trigger: "takeProfit" } as const
  /** The reference price is what the index says. */
  const indexed = (limits = {}) => {
    const made = venueWith({}, limits)
    made.run(rules({ triggerSource: "index" }))
    made.run(price(100))
    return made
  }

  it("starts a stop when a trade reaches its trigger, with the next command", () => {
    const { run, tags, told } = venueWith()
    assert.deepStrictEqual(told(order(ada, "sell", 94, 5, { ...stop, triggerTicks: 95 })), [
      "OrderAccepted orderId=1 accountId=1000 side=sell type=limit timeInForce=GTC priceTicks=94 lots=5 held=50",
      "OrderWaiting orderId=1 side=sell wait=trigger trigger=stopLoss triggerTicks=95"
    ])
    run(order(bob, "buy", 95, 3))
    assert.deepStrictEqual(tags(order(cleo, "sell", 95, 1)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded filled"
    ])
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=1 accountId=1000 side=sell wait=trigger priceTicks=95 oldHeld=50 held=50",
      "Trade tradeId=2 makerOrderId=2 takerOrderId=1 makerAccountId=1001 takerAccountId=1000 takerSide=sell priceTicks=95 lots=2 takerRemainingLots=3 baseUnits=20 quoteUnits=190 buyerHeld=190 depthSequence=3",
      "OrderEnded orderId=2 accountId=1001 side=buy reason=filled priceTicks=95 filledLots=3",
      "OrderRested orderId=1 side=sell priceTicks=94 remainingLots=3 shownLots=3 depthSequence=4"
    ])
  })

  it("starts before the next command's own events", () => {
    const { run, tags } = indexed()
    run(order(ada, "buy", 0, 2, { ...stop, ...atMarket, triggerTicks: 105 }))
    run(order(bob, "sell", 104, 2))
    assert.deepStrictEqual(tags(price(105)), ["PriceSet"])
    assert.deepStrictEqual(tags(cancel(bob, 2)), [
      "OrderActivated",
      "Trade",
      "OrderEnded filled",
      "OrderEnded filled",
      "Rejected UnknownOrder"
    ])
  })

  it("holds the bound of a market buy while it waits, and what it finds when it starts", () => {
    const { balance, run, told } = indexed()
    run(order(bob, "sell", 103, 1))
    assert.deepStrictEqual(
      told(order(ada, "buy", 0, 2, { ...stop, ...atMarket, triggerTicks: 105 })),
      [
        "OrderAccepted orderId=2 accountId=1000 side=buy type=market timeInForce=IOC lots=2 held=210",
        "OrderWaiting orderId=2 side=buy wait=trigger trigger=stopLoss triggerTicks=105"
      ]
    )
    assert.deepStrictEqual(balance(ada, quote), [99_790n, 210n])
    run(price(106))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=106 oldHeld=210 held=103",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=2 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=103 lots=1 takerRemainingLots=1 baseUnits=10 quoteUnits=103 buyerHeld=103 depthSequence=2",
      "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=103 filledLots=1",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=unfilled filledLots=1 endedLots=1"
    ])
    assert.deepStrictEqual(balance(ada, quote), [99_897n, 0n])
  })

  it("looks with a rising price at the lowest trigger first, and at one trigger at the first that waits", () => {
    const { run } = indexed()
    run(order(ada, "buy", 120, 1, { ...stop, triggerTicks: 103 }))
    run(order(ada, "buy", 120, 1, { ...stop, triggerTicks: 101 }))
    run(order(bob, "sell", 120, 1, { ...profit, triggerTicks: 103 }))
    run(order(ada, "buy", 120, 1, { ...stop, triggerTicks: 104 }))
    run(price(103))
    const started = run(advance).events.flatMap((event) =>
      event._tag === "OrderActivated" ? [event.orderId] : []
    )
    assert.deepStrictEqual(started, [2, 1, 3].map(Ids.OrderId))
  })

  it("looks with the first and the last price of what an order traded, not with those between", () => {
    const { run } = venueWith()
    for (const priceTicks of [100, 105, 102]) run(order(bob, "sell", priceTicks, 1))
    run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 105 }))
    run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 103 }))
    run(order(cleo, "buy", 102, 2))
    assert.deepStrictEqual(run(advance).events, [])
    run(order(cleo, "buy", 105, 1))
    const started = run(advance).events.flatMap((event) =>
      event._tag === "OrderActivated" ? [event.orderId] : []
    )
    assert.deepStrictEqual(started, [5, 4].map(Ids.OrderId))
  })

  it("starts so many orders per command, and cascades go on with the next", () => {
    const { run, tags } = venueWith({}, { dueWorkMax: 2 })
    for (const priceTicks of [101, 102, 103, 104]) run(order(bob, "sell", priceTicks, 1))
    for (const triggerTicks of [101, 102, 103])
      run(order(ada, "buy", 0, 1, { ...stop, ...atMarket, triggerTicks }))
    run(order(cleo, "buy", 101, 1))
    const one = ["OrderActivated", "Trade", "OrderEnded filled", "OrderEnded filled"]
    assert.deepStrictEqual(tags(advance), [...one, ...one])
    assert.deepStrictEqual(tags(advance), one)
    assert.deepStrictEqual(tags(advance), [])
  })

  it("can be cancelled and can end at its deadline while it is queued to start", () => {
    const { at, run, told } = indexed({ dueWorkMax: 1 })
    for (let i = 0; i < 3; i++) {
      run(
        order(ada, "buy", 110, 1, {
          ...stop,
          triggerTicks: 105,
          timeInForce: "GTD",
          deadline: start + 5
        })
      )
    }
    run(price(105))
    assert.deepStrictEqual(told(cancel(ada, 2)), [
      "OrderActivated orderId=1 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=110 held=110",
      "OrderRested orderId=1 side=buy priceTicks=110 remainingLots=1 shownLots=1 depthSequence=1",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=cancelled priceTicks=110 endedLots=1 released=110"
    ])
    at(5)
    assert.deepStrictEqual(told(advance), [
      "OrderEnded orderId=1 accountId=1000 side=buy reason=deadline priceTicks=110 endedLots=1 released=110 shownLots=1 depthSequence=2"
    ])
    assert.deepStrictEqual(told(advance).length, 1)
  })

  it("follows the price with a trailing sell, and starts it when the price falls back by the offset", () => {
    const { run, tags, told } = indexed()
    const trailing = { ...stop, ...atMarket, trailingUnit: "ticks", trailingOffset: 5 } as const
    assert.deepStrictEqual(told(order(ada, "sell", 0, 2, trailing)), [
      "OrderAccepted orderId=1 accountId=1000 side=sell type=market timeInForce=IOC lots=2 held=20",
      "OrderWaiting orderId=1 side=sell wait=trigger trigger=stopLoss trailingUnit=ticks trailingOffset=5"
    ])
    for (const ticks of [108, 104, 110, 106]) {
      run(price(ticks))
      assert.deepStrictEqual(tags(advance), [])
    }
    run(price(105))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=1 accountId=1000 side=sell wait=trigger priceTicks=105 oldHeld=20",
      "OrderEnded orderId=1 accountId=1000 side=sell reason=unfilled endedLots=2"
    ])
  })

  it("rounds a trailing trigger in basis points away from the extreme", () => {
    const { run, tags } = indexed()
    const trailing = { trailingUnit: "basisPoints", trailingOffset: 150 } as const
    run(order(ada, "sell", 90, 1, { ...stop, ...trailing })) // 98.5 is 98
    run(order(ada, "buy", 80, 1, { ...stop, ...trailing })) // 101.5 is 102
    run(price(99))
    assert.deepStrictEqual(tags(advance), [])
    run(price(100))
    assert.deepStrictEqual(tags(advance), [])
    run(price(98))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
    // The buy has followed the price down to 98: 99.47 is 100.
    run(price(99))
    assert.deepStrictEqual(tags(advance), [])
    run(price(100))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
  })

  it("begins to trail when the price is at the trigger", () => {
    const { run, tags } = indexed()
    run(
      order(ada, "sell", 90, 1, {
        ...profit,
        triggerTicks: 105,
        trailingUnit: "ticks",
        trailingOffset: 3
      })
    )
    for (const ticks of [104, 90, 105, 107, 105]) {
      run(price(ticks))
      assert.deepStrictEqual(tags(advance), [])
    }
    run(price(104))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
  })

  it("lets one that trails without a reference price take the first price it is looked at with", () => {
    const { run, tags } = venueWith()
    run(rules({ triggerSource: "index" }))
    run(order(ada, "sell", 90, 1, { ...stop, trailingUnit: "ticks", trailingOffset: 3 }))
    run(price(100))
    run(price(98))
    assert.deepStrictEqual(tags(advance), [])
    run(price(97))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
  })

  it("looks only in an open market, and once it opens", () => {
    const { run, tags } = indexed()
    run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 105 }))
    run(status("halted"))
    run(price(106))
    assert.deepStrictEqual(tags(advance), [])
    run(status("open"))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
  })

  it("looks with the new reference price when the rules change", () => {
    const { run, tags } = indexed()
    run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 105 }))
    run(price(106, "other"))
    assert.deepStrictEqual(tags(advance), [])
    run(rules({ triggerSource: "other" }))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
  })

  const failing = (made: ReturnType<typeof indexed>, before: Command.Command) => {
    made.run(price(105))
    const first = made.told(before)
    return [...first, ...made.told(advance)].filter((line) => line.startsWith("Order"))
  }

  it("error: ends as notTrading when the market is not open at its turn", () => {
    const made = indexed({ dueWorkMax: 1 })
    made.run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 104 }))
    made.run(order(ada, "buy", 110, 2, { ...stop, triggerTicks: 105 }))
    assert.deepStrictEqual(failing(made, status("cancelOnly")), [
      "OrderActivated orderId=1 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=110 held=110",
      "OrderRested orderId=1 side=buy priceTicks=110 remainingLots=1 shownLots=1 depthSequence=1",
      "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=220 held=220",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=notTrading priceTicks=110 endedLots=2 released=220"
    ])
  })

  it("starts a post-only order in a market that takes only those", () => {
    const { run, tags } = indexed({ dueWorkMax: 1 })
    run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 104 }))
    run(order(ada, "buy", 110, 2, { ...stop, triggerTicks: 105, postOnly: "refuse" }))
    run(price(105))
    run(status("postOnly"))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderRested"])
  })

  it("error: ends as unfilled when it is to be filled whole and finds less", () => {
    const { run, told } = indexed()
    run(order(bob, "sell", 105, 1))
    run(order(ada, "buy", 0, 2, { ...stop, ...atMarket, timeInForce: "FOK", triggerTicks: 105 }))
    run(price(105))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=210 held=210",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=unfilled endedLots=2 released=210"
    ])
  })

  it("error: ends as unfunded when a market buy costs more than its bound and no more is available", () => {
    const { run, told } = indexed()
    run(order(bob, "sell", 109, 2))
    run(order(ada, "buy", 0, 2, { ...stop, ...atMarket, triggerTicks: 105 }))
    run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: 99_783n })
    run(price(105))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=210 held=210",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=unfunded endedLots=2 released=210"
    ])
  })

  it("error: ends as wouldCross when it is post-only and would take", () => {
    const { run, told } = indexed()
    run(order(bob, "sell", 104, 2))
    run(order(ada, "buy", 104, 2, { ...stop, postOnly: "refuse", triggerTicks: 105 }))
    run(price(105))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=208 held=208",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=wouldCross priceTicks=104 endedLots=2 released=208"
    ])
  })

  it("slides when it starts, and holds what its new price needs", () => {
    const { balance, run, told } = indexed()
    run(order(bob, "sell", 104, 2))
    run(order(ada, "buy", 108, 2, { ...stop, postOnly: "slide", triggerTicks: 105 }))
    assert.deepStrictEqual(balance(ada, quote), [99_784n, 216n])
    run(price(105))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=216 held=206",
      "OrderRested orderId=2 side=buy priceTicks=103 remainingLots=2 shownLots=2 depthSequence=2"
    ])
    assert.deepStrictEqual(balance(ada, quote), [99_794n, 206n])
  })

  it("error: ends as tooLarge when a slide takes it past the market's bound", () => {
    const { run, told } = venueWith({ notionalMax: 1_000n })
    run(rules({ triggerSource: "index" }))
    run(order(bob, "buy", 101, 2))
    run(order(ada, "sell", 100, 10, { ...stop, postOnly: "slide", triggerTicks: 95 }))
    run(price(95))
    assert.deepStrictEqual(told(advance), [
      "OrderActivated orderId=2 accountId=1000 side=sell wait=trigger priceTicks=95 oldHeld=100 held=100",
      "OrderEnded orderId=2 accountId=1000 side=sell reason=tooLarge priceTicks=100 endedLots=10 released=100"
    ])
  })

  it("error: ends as tooLarge when a market buy would cost 2^53", () => {
    const { credit, run, tags } = venueWith({ tickMantissa: 2 ** 40, ticksMax: 2 ** 10 })
    for (const accountId of [ada, bob]) credit(accountId, quote, 2n ** 60n)
    run(rules({ triggerSource: "index" }))
    run(order(bob, "sell", 1_001, 8))
    run(order(bob, "sell", 1_001, 8))
    const buy = order(ada, "buy", 0, 16, { ...stop, ...atMarket, triggerTicks: 500 })
    assert.deepStrictEqual(tags({ ...buy, triggerTicks: 512 } as Command.Command), [
      "Rejected NotionalTooLarge"
    ])
    assert.deepStrictEqual(tags(buy), ["OrderAccepted", "OrderWaiting"])
    run(price(500))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderEnded tooLarge"])
  })

  it("error: ends as levelFull when its price has no room", () => {
    const { credit, run, tags } = venueWith({
      lotUnits: 1n,
      tickMantissa: 10,
      lotsMax: 2 ** 52 - 1,
      ticksMax: 100
    })
    credit(ada, base, 2n ** 60n)
    run(rules({ triggerSource: "index" }))
    run(order(ada, "sell", 1, 2 ** 49, { ...stop, triggerTicks: 95 }))
    for (let i = 0; i < 15; i++) run(order(ada, "sell", 1, 2 ** 49))
    run(price(95))
    assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderEnded levelFull"])
  })

  it("error: an order whose trigger the price has reached is refused", () => {
    const { tags } = indexed()
    const wait = (side: "buy" | "sell", trigger: "stopLoss" | "takeProfit", triggerTicks: number) =>
      tags(order(ada, side, 100, 1, { trigger, triggerTicks }))
    assert.deepStrictEqual(wait("buy", "stopLoss", 100), ["Rejected WouldTrigger"])
    assert.deepStrictEqual(wait("sell", "takeProfit", 99), ["Rejected WouldTrigger"])
    assert.deepStrictEqual(wait("sell", "stopLoss", 100), ["Rejected WouldTrigger"])
    assert.deepStrictEqual(wait("buy", "takeProfit", 101), ["Rejected WouldTrigger"])
    assert.deepStrictEqual(wait("buy", "stopLoss", 101), ["OrderAccepted", "OrderWaiting"])
    assert.deepStrictEqual(wait("sell", "takeProfit", 101), ["OrderAccepted", "OrderWaiting"])
    assert.deepStrictEqual(wait("sell", "stopLoss", 99), ["OrderAccepted", "OrderWaiting"])
    assert.deepStrictEqual(wait("buy", "takeProfit", 99), ["OrderAccepted", "OrderWaiting"])
  })

  it("error: a trigger has a price or trails, and only a trigger does", () => {
    const { tags } = indexed()
    const refused = ["Rejected CombinationNotSupported"]
    assert.deepStrictEqual(tags(order(ada, "buy", 100, 1, { triggerTicks: 105 })), refused)
    assert.deepStrictEqual(
      tags(order(ada, "buy", 100, 1, { trailingUnit: "ticks", trailingOffset: 1 })),
      refused
    )
    assert.deepStrictEqual(tags(order(ada, "buy", 100, 1, stop)), refused)
    assert.deepStrictEqual(
      tags(order(ada, "buy", 100, 1, { ...stop, trailingUnit: "ticks" })),
      refused
    )
    assert.deepStrictEqual(
      tags(order(ada, "buy", 100, 1, { ...stop, triggerTicks: 105, trailingOffset: 1 })),
      refused
    )
  })

  it("error: an offset past the bounds, or nothing to bound a market buy by", () => {
    const { tags } = venueWith()
    const trails = (trailingUnit: "ticks" | "basisPoints", trailingOffset: number, more = {}) =>
      tags(order(ada, "buy", 100, 1, { ...stop, trailingUnit, trailingOffset, ...more }))
    assert.deepStrictEqual(trails("basisPoints", 5_001), ["Rejected TrailingOffsetInvalid"])
    assert.deepStrictEqual(trails("ticks", 1_000_001), ["Rejected TrailingOffsetInvalid"])
    assert.deepStrictEqual(trails("ticks", 5, atMarket), ["Rejected NoReferencePrice"])
    assert.deepStrictEqual(trails("basisPoints", 5_000), ["OrderAccepted", "OrderWaiting"])
  })

  it("error: too many orders of an account wait, or of a market trail", () => {
    const { run, tags } = venueWith(
      {},
      { conditionalOrdersPerAccountMax: 2, trailingOrdersPerMarketMax: 1 }
    )
    const trails = { ...stop, trailingUnit: "ticks", trailingOffset: 3 } as const
    assert.deepStrictEqual(tags(order(ada, "sell", 90, 1, trails)), [
      "OrderAccepted",
      "OrderWaiting"
    ])
    assert.deepStrictEqual(tags(order(bob, "sell", 90, 1, trails)), [
      "Rejected TooManyConditionalOrders"
    ])
    run(order(ada, "sell", 90, 1, { ...stop, triggerTicks: 90 }))
    assert.deepStrictEqual(tags(order(ada, "sell", 90, 1, { ...stop, triggerTicks: 90 })), [
      "Rejected TooManyConditionalOrders"
    ])
  })

  it("error: an order that waits is not amended", () => {
    const { run, tags } = indexed()
    run(order(ada, "buy", 110, 1, { ...stop, triggerTicks: 105 }))
    const amend = { _tag: "AmendOrder", accountId: ada, marketId: market, ...firstOrder } as const
    assert.deepStrictEqual(tags({ ...amend, priceTicks: 111, lots: 0 }), [
      "Rejected OrderNotAmendable"
    ])
  })
})
