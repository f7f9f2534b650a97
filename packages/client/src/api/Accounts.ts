/** The caller's accounts: what they have, and how it came to that. */
import { sides } from "@pandora-exchange/core/Order"
import { permissions } from "@pandora-exchange/core/Permission"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  AccountId,
  accountQuery,
  Authentication,
  Decimal,
  HoldId,
  list,
  OrderId,
  page,
  pageQuery,
  publicProblems,
  Requires,
  Sequence,
  SignedDecimal,
  Symbol,
  text,
  TimeMs,
  TradeId
} from "./Conventions.ts"

export const Me = Schema.Struct({
  name: Schema.String,
  accounts: Schema.Array(AccountId),
  permissions: Schema.Array(Schema.Literals(permissions))
}).annotate({ identifier: "Me" })
export type Me = typeof Me.Type

export const Balance = Schema.Struct({
  asset: Schema.String,
  available: Decimal,
  held: Decimal.pipe(Schema.annotateKey({ description: "Waits for orders and holds" }))
}).annotate({ identifier: "Balance" })
export type Balance = typeof Balance.Type

/** The caller's side of one trade. */
export const Fill = Schema.Struct({
  trade: TradeId,
  order: OrderId,
  account: AccountId,
  market: Schema.String,
  side: Schema.Literals(sides),
  role: Schema.Literals(["maker", "taker"]),
  price: Decimal,
  quantity: Decimal,
  notional: Decimal,
  fee: Decimal,
  feeAsset: Schema.String,
  time: TimeMs,
  sequence: Sequence
}).annotate({ identifier: "Fill" })
export type Fill = typeof Fill.Type

/** What an amount was moved for. `orderHold` and `orderRelease`: between the two parts of one balance, for an order. */
export const entryKinds = [
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
] as const

/** One change of one part of a balance. */
export const LedgerEntry = Schema.Struct({
  entry: Schema.String.annotate({ description: "Sequence and position in it; orders all entries" }),
  account: AccountId,
  asset: Schema.String,
  kind: Schema.Literals(entryKinds),
  part: Schema.Literals(["available", "held"]).annotate({ description: "The part of the balance that changed" }),
  amount: SignedDecimal,
  balance: Decimal.pipe(Schema.annotateKey({ description: "What the part came to" })),
  order: Schema.optionalKey(OrderId),
  hold: Schema.optionalKey(HoldId),
  time: TimeMs,
  sequence: Sequence
}).annotate({ identifier: "LedgerEntry" })
export type LedgerEntry = typeof LedgerEntry.Type

export class Accounts extends HttpApiGroup.make("accounts")
  .add(
    HttpApiEndpoint.get("me", "/me", { success: Me, error: publicProblems })
      .annotate(Requires, "signedIn")
      .annotate(OpenApi.Summary, "Whose token this is, and what it may do"),
    HttpApiEndpoint.get("balances", "/balances", {
      query: accountQuery,
      success: list(Balance),
      error: publicProblems
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "The assets of which the account has something"),
    HttpApiEndpoint.get("fills", "/fills", {
      query: {
        ...accountQuery,
        ...pageQuery,
        market: Schema.optionalKey(Symbol),
        order: Schema.optionalKey(OrderId)
      },
      success: page(Fill),
      error: publicProblems
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "The account's own trades"),
    HttpApiEndpoint.get("entries", "/ledger-entries", {
      query: {
        ...accountQuery,
        ...pageQuery,
        asset: Schema.optionalKey(text(16)),
        kind: Schema.optionalKey(Schema.Literals(entryKinds))
      },
      success: page(LedgerEntry),
      error: publicProblems
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "Every change of the account's balances")
  )
  .prefix("/v1")
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Accounts") {}
