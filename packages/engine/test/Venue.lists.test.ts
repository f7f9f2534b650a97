import { type Command, Ids, type Order, OrderRecord } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import type { Terms } from "./reference/NaiveState.ts"
import {
  ada,
  advance,
  atMarket,
  base,
  bob,
  cancel,
  cleo,
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
  venues
} from "./venueWith.ts"

describe.each(venues)("lists in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  /** The reference price is what the index says. */
  const indexed = (limits = {}) => {
    const made = venueWith({}, limits)
    made.run(rules({ triggerSource: "index" }))
    made.run(price(100))
    return made
  }
  const sell = { side: "sell", lots: 5 } as const
  /** Sells 5 at 110, or at any price from 95 down. */
  const above: Partial<Terms> = { ...sell, priceTicks: 110, postOnly: "refuse" }
  const below: Partial<Terms> = { ...sell, ...atMarket, trigger: "stopLoss", triggerTicks: 95 }
  const buy: Partial<Terms> = { side: "buy", priceTicks: 100, lots: 5 }

  describe("one cancels the other", () => {
    it("holds once for a pair of sells", () => {
      const { balance, told } = indexed()
      assert.deepStrictEqual(told(list(ada, "OCO", [above, below], { clientListId: "exit" })), [
        "OrderListAccepted listId=1 accountId=1000 contingency=OCO firstOrderId=1 secondOrderId=2 clientListId=exit",
        "OrderAccepted orderId=1 accountId=1000 side=sell type=limit timeInForce=GTC postOnly=refuse priceTicks=110 lots=5 listId=1 held=50",
        "OrderAccepted orderId=2 accountId=1000 side=sell type=market timeInForce=IOC lots=5 listId=1",
        "OrderWaiting orderId=2 side=sell wait=trigger trigger=stopLoss triggerTicks=95",
        "OrderRested orderId=1 side=sell priceTicks=110 remainingLots=5 shownLots=5 depthSequence=1"
      ])
      assert.deepStrictEqual(balance(ada, base), [9_950n, 50n])
    })

    it("holds for the stop of a pair of buys what it needs in addition", () => {
      const { balance, told } = indexed()
      const first: Partial<Terms> = { side: "buy", lots: 2, priceTicks: 90, postOnly: "refuse" }
      const stop: Partial<Terms> = {
        side: "buy",
        lots: 2,
        priceTicks: 108,
        trigger: "stopLoss",
        triggerTicks: 105
      }
      assert.deepStrictEqual(told(list(ada, "OCO", [first, stop])), [
        "OrderListAccepted listId=1 accountId=1000 contingency=OCO firstOrderId=1 secondOrderId=2",
        "OrderAccepted orderId=1 accountId=1000 side=buy type=limit timeInForce=GTC postOnly=refuse priceTicks=90 lots=2 listId=1 held=180",
        "OrderAccepted orderId=2 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=108 lots=2 listId=1 held=36",
        "OrderWaiting orderId=2 side=buy wait=trigger trigger=stopLoss triggerTicks=105",
        "OrderRested orderId=1 side=buy priceTicks=90 remainingLots=2 shownLots=2 depthSequence=1"
      ])
      assert.deepStrictEqual(balance(ada, quote), [99_784n, 216n])
    })

    it("ends the stop when the first order trades, partly too", () => {
      const { run, told } = indexed()
      run(list(ada, "OCO", [above, below]))
      assert.deepStrictEqual(told(order(bob, "buy", 110, 2)), [
        "OrderAccepted orderId=3 accountId=1001 side=buy type=limit timeInForce=GTC priceTicks=110 lots=2 held=220",
        "Trade tradeId=1 makerOrderId=1 takerOrderId=3 makerAccountId=1000 takerAccountId=1001 takerSide=buy priceTicks=110 lots=2 makerRemainingLots=3 baseUnits=20 quoteUnits=220 buyerHeld=220 depthSequence=2",
        "OrderEnded orderId=2 accountId=1000 side=sell reason=otherLeg endedLots=5",
        "OrderEnded orderId=3 accountId=1001 side=buy reason=filled priceTicks=110 filledLots=2"
      ])
      assert.deepStrictEqual(told(price(95)), ["PriceSet priceTicks=95 source=index"])
      assert.deepStrictEqual(told(advance), [])
    })

    it("ends the stop after the end or the refill of the first order", () => {
      const { run, tags } = indexed()
      run(list(ada, "OCO", [above, below]))
      assert.deepStrictEqual(tags(order(bob, "buy", 110, 5)), [
        "OrderAccepted",
        "Trade",
        "OrderEnded filled",
        "OrderEnded otherLeg",
        "OrderEnded filled"
      ])
      run(list(ada, "OCO", [{ ...above, displayLots: 2 }, below]))
      assert.deepStrictEqual(tags(order(bob, "buy", 110, 2)), [
        "OrderAccepted",
        "Trade",
        "OrderRefilled",
        "OrderEnded otherLeg",
        "OrderEnded filled"
      ])
    })

    it("passes what the stop needs to it when it starts, and ends the first order before", () => {
      const { balance, run, told } = indexed()
      const first: Partial<Terms> = { side: "buy", lots: 2, priceTicks: 96, postOnly: "refuse" }
      const stop: Partial<Terms> = {
        side: "buy",
        lots: 2,
        priceTicks: 104,
        trigger: "stopLoss",
        triggerTicks: 105
      }
      run(list(ada, "OCO", [first, stop]))
      run(price(105))
      assert.deepStrictEqual(told(advance), [
        "OrderEnded orderId=1 accountId=1000 side=buy reason=otherLeg priceTicks=96 endedLots=2 shownLots=2 depthSequence=2",
        "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=208 held=208",
        "OrderRested orderId=2 side=buy priceTicks=104 remainingLots=2 shownLots=2 depthSequence=3"
      ])
      assert.deepStrictEqual(balance(ada, quote), [99_792n, 208n])
    })

    it("leaves the first order with what the stop does not need", () => {
      const { run, told } = indexed()
      const first: Partial<Terms> = { side: "buy", lots: 2, priceTicks: 99, postOnly: "refuse" }
      const stop: Partial<Terms> = {
        side: "buy",
        lots: 2,
        priceTicks: 90,
        trigger: "stopLoss",
        triggerTicks: 105
      }
      run(list(ada, "OCO", [first, stop]))
      run(price(105))
      assert.deepStrictEqual(told(advance), [
        "OrderEnded orderId=1 accountId=1000 side=buy reason=otherLeg priceTicks=99 endedLots=2 released=18 shownLots=2 depthSequence=2",
        "OrderActivated orderId=2 accountId=1000 side=buy wait=trigger priceTicks=105 oldHeld=180 held=180",
        "OrderRested orderId=2 side=buy priceTicks=90 remainingLots=2 shownLots=2 depthSequence=3"
      ])
    })

    it("ends the stop when a take-profit starts, though both wait", () => {
      const { run, tags, told } = indexed()
      const first: Partial<Terms> = {
        ...sell,
        ...atMarket,
        trigger: "takeProfit",
        triggerTicks: 110
      }
      assert.deepStrictEqual(tags(list(ada, "OCO", [first, below])), [
        "OrderListAccepted",
        "OrderAccepted",
        "OrderAccepted",
        "OrderWaiting",
        "OrderWaiting"
      ])
      run(order(bob, "buy", 109, 5))
      run(price(110))
      assert.deepStrictEqual(told(advance), [
        "OrderEnded orderId=2 accountId=1000 side=sell reason=otherLeg endedLots=5",
        "OrderActivated orderId=1 accountId=1000 side=sell wait=trigger priceTicks=110 oldHeld=50 held=50",
        "Trade tradeId=1 makerOrderId=3 takerOrderId=1 makerAccountId=1001 takerAccountId=1000 takerSide=sell priceTicks=109 lots=5 baseUnits=50 quoteUnits=545 buyerHeld=545 depthSequence=2",
        "OrderEnded orderId=3 accountId=1001 side=buy reason=filled priceTicks=109 filledLots=5",
        "OrderEnded orderId=1 accountId=1000 side=sell reason=filled filledLots=5"
      ])
    })

    it("looks at the book for a post-only take-profit when that starts, and not before", () => {
      const { run, tags } = indexed()
      const first: Partial<Terms> = {
        ...above,
        priceTicks: 99,
        trigger: "takeProfit",
        triggerTicks: 110
      }
      run(order(bob, "buy", 99, 1))
      assert.deepStrictEqual(tags(list(ada, "OCO", [first, below]))[0], "OrderListAccepted")
      run(price(110))
      assert.deepStrictEqual(tags(advance), [
        "OrderEnded otherLeg",
        "OrderActivated",
        "OrderEnded wouldCross"
      ])
    })

    it("ends the other order when one ends at its deadline or is prevented from trading", () => {
      const { at, run, told } = indexed()
      run(list(ada, "OCO", [{ ...above, timeInForce: "GTD", deadline: start + 5 }, below]))
      at(5)
      assert.deepStrictEqual(told(advance), [
        "OrderEnded orderId=1 accountId=1000 side=sell reason=deadline priceTicks=110 endedLots=5 released=50 shownLots=5 depthSequence=2",
        "OrderEnded orderId=2 accountId=1000 side=sell reason=otherLeg endedLots=5"
      ])
      run(list(ada, "OCO", [above, below]))
      assert.deepStrictEqual(
        told(order(ada, "buy", 110, 5, { selfTradePrevention: "expireBoth" })),
        [
          "OrderAccepted orderId=5 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=110 lots=5 selfTradePrevention=expireBoth held=550",
          "SelfTradePrevented makerOrderId=3 takerOrderId=5 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=expireBoth priceTicks=110 makerLots=5 takerLots=5",
          "OrderEnded orderId=3 accountId=1000 side=sell reason=selfTrade priceTicks=110 endedLots=5 released=50 shownLots=5 depthSequence=4",
          "OrderEnded orderId=4 accountId=1000 side=sell reason=otherLeg endedLots=5",
          "OrderEnded orderId=5 accountId=1000 side=buy reason=selfTrade priceTicks=110 endedLots=5 released=550"
        ]
      )
    })

    it("goes whole when one of it is cancelled", () => {
      const { balance, run, told } = indexed()
      run(list(ada, "OCO", [above, below]))
      assert.deepStrictEqual(told(cancel(ada, 2)), [
        "OrderEnded orderId=2 accountId=1000 side=sell reason=cancelled endedLots=5",
        "OrderEnded orderId=1 accountId=1000 side=sell reason=cancelled priceTicks=110 endedLots=5 released=50 shownLots=5 depthSequence=2"
      ])
      assert.deepStrictEqual(balance(ada, base), [10_000n, 0n])
    })

    it("error: prices on the wrong side of each other or of the reference price", () => {
      const { tags } = indexed()
      const refused = ["Rejected ListPricesInvalid"]
      assert.deepStrictEqual(tags(list(ada, "OCO", [{ ...above, priceTicks: 95 }, below])), refused)
      assert.deepStrictEqual(
        tags(list(ada, "OCO", [{ ...above, priceTicks: 100 }, below])),
        refused
      )
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, { ...below, triggerTicks: 100 }])), [
        "Rejected WouldTrigger"
      ])
    })

    it("error: no pair: other sides or quantities, a first order that takes, or no stop", () => {
      const { tags } = indexed()
      const refused = ["Rejected ListTermsInvalid"]
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, { ...below, lots: 4 }])), refused)
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, { ...below, side: "buy" }])), refused)
      assert.deepStrictEqual(
        tags(list(ada, "OCO", [{ ...above, postOnly: "slide" }, below])),
        refused
      )
      assert.deepStrictEqual(
        tags(list(ada, "OCO", [above, { ...below, trigger: "takeProfit" }])),
        refused
      )
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, below, { lots: 1 }])), refused)
      assert.deepStrictEqual(tags(list(ada, "OTO", [{ ...buy, ...atMarket }, above])), refused)
      assert.deepStrictEqual(
        tags(
          list(ada, "OTO", [
            buy,
            { side: "sell", type: "marketBudget", timeInForce: "IOC", budget: 9n }
          ])
        ),
        refused
      )
    })

    it("error: any term of a third order where there is none", () => {
      const { tags } = indexed()
      const terms: ReadonlyArray<Partial<Terms>> = [
        { side: "sell" },
        { type: "market" },
        { timeInForce: "IOC" },
        { postOnly: "refuse" },
        { priceTicks: 1 },
        { lots: 1 },
        { budget: 1n },
        { deadline: 1 },
        { displayLots: 1 },
        { trigger: "stopLoss" },
        { triggerTicks: 1 },
        { trailingUnit: "ticks" },
        { trailingOffset: 1 },
        { selfTradePrevention: "expireTaker" },
        { reduceOnly: true },
        { credential: 1 },
        { clientOrderId: "c" }
      ]
      assert.strictEqual(terms.length, Object.keys(OrderRecord.noTerms).length)
      for (const third of terms) {
        assert.deepStrictEqual(tags(list(ada, "OCO", [above, below, third])), [
          "Rejected ListTermsInvalid"
        ])
      }
    })

    it("error: a first order of a pair that is neither a maker nor a take-profit, or a working order that waits", () => {
      const { tags } = indexed()
      const refused = ["Rejected ListTermsInvalid"]
      const stop = { trigger: "stopLoss", triggerTicks: 120 } as const
      assert.deepStrictEqual(tags(list(ada, "OCO", [{ ...above, ...stop }, below])), refused)
      assert.deepStrictEqual(
        tags(list(ada, "OCO", [{ ...above, timeInForce: "IOC" }, below])),
        refused
      )
      assert.deepStrictEqual(tags(list(ada, "OCO", [{ ...above, type: "market" }, below])), refused)
      assert.deepStrictEqual(tags(list(ada, "OTO", [{ ...above, ...stop }, below])), refused)
    })

    it("error: a pending order for a budget, as one of a pair too", () => {
      const { tags } = indexed()
      const forBudget = {
        ...sell,
        type: "marketBudget",
        timeInForce: "IOC",
        budget: 9n,
        lots: 0
      } as const
      const takeProfit: Partial<Terms> = { ...forBudget, trigger: "takeProfit", triggerTicks: 110 }
      const stop: Partial<Terms> = { ...forBudget, trigger: "stopLoss", triggerTicks: 95 }
      const other = { ...sell, ...atMarket, lots: 0 }
      const above = { ...other, trigger: "takeProfit", triggerTicks: 110 } as const
      const below = { ...other, trigger: "stopLoss", triggerTicks: 95 } as const
      assert.deepStrictEqual(tags(list(ada, "OTOCO", [buy, takeProfit, below])), [
        "Rejected ListTermsInvalid"
      ])
      assert.deepStrictEqual(tags(list(ada, "OTOCO", [buy, above, stop])), [
        "Rejected ListTermsInvalid"
      ])
      assert.deepStrictEqual(tags(list(ada, "OCO", [takeProfit, stop])), [
        "Rejected CombinationNotSupported"
      ])
    })

    it("compares no price that a trailing order does not have yet", () => {
      const { tags } = indexed()
      const trailing = { trigger: "takeProfit", trailingUnit: "ticks", trailingOffset: 5 } as const
      assert.deepStrictEqual(
        tags(list(ada, "OCO", [{ ...sell, ...atMarket, ...trailing }, below]))[0],
        "OrderListAccepted"
      )
    })

    it("error: refused for the first reason of the first order, then for those of the list", () => {
      const { run, tags } = indexed()
      assert.deepStrictEqual(
        tags(
          list(ada, "OCO", [
            { ...above, lots: 0 },
            { ...below, lots: 0 }
          ])
        ),
        ["Rejected QuantityZero"]
      )
      assert.deepStrictEqual(
        tags(list(ada, "OCO", [{ ...above, priceTicks: 94, clientOrderId: "?" }, below])),
        ["Rejected MalformedText"]
      )
      assert.deepStrictEqual(
        tags(
          list(ada, "OCO", [
            { ...above, clientOrderId: "a" },
            { ...below, clientOrderId: "a" }
          ])
        ),
        ["Rejected DuplicateClientOrderId"]
      )
      run(list(ada, "OCO", [above, below], { clientListId: "exit" }))
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, below], { clientListId: "exit" })), [
        "Rejected DuplicateClientOrderId"
      ])
      run(order(bob, "buy", 110, 1))
      run(order(bob, "buy", 110, 5))
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, below], { clientListId: "exit" })), [
        "Rejected PostOnlyWouldCross"
      ])
      run(status("postOnly"))
      assert.deepStrictEqual(tags(list(ada, "OCO", [above, below])), ["Rejected MarketPostOnly"])
    })
  })

  describe("one triggers others", () => {
    it("holds for the working order only, and starts the pending one when it is filled", () => {
      const { balance, run, tags, told } = indexed()
      assert.deepStrictEqual(told(list(ada, "OTO", [buy, { ...above, postOnly: "off" }])), [
        "OrderListAccepted listId=1 accountId=1000 contingency=OTO firstOrderId=1 secondOrderId=2",
        "OrderAccepted orderId=1 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=100 lots=5 listId=1 held=500",
        "OrderAccepted orderId=2 accountId=1000 side=sell type=limit timeInForce=GTC priceTicks=110 lots=5 listId=1",
        "OrderWaiting orderId=2 side=sell wait=workingOrder",
        "OrderRested orderId=1 side=buy priceTicks=100 remainingLots=5 shownLots=5 depthSequence=1"
      ])
      assert.deepStrictEqual(balance(ada, base), [10_000n, 0n])
      run(order(bob, "sell", 100, 3))
      assert.deepStrictEqual(tags(advance), [])
      run(order(bob, "sell", 100, 2))
      assert.deepStrictEqual(told(advance), [
        "OrderActivated orderId=2 accountId=1000 side=sell wait=workingOrder priceTicks=100 held=50",
        "OrderRested orderId=2 side=sell priceTicks=110 remainingLots=5 shownLots=5 depthSequence=4"
      ])
      assert.deepStrictEqual(balance(ada, base), [10_000n, 50n])
    })

    it("starts both of a pair, the first before its stop, and holds once for them", () => {
      const { balance, run, told } = indexed({ dueWorkMax: 1 })
      run(order(bob, "sell", 100, 5))
      assert.deepStrictEqual(told(list(ada, "OTOCO", [buy, above, below])), [
        "OrderListAccepted listId=1 accountId=1000 contingency=OTOCO firstOrderId=2 secondOrderId=3 thirdOrderId=4",
        "OrderAccepted orderId=2 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=100 lots=5 listId=1 held=500",
        "OrderAccepted orderId=3 accountId=1000 side=sell type=limit timeInForce=GTC postOnly=refuse priceTicks=110 lots=5 listId=1",
        "OrderAccepted orderId=4 accountId=1000 side=sell type=market timeInForce=IOC lots=5 listId=1",
        "OrderWaiting orderId=3 side=sell wait=workingOrder",
        "OrderWaiting orderId=4 side=sell wait=workingOrder trigger=stopLoss triggerTicks=95",
        "Trade tradeId=1 makerOrderId=1 takerOrderId=2 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=5 baseUnits=50 quoteUnits=500 buyerHeld=500 depthSequence=2",
        "OrderEnded orderId=1 accountId=1001 side=sell reason=filled priceTicks=100 filledLots=5",
        "OrderEnded orderId=2 accountId=1000 side=buy reason=filled priceTicks=100 filledLots=5"
      ])
      assert.deepStrictEqual(told(advance), [
        "OrderActivated orderId=3 accountId=1000 side=sell wait=workingOrder priceTicks=100 held=50",
        "OrderRested orderId=3 side=sell priceTicks=110 remainingLots=5 shownLots=5 depthSequence=3",
        "OrderActivated orderId=4 accountId=1000 side=sell wait=workingOrder priceTicks=100",
        "OrderWaiting orderId=4 side=sell wait=trigger trigger=stopLoss triggerTicks=95"
      ])
      assert.deepStrictEqual(balance(ada, base), [10_000n, 50n])
    })

    it("starts a pending stop at once where the price has already reached its trigger", () => {
      const { run, told } = indexed()
      run(order(bob, "sell", 100, 5))
      run(order(cleo, "buy", 94, 5))
      run(list(ada, "OTOCO", [buy, above, { ...below, triggerTicks: 101 }]))
      assert.deepStrictEqual(told(advance), [
        "OrderActivated orderId=4 accountId=1000 side=sell wait=workingOrder priceTicks=100 held=50",
        "OrderRested orderId=4 side=sell priceTicks=110 remainingLots=5 shownLots=5 depthSequence=4",
        "OrderActivated orderId=5 accountId=1000 side=sell wait=workingOrder priceTicks=100",
        "OrderWaiting orderId=5 side=sell wait=trigger trigger=stopLoss triggerTicks=101",
        "OrderEnded orderId=4 accountId=1000 side=sell reason=otherLeg priceTicks=110 endedLots=5 shownLots=5 depthSequence=5",
        "OrderActivated orderId=5 accountId=1000 side=sell wait=trigger priceTicks=100 oldHeld=50 held=50",
        "Trade tradeId=2 makerOrderId=2 takerOrderId=5 makerAccountId=1002 takerAccountId=1000 takerSide=sell priceTicks=94 lots=5 baseUnits=50 quoteUnits=470 buyerHeld=470 depthSequence=6",
        "OrderEnded orderId=2 accountId=1002 side=buy reason=filled priceTicks=94 filledLots=5",
        "OrderEnded orderId=5 accountId=1000 side=sell reason=filled filledLots=5"
      ])
    })

    it("lets a pending order trail from the price at which it begins", () => {
      const { run, tags } = indexed()
      run(
        list(ada, "OTO", [
          buy,
          { ...sell, ...atMarket, trigger: "stopLoss", trailingUnit: "ticks", trailingOffset: 5 }
        ])
      )
      run(price(120))
      run(order(bob, "sell", 100, 5))
      assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderWaiting"])
      run(price(115))
      assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderEnded unfilled"])
    })

    it("lets a pending limit order wait without any price to trail from, since its own price bounds it", () => {
      const { run, tags } = venueWith()
      run(rules({ triggerSource: "index" }))
      const trailing = { trigger: "stopLoss", trailingUnit: "ticks", trailingOffset: 5 } as const
      run(
        list(ada, "OTO", [
          { ...sell, priceTicks: 100 },
          { ...buy, ...trailing }
        ])
      )
      run(order(bob, "buy", 100, 5))
      assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderWaiting"])
    })

    it("ends the pending orders when the working order ends unfilled", () => {
      const { told } = indexed()
      assert.deepStrictEqual(
        told(list(ada, "OTOCO", [{ ...buy, timeInForce: "IOC" }, above, below])),
        [
          "OrderListAccepted listId=1 accountId=1000 contingency=OTOCO firstOrderId=1 secondOrderId=2 thirdOrderId=3",
          "OrderAccepted orderId=1 accountId=1000 side=buy type=limit timeInForce=IOC priceTicks=100 lots=5 listId=1 held=500",
          "OrderAccepted orderId=2 accountId=1000 side=sell type=limit timeInForce=GTC postOnly=refuse priceTicks=110 lots=5 listId=1",
          "OrderAccepted orderId=3 accountId=1000 side=sell type=market timeInForce=IOC lots=5 listId=1",
          "OrderWaiting orderId=2 side=sell wait=workingOrder",
          "OrderWaiting orderId=3 side=sell wait=workingOrder trigger=stopLoss triggerTicks=95",
          "OrderEnded orderId=1 accountId=1000 side=buy reason=unfilled priceTicks=100 endedLots=5 released=500",
          "OrderEnded orderId=2 accountId=1000 side=sell reason=otherLeg priceTicks=110 endedLots=5",
          "OrderEnded orderId=3 accountId=1000 side=sell reason=otherLeg endedLots=5"
        ]
      )
    })

    it("goes whole when a pending order is cancelled", () => {
      const { run, told } = indexed()
      run(list(ada, "OTOCO", [buy, above, below]))
      assert.deepStrictEqual(told(cancel(ada, 3)), [
        "OrderEnded orderId=3 accountId=1000 side=sell reason=cancelled endedLots=5",
        "OrderEnded orderId=1 accountId=1000 side=buy reason=cancelled priceTicks=100 endedLots=5 released=500 shownLots=5 depthSequence=2",
        "OrderEnded orderId=2 accountId=1000 side=sell reason=cancelled priceTicks=110 endedLots=5"
      ])
    })

    it("ends only the pair when one of it ends at its deadline", () => {
      const { at, run, tags } = indexed()
      run(list(ada, "OTOCO", [buy, { ...above, timeInForce: "GTD", deadline: start + 5 }, below]))
      at(5)
      assert.deepStrictEqual(tags(advance), ["OrderEnded deadline", "OrderEnded otherLeg"])
      assert.deepStrictEqual(tags(order(bob, "sell", 100, 5)), [
        "OrderAccepted",
        "Trade",
        "OrderEnded filled",
        "OrderEnded filled"
      ])
      assert.deepStrictEqual(tags(advance), [])
    })

    it("error: a pending order on the side of its working order ends as unfunded when it cannot be paid", () => {
      const { run, told } = indexed()
      run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: 99_400n })
      run(order(bob, "sell", 100, 5))
      run(list(ada, "OTO", [buy, { ...buy, priceTicks: 90 }]))
      assert.deepStrictEqual(told(advance), [
        "OrderActivated orderId=3 accountId=1000 side=buy wait=workingOrder priceTicks=100",
        "OrderEnded orderId=3 accountId=1000 side=buy reason=unfunded priceTicks=90 endedLots=5"
      ])
    })

    it("error: a pending order ends as wouldCross or notTrading when it would take or may not trade", () => {
      const { run, tags } = indexed({ dueWorkMax: 1 })
      run(order(bob, "sell", 100, 5))
      run(order(cleo, "buy", 99, 5))
      run(list(ada, "OTO", [buy, { ...above, priceTicks: 99 }]))
      assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderEnded wouldCross"])
      for (let i = 0; i < 2; i++) run(list(ada, "OTO", [buy, { ...above, postOnly: "off" }]))
      run(order(bob, "sell", 100, 10))
      assert.deepStrictEqual(tags(status("postOnly")), [
        "OrderActivated",
        "OrderRested",
        "MarketStatusChanged"
      ])
      assert.deepStrictEqual(tags(advance), ["OrderActivated", "OrderEnded notTrading"])
    })

    it("error: a pending market buy that nothing bounds any more ends as unfunded", () => {
      const { run, told } = indexed()
      const trailing = { trigger: "stopLoss", trailingUnit: "ticks", trailingOffset: 5 } as const
      run(
        list(ada, "OTO", [
          { ...sell, priceTicks: 100 },
          { side: "buy", lots: 5, ...atMarket, ...trailing }
        ])
      )
      run(rules({ triggerSource: "other" }))
      run(order(bob, "buy", 100, 5))
      assert.deepStrictEqual(told(advance), [
        "OrderActivated orderId=2 accountId=1000 side=buy wait=workingOrder",
        "OrderEnded orderId=2 accountId=1000 side=buy reason=unfunded endedLots=5"
      ])
    })

    it("error: a pending market buy whose bound makes it too large ends as tooLarge", () => {
      const { credit, run, told } = venueWith({
        tickMantissa: 2 ** 40,
        ticksMax: 2 ** 10,
        lotsMax: 1_000
      })
      for (const accountId of [ada, bob]) credit(accountId, quote, 2n ** 60n)
      run(rules({ triggerSource: "index" }))
      run(price(500))
      const trailing = { trigger: "stopLoss", trailingUnit: "ticks", trailingOffset: 5 } as const
      run(
        list(ada, "OTO", [
          { ...sell, priceTicks: 100 },
          { side: "buy", lots: 16, ...atMarket, ...trailing }
        ])
      )
      run(price(507))
      run(order(bob, "buy", 100, 5))
      assert.deepStrictEqual(told(advance), [
        "OrderActivated orderId=2 accountId=1000 side=buy wait=workingOrder priceTicks=507",
        "OrderEnded orderId=2 accountId=1000 side=buy reason=tooLarge endedLots=16"
      ])
    })
  })

  describe("as a whole", () => {
    it("is cancelled by either of its ids", () => {
      const { run, tags } = indexed()
      const none = {
        _tag: "CancelOrderList",
        accountId: ada,
        listId: Ids.ListId(0),
        clientListId: ""
      } as const
      const ends = ["OrderEnded cancelled", "OrderEnded cancelled"]
      run(list(ada, "OCO", [above, below], { clientListId: "exit" }))
      assert.deepStrictEqual(tags({ ...none, clientListId: "exit" }), ends)
      run(list(ada, "OCO", [above, below], { clientListId: "exit" }))
      assert.deepStrictEqual(tags({ ...none, accountId: bob, listId: Ids.ListId(2) }), [
        "Rejected UnknownOrderList"
      ])
      assert.deepStrictEqual(tags({ ...none, listId: Ids.ListId(1) }), [
        "Rejected UnknownOrderList"
      ])
      assert.deepStrictEqual(tags(none), ["Rejected UnknownOrderList"])
      run(status("halted"))
      assert.deepStrictEqual(tags({ ...none, listId: Ids.ListId(2) }), ["Rejected MarketHalted"])
      run(status("cancelOnly"))
      assert.deepStrictEqual(tags({ ...none, listId: Ids.ListId(2) }), ends)
    })

    it("error: an order of a list is not amended, also when it is the last", () => {
      const { run, tags } = indexed()
      run(list(ada, "OCO", [above, below]))
      run(order(bob, "buy", 110, 1))
      const amend = { _tag: "AmendOrder", accountId: ada, marketId: market, ...firstOrder } as const
      assert.deepStrictEqual(tags({ ...amend, priceTicks: 0, lots: 3 }), [
        "Rejected OrderNotAmendable"
      ])
    })

    it("error: all its orders are counted, and those that will wait", () => {
      const many = (limits: {
        readonly openOrdersPerAccountMax?: number
        readonly conditionalOrdersPerAccountMax?: number
      }) => indexed(limits).tags(list(ada, "OTOCO", [buy, above, below]))
      assert.deepStrictEqual(many({ openOrdersPerAccountMax: 2 }), ["Rejected TooManyOpenOrders"])
      assert.deepStrictEqual(many({ conditionalOrdersPerAccountMax: 1 }), [
        "Rejected TooManyConditionalOrders"
      ])
      assert.deepStrictEqual(
        many({ openOrdersPerAccountMax: 3, conditionalOrdersPerAccountMax: 2 }).slice(0, 1),
        ["OrderListAccepted"]
      )
    })

    it("error: an OCO needs the larger of what its orders need", () => {
      const { run, tags } = indexed()
      const pair = (limit: number): Command.Command => {
        const common = { side: "buy" as Order.Side, lots: 10 }
        return list(ada, "OCO", [
          { ...common, priceTicks: 90, postOnly: "refuse" },
          { ...common, priceTicks: limit, trigger: "stopLoss", triggerTicks: 105 }
        ])
      }
      run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: 99_000n })
      assert.deepStrictEqual(tags(pair(101)), ["Rejected InsufficientFunds"])
      assert.deepStrictEqual(tags(pair(100)).slice(0, 1), ["OrderListAccepted"])
    })
  })
})
