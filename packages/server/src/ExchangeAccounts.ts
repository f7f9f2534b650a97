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
        (balances, orders) =>
          orders.length === 0 && balances.every(({ available, held }) => isZero(available) && isZero(held))
      ).pipe(Effect.mapError(unavailable))
  }))
)

const unavailable = (cause: unknown) => new VenueAccountsUnavailable({ cause })

const isZero = (amount: string): boolean => !/[1-9]/.test(amount)
