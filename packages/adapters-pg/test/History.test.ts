import { assert, describe, it } from "@effect/vitest"
import { Batch, type Event, Ids } from "@pandora-exchange/core"
import { Context, Effect, Fiber, Layer } from "effect"
import * as History from "../src/History.ts"
import { PgDatabase } from "../src/PgDatabase.ts"
import * as Projections from "../src/Projections.ts"
import { Random } from "../../engine/test/reference/randomCommands.ts"
import { forThisFile, hang, inMemory, onServer, type Place } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"
import { readOf, venueJournal } from "./support/venueJournal.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const seed = Number(process.env["PANDORA_SEED"] ?? 1)
const { batches, bookkeeping } = venueJournal(
  seed,
  long ? 10_000 : 3_000,
  (i) => 1 + ((i * 11) % 40)
)
const happened = batches.flatMap((batch) =>
  Batch.entries(batch).map(({ events, sequence }) => ({ sequence, events, time: batch.time }))
)

let venues = 0

const opened = (place: Place, venueId = `venue-${++venues}`) =>
  Effect.map(
    Layer.build(
      Layer.fresh(
        Layer.provideMerge(
          Layer.mergeAll(
            History.layer({ venueId }),
            Projections.layer({ venueId, pause: "5 millis" })
          ),
          place.database
        )
      )
    ),
    (context) => ({
      venueId,
      sql: Context.get(context, PgDatabase).sql,
      history: Context.get(context, History.History),
      projections: Context.get(context, Projections.Projections)
    })
  )

/** What the events say about the account's orders, oldest first. */
const toldOrders = (accountId: number) => {
  const accepted = new Map(
    happened.flatMap(({ events, sequence, time }) =>
      events.flatMap((event) =>
        event._tag === "OrderAccepted" ? [[event.orderId as number, { sequence, time }]] : []
      )
    ) as Array<[number, { sequence: Ids.Sequence; time: number }]>
  )
  return [...bookkeeping.orders]
    .filter(([, order]) => order.accepted.accountId === accountId)
    .sort(([a], [b]) => a - b)
    .map(([orderId, order]) => ({
      orderId,
      marketId: order.accepted.marketId,
      side: order.accepted.side,
      status: order.ended ?? ("open" as const),
      filledLots: order.filledLots,
      clientOrderId: order.accepted.clientOrderId,
      credential: order.accepted.credential,
      deadline: order.accepted.deadline,
      acceptedSequence: accepted.get(orderId)!.sequence,
      acceptedAt: accepted.get(orderId)!.time
    }))
}

const plainOrder = (order: History.Order) => ({
  orderId: order.orderId as number,
  marketId: order.marketId,
  side: order.side,
  status: order.status,
  filledLots: order.filledLots,
  clientOrderId: order.clientOrderId,
  credential: order.credential,
  deadline: order.deadline,
  acceptedSequence: order.acceptedSequence,
  acceptedAt: order.acceptedAt.getTime()
})

const toldTrades = happened.flatMap(({ events, sequence, time }) =>
  events.flatMap((event, eventIndex) =>
    event._tag === "Trade" ? [{ event, eventIndex, sequence, time }] : []
  )
)

const toldFills = (accountId: number) =>
  toldTrades.flatMap(({ event, eventIndex, sequence, time }) =>
    (["maker", "taker"] as const)
      .filter((role) => event[`${role}AccountId`] === accountId)
      .map((role) => ({
        marketId: event.marketId,
        tradeId: event.tradeId,
        orderId: event[`${role}OrderId`],
        accountId: Ids.AccountId(accountId),
        role,
        side:
          (role === "taker") === (event.takerSide === "buy") ? ("buy" as const) : ("sell" as const),
        priceTicks: event.priceTicks,
        lots: event.lots,
        baseUnits: event.baseUnits,
        quoteUnits: event.quoteUnits,
        fee: event[`${role}Fee`],
        sequence,
        eventIndex,
        time: new Date(time)
      }))
  )

