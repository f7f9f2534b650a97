import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect, type Redacted } from "effect"
import { type Caller, kept } from "../../Caller.ts"
import { LinkRefused } from "../../Errors.ts"
import { untilWritten } from "../changing.ts"
import { readLink } from "./links.ts"
import type { EmailChange } from "./requestEmailChange.ts"
import type { UsersContext } from "./UsersContext.ts"
import { writeEndingSessions } from "./writing.ts"

export interface EmailChangeRequest {
  readonly token: Redacted.Redacted
  readonly caller: Caller
}

/**
 * Sets the address proven by the link. Ends all sessions except the one that requested the link.
 */
export const changeEmail = Effect.fn("Users.changeEmail")(function* (
  context: UsersContext,
  { caller, token }: EmailChangeRequest
) {
  const { attempts, messages, recheck } = context
  yield* attempts.from(caller.address)
  const link = yield* readLink<EmailChange>(context, "email", token)
  const old = yield* untilWritten(written(context, link, caller)).pipe(
    Effect.catchTag("EmailTaken", () => Effect.fail(new LinkRefused()))
  )
  yield* recheck(link.userId)
  yield* messages.send(old, { kind: "emailChanged", caller: kept(caller) })
})

/**
 * Decides on the row as it is now. Both using the link and setting a new password change the value
 * the link is compared with, so it works at most once.
 */
const written = Effect.fnUntraced(function* (
  context: UsersContext,
  { credentials, email, sessionId, userId }: EmailChange,
  { address }: Caller
) {
  const user = yield* context.store.user(userId)
  if (user === undefined || user.status !== "active" || user.credentials !== credentials) {
    return yield* new LinkRefused()
  }
  const changed: User = { ...user, email, credentials: credentials + 1, challenge: null }
  yield* writeEndingSessions(context, changed, {
    reason: "emailChanged",
    except: sessionId,
    details: { address }
  })
  return user.email
})
