/**
 * The typed client of the HTTP API, made from the same schemas as the server, for Node and browsers. `createClient` gives
 * promises, `ExchangeClient` is the same as an Effect service.
 *
 * Every command gets an idempotency key unless one is given, and is sent again under it when no answer came or the problem says
 * that this helps: so it is done once, however often it was sent.
 */
import { Context, Effect, Layer, ManagedRuntime, Redacted, Schedule, Schema } from "effect"
import { FetchHttpClient, HttpClientError, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import type { Balance, entryKinds, Fill, LedgerEntry, Me } from "./api/Accounts.ts"
import { Api } from "./api/Api.ts"
import { Authentication } from "./api/Conventions.ts"
import type { Depth, Market, Trade } from "./api/Markets.ts"
import type {
  AmendedOrder,
  AmendOrder,
  CancelAfterSet,
  CancelledOrder,
  CancelledOrders,
  OpenOrder,
  Order,
  PlacedList,
  PlacedOrder,
  PlaceList,
  PlaceOrder,
  Preview,
  ReplacedOrder,
  ReplaceOrder
} from "./api/Orders.ts"
import * as AccessToken from "./AccessToken.ts"
import * as IdempotencyKey from "./IdempotencyKey.ts"
import * as People from "./PeopleMethods.ts"
import { Problem, ProblemDetails } from "./Problem.ts"
import { type ClientError, Unreachable } from "./Unreachable.ts"

export interface ClientOptions {
  /** Of the server, for instance `http://localhost:3000`. */
  readonly url: string
  /** For everything that is not open to all. */
  readonly token?: AccessToken.AccessToken
  /** How often a request is sent at most, the first time included; 3 unless said otherwise. */
  readonly attempts?: number
  /** How long each attempt may take; 20 seconds unless said otherwise. */
  readonly timeoutMs?: number
}

export interface Page {
  readonly limit?: number
  readonly cursor?: string
  /** Milliseconds since 1970; `from` is included, `to` is not. */
  readonly from?: number
  readonly to?: number
  readonly sort?: "newest" | "oldest"
}

/** One of the token's accounts; its first unless given. */
export interface ForAccount {
  readonly account?: string
}

export interface Keyed extends ForAccount {
  readonly key?: string
}

export interface PageOf<A> {
  readonly data: ReadonlyArray<A>
  /** The cursor of the next page; `null` at the end. */
  readonly next: string | null
  readonly sequence: number
}

interface ListOf<A> {
  readonly data: ReadonlyArray<A>
  readonly sequence: number
}

/** What the client can do, and what comes of it. */
export interface Methods extends People.PeopleMethods {
  readonly markets: () => ListOf<Market>
  readonly market: (market: string) => Market
  readonly depth: (market: string, options?: { readonly levels?: number }) => Depth
  readonly trades: (market: string, page?: Page) => PageOf<Trade>
  readonly place: (order: PlaceOrder, options?: Keyed) => PlacedOrder
  readonly preview: (order: PlaceOrder, options?: ForAccount) => Preview
  readonly amend: (order: string, change: AmendOrder, options?: Keyed) => AmendedOrder
  /** By `ord_…`, or `client:…` for an id of your own. */
  readonly cancel: (order: string, options?: Keyed) => CancelledOrder
  readonly cancelAll: (
    options?: Keyed & { readonly market?: string; readonly side?: "buy" | "sell" }
  ) => CancelledOrders
  /** OCO, OTO and OTOCO. */
  readonly placeList: (list: PlaceList, options?: Keyed) => PlacedList
  /** By `lst_…`, or `client:…` for an id of your own. */
  readonly cancelList: (list: string, options?: Keyed) => CancelledOrders
  /** Cancels an order, by `ord_…` or `client:…`, and places another one in its market. */
  readonly replace: (order: string, replacement: ReplaceOrder, options?: Keyed) => ReplacedOrder
  /** Cancels every open order after `delay` milliseconds, unless called again before; 0 stops the timer. */
  readonly cancelAfter: (delay: number, options?: Keyed) => CancelAfterSet
  readonly order: (order: string, options?: ForAccount) => Order
  readonly orders: (
    options?: ForAccount &
      Page & { readonly market?: string; readonly side?: "buy" | "sell"; readonly status?: "open" | "closed" }
  ) => PageOf<Order>
  readonly openOrders: (options?: ForAccount & { readonly market?: string }) => ListOf<OpenOrder>
  readonly me: () => Me
  readonly balances: (options?: ForAccount) => ListOf<Balance>
  readonly fills: (options?: ForAccount & Page & { readonly market?: string; readonly order?: string }) => PageOf<Fill>
  readonly ledgerEntries: (
    options?: ForAccount & Page & { readonly asset?: string; readonly kind?: (typeof entryKinds)[number] }
  ) => PageOf<LedgerEntry>
}

type Promises<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : never
}

export class ExchangeClient extends Context.Service<ExchangeClient, People.Effects<Methods>>()(
  "@pandora-exchange/client/ExchangeClient"
) {
  /** Over the platform's `fetch`. */
  static readonly layer = (options: ClientOptions): Layer.Layer<ExchangeClient> =>
    Layer.effect(ExchangeClient, make(options)).pipe(
      Layer.provide(authentication(options)),
      Layer.provide(FetchHttpClient.layer)
    )
}

