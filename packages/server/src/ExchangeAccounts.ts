/** The accounts of users, in the venue of this exchange. */
import { AccountId } from "@pandora-exchange/core/Ids"
import { VenueAccounts, VenueAccountsUnavailable } from "@pandora-exchange/identity/VenueAccounts"
import { Exchange } from "@pandora-exchange/sdk"
import { Effect, Layer } from "effect"

export const layer: Layer.Layer<VenueAccounts, never, Exchange> = Layer.effect(
  VenueAccounts,
  Effect.map(Exchange, (exchange) => ({
    open: (reference) =>
      Effect.map(Effect.mapError(exchange.openAccount({ reference }), unavailable), ({ account }) =>
        AccountId(account)
      ),
    isEmpty: (account) =>
      Effect.zipWith(
        exchange.balances({ account }),
        exchange.openOrders({ account }),
        (balances, orders) => balances.length === 0 && orders.length === 0
      ).pipe(Effect.mapError(unavailable))
  }))
)

const unavailable = (cause: unknown) => new VenueAccountsUnavailable({ cause })
