/** The options of an exchange, and the reasons it cannot be opened. */
import type { Guard } from "@pandora-exchange/contract"
import type { IdentityStore, Journal, RateLimiter } from "@pandora-exchange/core"
import type { Limits, Recovery } from "@pandora-exchange/engine"
import type { Effect, Layer } from "effect"
import type { ExchangeFailure } from "./ExchangeError.ts"
import type { Identity, Installed } from "./optionalTypes.ts"
import type { ListAsset, ListMarket } from "./Requests.ts"
import type { Storage, StorageError } from "./Storage.ts"

export interface ExchangeOptions {
  /** Default: `"memory"`. */
  readonly storage?: Storage
  /**
   * Listed when the exchange opens. An asset that is already listed must have the same scale
   * (`ListedDifferently`).
   */
  readonly assets?: ReadonlyArray<ListAsset>
  /**
   * Listed when the exchange opens. A market that is already listed must have the same terms,
   * except fees and status.
   */
  readonly markets?: ReadonlyArray<ListMarket>
  /**
   * The number of commands between snapshots, which is the most that recovery executes again.
   * Default: 1,000,000.
   */
  readonly snapshotEvery?: number
  /** The number of commands that may wait before further ones are refused (`Overloaded`). */
  readonly inboxMax?: number
  /** Limits of the venue. They are part of its rules: never change them for an existing journal. */
  readonly limits?: Partial<Limits.Limits>
  /**
   * Runs the venue in its own thread, so that nothing else in this process delays it. Not available
   * for a journal of your own.
   */
  readonly thread?: boolean
  /**
   * Your own rules. Every command, from every face, is shown to them before it is sequenced; a
   * guard refuses it by returning a code. They are never called during recovery.
   */
  readonly guards?: ReadonlyArray<Guard>
  /**
   * The time limit in milliseconds for all guards of one command; then it is refused
   * (`GuardUnavailable`). Default: 1,000.
   */
  readonly guardTimeoutMs?: number
  /** Called with the sequence reached while the journal is executed again at startup. */
  readonly onRecovery?: (sequence: number) => void
  /**
   * The users behind `as`: a function that names the account of one of your users, or settings of
   * `@pandora-exchange/identity`, which manages users beside the exchange.
   */
  readonly identity?: AccountOf<any> | IdentityOptions
}

/**
 * Names the account of a user you have authenticated: 1 to 64 of `A-Z a-z 0-9 . _ : -`, always the
 * same for the same user, without personal data.
 */
export type AccountOf<HostUser> = (
  user: HostUser
) => string | Promise<string> | Effect.Effect<string, unknown>

/** Settings of `@pandora-exchange/identity`, and adapters that replace its defaults. */
export interface IdentityOptions extends Identity.Identity.IdentityOptions {
  /**
   * Where users are stored. Default: beside the exchange. A journal of your own requires a store of
   * your own.
   */
  readonly store?: Layer.Layer<IdentityStore.IdentityStore, any>
  /** Sends messages to users. Default: only logs that there was a message to send. */
  readonly notifier?: Layer.Layer<Identity.Notifier.Notifier, any>
  /** Verifies users. Default: staff decide. */
  readonly kyc?: Layer.Layer<Identity.KycProvider.KycProvider, any>
  /** Limits attempts. Default: counted in this process. */
  readonly limiter?: Layer.Layer<RateLimiter.RateLimiter, any>
}

export type OpenError =
  | StorageError
  | Recovery.RecoveryError
  | Journal.Fenced
  | Installed<Identity.Settings.InvalidSettings>
  | ExchangeFailure
