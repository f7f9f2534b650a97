/**
 * What happened, each with its binary form. Events contain every amount they move, so that readers
 * never have to execute commands: a ledger, a depth feed and execution reports can be derived from
 * them alone.
 */
import { accountKinds } from "./Account.ts"
import type { AssetId, HoldId, Sequence, TradeId } from "./Ids.ts"
import * as Layout from "./Layout.ts"
import { as, flag, i64, literals, text, u16, u32, u53, u8 } from "./Layout.ts"
import { marketRules, marketStatuses } from "./Market.ts"
import {
  contingencies,
  endReasons,
  replaceParts,
  selfTradePreventions,
  sides,
  waits
} from "./Order.ts"
import * as OrderRecord from "./OrderRecord.ts"
import { accountId, listId, marketId, orderId } from "./OrderRecord.ts"
import { rejectReasons } from "./RejectReason.ts"

const assetId = as<AssetId>()(u16)
const holdId = as<HoldId>()(u53)

/** Nothing has changed except the venue's sequence and its memory of keys. */
export const Rejected = Layout.make("Rejected", 1, { reason: literals(rejectReasons) })

/**
 * The command was sent before under this key, as the command at `firstSequence`; its answer is
 * given again.
 */
export const Repeated = Layout.make("Repeated", 2, { firstSequence: as<Sequence>()(u53) })

export const AssetListed = Layout.make("AssetListed", 3, { assetId, scale: u8, symbol: text })

/** Fields as in `Market`. */
export const MarketListed = Layout.make("MarketListed", 4, {
  marketId,
  baseAssetId: assetId,
  quoteAssetId: assetId,
  tickMantissa: u53,
  tickScale: u8,
  lotUnits: i64,
  lotsMin: u53,
  lotsMax: u53,
  ticksMax: u53,
  notionalMin: i64,
  notionalMax: i64,
  makerRate: u32,
  takerRate: u32,
  quotePerTickLot: i64,
  symbol: text
})

export const MarketStatusChanged = Layout.make("MarketStatusChanged", 5, {
  marketId,
  status: literals(marketStatuses)
})
export const MarketFeesChanged = Layout.make("MarketFeesChanged", 6, {
  marketId,
  tier: u8,
  makerRate: u32,
  takerRate: u32
})

/**
 * Also the answer if an account with this kind and reference already existed (`opened` is then
 * false).
 */
export const AccountOpened = Layout.make("AccountOpened", 7, {
  accountId,
  kind: literals(accountKinds),
  opened: flag,
  reference: text
})

/** `amount` moved from the external account to the account's available balance. */
export const Credited = Layout.make("Credited", 8, {
  accountId,
  assetId,
  amount: i64,
  reference: text
})

/**
 * `fromAvailable` moved from the account, and `toReceivable` from the receivable account, both to
 * the external account.
 */
export const Reversed = Layout.make("Reversed", 9, {
  accountId,
  assetId,
  fromAvailable: i64,
  toReceivable: i64,
  reference: text
})

/**
 * `amount` moved from available to held. The end of the hold refers to it by `holdId` and does not
 * repeat its reference.
 */
export const Held = Layout.make("Held", 10, {
  holdId,
  accountId,
  assetId,
  amount: i64,
  reference: text
})

/** Of the held amount, `amount` moved to the external account and `fee` to the house. */
export const HoldSettled = Layout.make("HoldSettled", 11, {
  holdId,
  accountId,
  assetId,
  amount: i64,
  fee: i64
})

/** `amount` moved from held to available. */
export const HoldReleased = Layout.make("HoldReleased", 12, {
  holdId,
  accountId,
  assetId,
  amount: i64
})

/** `amount` moved from the account's available balance to the receiver's. */
export const Transferred = Layout.make("Transferred", 13, {
  accountId,
  receiverId: accountId,
  assetId,
  amount: i64
})

/**
 * The order exists. `held` (quote for a buy, base for a sell) moved from available to held.
 * `priceTicks` is the price at which it may trade, after any slide. For a budget, `lots` is the
 * quantity it was computed to buy or sell at once. `listId` is 0 outside a list.
 */
export const OrderAccepted = Layout.make("OrderAccepted", 14, OrderRecord.accepted)

