/**
 * Listing, accounts, and money that does not trade. Each function executes one command of
 * `docs/concepts/venue-rules.md`.
 */
import {
  Asset,
  type Batch,
  type Command,
  Decimal,
  Ids,
  Market,
  type RejectReason
} from "@pandora-exchange/core"
import { emit, reject } from "./emit.ts"
import type { OpenOrders } from "./OpenOrders.ts"
import { accountIdOf, external, house, MarketState, receivable, type State } from "./State.ts"

type Of<Tag extends Command.Command["_tag"]> = Extract<Command.Command, { readonly _tag: Tag }>

const referencePattern = /^[A-Za-z0-9._:/-]{0,64}$/
const priceSourcePattern = /^[A-Za-z0-9._-]{1,32}$/

export const listAsset = (
  state: State,
  out: Batch.BatchWriter,
  { symbol, scale }: Of<"ListAsset">
): void => {
  if (!Asset.assetSymbolPattern.test(symbol)) return reject(out, "MalformedSymbol")
  if (state.assetBySymbol.has(symbol)) return reject(out, "SymbolTaken")
  if (scale > Asset.scaleMax) return reject(out, "ScaleTooLarge")
  if (state.assets.length > state.limits.assetsMax) return reject(out, "TooManyAssets")

  const assetId = Ids.AssetId(state.assets.length)
  addAsset(state, { assetId, symbol, scale })
  emit(out, { _tag: "AssetListed", assetId, symbol, scale })
}

export const addAsset = (state: State, asset: Asset.Asset): void => {
  state.assets.push(asset)
  state.assetBySymbol.set(asset.symbol, asset.assetId)
}

export const listMarket = (
  state: State,
  out: Batch.BatchWriter,
  { _tag, ...terms }: Of<"ListMarket">
): void => {
  const base = state.assets[terms.baseAssetId]
  const quote = state.assets[terms.quoteAssetId]
  if (base === undefined || quote === undefined) return reject(out, "UnknownAsset")
  const refusal = marketRefusal(state, terms)
  if (refusal !== undefined) return reject(out, refusal)
  const quotePerTickLot = exactQuotePerTickLot(terms, base.scale, quote.scale)
  if (quotePerTickLot === undefined) return reject(out, "InexactMarket")
  if (!boundsAreValid(terms, quotePerTickLot)) return reject(out, "BoundsInvalid")
  if (Math.max(terms.makerRate, terms.takerRate) > Market.feeRateMax)
    return reject(out, "FeeRateTooHigh")
  if (state.markets.length > state.limits.marketsMax) return reject(out, "TooManyMarkets")

  const marketId = Ids.MarketId(state.markets.length)
  addMarket(state, { ...terms, marketId, quotePerTickLot, status: "open" })
  emit(out, { _tag: "MarketListed", ...terms, marketId, quotePerTickLot })
}

export const addMarket = (state: State, market: Market.Market): MarketState => {
  const added = new MarketState(market, state.orders, state.levels)
  state.markets.push(added)
  state.marketBySymbol.set(market.symbol, market.marketId)
  return added
}

const marketRefusal = (
  state: State,
  terms: Market.MarketTerms
): RejectReason.RejectReason | undefined => {
  if (!Market.marketSymbolPattern.test(terms.symbol)) return "MalformedSymbol"
  if (state.marketBySymbol.has(terms.symbol)) return "SymbolTaken"
  return terms.baseAssetId === terms.quoteAssetId ? "SameAsset" : undefined
}

const exactQuotePerTickLot = (
  terms: Market.MarketTerms,
  baseScale: number,
  quoteScale: number
): bigint | undefined => {
  if (terms.tickScale > Market.tickScaleMax) return undefined
  const perTickLot = Market.quotePerTickLot(terms, baseScale, quoteScale)
  return perTickLot !== undefined && perTickLot <= Decimal.unitsMax ? perTickLot : undefined
}

const boundsAreValid = (terms: Market.MarketTerms, quotePerTickLot: bigint): boolean =>
  terms.lotsMin >= 1 &&
  terms.lotsMin <= terms.lotsMax &&
  terms.lotsMax <= Market.lotsMax &&
  terms.ticksMax >= 1 &&
  terms.ticksMax <= Market.ticksMax &&
  terms.notionalMin >= 0n &&
  terms.notionalMin <= terms.notionalMax &&
  Market.notionalFits(terms, quotePerTickLot)

export const setMarketStatus = (
  open: OpenOrders,
  state: State,
  out: Batch.BatchWriter,
  command: Of<"SetMarketStatus">
): void => {
  const market = state.markets[command.marketId]
  if (market === undefined) return reject(out, "UnknownMarket")
  market.status = command.status
  emit(out, { ...command, _tag: "MarketStatusChanged" })
  open.checkTriggers(market, market.referenceTicks)
}

