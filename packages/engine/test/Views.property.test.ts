/** The views of core over random journals, compared with the engine's own state. */
import { Depth, Directory, type Event, type Ids, OrderLife, Postings } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { type Contents, contentsOf } from "../src/Contents.ts"
import { limitsDefault } from "../src/Limits.ts"
import { EngineVenue } from "./EngineVenue.ts"
import { limitsSmall, randomCommands } from "./reference/randomCommands.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const firstSeed = Number(process.env["PANDORA_SEED"] ?? 1)
const seeds = Array.from({ length: long ? 100 : 4 }, (_, i) => firstSeed + i)
const commandsPerSeed = long ? 20_000 : 4_000

/** The events of each command, and the venue's contents after the middle one and after the last. */
const recorded = (seed: number) => {
  const engine = new EngineVenue(seed % 2 === 0 ? limitsDefault : limitsSmall)
  const commands = randomCommands(seed, commandsPerSeed)
  const caused: Array<ReadonlyArray<Event.Event>> = []
  let middle = contentsOf(engine.venue.state)
  for (let next = commands.next([]); next.done !== true; ) {
    const [time, command, ask] = next.value
    const { events } = engine.apply(time, command, ask)
    caused.push(events)
    if (caused.length === commandsPerSeed / 2) middle = contentsOf(engine.venue.state)
    next = commands.next(events)
  }
  return { caused, middle, end: contentsOf(engine.venue.state) }
}

/** Adds up postings, by account, asset and part, and by asset within one event. */
class Sums implements Postings.Poster {
  readonly ofEvent = new Map<number, bigint>()
  private readonly parts = new Map<string, bigint>()

  post(accountId: number, assetId: number, part: Postings.BalancePart, amount: bigint): void {
    this.ofEvent.set(assetId, (this.ofEvent.get(assetId) ?? 0n) + amount)
    this.add(accountId, assetId, part, amount)
  }

  add(accountId: number, assetId: number, part: Postings.BalancePart, amount: bigint): void {
    const key = `${accountId}/${assetId}/${part}`
    this.parts.set(key, (this.parts.get(key) ?? 0n) + amount)
  }

  /** Those that are not 0. */
  get all(): ReadonlyMap<string, bigint> {
    return new Map([...this.parts].filter(([, amount]) => amount !== 0n).sort())
  }
}

const balancesOf = (contents: Contents): Sums => {
  const sums = new Sums()
  for (const { accountId, assetId, available, held } of contents.balances) {
    sums.add(accountId, assetId, "available", available)
    sums.add(accountId, assetId, "held", held)
  }
  return sums
}

type Kept = OrderLife.OrderTerms & OrderLife.OrderLife

/** Every order that is open. */
class OpenOrders implements OrderLife.OrderKeeper {
  readonly orders = new Map<Ids.OrderId, Kept>()

  accepted(event: Event.EventOf<"OrderAccepted">): void {
    this.orders.set(event.orderId, OrderLife.accepted(event))
  }

  changed(orderId: Ids.OrderId, accountId: Ids.AccountId): Kept {
    const order = this.kept(orderId)
    assert.strictEqual(order.accountId, accountId)
    return order
  }

  kept(orderId: Ids.OrderId): Kept {
    const order = this.orders.get(orderId)
    assert.isDefined(order)
    return order
  }
}

/** Books of every market, by its number. */
class Books implements Depth.DepthReader {
  readonly books = new Map<number, Depth.Book>()

  changed(
    ...[marketId, side, priceTicks, lots, depthSequence]: Parameters<Depth.DepthReader["changed"]>
  ): void {
    const book = this.of(marketId)
    assert.strictEqual(depthSequence, book.depthSequence + 1)
    book.change(side, priceTicks, lots, depthSequence)
  }

  of(marketId: number): Depth.Book {
    const book = this.books.get(marketId) ?? new Depth.Book()
    this.books.set(marketId, book)
    return book
  }

  get all() {
    return [...this.books]
      .sort(([a], [b]) => a - b)
      .map(([marketId, { asks, bids, depthSequence }]) => ({
        marketId,
        depthSequence,
        bids: new Map([...bids].sort(([a], [b]) => a - b)),
        asks: new Map([...asks].sort(([a], [b]) => a - b))
      }))
  }
}

const booksOf = ({ markets, orders }: Contents): Books => {
  const books = new Books()
  for (const { depthSequence, market } of markets)
    books.books.set(market.marketId, new Depth.Book(depthSequence))
  for (const { marketId, priceTicks, shownLots, side } of orders)
    books.of(marketId).stand(side, priceTicks, shownLots)
  return books
}

