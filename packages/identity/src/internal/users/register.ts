import { Effect } from "effect"
import type { Caller } from "../../Caller.ts"
import { emailGiven } from "./emailGiven.ts"
import { newLink } from "./links.ts"
import type { UsersContext } from "./UsersContext.ts"

const registrationLifeMs = 86_400_000

/** Sends a link, or a notice that the address already has a user. The caller sees no difference. */
export const register = Effect.fn("Users.register")(function* (
  context: UsersContext,
  typed: string,
  caller: Caller
) {
  const { attempts, messages, store } = context
  yield* attempts.from(caller.address)
  const email = yield* emailGiven(typed)
  if (!(yield* attempts.ofMail(email, "registration"))) return
  const token = yield* newLink(context, "registration", { email }, registrationLifeMs)
  const user = yield* store.userByEmail(email)
  yield* messages.send(
    email,
    user === undefined ? { kind: "verification", token } : { kind: "registeredAlready" }
  )
})
