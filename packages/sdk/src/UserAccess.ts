/**
 * How users reach their accounts: either the host's own users, whose accounts a function names, or
 * those of `@pandora-exchange/identity`. Either way, `as` returns the methods of one user, whose
 * requests do not name the account.
 */
import type { InvalidInput } from "@pandora-exchange/contract/failure"
import type { MethodFailures } from "@pandora-exchange/contract/generated/sdkFailures"
import type { OwnEffectMethods } from "@pandora-exchange/contract/generated/sdkMethods"
import type { IdentityStore } from "@pandora-exchange/core"
import { type Effect, Schema } from "effect"
import type { Identity, Installed } from "./optionalTypes.ts"

/** The services of `@pandora-exchange/identity`. */
export interface IdentityServices {
  readonly users: Identity.Users.Users["Service"]
  readonly sessions: Identity.Sessions.Sessions["Service"]
  readonly factors: Identity.Factors.Factors["Service"]
  readonly administration: Identity.Administration.Administration["Service"]
  readonly accessTokens: Identity.AccessTokens.AccessTokens["Service"]
  readonly audit: Identity.Audit.Audit["Service"]
}

/** The host's function that names accounts failed. Nothing was done. */
export class AccountUnknown extends Schema.TaggedError<AccountUnknown>()("AccountUnknown", {
  cause: Schema.Defect()
}) {}

/** Why a user is not let in. */
export type Denial =
  | AccountUnknown
  | Installed<Identity.Errors.TokenRefused>
  | Installed<Identity.Errors.PermissionMissing>
  | IdentityStore.IdentityUnavailable

/** Codes only `as` has: it was called incorrectly, or there are no users. */
export type AccessCode = "IdentityMissing" | "MalformedReference"

/** Why `as` returns no account. */
export type AccessFailure =
  | Denial
  | InvalidInput<AccessCode>
  | MethodFailures["account"]
  | MethodFailures["openAccount"]

/**
 * Everything a user can do with one account. With identity, each call checks that the session is
 * alive and has the permission.
 */
export interface Trader extends OwnEffectMethods<Denial> {
  readonly account: number
}

export interface UserAccess {
  /**
   * Acts as a user: one of the host's users, or the holder of an access token, depending on the
   * option `identity`. `account` is one of their sub-accounts: for users of the host a name, opened
   * on first use; with identity the number of an existing one. Default: the main account.
   */
  readonly as: (who: unknown, account?: string | number) => Effect.Effect<Trader, AccessFailure>
  /** The services of `@pandora-exchange/identity`; `undefined` if the host has its own users. */
  readonly identity: IdentityServices | undefined
}
