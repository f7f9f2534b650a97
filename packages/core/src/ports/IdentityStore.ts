/**
 * Where users, sessions and the audit trail are kept.
 *
 * All changes go through `write`, which makes several of them in one step, with the entries of the
 * audit trail that tell of them, or none. Each change says what it expects to find, so that of two
 * that exclude each other one is made and the other is a `Conflict`. Every adapter passes
 * `IdentityStoreSuite` of `@pandora-exchange/core/testing`.
 */
import { Context, type Effect, Schema } from "effect"
import type {
  AuditDraft,
  AuditEntry,
  EndReason,
  Session,
  SessionId,
  SigningKey,
  User,
  UserId
} from "../Identity.ts"

/**
 * What was to be changed is no longer as it was read. Nothing was written: read again, decide
 * again.
 */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {}) {}

/** Another user who is not closed has this address. Nothing was written. */
export class EmailTaken extends Schema.TaggedError<EmailTaken>()("EmailTaken", {}) {}

/** Another user who is not closed has a passkey with this id. Nothing was written. */
export class PasskeyTaken extends Schema.TaggedError<PasskeyTaken>()("PasskeyTaken", {}) {}

/**
 * No answer came: a write may or may not have been made. Read to find out; writing the same again
 * is a `Conflict` if it was.
 */
export class IdentityUnavailable extends Schema.TaggedError<IdentityUnavailable>()(
  "IdentityUnavailable",
  {
    cause: Schema.Defect()
  }
) {}

/** Made in this order, all or none. */
export type Change =
  /** `EmailTaken` where the address is, `PasskeyTaken` where a passkey is; its version is 1. */
  | { readonly _tag: "InsertUser"; readonly user: User }
  /**
   * `Conflict` unless the stored version is `user.version`; stored with the next version.
   * `EmailTaken` where the address is, `PasskeyTaken` where a passkey is.
   */
  | { readonly _tag: "UpdateUser"; readonly user: User }
  /**
   * `Conflict` unless the user's version is `userVersion`: no session begins on what is no longer
   * so.
   */
  | {
      readonly _tag: "InsertSession"
      readonly session: Session
      readonly userVersion: number
      readonly refreshHash: string
    }
  /** `Conflict` unless `hash` is an unused refresh token of this session, which has not ended. */
  | {
      readonly _tag: "RotateRefresh"
      readonly sessionId: SessionId
      readonly hash: string
      readonly nextHash: string
      /** The next token, which only whoever has this one can read. */
      readonly successor: string
      readonly at: number
    }
  /** `Conflict` unless it is a session of this user that has not ended. */
  | {
      readonly _tag: "EndSession"
      readonly sessionId: SessionId
      readonly userId: UserId
      readonly reason: EndReason
      readonly at: number
    }
  /** Ends all of the user's sessions but `except`; none is as good as many. */
  | {
      readonly _tag: "EndSessions"
      readonly userId: UserId
      readonly except: SessionId | null
      readonly reason: EndReason
      readonly at: number
    }
  | { readonly _tag: "InsertSigningKey"; readonly key: SigningKey }

export interface Written {
  readonly changes: ReadonlyArray<Change>
  readonly audit: ReadonlyArray<AuditDraft>
}

export interface SessionOfUser {
  readonly session: Session
  readonly user: User
}

export interface RefreshToken extends SessionOfUser {
  readonly usedAt: number | null
  /** As it was given when this one was used. */
  readonly successor: string | null
}

export class IdentityStore extends Context.Service<
  IdentityStore,
  {
    readonly user: (userId: UserId) => Effect.Effect<User | undefined, IdentityUnavailable>
    /** Of those who are not closed. */
    readonly userByEmail: (email: string) => Effect.Effect<User | undefined, IdentityUnavailable>
    /** In the order of their ids. */
    readonly users: (page: {
      readonly after: UserId | null
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<User>, IdentityUnavailable>
    /** Ended ones, too. */
    readonly session: (
      sessionId: SessionId
    ) => Effect.Effect<SessionOfUser | undefined, IdentityUnavailable>
    /** Those that have not ended, newest first. */
    readonly sessions: (
      userId: UserId
    ) => Effect.Effect<ReadonlyArray<Session>, IdentityUnavailable>
    /** Used ones, too, for as long as their session is kept. */
    readonly refreshToken: (
      hash: string
    ) => Effect.Effect<RefreshToken | undefined, IdentityUnavailable>
    /** In the order in which they sign. */
    readonly signingKeys: Effect.Effect<ReadonlyArray<SigningKey>, IdentityUnavailable>
    /** The newest entry; from it on, a reader follows what changes. */
    readonly lastAuditEntry: Effect.Effect<AuditEntry | undefined, IdentityUnavailable>
    /** In their order. An entry is seen only when all before it are. */
    readonly auditEntries: (page: {
      readonly after: number
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<AuditEntry>, IdentityUnavailable>
    readonly write: (
      written: Written
    ) => Effect.Effect<void, Conflict | EmailTaken | PasskeyTaken | IdentityUnavailable>
    /**
     * Removes sessions that expired before `time`, with their refresh tokens, and keys published
     * until then.
     */
    readonly forgetExpired: (time: number) => Effect.Effect<void, IdentityUnavailable>
  }
>()("@pandora-exchange/core/IdentityStore") {}
