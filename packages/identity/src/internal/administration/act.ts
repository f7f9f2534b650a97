/** Staff actions on a user, each recorded in the audit trail with who did it. */
import { Refused } from "@pandora-exchange/contract/failure"
import type { CodeOf } from "@pandora-exchange/contract/failures"
import type { User, UserId } from "@pandora-exchange/core/IdentityRecords"
import type { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Effect } from "effect"
import type { Audit, Details } from "../../Audit.ts"
import type { Principal } from "../../Principal.ts"
import type { VenueAccounts } from "../../VenueAccounts.ts"
import { takingNothing, untilWritten, userNamed } from "../changing.ts"
import type { IdentityContext } from "../IdentityContext.ts"

/** What the actions of `Administration` work with. */
export interface StaffContext extends Pick<IdentityContext, "recheck"> {
  readonly store: IdentityStore["Service"]
  readonly audit: Audit["Service"]
  readonly accounts: VenueAccounts["Service"]
}

export interface Act<C extends CodeOf<"Refused">> {
  readonly kind: "frozen" | "unfrozen" | "kycDecided" | "rightsChanged"
  readonly details: Details
  readonly decide: (user: User) => User | Refused<C>
}

/** Refuses staff acting on themselves. */
export const onOthers = (
  actor: Principal,
  userId: UserId
): Effect.Effect<void, Refused<"OwnRights">> =>
  userId === actor.userId ? Effect.fail(new Refused("OwnRights")) : Effect.void

/** Decides on the user as currently stored, writes the result, and returns the changed user. */
export const act = Effect.fnUntraced(function* <C extends CodeOf<"Refused"> = never>(
  context: StaffContext,
  actor: Principal,
  userId: UserId,
  act: Act<C>
) {
  const changed = yield* untilWritten(written(context, actor, userId, act))
  yield* context.recheck(userId)
  return changed
})

const written = Effect.fnUntraced(function* <C extends CodeOf<"Refused">>(
  { audit, store }: StaffContext,
  actor: Principal,
  userId: UserId,
  { decide, details, kind }: Act<C>
) {
  const decided = decide(yield* userNamed(store, userId))
  if (decided instanceof Refused) return yield* decided
  const at = yield* Clock.currentTimeMillis
  yield* takingNothing(
    store.write({
      changes: [
        { _tag: "UpdateUser", user: decided },
        ...(kind === "rightsChanged"
          ? [{ _tag: "EndSessions", userId, except: null, reason: kind, at } as const]
          : [])
      ],
      audit: [yield* audit.draft({ kind, user: decided, actor: actor.userId, details })]
    })
  )
  const changed: User = { ...decided, version: decided.version + 1 }
  return changed
})
