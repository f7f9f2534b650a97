import { Clock, Effect, Redacted } from "effect"
import type { Attempts } from "../../Attempts.ts"
import type { Caller } from "../../Caller.ts"
import { RefreshedAlready, RefreshRefused } from "../../Errors.ts"
import { hashOf } from "../../Secrets.ts"
import { takingNothing, untilWritten } from "../changing.ts"
import { endSession } from "./endSession.ts"
import { isAlive } from "./lifetime.ts"
import { newRefreshToken, refreshPrefix, tokensOf } from "./newSession.ts"
import type { SessionsContext } from "./SessionsContext.ts"
import { openSuccessor, sealSuccessor } from "./successor.ts"

export const sameMomentMs = 5_000

/**
 * Uses up the refresh token and returns the session's next tokens. While those are unused the same
 * token returns them again, so two tabs of one browser, or a client that lost the response, can
 * continue.
 */
export const refresh = Effect.fn("Sessions.refresh")(function* (
  context: SessionsContext,
  token: Redacted.Redacted,
  caller: Caller
) {
  if (!Redacted.value(token).startsWith(refreshPrefix)) return yield* refused(context, caller)
  let counted = false
  /** Once per request, however often it is decided again. */
  const count: Attempts["Service"]["ofRefresh"] = (sessionId) =>
    Effect.suspend(() => {
      if (counted) return Effect.void
      counted = true
      return context.attempts.ofRefresh(sessionId)
    })
  return yield* untilWritten(rotated(context, token, caller, count))
})

/**
 * Only what an honest client never does counts against the address: others behind it have sessions
 * too.
 */
const refused = ({ attempts }: SessionsContext, { address }: Caller) =>
  Effect.andThen(attempts.from(address), Effect.fail(new RefreshRefused()))

const rotated = Effect.fnUntraced(function* (
  context: SessionsContext,
  token: Redacted.Redacted,
  caller: Caller,
  count: Attempts["Service"]["ofRefresh"]
) {
  const { messages, store } = context
  const hash = hashOf(token)
  const found = yield* store.refreshToken(hash)
  const now = yield* Clock.currentTimeMillis
  if (found === undefined) return yield* refused(context, caller)
  if (!isAlive(found, now)) return yield* new RefreshRefused()
  const { session, successor, usedAt, user } = found
  const { sessionId } = session
  if (usedAt !== null) {
    const given = successor === null ? undefined : openSuccessor(token, successor)
    if (given !== undefined && (yield* store.refreshToken(hashOf(given)))?.usedAt === null) {
      yield* count(sessionId)
      return yield* tokensOf(context, session, given)
    }
    if (Math.abs(now - usedAt) <= sameMomentMs) return yield* new RefreshedAlready()
    yield* endSession(context, user, sessionId, {
      reason: "refreshReused",
      details: { address: caller.address }
    })
    yield* messages.send(user.email, { kind: "sessionStolen" })
    return yield* refused(context, caller)
  }
  yield* count(sessionId)
  const next = yield* newRefreshToken
  const change = {
    _tag: "RotateRefresh",
    sessionId,
    hash,
    nextHash: hashOf(next),
    successor: yield* sealSuccessor(token, next),
    at: now
  } as const
  yield* takingNothing(store.write({ changes: [change], audit: [] }))
  return yield* tokensOf(context, session, next)
})
