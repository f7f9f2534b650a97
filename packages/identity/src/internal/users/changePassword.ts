import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect, type Redacted } from "effect"
import { type Caller, kept } from "../../Caller.ts"
import { SignInRefused } from "../../Errors.ts"
import { type Principal, requireFresh } from "../../Principal.ts"
import * as Proofs from "../../Proofs.ts"
import { ownUser, sameAddress, untilWritten } from "../changing.ts"
import { checkPassword, type NewPassword, withPassword } from "./newPassword.ts"
import type { UsersContext } from "./UsersContext.ts"
import { writeEndingSessions } from "./writing.ts"

export interface PasswordChange {
  readonly current: Redacted.Redacted
  readonly next: Redacted.Redacted
  readonly caller: Caller
}

/** Sets a new password for the principal, who proves the current one. Ends all other sessions. */
export const changePassword = Effect.fn("Users.changePassword")(function* (
  context: UsersContext,
  principal: Principal,
  { caller, current, next }: PasswordChange
) {
  const { attempts, messages, passwords, recheck, store } = context
  yield* attempts.from(caller.address)
  yield* requireFresh(principal)
  const seen = yield* ownUser(store, principal)
  yield* attempts.ofFactor(seen.userId)
  if (!(yield* passwords.verify(seen.passwordHash, current))) return yield* new SignInRefused()
  yield* checkPassword(context, next, about(seen))
  const hashed = { password: next, hash: yield* passwords.hash(next) }
  yield* untilWritten(written(context, principal, seen, hashed))
  yield* recheck(principal.userId)
  yield* messages.send(seen.email, { kind: "passwordChanged", caller: kept(caller) })
})

/**
 * Decides on the row as it is now: the password and factors may have changed since it was `seen`.
 */
const written = Effect.fnUntraced(function* (
  context: UsersContext,
  principal: Principal,
  seen: User,
  hashed: NewPassword
) {
  const user = yield* ownUser(context.store, principal)
  if (user.passwordHash !== seen.passwordHash) return yield* new SignInRefused()
  if (Proofs.hasFactor(user) !== Proofs.hasFactor(seen))
    yield* checkPassword(context, hashed.password, about(user))
  const ending = {
    reason: "passwordChanged",
    except: principal.sessionId,
    details: { by: "user" }
  } as const
  yield* sameAddress(writeEndingSessions(context, withPassword(user, hashed), ending))
})

const about = (user: User) => ({
  email: user.email,
  name: user.name,
  hasFactor: Proofs.hasFactor(user)
})
