/**
 * A market trades a base asset for a quote asset. Prices are whole ticks, quantities whole lots, and
 * `priceTicks * quantityLots * quotePerTickLot` is the exact notional in ledger units of the quote asset.
 */
import * as Decimal from "./Decimal.ts"
import type { AssetId, MarketId } from "./Ids.ts"

/**
 * `open`: all orders. `postOnly`: only orders that cannot take. `cancelOnly`: cancels. `halted`: nothing, cancels included.
 */
export const marketStatuses = ["open", "postOnly", "cancelOnly", "halted"] as const
export type MarketStatus = (typeof marketStatuses)[number]

/** Fee rates are whole tenths of a basis point: 100 is 0.1 %. */
export const feeRateScale = 100_000
/** 10 %. */
export const feeRateMax = 10_000

/** Ticks are 32-bit integers in the book. */
export const ticksMax = 2_147_483_647
/** Half of 2^53, so that a level's total stays exact while one more order is added to it. */
export const lotsMax = 4_503_599_627_370_495
export const tickScaleMax = 18
export const marketSymbolPattern = /^[A-Z0-9][A-Z0-9._/-]{0,31}$/

/** What is asked for when a market is listed; all amounts in ledger units. */
export interface MarketTerms {
  readonly symbol: string
  readonly baseAssetId: AssetId
  readonly quoteAssetId: AssetId
  /** The tick size is `tickMantissa / 10^tickScale` quote per one base. */
  readonly tickMantissa: number
  readonly tickScale: number
  /** The lot size in ledger units of the base asset. */
  readonly lotUnits: bigint
  readonly lotsMin: number
  readonly lotsMax: number
  readonly ticksMax: number
  /** Bounds of price x quantity in ledger units of the quote asset. */
  readonly notionalMin: bigint
  readonly notionalMax: bigint
  readonly makerRate: number
  readonly takerRate: number
}

export interface Market extends MarketTerms {
  readonly marketId: MarketId
  readonly status: MarketStatus
  /** Ledger units of quote for one tick times one lot. */
  readonly quotePerTickLot: bigint
}

/**
 * Ledger units of quote that one tick times one lot is worth, or `undefined` when that is no whole number: such a market
 * could not book exact amounts.
 */
export const quotePerTickLot = (
  terms: Pick<MarketTerms, "tickMantissa" | "tickScale" | "lotUnits">,
  baseScale: number,
  quoteScale: number
): bigint | undefined => {
  const numerator = BigInt(terms.tickMantissa) * terms.lotUnits * 10n ** BigInt(quoteScale)
  const denominator = 10n ** BigInt(terms.tickScale + baseScale)
  return numerator > 0n && numerator % denominator === 0n ? numerator / denominator : undefined
}

/** The notional of an order at its largest must be a ledger amount, so that no product can overflow. */
export const notionalFits = (terms: Pick<MarketTerms, "ticksMax" | "lotsMax">, perTickLot: bigint): boolean =>
  BigInt(terms.ticksMax) * BigInt(terms.lotsMax) * perTickLot <= Decimal.unitsMax

export type QuantityProblem = Decimal.DecimalProblem | "OffTick" | "OffLot"

/** Whole ticks for a price in text. A price off the tick is refused, never rounded; bounds are the engine's to check. */
export const ticksOf = (market: MarketTerms, price: unknown): number | QuantityProblem => {
  const mantissa = Decimal.parse(price, market.tickScale)
  if (typeof mantissa === "string") return mantissa === "DecimalTooPrecise" ? "OffTick" : mantissa
  return wholeMultiple(mantissa, BigInt(market.tickMantissa)) ?? "OffTick"
}

/** Whole lots for a quantity in text. More digits than the asset has are `DecimalTooPrecise`, a broken lot is `OffLot`. */
export const lotsOf = (market: MarketTerms, baseScale: number, quantity: unknown): number | QuantityProblem => {
  const units = Decimal.parse(quantity, baseScale)
  if (typeof units === "string") return units
  return wholeMultiple(units, market.lotUnits) ?? "OffLot"
}

/** A count past 2^53 stands for every larger one: it is past each market's bounds. */
const wholeMultiple = (value: bigint, unit: bigint): number | undefined => {
  const count = value / unit
  if (count * unit !== value) return undefined
  return count > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(count)
}

export const priceText = (market: MarketTerms, priceTicks: number): string =>
  Decimal.format(BigInt(priceTicks) * BigInt(market.tickMantissa), market.tickScale)

export const quantityText = (market: MarketTerms, baseScale: number, lots: number): string =>
  Decimal.format(BigInt(lots) * market.lotUnits, baseScale)

/** Price x quantity in ledger units of quote. */
export const notional = (market: Pick<Market, "quotePerTickLot">, priceTicks: number, lots: number): bigint =>
  BigInt(priceTicks) * BigInt(lots) * market.quotePerTickLot
