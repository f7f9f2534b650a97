import { Clock, Effect, type Redacted } from "effect"
import { TokenRefused } from "../../Errors.ts"
import { principalOf } from "../../Principal.ts"
import { isAlive } from "./lifetime.ts"
import type { SessionsContext } from "./SessionsContext.ts"

/** Finds the principal of an access token whose session is alive. */
export const authenticate = Effect.fnUntraced(function* (
  { known, tokens }: SessionsContext,
  token: Redacted.Redacted
) {
  const claims = yield* tokens.verify(token)
  const found = yield* known.find(claims)
  const now = yield* Clock.currentTimeMillis
  if (found === undefined || found.user.userId !== claims.userId || !isAlive(found, now)) {
    return yield* new TokenRefused()
  }
  return principalOf(found.user, found.session)
})