export const setMarketFees = (
  state: State,
  out: Batch.BatchWriter,
  command: Of<"SetMarketFees">
): void => {
  const { makerRate, takerRate, tier } = command
  const market = state.markets[command.marketId]
  if (market === undefined) return reject(out, "UnknownMarket")
  if (tier > Market.feeTierMax) return reject(out, "FeeTierTooHigh")
  if (Math.max(makerRate, takerRate) > Market.feeRateMax) return reject(out, "FeeRateTooHigh")
  market.rates[tier] = { makerRate, takerRate }
  emit(out, { ...command, _tag: "MarketFeesChanged" })
}

export const setMarketRules = (
  open: OpenOrders,
  state: State,
  out: Batch.BatchWriter,
  { _tag, marketId, ...rules }: Of<"SetMarketRules">
): void => {
  const market = state.markets[marketId]
  if (market === undefined) return reject(out, "UnknownMarket")
  if (rules.triggerSource !== "" && !priceSourcePattern.test(rules.triggerSource))
    return reject(out, "MalformedText")
  if (!rulesAreValid(market, rules)) return reject(out, "RulesInvalid")
  market.rules = rules
  emit(out, { _tag: "MarketRulesChanged", marketId, ...rules })
  open.checkTriggers(market, market.referenceTicks)
}

const rulesAreValid = (market: MarketState, rules: Market.MarketRules): boolean => {
  const downs = [rules.buyBandDown, rules.sellBandDown, rules.rangeDown]
  const ups = [rules.buyBandUp, rules.sellBandUp, rules.rangeUp]
  return (
    rules.ticksMin <= market.ticksMax &&
    rules.marketLotsMin <= market.lotsMax &&
    rules.marketLotsMax <= market.lotsMax &&
    (rules.marketLotsMax === 0 || rules.marketLotsMin <= rules.marketLotsMax) &&
    downs.every((down) => down <= Market.multiplierScale) &&
    ups.every((up) => up === 0 || (up >= Market.multiplierScale && up <= Market.multiplierMax)) &&
    rules.positionMax >= 0n
  )
}

export const setAccountTerms = (
  state: State,
  out: Batch.BatchWriter,
  command: Of<"SetAccountTerms">
): void => {
  const { feeTier, tradeGroup } = command
  const account = state.accounts.indexOf(command.accountId)
  if (account === 0) return reject(out, "UnknownAccount")
  if (!state.accounts.isUserOrHouse(account)) return reject(out, "AccountKindReserved")
  if (feeTier > Market.feeTierMax) return reject(out, "FeeTierTooHigh")
  state.accounts.setFeeTier(account, feeTier)
  state.accounts.setTradeGroup(account, tradeGroup)
  emit(out, { ...command, _tag: "AccountTermsChanged" })
}

export const setPrice = (
  open: OpenOrders,
  state: State,
  out: Batch.BatchWriter,
  command: Of<"SetPrice">
): void => {
  const market = state.markets[command.marketId]
  if (market === undefined) return reject(out, "UnknownMarket")
  if (!priceSourcePattern.test(command.source)) return reject(out, "MalformedText")
  if (command.priceTicks === 0) return reject(out, "PriceZero")
  if (command.priceTicks > market.ticksMax) return reject(out, "PriceTooHigh")
  const isNew = !market.prices.has(command.source)
  if (isNew && market.prices.size >= state.limits.priceSourcesPerMarketMax)
    return reject(out, "TooManyPriceSources")
  market.prices.set(command.source, command.priceTicks)
  emit(out, { ...command, _tag: "PriceSet" })
  if (command.source === market.rules.triggerSource) open.checkTriggers(market, command.priceTicks)
}

export const openAccount = (
  state: State,
  out: Batch.BatchWriter,
  { kind, reference }: Of<"OpenAccount">
): void => {
  const { accounts } = state
  if (kind !== "user" && kind !== "house") return reject(out, "AccountKindReserved")
  const existing = accounts.byReference.get(reference)
  if (existing !== undefined && accounts.kind(existing) !== kind)
    return reject(out, "AccountReferenceTaken")
  if (!referencePattern.test(reference)) return reject(out, "MalformedText")
  if (existing === undefined && accounts.count - accountsOfVenue >= state.limits.accountsMax) {
    return reject(out, "TooManyAccounts")
  }
  const index = existing ?? accounts.open(kind, reference)
  const accountId = accountIdOf(index)
  emit(out, { _tag: "AccountOpened", accountId, kind, opened: existing === undefined, reference })
}

const accountsOfVenue = 4

/**
 * The index of a user or house account whose money the command may move, or the reason it may not.
 */
