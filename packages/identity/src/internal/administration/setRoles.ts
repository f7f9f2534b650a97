import type { Role, UserId } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import { type Principal, require, requireFresh } from "../../Principal.ts"
import { userNamed } from "../changing.ts"
import { openMain } from "../openMain.ts"
import { act, onOthers, type StaffContext } from "./act.ts"

/** Sets another user's roles and ends their sessions. */
export const setRoles = Effect.fnUntraced(function* (
  context: StaffContext,
  actor: Principal,
  userId: UserId,
  roles: ReadonlyArray<Role>
) {
  yield* require(actor, "users:roles")
  yield* requireFresh(actor)
  yield* onOthers(actor, userId)
  yield* userNamed(context.store, userId)
  const opened = roles.includes("user") ? yield* openMain(context.accounts, userId) : []
  return yield* act(context, actor, userId, {
    kind: "rightsChanged",
    details: { roles },
    decide: (user) => ({
      ...user,
      roles: [...new Set(roles)],
      accounts: user.accounts.length > 0 ? user.accounts : opened
    })
  })
})
