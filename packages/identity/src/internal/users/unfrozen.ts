import { Refused } from "@pandora-exchange/contract/failure"
import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import type { Principal } from "../../Principal.ts"
import { ownUser } from "../changing.ts"
import type { UsersContext } from "./UsersContext.ts"

/**
 * Refuses a frozen user. Frozen users may still look, and secure their account with a new password,
 * a factor, or by ending sessions.
 */
export const unlessFrozen = (user: User): Effect.Effect<User, Refused<"AccountFrozen">> =>
  user.status === "frozen" ? Effect.fail(new Refused("AccountFrozen")) : Effect.succeed(user)

/** The principal's user, unless frozen. */
export const ownUnfrozen = ({ store }: UsersContext, principal: Principal) =>
  Effect.flatMap(ownUser(store, principal), unlessFrozen)