const funded = (
  state: State,
  command: Of<"Credit" | "Reverse" | "Hold">
): number | RejectReason.RejectReason => {
  const account = state.accounts.indexOf(command.accountId)
  if (account === 0) return "UnknownAccount"
  if (state.assets[command.assetId] === undefined) return "UnknownAsset"
  if (!state.accounts.isUserOrHouse(account)) return "AccountKindReserved"
  if (!referencePattern.test(command.reference)) return "MalformedText"
  return command.amount > 0n ? account : "AmountNotPositive"
}

export const credit = (state: State, out: Batch.BatchWriter, command: Of<"Credit">): void => {
  const account = funded(state, command)
  if (typeof account === "string") return reject(out, account)
  const { assetId, amount } = command
  if (state.funds.cameIn(assetId) + amount > Decimal.unitsMax) return reject(out, "BalanceTooLarge")
  state.funds.move(external, account, assetId, amount)
  emit(out, { ...command, _tag: "Credited" })
}

export const reverse = (state: State, out: Batch.BatchWriter, command: Of<"Reverse">): void => {
  const account = funded(state, command)
  if (typeof account === "string") return reject(out, account)
  const { accountId, assetId, amount, reference } = command
  const { funds } = state
  if (!funds.canTake(external, assetId, amount)) return reject(out, "InsufficientFunds")
  const available = funds.available(account, assetId)
  const fromAvailable = amount < available ? amount : available
  const toReceivable = amount - fromAvailable
  funds.move(account, external, assetId, fromAvailable)
  funds.move(receivable, external, assetId, toReceivable)
  emit(out, { _tag: "Reversed", accountId, assetId, fromAvailable, toReceivable, reference })
}

export const hold = (state: State, out: Batch.BatchWriter, command: Of<"Hold">): void => {
  const account = funded(state, command)
  if (typeof account === "string") return reject(out, account)
  const { assetId, amount, reference } = command
  if (state.holds.size >= state.limits.holdsMax) return reject(out, "TooManyHolds")
  if (!state.funds.canGive(account, assetId, amount)) return reject(out, "InsufficientFunds")
  const holdId = ++state.lastHoldId
  state.holds.add(holdId, { account, assetId, amount, reference })
  state.funds.hold(account, assetId, amount)
  emit(out, { ...command, _tag: "Held", holdId })
}

export const settleHold = (
  state: State,
  out: Batch.BatchWriter,
  { holdId, fee }: Of<"SettleHold">
): void => {
  const found = state.holds.get(holdId)
  if (found === undefined) return reject(out, "UnknownHold")
  const { account, assetId } = found
  if (fee < 0n || fee > found.amount) return reject(out, "FeeTooLarge")
  const amount = found.amount - fee
  if (!state.funds.canTake(external, assetId, amount)) return reject(out, "InsufficientFunds")
  state.holds.end(holdId)
  state.funds.unhold(account, external, assetId, amount)
  state.funds.unhold(account, house, assetId, fee)
  emit(out, { _tag: "HoldSettled", holdId, accountId: accountIdOf(account), assetId, amount, fee })
}

export const releaseHold = (
  state: State,
  out: Batch.BatchWriter,
  { holdId }: Of<"ReleaseHold">
): void => {
  const found = state.holds.get(holdId)
  if (found === undefined) return reject(out, "UnknownHold")
  const { account, assetId, amount } = found
  state.holds.end(holdId)
  state.funds.unhold(account, account, assetId, amount)
  emit(out, { _tag: "HoldReleased", holdId, accountId: accountIdOf(account), assetId, amount })
}

export const transfer = (state: State, out: Batch.BatchWriter, command: Of<"Transfer">): void => {
  const { assetId, amount } = command
  const account = state.accounts.indexOf(command.accountId)
  const receiver = state.accounts.indexOf(command.receiverId)
  if (account === 0) return reject(out, "UnknownAccount")
  if (receiver === 0) return reject(out, "UnknownReceiver")
  if (state.assets[assetId] === undefined) return reject(out, "UnknownAsset")
  const toReceivable = state.accounts.kind(receiver) === "receivable"
  if (
    !state.accounts.isUserOrHouse(account) ||
    !(state.accounts.isUserOrHouse(receiver) || toReceivable)
  )
    return reject(out, "TransferNotAllowed")
  if (account === receiver) return reject(out, "SameAccount")
  if (amount <= 0n) return reject(out, "AmountNotPositive")
  const { funds } = state
  if (!funds.canGive(account, assetId, amount) || !funds.canTake(receiver, assetId, amount)) {
    return reject(out, "InsufficientFunds")
  }
  funds.move(account, receiver, assetId, amount)
  emit(out, { ...command, _tag: "Transferred" })
}
