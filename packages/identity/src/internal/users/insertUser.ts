import { type Role, type User, UserId } from "@pandora-exchange/core/IdentityRecords"
import { EmailTaken } from "@pandora-exchange/core/ports/IdentityStore"
import { Clock, Effect, type Redacted } from "effect"
import { checkName } from "../../Name.ts"
import * as Randomness from "../../Randomness.ts"
import { samePasskeys, untilWritten } from "../changing.ts"
import { openMain } from "../openMain.ts"
import { checkPassword } from "./newPassword.ts"
import type { UsersContext } from "./UsersContext.ts"

export interface NewUser {
  readonly email: string
  readonly password: Redacted.Redacted
  readonly name: string
  readonly roles: ReadonlyArray<Role>
}

/** Writes a user whose address is proven, with a venue account unless they are staff only. */
export const insertUser = Effect.fnUntraced(function* (context: UsersContext, request: NewUser) {
  const { accounts, audit, store } = context
  const { email, name, password, roles } = request
  yield* checkName(name)
  yield* checkPassword(context, password, { email, name, hasFactor: false })
  if ((yield* store.userByEmail(email)) !== undefined) return yield* new EmailTaken()
  const user = yield* newUser(context, request)
  // Opened first: an account without a user holds nothing and does no harm.
  const opened = roles.includes("user") ? yield* openMain(accounts, user.userId) : []
  const entry = yield* audit.draft({ kind: "registered", user, details: { roles } })
  yield* untilWritten(
    samePasskeys(
      store.write({
        changes: [{ _tag: "InsertUser", user: { ...user, accounts: opened } }],
        audit: [entry]
      })
    )
  )
  return user.userId
})

const newUser = Effect.fnUntraced(function* (
  { audit, passwords }: UsersContext,
  { email, name, password, roles }: NewUser
) {
  const userId = UserId(`usr_${yield* Randomness.text(16)}`)
  const user: User = {
    userId,
    version: 1,
    email,
    name,
    status: "active",
    kyc: "none",
    roles,
    accounts: [],
    passwordHash: yield* passwords.hash(password),
    passwordStandsAlone: true,
    credentials: 1,
    totp: null,
    recoveryCodes: [],
    passkeys: [],
    challenge: null,
    subjectKey: yield* audit.newSubjectKey(userId),
    createdAt: yield* Clock.currentTimeMillis
  }
  return user
})
