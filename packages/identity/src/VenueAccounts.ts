/** The venue's accounts, as far as users need them. */
import type { AccountId } from "@pandora-exchange/core/Ids"
import { Context, type Effect, Schema } from "effect"

/** The venue did not answer or is full. Repeating the request with the same reference is safe. */
export class VenueAccountsUnavailable extends Schema.TaggedError<VenueAccountsUnavailable>()(
  "VenueAccountsUnavailable",
  { cause: Schema.Defect() }
) {}

export class VenueAccounts extends Context.Service<
  VenueAccounts,
  {
    /** Returns the account with this reference, opening it if it does not exist. */
    readonly open: (reference: string) => Effect.Effect<AccountId, VenueAccountsUnavailable>
    /** Whether the account holds nothing of any asset. */
    readonly isEmpty: (accountId: AccountId) => Effect.Effect<boolean, VenueAccountsUnavailable>
  }
>()("@pandora-exchange/identity/VenueAccounts") {}
