import { Effect } from "effect"
import type { Caller } from "../../Caller.ts"
import { emailGiven } from "./emailGiven.ts"
import { newLink } from "./links.ts"
import type { UsersContext } from "./UsersContext.ts"

const resetLifeMs = 30 * 60_000

/**
 * Sends a link if the address has a user. Otherwise it does the same amount of work, so that timing
 * reveals nothing.
 */
export const requestPasswordReset = Effect.fn("Users.requestPasswordReset")(function* (
  context: UsersContext,
  typed: string,
  caller: Caller
) {
  const { attempts, messages, store } = context
  yield* attempts.from(caller.address)
  const email = yield* emailGiven(typed)
  if (!(yield* attempts.ofMail(email, "passwordReset"))) return
  const user = yield* store.userByEmail(email)
  const content = { userId: user?.userId ?? "", credentials: user?.credentials ?? 0 }
  const token = yield* newLink(context, "reset", content, resetLifeMs)
  if (user !== undefined) yield* messages.send(email, { kind: "passwordReset", token })
})
