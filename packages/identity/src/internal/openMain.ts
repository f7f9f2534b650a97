import type { User, UserId } from "@pandora-exchange/core/IdentityRecords"
import { Effect } from "effect"
import type { VenueAccounts, VenueAccountsUnavailable } from "../VenueAccounts.ts"

/** Opens the main account as recorded in the user's row. Repeating it returns the same account. */
export const openMain = (
  { open }: VenueAccounts["Service"],
  userId: UserId
): Effect.Effect<User["accounts"], VenueAccountsUnavailable> =>
  Effect.map(open(`user:${userId}`), (accountId) => [{ accountId, label: "main" }])
