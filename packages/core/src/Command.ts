/**
 * What the venue can be asked to do, each with its binary form. A command may carry a *request
 * key*: the key or the number under which it may be sent again without being done twice.
 */
import { accountKinds } from "./Account.ts"
import type { AssetId, HoldId } from "./Ids.ts"
import * as IdempotencyKey from "./IdempotencyKey.ts"
import * as Layout from "./Layout.ts"
import { as, i64, literals, text, u16, u32, u53, u8 } from "./Layout.ts"
import { marketRules, marketStatuses } from "./Market.ts"
import { contingencies, replaceables, replaceModes, sideFilters } from "./Order.ts"
import * as OrderRecord from "./OrderRecord.ts"
import { accountId, listId, marketId, orderId } from "./OrderRecord.ts"

const assetId = as<AssetId>()(u16)
const holdId = as<HoldId>()(u53)

export const ListAsset = Layout.make("ListAsset", 1, { scale: u8, symbol: text })

/** Fields as in `MarketTerms`. */
export const ListMarket = Layout.make("ListMarket", 2, {
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
  symbol: text
})

export const SetMarketStatus = Layout.make("SetMarketStatus", 3, {
  marketId,
  status: literals(marketStatuses)
})

/**
 * For orders of accounts of this tier that are accepted from now on; open orders keep the rates of
 * their acceptance. A tier that was never set has the rates of tier 0.
 */
export const SetMarketFees = Layout.make("SetMarketFees", 4, {
  marketId,
  tier: u8,
  makerRate: u32,
  takerRate: u32
})

/**
 * The same kind and a reference that is in use give the account that has it. An empty reference
 * always opens a new one.
 */
export const OpenAccount = Layout.make("OpenAccount", 5, {
  kind: literals(accountKinds),
  reference: text
})

/**
 * Brings an amount from outside: the external account pays it. `reference` is for readers of the
 * journal.
 */
export const Credit = Layout.make("Credit", 6, { accountId, assetId, amount: i64, reference: text })

/** Takes a credit back: what is available goes back outside, the rest becomes receivable. */
export const Reverse = Layout.make("Reverse", 7, {
  accountId,
  assetId,
  amount: i64,
  reference: text
})

/** Sets an amount aside, for instance for a withdrawal. */
export const Hold = Layout.make("Hold", 8, { accountId, assetId, amount: i64, reference: text })

/** Ends a hold: `fee` goes to the house, the rest outside. */
export const SettleHold = Layout.make("SettleHold", 9, { holdId, fee: i64 })

/** Ends a hold: all of it is available again. */
export const ReleaseHold = Layout.make("ReleaseHold", 10, { holdId })

/**
 * Between user and house accounts, or from one of them to a receivable account that it pays down.
 */
export const Transfer = Layout.make("Transfer", 11, {
  accountId,
  receiverId: accountId,
  assetId,
  amount: i64
})

export const PlaceOrder = Layout.make("PlaceOrder", 12, {
  accountId,
  marketId,
  ...OrderRecord.terms,
  clientOrderId: text
})

/**
 * A whole list goes with any of its orders. By `orderId`, or by `clientOrderId` where `orderId` is
 * 0.
 */
export const CancelOrder = Layout.make("CancelOrder", 13, {
  accountId,
  orderId,
  clientOrderId: text
})

/**
 * Every open order of the account on these sides, in the order of their ids; in one market, or in
 * all with `marketId` 0.
 */
export const CancelAll = Layout.make("CancelAll", 14, {
  accountId,
  marketId,
  sides: literals(sideFilters)
})

/**
 * New price and new total quantity (what is filled included); 0 keeps what is. The market tells in
 * whose ticks and lots. Only less quantity at the same price keeps the place in the queue. By
 * `orderId`, or by `clientOrderId` where `orderId` is 0.
 */
export const AmendOrder = Layout.make("AmendOrder", 15, {
  accountId,
  marketId,
  orderId,
  priceTicks: u53,
  lots: u53,
  clientOrderId: text
})

/** A price from outside the book, by the name of its source. */
export const SetPrice = Layout.make("SetPrice", 16, { marketId, priceTicks: u53, source: text })

/** Does what is due. Any other command does that too, first. */
export const AdvanceTime = Layout.make("AdvanceTime", 17, {})

/**
 * `OCO`: two orders, the second of which is the stop. `OTO`: the working order and the one that
 * follows it. `OTOCO`: the working order and then the two of an `OCO`. The terms of a third order
 * are all 0 and empty where there is none.
 */
export const PlaceOrderList = Layout.make("PlaceOrderList", 18, {
  accountId,
  marketId,
  contingency: literals(contingencies),
  ...Layout.prefixed("first", OrderRecord.terms),
  ...Layout.prefixed("second", OrderRecord.terms),
  ...Layout.prefixed("third", OrderRecord.terms),
  clientListId: text,
  firstClientOrderId: text,
  secondClientOrderId: text,
  thirdClientOrderId: text
})

