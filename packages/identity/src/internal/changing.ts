import { Refused } from "@pandora-exchange/contract/failure"
import type { User, UserId } from "@pandora-exchange/core/IdentityRecords"
import {
  Conflict,
  EmailTaken,
  type IdentityStore,
  type IdentityUnavailable,
  PasskeyTaken
} from "@pandora-exchange/core/ports/IdentityStore"
import { Effect } from "effect"
import { Busy, type PermissionMissing, TokenRefused } from "../Errors.ts"
import { type Principal, require } from "../Principal.ts"

/** How many times other requests may change the row while this one decides. */
const triesMax = 20

/** Reads, decides and writes, and starts over if someone else wrote in between. */
export const untilWritten = <A, E, R>(
  attempt: Effect.Effect<A, E, R>
): Effect.Effect<A, Exclude<E, Conflict> | Busy, R> =>
  attempt.pipe(
    Effect.retry({ while: (error) => error instanceof Conflict, times: triesMax }),
    Effect.catchIf(
      (error): error is E & Conflict => error instanceof Conflict,
      () => Effect.fail(new Busy())
    )
  ) as Effect.Effect<A, Exclude<E, Conflict> | Busy, R>

/** For changes that do not set an address. */
export const sameAddress = <A, E, R>(effect: Effect.Effect<A, E | EmailTaken, R>) =>
  Effect.catchIf(
    effect,
    (error): error is E & EmailTaken => error instanceof EmailTaken,
    (error) => Effect.die(error)
  ) as Effect.Effect<A, Exclude<E, EmailTaken>, R>

/** For changes that do not add a passkey. */
export const samePasskeys = <A, E, R>(effect: Effect.Effect<A, E | PasskeyTaken, R>) =>
  Effect.catchIf(
    effect,
    (error): error is E & PasskeyTaken => error instanceof PasskeyTaken,
    (error) => Effect.die(error)
  ) as Effect.Effect<A, Exclude<E, PasskeyTaken>, R>

/** For changes that neither set an address nor add a passkey. */
export const takingNothing = <A, E, R>(
  effect: Effect.Effect<A, E | EmailTaken | PasskeyTaken, R>
): Effect.Effect<A, Exclude<Exclude<E, EmailTaken>, PasskeyTaken>, R> =>
  samePasskeys(sameAddress(effect))

/** Returns the user with this id, unless closed. */
export const userNamed = (
  store: IdentityStore["Service"],
  userId: UserId
): Effect.Effect<User, Refused<"UnknownUser"> | IdentityUnavailable> =>
  Effect.flatMap(store.user(userId), (user) =>
    user === undefined || user.status === "closed"
      ? Effect.fail(new Refused("UnknownUser"))
      : Effect.succeed(user)
  )

/** Returns the principal's user. Closing a user also ends this session. */
export const ownUser = (
  store: IdentityStore["Service"],
  principal: Principal
): Effect.Effect<User, TokenRefused | PermissionMissing | IdentityUnavailable> =>
  Effect.andThen(require(principal, "self"), userNamed(store, principal.userId)).pipe(
    Effect.catchTag("Refused", () => Effect.fail(new TokenRefused()))
  )
