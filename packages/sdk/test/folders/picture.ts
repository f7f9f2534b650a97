/**
 * What is recorded about a folder's accounts and must be readable later: only fields that every
 * build has.
 */
import type { PromiseExchange } from "@pandora-exchange/sdk"

export const picture = (
  exchange: PromiseExchange,
  accounts: ReadonlyArray<{ readonly account: number }>
) =>
  Promise.all(
    accounts.map(async ({ account }) => ({
      account,
      balances: await exchange.balances({ account }),
      openOrders: (await exchange.openOrders({ account })).map(
        ({ order, price, remainingQuantity, status }) => ({
          order,
          price,
          remainingQuantity,
          status
        })
      ),
      holds: await exchange.holds({ account })
    }))
  )
