/**
 * How factors change: by a principal with a fresh proof, decided on the user as currently stored.
 */
import { Refused } from "@pandora-exchange/contract/failure"
import type { CodeOf } from "@pandora-exchange/contract/failures"
import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Clock, Effect, type Redacted } from "effect"
import { type Caller, kept } from "../../Caller.ts"
import { FactorRefused } from "../../Errors.ts"
import { type Principal, requireFresh } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import type { Secrets } from "../../Secrets.ts"
import type { Settings } from "../../Settings.ts"
import { ownUser, sameAddress, takingNothing, untilWritten } from "../changing.ts"
import type { IdentityContext } from "../IdentityContext.ts"

/** Recovery codes, shown once; null if the user already had some. */
export type Codes = ReadonlyArray<Redacted.Redacted> | null

/** The changed user, and what the principal is shown. */
export interface Decided<A> {
  readonly user: User
  readonly shown: A
}

/** Records what was started. This changes nothing yet. */
export const begin = <A, E>(
  { environment, store }: IdentityContext,
  principal: Principal,
  decide: (user: User) => Effect.Effect<Decided<A>, E, Secrets | Settings>
) =>
  Effect.andThen(
    requireFresh(principal),
    untilWritten(
      Effect.gen(function* () {
        const { shown, user } = yield* Effect.flatMap(ownUser(store, principal), decide)
        yield* takingNothing(store.write({ changes: [{ _tag: "UpdateUser", user }], audit: [] }))
        return shown
      })
    )
  ).pipe(Effect.provide(environment))

export interface Change<A, C extends CodeOf<"Refused">> {
  readonly what: string
  readonly caller: Caller
  readonly decide: (
    user: User
  ) => Effect.Effect<Decided<A>, FactorRefused | Refused<C>, Secrets | Settings>
}

/** Writes the change, ends the other sessions, voids links sent earlier, and notifies the user. */
export const change = Effect.fnUntraced(function* <A, C extends CodeOf<"Refused">>(
  context: IdentityContext,
  principal: Principal,
  { caller, decide, what }: Change<A, C>
) {
  const { environment, messages, recheck } = context
  yield* requireFresh(principal)
  const { email, shown } = yield* untilWritten(
    Effect.gen(function* () {
      const decided = yield* Effect.flatMap(ownUser(context.store, principal), decide)
      yield* written(context, principal, decided.user, what)
      return { email: decided.user.email, shown: decided.shown }
    })
  ).pipe(Effect.provide(environment))
  yield* recheck(principal.userId)
  yield* messages.send(email, { kind: "factorsChanged", what, caller: kept(caller) })
  return shown
})

const written = Effect.fnUntraced(function* (
  { audit, store }: IdentityContext,
  { sessionId: except, userId }: Principal,
  user: User,
  what: string
) {
  const at = yield* Clock.currentTimeMillis
  yield* sameAddress(
    store.write({
      changes: [
        { _tag: "UpdateUser", user: { ...user, credentials: user.credentials + 1 } },
        { _tag: "EndSessions", userId, except, reason: "factorsChanged", at }
      ],
      audit: [yield* audit.draft({ kind: "factorsChanged", user, details: { what } })]
    })
  )
})

/** Adds recovery codes when the user gets their first factor. */
export const withCodes = (before: User, user: User): Effect.Effect<Decided<Codes>> =>
  Proofs.hasFactor(before)
    ? Effect.succeed({ user, shown: null })
    : Effect.map(Proofs.withNewRecoveryCodes(user), ({ codes, user }) => ({ user, shown: codes }))

/**
 * Checks that a user left without factors has a password that is strong enough alone, and removes
 * codes that are no longer needed.
 */
export const without = (
  user: User
): Effect.Effect<Decided<void>, Refused<"PasswordTooShortAlone">> => {
  if (Proofs.hasFactor(user)) return Effect.succeed({ user, shown: undefined })
  return user.passwordStandsAlone
    ? Effect.succeed({ user: { ...user, recoveryCodes: [] }, shown: undefined })
    : Effect.fail(new Refused("PasswordTooShortAlone"))
}

/** For changes that verify nothing and so cannot fail with a wrong proof. */
export const unproven = <A, E, R>(effect: Effect.Effect<A, E | FactorRefused, R>) =>
  Effect.catchIf(
    effect,
    (error): error is E & FactorRefused => error instanceof FactorRefused,
    (error) => Effect.die(error)
  ) as Effect.Effect<A, Exclude<E, FactorRefused>, R>
