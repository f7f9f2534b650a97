import type { UserId } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import { type Caller, kept } from "../../Caller.ts"
import { type Principal, requireFresh } from "../../Principal.ts"
import { emailGiven } from "./emailGiven.ts"
import { newLink } from "./links.ts"
import { ownUnfrozen } from "./unfrozen.ts"
import type { UsersContext } from "./UsersContext.ts"

const emailChangeLifeMs = 30 * 60_000

/** What a link to a new address contains. */
export interface EmailChange {
  readonly [field: string]: unknown
  readonly userId: UserId
  readonly credentials: number
  readonly email: string
  /** The session that made the request; it survives the change. */
  readonly sessionId: Principal["sessionId"]
}

/** Sends a link to the new address, whether or not it is taken, and a notice to the old one. */
export const requestEmailChange = Effect.fn("Users.requestEmailChange")(function* (
  context: UsersContext,
  principal: Principal,
  typed: string,
  caller: Caller
) {
  const { attempts, messages, store } = context
  yield* attempts.from(caller.address)
  yield* requireFresh(principal)
  const { credentials, email: old, userId } = yield* ownUnfrozen(context, principal)
  const email = yield* emailGiven(typed)
  if (
    !(yield* attempts.ofMail(old, "oldAddress")) ||
    !(yield* attempts.ofMail(email, "newAddress"))
  )
    return
  const link: EmailChange = { userId, credentials, email, sessionId: principal.sessionId }
  const token = yield* newLink(context, "email", link, emailChangeLifeMs)
  const taken = (yield* store.userByEmail(email)) !== undefined
  yield* messages.send(
    email,
    taken ? { kind: "registeredAlready" } : { kind: "emailChange", token }
  )
  yield* messages.send(old, { kind: "emailChangeAsked", caller: kept(caller) })
})
