import type { UserId } from "@pandora-exchange/core/IdentityRecords"
import { Effect, type Redacted } from "effect"
import { type Caller, kept } from "../../Caller.ts"
import { LinkRefused } from "../../Errors.ts"
import * as Proofs from "../../Proofs.ts"
import { challenged } from "../challenging.ts"
import { sameAddress, untilWritten } from "../changing.ts"
import { readLink } from "./links.ts"
import { checkPassword, type NewPassword, withPassword } from "./newPassword.ts"
import type { UsersContext } from "./UsersContext.ts"
import { writeEndingSessions } from "./writing.ts"

export interface PasswordReset {
  readonly token: Redacted.Redacted
  readonly password: Redacted.Redacted
  readonly proof?: Proofs.Proof | undefined
  readonly caller: Caller
}

interface ResetLink {
  readonly userId: UserId
  readonly credentials: number
}

/**
 * Sets the password of the user named by the link, who also gives their second factor if they have
 * one. Ends all sessions.
 */
export const resetPassword = Effect.fn("Users.resetPassword")(function* (
  context: UsersContext,
  { caller, password, proof, token }: PasswordReset
) {
  const { attempts, messages, passwords, recheck, store } = context
  yield* attempts.from(caller.address)
  const link = yield* readLink<ResetLink>(context, "reset", token)
  const named = yield* store.user(link.userId)
  if (named === undefined || named.credentials !== link.credentials) return yield* new LinkRefused()
  const hasFactor = Proofs.hasFactor(named)
  yield* checkPassword(context, password, { email: named.email, name: named.name, hasFactor })
  if (hasFactor) {
    yield* attempts.ofFactor(named.userId)
    if (proof === undefined) return yield* yield* untilWritten(required(context, link))
  }
  const hashed = { password, hash: yield* passwords.hash(password) }
  const user = yield* untilWritten(written(context, link, hasFactor ? proof : undefined, hashed))
  yield* recheck(user.userId)
  yield* attempts.forgive(user, caller.address)
  yield* messages.send(user.email, { kind: "passwordChanged", caller: kept(caller) })
})

const required = Effect.fnUntraced(function* (context: UsersContext, link: ResetLink) {
  const user = yield* context.store.user(link.userId)
  return user === undefined || user.credentials !== link.credentials
    ? new LinkRefused()
    : yield* challenged(context, user)
})

/**
 * Decides on the row as it is now. Using the link changes the value it is compared with, so it
 * works once.
 */
const written = Effect.fnUntraced(function* (
  context: UsersContext,
  link: ResetLink,
  proof: Proofs.Proof | undefined,
  hashed: NewPassword
) {
  const user = yield* context.store.user(link.userId)
  if (user === undefined || user.status === "closed" || user.credentials !== link.credentials) {
    return yield* new LinkRefused()
  }
  const proven =
    proof === undefined
      ? user
      : yield* Effect.provide(Proofs.prove(user, proof), context.environment)
  const ending = { reason: "passwordChanged", except: null, details: { by: "reset" } } as const
  yield* sameAddress(writeEndingSessions(context, withPassword(proven, hashed), ending))
  return user
})
