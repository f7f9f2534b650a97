/**
 * The user's second factors: added, confirmed and removed. Each change takes a fresh proof, ends
 * the other sessions, voids links that were sent before, and is told by mail.
 */
import type { Refused } from "@pandora-exchange/contract/failure"
import type { CodeOf } from "@pandora-exchange/contract/failures"
import type { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Context, Effect, Layer, type Redacted } from "effect"
import type { Attempts } from "./Attempts.ts"
import type { Audit } from "./Audit.ts"
import type { Caller } from "./Caller.ts"
import type {
  FactorRefused,
  PermissionMissing,
  StepUpRequired,
  TokenRefused,
  TooManyAttempts
} from "./Errors.ts"
import type { Codes } from "./internal/factors/changing.ts"
import { newRecoveryCodes } from "./internal/factors/newRecoveryCodes.ts"
import {
  addPasskey,
  beginPasskey,
  type NewPasskey,
  removePasskey
} from "./internal/factors/passkeys.ts"
import { beginTotp, confirmTotp, removeTotp } from "./internal/factors/totp.ts"
import { identityContext } from "./internal/IdentityContext.ts"
import { methodsOf } from "./internal/methodsOf.ts"
import type { Messages } from "./Messages.ts"
import type { Principal } from "./Principal.ts"
import type * as Proofs from "./Proofs.ts"
import type { Secrets } from "./Secrets.ts"
import { Sessions, type Unavailable } from "./Sessions.ts"
import type { Settings } from "./Settings.ts"

export type { Codes }

type Refusal<C extends CodeOf<"Refused">> =
  | StepUpRequired
  | Refused<C>
  | TokenRefused
  | PermissionMissing
  | Unavailable

export class Factors extends Context.Service<
  Factors,
  {
    /**
     * A secret for an authenticator app. It counts when a code of it is confirmed; beginning again
     * makes another one.
     */
    readonly beginTotp: (
      principal: Principal
    ) => Effect.Effect<Proofs.TotpSecret, Refusal<"TotpPresent">>
    /** With the first factor come recovery codes. */
    readonly confirmTotp: (
      principal: Principal,
      code: Redacted.Redacted,
      caller: Caller
    ) => Effect.Effect<
      Codes,
      FactorRefused | TooManyAttempts | Refusal<"TotpMissing" | "TotpPresent">
    >
    readonly removeTotp: (
      principal: Principal,
      caller: Caller
    ) => Effect.Effect<void, Refusal<"TotpMissing" | "PasswordTooShortAlone">>
    /** What the browser's `navigator.credentials.create` takes. */
    readonly beginPasskey: (
      principal: Principal
    ) => Effect.Effect<unknown, Refusal<"TooManyPasskeys">>
    readonly addPasskey: (
      principal: Principal,
      passkey: NewPasskey,
      caller: Caller
    ) => Effect.Effect<Codes, Refusal<"MalformedName" | "PasskeyRefused">>
    readonly removePasskey: (
      principal: Principal,
      credentialId: string,
      caller: Caller
    ) => Effect.Effect<void, Refusal<"UnknownPasskey" | "PasswordTooShortAlone">>
    /** Those before are void. */
    readonly newRecoveryCodes: (
      principal: Principal,
      caller: Caller
    ) => Effect.Effect<ReadonlyArray<Redacted.Redacted>, Refusal<"TotpMissing">>
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
  const context = yield* identityContext((yield* Sessions).recheck)
  return Factors.of(
    methodsOf(context, {
      beginTotp,
      confirmTotp,
      removeTotp,
      beginPasskey,
      addPasskey,
      removePasskey,
      newRecoveryCodes
    })
  )
})
