/**
 * The commands the venue accepts, each with its binary form. A command may carry a *request key*:
 * the key or number that makes it safe to send again.
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
 * Applies to orders of accounts in this tier accepted from now on; open orders keep the rates from
 * their acceptance. A tier that was never set has the rates of tier 0.
 */
export const SetMarketFees = Layout.make("SetMarketFees", 4, {
  marketId,
  tier: u8,
  makerRate: u32,
  takerRate: u32
})

/**
 * If the reference is in use by an account of the same kind, that account is returned. An empty
 * reference always opens a new account.
 */
export const OpenAccount = Layout.make("OpenAccount", 5, {
  kind: literals(accountKinds),
  reference: text
})

/**
 * Brings an amount in from outside; the external account pays it. `reference` is for readers of the
 * journal.
 */
export const Credit = Layout.make("Credit", 6, { accountId, assetId, amount: i64, reference: text })

/** Takes a credit back: the available part goes back outside, and the rest becomes receivable. */
export const Reverse = Layout.make("Reverse", 7, {
  accountId,
  assetId,
  amount: i64,
  reference: text
})

/** Sets an amount aside, for instance for a withdrawal. */
export const Hold = Layout.make("Hold", 8, { accountId, assetId, amount: i64, reference: text })

/** Ends a hold: `fee` goes to the house, the rest goes outside. */
export const SettleHold = Layout.make("SettleHold", 9, { holdId, fee: i64 })

/** Ends a hold: the whole amount becomes available again. */
export const ReleaseHold = Layout.make("ReleaseHold", 10, { holdId })

/**
 * Between user and house accounts, or from one of those to a receivable account, paying it down.
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
 * Cancelling any order of a list cancels the whole list. By `orderId`, or by `clientOrderId` if
 * `orderId` is 0.
 */
export const CancelOrder = Layout.make("CancelOrder", 13, {
  accountId,
  orderId,
  clientOrderId: text
})

/**
 * Every open order of the account on these sides, in order of id; in one market, or in all of them
 * if `marketId` is 0.
 */
export const CancelAll = Layout.make("CancelAll", 14, {
  accountId,
  marketId,
  sides: literals(sideFilters)
})

/**
 * New price and new total quantity (including what has filled); 0 keeps the current value. The
 * market determines the ticks and lots. Only reducing the quantity at the same price keeps the
 * place in the queue. By `orderId`, or by `clientOrderId` if `orderId` is 0.
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

/** Performs due work, which any other command also does first. */
export const AdvanceTime = Layout.make("AdvanceTime", 17, {})

/**
 * `OCO`: two orders, the second of which is the stop. `OTO`: the working order and the one that
 * follows it. `OTOCO`: the working order and then the two of an `OCO`. The terms of an absent third
 * order are all 0 and empty.
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

/** By `listId`, or by `clientListId` if `listId` is 0. */
export const CancelOrderList = Layout.make("CancelOrderList", 19, {
  accountId,
  listId,
  clientListId: text
})

/**
 * Cancels an order, as `CancelOrder` does, and then places one in the market. The cancellation
 * stands even if the new order is refused.
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
 * Cancels the account's orders after this many milliseconds unless the command is repeated in time;
 * 0 stops the timer.
 */
export const CancelAfter = Layout.make("CancelAfter", 21, { accountId, delayMs: u53 })

/**
 * Market rules that may change while it trades; each is off at 0 or empty. Fields as in
 * `MarketRules`.
 */
export const SetMarketRules = Layout.make("SetMarketRules", 22, {
  marketId,
  ...marketRules,
  triggerSource: text
})

/**
 * The account's fee tier, and the group whose orders do not trade with each other; group 0 is the
 * account alone.
 */
export const SetAccountTerms = Layout.make("SetAccountTerms", 23, {
  accountId,
  feeTier: u8,
  tradeGroup: u32
})

/**
 * One part, counted from 1, of the state a change of rules is based on; its bytes follow the
 * record. After the last part the venue follows the rules of this version. A build sends itself all
 * parts before any other command of its own.
 */
export const ChangeRules = Layout.make("ChangeRules", 24, {
  rulesVersion: u16,
  /** The version of the state's encoding. */
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
 * Identifies a command when it is sent again.
 *
 * `key` is a client's, kept for a day; `source` numbers a service's commands 1, 2, 3 … and is
 * remembered forever.
 */
export type RequestKey =
  | { readonly _tag: "Key"; readonly key: IdempotencyKey.IdempotencyKey }
  | { readonly _tag: "Source"; readonly source: string; readonly number: number }

export const keyFlag = 1
export const sourceFlag = 2

/** Writes a command and its request key, and returns the offset after them. */
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
