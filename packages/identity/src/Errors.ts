/**
 * Identity failures with a class of their own; all others are `Refused` with a code. None of them
 * tells callers more than they may know.
 */
import { failureOf } from "@pandora-exchange/contract/failures"
import { factorMissing } from "@pandora-exchange/contract/Principal"
import { Schema } from "effect"

/** Unknown user, wrong password or too many attempts. Callers never learn which. */
export class SignInRefused extends Schema.TaggedError<SignInRefused>()("SignInRefused", {}) {}

/**
 * The password was right. Ask again with one of these factors as well. `passkey` is what the
 * browser needs to use one.
 */
export class FactorRequired extends Schema.TaggedError<FactorRequired>()("FactorRequired", {
  methods: Schema.Array(Schema.Literals(["totp", "passkey", "recoveryCode"])),
  passkey: Schema.NullOr(Schema.Unknown)
}) {}

/** The code or passkey is wrong, already used, or expired. */
export class FactorRefused extends Schema.TaggedError<FactorRefused>()("FactorRefused", {}) {}

/** Too many attempts from this address or for this account. */
export class TooManyAttempts extends Schema.TaggedError<TooManyAttempts>()("TooManyAttempts", {
  retryAfterMs: Schema.Number
}) {}

/** The access token is missing, invalid or expired. */
export class TokenRefused extends Schema.TaggedError<TokenRefused>()("TokenRefused", {}) {}

/** The refresh token is invalid or expired: sign in again. */
export class RefreshRefused extends Schema.TaggedError<RefreshRefused>()("RefreshRefused", {}) {}

/**
 * Another request of the same client refreshed this token a moment ago, and its successor is
 * already in use: switch to the newest tokens. The session is still alive. Never send this token
 * again.
 */
export class RefreshedAlready extends Schema.TaggedError<RefreshedAlready>()(
  "RefreshedAlready",
  {}
) {}

/** The link was already used, has expired, or was never sent. */
export class LinkRefused extends Schema.TaggedError<LinkRefused>()("LinkRefused", {}) {}

/** This action needs a recent proof of identity: step up, then ask again. */
export class StepUpRequired extends Schema.TaggedError<StepUpRequired>()("StepUpRequired", {}) {}

export class PermissionMissing extends Schema.TaggedError<PermissionMissing>()(
  "PermissionMissing",
  {
    permission: Schema.String,
    /**
     * The user holds this permission only in sessions with a second factor, and this session has
     * none.
     */
    ofFactor: Schema.optionalKey(Schema.Literal(true))
  }
) {
  override get message() {
    return this.ofFactor === true ? factorMissing : failureOf("PermissionMissing").sentence
  }
}

/**
 * Too many passwords are waiting to be hashed, or too many requests are changing the same record.
 * Nothing was done: try again shortly.
 */
export class Busy extends Schema.TaggedError<Busy>()("Busy", {}) {}
