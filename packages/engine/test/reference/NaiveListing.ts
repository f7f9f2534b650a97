/** Assets, markets and accounts, and their settings. */
import { Account, Asset, Ids, Market } from "@pandora-exchange/core"
import { referenceOf } from "./NaiveBook.ts"
import type { Outcome } from "./NaivePlacing.ts"
import {
  accountOf,
  assetOf,
  type CommandOf,
  isUserOrHouse,
  marketOf,
  newAccount,
  type NaiveState
} from "./NaiveState.ts"
import { look } from "./NaiveWaiting.ts"

const unitsMax = 2n ** 63n - 1n
const referencePattern = /^[A-Za-z0-9._:/-]{0,64}$/
const priceSourcePattern = /^[A-Za-z0-9._-]{1,32}$/

export const listAsset = (
  state: NaiveState,
  { scale, symbol }: CommandOf<"ListAsset">
): Outcome => {
  const { assets, limits } = state
  if (!Asset.assetSymbolPattern.test(symbol)) return "MalformedSymbol"
  if (assets.some((asset) => asset.symbol === symbol)) return "SymbolTaken"
  if (scale > Asset.scaleMax) return "ScaleTooLarge"
  if (assets.length >= limits.assetsMax) return "TooManyAssets"
  const assetId = Ids.AssetId(assets.length + 1)
  assets.push({ assetId, symbol, scale })
  return [{ _tag: "AssetListed", assetId, scale, symbol }]
}

export const listMarket = (state: NaiveState, command: CommandOf<"ListMarket">): Outcome => {
  const { limits, markets } = state
  const { _tag, ...terms } = command
  const base = assetOf(state, terms.baseAssetId)
  const quote = assetOf(state, terms.quoteAssetId)
  if (base === undefined || quote === undefined) return "UnknownAsset"
  if (!Market.marketSymbolPattern.test(terms.symbol)) return "MalformedSymbol"
  if (markets.some((market) => market.symbol === terms.symbol)) return "SymbolTaken"
  if (base === quote) return "SameAsset"
  if (terms.tickMantissa <= 0 || terms.lotUnits <= 0n || terms.tickScale > 18)
    return "InexactMarket"
  const perTickLot = Market.quotePerTickLot(terms, base.scale, quote.scale)
  if (perTickLot === undefined || perTickLot > unitsMax) return "InexactMarket"
  const bounded =
    1 <= terms.lotsMin &&
    terms.lotsMin <= terms.lotsMax &&
    terms.lotsMax <= 2 ** 52 - 1 &&
    1 <= terms.ticksMax &&
    terms.ticksMax <= 2 ** 31 - 1 &&
    0n <= terms.notionalMin &&
    terms.notionalMin <= terms.notionalMax &&
    BigInt(terms.ticksMax) * BigInt(terms.lotsMax) * perTickLot <= unitsMax
  if (!bounded) return "BoundsInvalid"
  if (terms.makerRate > 10_000 || terms.takerRate > 10_000) return "FeeRateTooHigh"
  if (markets.length >= limits.marketsMax) return "TooManyMarkets"
  const marketId = Ids.MarketId(markets.length + 1)
  markets.push({
    ...terms,
    marketId,
    status: "open",
    quotePerTickLot: perTickLot,
    rules: Market.noRules,
    fees: new Map([[0, { makerRate: terms.makerRate, takerRate: terms.takerRate }]]),
    tradesMade: 0,
    depthSequence: 0,
    lastTicks: 0,
    prices: new Map()
  })
  return [{ _tag: "MarketListed", marketId, ...terms, quotePerTickLot: perTickLot }]
}

export const setMarketStatus = (
  state: NaiveState,
  { marketId, status }: CommandOf<"SetMarketStatus">
): Outcome => {
  const market = marketOf(state, marketId)
  if (market === undefined) return "UnknownMarket"
  market.status = status
  look(state, market, referenceOf(market))
  return [{ _tag: "MarketStatusChanged", marketId, status }]
}

