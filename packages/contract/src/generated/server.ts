/**
 * Requests and answers of the server, beside those of the SDK. Printed from the declarations by
 * `npm run contract`.
 */

import type { Redacted } from "effect"
import type {
  AccountId,
  HoldId,
  OrderId,
  Side,
  TradeId
} from "./sdk.ts"

/** A sub-account to open. */
export interface AddAccount {
  /** Your name for it. */
  readonly label: string
}

/** An account of a user. */
export interface UserAccount {
  /** The account's id. */
  readonly account: AccountId
  /** The user's name for it. */
  readonly label: string
}

/** A passkey that was created. */
export interface AddPasskey {
  /** Your name for it. */
  readonly name: string
  /** The result of `navigator.credentials.create`, by its `toJSON`. */
  readonly response: { readonly [name: string]: unknown }
}

/** Recovery codes, shown once. */
export interface RecoveryCodes {
  /** The codes; null where there already are some. */
  readonly recoveryCodes: ReadonlyArray<string> | null
}

/** A page of the audit trail. */
export interface AuditPage {
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

/** One act, in the order in which they happened. */
export interface AuditEntry {
  /** Counts the entries from 1, without gaps. */
  readonly entry: number
  /** When it happened. */
  readonly time: number
  /** What happened. */
  readonly kind: string
  /** The user it is about. */
  readonly user: string | null
  /** Who did it, if that is someone else. */
  readonly actor: string | null
  /** The details; null where the user's key was destroyed. */
  readonly details: { readonly [name: string]: unknown } | null
  /** The hash of the entry and of the hash before it. */
  readonly hash: string
}

/** How verification continues. */
export interface KycBegun {
  /** How far the user is verified. */
  readonly kyc: "none" | "pending" | "verified" | "rejected"
  /** Where to continue; null while there is nothing to do but wait. */
  readonly next: string | null
}

/** How to create a passkey. */
export interface PasskeyOptions {
  /** The argument of `navigator.credentials.create`. */
  readonly options: { readonly [name: string]: unknown }
}

/** The second factors that are accepted. */
export interface FactorRequest {
  /** Any one of these is enough. */
  readonly methods: ReadonlyArray<"totp" | "passkey" | "recoveryCode">
  /** The argument of `navigator.credentials.get`; null without a passkey. */
  readonly passkey: { readonly [name: string]: unknown } | null
}

/** What the proof must be. */
export interface StepUpBegun {
  /** The factors that are accepted; null where the password is. */
  readonly factor: FactorRequest | null
}

/** The secret of an authenticator app. */
export interface TotpSecret {
  /** Base32, to type into the app. */
  readonly secret: string
  /** The same for a QR code. */
  readonly uri: string
}

/** A new address. */
export interface ChangeEmail {
  /** The address. */
  readonly email: string
}

/** The old password and the new one. */
export interface ChangePassword {
  /** The present password. */
  readonly current: Redacted.Redacted
  /** The new password. */
  readonly next: Redacted.Redacted
}

/** The confirmation of a new address. */
export interface CompleteEmailChange {
  /** The text after the `#` of the link. */
  readonly token: Redacted.Redacted
}

/** A code of the authenticator app. */
export interface TotpProof {
  /** Always `totp`. */
  readonly kind: "totp"
  /** The code. Each counts once. */
  readonly code: Redacted.Redacted
}

/** A recovery code. */
export interface RecoveryCodeProof {
  /** Always `recoveryCode`. */
  readonly kind: "recoveryCode"
  /** The code. Each counts once. */
  readonly code: Redacted.Redacted
}

/** The answer of a passkey. */
export interface PasskeyProof {
  /** Always `passkey`. */
  readonly kind: "passkey"
  /** The result of `navigator.credentials.get`, by its `toJSON`. */
  readonly response: { readonly [name: string]: unknown }
}

/** A second factor. */
export type Proof = TotpProof | RecoveryCodeProof | PasskeyProof

/** A new password. */
export interface CompletePasswordReset {
  /** The text after the `#` of the link. */
  readonly token: Redacted.Redacted
  /** The new password. */
  readonly password: Redacted.Redacted
  /** For users with a second factor: `FactorRequired` says which one. */
  readonly proof?: Proof
}

/** The user to create. */
export interface CompleteRegistration {
  /** The text after the `#` of the link. */
  readonly token: Redacted.Redacted
  /** The new password. */
  readonly password: Redacted.Redacted
  /** The user's name. */
  readonly name: string
}

/** The new user. */
export interface Registered {
  /** The user's id. */
  readonly user: string
}

/** A code of the new authenticator app. */
export interface ConfirmTotp {
  /** The code. */
  readonly code: Redacted.Redacted
}

/** A decision about a verification. */
export interface DecideKyc {
  /** The user's id. */
  readonly user: string
  /** The decision. */
  readonly decision: "verified" | "rejected"
}

/** A user. */
export interface User {
  /** The user's id. */
  readonly user: string
  /** The user's address. */
  readonly email: string
  /** The user's name. */
  readonly name: string
  /** Whether the user is active. */
  readonly status: "active" | "frozen" | "closed"
  /** How far the user is verified. */
  readonly kyc: "none" | "pending" | "verified" | "rejected"
  /** The user's roles. */
  readonly roles: ReadonlyArray<"user" | "support" | "compliance" | "finance" | "admin" | "superadmin">
  /** The main account first; staff have none. */
  readonly accounts: ReadonlyArray<UserAccount>
  /** When the user was created. */
  readonly createdAt: number
}

/** Names a session. */
export interface EndSession {
  /** The session's id. */
  readonly session: string
}

/** A passkey of the caller. */
export interface Passkey {
  /** Its id, as the authenticator named it. */
  readonly passkey: string
  /** The user's name for it. */
  readonly name: string
  /** When it was added. */
  readonly addedAt: number
}

/** The caller's second factors. */
export interface FactorsOfUser {
  /** Whether there is a confirmed authenticator app. */
  readonly totp: boolean
  /** The passkeys. */
  readonly passkeys: ReadonlyArray<Passkey>
  /** How many recovery codes are unused. */
  readonly recoveryCodesLeft: number
}

/** Chooses trades of an account. */
export interface Fills {
  /** The account. */
  readonly account: AccountId
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
  /** Only trades of this market. Default: all markets. */
  readonly market?: string
  /** Only trades of this order. Default: all orders. */
  readonly order?: OrderId
}

/** The caller's side of one trade. */
export interface AccountFill {
  /** The trade's id. */
  readonly trade: TradeId
  /** The caller's order. */
  readonly order: OrderId
  /** The account of the order. */
  readonly account: AccountId
  /** The symbol of the market. */
  readonly market: string
  /** The price of the trade. */
  readonly price: string
  /** How much base was traded. */
  readonly quantity: string
  /** When it happened, in milliseconds since 1970. */
  readonly time: number
  /** The command that caused it. */
  readonly sequence: number
  /** The side of the order. */
  readonly side: Side
  /** `maker`: the order was in the book before. */
  readonly role: "maker" | "taker"
  /** Price x quantity. */
  readonly notional: string
  /** Taken out of what was received. */
  readonly fee: string
  /** The asset of the fee. */
  readonly feeAsset: string
}

/** Names a user. */
export interface UserNamed {
  /** The user's id. */
  readonly user: string
}

/** A JSON Web Key Set. */
export interface KeySet {
  /** The public keys. */
  readonly keys: ReadonlyArray<{ readonly [name: string]: unknown }>
}

/**
 * Why an amount moved. `orderHold` and `orderRelease` move it between the two parts of one
 * balance.
 */
export type EntryKind =
  | "credit"
  | "reversal"
  | "transfer"
  | "hold"
  | "settlement"
  | "release"
  | "orderHold"
  | "orderRelease"
  | "trade"
  | "fee"

/** Chooses changes of balances. */
export interface LedgerEntries {
  /** The account. */
  readonly account: AccountId
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
  /** Only changes of this asset. Default: all assets. */
  readonly asset?: string
  /** Only changes of this kind. Default: all kinds. */
  readonly kind?: EntryKind
}

/** One change of one part of a balance. */
export interface LedgerEntry {
  /** Orders all entries: the sequence, and the position within it. */
  readonly entry: string
  /** The account. */
  readonly account: AccountId
  /** The asset. */
  readonly asset: string
  /** Why the amount moved. */
  readonly kind: EntryKind
  /** The part of the balance that changed. */
  readonly part: "available" | "held"
  /** The change. */
  readonly amount: string
  /** The part after the change. */
  readonly balance: string
  /** The order it belongs to, if any. */
  readonly order: OrderId | undefined
  /** The hold it belongs to, if any. */
  readonly hold: HoldId | undefined
  /** When it happened, in milliseconds since 1970. */
  readonly time: number
  /** The command that caused it. */
  readonly sequence: number
}

/** The process is running. */
export interface Live {
  /** Always `live`. */
  readonly status: "live"
}

/** The caller of a request. */
export interface Me {
  /** The caller's name. */
  readonly name: string
  /** The caller's accounts, the main one first. */
  readonly accounts: ReadonlyArray<AccountId>
  /** What the token permits. */
  readonly permissions: ReadonlyArray<
    | "read"
    | "trade"
    | "withdraw"
    | "self"
    | "users:read"
    | "users:freeze"
    | "users:kyc"
    | "users:roles"
    | "audit:read">
}

/** Chooses orders. */
export interface Orders {
  /** The account. */
  readonly account: AccountId
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
  /** Only orders of this market. Default: all markets. */
  readonly market?: string
  /** Only orders of this side. Default: both sides. */
  readonly side?: Side
  /**
   * Only orders placed with the API key of this number; 0 for those placed without one. Default: all
   * orders.
   */
  readonly credential?: number
  /** Only open or only ended orders. Default: both. */
  readonly status?: "open" | "closed"
}

/** One thing that the server depends on. */
export interface HealthCheck {
  /** What was checked. */
  readonly name: string
  /** How it is. */
  readonly status: "ok" | "degraded" | "failed"
  /** What was found. */
  readonly detail: string
}

/** Orders are accepted. */
export interface Ready {
  /** `degraded`: something else is late or missing. */
  readonly status: "ready" | "degraded"
  /** What was checked. */
  readonly checks: ReadonlyArray<HealthCheck>
  /** The last durable command of the journal. */
  readonly durableSequence: number
  /** How long the server has been running. */
  readonly uptimeMs: number
}

/** Orders are not accepted. Comes with status 503. */
export interface NotReady {
  /** Why orders are not accepted. */
  readonly status: "notReady" | "shuttingDown"
  /** What was checked. */
  readonly checks: ReadonlyArray<HealthCheck>
  /** The last durable command of the journal. */
  readonly durableSequence: number
  /** How long the server has been running. */
  readonly uptimeMs: number
}

/** Whether orders are accepted. */
export type Readiness = Ready | NotReady

/** The refresh token to use. */
export interface Refresh {
  /** The refresh token of the last answer. */
  readonly refreshToken: Redacted.Redacted
}

/** The tokens of a session. */
export interface Tokens {
  /** The session's id. */
  readonly session: string
  /** For `Authorization: Bearer`. */
  readonly accessToken: string
  /** When the access token expires. */
  readonly expiresAt: number
  /**
   * Gives the next tokens, and the same again until those are used. Store it as safely as a
   * password.
   */
  readonly refreshToken: string
}

/** An email address. */
export interface Register {
  /** The address. */
  readonly email: string
}

/** Names a passkey. */
export interface RemovePasskey {
  /** The passkey's id. */
  readonly passkey: string
}

/** A new name. */
export interface Rename {
  /** The name. */
  readonly name: string
}

/** A session of the caller. */
export interface Session {
  /** The session's id. */
  readonly session: string
  /** Whether it is the session of this request. */
  readonly current: boolean
  /** When it began. */
  readonly createdAt: number
  /** When its tokens were last refreshed. */
  readonly refreshedAt: number
  /** When it ends unless it is refreshed. */
  readonly expiresAt: number
  /** The address from which it began. */
  readonly address: string
  /** The client's own description. */
  readonly agent: string
}

/** The roles of a user. */
export interface SetRoles {
  /** The user's id. */
  readonly user: string
  /** The roles. The user has no others afterwards. */
  readonly roles: ReadonlyArray<"user" | "support" | "compliance" | "finance" | "admin" | "superadmin">
}

/** What proves who the user is. */
export interface SignIn {
  /** The user's address. */
  readonly email: string
  /** The password. */
  readonly password: Redacted.Redacted
  /** For users with a second factor: `FactorRequired` says which one. */
  readonly proof?: Proof
}

/** The password, for users without a second factor. */
export interface PasswordProof {
  /** Always `password`. */
  readonly kind: "password"
  /** The password. */
  readonly password: Redacted.Redacted
}

/** A second factor, or the password of a user who has none. */
export type StepUpProof = PasswordProof | TotpProof | RecoveryCodeProof | PasskeyProof

/** A fresh proof. */
export interface StepUp {
  /** The proof. */
  readonly proof: StepUpProof
}

/** Chooses trades of a market. */
export interface Trades {
  /** The symbol of the market. */
  readonly market: string
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
  /** The earliest time, in milliseconds since 1970. */
  readonly from?: number
  /** The time before which the page ends, in milliseconds since 1970. */
  readonly to?: number
  /** Which come first. Default: `newest`. */
  readonly sort?: "newest" | "oldest"
}

/** One match, as the market sees it. */
export interface Trade {
  /** The trade's id. */
  readonly trade: TradeId
  /** The symbol of the market. */
  readonly market: string
  /** The price of the trade. */
  readonly price: string
  /** How much base was traded. */
  readonly quantity: string
  /** When it happened, in milliseconds since 1970. */
  readonly time: number
  /** The command that caused it. */
  readonly sequence: number
  /** The side of the order that came last. */
  readonly takerSide: Side
}

/** A page of users. */
export interface UsersPage {
  /** How many at most. Default: 100. */
  readonly limit?: number
  /** The `next` of the page before. */
  readonly cursor?: string
}

/** The state of the audit trail. */
export interface AuditVerification {
  /** How many entries were read. */
  readonly entries: number
  /** The hash of the last entry. Keep it elsewhere: it reveals a cut at the end. */
  readonly head: string
  /** The first entry that was altered; null if the chain holds. */
  readonly brokenAt: number | null
}
