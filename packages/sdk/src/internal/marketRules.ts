/** The rules of a market, as requests give them and as the venue stores them. */
import { type Command, Decimal, Market } from "@pandora-exchange/core"
import type * as Requests from "../Requests.ts"
import type { Directory } from "./Directory.ts"
import { amount, decimal, lots, ticks } from "./fields.ts"

export function rulesCommand(
  request: Requests.SetMarketRules,
  directory: Directory
): Command.Command {
  const market = directory.market("market", request.market)
  const { base } = directory.termsOf(market.marketId)
  const { maxMarketQuantity, maxPosition, minMarketQuantity, minPrice, triggerSource } = request
  const buyBand = band("buyBand", request.buyBand)
  const sellBand = band("sellBand", request.sellBand)
  const range = band("range", request.range)
  return {
    _tag: "SetMarketRules",
    marketId: market.marketId,
    ticksMin: minPrice === undefined ? 0 : ticks("minPrice", minPrice, market),
    marketLotsMin:
      minMarketQuantity === undefined
        ? 0
        : lots("minMarketQuantity", minMarketQuantity, market, base),
    marketLotsMax:
      maxMarketQuantity === undefined
        ? 0
        : lots("maxMarketQuantity", maxMarketQuantity, market, base),
    notionalMinForMarket: request.minNotionalForMarket ?? false,
    notionalMaxForMarket: request.maxNotionalForMarket ?? false,
    buyBandDown: buyBand.down,
    buyBandUp: buyBand.up,
    sellBandDown: sellBand.down,
    sellBandUp: sellBand.up,
    rangeDown: range.down,
    rangeUp: range.up,
    positionMax: maxPosition === undefined ? 0n : amount("maxPosition", maxPosition, base),
    triggerSource: triggerSource === undefined ? "" : triggerSource
  }
}

/** Factors are whole basis points. */
const factorScale = 4

const band = (
  field: string,
  value: Requests.Band | undefined
): { readonly down: number; readonly up: number } => {
  if (value === undefined) return { down: 0, up: 0 }
  const factor = (name: "down" | "up") =>
    value[name] === undefined ? 0 : decimal(`${field}.${name}`, value[name], factorScale)
  return { down: factor("down"), up: factor("up") }
}

/** The rules in the form `setMarketRules` accepts; a rule that is off is omitted. */
export const rulesText = (
  rules: Market.MarketRules,
  market: Market.Market,
  directory: Directory
): Requests.MarketRules => {
  const { base } = directory.termsOf(market.marketId)
  const quantity = (lots: number) => Market.quantityText(market, base.scale, lots)
  return {
    market: market.symbol,
    ...(rules.ticksMin !== 0 && { minPrice: Market.priceText(market, rules.ticksMin) }),
    ...(rules.marketLotsMin !== 0 && { minMarketQuantity: quantity(rules.marketLotsMin) }),
    ...(rules.marketLotsMax !== 0 && { maxMarketQuantity: quantity(rules.marketLotsMax) }),
    ...(rules.notionalMinForMarket && { minNotionalForMarket: true }),
    ...(rules.notionalMaxForMarket && { maxNotionalForMarket: true }),
    ...bandText("buyBand", rules.buyBandDown, rules.buyBandUp),
    ...bandText("sellBand", rules.sellBandDown, rules.sellBandUp),
    ...bandText("range", rules.rangeDown, rules.rangeUp),
    ...(rules.positionMax !== 0n && { maxPosition: Decimal.format(rules.positionMax, base.scale) }),
    ...(rules.triggerSource !== "" && { triggerSource: rules.triggerSource })
  }
}

const bandText = (name: "buyBand" | "sellBand" | "range", down: number, up: number) => {
  const text = (factor: number) => Decimal.format(BigInt(factor), factorScale)
  if (down === 0 && up === 0) return {}
  return { [name]: { ...(down !== 0 && { down: text(down) }), ...(up !== 0 && { up: text(up) }) } }
}
