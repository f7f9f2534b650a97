/** The host's own users: a function names their accounts. */
import { InvalidInput } from "@pandora-exchange/contract/failure"
import { Effect } from "effect"
import type { AccountOf } from "../ExchangeOptions.ts"
import { AccountUnknown, type UserAccess } from "../UserAccess.ts"
import { accountWith } from "../VenueAccounts.ts"
import type { CommandLine } from "./CommandLine.ts"
import { traderOf, venueOf } from "./trader.ts"

export const hostUsers =
  (accountOf: AccountOf<unknown>) =>
  (line: CommandLine["Service"]): UserAccess => ({
    as: Effect.fnUntraced(function* (user, subAccount) {
      const own = yield* nameOf(accountOf, user)
      const reference = yield* referenceOf(own, subAccount)
      const account = yield* accountWith(venueOf(line), reference)
      const permissions = ["read", "trade"] as const
      const principal = { userId: reference, name: reference, accountIds: [account], permissions }
      return traderOf(line, account, () => Effect.succeed(principal))
    }),
    identity: undefined
  })

const nameOf = (
  accountOf: AccountOf<unknown>,
  user: unknown
): Effect.Effect<unknown, AccountUnknown> => {
  const unknown = (cause: unknown) => new AccountUnknown({ cause })
  return Effect.flatMap(
    Effect.tryPromise({ try: async () => accountOf(user), catch: unknown }),
    (named) => (Effect.isEffect(named) ? Effect.mapError(named, unknown) : Effect.succeed(named))
  )
}

/**
 * Separates a user's reference from the name of a sub-account. Neither may contain it, so that no
 * two of them share an account.
 */
const separator = "/"
const namePattern = /^[A-Za-z0-9._:-]{1,64}$/
const referenceLengthMax = 64

const referenceOf = (
  own: unknown,
  subAccount: string | number | undefined
): Effect.Effect<string, InvalidInput<"MalformedReference">> => {
  const malformed = (field: string) => Effect.fail(new InvalidInput("MalformedReference", field))
  if (typeof own !== "string" || !namePattern.test(own)) return malformed("identity")
  if (subAccount === undefined) return Effect.succeed(own)
  const reference = `${own}${separator}${subAccount}`
  const fits =
    typeof subAccount === "string" &&
    namePattern.test(subAccount) &&
    reference.length <= referenceLengthMax
  return fits ? Effect.succeed(reference) : malformed("account")
}
