/**
 * The reference venue: `docs/concepts/venue-rules.md` in the slowest and most obvious way. The engine is compared with it,
 * event by event; it is written to be compared with the page, line by line.
 */
import { Account, Asset, Command, type Event, IdempotencyKey, Ids, Market } from "@pandora-exchange/core"
import { type Limits, limitsDefault } from "../../src/Limits.ts"
import { amendOrder, cancelAll, cancelOrder, endDueOrders, type Outcome, placeOrder } from "./NaiveOrders.ts"
import {
  accountIdOf,
  accountOf,
  addAvailable,
  addHeld,
  assetOf,
  availableOf,
  broughtIn,
  hold,
  isUserOrHouse,
  marketOf,
  type NaiveKey,
  NaiveState
} from "./NaiveState.ts"
import type { Balance, HoldView, OpenOrder, Readers, Totals } from "./Readers.ts"

type CommandOf<Tag extends Command.Command["_tag"]> = Extract<Command.Command, { readonly _tag: Tag }>

export interface Applied {
  /** Everything that happened: the due work first, then what is the command's own. */
  readonly events: ReadonlyArray<Event.Event>
  /** The command's own; `Repeated` for a key that is known. */
  readonly own: ReadonlyArray<Event.Event>
  /** What the caller gets: the own events, or those of the first command with this key. */
  readonly answer: ReadonlyArray<Event.Event>
}

const unitsMax = 2n ** 63n - 1n
const referencePattern = /^[A-Za-z0-9._:/-]{0,64}$/
const priceSourcePattern = /^[A-Za-z0-9._-]{1,32}$/

export class NaiveVenue implements Readers {
  readonly state: NaiveState

  constructor(limits: Limits = limitsDefault) {
    this.state = new NaiveState(limits)
  }

  // ---- Order of work for one command

  apply(time: number, command: Command.Command, ask?: Command.Ask): Applied {
    const { state } = this
    // 1
    state.time = Math.max(state.time, time)
    state.sequence++
    // 2
    const due = endDueOrders(state)
    // 3, 4
    const { answer, own } = this.asked(command, ask)
    return { events: [...due, ...own], own, answer }
  }

  // ---- Asking again

  private asked(command: Command.Command, ask: Command.Ask | undefined): Pick<Applied, "own" | "answer"> {
    if ("accountId" in command && accountOf(this.state, command.accountId) === undefined) {
      return same(refused("UnknownAccount"))
    }
    if (ask === undefined) return same(this.own(command))
    return ask._tag === "Key" ? this.askedWithKey(command, ask.key) : same(this.askedBySource(command, ask))
  }

  private askedWithKey(command: Command.Command, key: string): Pick<Applied, "own" | "answer"> {
    const { state } = this
    const { time } = state
    const accountId = accountIdOf(command)
    const record = recordOf(command)
    const madeAt = madeAtOf(key)
    // 1
    state.keys
      .filter((known) => known.rememberedAt <= time - IdempotencyKey.windowMs)
      .slice(0, state.limits.keyDropsPerCommandMax)
      .forEach((known) => this.dropKey(known))
    const known = state.keys.find((known) => known.accountId === accountId && known.key === key)
    if (known !== undefined) {
      // 2
      if (known.record === record) {
        return {
          own: [{ _tag: "Repeated", firstSequence: Ids.Sequence(known.firstSequence) }],
          answer: known.own
        }
      }
      // 3
      return same(refused("KeyConflict"))
    }
    // 4
    const horizon = state.horizons.get(accountId) ?? 0
    if (madeAt <= Math.max(time - IdempotencyKey.windowMs, horizon)) return same(refused("KeyExpired"))
    // 5
    if (madeAt > time + IdempotencyKey.aheadMsMax) return same(refused("KeyInFuture"))
    // 6
    const ofAccount = state.keys.filter((known) => known.accountId === accountId)
    if (ofAccount.length >= state.limits.keysPerAccountMax) this.dropKey(ofAccount[0]!)
    if (state.keys.length >= state.limits.keysMax) this.dropKey(state.keys[0]!)
    const own = this.own(command)
    state.keys.push({ accountId, key, record, madeAt, rememberedAt: time, firstSequence: state.sequence, own })
    return same(own)
  }

  private dropKey(key: NaiveKey): void {
    const { state } = this
    state.keys = state.keys.filter((other) => other !== key)
    state.horizons.set(key.accountId, Math.max(state.horizons.get(key.accountId) ?? 0, key.madeAt))
  }

