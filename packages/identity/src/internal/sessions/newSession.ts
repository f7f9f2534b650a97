/** What starts and continues a session. */
import { type Session, SessionId, type User } from "@pandora-exchange/core/IdentityRecords"
import { Clock, Effect, Redacted } from "effect"
import type { AccessToken } from "../../AccessTokens.ts"
import { type Caller, kept } from "../../Caller.ts"
import * as Randomness from "../../Randomness.ts"
import { hashOf } from "../../Secrets.ts"
import { sessionLifeMs } from "./lifetime.ts"
import type { SessionsContext } from "./SessionsContext.ts"

/** The session's tokens. Both are shown once. */
export interface Tokens {
  readonly sessionId: SessionId
  readonly access: AccessToken
  readonly refresh: Redacted.Redacted
}

export const refreshPrefix = "pdr_"

export const newRefreshToken = Effect.map(Randomness.text(32), (text) =>
  Redacted.make(`${refreshPrefix}${text}`)
)

export const tokensOf = Effect.fnUntraced(function* (
  { tokens }: SessionsContext,
  { expiresAt, sessionId, userId }: Session,
  refresh: Redacted.Redacted
) {
  const issued: Tokens = {
    sessionId,
    access: yield* tokens.issue({ sessionId, userId }, expiresAt),
    refresh
  }
  return issued
})

/** The change that starts a session for the user as of `version`. */
export const newSession = Effect.fnUntraced(function* (
  user: User,
  caller: Caller,
  { userVersion, withFactor }: { readonly withFactor: boolean; readonly userVersion: number }
) {
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
  const change = {
    _tag: "InsertSession",
    session,
    userVersion,
    refreshHash: hashOf(refresh)
  } as const
  return { change, refresh, session }
})
