/**
 * The messages of the WebSocket `/v1/stream`, one JSON object each.
 *
 * The caller asks with `op` and an `id` of its own choice and gets one `answer` or `problem` with that id. What it subscribed to
 * comes by itself. Sequences join without gap or overlap:
 *
 * - `depth`: after a `depthSnapshot` at `depthSequence`, the first `depth` has `first` = that + 1, and each further one `first` =
 *   the `last` before + 1. Quantities are what stands at the price now, "0" for nothing. Slow readers get fewer and larger ones.
 * - `trades`: ids of one market count up by one.
 * - `account`: after an `accountSnapshot` at `sequence`, each `account` says in `previous` after which command nothing had changed
 *   until its own `sequence`.
 *
 * `from` resumes after a break: what came after it, or a snapshot where that is shorter. The server pings; a connection that
 * answers nothing, or does not read, is ended.
 */
import { sides } from "@pandora-exchange/core/Order"
import { Schema } from "effect"
import { ProblemDetails } from "@pandora-exchange/contract/problem"
import { Balance, Fill } from "./Accounts.ts"
import { AccountId, OrderId, Sequence, Symbol, text, TimeMs, TradeId } from "./Conventions.ts"
import { Level, Trade } from "./Markets.ts"
import { AmendOrder, CancelAfter as Delay, Order, PlaceList as OrderList, PlaceOrder, ReplaceOrder } from "./Orders.ts"

/** Why the server ended the connection. 1001: it goes down, connect to the next one. */
export const closeCodes = {
  goingDown: 1001,
  unsupportedData: 1003,
  tooBig: 1009,
  tryAgain: 1013,
  unauthorized: 4401,
  slow: 4408,
  tooManyMessages: 4429
} as const

export const path = "/v1/stream"

const id = text(64)
const account = Schema.optionalKey(AccountId)
const key = Schema.optionalKey(Schema.String)

export const Authenticate = Schema.Struct({ op: Schema.Literal("authenticate"), id, token: text(4096) })
export const SubscribeDepth = Schema.Struct({
  op: Schema.Literal("subscribe"),
  id,
  channel: Schema.Literal("depth"),
  market: Symbol,
  from: Schema.optionalKey(Schema.Int).pipe(
    Schema.annotateKey({ description: "The last depth sequence that you have" })
  )
})
export const SubscribeTrades = Schema.Struct({
  op: Schema.Literal("subscribe"),
  id,
  channel: Schema.Literal("trades"),
  market: Symbol,
  from: Schema.optionalKey(TradeId).pipe(Schema.annotateKey({ description: "The last trade that you have" }))
})
export const SubscribeAccount = Schema.Struct({
  op: Schema.Literal("subscribe"),
  id,
  channel: Schema.Literal("account"),
  account,
  from: Schema.optionalKey(Sequence).pipe(Schema.annotateKey({ description: "The last sequence that you have" }))
})
export const Unsubscribe = Schema.Struct({
  op: Schema.Literal("unsubscribe"),
  id,
  channel: Schema.Literals(["depth", "trades", "account"]),
  market: Schema.optionalKey(Symbol),
  account
})
export const Place = Schema.Struct({ op: Schema.Literal("place"), id, key, account, order: PlaceOrder })
export const Cancel = Schema.Struct({
  op: Schema.Literal("cancel"),
  id,
  key,
  account,
  order: text(64).pipe(Schema.annotateKey({ description: "`ord_…` or `client:…`" }))
})
export const CancelAll = Schema.Struct({
  op: Schema.Literal("cancelAll"),
  id,
  key,
  account,
  market: Schema.optionalKey(Symbol),
  side: Schema.optionalKey(Schema.Literals(sides))
})
export const PlaceList = Schema.Struct({ op: Schema.Literal("placeList"), id, key, account, list: OrderList })
export const CancelList = Schema.Struct({
  op: Schema.Literal("cancelList"),
  id,
  key,
  account,
  list: text(64).pipe(Schema.annotateKey({ description: "`lst_…` or `client:…`" }))
})
export const Replace = Schema.Struct({
  op: Schema.Literal("replace"),
  id,
  key,
  account,
  order: text(64).pipe(Schema.annotateKey({ description: "`ord_…` or `client:…`" })),
  replacement: ReplaceOrder
})
export const CancelAfter = Schema.Struct({
  op: Schema.Literal("cancelAfter"),
  id,
  key,
  account,
  ...Delay.fields
})
export const Amend = Schema.Struct({
  op: Schema.Literal("amend"),
  id,
  key,
  account,
  order: OrderId,
  change: AmendOrder
})

/** From the caller. By `op`, and for `subscribe` by `channel`. */
export const Request = Schema.Union([
  Authenticate,
  SubscribeDepth,
  SubscribeTrades,
  SubscribeAccount,
  Unsubscribe,
  Place,
  Cancel,
  CancelAll,
  Amend,
  PlaceList,
  CancelList,
  Replace,
  CancelAfter
])
export type Request = typeof Request.Type

export const Hello = Schema.Struct({
  type: Schema.Literal("hello"),
  protocol: Schema.Literal("pandora.v1"),
  pingMs: Schema.Int,
  time: TimeMs
})
export const Answer = Schema.Struct({ type: Schema.Literal("answer"), id: Schema.String, result: Schema.Unknown })
export const Refusal = Schema.Struct({
  type: Schema.Literal("problem"),
  id: Schema.optionalKey(Schema.String),
  problem: ProblemDetails
})
export const DepthSnapshot = Schema.Struct({
  type: Schema.Literal("depthSnapshot"),
  market: Schema.String,
  depthSequence: Schema.Int,
  bids: Schema.Array(Level),
  asks: Schema.Array(Level)
})
export type DepthSnapshot = typeof DepthSnapshot.Type
export const DepthDelta = Schema.Struct({
  type: Schema.Literal("depth"),
  market: Schema.String,
  first: Schema.Int,
  last: Schema.Int,
  bids: Schema.Array(Level),
  asks: Schema.Array(Level)
})
export type DepthDelta = typeof DepthDelta.Type
export const Trades = Schema.Struct({
  type: Schema.Literal("trades"),
  market: Schema.String,
  trades: Schema.Array(Trade)
})
export type Trades = typeof Trades.Type
export const AccountSnapshot = Schema.Struct({
  type: Schema.Literal("accountSnapshot"),
  account: AccountId,
  sequence: Sequence,
  balances: Schema.Array(Balance),
  openOrders: Schema.Array(Order)
})
export type AccountSnapshot = typeof AccountSnapshot.Type
export const AccountChange = Schema.Struct({
  type: Schema.Literal("account"),
  account: AccountId,
  previous: Sequence,
  sequence: Sequence,
  orders: Schema.Array(Order).pipe(Schema.annotateKey({ description: "As they are now" })),
  fills: Schema.Array(Fill),
  balances: Schema.Array(Balance).pipe(
    Schema.annotateKey({ description: "Of the assets that changed, as they are now" })
  )
})
export type AccountChange = typeof AccountChange.Type
export const Closing = Schema.Struct({
  type: Schema.Literal("closing"),
  code: Schema.Int,
  reason: Schema.String
})

/** From the server. By `type`. */
export const Message = Schema.Union([
  Hello,
  Answer,
  Refusal,
  DepthSnapshot,
  DepthDelta,
  Trades,
  AccountSnapshot,
  AccountChange,
  Closing
])
export type Message = typeof Message.Type