/** All pages of a list, each of a size the seed chose. */
const allPages = <A, Q extends History.PageQuery, E>(
  ask: (query: Q) => Effect.Effect<History.Page<A>, E>,
  query: Q,
  random: Random
) =>
  Effect.gen(function* () {
    const items: Array<A> = []
    let cursor: string | undefined
    do {
      const page: History.Page<A> = yield* ask({ ...query, cursor, limit: random.int(1, 40) })
      if (cursor !== undefined) assert.isNotEmpty(page.items)
      items.push(...page.items)
      cursor = page.next
    } while (cursor !== undefined)
    return items
  })

/** The list in both directions, whole and in ranges of time. */
const isPaged = Effect.fnUntraced(function* <A, B, Q extends History.PageQuery, E>(
  ask: (query: Q) => Effect.Effect<History.Page<A>, E>,
  query: Q,
  expected: ReadonlyArray<B>,
  { plain, timeOf }: { readonly plain: (item: A) => B; readonly timeOf: (item: B) => number }
) {
  const random = new Random(seed)
  const times = happened.map(({ time }) => time)
  for (const [since, until] of [
    [undefined, undefined],
    [times[0]! + 1, times.at(-1)!],
    [times[times.length >> 2]!, times[times.length >> 1]!],
    [times[times.length >> 1]! + 1, undefined],
    [undefined, times[times.length >> 1]! - 1],
    [times.at(-1)! + 1, undefined]
  ]) {
    const within = expected.filter(
      (item) => timeOf(item) >= (since ?? 0) && timeOf(item) < (until ?? Infinity)
    )
    const range = { ...query, since, until }
    const oldest = yield* allPages(ask, { ...range, direction: "oldestFirst" }, random)
    assert.deepStrictEqual(oldest.map(plain), within)
    const newest = yield* allPages(ask, range, random)
    assert.deepStrictEqual(newest.map(plain), [...within].reverse())
  }
})

