/**
 * How users reach their accounts: users of the host, whose accounts a function names, or those of
 * `@pandora-exchange/identity`. Either way `as` gives the methods of one user, whose requests name
 * no account.
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

/** The function of the host that names accounts failed. Nothing was done. */
export class AccountUnknown extends Schema.TaggedError<AccountUnknown>()("AccountUnknown", {
  cause: Schema.Defect()
}) {}

/** Why a user is not let in. */
export type Denial =
  | AccountUnknown
  | Installed<Identity.Errors.TokenRefused>
  | Installed<Identity.Errors.PermissionMissing>
  | IdentityStore.IdentityUnavailable

/** Codes that only `as` has: it was called wrongly, or there are no users. */
export type AccessCode = "IdentityMissing" | "MalformedReference"

/** Why `as` gives no account. */
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
   * Acts as a user: a user of the host, or the holder of an access token, as the option `identity`
   * has it. `account` is one of their sub-accounts: for users of the host a name, opened at first
   * use; with identity the number of one that they have. Default: the main account.
   */
  readonly as: (who: unknown, account?: string | number) => Effect.Effect<Trader, AccessFailure>
  /** The services of `@pandora-exchange/identity`; `undefined` when the host has its own users. */
  readonly identity: IdentityServices | undefined
}
