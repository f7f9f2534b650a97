/**
 * Failures of identity with a class of their own; all others are `Refused` with a code. None says
 * more than its caller may know.
 */
import { failureOf } from "@pandora-exchange/contract/failures"
import { factorMissing } from "@pandora-exchange/contract/Principal"
import { Schema } from "effect"

/** Unknown user, wrong password, or too many attempts: which of them, nobody is told. */
export class SignInRefused extends Schema.TaggedError<SignInRefused>()("SignInRefused", {}) {}

/**
 * The password was right; ask again with one of these as well. `passkey` is what the browser needs
 * to use one.
 */
export class FactorRequired extends Schema.TaggedError<FactorRequired>()("FactorRequired", {
  methods: Schema.Array(Schema.Literals(["totp", "passkey", "recoveryCode"])),
  passkey: Schema.NullOr(Schema.Unknown)
}) {}

/** The code or passkey is wrong, was used before, or comes too late. */
export class FactorRefused extends Schema.TaggedError<FactorRefused>()("FactorRefused", {}) {}

/** Too much was tried from here, or for this account. */
export class TooManyAttempts extends Schema.TaggedError<TooManyAttempts>()("TooManyAttempts", {
  retryAfterMs: Schema.Number
}) {}

/** No access token that is valid here and now. */
export class TokenRefused extends Schema.TaggedError<TokenRefused>()("TokenRefused", {}) {}

/** No refresh token that is valid: sign in again. */
export class RefreshRefused extends Schema.TaggedError<RefreshRefused>()("RefreshRefused", {}) {}

/**
 * Another request of yours refreshed this token a moment ago, and what it was given is used: use
 * what came last. Nothing has ended. Never send the token again.
 */
export class RefreshedAlready extends Schema.TaggedError<RefreshedAlready>()(
  "RefreshedAlready",
  {}
) {}

/** A link that was spent, is too old, or was never sent. */
export class LinkRefused extends Schema.TaggedError<LinkRefused>()("LinkRefused", {}) {}

/**
 * This needs a proof of who you are that is not older than some minutes: step up, and ask again.
 */
export class StepUpRequired extends Schema.TaggedError<StepUpRequired>()("StepUpRequired", {}) {}

export class PermissionMissing extends Schema.TaggedError<PermissionMissing>()(
  "PermissionMissing",
  {
    permission: Schema.String,
    /** The user has it in a session with a second factor, and this one has none. */
    ofFactor: Schema.optionalKey(Schema.Literal(true))
  }
) {
  override get message() {
    return this.ofFactor === true ? factorMissing : failureOf("PermissionMissing").sentence
  }
}

/**
 * Too many passwords wait to be hashed, or too many change the same thing. Nothing was done: ask
 * again a little later.
 */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}
