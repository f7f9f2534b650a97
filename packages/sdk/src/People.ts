/**
 * Who uses an exchange: users of the host, whose accounts a function names, or those of `@pandora-exchange/identity`. Either way
 * `as` gives what one person can do, without an account in their requests.
 */
import type { IdentityStore, RateLimiter } from "@pandora-exchange/core"
import type {
  AccessTokens,
  Administration,
  Audit,
  Errors,
  Factors,
  Identity,
  KycProvider,
  Notifier,
  Sessions,
  Users
} from "@pandora-exchange/identity"
import { type Effect, type Layer, Schema } from "effect"
import type { Effects } from "./Exchange.ts"
import type { ExchangeFailure } from "./ExchangeError.ts"
import type { OwnCommands, OwnQueries } from "./Requests.ts"

/**
 * The reference of a user's account, for a user who has proven to you who they are: 1 to 64 of `A-Z a-z 0-9 . _ : -`, always the
 * same for one user, and no personal data.
 */
export type AccountOf<HostUser> = (user: HostUser) => string | Promise<string> | Effect.Effect<string, unknown>

/** Settings of `@pandora-exchange/identity`, and ports for what shall not be as it is by default. */
export interface IdentityOptions extends Identity.IdentityOptions {
  /** Where users are kept: beside the exchange, unless said otherwise. A journal of your own needs a store of your own. */
  readonly store?: Layer.Layer<IdentityStore.IdentityStore, any>
  /** How users are written to; unless said otherwise it is only logged that there was something to write. */
  readonly notifier?: Layer.Layer<Notifier.Notifier, any>
  /** Who verifies users; people do, unless said otherwise. */
  readonly kyc?: Layer.Layer<KycProvider.KycProvider, any>
  /** Bounds attempts, in this process unless said otherwise. */
  readonly limiter?: Layer.Layer<RateLimiter.RateLimiter, any>
}

/** The services of `@pandora-exchange/identity`. */
export interface IdentityServices {
  readonly users: Users.Users["Service"]
  readonly sessions: Sessions.Sessions["Service"]
  readonly factors: Factors.Factors["Service"]
  readonly administration: Administration.Administration["Service"]
  readonly accessTokens: AccessTokens.AccessTokens["Service"]
  readonly audit: Audit.Audit["Service"]
}

/** The function of the host that names accounts failed. Nothing was done. */
export class AccountUnknown extends Schema.TaggedError<AccountUnknown>()("AccountUnknown", {
  cause: Schema.Defect()
}) {}

/** Why somebody is not let in. */
export type Denial = AccountUnknown | Errors.TokenRefused | Errors.PermissionMissing | IdentityStore.IdentityUnavailable

/** What one person can do with their account. With identity, each call asks whether the session lives and has the right. */
export interface Trader
  extends Effects<OwnCommands, ExchangeFailure | Denial>,
    Effects<OwnQueries, ExchangeFailure | Denial> {
  readonly account: number
}

export interface OfPeople {
  /**
   * Somebody, as the option `identity` has it: a user of the host, or an access token. `account` is one of their sub-accounts:
   * for users of the host a name, opened at first use; with identity the number of one they have. The main account without it.
   */
  readonly as: (who: unknown, account?: string | number) => Effect.Effect<Trader, ExchangeFailure | Denial>
  /** What the users of `@pandora-exchange/identity` and their staff do; `undefined` where the host has its own. */
  readonly identity: IdentityServices | undefined
}
