import { Refused } from "@pandora-exchange/contract/failure"
import type { UserId } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import { type Principal, require } from "../../Principal.ts"
import { act, onOthers, type StaffContext } from "./act.ts"

/** Freezes or unfreezes a user. */
export const setFrozen = Effect.fnUntraced(function* (
  context: StaffContext,
  actor: Principal,
  userId: UserId,
  frozen: boolean
) {
  yield* require(actor, "users:freeze")
  yield* onOthers(actor, userId)
  return yield* act(context, actor, userId, {
    kind: frozen ? "frozen" : "unfrozen",
    details: {},
    // Otherwise staff who may freeze could lock out those who grant roles.
    decide: (user) =>
      user.roles.includes("superadmin") && !actor.permissions.includes("users:roles")
        ? new Refused("RightsAbove")
        : { ...user, status: frozen ? "frozen" : "active" }
  })
})
