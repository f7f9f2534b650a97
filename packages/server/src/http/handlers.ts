/** Who answers each endpoint of the API. */
import { Api, ApiWithoutUsers } from "@pandora-exchange/client/api/Api"
import type { Accounts } from "@pandora-exchange/client/api/Accounts"
import { pageSizeDefault } from "@pandora-exchange/client/api/Conventions"
import type { Health } from "@pandora-exchange/client/api/Health"
import type { Markets } from "@pandora-exchange/client/api/Markets"
import type { OpenOrder, Orders } from "@pandora-exchange/client/api/Orders"
import * as WireId from "@pandora-exchange/contract/WireId"
import type { Exchange, MarketInfo, OpenOrder as SdkOpenOrder } from "@pandora-exchange/sdk"
import { Effect } from "effect"
import { accountOf, type Asking, type Commands, noSuchOrder, orderNamed } from "../Commands.ts"
import type { Health as HealthOf } from "../Health.ts"
import type { HistoryService, PageRequest } from "../History.ts"
import { identityHandlers, type Services as IdentityServices } from "../identity/handlers.ts"
import { ApiFailure, type Failure } from "./Failure.ts"
import { type Handlers, Reply } from "./Routes.ts"

export interface Services {
  readonly exchange: Exchange["Service"]
  readonly history: HistoryService
  readonly commands: Commands
  readonly health: HealthOf
  /** Missing where the host has users of its own. */
  readonly identity: IdentityServices | undefined
}

export const handlers = (services: Services) => ({
  markets: markets(services),
  orders: orders(services),
  accounts: accounts(services),
  health: health(services),
  ...(services.identity && identityHandlers(services.identity))
})

/** What there is a handler for. */
export const apiOf = ({ identity }: Pick<Services, "identity">) => (identity === undefined ? ApiWithoutUsers : Api)

type Ranged = Partial<Pick<PageRequest, "cursor" | "from" | "limit" | "sort" | "to">>

/** Reads the page that is asked for, unless it is impossible. */
const paged = <A>(
  { cursor, from, limit, sort, to }: Ranged,
  read: (page: PageRequest) => Effect.Effect<A, Failure>
): Effect.Effect<A, Failure> =>
  from !== undefined && to !== undefined && from > to
    ? Effect.fail(new ApiFailure({ code: "TimeRangeReversed", parameter: "from" }))
    : read({ cursor, from, to, limit: limit ?? pageSizeDefault, sort: sort ?? "newest" })

const markets = ({ exchange, history }: Services): Handlers<typeof Markets> => ({
  assets: () => exchange.reads.assets(),
  list: () => exchange.reads.markets(),
  get: ({ params: { market } }) => marketNamed(exchange, market),
  depth: ({ params: { market }, query: { levels } }) =>
    exchange.depth(levels === undefined ? { market } : { market, levels }),
  trades: ({ params: { market }, query }) =>
    paged(query, (page) => Effect.flatMap(marketNamed(exchange, market), () => history.trades({ market, ...page })))
})

const marketNamed = (exchange: Exchange["Service"], market: string): Effect.Effect<MarketInfo, Failure> =>
  Effect.flatMap(exchange.market({ market }), (found) =>
    found === undefined
      ? Effect.fail(new ApiFailure({ code: "UnknownMarket", parameter: "market" }))
      : Effect.succeed(found)
  )