  private askedBySource(command: Command.Command, ask: Extract<Command.Ask, { _tag: "Source" }>): Array<Event.Event> {
    const { limits, sources } = this.state
    const last = sources.get(ask.source) ?? 0
    if (ask.number <= last) return refused("SourceNumberUsed")
    if (ask.number > last + 1) return refused("SourceNumberGap")
    if (!sources.has(ask.source) && sources.size >= limits.sourcesMax) return refused("TooManySources")
    sources.set(ask.source, ask.number)
    return this.own(command)
  }

  // ---- The command itself

  private own(command: Command.Command): Array<Event.Event> {
    const outcome = this.outcome(command)
    return typeof outcome === "string" ? refused(outcome) : outcome
  }

  private outcome(command: Command.Command): Outcome {
    switch (command._tag) {
      case "ListAsset":
        return this.listAsset(command)
      case "ListMarket":
        return this.listMarket(command)
      case "SetMarketStatus":
        return this.setMarketStatus(command)
      case "SetMarketFees":
        return this.setMarketFees(command)
      case "OpenAccount":
        return this.openAccount(command)
      case "Credit":
        return this.credit(command)
      case "Reverse":
        return this.reverse(command)
      case "Hold":
        return this.hold(command)
      case "SettleHold":
        return this.settleHold(command)
      case "ReleaseHold":
        return this.releaseHold(command)
      case "Transfer":
        return this.transfer(command)
      case "PlaceOrder":
        return placeOrder(this.state, command)
      case "CancelOrder":
        return cancelOrder(this.state, command)
      case "CancelAll":
        return cancelAll(this.state, command)
      case "AmendOrder":
        return amendOrder(this.state, command)
      case "SetPrice":
        return this.setPrice(command)
      case "AdvanceTime":
        return []
    }
  }

  private listAsset({ scale, symbol }: CommandOf<"ListAsset">): Outcome {
    const { assets, limits } = this.state
    if (!Asset.assetSymbolPattern.test(symbol)) return "MalformedSymbol"
    if (assets.some((asset) => asset.symbol === symbol)) return "SymbolTaken"
    if (scale > Asset.scaleMax) return "ScaleTooLarge"
    if (assets.length >= limits.assetsMax) return "TooManyAssets"
    const assetId = Ids.AssetId(assets.length + 1)
    assets.push({ assetId, symbol, scale })
    return [{ _tag: "AssetListed", assetId, scale, symbol }]
  }

