import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Clock, Effect } from "effect"
import type { PermissionMissing, TokenRefused } from "../../Errors.ts"
import type { Principal } from "../../Principal.ts"
import type { Unavailable } from "../../Sessions.ts"
import { ownUser, samePasskeys, takingNothing, untilWritten } from "../changing.ts"
import type { UsersContext } from "./UsersContext.ts"

interface Ending {
  readonly reason: "passwordChanged" | "emailChanged" | "userClosed"
  /** The session that survives, if any. */
  readonly except: Principal["sessionId"] | null
  readonly details: Readonly<Record<string, string>>
}

/** Writes the user and ends their sessions, because the basis for those has changed. */
export const writeEndingSessions = Effect.fnUntraced(function* (
  { audit, store }: UsersContext,
  user: User,
  { details, except, reason }: Ending
) {
  const at = yield* Clock.currentTimeMillis
  yield* samePasskeys(
    store.write({
      changes: [
        { _tag: "UpdateUser", user },
        { _tag: "EndSessions", userId: user.userId, except, reason, at }
      ],
      audit: [yield* audit.draft({ kind: reason, user, details })]
    })
  )
})

/** Decides on the principal's user as currently stored, and writes the result. */
export const updateOwn = <E>(
  { audit, recheck, store }: UsersContext,
  principal: Principal,
  kind: string,
  decide: (user: User) => Effect.Effect<User, E>
): Effect.Effect<User, E | TokenRefused | PermissionMissing | Unavailable> =>
  untilWritten(
    Effect.gen(function* () {
      const changed = yield* Effect.flatMap(ownUser(store, principal), decide)
      const entry = yield* audit.draft({ kind, user: changed })
      yield* takingNothing(
        store.write({ changes: [{ _tag: "UpdateUser", user: changed }], audit: [entry] })
      )
      return changed
    })
  ).pipe(Effect.tap(({ userId }) => recheck(userId))) as Effect.Effect<
    User,
    E | TokenRefused | PermissionMissing | Unavailable
  >
