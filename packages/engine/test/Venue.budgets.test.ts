import type { Command } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { ada, bob, budget, order, richVenueFrom, rules, venues } from "./venueWith.ts"

describe.each(venues)("budgets in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const after = (
    terms: Parameters<typeof venueWith>[0],
    ...commands: ReadonlyArray<Command.Command>
  ) => {
    const made = venueWith(terms)
    for (const command of commands) made.run(command)
    return made
  }
  const asks = (priceTicks: number, lots: number) => order(bob, "sell", priceTicks, lots)
  const bids = (priceTicks: number, lots: number) => order(bob, "buy", priceTicks, lots)

  it("error: one that pays for less than the least quantity is refused, a sell too", () => {
    assert.deepStrictEqual(after({}, asks(300, 10)).tags(budget(ada, "buy", 2n)), [
      "Rejected QuantityTooSmall"
    ])
    assert.deepStrictEqual(after({}, bids(300, 10)).tags(budget(ada, "sell", 2n)), [
      "Rejected QuantityTooSmall"
    ])
    const fiveAtLeast = after({ lotsMin: 5 }, asks(100, 10))
    assert.deepStrictEqual(fiveAtLeast.tags(budget(ada, "buy", 499n)), [
      "Rejected QuantityTooSmall"
    ])
    assert.deepStrictEqual(fiveAtLeast.tags(budget(ada, "buy", 500n)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded filled"
    ])
  })

  it("error: the least quantity of market orders counts, also where nothing is left of the budget", () => {
    const { tags } = after({}, rules({ marketLotsMin: 5 }), asks(100, 10))
    assert.deepStrictEqual(tags(budget(ada, "buy", 400n)), ["Rejected QuantityTooSmall"])
    assert.deepStrictEqual(tags(budget(ada, "buy", 550n)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded remainder"
    ])
  })

  it("one that the book ends trades what there is, however little", () => {
    const { run, tags } = after({ lotsMin: 5 }, asks(100, 6))
    run(order(ada, "buy", 100, 5))
    assert.deepStrictEqual(tags(budget(ada, "buy", 1_000n)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded filled",
      "OrderEnded unfilled"
    ])
    assert.deepStrictEqual(tags(budget(ada, "buy", 1_000n)), [
      "OrderAccepted",
      "OrderEnded unfilled"
    ])
  })

  it("one that would buy more than the market allows ends at the largest quantity and says so", () => {
    const one = rules({ marketLotsMax: 1 })
    assert.deepStrictEqual(after({}, one, asks(100, 10)).told(budget(ada, "buy", 1_000n)), [
      "OrderAccepted orderId=2 accountId=1000 side=buy type=marketBudget timeInForce=IOC lots=1 budget=1000 held=100",
      "Trade tradeId=1 makerOrderId=1 takerOrderId=2 makerAccountId=1001 takerAccountId=1000 takerSide=buy priceTicks=100 lots=1 makerRemainingLots=9 baseUnits=10 quoteUnits=100 buyerHeld=100 depthSequence=2",
      "OrderEnded orderId=2 accountId=1000 side=buy reason=quantityLimit filledLots=1"
    ])
    assert.deepStrictEqual(after({ lotsMax: 3 }, asks(100, 3)).tags(budget(ada, "buy", 1_000n)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded filled",
      "OrderEnded unfilled"
    ])
    assert.deepStrictEqual(after({}, one, bids(100, 10)).tags(budget(ada, "sell", 1_000n)), [
      "OrderAccepted",
      "Trade",
      "OrderEnded quantityLimit"
    ])
  })

  it("the largest quantity ends one only where the budget would have gone on", () => {
    const ends = (units: bigint) =>
      after({}, rules({ marketLotsMax: 1 }), asks(100, 1), asks(101, 5))
        .tags(budget(ada, "buy", units))
        .at(-1)
    assert.strictEqual(ends(100n), "OrderEnded filled")
    assert.strictEqual(ends(200n), "OrderEnded remainder")
    assert.strictEqual(ends(201n), "OrderEnded quantityLimit")
  })
})
