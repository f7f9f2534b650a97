import { Refused } from "@pandora-exchange/contract/failure"
import type { User } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import { checkName } from "../../Name.ts"
import type { Principal } from "../../Principal.ts"
import { unlessFrozen } from "./unfrozen.ts"
import type { UsersContext } from "./UsersContext.ts"
import { updateOwn } from "./writing.ts"

export const subAccountsMax = 20

/** Opens another venue account for the principal. */
export const addSubAccount = Effect.fn("Users.addSubAccount")(function* (
  context: UsersContext,
  principal: Principal,
  label: string
) {
  const user = yield* updateOwn(context, principal, "subAccountAdded", (user) =>
    withSubAccount(context, user, label)
  )
  return user.accounts.at(-1)!
})

const withSubAccount = Effect.fnUntraced(function* (
  { accounts }: UsersContext,
  user: User,
  label: string
) {
  yield* checkName(label)
  yield* unlessFrozen(user)
  const { length } = user.accounts
  if (length === 0) return yield* new Refused("NoAccount")
  if (length > subAccountsMax) return yield* new Refused("TooManySubAccounts")
  const accountId = yield* accounts.open(`user:${user.userId}:${length}`)
  const changed: User = { ...user, accounts: [...user.accounts, { accountId, label }] }
  return changed
})