/** Rejects with `Problem` or `Unreachable` and nothing else. */
export interface PromiseClient extends Promises<Methods>, AsyncDisposable {
  readonly close: () => Promise<void>
}

export const createClient = (options: ClientOptions): PromiseClient => {
  const runtime = ManagedRuntime.make(ExchangeClient.layer(options))
  const call =
    (name: keyof Methods) =>
    (...args: ReadonlyArray<unknown>) =>
      runtime.runPromise(
        Effect.flatMap(ExchangeClient, (client) =>
          (client[name] as (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, ClientError>)(...args)
        )
      )
  const close = () => runtime.dispose()
  const methods = Object.fromEntries(methodNames.map((name) => [name, call(name)])) as unknown as Promises<Methods>
  return { ...methods, close, [Symbol.asyncDispose]: close }
}

const attemptsDefault = 3
const timeoutMsDefault = 20_000

const authentication = ({ token }: ClientOptions) =>
  HttpApiMiddleware.layerClient(Authentication, ({ next, request }) =>
    token === undefined
      ? next(request)
      : Effect.flatMap(
          Effect.tryPromise({
            try: () => AccessToken.current(token),
            catch: (cause) =>
              new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
          }),
          (now) => next(HttpClientRequest.bearerToken(request, Redacted.make(now)))
        )
  )

const make = Effect.fnUntraced(function* ({
  attempts = attemptsDefault,
  timeoutMs = timeoutMsDefault,
  url
}: ClientOptions) {
  const api = yield* HttpApiClient.make(Api, { baseUrl: url })

  const asking =
    (again: (error: ClientError) => boolean) =>
    <A, E>(request: Effect.Effect<A, E>): Effect.Effect<A, ClientError> =>
      request.pipe(
        Effect.timeout(timeoutMs),
        Effect.mapError(clientError),
        Effect.retry({
          while: again,
          times: attempts - 1,
          schedule: Schedule.jittered(Schedule.exponential("100 millis"))
        })
      )
  const ask = asking((error) => error._tag === "Unreachable" || error.retry !== "never")
  const once = asking((error) => error._tag === "Problem" && error.retry === "safe")
  /** The key is made once, so that every attempt has the same. */
  const command = <A, E>(
    { account, key = IdempotencyKey.make() }: Keyed,
    request: (common: {
      readonly query: ForAccount
      readonly headers: { readonly "idempotency-key": string }
    }) => Effect.Effect<A, E>
  ): Effect.Effect<A, ClientError> => ask(request({ query: given({ account }), headers: { "idempotency-key": key } }))

  return ExchangeClient.of({
    markets: () => ask(api.markets.list()),
    market: (market) => ask(api.markets.get({ params: { market } })),
    depth: (market, query = {}) => ask(api.markets.depth({ params: { market }, query })),
    trades: (market, query = {}) => ask(api.markets.trades({ params: { market }, query })),
    place: (payload, options = {}) => command(options, (common) => api.orders.place({ ...common, payload })),
    preview: (payload, query = {}) => ask(api.orders.preview({ payload, query })),
    amend: (order, payload, options = {}) =>
      command(options, (common) => api.orders.amend({ ...common, params: { order }, payload })),
    cancel: (order, options = {}) => command(options, (common) => api.orders.cancel({ ...common, params: { order } })),
    cancelAll: ({ market, side, ...options } = {}) =>
      command(options, ({ headers, query }) =>
        api.orders.cancelAll({ headers, query: { ...query, ...given({ market, side }) } })
      ),
    placeList: (payload, options = {}) => command(options, (common) => api.orders.placeList({ ...common, payload })),
    cancelList: (list, options = {}) =>
      command(options, (common) => api.orders.cancelList({ ...common, params: { list } })),
    replace: (order, payload, options = {}) =>
      command(options, (common) => api.orders.replace({ ...common, params: { order }, payload })),
    cancelAfter: (delay, options = {}) =>
      command(options, (common) => api.orders.cancelAfter({ ...common, payload: { delay } })),
    order: (order, query = {}) => ask(api.orders.get({ params: { order }, query })),
    orders: (query = {}) => ask(api.orders.list({ query })),
    openOrders: (query = {}) => ask(api.orders.open({ query })),
    me: () => ask(api.accounts.me()),
    balances: (query = {}) => ask(api.accounts.balances({ query })),
    fills: (query = {}) => ask(api.accounts.fills({ query })),
    ledgerEntries: (query = {}) => ask(api.accounts.entries({ query })),
    ...People.make({ api, ask, once })
  })
})

const methodNames: ReadonlyArray<keyof Methods> = [
  "markets",
  "market",
  "depth",
  "trades",
  "place",
  "preview",
  "amend",
  "cancel",
  "cancelAll",
  "placeList",
  "cancelList",
  "replace",
  "cancelAfter",
  "order",
  "orders",
  "openOrders",
  "me",
  "balances",
  "fills",
  "ledgerEntries",
  ...People.methodNames
]

/** Without the fields that are undefined. */
const given = <A extends object>(fields: A): { readonly [K in keyof A]?: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

const isProblem = Schema.is(ProblemDetails)

const clientError = (error: unknown): ClientError =>
  isProblem(error) ? new Problem(error) : new Unreachable({ cause: error })