/**
 * One match, at the maker's price. Remaining lots are everything left of an order, including hidden
 * lots; what the book shows shrinks by `lots`. The buyer's held quote shrinks by `buyerHeld`, of
 * which `quoteUnits` go to the seller and the rest back to available; the seller's held base
 * shrinks by `baseUnits`. Each side's fee is taken from what it receives (base for the buyer, quote
 * for the seller) and goes to the house.
 */
export const Trade = Layout.make("Trade", 15, {
  marketId,
  tradeId: as<TradeId>()(u53),
  makerOrderId: orderId,
  takerOrderId: orderId,
  makerAccountId: accountId,
  takerAccountId: accountId,
  takerSide: literals(sides),
  priceTicks: u32,
  lots: u53,
  makerRemainingLots: u53,
  takerRemainingLots: u53,
  baseUnits: i64,
  quoteUnits: i64,
  buyerHeld: i64,
  makerFee: i64,
  takerFee: i64,
  depthSequence: u53
})

/**
 * The rest of an order enters the book, behind all others at its price; `shownLots` of it are
 * public.
 */
export const OrderRested = Layout.make("OrderRested", 16, {
  orderId,
  marketId,
  side: literals(sides),
  priceTicks: u32,
  remainingLots: u53,
  shownLots: u53,
  depthSequence: u53
})

/**
 * The end of an order; every accepted order has exactly one. `endedLots` were open until then
 * (under rules version 1 including those removed by self-trade prevention); `released` moved from
 * held to available. It took `shownLots` out of the book; if that is 0, so is `depthSequence`.
 */
export const OrderEnded = Layout.make("OrderEnded", 17, {
  orderId,
  accountId,
  marketId,
  side: literals(sides),
  reason: literals(endReasons),
  priceTicks: u32,
  filledLots: u53,
  endedLots: u53,
  released: i64,
  shownLots: u53,
  depthSequence: u53
})

/**
 * The order has a new price or quantity. With `keptPriority` it kept its place; otherwise it left
 * the book (this event's `depthSequence`), and trades, rests or ends in the events that follow.
 * `held` is what is held for it now. `shownLots` is what the book shows of it now: 0 if it left.
 */
export const OrderAmended = Layout.make("OrderAmended", 18, {
  orderId,
  accountId,
  marketId,
  side: literals(sides),
  keptPriority: flag,
  oldPriceTicks: u32,
  oldRemainingLots: u53,
  oldShownLots: u53,
  priceTicks: u32,
  remainingLots: u53,
  shownLots: u53,
  lots: u53,
  oldHeld: i64,
  held: i64,
  depthSequence: u53
})

export const PriceSet = Layout.make("PriceSet", 19, { marketId, priceTicks: u53, source: text })

/**
 * The order is open and outside the book. Fields as in `OrderRecord.terms`; the trigger is also
 * that of an order that first waits for its working order.
 */
export const OrderWaiting = Layout.make("OrderWaiting", 20, OrderRecord.waiting)

/**
 * The order's wait is over: it trades, rests, waits for its trigger or ends in the events that
 * follow. `priceTicks` is the current reference price, 0 if there is none; `held` is what is held
 * for it now.
 */
export const OrderActivated = Layout.make("OrderActivated", 21, {
  orderId,
  accountId,
  marketId,
  side: literals(sides),
  wait: literals(waits),
  priceTicks: u32,
  oldHeld: i64,
  held: i64
})

/** An iceberg whose shown lots were used up shows more, behind all others at its price. */
export const OrderRefilled = Layout.make("OrderRefilled", 22, {
  orderId,
  marketId,
  side: literals(sides),
  priceTicks: u32,
  remainingLots: u53,
  shownLots: u53,
  depthSequence: u53
})

/**
 * Two orders of one owner did not trade. `makerLots` and `takerLots` were prevented. Where orders
 * expire, their ends follow and say what is released. With `decrement` both shrink by that many
 * lots and these amounts moved from held to available; an order with nothing left ends in the
 * events that follow.
 */
export const SelfTradePrevented = Layout.make("SelfTradePrevented", 23, {
  marketId,
  makerOrderId: orderId,
  takerOrderId: orderId,
  makerAccountId: accountId,
  takerAccountId: accountId,
  takerSide: literals(sides),
  mode: literals(selfTradePreventions),
  priceTicks: u32,
  makerLots: u53,
  takerLots: u53,
  makerReleased: i64,
  takerReleased: i64,
  depthSequence: u53
})

