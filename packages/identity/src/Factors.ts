/**
 * Adds, confirms and removes a user's second factors. Each change requires a fresh proof, ends the
 * other sessions, voids links sent earlier, and is announced by mail.
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
     * Returns a secret for an authenticator app. It takes effect once a code from it is confirmed;
     * starting again makes a new secret.
     */
    readonly beginTotp: (
      principal: Principal
    ) => Effect.Effect<Proofs.TotpSecret, Refusal<"TotpPresent">>
    /** The first factor comes with recovery codes. */
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
    /** The options for the browser's `navigator.credentials.create`. */
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
    /** Voids the previous codes. */
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
