import type { User, UserId } from "@pandora-exchange/core/Identity"
import { Effect } from "effect"
import type { VenueAccounts, VenueAccountsUnavailable } from "../VenueAccounts.ts"

/** The main account, as it stands in the user's row; the same again when it was opened before. */
export const openMain = (
  { open }: VenueAccounts["Service"],
  userId: UserId
): Effect.Effect<User["accounts"], VenueAccountsUnavailable> =>
  Effect.map(open(`user:${userId}`), (accountId) => [{ accountId, label: "main" }])
