/** What an exchange is opened with, and why it cannot be opened. */
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
  /** Commands between two snapshots: the most that recovery executes again. Default: 1,000,000. */
  readonly snapshotEvery?: number
  /** Commands that may wait before further ones are refused (`Overloaded`). */
  readonly inboxMax?: number
  /**
   * Bounds of the venue. They are part of its rules: never change them for a journal that exists.
   */
  readonly limits?: Partial<Limits.Limits>
  /**
   * Runs the venue in a thread of its own, so that nothing else in this process delays it. Not for
   * a journal of your own.
   */
  readonly thread?: boolean
  /**
   * Rules of your own. Each command of every face is shown to them before it is sequenced; one that
   * answers a code refuses it. They are never asked while the exchange recovers.
   */
  readonly guards?: ReadonlyArray<Guard>
  /**
   * How long the guards may take for one command before it is refused (`GuardUnavailable`).
   * Default: 1,000.
   */
  readonly guardTimeoutMs?: number
  /** Called with the sequence reached while the journal is executed again at the start. */
  readonly onRecovery?: (sequence: number) => void
  /**
   * The users behind `as`: a function that names the account of a user of yours, or the settings of
   * `@pandora-exchange/identity`, which keeps users beside the exchange.
   */
  readonly identity?: AccountOf<any> | IdentityOptions
}

/**
 * Names the account of a user whom you have authenticated: 1 to 64 of `A-Z a-z 0-9 . _ : -`, always
 * the same for one user, without personal data.
 */
export type AccountOf<HostUser> = (
  user: HostUser
) => string | Promise<string> | Effect.Effect<string, unknown>

/** Settings of `@pandora-exchange/identity`, and adapters that replace its defaults. */
export interface IdentityOptions extends Identity.Identity.IdentityOptions {
  /**
   * Where users are kept. Default: beside the exchange. A journal of your own needs a store of your
   * own.
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
