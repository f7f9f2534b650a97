/** Caches the sessions this node knows, so that few requests read the store to authenticate. */
import type { SessionId, UserId } from "@pandora-exchange/core/IdentityRecords"
import {
  IdentityStore,
  type IdentityUnavailable,
  type SessionOfUser
} from "@pandora-exchange/core/ports/IdentityStore"
import { Cache, Effect, Exit, type Stream } from "effect"
import type { Claims } from "../../AccessTokens.ts"
import { type Changed, elapsedMs, follow } from "../changeFeed.ts"

/** Cached sessions are read again after this time in any case. */
const knownMs = 5 * 60_000
const usersKnownMax = 50_000
const sessionsOfUserKnownMax = 50

export interface KnownSessions {
  readonly find: (claims: Claims) => Effect.Effect<SessionOfUser | undefined, IdentityUnavailable>
  /** Forgets what is known of the user's sessions. */
  readonly recheck: (userId: UserId) => Effect.Effect<void>
  readonly changed: Stream.Stream<Changed>
}

export const knownSessions = Effect.fnUntraced(function* () {
  const store = yield* IdentityStore
  const readSession = Effect.fnUntraced(function* (sessionId: SessionId) {
    const readAt = yield* elapsedMs
    return { found: yield* store.session(sessionId), readAt }
  })
  /**
   * Grouped by user, so that everything known of one user, including reads under way, is forgotten
   * at once.
   */
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
  const find = Effect.fnUntraced(function* ({ sessionId, userId }: Claims) {
    const ofUser = yield* Cache.get(known, userId)
    const { found, readAt } = yield* Cache.get(ofUser, sessionId)
    // If it was forgotten during the read, the result may be older than the change.
    const isCurrent = (yield* Cache.get(known, userId)) === ofUser
    if (isCurrent && (yield* feed.isTrusted(readAt))) return found
    yield* Cache.invalidateWhen(ofUser, sessionId, (stored) => stored.readAt === readAt)
    return (yield* Cache.get(ofUser, sessionId)).found
  })
  const sessions: KnownSessions = {
    find,
    recheck: (userId) => feed.tell(new Set([userId])),
    changed: feed.changed
  }
  return sessions
})