/**
 * The orders of the list are accepted in the events that follow; `thirdOrderId` is 0 if there is
 * none.
 */
export const OrderListAccepted = Layout.make("OrderListAccepted", 24, {
  listId,
  accountId,
  marketId,
  contingency: literals(contingencies),
  firstOrderId: orderId,
  secondOrderId: orderId,
  thirdOrderId: orderId,
  clientListId: text
})

/**
 * One part of a replacement, the cancel or the order, was refused; the other part has its own
 * events.
 */
export const PartRefused = Layout.make("PartRefused", 25, {
  part: literals(replaceParts),
  reason: literals(rejectReasons)
})

/** The account's orders are cancelled at `deadline`; 0 stops the timer. */
export const CancelAfterSet = Layout.make("CancelAfterSet", 26, { accountId, deadline: u53 })

/** The account's timer fired; its orders end in the events that follow. */
export const CancelAfterFired = Layout.make("CancelAfterFired", 27, { accountId })

export const MarketRulesChanged = Layout.make("MarketRulesChanged", 28, {
  marketId,
  ...marketRules,
  triggerSource: text
})

export const AccountTermsChanged = Layout.make("AccountTermsChanged", 29, {
  accountId,
  feeTier: u8,
  tradeGroup: u32
})

/**
 * A waiting order now has `lots`, fewer than before: an exit whose working order bought less, or
 * the stop of a pair whose other order was reduced by self-trade prevention. `held` is what is held
 * for it now.
 */
export const OrderReduced = Layout.make("OrderReduced", 31, {
  orderId,
  accountId,
  marketId,
  side: literals(sides),
  lots: u53,
  oldHeld: i64,
  held: i64
})

/**
 * The state of an order when it was amended, directly after its `OrderAmended`: its filled and
 * prevented quantity so far, the quote amount of its fills, and the fees on them in the asset it
 * receives.
 */
export const OrderStood = Layout.make("OrderStood", 32, {
  orderId,
  accountId,
  marketId,
  filledLots: u53,
  preventedLots: u53,
  filledQuote: i64,
  fee: i64,
  clientOrderId: text
})

/**
 * Commands before this one were executed under an earlier version; they are read but never executed
 * again.
 */
export const RulesChanged = Layout.make("RulesChanged", 30, { rulesVersion: u16 })

/** Events about orders. The views of orders and books read these and no others. */
export const orderLayouts = [
  OrderAccepted,
  Trade,
  OrderRested,
  OrderEnded,
  OrderAmended,
  OrderWaiting,
  OrderActivated,
  OrderRefilled,
  SelfTradePrevented,
  OrderListAccepted,
  PartRefused,
  OrderReduced,
  OrderStood
] as const

/** All other events. */
export const otherLayouts = [
  Rejected,
  Repeated,
  AssetListed,
  MarketListed,
  MarketStatusChanged,
  MarketFeesChanged,
  AccountOpened,
  Credited,
  Reversed,
  Held,
  HoldSettled,
  HoldReleased,
  Transferred,
  PriceSet,
  CancelAfterSet,
  CancelAfterFired,
  MarketRulesChanged,
  AccountTermsChanged,
  RulesChanged
] as const

export const layouts = [...otherLayouts, ...orderLayouts] as const

export type Event = Layout.Type<(typeof layouts)[number]>
export type OrderEvent = Layout.Type<(typeof orderLayouts)[number]>
export type EventOf<Tag extends Event["_tag"]> = Extract<Event, { readonly _tag: Tag }>

const records = Layout.union("event", layouts)

export const encode = records.encode
export const decode = records.decode

/** Decodes all events between two offsets. */
export const decodeAll = (view: DataView, from: number, to: number): Array<Event> => {
  const events: Array<Event> = []
  for (let at = from; at < to; ) {
    if (at + Layout.headerBytes > to || to > view.byteLength)
      throw new Layout.MalformedRecord(`no event at ${at}`)
    const length = Layout.lengthAt(view, at)
    if (length < Layout.headerBytes || at + length > to)
      throw new Layout.MalformedRecord(`an event at ${at} runs past ${to}`)
    events.push(decode(view, at))
    at += length
  }
  return events
}
