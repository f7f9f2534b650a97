/**
 * The past: orders, trades and ledger entries in pages, and balances, as the projections have
 * stored them.
 *
 * The present comes from the venue. A projection lags a little behind it: every page says which
 * commands it reflects, and `awaitPosition` waits until it reflects a command that the caller knows
 * of.
 */
import type { AccountId, Sequence } from "@pandora-exchange/core/Ids"
import { Context, Duration, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as Cursor from "./internal/Cursor.ts"
import { inTransaction } from "./internal/inTransaction.ts"
import { positionsOf } from "./internal/Positions.ts"
import { problemOf } from "./internal/SqlFailure.ts"
import { venueIdOf, type VenueOptions } from "./internal/venueIdOf.ts"
import * as Waiting from "./internal/Waiting.ts"
import { PgDatabase } from "./PgDatabase.ts"
import { type ProjectionName, projectionNames } from "./projections/Projection.ts"
import { type Balance, balancesOf, type Total, totalsOf } from "./repositories/Balances.ts"
import { type EntriesQuery, entries, type Entry } from "./repositories/Entries.ts"
import { type Fill, fills, type FillsQuery } from "./repositories/Fills.ts"
import {
  openOrdersOf,
  type Order,
  orderOf,
  type OrderQuery,
  orders,
  type OrdersQuery
} from "./repositories/Orders.ts"
import {
  boundsOf,
  type List,
  type Page,
  type PageQuery,
  QueryRefused
} from "./repositories/Page.ts"
import { type Trade, trades, type TradesQuery } from "./repositories/Trades.ts"

export const CursorRefused = Cursor.CursorRefused
export type CursorRefused = Cursor.CursorRefused

/** The database did not answer. The same query can be repeated. */
export class HistoryUnavailable extends Schema.TaggedError<HistoryUnavailable>()(
  "HistoryUnavailable",
  {
    problem: Schema.String
  }
) {
  override get message() {
    return `The history cannot be read (${this.problem}). Retry shortly.`
  }
}

/** The projection did not store the command within the given time. */
export class PositionNotReached extends Schema.TaggedError<PositionNotReached>()(
  "PositionNotReached",
  {
    projection: Schema.Literals(projectionNames),
    sequence: Schema.Number
  }
) {
  override get message() {
    return `The projection ${this.projection} did not store command ${this.sequence} in time. Retry shortly.`
  }
}

export type PageError = CursorRefused | QueryRefused | HistoryUnavailable

/** A list that is short enough to need no pages. */
export type Whole<A> = Pick<Page<A>, "items" | "sequence">

export class History extends Context.Service<
  History,
  {
    readonly order: (query: OrderQuery) => Effect.Effect<Order | undefined, HistoryUnavailable>
    readonly orders: (query: OrdersQuery) => Effect.Effect<Page<Order>, PageError>
    /** The open orders of all accounts, exactly as they were after the command `sequence`. */
    readonly openOrders: Effect.Effect<Whole<Order>, HistoryUnavailable>
    readonly fills: (query: FillsQuery) => Effect.Effect<Page<Fill>, PageError>
    readonly trades: (query: TradesQuery) => Effect.Effect<Page<Trade>, PageError>
    readonly entries: (query: EntriesQuery) => Effect.Effect<Page<Entry>, PageError>
    /** The balances of one account, by asset. */
    readonly balances: (accountId: AccountId) => Effect.Effect<Whole<Balance>, HistoryUnavailable>
    readonly totals: Effect.Effect<Whole<Total>, HistoryUnavailable>
    /**
     * Returns once the named projection, or every one by default, has stored the command
     * `sequence`.
     */
    readonly awaitPosition: (wanted: {
      readonly sequence: Sequence
      readonly within: Duration.Input
      readonly projection?: ProjectionName | undefined
    }) => Effect.Effect<void, PositionNotReached>
  }
>()("@pandora-exchange/adapters-pg/History") {}

export interface Options extends VenueOptions {
  /** Queries that take longer fail. Default: 5 seconds. */
  readonly answerWithin?: Duration.Input | undefined
}

export const layer = (options: Options = {}): Layer.Layer<History, never, PgDatabase> =>
  Layer.effect(History, make(options))

export { QueryRefused }
export type {
  Balance,
  EntriesQuery,
  Entry,
  Fill,
  FillsQuery,
  Order,
  OrderQuery,
  OrdersQuery,
  Page,
  PageQuery,
  Total,
  Trade,
  TradesQuery
}

const answerWithinDefault = "5 seconds"

const make = Effect.fnUntraced(function* ({
  answerWithin = answerWithinDefault,
  ...options
}: Options) {
  const venueId = venueIdOf(options)
  const { sql } = yield* PgDatabase
  const positions = positionsOf(sql, venueId)
  const waitFor = yield* Waiting.make(positions)

  const answered = <A>(effect: Effect.Effect<A, SqlError.SqlError>) =>
    effect.pipe(
      Effect.mapError((error) => new HistoryUnavailable({ problem: problemOf(error) })),
      Effect.timeoutOrElse({
        duration: answerWithin,
        orElse: () => Effect.fail(noAnswer(answerWithin))
      })
    )

  const page = <A, Q extends PageQuery>(list: List<A, Q>) =>
    Effect.fn(`History.${list.name}`)(function* (query: Q) {
      const { after, limit, newestFirst } = yield* checked(list.name, query)
      // One additional item shows whether there is another page.
      const [sequence, found] = yield* answered(
        Effect.gen(function* () {
          const sequence = (yield* positions)[list.projection]
          const bounds = yield* boundsOf(sql, venueId, list.projection, query)
          const part = { query, after, bounds, newestFirst, count: limit + 1 }
          return [sequence, yield* list.read(sql, venueId, part)] as const
        })
      )
      const items = found.slice(0, limit)
      const last = found.length > limit ? items.at(-1) : undefined
      const result: Page<A> = {
        items,
        next: last && Cursor.encode(list.name, list.placeOf(last)),
        sequence
      }
      return result
    })

  const whole = <A>(items: Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>) =>
    answered(
      Effect.flatMap(positions, ({ ledger }) =>
        Effect.map(items, (items) => ({ items, sequence: ledger }))
      )
    )

  const openOrders = Effect.gen(function* () {
    const { trading } = yield* positions
    return { items: yield* openOrdersOf(sql, venueId), sequence: trading }
  })

  return History.of({
    order: (query) => answered(orderOf(sql, venueId, query)),
    orders: page(orders),
    openOrders: answered(inTransaction(sql, openOrders)).pipe(
      // Both statements see the tables as they were at the first.
      Effect.provideService(SqlClient.BeginTransaction, "BEGIN ISOLATION LEVEL REPEATABLE READ")
    ),
    fills: page(fills),
    trades: page(trades),
    entries: page(entries),
    balances: (accountId) => whole(balancesOf(sql, venueId, accountId)),
    totals: whole(totalsOf(sql, venueId)),
    awaitPosition: ({ projection, sequence, within }) =>
      Effect.forEach(
        projection === undefined ? projectionNames : [projection],
        (name) =>
          Effect.timeoutOrElse(waitFor(name, sequence), {
            duration: within,
            orElse: () => Effect.fail(new PositionNotReached({ projection: name, sequence }))
          }),
        { concurrency: "unbounded", discard: true }
      )
  })
})

const noAnswer = (within: Duration.Input) =>
  new HistoryUnavailable({
    problem: `no answer within ${Duration.format(Duration.fromInputUnsafe(within))}`
  })

const limitDefault = 100
const limitMax = 1_000
/** The largest time that a `Date` can hold. */
const timeMax = 8.64e15

const checked = Effect.fnUntraced(function* (name: Cursor.List, query: PageQuery) {
  const { cursor, direction, limit = limitDefault } = query
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= limitMax)) {
    return yield* new QueryRefused({
      field: "limit",
      problem: `is no whole number from 1 to ${limitMax}`
    })
  }
  for (const field of ["since", "until"] as const) {
    const time = query[field] ?? 0
    if (!(Number.isInteger(time) && Math.abs(time) <= timeMax)) {
      return yield* new QueryRefused({ field, problem: "is no time in whole milliseconds" })
    }
  }
  const after = cursor === undefined ? undefined : Cursor.decode(name, cursor)
  if (after instanceof CursorRefused) return yield* after
  return { after, limit, newestFirst: direction !== "oldestFirst" }
})
