/** The accounts of users in this exchange's venue. */
import { VenueAccounts, VenueAccountsUnavailable } from "@pandora-exchange/identity/VenueAccounts"
import { Exchange } from "@pandora-exchange/sdk"
import { venueAccounts } from "@pandora-exchange/sdk/VenueAccounts"
import { Effect, Layer } from "effect"

export const layer: Layer.Layer<VenueAccounts, never, Exchange> = Layer.effect(
  VenueAccounts,
  Effect.map(Exchange, (exchange) => venueAccounts(exchange, VenueAccountsUnavailable))
)
