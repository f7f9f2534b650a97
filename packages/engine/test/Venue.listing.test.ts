import { type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import {
  ada,
  market,
  price,
  rules,
  status,
  terms,
  unitsMax,
  venueFrom,
  venues
} from "./venueWith.ts"

describe.each(venues)("listing in %s", (_, Venue) => {
  const venueWith = venueFrom(Venue)
  const lists = (more: Partial<typeof terms>): Command.Command => ({
    _tag: "ListMarket",
    ...terms,
    symbol: "N",
    ...more
  })
  const nowhere = Ids.MarketId(9)

  it("takes a market at the bounds of what a market may be", () => {
    const atBounds: ReadonlyArray<Partial<typeof terms>> = [
      { makerRate: 10_000, takerRate: 10_000 },
      { lotsMin: 7, lotsMax: 7 },
      { ticksMax: 1 },
      { notionalMin: 5n, notionalMax: 5n },
      { lotsMax: 2 ** 52 - 1, ticksMax: 2_047 },
      { ticksMax: 2 ** 31 - 1, lotsMax: 1 }
    ]
    for (const more of atBounds) {
      assert.deepStrictEqual(
        venueWith().tags(lists(more)),
        ["MarketListed"],
        JSON.stringify(Object.keys(more))
      )
    }
  })

  it("takes a market whose tick times lot is as much as an account can have", () => {
    const { run, tags } = venueWith()
    run({ _tag: "ListAsset", scale: 0, symbol: "C" })
    const largest = { baseAssetId: Ids.AssetId(3), lotUnits: unitsMax, lotsMax: 1, ticksMax: 1 }
    assert.deepStrictEqual(tags(lists({ ...largest, tickMantissa: 2 })), ["Rejected InexactMarket"])
    assert.deepStrictEqual(tags(lists(largest)), ["MarketListed"])
  })

  it("error: a market whose amounts would not be whole, or whose tick has too many digits", () => {
    const { run, tags } = venueWith()
    run({ _tag: "ListAsset", scale: 18, symbol: "W" })
    const inexact: ReadonlyArray<Partial<typeof terms>> = [
      { tickMantissa: 0 },
      { lotUnits: 0n },
      { lotUnits: -10n },
      { lotUnits: 5n },
      { quoteAssetId: Ids.AssetId(3), lotUnits: 10n, tickMantissa: 10, tickScale: 19 }
    ]
    for (const more of inexact)
      assert.deepStrictEqual(tags(lists(more)), ["Rejected InexactMarket"])
    assert.deepStrictEqual(tags(lists({ ...inexact.at(-1), tickScale: 18 })), ["MarketListed"])
  })

  it("error: a market of an asset that is not listed, on either side", () => {
    const { tags } = venueWith()
    assert.deepStrictEqual(tags(lists({ baseAssetId: Ids.AssetId(9) })), ["Rejected UnknownAsset"])
    assert.deepStrictEqual(tags(lists({ quoteAssetId: Ids.AssetId(9) })), ["Rejected UnknownAsset"])
  })

  it("takes rules and prices at the bounds of the market", () => {
    const { tags } = venueWith()
    const atBounds = [
      { ticksMin: terms.ticksMax },
      { marketLotsMin: terms.lotsMax },
      { marketLotsMax: terms.lotsMax },
      { marketLotsMin: 6, marketLotsMax: 6 },
      { buyBandDown: 10_000, buyBandUp: 10_000 },
      { sellBandUp: 1_000_000 },
      { positionMax: 0n }
    ]
    for (const more of atBounds) assert.deepStrictEqual(tags(rules(more)), ["MarketRulesChanged"])
    assert.deepStrictEqual(tags(price(terms.ticksMax)), ["PriceSet"])
    assert.deepStrictEqual(tags(price(terms.ticksMax + 1)), ["Rejected PriceTooHigh"])
  })

  it("error: a market or an account that does not exist has no status, fees, rules, price or terms", () => {
    const { tags } = venueWith()
    const unknown = ["Rejected UnknownMarket"]
    assert.deepStrictEqual(
      tags({ ...status("open"), marketId: nowhere } as Command.Command),
      unknown
    )
    const fees = { _tag: "SetMarketFees", tier: 0, makerRate: 0, takerRate: 0 } as const
    assert.deepStrictEqual(tags({ ...fees, marketId: nowhere }), unknown)
    assert.deepStrictEqual(tags({ ...fees, marketId: market }), ["MarketFeesChanged"])
    assert.deepStrictEqual(tags({ ...rules({}), marketId: nowhere } as Command.Command), unknown)
    assert.deepStrictEqual(tags({ ...price(1), marketId: nowhere } as Command.Command), unknown)
    const terms = { _tag: "SetAccountTerms", feeTier: 0, tradeGroup: 0 } as const
    assert.deepStrictEqual(tags({ ...terms, accountId: Ids.AccountId(5_000) }), [
      "Rejected UnknownAccount"
    ])
    assert.deepStrictEqual(tags({ ...terms, accountId: ada }), ["AccountTermsChanged"])
  })

  it("opens as many accounts without a reference as are asked for", () => {
    const { run } = venueWith()
    const opened = () => run({ _tag: "OpenAccount", kind: "user", reference: "" }).events
    const event = { _tag: "AccountOpened", kind: "user", opened: true, reference: "" } as const
    assert.deepStrictEqual(opened(), [{ ...event, accountId: Ids.AccountId(1_002) }])
    assert.deepStrictEqual(opened(), [{ ...event, accountId: Ids.AccountId(1_003) }])
  })
})
