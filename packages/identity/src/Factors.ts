/**
 * The user's second factors: added, confirmed and removed. Each change takes a fresh proof, ends the other sessions, voids links
 * that were sent before, and is told by mail.
 */
import type { User } from "@pandora-exchange/core/Identity"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Context, Effect, Layer, type Redacted } from "effect"
import { Attempts } from "./Attempts.ts"
import { Audit } from "./Audit.ts"
import { type Caller, kept } from "./Caller.ts"
import {
  FactorRefused,
  NotPossible,
  type PermissionMissing,
  type StepUpRequired,
  type TooManyAttempts
} from "./Errors.ts"
import { ownUser, sameAddress, untilWritten } from "./internal/changing.ts"
import { Messages } from "./Messages.ts"
import { type Principal, requireFresh } from "./Principal.ts"
import * as Proofs from "./Proofs.ts"
import type { Secrets } from "./Secrets.ts"
import { Sessions, type Unavailable } from "./Sessions.ts"
import type { Settings } from "./Settings.ts"

type Refusal = StepUpRequired | NotPossible | PermissionMissing | Unavailable

/** Recovery codes, shown once; null where the user had theirs before. */
export type Codes = ReadonlyArray<Redacted.Redacted> | null

export class Factors extends Context.Service<
  Factors,
  {
    /** A secret for an authenticator app. It counts when a code of it is confirmed; beginning again makes another one. */
    readonly beginTotp: (principal: Principal) => Effect.Effect<Proofs.TotpSecret, Refusal>
    /** With the first factor come recovery codes. */
    readonly confirmTotp: (
      principal: Principal,
      code: Redacted.Redacted,
      caller: Caller
    ) => Effect.Effect<Codes, FactorRefused | TooManyAttempts | Refusal>
    readonly removeTotp: (principal: Principal, caller: Caller) => Effect.Effect<void, Refusal>
    /** What the browser's `navigator.credentials.create` takes. */
    readonly beginPasskey: (principal: Principal) => Effect.Effect<unknown, Refusal>
    readonly addPasskey: (
      principal: Principal,
      passkey: { readonly response: unknown; readonly name: string },
      caller: Caller
    ) => Effect.Effect<Codes, Refusal>
    readonly removePasskey: (principal: Principal, credentialId: string, caller: Caller) => Effect.Effect<void, Refusal>
    /** Those before are void. */
    readonly newRecoveryCodes: (
      principal: Principal,
      caller: Caller
    ) => Effect.Effect<ReadonlyArray<Redacted.Redacted>, Refusal>
  }
>()("@pandora-exchange/identity/Factors") {
  static readonly layer: Layer.Layer<
    Factors,
    never,
    Attempts | Audit | IdentityStore | Messages | Secrets | Sessions | Settings
  > = Layer.effect(
    Factors,
    Effect.suspend(() => make())
  )
}

