/**
 * What has been: closed orders, trades, fills and ledger entries. The port that projections implement; the reading of it here
 * is over the recent past that the server keeps in memory, so that nothing else is needed to start.
 */
import type { entryKinds, Fill, LedgerEntry } from "@pandora-exchange/client/api/Accounts"
import type { Trade } from "@pandora-exchange/client/api/Markets"
import type { Order } from "@pandora-exchange/client/api/Orders"
import { Context, Effect, Layer, Schema } from "effect"
import { Feed, type FeedService } from "./feed/Feed.ts"
import { isOpen, type OrderRecord } from "./feed/Records.ts"
import { entryView, fillViews, orderView, tradeView } from "./feed/views.ts"

/** The history has not reached what the caller was answered. Asking again is safe. */
export class HistoryBehind extends Schema.TaggedError<HistoryBehind>()("HistoryBehind", {
  wanted: Schema.Number,
  reached: Schema.Number
}) {}

/** No cursor that this history has given. */
export class MalformedCursor extends Schema.TaggedError<MalformedCursor>()("MalformedCursor", {}) {}

export interface PageRequest {
  readonly limit: number
  /** As it was given in `next`, for the same question. */
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
  /** The last command that the answer reflects. */
  readonly sequence: number
}

type Paged<A> = Effect.Effect<Page<A>, MalformedCursor>

export interface HistoryService {
  /** The last command that answers reflect. */
  readonly position: Effect.Effect<number>
  /** Waits until answers reflect the command `sequence`, for at most `historyWaitMs`. */
  readonly awaitPosition: (sequence: number) => Effect.Effect<void, HistoryBehind>
  /** Open or closed. By the client's id: the newest that has or had it. */
  readonly order: (of: {
    readonly account: number
    readonly order: number | { readonly clientOrderId: string }
  }) => Effect.Effect<Order | undefined>
  /** By order id. A time range is of when they were placed. */
  readonly orders: (
    of: {
      readonly account: number
      readonly market?: string | undefined
      readonly side?: "buy" | "sell" | undefined
      readonly status?: "open" | "closed" | undefined
    } & PageRequest
  ) => Paged<Order>
  /** Of one market, by trade id. */
  readonly trades: (of: { readonly market: string } & PageRequest) => Paged<Trade>
  readonly fills: (
    of: {
      readonly account: number
      readonly market?: string | undefined
      readonly order?: number | undefined
    } & PageRequest
  ) => Paged<Fill>
  readonly entries: (
    of: {
      readonly account: number
      readonly asset?: string | undefined
      readonly kind?: (typeof entryKinds)[number] | undefined
    } & PageRequest
  ) => Paged<LedgerEntry>
}

/** How long a read of the history waits for what the caller was answered last. */
export const historyWaitMs = 500

export class History extends Context.Service<History, HistoryService>()("@pandora-exchange/server/History") {
  /** The recent past, in memory: `keptPerAccount` of each list and account, `keptPerMarket` trades. */
  static readonly layerMemory: Layer.Layer<History, never, Feed> = Layer.effect(History, Effect.map(Feed, inMemory))
}

function inMemory(feed: FeedService): HistoryService {
  const { directory, ledger, records } = feed
  const found = (order: OrderRecord | undefined) => (order === undefined ? undefined : orderView(directory, order))
  const page = <A, B>(items: ReadonlyArray<A>, request: PageRequest, how: Paging<A, B>) =>
    Effect.suspend(() => pageOf(items, request, feed.position(), how))
  return {
    position: Effect.sync(feed.position),
    awaitPosition: (sequence) =>
      Effect.timeoutOrElse(feed.reached(sequence), {
        duration: historyWaitMs,
        orElse: () => Effect.fail(new HistoryBehind({ wanted: sequence, reached: feed.position() }))
      }),
    order: ({ account, order }) =>
      Effect.sync(() => {
        const { items } = records.ordersOf(account)
        if (typeof order === "number") return found(items.find(({ orderId }) => orderId === order))
        return found(items.findLast(({ clientOrderId }) => clientOrderId === order.clientOrderId))
      }),
    orders: ({ account, market, side, status, ...request }) =>
      page(records.ordersOf(account).items, request, {
        key: ({ orderId }) => [orderId, 0],
        time: ({ createdAt }) => createdAt,
        matches: (order) =>
          (market === undefined || directory.find(market)?.market.marketId === order.marketId) &&
          (side === undefined || order.side === side) &&
          (status === undefined || isOpen(order) === (status === "open")),
        view: (order) => [orderView(directory, order)]
      }),
    trades: ({ market, ...request }) => {
      const terms = directory.find(market)
      const items = terms === undefined ? [] : records.tradesOf(terms.market.marketId).items
      return page(items, request, {
        key: ({ event }) => [event.tradeId, 0],
        time: ({ time }) => time,
        matches: () => true,
        view: (trade) => [tradeView(directory, trade)]
      })
    },
    fills: ({ account, market, order, ...request }) =>
      page(records.fillsOf(account).items, request, {
        key: ({ event, sequence }) => [sequence, event.tradeId],
        time: ({ time }) => time,
        matches: ({ event }) =>
          (market === undefined || directory.find(market)?.market.marketId === event.marketId) &&
          (order === undefined || event.makerOrderId === order || event.takerOrderId === order),
        view: (trade) =>
          fillViews(directory, trade, account).filter((fill) => order === undefined || fill.order === `ord_${order}`)
      }),
    entries: ({ account, asset, kind, ...request }) =>
      page(ledger.postingsOf(account).items, request, {
        key: ({ index, sequence }) => [sequence, index],
        time: ({ time }) => time,
        matches: (posting) =>
          (asset === undefined || directory.assetOf(posting.assetId).symbol === asset) &&
          (kind === undefined || posting.kind === kind),
        view: (posting) => [entryView(directory, posting)]
      })
  }
}

type Key = readonly [number, number]

interface Paging<A, B> {
  /** Grows from item to item. */
  readonly key: (item: A) => Key
  readonly time: (item: A) => number
  readonly matches: (item: A) => boolean
  readonly view: (item: A) => ReadonlyArray<B>
}

const pageOf = <A, B>(
  items: ReadonlyArray<A>,
  { cursor, from = 0, limit, sort, to = Number.POSITIVE_INFINITY }: PageRequest,
  sequence: number,
  { key, matches, time, view }: Paging<A, B>
): Paged<B> => {
  const after = cursor === undefined ? undefined : keyOf(cursor)
  if (after === null) return Effect.fail(new MalformedCursor())
  const step = sort === "newest" ? -1 : 1
  const data: Array<B> = []
  let last: Key | undefined
  for (let i = sort === "newest" ? items.length - 1 : 0; i >= 0 && i < items.length; i += step) {
    const item = items[i]!
    const itemKey = key(item)
    if (after !== undefined && compare(itemKey, after) * step <= 0) continue
    if (time(item) < from || time(item) >= to || !matches(item)) continue
    if (data.length >= limit) return Effect.succeed({ data, next: cursorOf(last!), sequence })
    data.push(...view(item))
    last = itemKey
  }
  return Effect.succeed({ data, next: null, sequence })
}

const compare = (a: Key, b: Key): number => a[0] - b[0] || a[1] - b[1]

const cursorOf = (key: Key): string => Buffer.from(key.join(".")).toString("base64url")

const keyOf = (cursor: string): Key | null => {
  const [, first, second] = /^(\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? []
  return first === undefined ? null : [Number(first), Number(second)]
}
