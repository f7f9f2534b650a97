import { type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import type { CommandOf } from "./reference/NaiveState.ts"
import {
  ada,
  advance,
  bob,
  cancel,
  cleo,
  list,
  market,
  order,
  quote,
  richVenueFrom,
  start,
  status,
  tagsOf,
  venues
} from "./venueWith.ts"

describe.each(venues)("cancelling in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const stop = { trigger: "stopLoss", triggerTicks: 95 } as const

  it("cancels one side, with the lists that its orders belong to", () => {
    const { run, told } = venueWith()
    run(order(ada, "buy", 80, 1))
    run(
      list(ada, "OTO", [
        { side: "sell", priceTicks: 110, lots: 2 },
        { side: "buy", priceTicks: 90, lots: 2 }
      ])
    )
    run(order(ada, "sell", 94, 1, stop))
    assert.deepStrictEqual(
      told({ _tag: "CancelAll", accountId: ada, marketId: market, sides: "sell" }),
      [
        "OrderEnded orderId=2 accountId=1000 side=sell reason=cancelled priceTicks=110 endedLots=2 released=20 shownLots=2 depthSequence=3",
        "OrderEnded orderId=3 accountId=1000 side=buy reason=cancelled priceTicks=90 endedLots=2",
        "OrderEnded orderId=4 accountId=1000 side=sell reason=cancelled priceTicks=94 endedLots=1 released=10"
      ]
    )
  })

  describe("by a timer", () => {
    const after = (delayMs: number): Command.Command => ({
      _tag: "CancelAfter",
      accountId: ada,
      delayMs
    })

    it("ends the account's orders when it comes, and is gone then", () => {
      const { at, run, told } = venueWith()
      run(order(ada, "buy", 90, 1))
      run(order(bob, "buy", 90, 1))
      run(order(ada, "sell", 94, 1, stop))
      assert.deepStrictEqual(told(after(10)), [
        `CancelAfterSet accountId=1000 deadline=${start + 10}`
      ])
      at(9)
      assert.deepStrictEqual(told(advance), [])
      at(10)
      assert.deepStrictEqual(told(advance), [
        "CancelAfterFired accountId=1000",
        "OrderEnded orderId=1 accountId=1000 side=buy reason=cancelAfter priceTicks=90 endedLots=1 released=90 shownLots=1 depthSequence=3",
        "OrderEnded orderId=3 accountId=1000 side=sell reason=cancelAfter priceTicks=94 endedLots=1 released=10"
      ])
      run(order(ada, "buy", 90, 1))
      at(30)
      assert.deepStrictEqual(told(advance), [])
    })

    it("is replaced by a new one and stopped by a delay of 0", () => {
      const { at, run, told } = venueWith()
      run(order(ada, "buy", 90, 1))
      run(after(10))
      run(after(20))
      at(10)
      assert.deepStrictEqual(told(advance), [])
      assert.deepStrictEqual(told(after(0)), ["CancelAfterSet accountId=1000"])
      at(20)
      assert.deepStrictEqual(told(advance), [])
    })

    it("leaves orders in halted markets", () => {
      const { at, run, tags } = venueWith()
      run(order(ada, "buy", 90, 1))
      run(after(10))
      run(status("halted"))
      at(10)
      assert.deepStrictEqual(tags(advance), ["CancelAfterFired"])
      run(status("open"))
      assert.deepStrictEqual(tags(cancel(ada, 1)), ["OrderEnded cancelled"])
    })

    it("comes after the orders of its time, and is finished by the command that begins it", () => {
      const { at, run, tags } = venueWith({}, { dueWorkMax: 2 })
      const due = { timeInForce: "GTD", deadline: start + 10 } as const
      run(after(10))
      run(order(ada, "buy", 90, 1, due))
      for (let i = 0; i < 3; i++) run(order(ada, "buy", 90, 1))
      run(order(bob, "buy", 90, 1, { ...due, deadline: start + 11 }))
      at(11)
      assert.deepStrictEqual(tags(advance), [
        "OrderEnded deadline",
        "CancelAfterFired",
        "OrderEnded cancelAfter",
        "OrderEnded cancelAfter",
        "OrderEnded cancelAfter"
      ])
      assert.deepStrictEqual(tags(advance), ["OrderEnded deadline"])
    })

    it("comes for several accounts at one time by account", () => {
      const { at, run, told } = venueWith()
      for (const accountId of [cleo, ada, bob]) run({ _tag: "CancelAfter", accountId, delayMs: 10 })
      at(10)
      assert.deepStrictEqual(
        told(advance),
        [1000, 1001, 1002].map((accountId) => `CancelAfterFired accountId=${accountId}`)
      )
    })

    it("error: a delay past a day, or for an account that does not trade", () => {
      const { tags } = venueWith()
      assert.deepStrictEqual(tags(after(86_400_001)), ["Rejected DelayTooLong"])
      assert.deepStrictEqual(tags(after(86_400_000)), ["CancelAfterSet"])
      assert.deepStrictEqual(
        tags({ _tag: "CancelAfter", accountId: Ids.AccountId(2), delayMs: 0 }),
        ["Rejected AccountKindReserved"]
      )
    })
  })

  describe("by a replacement", () => {
    const replace = (
      orderId: number,
      more: Partial<CommandOf<"ReplaceOrder">> = {}
    ): Command.Command => ({
      ...(order(ada, "buy", 91, 2) as CommandOf<"PlaceOrder">),
      _tag: "ReplaceOrder",
      orderId: Ids.OrderId(orderId),
      cancelClientOrderId: "",
      mode: "stopOnFailure",
      replaceable: "any",
      ...more
    })

    it("cancels one order and places another, with what the first one held", () => {
      const { run, told } = venueWith()
      run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: quote, amount: 99_800n })
      run(order(ada, "buy", 100, 2, { clientOrderId: "a" }))
      assert.deepStrictEqual(
        told(replace(0, { cancelClientOrderId: "a", clientOrderId: "a", priceTicks: 95 })),
        [
          "OrderEnded orderId=1 accountId=1000 side=buy reason=cancelled priceTicks=100 endedLots=2 released=200 shownLots=2 depthSequence=2",
          "OrderAccepted orderId=2 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=95 lots=2 held=190 clientOrderId=a",
          "OrderRested orderId=2 side=buy priceTicks=95 remainingLots=2 shownLots=2 depthSequence=3"
        ]
      )
    })

    it("error: nothing is done with stopOnFailure, and the new order is placed with allowFailure", () => {
      const { told } = venueWith()
      assert.deepStrictEqual(told(replace(7)), ["Rejected reason=UnknownOrder"])
      assert.deepStrictEqual(told(replace(7, { mode: "allowFailure" })), [
        "PartRefused part=cancel reason=UnknownOrder",
        "OrderAccepted orderId=1 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=91 lots=2 held=182",
        "OrderRested orderId=1 side=buy priceTicks=91 remainingLots=2 shownLots=2 depthSequence=1"
      ])
    })

    it("error: what was cancelled stays cancelled when the new order is refused", () => {
      const { run, told } = venueWith()
      run(order(ada, "buy", 90, 2))
      assert.deepStrictEqual(told(replace(1, { lots: 0 })), [
        "OrderEnded orderId=1 accountId=1000 side=buy reason=cancelled priceTicks=90 endedLots=2 released=180 shownLots=2 depthSequence=2",
        "PartRefused part=place reason=QuantityZero"
      ])
      assert.deepStrictEqual(told(replace(1, { lots: 0, mode: "allowFailure" })), [
        "PartRefused part=cancel reason=UnknownOrder",
        "PartRefused part=place reason=QuantityZero"
      ])
    })

    it("error: an order that is filled in part, or not at all, is replaced only where that is allowed", () => {
      const { run, tags } = venueWith()
      run(order(ada, "buy", 90, 2))
      assert.deepStrictEqual(tags(replace(1, { replaceable: "partlyFilled" })), [
        "Rejected OrderNotReplaceable"
      ])
      run(order(bob, "sell", 90, 1))
      assert.deepStrictEqual(tags(replace(1, { replaceable: "unfilled" })), [
        "Rejected OrderNotReplaceable"
      ])
      assert.deepStrictEqual(tags(replace(1, { replaceable: "partlyFilled" })), [
        "OrderEnded cancelled",
        "OrderAccepted",
        "OrderRested"
      ])
    })

    it("replaces an order as unfilled that self-trade prevention made smaller", () => {
      const { run, tags } = venueWith()
      run(order(ada, "buy", 90, 3))
      run(order(ada, "sell", 90, 1, { selfTradePrevention: "decrement" }))
      assert.deepStrictEqual(tags(replace(1, { replaceable: "partlyFilled" })), [
        "Rejected OrderNotReplaceable"
      ])
      assert.deepStrictEqual(
        tags(replace(1, { replaceable: "unfilled" }))[0],
        "OrderEnded cancelled"
      )
    })

    it("error: an account that does not exist replaces and cancels nothing, nor does one in a market that does not", () => {
      const { tags } = venueWith()
      const nowhere = Ids.AccountId(5_000)
      assert.deepStrictEqual(tags(replace(1, { accountId: nowhere, mode: "allowFailure" })), [
        "Rejected UnknownAccount"
      ])
      const all = {
        _tag: "CancelAll",
        accountId: ada,
        marketId: Ids.MarketId(9),
        sides: "both"
      } as const
      assert.deepStrictEqual(tags(all), ["Rejected UnknownMarket"])
      assert.deepStrictEqual(tags({ ...all, accountId: nowhere }), ["Rejected UnknownAccount"])
    })

    it("error: an order in a halted market, or in another one, is not replaced", () => {
      const { run, tags } = venueWith()
      run(order(ada, "buy", 90, 2))
      assert.deepStrictEqual(tags(replace(1, { marketId: Ids.MarketId(2) })), [
        "Rejected UnknownMarket"
      ])
      run(status("halted"))
      assert.deepStrictEqual(tags(replace(1)), ["Rejected MarketHalted"])
      run(status("cancelOnly"))
      assert.deepStrictEqual(tagsOf(run(replace(1)).own), ["OrderEnded cancelled", "PartRefused"])
    })
  })
})
