/** Accounts and the money in them. */
import { accountKinds } from "@pandora-exchange/core/Account"
import { Schema } from "effect"
import {
  absent,
  account,
  AccountId,
  AssetSymbol,
  Decimal,
  field,
  HoldId,
  listOf,
  oneOf,
  optional,
  struct,
  TimeMs,
  label,
  whole,
  words
} from "../fields.ts"
import { operation } from "../operation.ts"
import { Done } from "./orders.ts"

export const AccountKind = words(
  "AccountKind",
  "`user` and `house` are never negative. `external` is the world outside, `receivable` what is owed to the exchange.",
  accountKinds
)

const reference = label(64)

export const OpenAccount = struct("OpenAccount", "An account to open.", {
  kind: optional(
    AccountKind,
    "`user` or `house`: the other kinds are the exchange's own. Default: `user`."
  ),
  reference: optional(
    reference,
    "Your own name for it: 1 to 64 of `A-Z a-z 0-9 . _ : / -`, no personal data. Opening it again gives the same account."
  )
})

export const AccountInfo = struct("AccountInfo", "An account.", {
  account: field(AccountId, "The account's number."),
  kind: field(AccountKind, "What it may be used for."),
  reference: absent(Schema.String, "Your own name for it, if you gave one."),
  opened: field(Schema.Boolean, "False when the reference had an account already.")
})

export const SetAccountTerms = struct("SetAccountTerms", "An account's terms.", {
  account: field(AccountId, "The account."),
  feeTier: optional(whole(0), "Its fee tier, 0 to 31. Default: 0."),
  tradeGroup: optional(
    whole(0, 4_294_967_295),
    "Accounts of the same group do not trade with each other, as self-trade prevention says. Default: 0, the account alone."
  )
})

export const Amount = struct("Amount", "An amount of an asset, for an account.", {
  account: field(AccountId, "The account."),
  asset: field(AssetSymbol, "The asset."),
  amount: field(Decimal, "How much, in whole units.")
})

export const ReferencedAmount = struct(
  "ReferencedAmount",
  "An amount from or for outside.",
  {
    ...Amount.fields,
    reference: optional(
      reference,
      "Your own name for what it is for: 1 to 64 of `A-Z a-z 0-9 . _ : / -`, no personal data. It stands in the journal."
    )
  },
  { extends: [Amount] }
)

export const Transfer = struct(
  "Transfer",
  "An amount for another account.",
  { ...Amount.fields, to: field(AccountId, "The account that receives it.") },
  { extends: [Amount] }
)

export const SettleHold = struct("SettleHold", "A hold whose amount leaves the exchange.", {
  hold: field(HoldId, "The hold."),
  fee: optional(Decimal, "The part that goes to the house. Default: nothing."),
  asset: optional(AssetSymbol, "The hold's asset, in which the `fee` is; needed with it.")
})

export const ReleaseHold = struct("ReleaseHold", "A hold whose amount becomes available again.", {
  hold: field(HoldId, "The hold.")
})

export const Reversed = struct(
  "Reversed",
  "What a reversal took.",
  {
    ...Done.fields,
    fromAvailable: field(Decimal, "What the account gave back."),
    toReceivable: field(Decimal, "What it could not give back, and now owes.")
  },
  { extends: [Done] }
)

export const HoldInfo = struct(
  "HoldInfo",
  "An amount set aside.",
  { ...Done.fields, hold: field(HoldId, "The hold's id.") },
  { extends: [Done] }
)

export const Balance = struct("Balance", "What an account has of an asset.", {
  asset: field(Schema.String, "The asset."),
  available: field(Decimal, "What it can spend."),
  held: field(Decimal, "What waits for orders and holds.")
})

export const AccountTerms = struct("AccountTerms", "An account's terms.", {
  account: field(AccountId, "The account."),
  feeTier: field(whole(0), "Its fee tier."),
  tradeGroup: field(
    whole(0),
    "Accounts of the same group do not trade with each other; 0 is the account alone."
  ),
  cancelDeadline: absent(TimeMs, "When the timer of `cancelAfter` cancels its orders, if it runs.")
})

export const OpenHold = struct("OpenHold", "An amount that is set aside now.", {
  hold: field(HoldId, "The hold's id."),
  asset: field(Schema.String, "The asset."),
  amount: field(Decimal, "How much, in whole units."),
  reference: absent(Schema.String, "The reference that it was set aside with, if it had one.")
})

export const Conservation = struct("Conservation", "Whether the books agree, for one asset.", {
  asset: field(Schema.String, "The asset."),
  cameIn: field(Decimal, "What came in from outside."),
  balances: field(Decimal, "What all accounts have."),
  conserved: field(Schema.Boolean, "Whether both agree to the last unit.")
})

