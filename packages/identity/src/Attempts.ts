/**
 * Bounds of what can be tried: per address, so that one place cannot try many accounts; per account and address, so that it cannot
 * try one account often; per account, so that many places together cannot either.
 *
 * A stranger can use up what an account has, and must not lock its owner out with that. Two ways stay open to the owner: from an
 * address where they have a live session only their own attempts count, and a reset by mail fills everything again.
 */
import type { User, UserId } from "@pandora-exchange/core/Identity"
import { type Bucket, RateLimiter, type RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import { Context, Effect, Layer } from "effect"
import { createHash } from "node:crypto"
import { TooManyAttempts } from "./Errors.ts"

const minute = 60_000
const limits = {
  address: { capacity: 60, refillMs: 5_000 },
  pair: { capacity: 10, refillMs: minute },
  account: { capacity: 100, refillMs: minute },
  factor: { capacity: 10, refillMs: 5 * minute },
  mail: { capacity: 3, refillMs: 20 * minute }
} as const

export class Attempts extends Context.Service<
  Attempts,
  {
    /** Of anything that anybody may try. */
    readonly from: (address: string) => Effect.Effect<void, TooManyAttempts | RateLimiterUnavailable>
    /** Whether a password may be tried. `trusted`: the owner has a live session at the address. */
    readonly ofPassword: (attempt: {
      readonly email: string
      readonly address: string
      readonly trusted: boolean
    }) => Effect.Effect<boolean, RateLimiterUnavailable>
    /** Of codes and passkeys, by whoever knows the password. */
    readonly ofFactor: (userId: UserId) => Effect.Effect<void, TooManyAttempts | RateLimiterUnavailable>
    /** Whether a mail may be sent to the address: nobody's mailbox is filled through us. */
    readonly ofMail: (email: string) => Effect.Effect<boolean, RateLimiterUnavailable>
    /** The owner was there. */
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
          Effect.zipWith(
            taken({ key: pairKey(email, address), ...limits.pair }),
            // Taken in any case, so that all refusals do the same.
            taken({ key: keyOf("account", email), ...limits.account }),
            (ofPair, ofAccount) => ofPair && (ofAccount || trusted)
          ),
        ofFactor: (userId) => take({ key: keyOf("factor", userId), ...limits.factor }),
        ofMail: (email) => taken({ key: keyOf("mail", email), ...limits.mail }),
        forgive: ({ email, userId }, address) =>
          Effect.forEach([pairKey(email, address), keyOf("account", email), keyOf("factor", userId)], limiter.reset, {
            discard: true
          })
      }
    })
  )
}

/** Hashed: keys stand in a store of others, and addresses are nobody's business there. */
const keyOf = (kind: keyof typeof limits, of: string): string =>
  `${kind}:${createHash("sha256").update(of).digest("base64url")}`

const pairKey = (email: string, address: string): string => keyOf("pair", `${networkOf(address)} ${email}`)

/** One household has a whole /64 of IPv6 addresses. */
const networkOf = (address: string): string => {
  if (!address.includes(":") || address.includes(".")) return address
  const [head = "", tail] = address.toLowerCase().split("::")
  const before = head === "" ? [] : head.split(":")
  const after = tail === undefined || tail === "" ? [] : tail.split(":")
  const groups = [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0"), ...after]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")
}
