import { Refused } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import { emailOf } from "../../Email.ts"
import { insertUser, type NewUser } from "./insertUser.ts"
import type { UsersContext } from "./UsersContext.ts"

/** Inserts a user whose address the operator vouches for. */
export const create = Effect.fn("Users.create")(function* (context: UsersContext, user: NewUser) {
  const email = emailOf(user.email)
  if (email === undefined) return yield* new Refused("MalformedEmail")
  return yield* insertUser(context, { ...user, email })
})
