/**
 * Sessions: signing in and out, refreshing, stepping up, and finding out whose token it is.
 *
 * A session is a family of refresh tokens, of which one at most is unused. Refreshing uses it up
 * and gives the next. A used one gives the same next one again while that is unused, so that
 * several tabs and lost answers end nothing. One that comes after its successor was used was
 * copied, and nobody can tell which of the two is the owner: the family ends. Within `sameMomentMs`
 * of its use it is taken for a slow request of an honest client: that is told `RefreshedAlready`,
 * gets nothing, and nothing ends.
 */
import type { Refused } from "@pandora-exchange/contract/failure"
import type { Session, SessionId, UserId } from "@pandora-exchange/core/Identity"
import type { IdentityStore, IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import type { RateLimiterUnavailable } from "@pandora-exchange/core/ports/RateLimiter"
import { Context, Effect, Layer, type Redacted, type Stream } from "effect"
import { AccessTokens } from "./AccessTokens.ts"
import type { Attempts } from "./Attempts.ts"
import type { Audit } from "./Audit.ts"
import type { Caller } from "./Caller.ts"
import type {
  Busy,
  FactorRefused,
  FactorRequired,
  PermissionMissing,
  RefreshedAlready,
  RefreshRefused,
  SignInRefused,
  TokenRefused,
  TooManyAttempts
} from "./Errors.ts"
import { type Changed, trustedMs } from "./internal/changeFeed.ts"
import { identityContext } from "./internal/IdentityContext.ts"
import { methodsOf } from "./internal/methodsOf.ts"
import { pool } from "./internal/pool.ts"
import { authenticate } from "./internal/sessions/authenticate.ts"
import { beginStepUp } from "./internal/sessions/beginStepUp.ts"
import { knownSessions } from "./internal/sessions/knownSessions.ts"
import { sessionIdleMs, sessionLifeMs } from "./internal/sessions/lifetime.ts"
import { list } from "./internal/sessions/list.ts"
import type { Tokens } from "./internal/sessions/newSession.ts"
import { refresh, sameMomentMs } from "./internal/sessions/refresh.ts"
import { revoke } from "./internal/sessions/revoke.ts"
import { revokeOthers } from "./internal/sessions/revokeOthers.ts"
import type { SessionsContext } from "./internal/sessions/SessionsContext.ts"
import { type SignIn, signIn } from "./internal/sessions/signIn.ts"
import { type StepUp, stepUp } from "./internal/sessions/stepUp.ts"
import type { Messages } from "./Messages.ts"
import { Passwords } from "./Passwords.ts"
import type { Principal } from "./Principal.ts"
import type { Secrets } from "./Secrets.ts"
import type { Settings } from "./Settings.ts"

export {
  type Changed,
  sameMomentMs,
  sessionIdleMs,
  sessionLifeMs,
  type SignIn,
  type StepUp,
  type Tokens
}

/** A revocation reaches every node within that. */
export const revokedWithinMs = trustedMs
const signInsAtOnce = 4
const signInsWaitingMax = 500

/** The store, the limiter or the pool of hashes does not answer now. */
export type Unavailable = IdentityUnavailable | RateLimiterUnavailable | Busy

export class Sessions extends Context.Service<
  Sessions,
  {
    readonly signIn: (
      request: SignIn
    ) => Effect.Effect<
      Tokens,
      SignInRefused | FactorRequired | FactorRefused | TooManyAttempts | Unavailable
    >
    readonly refresh: (
      token: Redacted.Redacted,
      caller: Caller
    ) => Effect.Effect<Tokens, RefreshRefused | RefreshedAlready | TooManyAttempts | Unavailable>
    /** Whose access token it is, unless the session has ended, here or on another node. */
    readonly authenticate: (
      token: Redacted.Redacted
    ) => Effect.Effect<Principal, TokenRefused | IdentityUnavailable>
    /** What a proof takes; null where it takes the password. */
    readonly beginStepUp: (
      principal: Principal
    ) => Effect.Effect<FactorRequired | null, TokenRefused | PermissionMissing | Unavailable>
    /**
     * A new session with a fresh proof instead of this one: permissions never grow in a session.
     */
    readonly stepUp: (
      principal: Principal,
      proof: StepUp,
      caller: Caller
    ) => Effect.Effect<
      Tokens,
      | SignInRefused
      | FactorRefused
      | TokenRefused
      | TooManyAttempts
      | PermissionMissing
      | Unavailable
    >
    /** Those of the user that go on, newest first. */
    readonly list: (
      principal: Principal
    ) => Effect.Effect<ReadonlyArray<Session>, IdentityUnavailable>
    /** One of the user's own; their current one, to sign out. */
    readonly revoke: (
      principal: Principal,
      sessionId: SessionId
    ) => Effect.Effect<void, Refused<"UnknownSession"> | IdentityUnavailable>
    readonly revokeOthers: (
      principal: Principal
    ) => Effect.Effect<void, TokenRefused | PermissionMissing | Unavailable>
    /**
     * This node forgets what it knows of the user's sessions: they or their permissions have
     * changed. Others find out within `revokedWithinMs`.
     */
    readonly recheck: (userId: UserId) => Effect.Effect<void>
    /**
     * Whose sessions may have ended, or whose permissions may have changed, on any node, within
     * `revokedWithinMs`: whoever acts on what `authenticate` said earlier asks again. `everybody`
     * when that cannot be found out.
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

const make = Effect.fnUntraced(function* () {
  const known = yield* knownSessions()
  const context: SessionsContext = {
    ...(yield* identityContext(known.recheck)),
    tokens: yield* AccessTokens,
    passwords: yield* Passwords,
    known,
    signIns: yield* pool({ atOnce: signInsAtOnce, waitingMax: signInsWaitingMax })
  }
  return Sessions.of({
    ...methodsOf(context, {
      signIn,
      refresh,
      authenticate,
      beginStepUp,
      stepUp,
      list,
      revoke,
      revokeOthers
    }),
    recheck: known.recheck,
    changed: known.changed
  })
})
