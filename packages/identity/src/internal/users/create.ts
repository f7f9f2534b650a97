import { Effect } from "effect"
import { emailGiven } from "./emailGiven.ts"
import { insertUser, type NewUser } from "./insertUser.ts"
import type { UsersContext } from "./UsersContext.ts"

/** Inserts a user whose address the operator vouches for. */
export const create = Effect.fn("Users.create")(function* (context: UsersContext, user: NewUser) {
  return yield* insertUser(context, { ...user, email: yield* emailGiven(user.email) })
})