  private listMarket(command: CommandOf<"ListMarket">): Outcome {
    const { limits, markets } = this.state
    const { _tag, ...terms } = command
    const base = assetOf(this.state, terms.baseAssetId)
    const quote = assetOf(this.state, terms.quoteAssetId)
    if (base === undefined || quote === undefined) return "UnknownAsset"
    if (!Market.marketSymbolPattern.test(terms.symbol)) return "MalformedSymbol"
    if (markets.some((market) => market.symbol === terms.symbol)) return "SymbolTaken"
    if (base === quote) return "SameAsset"
    if (terms.tickMantissa <= 0 || terms.lotUnits <= 0n || terms.tickScale > 18) return "InexactMarket"
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
      tradesMade: 0,
      depthSequence: 0,
      prices: new Map()
    })
    return [{ _tag: "MarketListed", marketId, ...terms, quotePerTickLot: perTickLot }]
  }

  private setMarketStatus({ marketId, status }: CommandOf<"SetMarketStatus">): Outcome {
    const market = marketOf(this.state, marketId)
    if (market === undefined) return "UnknownMarket"
    market.status = status
    return [{ _tag: "MarketStatusChanged", marketId, status }]
  }

  private setMarketFees({ makerRate, marketId, takerRate }: CommandOf<"SetMarketFees">): Outcome {
    const market = marketOf(this.state, marketId)
    if (market === undefined) return "UnknownMarket"
    if (makerRate > 10_000 || takerRate > 10_000) return "FeeRateTooHigh"
    market.makerRate = makerRate
    market.takerRate = takerRate
    return [{ _tag: "MarketFeesChanged", marketId, makerRate, takerRate }]
  }

  private openAccount({ kind, reference }: CommandOf<"OpenAccount">): Outcome {
    const { state } = this
    if (kind !== "user" && kind !== "house") return "AccountKindReserved"
    const known = reference === "" ? undefined : state.accounts.find((account) => account.reference === reference)
    if (known !== undefined) {
      if (known.kind !== kind) return "AccountReferenceTaken"
      return [{ _tag: "AccountOpened", accountId: known.accountId, kind, opened: false, reference }]
    }
    if (!referencePattern.test(reference)) return "MalformedText"
    if (state.accountsOpened >= state.limits.accountsMax) return "TooManyAccounts"
    const accountId = Ids.AccountId(Account.firstAccountId + state.accountsOpened)
    state.accountsOpened++
    state.accounts.push({ accountId, kind, reference })
    return [{ _tag: "AccountOpened", accountId, kind, opened: true, reference }]
  }

  private credit({ accountId, amount, assetId }: CommandOf<"Credit">): Outcome {
    const { state } = this
    const account = accountOf(state, accountId)
    if (account === undefined) return "UnknownAccount"
    if (assetOf(state, assetId) === undefined) return "UnknownAsset"
    if (!isUserOrHouse(account)) return "AccountKindReserved"
    if (amount <= 0n) return "AmountNotPositive"
    if (broughtIn(state, assetId) + amount > unitsMax) return "BalanceTooLarge"
    addAvailable(state, Account.externalAccountId, assetId, -amount)
    addAvailable(state, accountId, assetId, amount)
    return [{ _tag: "Credited", accountId, assetId, amount }]
  }

  private reverse({ accountId, amount, assetId }: CommandOf<"Reverse">): Outcome {
    const { state } = this
    const account = accountOf(state, accountId)
    if (account === undefined) return "UnknownAccount"
    if (assetOf(state, assetId) === undefined) return "UnknownAsset"
    if (!isUserOrHouse(account)) return "AccountKindReserved"
    if (amount <= 0n) return "AmountNotPositive"
    if (availableOf(state, Account.externalAccountId, assetId) + amount > 0n) return "InsufficientFunds"
    const available = availableOf(state, accountId, assetId)
    const fromAvailable = amount < available ? amount : available
    const toReceivable = amount - fromAvailable
    addAvailable(state, accountId, assetId, -fromAvailable)
    addAvailable(state, Account.receivableAccountId, assetId, -toReceivable)
    addAvailable(state, Account.externalAccountId, assetId, amount)
    return [{ _tag: "Reversed", accountId, assetId, fromAvailable, toReceivable }]
  }

  private hold({ accountId, amount, assetId }: CommandOf<"Hold">): Outcome {
    const { state } = this
    const account = accountOf(state, accountId)
    if (account === undefined) return "UnknownAccount"
    if (assetOf(state, assetId) === undefined) return "UnknownAsset"
    if (!isUserOrHouse(account)) return "AccountKindReserved"
    if (amount <= 0n) return "AmountNotPositive"
    if (state.holds.length >= state.limits.holdsMax) return "TooManyHolds"
    if (availableOf(state, accountId, assetId) < amount) return "InsufficientFunds"
    hold(state, accountId, assetId, amount)
    state.holdsMade++
    const holdId = Ids.HoldId(state.holdsMade)
    state.holds.push({ holdId, accountId, assetId, amount })
    return [{ _tag: "Held", holdId, accountId, assetId, amount }]
  }

  private settleHold({ fee, holdId }: CommandOf<"SettleHold">): Outcome {
    const { state } = this
    const found = state.holds.find((hold) => hold.holdId === holdId)
    if (found === undefined) return "UnknownHold"
    const { accountId, amount, assetId } = found
    if (fee < 0n || fee > amount) return "FeeTooLarge"
    // After reversals into receivable, more can be held than the external account is owed for.
    if (availableOf(state, Account.externalAccountId, assetId) + amount - fee > 0n) return "InsufficientFunds"
    addHeld(state, accountId, assetId, -amount)
    addAvailable(state, Account.externalAccountId, assetId, amount - fee)
    addAvailable(state, Account.houseAccountId, assetId, fee)
    state.holds = state.holds.filter((hold) => hold !== found)
    return [{ _tag: "HoldSettled", holdId, accountId, assetId, amount: amount - fee, fee }]
  }

  private releaseHold({ holdId }: CommandOf<"ReleaseHold">): Outcome {
    const { state } = this
    const found = state.holds.find((hold) => hold.holdId === holdId)
    if (found === undefined) return "UnknownHold"
    const { accountId, amount, assetId } = found
    hold(state, accountId, assetId, -amount)
    state.holds = state.holds.filter((hold) => hold !== found)
    return [{ _tag: "HoldReleased", holdId, accountId, assetId, amount }]
  }

  private transfer({ accountId, amount, assetId, receiverId }: CommandOf<"Transfer">): Outcome {
    const { state } = this
    const sender = accountOf(state, accountId)
    const receiver = accountOf(state, receiverId)
    if (sender === undefined) return "UnknownAccount"
    if (receiver === undefined) return "UnknownReceiver"
    if (assetOf(state, assetId) === undefined) return "UnknownAsset"
    if (!isUserOrHouse(sender)) return "TransferNotAllowed"
    if (!isUserOrHouse(receiver) && receiver.kind !== "receivable") return "TransferNotAllowed"
    if (sender === receiver) return "SameAccount"
    if (amount <= 0n) return "AmountNotPositive"
    if (availableOf(state, accountId, assetId) < amount) return "InsufficientFunds"
    if (receiver.kind === "receivable" && availableOf(state, receiverId, assetId) + amount > 0n) {
      return "InsufficientFunds"
    }
    addAvailable(state, accountId, assetId, -amount)
    addAvailable(state, receiverId, assetId, amount)
    return [{ _tag: "Transferred", accountId, receiverId, assetId, amount }]
  }

  private setPrice({ marketId, priceTicks, source }: CommandOf<"SetPrice">): Outcome {
    const { limits } = this.state
    const market = marketOf(this.state, marketId)
    if (market === undefined) return "UnknownMarket"
    if (!priceSourcePattern.test(source)) return "MalformedText"
    if (priceTicks === 0) return "PriceZero"
    if (priceTicks > market.ticksMax) return "PriceTooHigh"
    if (!market.prices.has(source) && market.prices.size >= limits.priceSourcesPerMarketMax) {
      return "TooManyPriceSources"
    }
    market.prices.set(source, priceTicks)
    return [{ _tag: "PriceSet", marketId, priceTicks, source }]
  }

  // ---- Readers

  accounts(): ReadonlyArray<{ readonly accountId: Ids.AccountId; readonly kind: Account.AccountKind }> {
    return this.state.accounts
  }

  markets(): ReadonlyArray<Market.Market> {
    return this.state.markets
  }

  /** By account, then asset; only those that are not zero in both parts. */
  balances(): ReadonlyArray<Balance> {
    const { accounts, assets, balances } = this.state
    return accounts.flatMap(({ accountId }) =>
      assets.flatMap(({ assetId }) => {
        const balance = balances.get(accountId)?.get(assetId)
        if (balance === undefined || (balance.available === 0n && balance.held === 0n)) return []
        return [{ accountId, assetId, ...balance }]
      })
    )
  }

  /** By order id. */
  openOrders(): ReadonlyArray<OpenOrder> {
    return [...this.state.openOrders]
      .sort((a, b) => a.orderId - b.orderId)
      .map(({ accountId, filledLots, lots, marketId, orderId, priceTicks, side }) => ({
        orderId,
        accountId,
        marketId,
        side,
        priceTicks,
        lots,
        filledLots
      }))
  }

  /** By hold id. */
  holds(): ReadonlyArray<HoldView> {
    return this.state.holds
  }

  get totals(): Totals {
    const { state } = this
    return {
      sequence: state.sequence,
      assets: state.assets.length,
      markets: state.markets.length,
      accountsOpened: state.accountsOpened,
      openOrders: state.openOrders.length,
      ordersAccepted: state.ordersAccepted,
      holds: state.holds.length,
      keys: state.keys.length,
      sources: state.sources.size,
      trades: state.markets.reduce((sum, market) => sum + market.tradesMade, 0)
    }
  }
}

const refused = (reason: Event.EventOf<"Rejected">["reason"]): Array<Event.Event> => [{ _tag: "Rejected", reason }]

const same = (own: ReadonlyArray<Event.Event>): Pick<Applied, "own" | "answer"> => ({ own, answer: own })

/** The command's record without its ask, as text that can be compared. */
const recordOf = (command: Command.Command): string => {
  const bytes = new Uint8Array(512)
  const end = Command.encode(new DataView(bytes.buffer), 0, command)
  return Buffer.from(bytes.subarray(0, end)).toString("hex")
}

/** A version 7 UUID begins with the 48 bits of the millisecond in which it was made. */
const madeAtOf = (key: string): number => Number.parseInt(key.replaceAll("-", "").slice(0, 12), 16)