const orders = ({ commands, exchange, history }: Services): Handlers<typeof Orders> => ({
  place: ({ key, payload, principal, query: { account } }) => commands.place({ principal, account, key }, payload),
  preview: ({ payload, principal, query: { account } }) => commands.preview({ principal, account }, payload),
  cancel: ({ key, params: { order }, principal, query: { account } }) =>
    commands.cancel({ principal, account, key }, order),
  cancelAll: ({ key, principal, query: { account, market, side } }) =>
    commands.cancelAll({ principal, account, key }, { market, side }),
  placeList: ({ key, payload, principal, query: { account } }) =>
    commands.placeList({ principal, account, key }, payload),
  cancelList: ({ key, params: { list }, principal, query: { account } }) =>
    commands.cancelList({ principal, account, key }, list),
  replace: ({ key, params: { order }, payload, principal, query: { account } }) =>
    commands.replace({ principal, account, key }, order, payload),
  cancelAfter: ({ key, payload: { delay }, principal, query: { account } }) =>
    commands.cancelAfter({ principal, account, key }, delay),
  amend: ({ key, params: { order }, payload, principal, query: { account } }) =>
    commands.amend({ principal, account, key }, order, payload),
  open: ({ principal, query: { account, market } }) =>
    withAccount({ principal, account }, (number) =>
      Effect.map(
        exchange.reads.openOrders({ account: number, ...(market === undefined ? {} : { market }) }),
        ({ data, sequence }) => ({
          data: data.map(openOrderView),
          sequence
        })
      )
    ),
  get: ({ params: { order }, principal, query: { account } }) =>
    withAccount({ principal, account }, (number) => {
      const named = orderNamed(order)
      if (named === undefined) return Effect.fail(noSuchOrder())
      return Effect.andThen(
        history.awaitPosition("trading", commands.toldOf(number)),
        Effect.flatMap(history.order({ account: number, order: named }), (found) =>
          found === undefined ? Effect.fail(noSuchOrder()) : Effect.succeed(found)
        )
      )
    }),
  list: ({ principal, query: { account, market, side, status, ...range } }) =>
    withAccount({ principal, account }, (number) =>
      paged(range, (page) =>
        Effect.andThen(
          history.awaitPosition("trading", commands.toldOf(number)),
          history.orders({ account: number, market, side, status, ...page })
        )
      )
    )
})

/** Without the fields that an order does not have. */
const openOrderView = ({
  clientOrderId,
  deadline,
  displayQuantity,
  list,
  order,
  price,
  trigger,
  ...rest
}: SdkOpenOrder): OpenOrder => ({
  order: WireId.order.write(order),
  ...rest,
  ...(clientOrderId !== undefined && { clientOrderId }),
  ...(deadline !== undefined && { deadline }),
  ...(displayQuantity !== undefined && { displayQuantity }),
  ...(list !== undefined && { list: WireId.list.write(list) }),
  ...(price !== undefined && { price }),
  ...(trigger !== undefined && { trigger })
})

const accounts = ({ commands, exchange, history }: Services): Handlers<typeof Accounts> => ({
  me: ({ principal: { accountIds, name, permissions } }) =>
    Effect.succeed({ name, accounts: accountIds.map(WireId.account.write), permissions }),
  balances: ({ principal, query: { account } }) =>
    withAccount({ principal, account }, (number) => exchange.reads.balances({ account: number })),
  fills: ({ principal, query: { account, market, order, ...range } }) =>
    withAccount({ principal, account }, (number) =>
      paged(range, (page) =>
        Effect.andThen(
          history.awaitPosition("trading", commands.toldOf(number)),
          history.fills({
            account: number,
            market,
            order: order === undefined ? undefined : WireId.order.read(order),
            ...page
          })
        )
      )
    ),
  entries: ({ principal, query: { account, asset, kind, ...range } }) =>
    withAccount({ principal, account }, (number) =>
      paged(range, (page) =>
        Effect.andThen(
          history.awaitPosition("ledger", commands.toldOf(number)),
          history.entries({ account: number, asset, kind, ...page })
        )
      )
    )
})

const withAccount = <A>(
  asking: Asking,
  read: (account: number) => Effect.Effect<A, Failure>
): Effect.Effect<A, Failure> => {
  const account = accountOf(asking)
  return typeof account === "number" ? read(account) : Effect.fail(account)
}

const health = ({ health }: Services): Handlers<typeof Health> => ({
  live: () => Effect.succeed({ status: "live" }),
  ready: () =>
    Effect.map(health.look, (seen) =>
      seen.status === "ready" || seen.status === "degraded" ? { ...seen, status: seen.status } : new Reply(503, seen)
    )
})
