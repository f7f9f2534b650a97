/** History, page by page: the caller's fills and ledger entries, and the trades of a market. */
import { permissions } from "@pandora-exchange/core/Permission"
import { Schema } from "effect"
import {
  absent,
  account,
  AccountId,
  AssetSymbol,
  Decimal,
  field,
  HoldId,
  MarketSymbol,
  optional,
  OrderId,
  page,
  pageOf,
  Sequence,
  SignedDecimal,
  struct,
  TimeMs,
  TradeId,
  words
} from "../fields.ts"
import { operation } from "../operation.ts"
import { Side } from "./orders.ts"

export const Me = struct("Me", "The caller of a request.", {
  name: field(Schema.String, "The caller's name."),
  accounts: field(Schema.Array(AccountId), "The caller's accounts, the main one first."),
  permissions: field(Schema.Array(Schema.Literals(permissions)), "What the token permits.")
})

const executed = {
  market: field(Schema.String, "The symbol of the market."),
  price: field(Decimal, "The price of the trade."),
  quantity: field(Decimal, "How much base was traded."),
  time: field(TimeMs, "When it happened, in milliseconds since 1970."),
  sequence: field(Sequence, "The command that caused it.")
}

export const Trade = struct("Trade", "One match, as the market sees it.", {
  trade: field(TradeId, "The trade's id."),
  ...executed,
  takerSide: field(Side, "The side of the order that came last.")
})

export const AccountFill = struct(
  "AccountFill",
  "The caller's side of one trade.",
  {
    trade: field(TradeId, "The trade's id."),
    order: field(OrderId, "The caller's order."),
    account: field(AccountId, "The account of the order."),
    ...executed,
    side: field(Side, "The side of the order."),
    role: field(Schema.Literals(["maker", "taker"]), "`maker`: the order was in the book before."),
    notional: field(Decimal, "Price x quantity."),
    fee: field(Decimal, "Taken out of what was received."),
    feeAsset: field(Schema.String, "The asset of the fee.")
  },
  { wire: "Fill" }
)

export const EntryKind = words(
  "EntryKind",
  "Why an amount moved. `orderHold` and `orderRelease` move it between the two parts of one balance.",
  [
    "credit",
    "reversal",
    "transfer",
    "hold",
    "settlement",
    "release",
    "orderHold",
    "orderRelease",
    "trade",
    "fee"
  ]
)

export const LedgerEntry = struct("LedgerEntry", "One change of one part of a balance.", {
  entry: field(Schema.String, "Orders all entries: the sequence, and the position within it."),
  account: field(AccountId, "The account."),
  asset: field(Schema.String, "The asset."),
  kind: field(EntryKind, "Why the amount moved."),
  part: field(Schema.Literals(["available", "held"]), "The part of the balance that changed."),
  amount: field(SignedDecimal, "The change."),
  balance: field(Decimal, "The part after the change."),
  order: absent(OrderId, "The order it belongs to, if any."),
  hold: absent(HoldId, "The hold it belongs to, if any."),
  time: field(TimeMs, "When it happened, in milliseconds since 1970."),
  sequence: field(Sequence, "The command that caused it.")
})

export const me = operation("me", {
  doc: "Returns who the caller is and what the token permits.",
  answer: Me,
  permission: "signedIn",
  rest: { method: "GET", path: "/v1/me" },
  fails: []
})

export const trades = operation("trades", {
  doc: "Lists the trades of a market.",
  request: struct("Trades", "Chooses trades of a market.", {
    market: field(MarketSymbol, "The symbol of the market."),
    ...page
  }),
  answer: pageOf(Trade),
  permission: "public",
  rest: { method: "GET", path: "/v1/markets/:market/trades" },
  fails: ["UnknownMarket", "TimeRangeReversed", "MalformedCursor", "HistoryUnavailable"]
})

export const fills = operation("fills", {
  doc: "Lists the account's own trades.",
  request: struct("Fills", "Chooses trades of an account.", {
    ...account,
    ...page,
    market: optional(MarketSymbol, "Only trades of this market. Default: all markets."),
    order: optional(OrderId, "Only trades of this order. Default: all orders.")
  }),
  answer: pageOf(AccountFill),
  permission: "read",
  rest: { method: "GET", path: "/v1/fills" },
  fails: ["TimeRangeReversed", "MalformedCursor", "HistoryBehind", "HistoryUnavailable"]
})

export const ledgerEntries = operation("ledgerEntries", {
  doc: "Lists every change of the account's balances.",
  request: struct("LedgerEntries", "Chooses changes of balances.", {
    ...account,
    ...page,
    asset: optional(AssetSymbol, "Only changes of this asset. Default: all assets."),
    kind: optional(EntryKind, "Only changes of this kind. Default: all kinds.")
  }),
  answer: pageOf(LedgerEntry),
  permission: "read",
  rest: { method: "GET", path: "/v1/ledger-entries" },
  fails: ["TimeRangeReversed", "MalformedCursor", "HistoryBehind", "HistoryUnavailable"]
})