const make = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const attempts = yield* Attempts
  const audit = yield* Audit
  const messages = yield* Messages
  const sessions = yield* Sessions
  const context = yield* Effect.context<IdentityStore | Secrets | Settings>()

  /** What is begun changes nothing yet: it is only written down. */
  const begin = <A, E>(
    principal: Principal,
    decide: (user: User) => Effect.Effect<{ readonly user: User; readonly shown: A }, E, Secrets | Settings>
  ) =>
    Effect.andThen(
      requireFresh(principal),
      untilWritten(
        Effect.gen(function* () {
          const { shown, user } = yield* Effect.flatMap(ownUser(principal), decide)
          yield* sameAddress(store.write({ changes: [{ _tag: "UpdateUser", user }], audit: [] }))
          return shown
        })
      )
    ).pipe(Effect.provide(context))

  interface Change<A> {
    readonly what: string
    readonly caller: Caller
    readonly decide: (
      user: User
    ) => Effect.Effect<{ readonly user: User; readonly shown: A }, FactorRefused | NotPossible, Secrets | Settings>
  }

  const change = <A>(principal: Principal, { caller, decide, what }: Change<A>) =>
    Effect.gen(function* () {
      yield* requireFresh(principal)
      const { email, shown } = yield* untilWritten(
        Effect.gen(function* () {
          const { shown, user } = yield* Effect.flatMap(ownUser(principal), decide)
          const at = yield* Clock.currentTimeMillis
          const { sessionId: except, userId } = principal
          yield* sameAddress(
            store.write({
              changes: [
                { _tag: "UpdateUser", user: { ...user, credentials: user.credentials + 1 } },
                { _tag: "EndSessions", userId, except, reason: "factorsChanged", at }
              ],
              audit: [yield* audit.draft({ kind: "factorsChanged", user, details: { what } })]
            })
          )
          return { email: user.email, shown }
        })
      )
      yield* sessions.recheck(principal.userId)
      yield* messages.send(email, { kind: "factorsChanged", what, caller: kept(caller) })
      return shown
    }).pipe(Effect.provide(context))

  /** The first factor brings recovery codes along. */
  const withCodes = (before: User, user: User): Effect.Effect<{ readonly user: User; readonly shown: Codes }> =>
    Proofs.hasFactor(before)
      ? Effect.succeed({ user, shown: null })
      : Effect.map(Proofs.withNewRecoveryCodes(user), ({ codes, user }) => ({ user, shown: codes }))

  /** Whoever has no factor left has a password that stands alone, and no codes for what is gone. */
  const without = (user: User): Effect.Effect<{ readonly user: User; readonly shown: void }, NotPossible> => {
    if (Proofs.hasFactor(user)) return Effect.succeed({ user, shown: undefined })
    return user.passwordStandsAlone
      ? Effect.succeed({ user: { ...user, recoveryCodes: [] }, shown: undefined })
      : Effect.fail(new NotPossible({ problem: "PasswordTooShortAlone" }))
  }

  /** Of changes that prove nothing. */
  const unproven = <A, E, R>(effect: Effect.Effect<A, E | FactorRefused, R>) =>
    Effect.catchIf(
      effect,
      (error): error is E & FactorRefused => error instanceof FactorRefused,
      (error) => Effect.die(error)
    ) as Effect.Effect<A, Exclude<E, FactorRefused>, R>

  return Factors.of({
    beginTotp: (principal) => begin(principal, Proofs.withNewTotp),
    confirmTotp: Effect.fn("Factors.confirmTotp")(function* (principal, code, caller) {
      yield* attempts.ofFactor(principal.userId)
      return yield* change(principal, {
        what: "An authenticator app was added",
        caller,
        decide: (user) =>
          Effect.flatMap(Proofs.withTotpConfirmed(user, code), (confirmed) => withCodes(user, confirmed))
      })
    }),
    removeTotp: (principal, caller) =>
      unproven(
        change(principal, {
          what: "The authenticator app was removed",
          caller,
          decide: (user) =>
            user.totp === null
              ? Effect.fail(new NotPossible({ problem: "TotpMissing" }))
              : without({ ...user, totp: null })
        })
      ),
    beginPasskey: (principal) =>
      begin(principal, (user) =>
        Effect.map(Proofs.withPasskeyBegun(user), ({ options, user }) => ({ user, shown: options }))
      ),
    addPasskey: (principal, { name, response }, caller) =>
      unproven(
        change(principal, {
          what: "A passkey was added",
          caller,
          decide: (user) =>
            Effect.flatMap(Proofs.withPasskeyAdded(user, response, name), (added) => withCodes(user, added))
        })
      ),
    removePasskey: (principal, credentialId, caller) =>
      unproven(
        change(principal, {
          what: "A passkey was removed",
          caller,
          decide: (user) => {
            const passkeys = user.passkeys.filter((passkey) => passkey.credentialId !== credentialId)
            return passkeys.length === user.passkeys.length
              ? Effect.fail(new NotPossible({ problem: "NoSuchPasskey" }))
              : without({ ...user, passkeys })
          }
        })
      ),
    newRecoveryCodes: (principal, caller) =>
      unproven(
        change(principal, {
          what: "New recovery codes were made",
          caller,
          decide: (user) =>
            Proofs.hasFactor(user)
              ? Effect.map(Proofs.withNewRecoveryCodes(user), ({ codes, user }) => ({ user, shown: codes }))
              : Effect.fail(new NotPossible({ problem: "TotpMissing" }))
        })
      )
  })
})