export const openAccount = operation("openAccount", {
  doc: "Opens an account. With a reference that has one, returns that.",
  request: OpenAccount,
  answer: AccountInfo,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["MalformedText", "AccountKindReserved", "AccountReferenceTaken", "TooManyAccounts"]
})

export const setAccountTerms = operation("setAccountTerms", {
  doc: "Sets an account's fee tier and trade group.",
  request: SetAccountTerms,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownAccount", "FeeTierTooHigh", "AccountKindReserved"]
})

export const credit = operation("credit", {
  doc: "Brings an amount in from outside.",
  request: ReferencedAmount,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: [
    "UnknownAccount",
    "UnknownAsset",
    "MalformedText",
    "AmountNotPositive",
    "BalanceTooLarge",
    "AccountKindReserved"
  ]
})

export const reverse = operation("reverse", {
  doc: "Takes a credit back, as far as it is there. The account owes the rest.",
  request: ReferencedAmount,
  answer: Reversed,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: [
    "UnknownAccount",
    "UnknownAsset",
    "MalformedText",
    "AmountNotPositive",
    "InsufficientFunds",
    "AccountKindReserved"
  ]
})

export const transfer = operation("transfer", {
  doc: "Moves an amount from one account to another.",
  request: Transfer,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: [
    "UnknownAccount",
    "UnknownReceiver",
    "UnknownAsset",
    "SameAccount",
    "TransferNotAllowed",
    "AmountNotPositive",
    "InsufficientFunds",
    "BalanceTooLarge"
  ]
})

export const hold = operation("hold", {
  doc: "Sets an amount aside, for instance for a withdrawal.",
  request: ReferencedAmount,
  answer: HoldInfo,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: [
    "UnknownAccount",
    "UnknownAsset",
    "MalformedText",
    "AmountNotPositive",
    "InsufficientFunds",
    "TooManyHolds",
    "AccountKindReserved"
  ]
})

export const settleHold = operation("settleHold", {
  doc: "Ends a hold: the amount leaves, and its `fee` goes to the house.",
  request: SettleHold,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownHold", "UnknownAsset", "HoldOfAnotherAsset", "FeeTooLarge", "InsufficientFunds"]
})

export const releaseHold = operation("releaseHold", {
  doc: "Ends a hold: the amount is available again.",
  request: ReleaseHold,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownHold"]
})

const ByReference = struct("ByReference", "An account by your own name for it.", {
  reference: field(reference, "Your own name for it.")
})
const ByNumber = struct("ByNumber", "An account by its number.", {
  account: field(AccountId, "The account.")
})

export const AccountName = oneOf("AccountName", "Names an account.", [ByReference, ByNumber])

export const accountOf = operation("account", {
  doc: "Returns an account by its number or reference, or `undefined` when there is none.",
  request: AccountName,
  answer: Schema.UndefinedOr(AccountInfo),
  permission: "host",
  sdk: true,
  fails: []
})

export const balances = operation("balances", {
  doc: "Lists what the account has: an asset of which it has nothing is left out.",
  request: struct("BalancesOf", "Chooses an account.", { ...account }),
  answer: listOf(Balance),
  permission: "read",
  rest: { method: "GET", path: "/v1/balances" },
  sdk: "data",
  fails: ["UnknownAccount"]
})

export const accountTerms = operation("accountTerms", {
  doc: "Returns an account's fee tier and trade group, and when its timer cancels its orders.",
  request: struct("AccountTermsOf", "Chooses an account.", { ...account }),
  answer: AccountTerms,
  permission: "read",
  rest: { method: "GET", path: "/v1/account-terms" },
  sdk: true,
  fails: ["UnknownAccount"]
})

export const holds = operation("holds", {
  doc: "Lists the amounts that are set aside now, oldest first. What open orders hold is not among them.",
  request: struct("HoldsOf", "Chooses an account.", { ...account }),
  answer: listOf(OpenHold),
  permission: "read",
  rest: { method: "GET", path: "/v1/holds" },
  sdk: "data",
  fails: ["UnknownAccount"]
})

export const sourceNumber = operation("sourceNumber", {
  doc: "Returns the last number that the source used, 0 when it used none: the next one may be sent.",
  request: struct("SourceName", "A source of numbered commands.", {
    name: field(reference, "The source's name.")
  }),
  answer: whole(0),
  permission: "host",
  sdk: true,
  fails: ["MalformedText"]
})

export const conservation = operation("conservation", {
  doc: "Compares, for each asset, what came in with what all accounts have.",
  answer: listOf(Conservation),
  permission: "host",
  sdk: "data",
  fails: []
})

export const stateHash = operation("stateHash", {
  doc: "Hashes the whole state with SHA-256: equal states have equal hashes. Takes time in proportion to the open orders.",
  answer: Schema.String,
  permission: "host",
  sdk: true,
  fails: []
})
