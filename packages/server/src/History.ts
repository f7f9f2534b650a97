/**
 * History: orders, trades, fills and ledger entries in the API's terms, page by page, from the
 * projections. Projections are a little behind the venue, so a caller waits until they include the
 * caller's last answer.
 */
import * as Projected from "@pandora-exchange/adapters-pg/History"
import type { Order } from "@pandora-exchange/contract/generated/sdk"
import type {
  AccountFill,
  EntryKind,
  LedgerEntry,
  Trade
} from "@pandora-exchange/contract/generated/server"
import { Ids, Order as OrderTerms, type OrderLife } from "@pandora-exchange/core"
import { Context, Effect, Layer, Schema } from "effect"
import { Feed, type FeedService } from "./feed/Feed.ts"
import { entryView, fillView, orderView, tradeView } from "./feed/views.ts"

/** The history does not yet include the caller's last answer. Retrying is safe. */
export class HistoryBehind extends Schema.TaggedError<HistoryBehind>()("HistoryBehind", {
  wanted: Schema.Number
}) {}

/** Not a cursor issued by this history. */
export class MalformedCursor extends Schema.TaggedError<MalformedCursor>()("MalformedCursor", {}) {}

export interface PageRequest {
  readonly limit: number
  /** The `next` of an earlier page of the same query. */
  readonly cursor?: string | undefined
  /** Milliseconds since 1970; `from` is included, `to` is not. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly sort: "newest" | "oldest"
}

export interface Page<A> {
  readonly data: ReadonlyArray<A>
  /** Opaque; `null` at the end. */
  readonly next: string | null
  /** The last command the answer reflects. */
  readonly sequence: number
}

type Paged<A> = Effect.Effect<Page<A>, MalformedCursor | Projected.HistoryUnavailable>

export interface HistoryService {
  /**
   * Waits until orders, fills and trades, or ledger entries, reflect the command `sequence`, for at
   * most `historyWaitMs`.
   */
  readonly awaitPosition: (
    of: "trading" | "ledger",
    sequence: number
  ) => Effect.Effect<void, HistoryBehind>
  /** An open or ended order. By the client's id: the newest that has or had it. */
  readonly order: (of: {
    readonly account: number
    readonly order: number | { readonly clientOrderId: string }
  }) => Effect.Effect<Order | undefined, Projected.HistoryUnavailable>
  /** Ordered by order id. A time range refers to when they were placed. */
  readonly orders: (
    of: {
      readonly account: number
      readonly market?: string | undefined
      readonly side?: "buy" | "sell" | undefined
      readonly credential?: number | undefined
      readonly status?: "open" | "closed" | undefined
    } & PageRequest
  ) => Paged<Order>
  /** Trades of one market, ordered by trade id. */
  readonly trades: (of: { readonly market: string } & PageRequest) => Paged<Trade>
  readonly fills: (
    of: {
      readonly account: number
      readonly market?: string | undefined
      readonly order?: number | undefined
    } & PageRequest
  ) => Paged<AccountFill>
  readonly entries: (
    of: {
      readonly account: number
      readonly asset?: string | undefined
      readonly kind?: EntryKind | undefined
    } & PageRequest
  ) => Paged<LedgerEntry>
}

/** How long a read of the history waits to include the caller's last answer. */
export const historyWaitMs = 500

export class History extends Context.Service<History, HistoryService>()(
  "@pandora-exchange/server/History"
) {
  static readonly layer: Layer.Layer<History, never, Projected.History | Feed> = Layer.effect(
    History,
    Effect.gen(function* () {
      return overProjections(yield* Projected.History, yield* Feed)
    })
  )
}

