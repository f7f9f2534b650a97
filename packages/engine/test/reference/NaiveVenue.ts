/**
 * The reference venue: `docs/concepts/venue-rules.md` in the slowest and most obvious way. The
 * engine is compared with it, event by event; it is written to be compared with the page, line by
 * line.
 */
import { type Account, Command, type Event, IdempotencyKey, Ids } from "@pandora-exchange/core"
import { type Limits, limitsDefault } from "../../src/Limits.ts"
import { amendOrder } from "./NaiveAmending.ts"
import { remainingOf } from "./NaiveBook.ts"
import { cancelAfter, cancelAll, cancelOrder, replaceOrder } from "./NaiveCancelling.ts"
import { doDueWork } from "./NaiveDueWork.ts"
import {
  listAsset,
  listMarket,
  openAccount,
  setAccountTerms,
  setMarketFees,
  setMarketRules,
  setMarketStatus,
  setPrice
} from "./NaiveListing.ts"
import { cancelOrderList, placeOrderList } from "./NaiveLists.ts"
import { credit, holdAmount, releaseHold, reverse, settleHold, transfer } from "./NaiveMoney.ts"
import { type Outcome, placeOrder } from "./NaivePlacing.ts"
import {
  accountIdOf,
  accountOf,
  type NaiveKey,
  type NaiveMarket,
  NaiveState,
  rulesVersion
} from "./NaiveState.ts"
import type { Balance, HoldView, OpenOrder, Readers, Totals } from "./Readers.ts"

export interface Applied {
  /** All events: those of due work first, then the command's own. */
  readonly events: ReadonlyArray<Event.Event>
  /** The command's own; `Repeated` for a known key. */
  readonly own: ReadonlyArray<Event.Event>
  /** What the caller gets: the own events, or those of the first command with this key. */
  readonly answer: ReadonlyArray<Event.Event>
}

export class NaiveVenue implements Readers {
  readonly state: NaiveState

  constructor(limits: Limits = limitsDefault) {
    this.state = new NaiveState(limits)
  }

  // ---- Order of work for one command

  apply(time: number, command: Command.Command, requestKey?: Command.RequestKey): Applied {
    const { state } = this
    // 1
    state.time = Math.max(state.time, time)
    state.sequence++
    // 2
    const due = command._tag === "ChangeRules" ? [] : doDueWork(state)
    // 3, 4
    const { answer, own } = this.asked(command, requestKey)
    return { events: [...due, ...own], own, answer }
  }

  // ---- Asking again

  private asked(
    command: Command.Command,
    requestKey: Command.RequestKey | undefined
  ): Pick<Applied, "own" | "answer"> {
    if ("accountId" in command && accountOf(this.state, command.accountId) === undefined) {
      return same(refused("UnknownAccount"))
    }
    if (requestKey === undefined) return same(this.own(command))
    return requestKey._tag === "Key"
      ? this.askedWithKey(command, requestKey.key)
      : same(this.askedBySource(command, requestKey))
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
    if (madeAt <= Math.max(time - IdempotencyKey.windowMs, horizon))
      return same(refused("KeyExpired"))
    // 5
    if (madeAt > time + IdempotencyKey.aheadMsMax) return same(refused("KeyInFuture"))
    // 6
    const ofAccount = state.keys.filter((known) => known.accountId === accountId)
    if (ofAccount.length >= state.limits.keysPerAccountMax) this.dropKey(ofAccount[0]!)
    if (state.keys.length >= state.limits.keysMax) this.dropKey(state.keys[0]!)
    const own = this.own(command)
    state.keys.push({
      accountId,
      key,
      record,
      madeAt,
      rememberedAt: time,
      firstSequence: state.sequence,
      own
    })
    return same(own)
  }

  private dropKey(key: NaiveKey): void {
    const { state } = this
    state.keys = state.keys.filter((other) => other !== key)
    state.horizons.set(key.accountId, Math.max(state.horizons.get(key.accountId) ?? 0, key.madeAt))
  }

