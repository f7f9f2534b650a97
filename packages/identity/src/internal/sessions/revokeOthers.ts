import { Clock, Effect } from "effect"
import type { Principal } from "../../Principal.ts"
import { ownUser, takingNothing, untilWritten } from "../changing.ts"
import type { SessionsContext } from "./SessionsContext.ts"

/** Ends all of the user's sessions except the current one. */
export const revokeOthers = Effect.fn("Sessions.revokeOthers")(function* (
  { audit, recheck, store }: SessionsContext,
  principal: Principal
) {
  const { sessionId, userId } = principal
  const user = yield* ownUser(store, principal)
  const at = yield* Clock.currentTimeMillis
  const entry = yield* audit.draft({ kind: "revoked", user, details: { all: true } })
  yield* untilWritten(
    takingNothing(
      store.write({
        changes: [{ _tag: "EndSessions", userId, except: sessionId, reason: "revoked", at }],
        audit: [entry]
      })
    )
  )
  yield* recheck(userId)
})
