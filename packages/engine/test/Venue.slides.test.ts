import { type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import {
  ada,
  advance,
  bob,
  market,
  order,
  price,
  richVenueFrom,
  rules,
  venues
} from "./venueWith.ts"

/** The market's limits apply to the price a post-only order slides to. */
describe.each(venues)("slides in %s", (_, Venue) => {
  const venueWith = richVenueFrom(Venue)
  const after = (
    terms: Parameters<typeof venueWith>[0],
    ...commands: ReadonlyArray<Command.Command>
  ) => {
    const made = venueWith(terms)
    for (const command of commands) made.run(command)
    return made
  }
  const slide = { postOnly: "slide" } as const
  const ask = order(bob, "sell", 10, 5)
  const bid = order(bob, "buy", 10, 5)
  const amend = (priceTicks: number, lots: number): Command.Command => ({
    _tag: "AmendOrder",
    accountId: ada,
    marketId: market,
    orderId: Ids.OrderId(2),
    clientOrderId: "",
    priceTicks,
    lots
  })

  it("error: no order slides to a notional that is too small or too large", () => {
    const small = after({ notionalMin: 10n }, ask)
    assert.deepStrictEqual(small.tags(order(ada, "buy", 10, 1, slide)), [
      "Rejected NotionalTooSmall"
    ])
    assert.deepStrictEqual(small.tags(order(ada, "buy", 10, 2, slide)), [
      "OrderAccepted",
      "OrderRested"
    ])
    const large = after({ notionalMax: 50n }, bid)
    assert.deepStrictEqual(large.tags(order(ada, "sell", 10, 5, slide)), [
      "Rejected NotionalTooLarge"
    ])
    assert.deepStrictEqual(large.tags(order(ada, "sell", 10, 4, slide)), [
      "OrderAccepted",
      "OrderRested"
    ])
  })

  it("error: no order slides out of the market's bands", () => {
    const indexAt100 = [
      rules({ triggerSource: "index", buyBandDown: 9_900, sellBandUp: 10_100 }),
      price(100)
    ]
    const below = after({}, ...indexAt100, order(bob, "sell", 99, 5))
    assert.deepStrictEqual(below.tags(order(ada, "buy", 99, 1, slide)), [
      "Rejected PriceOutsideBand"
    ])
    const above = after({}, ...indexAt100, order(bob, "buy", 101, 5))
    assert.deepStrictEqual(above.tags(order(ada, "sell", 101, 1, slide)), [
      "Rejected PriceOutsideBand"
    ])
  })

  it("error: nor does one that is amended", () => {
    const small = after({ notionalMin: 30n }, ask, order(ada, "buy", 9, 4, slide))
    assert.deepStrictEqual(small.tags(amend(10, 3)), ["Rejected NotionalTooSmall"])
    assert.deepStrictEqual(small.tags(amend(10, 5)), ["OrderAmended", "OrderStood", "OrderRested"])
    const banded = after({}, rules({ triggerSource: "index", buyBandDown: 9_900 }), price(100))
    for (const command of [order(bob, "sell", 100, 5), order(ada, "buy", 99, 1, slide), price(101)])
      banded.run(command)
    assert.deepStrictEqual(banded.tags(amend(100, 2)), ["Rejected PriceOutsideBand"])
  })

  it("one that begins and slides ends where the bounds do not hold", () => {
    const stop = { ...slide, trigger: "stopLoss", triggerTicks: 105 } as const
    const ends = (
      lots: number,
      terms: Parameters<typeof venueWith>[0],
      more: Parameters<typeof rules>[0] = {}
    ) => {
      const made = after(terms, rules({ triggerSource: "index", ...more }), price(100))
      made.run(order(ada, "buy", 105, lots, stop))
      made.run(order(bob, "sell", 105, 5))
      made.run(price(105))
      return made.tags(advance)
    }
    assert.deepStrictEqual(ends(1, { notionalMin: 105n }), [
      "OrderActivated",
      "OrderEnded tooSmall"
    ])
    assert.deepStrictEqual(ends(1, {}, { buyBandDown: 9_950 }), [
      "OrderActivated",
      "OrderEnded outsideBand"
    ])
    assert.deepStrictEqual(ends(1, {}), ["OrderActivated", "OrderRested"])
  })
})