  private askedBySource(
    command: Command.Command,
    requestKey: Extract<Command.RequestKey, { _tag: "Source" }>
  ): Array<Event.Event> {
    const { limits, sources } = this.state
    const last = sources.get(requestKey.source) ?? 0
    if (requestKey.number <= last) return refused("SourceNumberUsed")
    if (requestKey.number > last + 1) return refused("SourceNumberGap")
    if (!sources.has(requestKey.source) && sources.size >= limits.sourcesMax)
      return refused("TooManySources")
    sources.set(requestKey.source, requestKey.number)
    return this.own(command)
  }

  // ---- The command itself

  private own(command: Command.Command): Array<Event.Event> {
    const outcome = this.outcome(command)
    return typeof outcome === "string" ? refused(outcome) : outcome
  }

  private outcome(command: Command.Command): Outcome {
    const { state } = this
    switch (command._tag) {
      case "ListAsset":
        return listAsset(state, command)
      case "ListMarket":
        return listMarket(state, command)
      case "SetMarketStatus":
        return setMarketStatus(state, command)
      case "SetMarketFees":
        return setMarketFees(state, command)
      case "SetMarketRules":
        return setMarketRules(state, command)
      case "OpenAccount":
        return openAccount(state, command)
      case "SetAccountTerms":
        return setAccountTerms(state, command)
      case "Credit":
        return credit(state, command)
      case "Reverse":
        return reverse(state, command)
      case "Hold":
        return holdAmount(state, command)
      case "SettleHold":
        return settleHold(state, command)
      case "ReleaseHold":
        return releaseHold(state, command)
      case "Transfer":
        return transfer(state, command)
      case "PlaceOrder":
        return placeOrder(state, command)
      case "PlaceOrderList":
        return placeOrderList(state, command)
      case "CancelOrder":
        return cancelOrder(state, command)
      case "CancelOrderList":
        return cancelOrderList(state, command)
      case "CancelAll":
        return cancelAll(state, command)
      case "CancelAfter":
        return cancelAfter(state, command)
      case "ReplaceOrder":
        return replaceOrder(state, command)
      case "AmendOrder":
        return amendOrder(state, command)
      case "SetPrice":
        return setPrice(state, command)
      case "AdvanceTime":
        return []
      case "ChangeRules":
        if (command.rulesVersion !== rulesVersion) return "RulesInvalid"
        return command.part === command.parts ? [{ _tag: "RulesChanged", rulesVersion }] : []
    }
  }

  // ---- Readers

  accounts(): ReadonlyArray<{
    readonly accountId: Ids.AccountId
    readonly kind: Account.AccountKind
  }> {
    return this.state.accounts
  }

  markets(): ReadonlyArray<NaiveMarket> {
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
      .map((order) => ({
        orderId: order.orderId,
        accountId: order.accountId,
        marketId: order.marketId,
        side: order.side,
        priceTicks: order.priceTicks,
        lots: order.lots,
        filledLots: order.filledLots,
        remainingLots: remainingOf(order),
        shownLots: order.shownLots,
        credential: order.credential,
        preventedLots: order.preventedLots,
        filledQuote: order.filledQuote,
        fee: order.feePaid,
        held: order.held
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

const refused = (reason: Event.EventOf<"Rejected">["reason"]): Array<Event.Event> => [
  { _tag: "Rejected", reason }
]

const same = (own: ReadonlyArray<Event.Event>): Pick<Applied, "own" | "answer"> => ({
  own,
  answer: own
})

/** The command's record without its request key, as comparable text. */
const recordOf = (command: Command.Command): string => {
  const bytes = new Uint8Array(2048)
  const end = Command.encode(new DataView(bytes.buffer), 0, command)
  return Buffer.from(bytes.subarray(0, end)).toString("hex")
}

/** A version 7 UUID begins with the 48 bits of the millisecond in which it was made. */
const madeAtOf = (key: string): number => Number.parseInt(key.replaceAll("-", "").slice(0, 12), 16)
