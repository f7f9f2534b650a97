/**
 * Where users, sessions and the audit trail are stored.
 *
 * All changes go through `write`, which makes several of them in one step together with the audit
 * entries that describe them, or none. Each change states what it expects to find, so that of two
 * conflicting ones only one succeeds and the other is a `Conflict`. Every adapter passes
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
} from "../IdentityRecords.ts"

/** The data is no longer as it was read. Nothing was written: read again and decide again. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {}) {}

/** Another user who is not closed has this address. Nothing was written. */
export class EmailTaken extends Schema.TaggedError<EmailTaken>()("EmailTaken", {}) {}

/** Another user who is not closed has a passkey with this id. Nothing was written. */
export class PasskeyTaken extends Schema.TaggedError<PasskeyTaken>()("PasskeyTaken", {}) {}

/**
 * No answer arrived: the write may or may not have happened. Read to find out; repeating it is a
 * `Conflict` if it did.
 */
export class IdentityUnavailable extends Schema.TaggedError<IdentityUnavailable>()(
  "IdentityUnavailable",
  {
    cause: Schema.Defect()
  }
) {}

/** Applied in this order, all or none. */
export type Change =
  /** `EmailTaken` if the address is taken, `PasskeyTaken` if a passkey is; its version is 1. */
  | { readonly _tag: "InsertUser"; readonly user: User }
  /**
   * `Conflict` unless the stored version is `user.version`; stored with the next version.
   * `EmailTaken` if the address is taken, `PasskeyTaken` if a passkey is.
   */
  | { readonly _tag: "UpdateUser"; readonly user: User }
  /** `Conflict` unless the user's version is `userVersion`: no session begins on outdated data. */
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
      /** The next token, readable only by the holder of this one. */
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
  /** Ends all of the user's sessions except `except`; having none to end is fine. */
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
  /** The successor recorded when this token was used. */
  readonly successor: string | null
}

export class IdentityStore extends Context.Service<
  IdentityStore,
  {
    readonly user: (userId: UserId) => Effect.Effect<User | undefined, IdentityUnavailable>
    /** Only users who are not closed. */
    readonly userByEmail: (email: string) => Effect.Effect<User | undefined, IdentityUnavailable>
    /** Ordered by id. */
    readonly users: (page: {
      readonly after: UserId | null
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<User>, IdentityUnavailable>
    /** Including ended sessions. */
    readonly session: (
      sessionId: SessionId
    ) => Effect.Effect<SessionOfUser | undefined, IdentityUnavailable>
    /** Live sessions, newest first. */
    readonly sessions: (
      userId: UserId
    ) => Effect.Effect<ReadonlyArray<Session>, IdentityUnavailable>
    /** Including used tokens, for as long as their session is kept. */
    readonly refreshToken: (
      hash: string
    ) => Effect.Effect<RefreshToken | undefined, IdentityUnavailable>
    /** In the order in which they sign. */
    readonly signingKeys: Effect.Effect<ReadonlyArray<SigningKey>, IdentityUnavailable>
    /** The newest entry; a reader follows changes from there. */
    readonly lastAuditEntry: Effect.Effect<AuditEntry | undefined, IdentityUnavailable>
    /** In order. An entry becomes visible only when all before it are. */
    readonly auditEntries: (page: {
      readonly after: number
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<AuditEntry>, IdentityUnavailable>
    readonly write: (
      written: Written
    ) => Effect.Effect<void, Conflict | EmailTaken | PasskeyTaken | IdentityUnavailable>
    /**
     * Deletes sessions that expired before `time`, with their refresh tokens, and keys published
     * until then.
     */
    readonly forgetExpired: (time: number) => Effect.Effect<void, IdentityUnavailable>
  }
>()("@pandora-exchange/core/IdentityStore") {}
