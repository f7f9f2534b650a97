import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as Decimal from "../src/Decimal.ts"
import { AssetId, MarketId } from "../src/Ids.ts"
import * as Market from "../src/Market.ts"

/** BTC at scale 8 for USDT at scale 6: ticks of 0.5, lots of 0.001. */
const market: Market.Market = {
  symbol: "BTC/USDT",
  baseAssetId: AssetId(1),
  quoteAssetId: AssetId(2),
  tickMantissa: 5,
  tickScale: 1,
  lotUnits: 100_000n,
  lotsMin: 1,
  lotsMax: 1_000_000,
  ticksMax: 1_000_000,
  notionalMin: 0n,
  notionalMax: Decimal.unitsMax,
  makerRate: 100,
  takerRate: 200,
  marketId: MarketId(1),
  status: "open",
  quotePerTickLot: 500n
}

describe("Market.ticksOf", () => {
  it("gives whole ticks", () => {
    assert.strictEqual(Market.ticksOf(market, "0.5"), 1)
    assert.strictEqual(Market.ticksOf(market, "60000"), 120_000)
    assert.strictEqual(Market.ticksOf(market, "60000.5000"), 120_001)
    assert.strictEqual(Market.ticksOf(market, "0"), 0)
  })

  it("error: a price between ticks is OffTick, never rounded", () => {
    for (const price of ["0.1", "0.4", "0.6", "0.25", "0.50001", "60000.49999999999999"]) {
      assert.strictEqual(Market.ticksOf(market, price), "OffTick")
    }
  })

  it("error: what is no decimal is told as such", () => {
    assert.strictEqual(Market.ticksOf(market, "1e5"), "DecimalExponent")
    assert.strictEqual(Market.ticksOf(market, -1), "DecimalNotText")
    assert.strictEqual(Market.ticksOf(market, ""), "DecimalBlank")
    assert.strictEqual(Market.ticksOf(market, "9".repeat(20)), "DecimalTooLarge")
  })

  it("gives 2^53 - 1 for every price past it, which is past each market's bounds", () => {
    const fine = { ...market, tickMantissa: 1, tickScale: 0 }
    assert.strictEqual(Market.ticksOf(fine, "9007199254740991"), 9_007_199_254_740_991)
    assert.strictEqual(Market.ticksOf(fine, "9007199254740993"), 9_007_199_254_740_991)
    assert.strictEqual(Market.ticksOf(fine, "9223372036854775807"), 9_007_199_254_740_991)
  })
})

describe("Market.lotsOf", () => {
  it("gives whole lots", () => {
    assert.strictEqual(Market.lotsOf(market, 8, "0.001"), 1)
    assert.strictEqual(Market.lotsOf(market, 8, "1"), 1_000)
    assert.strictEqual(Market.lotsOf(market, 8, "1.2340"), 1_234)
  })

  it("error: a broken lot is OffLot, and more digits than the asset has are DecimalTooPrecise", () => {
    assert.strictEqual(Market.lotsOf(market, 8, "0.0005"), "OffLot")
    assert.strictEqual(Market.lotsOf(market, 8, "1.23456"), "OffLot")
    assert.strictEqual(Market.lotsOf(market, 8, "1.234567891"), "DecimalTooPrecise")
    assert.strictEqual(Market.lotsOf(market, 8, "0x1"), "DecimalMalformed")
  })
})