export const setMarketFees = (state: NaiveState, command: CommandOf<"SetMarketFees">): Outcome => {
  const { makerRate, marketId, takerRate, tier } = command
  const market = marketOf(state, marketId)
  if (market === undefined) return "UnknownMarket"
  if (tier > Market.feeTierMax) return "FeeTierTooHigh"
  if (makerRate > 10_000 || takerRate > 10_000) return "FeeRateTooHigh"
  market.fees.set(tier, { makerRate, takerRate })
  return [{ _tag: "MarketFeesChanged", marketId, tier, makerRate, takerRate }]
}

export const setMarketRules = (
  state: NaiveState,
  command: CommandOf<"SetMarketRules">
): Outcome => {
  const { _tag, marketId, ...rules } = command
  const market = marketOf(state, marketId)
  if (market === undefined) return "UnknownMarket"
  if (rules.triggerSource !== "" && !priceSourcePattern.test(rules.triggerSource))
    return "MalformedText"
  const downs = [rules.buyBandDown, rules.sellBandDown, rules.rangeDown]
  const ups = [rules.buyBandUp, rules.sellBandUp, rules.rangeUp]
  const isValid =
    rules.ticksMin <= market.ticksMax &&
    rules.marketLotsMin <= market.lotsMax &&
    rules.marketLotsMax <= market.lotsMax &&
    (rules.marketLotsMax === 0 || rules.marketLotsMin <= rules.marketLotsMax) &&
    downs.every((down) => down <= 10_000) &&
    ups.every((up) => up === 0 || (up >= 10_000 && up <= 1_000_000)) &&
    rules.positionMax >= 0n
  if (!isValid) return "RulesInvalid"
  market.rules = rules
  look(state, market, referenceOf(market))
  return [{ _tag: "MarketRulesChanged", marketId, ...rules }]
}

export const openAccount = (
  state: NaiveState,
  { kind, reference }: CommandOf<"OpenAccount">
): Outcome => {
  if (kind !== "user" && kind !== "house") return "AccountKindReserved"
  const known =
    reference === "" ? undefined : state.accounts.find((account) => account.reference === reference)
  if (known !== undefined) {
    if (known.kind !== kind) return "AccountReferenceTaken"
    return [{ _tag: "AccountOpened", accountId: known.accountId, kind, opened: false, reference }]
  }
  if (!referencePattern.test(reference)) return "MalformedText"
  if (state.accountsOpened >= state.limits.accountsMax) return "TooManyAccounts"
  const accountId = Ids.AccountId(Account.firstAccountId + state.accountsOpened)
  state.accountsOpened++
  state.accounts.push(newAccount(accountId, kind, reference))
  return [{ _tag: "AccountOpened", accountId, kind, opened: true, reference }]
}

export const setAccountTerms = (
  state: NaiveState,
  command: CommandOf<"SetAccountTerms">
): Outcome => {
  const { accountId, feeTier, tradeGroup } = command
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  if (!isUserOrHouse(account)) return "AccountKindReserved"
  if (feeTier > Market.feeTierMax) return "FeeTierTooHigh"
  account.feeTier = feeTier
  account.tradeGroup = tradeGroup
  return [{ _tag: "AccountTermsChanged", accountId, feeTier, tradeGroup }]
}

export const setPrice = (
  state: NaiveState,
  { marketId, priceTicks, source }: CommandOf<"SetPrice">
): Outcome => {
  const market = marketOf(state, marketId)
  if (market === undefined) return "UnknownMarket"
  if (!priceSourcePattern.test(source)) return "MalformedText"
  if (priceTicks === 0) return "PriceZero"
  if (priceTicks > market.ticksMax) return "PriceTooHigh"
  if (!market.prices.has(source) && market.prices.size >= state.limits.priceSourcesPerMarketMax) {
    return "TooManyPriceSources"
  }
  market.prices.set(source, priceTicks)
  if (source === market.rules.triggerSource) look(state, market, priceTicks)
  return [{ _tag: "PriceSet", marketId, priceTicks, source }]
}
