/** The accounts of users in the venue of an exchange. */
import type { EffectMethods } from "@pandora-exchange/contract/generated/sdkMethods"
import { Ids } from "@pandora-exchange/core"
import type {
  VenueAccounts,
  VenueAccountsUnavailable
} from "@pandora-exchange/identity/VenueAccounts"
import { Effect } from "effect"

/** The requests made to the exchange. */
export type Venue = Pick<EffectMethods, "account" | "balances" | "openAccount" | "openOrders">

/**
 * Returns the user's account with this reference. Looks it up before opening one, because a lookup
 * leaves nothing in the journal.
 */
export const accountWith = Effect.fnUntraced(function* (venue: Venue, reference: string) {
  const found = yield* venue.account({ reference })
  if (found?.kind === "user") return found.account
  const { account } = yield* venue.openAccount({ reference })
  return account
})

/**
 * Implements the port of `@pandora-exchange/identity` over an exchange. `Unavailable` is that
 * package's, which need not be installed.
 */
export const venueAccounts = (
  venue: Venue,
  Unavailable: typeof VenueAccountsUnavailable
): VenueAccounts["Service"] => {
  const unavailable = (cause: unknown) => new Unavailable({ cause })
  return {
    open: (reference) =>
      Effect.mapBoth(accountWith(venue, reference), {
        onSuccess: Ids.AccountId,
        onFailure: unavailable
      }),
    isEmpty: (account) =>
      Effect.zipWith(
        venue.balances({ account }),
        venue.openOrders({ account }),
        (balances, orders) => balances.length === 0 && orders.length === 0
      ).pipe(Effect.mapError(unavailable))
  }
}
