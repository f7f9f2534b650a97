import { Clock, Effect } from "effect"
import type { Principal } from "../../Principal.ts"
import { goesOn } from "./lifetime.ts"
import type { SessionsContext } from "./SessionsContext.ts"

/** Lists the user's live sessions. */
export const list = ({ store }: SessionsContext, { userId }: Principal) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Effect.map(store.sessions(userId), (sessions) =>
      sessions.filter((session) => goesOn(session, now))
    )
  )
