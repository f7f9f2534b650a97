import { Refused } from "@pandora-exchange/contract/failure"
import type { SessionId } from "@pandora-exchange/core/IdentityRecords"
import { Conflict } from "@pandora-exchange/core/ports/IdentityStore"
import { Effect } from "effect"
import type { Principal } from "../../Principal.ts"
import { endSession } from "./endSession.ts"
import type { SessionsContext } from "./SessionsContext.ts"

/** Ends one of the user's sessions. Other users' sessions are treated as nonexistent. */
export const revoke = Effect.fn("Sessions.revoke")(function* (
  context: SessionsContext,
  { sessionId: own, userId }: Principal,
  sessionId: SessionId
) {
  const found = yield* context.store.session(sessionId)
  if (found === undefined || found.user.userId !== userId) return yield* noSuchSession()
  yield* endSession(context, found.user, sessionId, {
    reason: sessionId === own ? "signedOut" : "revoked"
  }).pipe(
    Effect.catchIf(
      (error) => error instanceof Conflict,
      () => Effect.fail(noSuchSession())
    )
  )
})

const noSuchSession = () => new Refused("UnknownSession")
