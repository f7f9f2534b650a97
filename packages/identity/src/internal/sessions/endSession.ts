import type { EndReason, SessionId, User } from "@pandora-exchange/core/IdentityRecords"
import { Clock, Effect } from "effect"
import { takingNothing } from "../changing.ts"
import type { SessionsContext } from "./SessionsContext.ts"

export const endSession = Effect.fnUntraced(function* (
  { audit, recheck, store }: SessionsContext,
  user: User,
  sessionId: SessionId,
  {
    details = {},
    reason
  }: { readonly reason: EndReason; readonly details?: Readonly<Record<string, string>> }
) {
  const at = yield* Clock.currentTimeMillis
  yield* takingNothing(
    store.write({
      changes: [{ _tag: "EndSession", sessionId, userId: user.userId, reason, at }],
      audit: [yield* audit.draft({ kind: reason, user, details: { sessionId, ...details } })]
    })
  )
  yield* recheck(user.userId)
})
