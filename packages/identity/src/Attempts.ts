/**
 * Limits on guessing: per address, so that one place cannot try many accounts; per account and
 * address, so that one place cannot try one account often; and per account, so that many places
 * together cannot either.
 *
 * Strangers in many places can use up an account's limit, but must not lock its owner out that way.
 * The owner keeps two ways in: in a network where they have a live session, only attempts from that
 * network count; and a password reset by mail restores every limit.
 */
import type { SessionId, User, UserId } from "@pandora-exchange/core/IdentityRecords"
import {
  type Bucket,
  RateLimiter,
  type RateLimiterUnavailable
} from "@pandora-exchange/core/ports/RateLimiter"
import { Context, Effect, Layer } from "effect"
import { createHash } from "node:crypto"
import { TooManyAttempts } from "./Errors.ts"
import { networkOf } from "./internal/networkOf.ts"

const minute = 60_000
const limits = {
  address: { capacity: 60, refillMs: 5_000 },
  pair: { capacity: 10, refillMs: minute },
  account: { capacity: 100, refillMs: minute },
  refresh: { capacity: 60, refillMs: 5_000 },
  factor: { capacity: 10, refillMs: 5 * minute },
  mail: { capacity: 3, refillMs: 20 * minute }
} as const

/**
 * What a mail was requested for: by the holder of the address, or by the old and the new address of
 * a change.
 */
export type MailPurpose = "registration" | "passwordReset" | "oldAddress" | "newAddress"

export class Attempts extends Context.Service<
  Attempts,
  {
    /** For actions open to anyone. */
    readonly from: (
      address: string
    ) => Effect.Effect<void, TooManyAttempts | RateLimiterUnavailable>
    /**
     * Whether a password may be tried. `trusted`: the owner has a live session in the address's
     * network.
     */
    readonly ofPassword: (attempt: {
      readonly email: string
      readonly address: string
      readonly trusted: boolean
    }) => Effect.Effect<boolean, RateLimiterUnavailable>
    /** For refreshes of one session; each of them is a write. */
    readonly ofRefresh: (
      sessionId: SessionId
    ) => Effect.Effect<void, TooManyAttempts | RateLimiterUnavailable>
    /** For codes and passkeys; the caller already knows the password. */
    readonly ofFactor: (
      userId: UserId
    ) => Effect.Effect<void, TooManyAttempts | RateLimiterUnavailable>
    /**
     * Whether a mail may be sent to the address. This keeps mailboxes from being flooded through
     * us. Each purpose has its own limit.
     */
    readonly ofMail: (
      email: string,
      purpose: MailPurpose
    ) => Effect.Effect<boolean, RateLimiterUnavailable>
    /** The owner proved who they are, so all limits start afresh. */
    readonly forgive: (
      user: Pick<User, "email" | "userId">,
      address: string
    ) => Effect.Effect<void, RateLimiterUnavailable>
  }
>()("@pandora-exchange/identity/Attempts") {
  static readonly layer: Layer.Layer<Attempts, never, RateLimiter> = Layer.effect(
    Attempts,
    Effect.map(RateLimiter, (limiter) => {
      const taken = (bucket: Bucket) => Effect.map(limiter.take(bucket), (waitMs) => waitMs === 0)
      const take = (bucket: Bucket) =>
        Effect.flatMap(limiter.take(bucket), (retryAfterMs) =>
          retryAfterMs === 0 ? Effect.void : Effect.fail(new TooManyAttempts({ retryAfterMs }))
        )
      return {
        from: (address) => take({ key: keyOf("address", networkOf(address)), ...limits.address }),
        ofPassword: ({ address, email, trusted }) =>
          Effect.flatMap(taken({ key: pairKey(email, address), ...limits.pair }), (ofPair) =>
            // One place uses up its own share of the account's limit and no more. A permit is taken
            // in every case, so that all refusals look alike.
            Effect.map(
              taken({ key: keyOf("account", ofPair ? email : nobody), ...limits.account }),
              (ofAccount) => ofPair && (ofAccount || trusted)
            )
          ),
        ofRefresh: (sessionId) => take({ key: keyOf("refresh", sessionId), ...limits.refresh }),
        ofFactor: (userId) => take({ key: keyOf("factor", userId), ...limits.factor }),
        ofMail: (email, purpose) =>
          taken({ key: keyOf("mail", `${purpose} ${email}`), ...limits.mail }),
        forgive: ({ email, userId }, address) =>
          Effect.forEach(
            [pairKey(email, address), keyOf("account", email), keyOf("factor", userId)],
            limiter.reset,
            {
              discard: true
            }
          )
      }
    })
  )
}

/** No real address looks like this. */
const nobody = ""

/**
 * Hashed, because keys are kept in a store run by others that has no business knowing addresses.
 */
const keyOf = (kind: keyof typeof limits, of: string): string =>
  `${kind}:${createHash("sha256").update(of).digest("base64url")}`

const pairKey = (email: string, address: string): string =>
  keyOf("pair", `${networkOf(address)} ${email}`)
