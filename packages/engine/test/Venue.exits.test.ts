import type { Command } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import type { Limits } from "../src/Limits.ts"
import type { Terms } from "./reference/NaiveState.ts"
import {
  ada,
  advance,
  atMarket,
  base,
  bob,
  list,
  order,
  price,
  quote,
  richVenueFrom,
  rules,
  start,
  status,
  venueFrom,
  venues
} from "./venueWith.ts"

/**
 * A position opened by a list is protected, whatever fees and self-trade prevention have taken from
 * it.
 */
describe.each(venues)("exits in %s", (_, Venue) => {
  const target: Partial<Terms> = { side: "sell", lots: 10, priceTicks: 110, postOnly: "refuse" }
  const stop: Partial<Terms> = {
    side: "sell",
    lots: 10,
    ...atMarket,
    trigger: "stopLoss",
    triggerTicks: 95
  }
  const entry: Partial<Terms> = { side: "buy", lots: 10, priceTicks: 100 }
  const all = { lots: 0 } as const

  /** Fees of 0.1 % of what is received; ada has quote and no base. One lot is 10 units of base. */
  const withFees = (
    more: Parameters<ReturnType<typeof venueFrom>>[0] = {},
    limits: Partial<Limits> = {}
  ) => {
    const made = venueFrom(Venue)({ makerRate: 100, takerRate: 300, ...more }, limits)
    made.credit(ada, quote, 100_000n)
    made.credit(bob, base, 10_000n)
    made.credit(bob, quote, 100_000n)
    made.run(rules({ triggerSource: "index" }))
    made.run(price(100))
    return made
  }
  type Made = ReturnType<typeof withFees>
  /**
   * A list of ada's fills at once; one command runs before its exits begin, because another due
   * item comes first.
   */
  const filledBefore = (orders: ReadonlyArray<Partial<Terms>>, command: Command.Command) => {
    const made = withFees({}, { dueWorkMax: 1 })
    made.run(order(bob, "sell", 200, 1, { timeInForce: "GTD", deadline: start + 1 }))
    made.run(order(bob, "sell", 100, 20))
    made.run(list(ada, "OTOCO", orders))
    made.at(1)
    assert.strictEqual(made.tags(command)[0], "OrderEnded deadline")
    return made
  }
  const after = ({ run, tags }: Made, ...commands: ReadonlyArray<Command.Command>) => {
    for (const command of commands.slice(0, -1)) run(command)
    return tags(commands.at(-1)!)
  }

  it("exits of all that was bought have the lots that are left after fees, and both legs have them", () => {
    const made = withFees()
    made.run(order(bob, "sell", 100, 20))
    const placed = made.run(list(ada, "OTOCO", [entry, { ...target, ...all }, { ...stop, ...all }]))
    const accepted = placed.own.filter((event) => event._tag === "OrderAccepted")
    assert.deepStrictEqual(
      accepted.map(({ lots }) => lots),
      [10, 10, 10]
    )
    assert.deepStrictEqual(made.balance(ada, base), [99n, 0n])
    assert.deepStrictEqual(made.told(advance), [
      "OrderReduced orderId=3 accountId=1000 side=sell lots=9",
      "OrderReduced orderId=4 accountId=1000 side=sell lots=9",
      "OrderActivated orderId=3 accountId=1000 side=sell wait=workingOrder priceTicks=100 held=90",
      "OrderRested orderId=3 side=sell priceTicks=110 remainingLots=9 shownLots=9 depthSequence=3",
      "OrderActivated orderId=4 accountId=1000 side=sell wait=workingOrder priceTicks=100",
      "OrderWaiting orderId=4 side=sell wait=trigger trigger=stopLoss triggerTicks=95"
    ])
    assert.deepStrictEqual(made.balance(ada, base), [9n, 90n])
    made.run(order(bob, "buy", 95, 20))
    made.run(price(95))
    assert.deepStrictEqual(made.tags(advance), [
      "OrderEnded otherLeg",
      "OrderActivated",
      "Trade",
      "OrderEnded filled"
    ])
    assert.deepStrictEqual(made.balance(ada, base), [9n, 0n])
  })

  it("what a resting entry receives in parts counts less all its fees", () => {
    const made = withFees()
    made.run(list(ada, "OTO", [entry, { ...stop, ...all }]))
    for (const lots of [3, 3]) made.run(order(bob, "sell", 100, lots))
    assert.deepStrictEqual(after(made, order(bob, "sell", 100, 4), advance), [
      "OrderReduced",
      "OrderActivated",
      "OrderWaiting"
    ])
    assert.deepStrictEqual(made.balance(ada, base), [9n, 90n])
  })

  it("exits of all that was bought leave alone what the account has besides", () => {
    const made = withFees()
    made.credit(ada, base, 50n)
    made.run(order(bob, "sell", 100, 20))
    made.run(list(ada, "OTOCO", [entry, { ...target, ...all }, { ...stop, ...all }]))
    made.run(advance)
    assert.deepStrictEqual(made.balance(ada, base), [59n, 90n])
  })

  it("exits that say more than there is begin with what there is, and all they say where it is there", () => {
    const short = withFees()
    short.run(order(bob, "sell", 100, 20))
    short.run(list(ada, "OTOCO", [entry, target, stop]))
    assert.deepStrictEqual(short.tags(advance).slice(0, 2), ["OrderReduced", "OrderReduced"])
    assert.deepStrictEqual(short.balance(ada, base), [9n, 90n])
    const enough = withFees()
    enough.credit(ada, base, 1n)
    enough.run(order(bob, "sell", 100, 20))
    enough.run(list(ada, "OTOCO", [entry, target, stop]))
    assert.deepStrictEqual(enough.tags(advance), [
      "OrderActivated",
      "OrderRested",
      "OrderActivated",
      "OrderWaiting"
    ])
    assert.deepStrictEqual(enough.balance(ada, base), [0n, 100n])
  })

  it("exits that buy back what was sold have the lots that the dearer of the two can pay for", () => {
    const made = withFees()
    made.run({
      _tag: "Transfer",
      accountId: ada,
      receiverId: bob,
      assetId: quote,
      amount: 100_000n
    })
    made.credit(ada, base, 100n)
    made.run(order(bob, "buy", 100, 20))
    const buyBack: Partial<Terms> = { side: "buy", priceTicks: 90, lots: 10, postOnly: "refuse" }
    const dearer: Partial<Terms> = {
      side: "buy",
      priceTicks: 108,
      trigger: "stopLoss",
      triggerTicks: 105,
      lots: 10
    }
    made.run(
      list(ada, "OTOCO", [
        { side: "sell", priceTicks: 100, lots: 10 },
        { ...buyBack, ...all },
        { ...dearer, ...all }
      ])
    )
    assert.deepStrictEqual(made.told(advance), [
      "OrderReduced orderId=3 accountId=1000 side=buy lots=9",
      "OrderReduced orderId=4 accountId=1000 side=buy lots=9",
      "OrderActivated orderId=3 accountId=1000 side=buy wait=workingOrder priceTicks=100 held=810",
      "OrderRested orderId=3 side=buy priceTicks=90 remainingLots=9 shownLots=9 depthSequence=3",
      "OrderActivated orderId=4 accountId=1000 side=buy wait=workingOrder priceTicks=100 held=162",
      "OrderWaiting orderId=4 side=buy wait=trigger trigger=stopLoss triggerTicks=105"
    ])
    assert.deepStrictEqual(made.balance(ada, quote), [25n, 972n])
  })

  it("exits for which nothing was brought or nothing is there end as unfunded, both", () => {
    const nothingBrought = withFees()
    nothingBrought.credit(ada, base, 500n)
    nothingBrought.run(order(bob, "sell", 100, 20))
    const one = { lots: 1 }
    nothingBrought.run(
      list(ada, "OTOCO", [
        { ...entry, ...one },
        { ...target, ...all },
        { ...stop, ...all }
      ])
    )
    const ends = ["OrderActivated", "OrderEnded unfunded", "OrderActivated", "OrderEnded unfunded"]
    assert.deepStrictEqual(nothingBrought.tags(advance), ends)
    const moved: Command.Command = {
      _tag: "Transfer",
      accountId: ada,
      receiverId: bob,
      assetId: base,
      amount: 92n
    }
    const nothingThere = filledBefore([entry, target, stop], moved)
    assert.deepStrictEqual(nothingThere.tags(advance), ends)
    assert.deepStrictEqual(nothingThere.balance(ada, base), [7n, 0n])
  })

  it("a stop goes on alone where its target cannot begin", () => {
    const crossing = withFees()
    crossing.run(order(bob, "sell", 100, 20))
    crossing.run(order(bob, "buy", 99, 5))
    crossing.run(list(ada, "OTOCO", [entry, { ...target, priceTicks: 99 }, stop]))
    assert.deepStrictEqual(crossing.told(advance), [
      "OrderReduced orderId=4 accountId=1000 side=sell lots=9",
      "OrderReduced orderId=5 accountId=1000 side=sell lots=9",
      "OrderActivated orderId=4 accountId=1000 side=sell wait=workingOrder priceTicks=100",
      "OrderEnded orderId=4 accountId=1000 side=sell reason=wouldCross priceTicks=99 endedLots=9",
      "OrderActivated orderId=5 accountId=1000 side=sell wait=workingOrder priceTicks=100 held=90",
      "OrderWaiting orderId=5 side=sell wait=trigger trigger=stopLoss triggerTicks=95"
    ])
    crossing.run(price(95))
    assert.deepStrictEqual(crossing.tags(advance), [
      "OrderActivated",
      "Trade",
      "OrderEnded filled",
      "OrderEnded unfilled"
    ])

    const closed = filledBefore(
      [entry, { ...target, ...all }, { ...stop, ...all }],
      status("cancelOnly")
    )
    assert.deepStrictEqual(closed.tags(advance), [
      "OrderReduced",
      "OrderReduced",
      "OrderActivated",
      "OrderEnded notTrading",
      "OrderActivated",
      "OrderWaiting"
    ])
    assert.deepStrictEqual(closed.balance(ada, base), [9n, 90n])
  })

  it("a target ends with a stop that cannot begin", () => {
    const made = withFees()
    made.run(order(bob, "sell", 100, 1_000))
    const low: Partial<Terms> = { side: "buy", priceTicks: 90, lots: 400, postOnly: "refuse" }
    const high: Partial<Terms> = {
      side: "buy",
      priceTicks: 200,
      lots: 400,
      trigger: "stopLoss",
      triggerTicks: 150
    }
    made.run(list(ada, "OTOCO", [{ ...entry, lots: 400 }, low, high]))
    assert.deepStrictEqual(made.tags(advance), [
      "OrderActivated",
      "OrderRested",
      "OrderActivated",
      "OrderEnded unfunded",
      "OrderEnded otherLeg"
    ])
    assert.deepStrictEqual(made.balance(ada, quote), [60_000n, 0n])
  })

  it("the two orders of a pair begin in one turn, whatever the bound of due work", () => {
    const made = venueFrom(Venue)({ makerRate: 0, takerRate: 0 }, { dueWorkMax: 1 })
    made.credit(ada, quote, 100_000n)
    made.credit(bob, base, 10_000n)
    made.run(order(bob, "sell", 100, 20))
    made.run(list(ada, "OTOCO", [entry, target, stop]))
    assert.deepStrictEqual(made.tags(advance), [
      "OrderActivated",
      "OrderRested",
      "OrderActivated",
      "OrderWaiting"
    ])
  })

  it("error: only exits may leave their lots to the working order, and a pair has one quantity", () => {
    const { tags } = withFees()
    const refused = (...orders: ReadonlyArray<Partial<Terms>>) =>
      tags(list(ada, orders.length === 3 ? "OTOCO" : "OTO", orders))[0]
    assert.strictEqual(refused(entry, { ...entry, ...all }), "Rejected QuantityZero")
    assert.strictEqual(refused({ ...entry, ...all }, { ...stop, ...all }), "Rejected QuantityZero")
    assert.strictEqual(refused(entry, { ...target, ...all }, stop), "Rejected ListTermsInvalid")
    assert.strictEqual(refused(entry, target, { ...stop, ...all }), "Rejected ListTermsInvalid")
    assert.strictEqual(
      tags(
        list(ada, "OCO", [
          { ...target, ...all },
          { ...stop, ...all }
        ])
      )[0],
      "Rejected QuantityZero"
    )
  })

  it("error: what is refused of a quantity is refused of the most that an exit can be", () => {
    const { tags } = withFees({ notionalMin: 500n })
    const cheap = { ...target, ...all, priceTicks: 40, postOnly: "off" } as const
    assert.deepStrictEqual(tags(list(ada, "OTO", [entry, cheap])), ["Rejected NotionalTooSmall"])
  })

  describe("a pair of which self-trade prevention takes a part", () => {
    const three = { lots: 3 }
    const own = (lots: number) => order(ada, "buy", 110, lots, { selfTradePrevention: "decrement" })
    const paired = (...orders: ReadonlyArray<Partial<Terms>>) => {
      const made = richVenueFrom(Venue)()
      made.run(rules({ triggerSource: "index" }))
      made.run(price(100))
      made.run(list(ada, "OCO", orders))
      return made
    }

    it("keeps one quantity, and its stop sells that", () => {
      const made = paired({ ...target, ...three }, { ...stop, ...three })
      assert.deepStrictEqual(made.told(own(1)), [
        "OrderAccepted orderId=3 accountId=1000 side=buy type=limit timeInForce=GTC priceTicks=110 lots=1 selfTradePrevention=decrement held=110",
        "SelfTradePrevented makerOrderId=1 takerOrderId=3 makerAccountId=1000 takerAccountId=1000 takerSide=buy mode=decrement priceTicks=110 makerLots=1 takerLots=1 makerReleased=10 takerReleased=110 depthSequence=2",
        "OrderReduced orderId=2 accountId=1000 side=sell lots=2",
        "OrderEnded orderId=3 accountId=1000 side=buy reason=selfTrade priceTicks=110"
      ])
      made.run({ _tag: "Transfer", accountId: ada, receiverId: bob, assetId: base, amount: 9_980n })
      assert.deepStrictEqual(made.balance(ada, base), [0n, 20n])
      made.run(order(bob, "buy", 95, 20))
      made.run(price(95))
      assert.deepStrictEqual(made.tags(advance), [
        "OrderEnded otherLeg",
        "OrderActivated",
        "Trade",
        "OrderEnded filled"
      ])
      assert.deepStrictEqual(made.balance(ada, base), [0n, 0n])
    })

    it("holds for the stop what its lots need in addition", () => {
      const low: Partial<Terms> = { side: "buy", priceTicks: 90, postOnly: "refuse", ...three }
      const high: Partial<Terms> = {
        side: "buy",
        priceTicks: 108,
        trigger: "stopLoss",
        triggerTicks: 105,
        ...three
      }
      const made = paired(low, high)
      assert.deepStrictEqual(made.balance(ada, quote), [99_676n, 324n])
      assert.deepStrictEqual(
        made.told(order(ada, "sell", 90, 1, { selfTradePrevention: "decrement" })),
        [
          "OrderAccepted orderId=3 accountId=1000 side=sell type=limit timeInForce=GTC priceTicks=90 lots=1 selfTradePrevention=decrement held=10",
          "SelfTradePrevented makerOrderId=1 takerOrderId=3 makerAccountId=1000 takerAccountId=1000 takerSide=sell mode=decrement priceTicks=90 makerLots=1 takerLots=1 makerReleased=90 takerReleased=10 depthSequence=2",
          "OrderReduced orderId=2 accountId=1000 side=buy lots=2 oldHeld=54 held=36",
          "OrderEnded orderId=3 accountId=1000 side=sell reason=selfTrade priceTicks=90"
        ]
      )
      assert.deepStrictEqual(made.balance(ada, quote), [99_784n, 216n])
    })

    it("reduces the stop before an iceberg shows more, and ends it where nothing is left", () => {
      const made = paired({ ...target, ...three, displayLots: 1 }, { ...stop, ...three })
      assert.deepStrictEqual(made.tags(own(1)), [
        "OrderAccepted",
        "SelfTradePrevented",
        "OrderReduced",
        "OrderRefilled",
        "OrderEnded selfTrade"
      ])
      assert.deepStrictEqual(made.tags(own(2)), [
        "OrderAccepted",
        "SelfTradePrevented",
        "OrderReduced",
        "OrderRefilled",
        "SelfTradePrevented",
        "OrderEnded selfTrade",
        "OrderEnded otherLeg",
        "OrderEnded selfTrade"
      ])
    })
  })
})