function overProjections(
  projected: Projected.History["Service"],
  feed: FeedService
): HistoryService {
  /** The feed knows the symbols of everything in the projections, once it is as far as they are. */
  const known = <A extends Told>(items: ReadonlyArray<A>) =>
    Effect.as(feed.reached(Math.max(0, ...items.map(sequenceOf))), items)

  const paged = <A extends Told, B>(
    read: Effect.Effect<Projected.Page<A>, Projected.PageError>,
    view: (item: A) => B
  ): Paged<B> =>
    read.pipe(
      Effect.tap(({ items }) => known(items)),
      Effect.map(({ items, next, sequence }) => ({
        data: items.map(view),
        next: next ?? null,
        sequence
      })),
      Effect.catchTag("CursorRefused", () => Effect.fail(new MalformedCursor())),
      // Limits and times were checked when the request was decoded.
      Effect.catchTag("QueryRefused", Effect.die)
    )

  /** An unknown market or asset has no history. */
  const none: Effect.Effect<Page<never>> = Effect.sync(() => ({
    data: [],
    next: null,
    sequence: feed.position()
  }))

  const marketNamed = (symbol: string | undefined) =>
    symbol === undefined ? undefined : (feed.directory.find(symbol)?.market.marketId ?? null)

  return {
    awaitPosition: (projection, sequence) =>
      Effect.mapError(
        projected.awaitPosition({
          projection,
          sequence: Ids.Sequence(sequence),
          within: historyWaitMs
        }),
        () => new HistoryBehind({ wanted: sequence })
      ),
    order: ({ account, order }) => {
      const named = typeof order === "number" ? { orderId: Ids.OrderId(order) } : order
      return projected.order({ accountId: Ids.AccountId(account), ...named }).pipe(
        Effect.tap((found) => known(found === undefined ? [] : [found])),
        Effect.map((found) => found && orderView(feed.directory, recordOf(found)))
      )
    },
    orders: ({ account, credential, market, side, status, ...request }) => {
      const marketId = marketNamed(market)
      if (marketId === null) return none
      const accountId = Ids.AccountId(account)
      const query = {
        accountId,
        marketId,
        side,
        credential,
        ...statusesOf(status),
        ...rangeOf(request)
      }
      return paged(projected.orders(query), (order) => orderView(feed.directory, recordOf(order)))
    },
    trades: ({ market, ...request }) => {
      const marketId = marketNamed(market)
      if (marketId === null || marketId === undefined) return none
      return paged(projected.trades({ marketId, ...rangeOf(request) }), (trade) =>
        tradeView(feed.directory, trade, whenOf(trade))
      )
    },
    fills: ({ account, market, order, ...request }) => {
      const marketId = marketNamed(market)
      if (marketId === null) return none
      const orderId = order === undefined ? undefined : Ids.OrderId(order)
      const query = { accountId: Ids.AccountId(account), marketId, orderId, ...rangeOf(request) }
      return paged(projected.fills(query), (fill) => fillView(feed.directory, fill, whenOf(fill)))
    },
    entries: ({ account, asset, kind, ...request }) => {
      const assetId = asset === undefined ? undefined : feed.directory.findAsset(asset)?.assetId
      if (asset !== undefined && assetId === undefined) return none
      const query = { accountId: Ids.AccountId(account), assetId, kind, ...rangeOf(request) }
      return paged(projected.entries(query), (entry) => entryView(feed.directory, entry))
    }
  }
}

type Told = { readonly sequence: number } | { readonly updatedSequence: number }

const sequenceOf = (item: Told): number =>
  "sequence" in item ? item.sequence : item.updatedSequence

const whenOf = ({ sequence, time }: { readonly sequence: number; readonly time: Date }) => ({
  sequence,
  time: time.getTime()
})

/** The latest time a `Date` can represent; nothing has happened after it. */
const timeMax = 8.64e15

const rangeOf = ({ cursor, from, limit, sort, to }: PageRequest): Projected.PageQuery => ({
  cursor,
  limit,
  since: from === undefined ? undefined : Math.min(from, timeMax),
  until: to === undefined ? undefined : Math.min(to, timeMax),
  direction: sort === "newest" ? "newestFirst" : "oldestFirst"
})

const statusesOf = (status: "open" | "closed" | undefined) =>
  status === undefined
    ? {}
    : { statuses: status === "open" ? (["open"] as const) : OrderTerms.endReasons }

const recordOf = ({
  acceptedAt,
  status,
  updatedAt,
  updatedSequence,
  ...order
}: Projected.Order): OrderLife.TrackedOrder => ({
  ...order,
  remainingLots: status === "open" ? order.lots - order.filledLots - order.preventedLots : 0,
  endReason: status === "open" ? undefined : status,
  createdAt: acceptedAt.getTime(),
  updatedAt: updatedAt.getTime(),
  sequence: updatedSequence
})