/** By `listId`, or by `clientListId` where `listId` is 0. */
export const CancelOrderList = Layout.make("CancelOrderList", 19, {
  accountId,
  listId,
  clientListId: text
})

/**
 * Cancels an order, as `CancelOrder` does, and then places one in the market. What was cancelled
 * stays so when the new order is refused.
 */
export const ReplaceOrder = Layout.make("ReplaceOrder", 20, {
  accountId,
  marketId,
  ...OrderRecord.terms,
  orderId,
  mode: literals(replaceModes),
  replaceable: literals(replaceables),
  clientOrderId: text,
  cancelClientOrderId: text
})

/**
 * Cancels the account's orders after so many ms, unless it is said again before; 0 stops the timer.
 */
export const CancelAfter = Layout.make("CancelAfter", 21, { accountId, delayMs: u53 })

/**
 * What may change of a market while it trades; each is off at 0 or empty. Fields as in
 * `MarketRules`.
 */
export const SetMarketRules = Layout.make("SetMarketRules", 22, {
  marketId,
  ...marketRules,
  triggerSource: text
})

/**
 * The account's tier of fees, and the group whose orders do not trade with each other; group 0 is
 * the account alone.
 */
export const SetAccountTerms = Layout.make("SetAccountTerms", 23, {
  accountId,
  feeTier: u8,
  tradeGroup: u32
})

/**
 * A part of the state on which a change of rules is made, counted from 1; its bytes follow the
 * record. With the last part the venue keeps the rules of this version. A build gives all of them
 * to itself, before any other command of its own.
 */
export const ChangeRules = Layout.make("ChangeRules", 24, {
  rulesVersion: u16,
  /** Of the state's encoding. */
  formatVersion: u16,
  part: u32,
  parts: u32
})

export const layouts = [
  ListAsset,
  ListMarket,
  SetMarketStatus,
  SetMarketFees,
  OpenAccount,
  Credit,
  Reverse,
  Hold,
  SettleHold,
  ReleaseHold,
  Transfer,
  PlaceOrder,
  CancelOrder,
  CancelAll,
  AmendOrder,
  SetPrice,
  AdvanceTime,
  PlaceOrderList,
  CancelOrderList,
  ReplaceOrder,
  CancelAfter,
  SetMarketRules,
  SetAccountTerms,
  ChangeRules
] as const

export type Command = Layout.Type<(typeof layouts)[number]>

const records = Layout.union("command", layouts)

/**
 * How the same command is recognised when it is sent again.
 *
 * `key` is a client's, kept for a day; `source` numbers a service's commands 1, 2, 3 … and is
 * remembered for ever.
 */
export type RequestKey =
  | { readonly _tag: "Key"; readonly key: IdempotencyKey.IdempotencyKey }
  | { readonly _tag: "Source"; readonly source: string; readonly number: number }

export const keyFlag = 1
export const sourceFlag = 2

/** Writes a command and its request key and returns the offset after them. */
export const encode = (
  view: DataView,
  at: number,
  command: Command,
  requestKey?: RequestKey
): number => {
  if (requestKey === undefined) return records.encode(view, at, command)
  if (requestKey._tag === "Key") {
    const end = records.encode(view, at, command, keyFlag)
    IdempotencyKey.write(view, end, requestKey.key)
    return end + IdempotencyKey.keyBytes
  }
  const end = records.encode(view, at, command, sourceFlag)
  u53.write(view, end, requestKey.number)
  text.write(view, end + 8, requestKey.source)
  return end + 9 + requestKey.source.length
}

export const decode = records.decode

export const decodeRequestKey = (view: DataView, at: number): RequestKey | undefined => {
  if (at + Layout.headerBytes > view.byteLength)
    throw new Layout.MalformedRecord(`no command at ${at}`)
  const end = at + Layout.lengthAt(view, at)
  switch (Layout.flagsAt(view, at)) {
    case 0:
      return undefined
    case keyFlag:
      return { _tag: "Key", key: keyAt(view, end) }
    case sourceFlag:
      if (end + 8 > view.byteLength) throw new Layout.MalformedRecord(`no source at ${end}`)
      return { _tag: "Source", number: u53.read(view, end), source: text.read(view, end + 8) }
    default:
      throw new Layout.MalformedRecord(`flags ${Layout.flagsAt(view, at)} at ${at} are unknown`)
  }
}

const keyAt = (view: DataView, at: number): IdempotencyKey.IdempotencyKey => {
  if (at + IdempotencyKey.keyBytes > view.byteLength)
    throw new Layout.MalformedRecord(`no key at ${at}`)
  const key = IdempotencyKey.read(view, at)
  if (!IdempotencyKey.isKey(key)) throw new Layout.MalformedRecord(`no version 7 UUID at ${at}`)
  return key
}
