/**
 * Sessions: signing in and out, refreshing, stepping up, and finding out whose token it is.
 *
 * A session is a family of refresh tokens, of which one at most is alive. Refreshing uses it up and gives the next. One that
 * comes a second time was copied, and nobody can tell which of the two is the owner: the family ends. Within
 * `sameMomentMs` it is taken for two requests of one honest client: the second is told `RefreshedAlready`, gets nothing, and
 * nothing ends.
 */
import { type EndReason, type Session, SessionId, type User, type UserId } from "@pandora-exchange/core/Identity"
import {
  Conflict,
  IdentityStore,
  type IdentityUnavailable,
  type SessionOfUser
} from "@pandora-exchange/core/ports/IdentityStore"
import type { RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import { Cache, Clock, Context, Effect, Exit, Layer, Redacted, type Stream } from "effect"
import { type AccessToken, AccessTokens, type Claims } from "./AccessTokens.ts"
import { Attempts } from "./Attempts.ts"
import { Audit } from "./Audit.ts"
import { type Caller, kept } from "./Caller.ts"
import { emailOf } from "./Email.ts"
import type { FactorRefused, FactorRequired } from "./Errors.ts"
import {
  type Busy,
  NotPossible,
  type PermissionMissing,
  RefreshedAlready,
  RefreshRefused,
  SignInRefused,
  TokenRefused,
  type TooManyAttempts
} from "./Errors.ts"
import { challenged } from "./internal/challenging.ts"
import { type Changed, elapsedMs, follow, trustedMs } from "./internal/changeFeed.ts"
import { networkOf } from "./internal/networkOf.ts"
import { pool } from "./internal/pool.ts"
import { ownUser, sameAddress, untilWritten } from "./internal/changing.ts"
import { Messages } from "./Messages.ts"
import { Passwords } from "./Passwords.ts"
import { type Principal, principalOf } from "./Principal.ts"
import * as Proofs from "./Proofs.ts"
import * as Randomness from "./Randomness.ts"
import type { Secrets } from "./Secrets.ts"
import { hashOf } from "./Secrets.ts"
import type { Settings } from "./Settings.ts"

/** A session ends after that, whatever happens. */
export const sessionLifeMs = 30 * 86_400_000
/** And after that without a refresh. */
export const sessionIdleMs = 7 * 86_400_000
export const sameMomentMs = 5_000
/** A revocation reaches every node within that. */
export const revokedWithinMs = trustedMs
/** What a node knows of sessions, it reads again after that in any case. */
const knownMs = 5 * 60_000
/** A sign-in reads and writes much: more of them at once would keep all that others ask of the store waiting. */
const signInsAtOnce = 4
const signInsWaitingMax = 500
const usersKnownMax = 50_000
const sessionsOfUserKnownMax = 50

export type { Changed }

export interface SignIn {
  readonly email: string
  readonly password: Redacted.Redacted
  /** With a second factor, when there is one. */
  readonly proof?: Proofs.Proof | undefined
  readonly caller: Caller
}

/** What a session is used with. Both are shown once. */
export interface Tokens {
  readonly sessionId: SessionId
  readonly access: AccessToken
  readonly refresh: Redacted.Redacted
}

export type StepUp =
  /** Only for those who have no second factor. */
  { readonly _tag: "Password"; readonly password: Redacted.Redacted } | Proofs.Proof

/** The store, the limiter or the pool of hashes does not answer now. */
export type Unavailable = IdentityUnavailable | RateLimiterUnavailable | Busy

export class Sessions extends Context.Service<
  Sessions,
  {
    readonly signIn: (
      request: SignIn
    ) => Effect.Effect<Tokens, SignInRefused | FactorRequired | FactorRefused | TooManyAttempts | Unavailable>
    readonly refresh: (
      token: Redacted.Redacted,
      caller: Caller
    ) => Effect.Effect<Tokens, RefreshRefused | RefreshedAlready | TooManyAttempts | Unavailable>
    /** Whose access token it is, unless the session has ended, here or on another node. */
    readonly authenticate: (token: Redacted.Redacted) => Effect.Effect<Principal, TokenRefused | IdentityUnavailable>
    /** What a proof takes; null where it takes the password. */
    readonly beginStepUp: (
      principal: Principal
    ) => Effect.Effect<FactorRequired | null, NotPossible | PermissionMissing | Unavailable>
    /** A new session with a fresh proof instead of this one: rights never grow in a session. */
    readonly stepUp: (
      principal: Principal,
      proof: StepUp,
      caller: Caller
    ) => Effect.Effect<
      Tokens,
      SignInRefused | FactorRefused | TokenRefused | TooManyAttempts | NotPossible | PermissionMissing | Unavailable
    >
    /** Those of the user that go on, newest first. */
    readonly list: (principal: Principal) => Effect.Effect<ReadonlyArray<Session>, IdentityUnavailable>
    /** One of the user's own; their current one, to sign out. */
    readonly revoke: (
      principal: Principal,
      sessionId: SessionId
    ) => Effect.Effect<void, NotPossible | IdentityUnavailable>
    readonly revokeOthers: (principal: Principal) => Effect.Effect<void, NotPossible | PermissionMissing | Unavailable>
    /** This node forgets what it knows of the user's sessions: they or their rights have changed. Others find out within `revokedWithinMs`. */
    readonly recheck: (userId: UserId) => Effect.Effect<void>
    /**
     * Whose sessions may have ended, or whose rights may have changed, on any node, within `revokedWithinMs`: whoever acts on what
     * `authenticate` said earlier asks again. `everybody` when that cannot be found out.
     */
    readonly changed: Stream.Stream<Changed>
  }
>()("@pandora-exchange/identity/Sessions") {
  static readonly layer: Layer.Layer<
    Sessions,
    never,
    AccessTokens | Attempts | Audit | IdentityStore | Messages | Passwords | Secrets | Settings
  > = Layer.effect(
    Sessions,
    Effect.suspend(() => make())
  )
}

const refreshPrefix = "pdr_"
const nobody = "usr_nobody" as UserId

const goesOn = ({ endedAt, expiresAt, refreshedAt }: Session, now: number): boolean =>
  endedAt === null && expiresAt > now && refreshedAt + sessionIdleMs > now

const make = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const tokens = yield* AccessTokens
  const attempts = yield* Attempts
  const audit = yield* Audit
  const messages = yield* Messages
  const passwords = yield* Passwords
  const fewAtOnce = yield* pool({ atOnce: signInsAtOnce, waitingMax: signInsWaitingMax })
  const context = yield* Effect.context<IdentityStore | Secrets | Settings>()

  const readSession = Effect.fnUntraced(function* (sessionId: SessionId) {
    const readAt = yield* elapsedMs
    return { found: yield* store.session(sessionId), readAt }
  })

  /** By user, so that all that is known of one is forgotten at once, with what is being read. */
  const known = yield* Cache.make({
    capacity: usersKnownMax,
    lookup: (_: UserId) =>
      Cache.makeWith(readSession, {
        capacity: sessionsOfUserKnownMax,
        timeToLive: (exit) => (Exit.isSuccess(exit) ? knownMs : 0)
      })
  })
  const feed = yield* follow((changed) =>
    changed === "everybody"
      ? Cache.invalidateAll(known)
      : Effect.forEach(changed, (userId) => Cache.invalidate(known, userId), { discard: true })
  )
  const recheck = (userId: UserId) => feed.tell(new Set([userId]))

  const sessionNamed = Effect.fnUntraced(function* ({ sessionId, userId }: Claims) {
    const ofUser = yield* Cache.get(known, userId)
    const { found, readAt } = yield* Cache.get(ofUser, sessionId)
    // What was forgotten while it was being read may be older than the change.
    const isCurrent = (yield* Cache.get(known, userId)) === ofUser
    if (isCurrent && (yield* feed.isTrusted(readAt))) return found
    yield* Cache.invalidateWhen(ofUser, sessionId, (stored) => stored.readAt === readAt)
    return (yield* Cache.get(ofUser, sessionId)).found
  })

  const isAlive = ({ session, user }: SessionOfUser, now: number): boolean =>
    goesOn(session, now) && user.status !== "closed"

  const authenticate: Sessions["Service"]["authenticate"] = Effect.fnUntraced(function* (token) {
    const claims = yield* tokens.verify(token)
    const found = yield* sessionNamed(claims)
    const now = yield* Clock.currentTimeMillis
    if (found === undefined || found.user.userId !== claims.userId || !isAlive(found, now)) {
      return yield* new TokenRefused()
    }
    return principalOf(found.user, found.session)
  })

  const newRefreshToken = Effect.map(Randomness.text(32), (text) => Redacted.make(`${refreshPrefix}${text}`))

  const tokensOf = Effect.fnUntraced(function* ({ expiresAt, sessionId, userId }: Session, refresh: Redacted.Redacted) {
    const issued: Tokens = { sessionId, access: yield* tokens.issue({ sessionId, userId }, expiresAt), refresh }
    return issued
  })

  /** The change that begins a session of the user as `version` has them. */
  const begin = Effect.fnUntraced(function* (user: User, caller: Caller, withFactor: boolean, userVersion: number) {
    const now = yield* Clock.currentTimeMillis
    const refresh = yield* newRefreshToken
    const session: Session = {
      sessionId: SessionId(`ses_${yield* Randomness.text(16)}`),
      userId: user.userId,
      createdAt: now,
      expiresAt: now + sessionLifeMs,
      refreshedAt: now,
      provenAt: now,
      factorAt: withFactor ? now : null,
      ...kept(caller),
      endedAt: null,
      endReason: null
    }
    const change = { _tag: "InsertSession", session, userVersion, refreshHash: hashOf(refresh) } as const
    return { change, refresh, session }
  })

  const refuse = Effect.fnUntraced(function* (user: User | undefined, caller: Caller) {
    yield* audit.record({ kind: "signInRefused", user, details: { address: caller.address } })
    return yield* new SignInRefused()
  })

  const signInOfFew = Effect.fnUntraced(function* ({ caller, email: typed, password, proof }: SignIn) {
    const email = emailOf(typed) ?? ""
    const user = yield* store.userByEmail(email)
    // Whether there is such a user or not, the same is read, counted, hashed and written.
    const sessions = yield* store.sessions(user?.userId ?? nobody)
    const now = yield* Clock.currentTimeMillis
    const network = networkOf(caller.address)
    const nearby = sessions.filter(({ address }) => networkOf(address) === network)
    const trusted = nearby.some((session) => goesOn(session, now))
    const allowed = yield* attempts.ofPassword({ email, address: caller.address, trusted })
    const matches = yield* passwords.verify(user?.passwordHash, password)
    if (user === undefined || !matches || !allowed) return yield* refuse(user, caller)

    const raised = passwords.isOutdated(user.passwordHash) ? yield* passwords.hash(password) : undefined
    if (Proofs.hasFactor(user)) {
      if (proof === undefined) return yield* yield* untilWritten(required(user))
      yield* attempts.ofFactor(user.userId)
    }
    const given = yield* untilWritten(enter(user, raised, proof, caller))
    yield* attempts.forgive(user, caller.address)
    // What a client says it is can be copied, and a network has many people in it: only both together are a device that is known.
    const isKnown = nearby.some(({ agent, expiresAt }) => agent === kept(caller).agent && expiresAt > now)
    if (!isKnown) yield* messages.send(user.email, { kind: "newDevice", caller: kept(caller) })
    return yield* tokensOf(given.session, given.refresh)
  })

  const signIn: Sessions["Service"]["signIn"] = Effect.fn("Sessions.signIn")(function* (request) {
    yield* attempts.from(request.caller.address)
    return yield* fewAtOnce(signInOfFew(request))
  })

  /** The second half, once the password is known to be right: decided on the row as it is now. */
  const enter = Effect.fnUntraced(function* (
    seen: User,
    raised: string | undefined,
    proof: Proofs.Proof | undefined,
    caller: Caller
  ) {
    const user = yield* store.user(seen.userId)
    if (user === undefined || user.status === "closed" || user.passwordHash !== seen.passwordHash) {
      return yield* new SignInRefused()
    }
    const withFactor = Proofs.hasFactor(user)
    if (withFactor && proof === undefined) return yield* yield* challenged(user)
    const proven = withFactor ? yield* proved(user, proof!, caller) : user
    const changed = raised === undefined ? proven : { ...proven, passwordHash: raised }
    const begun = yield* begin(user, caller, withFactor, user.version + (changed === user ? 0 : 1))
    const details = { address: caller.address, agent: begun.session.agent, factor: proof?._tag ?? "none" }
    yield* sameAddress(
      store.write({
        changes: [...(changed === user ? [] : [{ _tag: "UpdateUser", user: changed } as const]), begun.change],
        audit: [yield* audit.draft({ kind: "signedIn", user, details })]
      })
    )
    return begun
  }, Effect.provide(context))

  const proved = (user: User, proof: Proofs.Proof, caller: Caller) =>
    Effect.tapError(Proofs.prove(user, proof), (error) =>
      error._tag === "FactorRefused"
        ? audit.record({ kind: "factorRefused", user, details: { address: caller.address, factor: proof._tag } })
        : Effect.void
    )

  /** Decided on the row as it is now, as `enter` is. */
  const required = Effect.fnUntraced(function* (seen: User) {
    const user = yield* store.user(seen.userId)
    return user === undefined || user.passwordHash !== seen.passwordHash ? new SignInRefused() : yield* challenged(user)
  }, Effect.provide(context))

  const refresh: Sessions["Service"]["refresh"] = Effect.fn("Sessions.refresh")(function* (token, caller) {
    if (!Redacted.value(token).startsWith(refreshPrefix)) return yield* refuseRefresh(caller)
    return yield* untilWritten(rotated(hashOf(token), caller))
  })

  /** Only what no honest client does counts for the address: others behind it have their sessions, too. */
  const refuseRefresh = ({ address }: Caller) =>
    Effect.andThen(attempts.from(address), Effect.fail(new RefreshRefused()))

  const rotated = Effect.fnUntraced(function* (hash: string, caller: Caller) {
    const found = yield* store.refreshToken(hash)
    const now = yield* Clock.currentTimeMillis
    if (found === undefined) return yield* refuseRefresh(caller)
    if (!isAlive(found, now)) return yield* new RefreshRefused()
    const { session, usedAt, user } = found
    const { sessionId } = session
    if (usedAt !== null) {
      if (Math.abs(now - usedAt) <= sameMomentMs) return yield* new RefreshedAlready()
      yield* end(user, sessionId, "refreshReused", { address: caller.address })
      yield* messages.send(user.email, { kind: "sessionStolen" })
      return yield* refuseRefresh(caller)
    }
    yield* attempts.ofRefresh(sessionId)
    const next = yield* newRefreshToken
    const change = { _tag: "RotateRefresh", sessionId, hash, nextHash: hashOf(next), at: now } as const
    yield* sameAddress(store.write({ changes: [change], audit: [] }))
    return yield* tokensOf(session, next)
  })

  const end = Effect.fnUntraced(function* (
    user: User,
    sessionId: SessionId,
    reason: EndReason,
    details: Readonly<Record<string, string>>
  ) {
    const at = yield* Clock.currentTimeMillis
    yield* sameAddress(
      store.write({
        changes: [{ _tag: "EndSession", sessionId, userId: user.userId, reason, at }],
        audit: [yield* audit.draft({ kind: reason, user, details: { sessionId, ...details } })]
      })
    )
    yield* recheck(user.userId)
  })

  const beginStepUp: Sessions["Service"]["beginStepUp"] = (principal) =>
    untilWritten(
      Effect.flatMap(ownUser(principal), (user) => (Proofs.hasFactor(user) ? challenged(user) : Effect.succeed(null)))
    ).pipe(Effect.provide(context))

  const stepUp: Sessions["Service"]["stepUp"] = Effect.fn("Sessions.stepUp")(function* (principal, proof, caller) {
    yield* attempts.from(caller.address)
    const seen = yield* ownUser(principal)
    yield* attempts.ofFactor(seen.userId)
    if (proof._tag === "Password") {
      const matches = yield* passwords.verify(seen.passwordHash, proof.password)
      if (!matches || Proofs.hasFactor(seen)) return yield* refuse(seen, caller)
    }
    const given = yield* untilWritten(replaced(principal, seen.passwordHash, proof, caller))
    yield* recheck(principal.userId)
    return yield* tokensOf(given.session, given.refresh)
  }, Effect.provide(context))

  const replaced = Effect.fnUntraced(function* (
    { sessionId, userId }: Principal,
    passwordHash: string,
    proof: StepUp,
    caller: Caller
  ) {
    const found = yield* store.session(sessionId)
    const at = yield* Clock.currentTimeMillis
    if (found === undefined || !isAlive(found, at)) return yield* new TokenRefused()
    const { user } = found
    const byPassword = proof._tag === "Password"
    if (byPassword && (user.passwordHash !== passwordHash || Proofs.hasFactor(user))) return yield* new SignInRefused()
    const proven = byPassword ? user : yield* proved(user, proof, caller)
    const begun = yield* begin(user, caller, !byPassword, user.version + (proven === user ? 0 : 1))
    const session: Session = { ...begun.session, expiresAt: found.session.expiresAt }
    yield* sameAddress(
      store.write({
        changes: [
          ...(proven === user ? [] : [{ _tag: "UpdateUser", user: proven } as const]),
          { _tag: "EndSession", sessionId, userId, reason: "replaced", at },
          { ...begun.change, session }
        ],
        audit: [yield* audit.draft({ kind: "steppedUp", user, details: { factor: proof._tag } })]
      })
    )
    return begun
  })

  const noSuchSession = () => new NotPossible({ problem: "NoSuchSession" })

  return Sessions.of({
    signIn,
    refresh,
    authenticate,
    beginStepUp,
    stepUp,
    list: ({ userId }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.map(store.sessions(userId), (sessions) => sessions.filter((session) => goesOn(session, now)))
      ),
    revoke: Effect.fn("Sessions.revoke")(function* ({ sessionId: own, userId }, sessionId) {
      const found = yield* store.session(sessionId)
      if (found === undefined || found.user.userId !== userId) return yield* noSuchSession()
      yield* end(found.user, sessionId, sessionId === own ? "signedOut" : "revoked", {}).pipe(
        Effect.catchIf(
          (error) => error instanceof Conflict,
          () => Effect.fail(noSuchSession())
        )
      )
    }),
    revokeOthers: Effect.fn("Sessions.revokeOthers")(function* (principal) {
      const { sessionId, userId } = principal
      const user = yield* ownUser(principal)
      const at = yield* Clock.currentTimeMillis
      const entry = yield* audit.draft({ kind: "revoked", user, details: { all: true } })
      yield* untilWritten(
        sameAddress(
          store.write({
            changes: [{ _tag: "EndSessions", userId, except: sessionId, reason: "revoked", at }],
            audit: [entry]
          })
        )
      )
      yield* recheck(userId)
    }, Effect.provide(context)),
    recheck,
    changed: feed.changed
  })
})