describe("Market.quotePerTickLot", () => {
  const terms = { tickMantissa: 1, tickScale: 2, lotUnits: 1_000n }

  it("is exact for USDT at scale 8, where it is not at scale 6", () => {
    assert.strictEqual(Market.quotePerTickLot(terms, 8, 8), 10n)
    assert.strictEqual(Market.quotePerTickLot(terms, 8, 7), 1n)
    assert.strictEqual(Market.quotePerTickLot(terms, 8, 6), undefined)
  })

  it("is exact at scale 6 with larger lots or a coarser tick", () => {
    assert.strictEqual(Market.quotePerTickLot({ ...terms, lotUnits: 10_000n }, 8, 6), 1n)
    assert.strictEqual(Market.quotePerTickLot({ ...terms, tickScale: 1 }, 8, 6), 1n)
    assert.strictEqual(Market.quotePerTickLot({ ...terms, tickMantissa: 25 }, 8, 6), undefined)
    assert.strictEqual(Market.quotePerTickLot({ ...terms, tickMantissa: 50 }, 8, 6), 5n)
    assert.strictEqual(Market.quotePerTickLot(market, 8, 6), market.quotePerTickLot)
  })

  it("error: nothing or less than nothing is no tick or lot", () => {
    assert.strictEqual(Market.quotePerTickLot({ ...terms, tickMantissa: 0 }, 8, 8), undefined)
    assert.strictEqual(Market.quotePerTickLot({ ...terms, lotUnits: 0n }, 8, 8), undefined)
    assert.strictEqual(Market.quotePerTickLot({ ...terms, lotUnits: -1_000n }, 8, 8), undefined)
  })

  it("makes price x quantity exact in ledger units of quote", () => {
    const scales = fc.integer({ min: 0, max: 18 })
    const ofTerms = fc.record({
      tickMantissa: fc.integer({ min: 1, max: 1_000 }),
      tickScale: scales,
      lotUnits: fc.integer({ min: 0, max: 18 }).map((zeros) => 10n ** BigInt(zeros))
    })
    const counts = fc.maxSafeNat()
    fc.assert(
      fc.property(
        ofTerms,
        scales,
        scales,
        counts,
        counts,
        (terms, baseScale, quoteScale, ticks, lots) => {
          const perTickLot = Market.quotePerTickLot(terms, baseScale, quoteScale)
          const price = BigInt(ticks) * BigInt(terms.tickMantissa) // over 10^tickScale
          const quantity = BigInt(lots) * terms.lotUnits // over 10^baseScale
          const exact = price * quantity * 10n ** BigInt(quoteScale)
          const over = 10n ** BigInt(terms.tickScale + baseScale)
          if (perTickLot === undefined) {
            const one = BigInt(terms.tickMantissa) * terms.lotUnits * 10n ** BigInt(quoteScale)
            assert.notStrictEqual(one % over, 0n)
          } else
            assert.strictEqual(
              Market.notional({ quotePerTickLot: perTickLot }, ticks, lots) * over,
              exact
            )
        }
      ),
      { numRuns: 2_000 }
    )
  })
})

describe("Market texts", () => {
  it("are the shortest that mean the same", () => {
    assert.strictEqual(Market.priceText(market, 120_001), "60000.5")
    assert.strictEqual(Market.priceText(market, 2), "1")
    assert.strictEqual(Market.quantityText(market, 8, 1_234), "1.234")
    assert.strictEqual(Market.quantityText(market, 8, 0), "0")
  })

  it("give the same ticks and lots again", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Market.ticksMax }),
        fc.nat(1_000_000_000),
        (ticks, lots) => {
          assert.strictEqual(Market.ticksOf(market, Market.priceText(market, ticks)), ticks)
          assert.strictEqual(Market.lotsOf(market, 8, Market.quantityText(market, 8, lots)), lots)
        }
      )
    )
  })
})

describe("Market.notionalFits", () => {
  it("holds up to 2^63 - 1", () => {
    assert.strictEqual(Market.notionalFits({ ticksMax: 2 ** 31 - 1, lotsMax: 2 ** 32 }, 1n), true)
    assert.strictEqual(
      Market.notionalFits({ ticksMax: 2 ** 31 - 1, lotsMax: 2 ** 32 + 3 }, 1n),
      false
    )
    assert.strictEqual(Market.notionalFits({ ticksMax: 1, lotsMax: 1 }, Decimal.unitsMax), true)
    assert.strictEqual(
      Market.notionalFits({ ticksMax: 1, lotsMax: 1 }, Decimal.unitsMax + 1n),
      false
    )
  })
})
