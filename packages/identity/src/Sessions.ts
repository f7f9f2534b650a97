/**
 * Sessions: signing in and out, refreshing, stepping up, and authenticating access tokens.
 *
 * A session is a family of refresh tokens of which at most one is unused. Refreshing uses that
 * token up and returns its successor. Presenting a used token returns the same successor for as
 * long as that successor is unused, so several tabs and lost responses do no harm. If a token is
 * presented after its successor was used, it was copied, and nobody can tell which holder is the
 * owner: the whole family ends. Within `sameMomentMs` of its use it counts as a slow request of an
 * honest client, which fails with `RefreshedAlready`, receives nothing and ends nothing.
 */
import type { Refused } from "@pandora-exchange/contract/failure"
import type { Session, SessionId, UserId } from "@pandora-exchange/core/IdentityRecords"
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

/** Every node learns of a revocation within this time. */
export const revokedWithinMs = trustedMs
const signInsAtOnce = 4
const signInsWaitingMax = 500

/** The store, the rate limiter or the hashing pool is not responding. */
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
    /** Returns whose access token it is, unless the session has ended on this or another node. */
    readonly authenticate: (
      token: Redacted.Redacted
    ) => Effect.Effect<Principal, TokenRefused | IdentityUnavailable>
    /** The factors a proof requires; null if the password is enough. */
    readonly beginStepUp: (
      principal: Principal
    ) => Effect.Effect<FactorRequired | null, TokenRefused | PermissionMissing | Unavailable>
    /**
     * Replaces this session with one that has a fresh proof. Permissions never grow within a
     * session.
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
    /** The user's live sessions, newest first. */
    readonly list: (
      principal: Principal
    ) => Effect.Effect<ReadonlyArray<Session>, IdentityUnavailable>
    /** Ends one of the user's own sessions; ending the current one signs out. */
    readonly revoke: (
      principal: Principal,
      sessionId: SessionId
    ) => Effect.Effect<void, Refused<"UnknownSession"> | IdentityUnavailable>
    readonly revokeOthers: (
      principal: Principal
    ) => Effect.Effect<void, TokenRefused | PermissionMissing | Unavailable>
    /**
     * Makes this node forget what it knows of the user's sessions, because they or their
     * permissions changed. Other nodes find out within `revokedWithinMs`.
     */
    readonly recheck: (userId: UserId) => Effect.Effect<void>
    /**
     * Users whose sessions may have ended or whose permissions may have changed, on any node,
     * reported within `revokedWithinMs`. Anyone relying on an earlier `authenticate` must call it
     * again. `everybody` when the changes cannot be determined.
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
