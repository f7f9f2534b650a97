/**
 * A market trades a base asset for a quote asset. Prices are whole ticks, quantities whole lots,
 * and `priceTicks * quantityLots * quotePerTickLot` is the exact notional in ledger units of the
 * quote asset.
 */
import * as Decimal from "./Decimal.ts"
import type { AssetId, MarketId } from "./Ids.ts"
import { type Field, flag, i64, u32, u53 } from "./Layout.ts"
import type { TrailingUnit, Trigger } from "./Order.ts"

/**
 * `open`: all orders. `postOnly`: only orders that cannot take. `cancelOnly`: only cancels.
 * `halted`: nothing, not even cancels.
 */
export const marketStatuses = ["open", "postOnly", "cancelOnly", "halted"] as const
export type MarketStatus = (typeof marketStatuses)[number]

/** Fee tiers of accounts count from 0. */
export const feeTierMax = 31

/** Fee rates are whole tenths of a basis point: 100 is 0.1 %. */
export const feeRateScale = 100_000
/** 10 %. */
export const feeRateMax = 10_000

/** Ticks are 32-bit integers in the book. */
export const ticksMax = 2_147_483_647
/** Half of 2^53, so that a level's total stays exact while one more order is added. */
export const lotsMax = 4_503_599_627_370_495
export const tickScaleMax = 18
export const marketSymbolPattern = /^[A-Z0-9][A-Z0-9._/-]{0,31}$/

/** The terms of a new market; all amounts in ledger units. */
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
  /** Limits on price x quantity in ledger units of the quote asset. */
  readonly notionalMin: bigint
  readonly notionalMax: bigint
  readonly makerRate: number
  readonly takerRate: number
}

/**
 * Multipliers of price bands are in basis points: 10,000 is the reference price itself, 50,000 five
 * times it.
 */
export const multiplierScale = 10_000
/** One hundred times the reference price. */
export const multiplierMax = 1_000_000

/**
 * Rules that may change while the market trades; each is off at 0 or empty. The *reference price*
 * is the price of the last trade, or the last one set by `triggerSource`.
 */
export const marketRules = {
  /** The minimum price. */
  ticksMin: u53,
  /** Limits of market orders by quantity, within the market's own. */
  marketLotsMin: u53,
  marketLotsMax: u53,
  /**
   * Whether the notional limits also apply to market orders by quantity, at the reference price.
   */
  notionalMinForMarket: flag,
  notionalMaxForMarket: flag,
  /** A limit price must be between reference price x down and x up when it is placed. */
  buyBandDown: u32,
  buyBandUp: u32,
  sellBandDown: u32,
  sellBandUp: u32,
  /** A taker buys up to reference price x up and sells down to reference price x down. */
  rangeDown: u32,
  rangeUp: u32,
  /** The maximum of base, in ledger units, that an account may own plus be buying. */
  positionMax: i64
} as const

export type MarketRules = {
  readonly [K in keyof typeof marketRules]: (typeof marketRules)[K] extends Field<infer A>
    ? A
    : never
} & {
  /** The source whose set prices are the reference price; empty to use the last trade's price. */
  readonly triggerSource: string
}

/** The rules of a new market. */
export const noRules: MarketRules = {
  ticksMin: 0,
  marketLotsMin: 0,
  marketLotsMax: 0,
  notionalMinForMarket: false,
  notionalMaxForMarket: false,
  buyBandDown: 0,
  buyBandUp: 0,
  sellBandDown: 0,
  sellBandUp: 0,
  rangeDown: 0,
  rangeUp: 0,
  positionMax: 0n,
  triggerSource: ""
}

export interface Market extends MarketTerms {
  readonly marketId: MarketId
  readonly status: MarketStatus
  /** Ledger units of quote for one tick times one lot. */
  readonly quotePerTickLot: bigint
}

/**
 * The ledger units of quote that one tick times one lot is worth, or `undefined` if that is not a
 * whole number: such a market could not book exact amounts.
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

/**
 * The notional of the largest possible order must be a ledger amount, so that no product can
 * overflow.
 */
export const notionalFits = (
  terms: Pick<MarketTerms, "ticksMax" | "lotsMax">,
  perTickLot: bigint
): boolean => BigInt(terms.ticksMax) * BigInt(terms.lotsMax) * perTickLot <= Decimal.unitsMax

export type QuantityProblem = Decimal.DecimalProblem | "OffTick" | "OffLot"

/**
 * Parses a price as whole ticks. A price off the tick is refused, never rounded; the engine checks
 * the limits.
 */
export const ticksOf = (market: MarketTerms, price: unknown): number | QuantityProblem => {
  const mantissa = Decimal.parse(price, market.tickScale)
  if (typeof mantissa === "string") return mantissa === "DecimalTooPrecise" ? "OffTick" : mantissa
  return wholeMultiple(mantissa, BigInt(market.tickMantissa)) ?? "OffTick"
}

/**
 * Parses a quantity as whole lots. More digits than the asset has give `DecimalTooPrecise`, a
 * fraction of a lot gives `OffLot`.
 */
export const lotsOf = (
  market: MarketTerms,
  baseScale: number,
  quantity: unknown
): number | QuantityProblem => {
  const units = Decimal.parse(quantity, baseScale)
  if (typeof units === "string") return units
  return wholeMultiple(units, market.lotUnits) ?? "OffLot"
}

/** A count past 2^53 stands for every larger one: it exceeds each market's limits. */
const wholeMultiple = (value: bigint, unit: bigint): number | undefined => {
  const count = value / unit
  if (count * unit !== value) return undefined
  return count > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(count)
}

export const priceText = (market: MarketTerms, priceTicks: number): string =>
  Decimal.format(BigInt(priceTicks) * BigInt(market.tickMantissa), market.tickScale)

/** The trigger of an order as text, without absent parts; `undefined` if it has none. */
export const triggerText = (
  market: MarketTerms,
  {
    trailingOffset,
    trailingUnit,
    trigger,
    triggerTicks
  }: {
    readonly trigger: Trigger
    readonly triggerTicks: number
    readonly trailingUnit: TrailingUnit
    readonly trailingOffset: number
  }
) =>
  trigger === "none"
    ? undefined
    : {
        kind: trigger,
        ...(triggerTicks !== 0 && { price: priceText(market, triggerTicks) }),
        ...(trailingUnit === "ticks" && { offset: priceText(market, trailingOffset) }),
        ...(trailingUnit === "basisPoints" && { offsetBasisPoints: trailingOffset })
      }

export const quantityText = (market: MarketTerms, baseScale: number, lots: number): string =>
  Decimal.format(BigInt(lots) * market.lotUnits, baseScale)

/** Price x quantity in ledger units of quote. */
export const notional = (
  market: Pick<Market, "quotePerTickLot">,
  priceTicks: number,
  lots: number
): bigint => BigInt(priceTicks) * BigInt(lots) * market.quotePerTickLot
