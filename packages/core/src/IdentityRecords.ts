/**
 * People as they are stored: users, their sessions, the keys that sign access tokens, and the audit
 * record.
 *
 * Nothing here can be used in place of the original: passwords and recovery codes are hashes, and
 * secrets are sealed with a key that is not stored with them.
 */
import { Brand, Schema } from "effect"
import { AccountId } from "./Ids.ts"

/** `usr_` and 22 random characters. Reveals nothing about the person. */
export type UserId = string & Brand.Brand<"UserId">
/** `ses_` and 22 random characters; names a session and its family of refresh tokens. */
export type SessionId = string & Brand.Brand<"SessionId">
export const UserId = Brand.nominal<UserId>()
export const SessionId = Brand.nominal<SessionId>()

export const userStatuses = ["active", "frozen", "closed"] as const
/**
 * Frozen users may look, secure their account and request verification, nothing else. Closed users
 * no longer exist and never will again.
 */
export type UserStatus = (typeof userStatuses)[number]

export const kycLevels = ["none", "pending", "verified", "rejected"] as const
export type KycLevel = (typeof kycLevels)[number]

export const roles = ["user", "support", "compliance", "finance", "admin", "superadmin"] as const
export type Role = (typeof roles)[number]

const UserIdSchema = Schema.String.pipe(Schema.fromBrand("UserId", UserId))
const SessionIdSchema = Schema.String.pipe(Schema.fromBrand("SessionId", SessionId))
/** Milliseconds since 1970. */
const Time = Schema.Int

/** A way of proving one's identity that stays on a device. */
export const Passkey = Schema.Struct({
  /** base64url, as named by the authenticator. */
  credentialId: Schema.String,
  publicKey: Schema.String,
  /** The use counter, for authenticators that have one; if it goes back, the passkey was copied. */
  counter: Schema.Int,
  name: Schema.String,
  addedAt: Time
})
export type Passkey = typeof Passkey.Type

/** What an authenticator has to sign next, and for what purpose. Used once. */
export const Challenge = Schema.Struct({
  purpose: Schema.Literals(["addPasskey", "prove"]),
  value: Schema.String,
  expiresAt: Time
})
export type Challenge = typeof Challenge.Type

export const User = Schema.Struct({
  userId: UserIdSchema,
  /** Counts changes of this row: a change applies to the version that was read, or fails. */
  version: Schema.Int,
  /** In lower case; unique among users who are not closed. */
  email: Schema.String,
  name: Schema.String,
  status: Schema.Literals(userStatuses),
  kyc: Schema.Literals(kycLevels),
  roles: Schema.Array(Schema.Literals(roles)),
  /** Accounts in the venue. The first is the main account, the others are sub-accounts. */
  accounts: Schema.Array(
    Schema.Struct({
      accountId: Schema.Int.pipe(Schema.fromBrand("AccountId", AccountId)),
      label: Schema.String
    })
  ),
  /** PHC string: algorithm, parameters, salt and hash. */
  passwordHash: Schema.String,
  /** Strong enough to be used without a second factor. */
  passwordStandsAlone: Schema.Boolean,
  /** Counts changes of password and factors. Anything issued under an earlier count is void. */
  credentials: Schema.Int,
  /**
   * Sealed. `lastStep` is the newest time step whose code was used; all steps up to it are void.
   */
  totp: Schema.NullOr(
    Schema.Struct({ secret: Schema.String, confirmed: Schema.Boolean, lastStep: Schema.Int })
  ),
  /** Hashes of the remaining codes. */
  recoveryCodes: Schema.Array(Schema.String),
  passkeys: Schema.Array(Passkey),
  challenge: Schema.NullOr(Challenge),
  /** Sealed. Opens this user's part of the audit trail; deleted by erasure. */
  subjectKey: Schema.NullOr(Schema.String),
  createdAt: Time
})
export type User = typeof User.Type

export const endReasons = [
  "signedOut",
  "revoked",
  "replaced",
  "refreshReused",
  "passwordChanged",
  "emailChanged",
  "factorsChanged",
  "rightsChanged",
  "userClosed"
] as const
export type EndReason = (typeof endReasons)[number]

export const Session = Schema.Struct({
  sessionId: SessionIdSchema,
  userId: UserIdSchema,
  createdAt: Time,
  /** The absolute end of the session. */
  expiresAt: Time,
  /** Last refreshed. */
  refreshedAt: Time,
  /** When the person last proved their identity. */
  provenAt: Time,
  /** Whether that included a second factor. */
  factorAt: Schema.NullOr(Time),
  address: Schema.String,
  agent: Schema.String,
  endedAt: Schema.NullOr(Time),
  endReason: Schema.NullOr(Schema.Literals(endReasons))
})
export type Session = typeof Session.Type

/**
 * A key that signs access tokens from `signsFrom` until the next one does, and is published until
 * `publishedUntil`.
 */
export const SigningKey = Schema.Struct({
  keyId: Schema.String,
  algorithm: Schema.Literals(["EdDSA", "ES256"]),
  /** JWK as JSON. */
  publicKey: Schema.String,
  /** JWK as JSON, sealed. */
  privateKey: Schema.String,
  signsFrom: Time,
  publishedUntil: Time
})
export type SigningKey = typeof SigningKey.Type

/** An event before it has its place in the chain. */
export interface AuditDraft {
  readonly at: number
  /** For instance `signedIn`. */
  readonly kind: string
  /** The user concerned; null if unknown. */
  readonly subject: UserId | null
  /** Who did it, if it was someone else. */
  readonly actor: UserId | null
  /**
   * Details as JSON, sealed with the user's key: without the key nobody can read them, and the
   * chain still verifies.
   */
  readonly payload: string
}

export const AuditEntry = Schema.Struct({
  /** From 1, without gaps. */
  sequence: Schema.Int,
  at: Time,
  kind: Schema.String,
  subject: Schema.NullOr(UserIdSchema),
  actor: Schema.NullOr(UserIdSchema),
  payload: Schema.String,
  /** `AuditChain.auditHash` of the entry and the hash of the one before it, in hex. */
  hash: Schema.String
})
export type AuditEntry = typeof AuditEntry.Type