const cases = (place: Place) => {
  const accounts = [...bookkeeping.accounts.keys()]
  const withAll = Effect.gen(function* () {
    const here = yield* opened(place)
    // In many transactions, so that there are time marks.
    for (let i = 10; i < batches.length + 10; i += 10)
      yield* here.projections.catchUp(readOf(batches.slice(0, i)))
    return here
  })

  it.live(
    "orders, fills, trades and entries come page by page, in either direction, within a range of time",
    () =>
      Effect.gen(function* () {
        const { history, sql, venueId } = yield* withAll
        const [mark] = yield* sql<{ readonly marks: bigint }>`
        SELECT count(*) AS marks FROM pandora.projection_mark WHERE venue_id = ${venueId}`
        assert.isAbove(Number(mark!.marks), 10)

        const busiest = accounts.sort((a, b) => toldFills(b).length - toldFills(a).length)[0]!
        const accountId = Ids.AccountId(busiest)
        const orders = toldOrders(busiest)
        assert.isAbove(orders.length, 100)
        const byAcceptance = {
          plain: plainOrder,
          timeOf: (order: { acceptedAt: number }) => order.acceptedAt
        }
        yield* isPaged(history.orders, { accountId }, orders, byAcceptance)
        for (const marketId of bookkeeping.markets.keys()) {
          const ofMarket = orders.filter((order) => order.marketId === marketId)
          yield* isPaged(
            history.orders,
            { accountId, marketId: Ids.MarketId(marketId) },
            ofMarket,
            byAcceptance
          )
        }
        const open = orders.filter(({ status }) => status === "open")
        yield* isPaged(history.orders, { accountId, statuses: ["open"] }, open, byAcceptance)
        const bought = orders.filter(
          ({ side, status }) => side === "buy" && (status === "filled" || status === "cancelled")
        )
        assert.isNotEmpty(bought)
        yield* isPaged(
          history.orders,
          { accountId, side: "buy", statuses: ["filled", "cancelled"] },
          bought,
          byAcceptance
        )
        yield* isPaged(history.orders, { accountId, statuses: [] }, [], byAcceptance)
        for (const credential of [0, 1, Number.MAX_SAFE_INTEGER]) {
          const placedWith = orders.filter((order) => order.credential === credential)
          assert.isAbove(placedWith.length, 20)
          yield* isPaged(history.orders, { accountId, credential }, placedWith, byAcceptance)
        }
        yield* isPaged(history.orders, { accountId, credential: 2 }, [], byAcceptance)

        const inOrder = {
          plain: <A>(item: A) => item,
          timeOf: ({ time }: { time: Date }) => time.getTime()
        }
        for (const account of accounts) {
          yield* isPaged(
            history.fills,
            { accountId: Ids.AccountId(account) },
            toldFills(account),
            inOrder
          )
        }
        const [marketId] = [...bookkeeping.markets.keys()].map(Ids.MarketId) as [Ids.MarketId]
        const ofMarket = toldFills(busiest).filter((fill) => fill.marketId === marketId)
        yield* isPaged(history.fills, { accountId, marketId }, ofMarket, inOrder)

        const tradedTwice = toldFills(busiest).find(
          ({ orderId }, i, fills) => fills.findIndex((fill) => fill.orderId === orderId) < i
        )!
        const ofOrder = toldFills(busiest).filter(({ orderId }) => orderId === tradedTwice.orderId)
        yield* isPaged(history.fills, { accountId, orderId: tradedTwice.orderId }, ofOrder, inOrder)
        assert.deepStrictEqual(
          (yield* history.fills({ accountId: Ids.AccountId(1), orderId: tradedTwice.orderId }))
            .items,
          []
        )

        const trades = toldTrades
          .filter(({ event }) => event.marketId === marketId)
          .map(({ event, eventIndex, sequence, time }) => ({
            marketId,
            tradeId: event.tradeId,
            takerSide: event.takerSide,
            priceTicks: event.priceTicks,
            lots: event.lots,
            baseUnits: event.baseUnits,
            quoteUnits: event.quoteUnits,
            sequence,
            eventIndex,
            time: new Date(time)
          }))
        yield* isPaged(history.trades, { marketId }, trades, inOrder)
        const fromTradeId = Ids.TradeId(trades.length >> 1)
        yield* isPaged(
          history.trades,
          { marketId, fromTradeId },
          trades.slice(fromTradeId - 1),
          inOrder
        )
        const past = yield* history.trades({
          marketId,
          fromTradeId: Ids.TradeId(trades.length + 1)
        })
        assert.deepStrictEqual(past.items, [])

        const entries = yield* allPages(
          history.entries,
          { accountId, direction: "oldestFirst" },
          new Random(seed)
        )
        yield* isPaged(history.entries, { accountId }, entries, inOrder)
        const balances = new Map<number, { available: bigint; held: bigint }>()
        for (const { amount, assetId, balance: after, part } of entries) {
          const balance = balances.get(assetId) ?? { available: 0n, held: 0n }
          balances.set(assetId, { ...balance, [part]: balance[part] + amount })
          assert.strictEqual(after, balance[part] + amount)
        }
        for (const [assetId, balance] of balances) {
          assert.deepStrictEqual(balance, bookkeeping.balances.get(`${accountId}/${assetId}`))
          const ofAsset = entries.filter(
            (entry) => entry.assetId === assetId && entry.kind === "fee"
          )
          yield* isPaged(
            history.entries,
            { accountId, assetId: Ids.AssetId(assetId), kind: "fee" },
            ofAsset,
            inOrder
          )
        }
        const isSomething = ({ available, held }: Pick<History.Balance, "available" | "held">) =>
          available !== 0n || held !== 0n
        const told = [...bookkeeping.balances]
          .filter(([key]) => key.startsWith(`${accountId}/`))
          .map(([key, { available, held }]) => ({
            accountId,
            assetId: Ids.AssetId(Number(key.split("/")[1])),
            available,
            held
          }))
          .filter(isSomething)
          .sort((a, b) => a.assetId - b.assetId)
        assert.deepStrictEqual((yield* history.balances(accountId)).items.filter(isSomething), told)
        const sums = new Map<number, bigint>()
        for (const { assetId, available, held } of (yield* history.totals).items) {
          sums.set(assetId, (sums.get(assetId) ?? 0n) + available + held)
        }
        assert.isNotEmpty([...sums])
        for (const sum of sums.values()) assert.strictEqual(sum, 0n)
      }).pipe(Effect.scoped)
  )

  it.live("an order is found by its id and by its client's, of two with the same the newer", () =>
    Effect.gen(function* () {
      const { history } = yield* withAll
      for (const account of accounts) {
        const accountId = Ids.AccountId(account)
        const newest = new Map<string, number>()
        for (const order of toldOrders(account)) {
          const found = yield* history.order({ accountId, orderId: Ids.OrderId(order.orderId) })
          assert.deepStrictEqual(found && plainOrder(found), order)
          if (order.clientOrderId !== "") newest.set(order.clientOrderId, order.orderId)
        }
        for (const [clientOrderId, orderId] of newest) {
          assert.strictEqual((yield* history.order({ accountId, clientOrderId }))?.orderId, orderId)
        }
        assert.isUndefined(yield* history.order({ accountId, clientOrderId: "" }))
        const others = [...bookkeeping.orders].find(
          ([, { accepted }]) => accepted.accountId !== account
        )!
        assert.isUndefined(yield* history.order({ accountId, orderId: Ids.OrderId(others[0]) }))
      }
    }).pipe(Effect.scoped)
  )

  it.live("the open orders of all accounts are those of the command that they come with", () =>
    Effect.gen(function* () {
      const { history } = yield* withAll
      const { items, sequence } = yield* history.openOrders
      assert.strictEqual(sequence, Batch.lastSequence(batches.at(-1)!))
      assert.deepStrictEqual(
        items.map(plainOrder),
        [...new Set(items.map(({ accountId }) => accountId))].flatMap((account) =>
          toldOrders(account).filter(({ status }) => status === "open")
        )
      )
      assert.strictEqual(items.length, bookkeeping.open.size)
    }).pipe(Effect.scoped)
  )

  it.live(
    "an account that trades with itself has both fills, in pages that end between them, too",
    () =>
      Effect.gen(function* () {
        const { history, projections } = yield* opened(place)
        const self = venueJournal(seed, 20_000, () => 500)
        yield* projections.catchUp(readOf(self.batches))
        const own = self.batches
          .flatMap((batch) => Batch.entries(batch))
          .flatMap(({ events }) =>
            events.filter((event): event is Event.EventOf<"Trade"> => event._tag === "Trade")
          )
          .filter((trade) => trade.makerAccountId === trade.takerAccountId)
        assert.isNotEmpty(own)
        const accountId = own[0]!.makerAccountId
        for (const direction of ["newestFirst", "oldestFirst"] as const) {
          const whole = yield* history.fills({ accountId, direction, limit: 1_000 })
          const single: Array<History.Fill> = []
          let cursor: string | undefined
          for (let i = 0; i < whole.items.length; i++) {
            const page: History.Page<History.Fill> = yield* history.fills({
              accountId,
              direction,
              limit: 1,
              cursor
            })
            single.push(...page.items)
            cursor = page.next
          }
          assert.deepStrictEqual(single, whole.items)
        }
      }).pipe(Effect.scoped)
  )

  it.live("a page tells what it has at least, and another venue's rows are not in it", () =>
    Effect.gen(function* () {
      const { history, projections } = yield* opened(place)
      const accountId = Ids.AccountId(1000)
      const nothing = { items: [], next: undefined, sequence: Ids.Sequence(0) }
      assert.deepStrictEqual(yield* history.orders({ accountId }), nothing)
      assert.deepStrictEqual(yield* history.entries({ accountId }), nothing)
      assert.deepStrictEqual(yield* history.fills({ accountId }), nothing)
      assert.deepStrictEqual(yield* history.trades({ marketId: Ids.MarketId(1) }), nothing)
      assert.deepStrictEqual(yield* history.balances(accountId), {
        items: [],
        sequence: Ids.Sequence(0)
      })
      yield* projections.catchUp(readOf(batches.slice(0, 3)))
      const sequence = Batch.lastSequence(batches[2]!)
      assert.strictEqual((yield* history.orders({ accountId })).sequence, sequence)
      assert.strictEqual((yield* history.balances(accountId)).sequence, sequence)
    }).pipe(Effect.scoped)
  )

  it.live("a position is waited for, by many at once, and known when it is there", () =>
    Effect.gen(function* () {
      const { history, projections } = yield* opened(place)
      const last = Batch.lastSequence(batches[9]!)
      const waiting = yield* Effect.forkChild(
        Effect.forEach(
          Array.from({ length: 200 }, (_, i) => Ids.Sequence(1 + (i % last))),
          (sequence) => history.awaitPosition({ sequence, within: "20 seconds" }),
          { concurrency: "unbounded", discard: true }
        )
      )
      yield* Effect.sleep("30 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* projections.catchUp(readOf(batches.slice(0, 10)))
      yield* Fiber.join(waiting)
      yield* history.awaitPosition({ sequence: last, within: "5 seconds" })
    }).pipe(Effect.scoped)
  )

  it.live("error: a position that does not come in time is PositionNotReached", () =>
    Effect.gen(function* () {
      const { history, projections } = yield* opened(place)
      yield* projections.catchUp(readOf(batches.slice(0, 2)))
      const sequence = Ids.Sequence(Batch.lastSequence(batches[1]!) + 1)
      const error = yield* Effect.flip(
        history.awaitPosition({ sequence, within: "50 millis", projection: "trading" })
      )
      assert.deepInclude(error, { _tag: "PositionNotReached", projection: "trading", sequence })
    }).pipe(Effect.scoped)
  )

  it.live("error: limits, times and cursors that are none are refused", () =>
    Effect.gen(function* () {
      const { history } = yield* opened(place)
      const accountId = Ids.AccountId(1000)
      for (const limit of [0, -1, 1.5, 1_001, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.deepInclude(yield* Effect.flip(history.orders({ accountId, limit })), {
          _tag: "QueryRefused",
          field: "limit"
        })
      }
      for (const time of [0.5, Number.NaN, 9e15]) {
        assert.deepInclude(yield* Effect.flip(history.fills({ accountId, since: time })), {
          field: "since"
        })
        assert.deepInclude(yield* Effect.flip(history.entries({ accountId, until: time })), {
          field: "until"
        })
      }
      for (const cursor of ["", "x", "AAAA", "'; DROP TABLE pandora.orders; --"]) {
        assert.instanceOf(
          yield* Effect.flip(history.orders({ accountId, cursor })),
          History.CursorRefused
        )
        assert.instanceOf(
          yield* Effect.flip(history.trades({ marketId: Ids.MarketId(1), cursor })),
          History.CursorRefused
        )
      }
    }).pipe(Effect.scoped)
  )
}

if (Postgres.available) {
  const place = await Effect.runPromise(onServer)
  describe("History on Postgres", () => {
    cases(place)

    it.live("error: a database that does not answer is HistoryUnavailable", () =>
      Effect.gen(function* () {
        const venueId = `venue-${++venues}`
        const context = yield* Layer.build(
          Layer.provide(History.layer({ venueId, answerWithin: "100 millis" }), place.database)
        )
        const history = Context.get(context, History.History)
        const release = yield* hang(place.url, "pandora.orders")
        const error = yield* Effect.flip(history.orders({ accountId: Ids.AccountId(1) }))
        assert.deepInclude(error, { _tag: "HistoryUnavailable", problem: "no answer within 100ms" })
        yield* release
        assert.deepStrictEqual((yield* history.orders({ accountId: Ids.AccountId(1) })).items, [])
      }).pipe(Effect.scoped)
    )
  })
} else describe.skip(`History on Postgres: ${Postgres.missing}`, () => it("", () => {}))

const embedded = await forThisFile(inMemory)
describe("History on the embedded database", () => cases(embedded))
