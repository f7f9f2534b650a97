/** What is visible only in the engine's state. */
import { type Command, Ids } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import { contentsOf } from "../src/Contents.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { EngineVenue } from "./EngineVenue.ts"
import { limitsSmall, randomCommands } from "./reference/randomCommands.ts"
import {
  ada,
  advance,
  atMarket,
  bob,
  cancel,
  cleo,
  firstOrder,
  list,
  market,
  order,
  price,
  quote,
  richVenueFrom,
  rules,
  start,
  status
} from "./venueWith.ts"

describe("the state of the venue", () => {
  it("tells when there is something to do next: an order's deadline, a timer, or now for what is starting", () => {
    const { at, run, venue } = richVenueFrom(EngineVenue)({}, { dueWorkMax: 1 })
    const next = () => (venue as EngineVenue).venue.nextDeadline
    const timer = (delayMs: number) => run({ _tag: "CancelAfter", accountId: ada, delayMs })
    const due = (deadline: number) => ({ timeInForce: "GTD", deadline: start + deadline }) as const
    assert.strictEqual(next(), 0)
    run(order(bob, "buy", 90, 1, due(30)))
    assert.strictEqual(next(), start + 30)
    timer(40)
    assert.strictEqual(next(), start + 30)
    timer(20)
    assert.strictEqual(next(), start + 20)
    run(cancel(bob, 1))
    assert.strictEqual(next(), start + 20)
    timer(0)
    assert.strictEqual(next(), 0)

    run(rules({ triggerSource: "index" }))
    for (let i = 0; i < 2; i++)
      run(order(ada, "sell", 94, 1, { trigger: "stopLoss", triggerTicks: 95 }))
    run(order(bob, "buy", 90, 1, due(30)))
    at(5)
    run(price(95))
    assert.strictEqual(next(), start + 5)
    for (let i = 0; i < 2; i++) run(advance)
    assert.strictEqual(next(), start + 30)
  })

  it("keeps the credential of an order as long as it is open, over an amendment and a snapshot", () => {
    const { run, venue } = richVenueFrom(EngineVenue)()
    const engine = venue as EngineVenue
    const stop = { trigger: "stopLoss", triggerTicks: 120 } as const
    run(order(bob, "buy", 90, 2, { credential: 7 }))
    run(order(bob, "buy", 91, 2))
    run(order(bob, "buy", 121, 1, { ...stop, credential: Number.MAX_SAFE_INTEGER }))
    run({
      _tag: "AmendOrder",
      accountId: bob,
      marketId: market,
      ...firstOrder,
      priceTicks: 92,
      lots: 3
    })
    const kept = () =>
      contentsOf(engine.venue.state).orders.map(({ credential, priceTicks }) => [
        priceTicks,
        credential
      ])
    const expected = [
      [92, 7],
      [91, 0],
      [121, Number.MAX_SAFE_INTEGER]
    ]
    assert.deepStrictEqual(kept(), expected)
    engine.restore()
    assert.deepStrictEqual(kept(), expected)
  })

  it("tells a market as it is now, whether it was listed in this run or comes from a snapshot", () => {
    const { run, venue } = richVenueFrom(EngineVenue)({ makerRate: 1, takerRate: 2 })
    const engine = venue as EngineVenue
    run({ _tag: "SetMarketFees", marketId: market, tier: 0, makerRate: 30, takerRate: 40 })
    run(status("halted"))
    const told = () => contentsOf(engine.venue.state).markets
    const before = told()
    assert.deepInclude(before[0]!.market, { makerRate: 30, takerRate: 40, status: "halted" })
    engine.restore()
    assert.deepStrictEqual(told(), before)
  })

  it("uses the levels of a book again that have emptied", () => {
    const { run, venue } = richVenueFrom(EngineVenue)()
    const { bids } = (venue as EngineVenue).venue.state.markets[market]!.book
    const levels = new Set<number>()
    for (let orderId = 1; orderId <= 9; orderId++) {
      run(order(ada, "buy", 90, 1))
      levels.add(bids.best)
      run(cancel(ada, orderId))
      assert.strictEqual(bids.best, 0)
    }
    assert.strictEqual(levels.size, 1)
  })

  const everything = {
    timeInForce: "GTD",
    deadline: start + 60_000,
    postOnly: "slide",
    displayLots: 2,
    selfTradePrevention: "decrement",
    credential: 7,
    clientOrderId: "mine"
  } as const
  const iceberg = order(bob, "buy", 90, 5, everything)
  const stop = {
    trigger: "stopLoss",
    trailingUnit: "ticks",
    trailingOffset: 20,
    selfTradePrevention: "none"
  } as const
  const trailing = order(bob, "buy", 0, 3, {
    ...everything,
    ...atMarket,
    displayLots: 0,
    postOnly: "off",
    ...stop,
    deadline: 0
  })
  const pair = list(bob, "OCO", [
    { side: "buy", priceTicks: 80, lots: 3, credential: 8 },
    { side: "buy", priceTicks: 121, lots: 3, trigger: "stopLoss", triggerTicks: 120 }
  ])
  const plain = order(bob, "buy", 90, 3, { selfTradePrevention: "none" })

  it.each([
    ["an iceberg with all its terms", iceberg],
    ["a trailing order", trailing],
    ["a pair", pair]
  ])("makes nothing of the record of %s whose place another order takes", (_, first) => {
    // Both tell and keep the same: in the second, no order takes the place of another.
    const [again, fresh] = [false, true].map((restores) => {
      const { run, tags, venue } = richVenueFrom(EngineVenue)({ makerRate: 333, takerRate: 777 })
      const engine = venue as EngineVenue
      run(rules({ triggerSource: "index" }))
      run(price(100))
      const seen: Array<unknown> = [tags(first)]
      // A part of it is traded or prevented, where it is in the book.
      run(order(ada, "sell", 90, 1))
      run(order(bob, "sell", 90, 1, { selfTradePrevention: "decrement", timeInForce: "IOC" }))
      run({ _tag: "CancelAll", accountId: ada, marketId: market, sides: "both" })
      run({ _tag: "CancelAll", accountId: bob, marketId: market, sides: "both" })
      assert.strictEqual(engine.venue.state.orders.count, 0)
      if (restores) engine.restore()
      for (const next of [plain, trailing, pair, iceberg]) {
        seen.push(run(next).events, contentsOf(engine.venue.state), engine.hash())
        seen.push(run(order(ada, "sell", 90, 1)).events, engine.hash())
        seen.push(
          run({ _tag: "CancelAll", accountId: bob, marketId: market, sides: "both" }).events,
          engine.hash()
        )
      }
      return seen
    })
    assert.deepStrictEqual(again, fresh)
  })

  it("error: reads no snapshot whose balances do not sum up to 0", () => {
    for (const [available, held] of [
      [1n, 0n],
      [0n, 1n]
    ] as const) {
      const engine = richVenueFrom(EngineVenue)().venue as EngineVenue
      const { accounts, funds } = engine.venue.state
      const index = accounts.indexOf(ada)
      funds.load(index, quote, funds.available(index, quote) + available, held)
      const problem = "the balances of asset 2 sum up to 1, not to 0"
      assert.throws(() => engine.restore(), Snapshot.MalformedSnapshot, problem)
    }
  })

  it("error: reads no snapshot with a balance of an account that does not exist", () => {
    const { run, venue } = richVenueFrom(EngineVenue)()
    const { state } = (venue as EngineVenue).venue
    run({ _tag: "Transfer", accountId: ada, receiverId: cleo, assetId: quote, amount: 1n })
    const bytes = Buffer.concat([...Snapshot.encode(state)])
    const balance = Buffer.alloc(12)
    balance.writeUInt32LE(cleo)
    balance.writeBigInt64LE(100_001n, 4)
    const at = bytes.indexOf(balance)
    assert.isAbove(at, 0)
    bytes.writeUInt32LE(cleo + 1, at)
    const problem = "there is no account 1003"
    assert.throws(() => Snapshot.decode(bytes), Snapshot.MalformedSnapshot, problem)
  })

  it.each([1, 2, 3])("keeps nothing of orders that have ended, seed %i", (seed) => {
    const engine = new EngineVenue(limitsSmall)
    const { state } = engine.venue
    const commands = randomCommands(seed, 3_000)
    let time = 0
    for (let next = commands.next([]); next.done !== true; ) {
      time = next.value[0]
      next = commands.next(engine.apply(...next.value).events)
    }
    assert.isAbove(state.orders.count, 5)
    const markets = engine.markets().map(({ marketId }) => marketId)
    const accounts = engine.accounts().map(({ accountId }) => accountId)
    const run = (command: Command.Command) => engine.apply(time, command)
    for (const marketId of markets) run({ _tag: "SetMarketStatus", marketId, status: "open" })
    while (state.firstToActivate !== 0) run(advance)
    for (const accountId of accounts) {
      run({ _tag: "CancelAfter", accountId, delayMs: 0 })
      run({ _tag: "CancelAll", accountId, marketId: Ids.MarketId(0), sides: "both" })
    }
    const { clientOrders, count } = state.accounts
    const indexes = Array.from({ length: count }, (_, index) => index)
    const left = {
      orders: state.orders.count,
      clientOrderIds:
        state.clientOrderIds.size + clientOrders.reduce((sum, ids) => sum + (ids?.size ?? 0), 0),
      openOrders: indexes.filter((index) => state.accounts.openOrders(index) !== 0),
      waitingOrders: indexes.filter((index) => state.accounts.waitingOrders(index) !== 0),
      lists: state.lists.size,
      clientListIds: state.listsByClientId.size,
      deadlines: state.orders.deadlines.size,
      timers: state.timers.size,
      levels: state.markets.flatMap((market) => {
        if (market === undefined) return []
        const { book, triggers } = market
        return [book.bids, book.asks, triggers?.rising, triggers?.falling].filter(
          (side) => (side?.best ?? 0) !== 0
        )
      }),
      trailing: state.markets.flatMap((market) =>
        (market?.trailingOrders ?? 0) === 0 && (market?.triggers?.active.length ?? 0) === 0
          ? []
          : [market?.marketId]
      )
    }
    assert.deepStrictEqual(left, {
      orders: 0,
      clientOrderIds: 0,
      openOrders: [],
      waitingOrders: [],
      lists: 0,
      clientListIds: 0,
      deadlines: 0,
      timers: 0,
      levels: [],
      trailing: []
    })
  })
})