describe.each(seeds)("views of a random journal, seed %i", (seed) => {
  const { caused, end, middle } = recorded(seed)

  it("the postings of each event add up to zero per asset, and all of them to the venue's balances", () => {
    const postings = new Postings.Postings()
    const sums = new Sums()
    for (const event of caused.flat()) {
      sums.ofEvent.clear()
      postings.read(event, sums)
      for (const [assetId, sum] of sums.ofEvent)
        assert.strictEqual(sum, 0n, `${event._tag}, asset ${assetId}`)
    }
    assert.isAbove(sums.all.size, 0)
    assert.deepStrictEqual(sums.all, balancesOf(end).all)
  })

  it("postings go on from the balances of a start in the middle", () => {
    const postings = new Postings.Postings(middle.markets.map(({ market }) => market))
    const sums = balancesOf(middle)
    for (const event of caused.slice(commandsPerSeed / 2).flat()) postings.read(event, sums)
    assert.deepStrictEqual(sums.all, balancesOf(end).all)
  })

  it("the orders that have not ended are the venue's open orders", () => {
    const keeper = new OpenOrders()
    for (const event of caused.flat()) {
      OrderLife.read(event, keeper)
      if (event._tag === "OrderStood") {
        const { fee, filledLots, filledQuote, preventedLots } = keeper.kept(event.orderId)
        assert.deepInclude(event, { fee, filledLots, filledQuote, preventedLots })
      }
      if (event._tag !== "OrderEnded") continue
      const { endReason, endedLots, filledLots, remainingLots } = keeper.kept(event.orderId)
      assert.deepStrictEqual(
        { endReason, endedLots, filledLots, remainingLots },
        {
          endReason: event.reason,
          endedLots: event.endedLots,
          filledLots: event.filledLots,
          remainingLots: 0
        }
      )
      keeper.orders.delete(event.orderId)
    }
    const known = (order: Kept | Contents["orders"][number]) => ({
      orderId: order.orderId,
      accountId: order.accountId,
      marketId: order.marketId,
      side: order.side,
      priceTicks: order.priceTicks,
      lots: order.lots,
      filledLots: order.filledLots,
      remainingLots: order.remainingLots,
      preventedLots: order.preventedLots,
      filledQuote: order.filledQuote,
      fee: order.fee,
      waitsFor: order.waitsFor,
      trigger: order.trigger,
      triggerTicks: order.triggerTicks,
      trailingUnit: order.trailingUnit,
      trailingOffset: order.trailingOffset,
      listId: order.listId,
      deadline: order.deadline,
      clientOrderId: order.clientOrderId,
      status: OrderLife.openStatusOf(order)
    })
    const byId = (a: { readonly orderId: number }, b: { readonly orderId: number }) =>
      a.orderId - b.orderId
    assert.isAbove(end.orders.length, 0)
    assert.deepStrictEqual(
      [...keeper.orders.values()].sort(byId).map(known),
      end.orders.toSorted(byId).map(known)
    )
  })

  it("the levels of the books are those of the orders in them, from the beginning and from the middle", () => {
    const whole = new Books()
    for (const event of caused.flat()) Depth.read(event, whole)
    for (const { market } of end.markets) whole.of(market.marketId)
    const half = booksOf(middle)
    for (const event of caused.slice(commandsPerSeed / 2).flat()) Depth.read(event, half)
    for (const { market } of end.markets) half.of(market.marketId)
    assert.deepStrictEqual(whole.all, booksOf(end).all)
    assert.deepStrictEqual(half.all, whole.all)
  })

  it("a directory that learns from events names the venue's assets and markets", () => {
    const directory = new Directory.Directory()
    for (const event of caused.flat()) directory.learn(event)
    for (const asset of end.assets) {
      assert.deepStrictEqual(directory.assetOf(asset.assetId), asset)
      assert.strictEqual(directory.findAsset(asset.symbol), directory.assetOf(asset.assetId))
    }
    for (const { market } of end.markets) {
      const { base, quote, ...terms } = directory.termsOf(market.marketId)
      assert.deepStrictEqual(
        [base, quote],
        [market.baseAssetId, market.quoteAssetId].map((id) => directory.assetOf(id))
      )
      assert.deepStrictEqual(terms.market, market)
      assert.strictEqual(directory.find(market.symbol)!.market, terms.market)
    }
  })
})
