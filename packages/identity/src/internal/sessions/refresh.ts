import { Clock, Effect, Redacted } from "effect"
import type { Caller } from "../../Caller.ts"
import { RefreshedAlready, RefreshRefused } from "../../Errors.ts"
import { hashOf } from "../../Secrets.ts"
import { takingNothing, untilWritten } from "../changing.ts"
import { endSession } from "./endSession.ts"
import { isAlive } from "./lifetime.ts"
import { newRefreshToken, refreshPrefix, tokensOf } from "./newSession.ts"
import type { SessionsContext } from "./SessionsContext.ts"

export const sameMomentMs = 5_000

/** Uses the refresh token up and gives the next tokens of the session. */
export const refresh = Effect.fn("Sessions.refresh")(function* (
  context: SessionsContext,
  token: Redacted.Redacted,
  caller: Caller
) {
  if (!Redacted.value(token).startsWith(refreshPrefix)) return yield* refused(context, caller)
  return yield* untilWritten(rotated(context, hashOf(token), caller))
})

/**
 * Only what no honest client does counts for the address: others behind it have their sessions,
 * too.
 */
const refused = ({ attempts }: SessionsContext, { address }: Caller) =>
  Effect.andThen(attempts.from(address), Effect.fail(new RefreshRefused()))

const rotated = Effect.fnUntraced(function* (
  context: SessionsContext,
  hash: string,
  caller: Caller
) {
  const { attempts, messages, store } = context
  const found = yield* store.refreshToken(hash)
  const now = yield* Clock.currentTimeMillis
  if (found === undefined) return yield* refused(context, caller)
  if (!isAlive(found, now)) return yield* new RefreshRefused()
  const { session, usedAt, user } = found
  const { sessionId } = session
  if (usedAt !== null) {
    if (Math.abs(now - usedAt) <= sameMomentMs) return yield* new RefreshedAlready()
    yield* endSession(context, user, sessionId, {
      reason: "refreshReused",
      details: { address: caller.address }
    })
    yield* messages.send(user.email, { kind: "sessionStolen" })
    return yield* refused(context, caller)
  }
  yield* attempts.ofRefresh(sessionId)
  const next = yield* newRefreshToken
  const change = {
    _tag: "RotateRefresh",
    sessionId,
    hash,
    nextHash: hashOf(next),
    at: now
  } as const
  yield* takingNothing(store.write({ changes: [change], audit: [] }))
  return yield* tokensOf(context, session, next)
})
