import { EmailTaken } from "@pandora-exchange/core/ports/IdentityStore"
import { Effect, type Redacted } from "effect"
import type { Caller } from "../../Caller.ts"
import { LinkRefused } from "../../Errors.ts"
import { insertUser } from "./insertUser.ts"
import { readLink } from "./links.ts"
import type { UsersContext } from "./UsersContext.ts"

export interface Verification {
  readonly token: Redacted.Redacted
  readonly password: Redacted.Redacted
  readonly name: string
  readonly caller: Caller
}

/** Inserts the user whose address the link proves. A second use finds the address taken. */
export const verify = Effect.fn("Users.verify")(function* (
  context: UsersContext,
  { caller, name, password, token }: Verification
) {
  yield* context.attempts.from(caller.address)
  const { email } = yield* readLink<{ readonly email: string }>(context, "registration", token)
  return yield* Effect.catchIf(
    insertUser(context, { email, name, password, roles: ["user"] }),
    (error) => error instanceof EmailTaken,
    () => Effect.fail(new LinkRefused())
  )
})
