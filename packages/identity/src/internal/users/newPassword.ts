/** What a new password must satisfy, and what setting it changes. */
import { Refused } from "@pandora-exchange/contract/failure"
import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect, Redacted } from "effect"
import { wordsOf } from "../../Email.ts"
import * as PasswordPolicy from "../../PasswordPolicy.ts"
import type { UsersContext } from "./UsersContext.ts"

/** Refuses a password the policy does not allow for this user. */
export const checkPassword = (
  { settings }: UsersContext,
  password: Redacted.Redacted,
  {
    email,
    hasFactor,
    name
  }: { readonly email: string; readonly name: string; readonly hasFactor: boolean }
): Effect.Effect<void, Refused<PasswordPolicy.PasswordProblem>> => {
  const about = [
    ...wordsOf(email),
    ...wordsOf(name.toLowerCase()),
    ...wordsOf(settings.name.toLowerCase())
  ]
  const problem = PasswordPolicy.problemOf({ password: Redacted.value(password), hasFactor, about })
  return problem === undefined ? Effect.void : Effect.fail(new Refused(problem))
}

export interface NewPassword {
  readonly password: Redacted.Redacted
  readonly hash: string
}

/** The user with the new password. Links sent earlier become void. */
export const withPassword = (user: User, { hash, password }: NewPassword): User => ({
  ...user,
  passwordHash: hash,
  passwordStandsAlone:
    PasswordPolicy.lengthOf(Redacted.value(password)) >= PasswordPolicy.lengthMinAlone,
  credentials: user.credentials + 1,
  challenge: null
})
