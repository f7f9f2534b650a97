/** The accounts of the venue, as far as users need them. */
import type { AccountId } from "@pandora-exchange/core/Ids"
import { Context, type Effect, Schema } from "effect"

/** The venue does not answer, or has no room. Asking again with the same reference does no harm. */
export class VenueAccountsUnavailable extends Schema.TaggedError<VenueAccountsUnavailable>()(
  "VenueAccountsUnavailable",
  { cause: Schema.Defect() }
) {}

export class VenueAccounts extends Context.Service<
  VenueAccounts,
  {
    /** The account with this reference, opened if it is not there. */
    readonly open: (reference: string) => Effect.Effect<AccountId, VenueAccountsUnavailable>
    /** Whether it has nothing of anything. */
    readonly isEmpty: (accountId: AccountId) => Effect.Effect<boolean, VenueAccountsUnavailable>
  }
>()("@pandora-exchange/identity/VenueAccounts") {}
