import { assert, describe, it, layer } from "@effect/vitest"
import { FileJournal } from "@pandora-exchange/adapters-file"
import { system } from "@pandora-exchange/contract"
import { Batch, Ids } from "@pandora-exchange/core"
import { Effect, Stream } from "effect"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { createExchange, Exchange, type ExchangeOptions, idempotencyKey } from "../src/index.ts"
import { errorOf, listed, trading } from "./support.ts"

const temporaryFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), "pandora-sdk-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const ask = { market: "BTC-USDT", side: "sell", price: "42000", quantity: "0.5" } as const
const bid = { market: "BTC-USDT", side: "buy", price: "42000", quantity: "0.2" } as const

describe.each([
  ["in this thread", false],
  ["in a thread of its own", true]
])("a venue %s", (_, thread) => {
  const opened = async (options: ExchangeOptions = {}) => {
    const all = await trading({ thread, ...options })
    onTestFinished(() => all.exchange.close())
    return all
  }

  describe("orders", () => {
    it("rests what does not trade and trades at the resting price, fees out of what is received", async () => {
      const { alice, bob, exchange } = await opened()
      const resting = await exchange.place({ account: bob, ...ask, clientOrderId: "ask-1" })
      assert.deepInclude(resting, {
        status: "open",
        remainingQuantity: "0.5",
        filledQuantity: "0",
        fills: []
      })

      const taken = await exchange.place({ account: alice, ...bid, price: "43000" })
      assert.deepStrictEqual(taken, {
        sequence: taken.sequence,
        order: resting.order + 1,
        clientOrderId: undefined,
        status: "filled",
        endReason: "filled",
        price: "43000",
        quantity: "0.2",
        filledQuantity: "0.2",
        preventedQuantity: undefined,
        remainingQuantity: "0",
        filledNotional: "8400",
        fee: "0.0002",
        feeAsset: "BTC",
        fills: [{ trade: 1, price: "42000", quantity: "0.2", notional: "8400", fee: "0.0002" }]
      })
      assert.deepStrictEqual(await exchange.balances({ account: alice }), [
        { asset: "BTC", available: "0.1998", held: "0" },
        { asset: "USDT", available: "91600", held: "0" }
      ])
      assert.deepStrictEqual(await exchange.balances({ account: bob }), [
        { asset: "BTC", available: "9.5", held: "0.3" },
        { asset: "USDT", available: "8395.8", held: "0" }
      ])
      assert.deepStrictEqual(await exchange.openOrders({ account: bob }), [
        {
          order: resting.order,
          clientOrderId: "ask-1",
          list: undefined,
          credential: undefined,
          market: "BTC-USDT",
          side: "sell",
          type: "limit",
          status: "partiallyFilled",
          price: "42000",
          quantity: "0.5",
          filledQuantity: "0.2",
          preventedQuantity: undefined,
          remainingQuantity: "0.3",
          displayQuantity: undefined,
          postOnly: false,
          deadline: undefined,
          trigger: undefined,
          waitsFor: undefined,
          triggerPrice: undefined,
          selfTradePrevention: "expireMaker"
        }
      ])
      assert.deepStrictEqual(await exchange.depth({ market: "BTC-USDT" }), {
        market: "BTC-USDT",
        depthSequence: 2,
        bids: [],
        asks: [["42000", "0.3"]]
      })
      assert.isTrue((await exchange.conservation()).every(({ conserved }) => conserved))
    })

    it("takes the oldest of the best price first", async () => {
      const { alice, bob, exchange } = await opened()
      const orders = []
      for (const price of ["42001", "42000", "42000"]) {
        orders.push((await exchange.place({ account: bob, ...ask, price, quantity: "0.1" })).order)
      }
      const trades = exchange.trades({ from: 1 })[Symbol.asyncIterator]()
      await exchange.place({ account: alice, ...bid, price: "42001", quantity: "0.3" })
      const makers = []
      for (let i = 0; i < 3; i++) makers.push((await trades.next()).value.makerOrder)
      await trades.return?.()
      assert.deepStrictEqual(makers, [orders[1], orders[2], orders[0]])
    })

    it("ends what an immediate order cannot trade", async () => {
      const { alice, bob, exchange } = await opened()
      await exchange.place({ account: bob, ...ask, quantity: "0.1" })
      const placed = await exchange.place({ account: alice, ...bid, timeInForce: "IOC" })
      assert.deepInclude(placed, {
        status: "expired",
        filledQuantity: "0.1",
        remainingQuantity: "0"
      })
      assert.deepStrictEqual(await exchange.openOrders({ account: alice }), [])
    })

    it("buys for a budget, in whole lots, and leaves the rest", async () => {
      const { alice, bob, exchange } = await opened()
      await exchange.place({ account: bob, ...ask })
      const order = { account: alice, market: "BTC-USDT", side: "buy", type: "market" } as const
      const placed = await exchange.place({ ...order, budget: "100" })
      assert.deepInclude(placed, {
        status: "filled",
        filledQuantity: "0.00238",
        filledNotional: "99.96"
      })
      assert.deepInclude(await exchange.place({ ...order, quantity: "0.01" }), {
        filledNotional: "420"
      })
      const kill = errorOf(exchange.place({ ...order, quantity: "5", timeInForce: "FOK" }))
      assert.strictEqual((await kill).code, "FillOrKillUnfilled")
    })

    it("previews what placing would come to, by the code that executes", async () => {
      const { alice, bob, exchange } = await opened()
      await exchange.place({ account: bob, ...ask, price: "42000", quantity: "0.1" })
      await exchange.place({ account: bob, ...ask, price: "42010", quantity: "0.3" })
      const order = { account: alice, ...bid, price: "42010", quantity: "0.5" }
      const hash = await exchange.stateHash()
      const preview = await exchange.preview(order)
      assert.strictEqual(await exchange.stateHash(), hash)
      assert.deepStrictEqual(preview, {
        fills: [
          { price: "42000", quantity: "0.1" },
          { price: "42010", quantity: "0.3" }
        ],
        filledQuantity: "0.4",
        filledNotional: "16803",
        restingQuantity: "0.1",
        fee: "0.0004",
        feeAsset: "BTC",
        held: "21005",
        heldAsset: "USDT"
      })
      const placed = await exchange.place(order)
      assert.deepInclude(placed, {
        filledQuantity: "0.4",
        filledNotional: "16803",
        fee: "0.0004",
        remainingQuantity: "0.1"
      })
      assert.deepInclude(await exchange.openOrder({ account: alice, order: placed.order }), {
        remainingQuantity: "0.1"
      })
      assert.isUndefined(await exchange.openOrder({ account: bob, order: placed.order }))
      const mine = await exchange.place({ account: alice, ...bid, clientOrderId: "mine" })
      assert.deepStrictEqual(
        await exchange.openOrder({ account: alice, clientOrderId: "mine" }),
        await exchange.openOrder({ account: alice, order: mine.order })
      )
      assert.isUndefined(await exchange.openOrder({ account: bob, clientOrderId: "mine" }))
      assert.strictEqual(
        (await errorOf(exchange.preview({ ...order, quantity: "99" }))).code,
        "InsufficientFunds"
      )
      assert.strictEqual(
        (await errorOf(exchange.preview({ ...order, quantity: "x" }))).code,
        "DecimalMalformed"
      )
    })

    it("amends: less keeps the place, another price takes a new one and may trade", async () => {
      const { alice, bob, exchange } = await opened()
      await exchange.place({ account: bob, ...ask, clientOrderId: "mine" })
      const change = { account: bob, market: "BTC-USDT", clientOrderId: "mine" }
      assert.deepInclude(await exchange.amend({ ...change, quantity: "0.4" }), {
        keptPriority: true,
        status: "open",
        remainingQuantity: "0.4"
      })
      await exchange.place({ account: alice, ...bid, price: "41000" })
      const amended = await exchange.amend({ ...change, price: "41000" })
      assert.deepInclude(amended, {
        keptPriority: false,
        status: "partiallyFilled",
        filledQuantity: "0.2"
      })
      assert.strictEqual(amended.remainingQuantity, "0.2")
    })

    it("cancels one by its own id, and all", async () => {
      const { bob, exchange } = await opened()
      const first = await exchange.place({ account: bob, ...ask, clientOrderId: "a" })
      const others = [
        await exchange.place({ account: bob, ...ask }),
        await exchange.place({ account: bob, ...ask })
      ]
      const cancelled = await exchange.cancel({ account: bob, clientOrderId: "a" })
      assert.deepInclude(cancelled, {
        order: first.order,
        cancelledQuantity: "0.5",
        filledQuantity: "0"
      })
      const all = await exchange.cancelAll({ account: bob, market: "BTC-USDT" })
      assert.deepStrictEqual(
        all.orders,
        others.map(({ order }) => order)
      )
      assert.deepStrictEqual((await exchange.cancelAll({ account: bob })).orders, [])
      assert.deepStrictEqual(await exchange.balances({ account: bob }), [
        { asset: "BTC", available: "10", held: "0" }
      ])
    })

    it("expires orders at their deadline", async () => {
      const { bob, exchange } = await opened()
      const { sequence, status } = await exchange.place({
        account: bob,
        ...ask,
        deadline: Date.now() + 300
      })
      assert.strictEqual(status, "open")
      for await (const { command, events } of exchange.entries({ from: sequence + 1 })) {
        assert.strictEqual(command._tag, "AdvanceTime")
        assert.deepInclude(events[0], { _tag: "OrderEnded", reason: "deadline" })
        break
      }
      assert.lengthOf(await exchange.openOrders({ account: bob }), 0)
    })

    it("keeps to a market's status", async () => {
      const { alice, bob, exchange } = await opened()
      const { order } = await exchange.place({ account: bob, ...ask })
      const codeOf = async (call: Promise<unknown>) => (await errorOf(call)).code
      await exchange.setMarketStatus({ market: "BTC-USDT", status: "postOnly" })
      assert.strictEqual(await codeOf(exchange.place({ account: alice, ...bid })), "MarketPostOnly")
      assert.deepInclude(
        await exchange.place({ account: alice, ...bid, price: "1000", postOnly: true }),
        {
          status: "open"
        }
      )
      await exchange.setMarketStatus({ market: "BTC-USDT", status: "halted" })
      assert.strictEqual(await codeOf(exchange.cancel({ account: bob, order })), "MarketHalted")
      await exchange.setMarketStatus({ market: "BTC-USDT", status: "cancelOnly" })
      assert.strictEqual(
        await codeOf(exchange.place({ account: alice, ...bid })),
        "MarketCancelOnly"
      )
      assert.deepInclude(await exchange.cancel({ account: bob, order }), { order })
      assert.strictEqual((await exchange.markets())[0]!.status, "cancelOnly")
    })

    it("answers one market by its symbol, and none for any other", async () => {
      const { exchange } = await opened()
      const [market] = await exchange.markets()
      assert.deepStrictEqual(await exchange.market({ market: "BTC-USDT" }), market)
      await exchange.setMarketStatus({ market: "BTC-USDT", status: "halted" })
      assert.deepStrictEqual(await exchange.market({ market: "BTC-USDT" }), {
        ...market!,
        status: "halted"
      })
      assert.isUndefined(await exchange.market({ market: "constructor" }))
    })

    it("charges new fees to orders accepted from then on", async () => {
      const { alice, bob, exchange } = await opened()
      await exchange.place({ account: bob, ...ask, quantity: "0.1" })
      await exchange.setMarketFees({ market: "BTC-USDT", makerFee: "0", takerFee: "0.01" })
      const { fee } = await exchange.place({ account: alice, ...bid, quantity: "0.1" })
      assert.strictEqual(fee, "0.001")
      // The maker's order is from before: 0.05 % of 4,200.
      assert.deepInclude(await exchange.balances({ account: bob }), {
        asset: "USDT",
        available: "4197.9",
        held: "0"
      })
      assert.deepInclude(await exchange.balances({ account: 1 }), {
        asset: "USDT",
        available: "2.1",
        held: "0"
      })
    })
  })

  describe("money", () => {
    it("holds, settles with a fee, and releases", async () => {
      const { alice, exchange } = await opened()
      const amount = { account: alice, asset: "USDT", amount: "100" }
      const { hold } = await exchange.hold(amount)
      const { hold: other } = await exchange.hold(amount)
      assert.deepStrictEqual(await exchange.balances({ account: alice }), [
        { asset: "USDT", available: "99800", held: "200" }
      ])
      await exchange.settleHold({ hold, asset: "USDT", fee: "1.5" })
      await exchange.releaseHold({ hold: other })
      assert.deepStrictEqual(await exchange.balances({ account: alice }), [
        { asset: "USDT", available: "99900", held: "0" }
      ])
      assert.deepStrictEqual(await exchange.balances({ account: 1 }), [
        { asset: "USDT", available: "1.5", held: "0" }
      ])
      assert.deepInclude(await exchange.conservation(), {
        asset: "USDT",
        cameIn: "99901.5",
        balances: "99901.5",
        conserved: true
      })
    })

    it("keeps the reference of a credit, a reversal and a hold in the journal", async () => {
      const folder = await temporaryFolder()
      const { alice, exchange } = await opened({ storage: { folder } })
      const amount = { account: alice, asset: "USDT", amount: "1" }
      await exchange.credit({ ...amount, reference: "d_1" })
      await exchange.reverse({ ...amount, reference: "d_1/back" })
      await exchange.hold({ ...amount, reference: "w_1" })
      await exchange.hold(amount)
      await exchange.close()
      const batches = await Effect.runPromise(
        Stream.runCollect(FileJournal.reader({ folder }).read(Ids.Sequence(1)))
      )
      const told = batches
        .flatMap((batch) => Batch.entries(batch))
        .flatMap(({ events }) => events)
        .flatMap((event) => ("reference" in event ? [[event._tag, event.reference]] : []))
      assert.deepStrictEqual(told.slice(-4), [
        ["Credited", "d_1"],
        ["Reversed", "d_1/back"],
        ["Held", "w_1"],
        ["Held", ""]
      ])
    })

    it("tells the last number of a source, 0 before the first", async () => {
      const { alice, exchange } = await opened()
      const credit = { account: alice, asset: "USDT", amount: "1" }
      assert.strictEqual(await exchange.sourceNumber({ name: "deposits" }), 0)
      for (const number of [1, 2])
        await exchange.credit({ ...credit, source: { name: "deposits", number } })
      // A number that is out of order is not used.
      await errorOf(exchange.credit({ ...credit, source: { name: "deposits", number: 4 } }))
      assert.strictEqual(await exchange.sourceNumber({ name: "deposits" }), 2)
      assert.strictEqual(await exchange.sourceNumber({ name: "other" }), 0)
      const error = await errorOf(exchange.sourceNumber({ name: "dépôts" }))
      assert.deepStrictEqual([error.code, error.details["field"]], ["MalformedText", "name"])
    })

    it("transfers, and takes back what is there; the rest is owed", async () => {
      const { alice, bob, exchange } = await opened()
      await exchange.transfer({ account: alice, asset: "USDT", amount: "99000", to: bob })
      const reversed = await exchange.reverse({ account: alice, asset: "USDT", amount: "5000" })
      assert.deepInclude(reversed, { fromAvailable: "1000", toReceivable: "4000" })
      assert.deepStrictEqual(await exchange.balances({ account: alice }), [])
      assert.isTrue((await exchange.conservation()).every(({ conserved }) => conserved))
    })
  })

  describe("opening", () => {
    it("lists what is not listed, and refuses what is listed otherwise", async () => {
      const folder = await temporaryFolder()
      const storage = { folder }
      await (await createExchange({ thread, storage, ...listed })).close()
      const again = await createExchange({ thread, storage, ...listed })
      assert.lengthOf(await again.markets(), 1)
      await again.close()
      const assets = await errorOf(
        createExchange({ thread, storage, assets: [{ symbol: "BTC", scale: 7 }] })
      )
      assert.deepInclude(
        { ...assets },
        { code: "ListedDifferently", retry: "never", details: { field: "assets.BTC" } }
      )
      const market = { ...listed.markets[0]!, tickSize: "0.1" }
      const markets = await errorOf(createExchange({ thread, storage, markets: [market] }))
      assert.strictEqual(markets.code, "ListedDifferently")
      // Fees may have changed since.
      const fees = await createExchange({
        thread,
        storage,
        markets: [{ ...listed.markets[0]!, takerFee: "0.002" }]
      })
      assert.strictEqual((await fees.markets())[0]!.takerFee, "0.001")
      await fees.close()
    })

    it("opens the account of a reference once", async () => {
      const { alice, exchange } = await opened()
      assert.deepStrictEqual(await exchange.openAccount({ reference: "alice" }), {
        account: alice,
        kind: "user",
        reference: "alice",
        opened: false
      })
      assert.deepInclude(await exchange.account({ reference: "alice" }), {
        account: alice,
        kind: "user"
      })
      assert.deepInclude(await exchange.account({ account: alice }), { reference: "alice" })
    })

    it("error: a folder that another exchange has", async () => {
      const folder = await temporaryFolder()
      const first = await createExchange({ thread, storage: { folder } })
      const error = await errorOf(createExchange({ thread, storage: { folder } }))
      assert.strictEqual(error.code, "FolderLocked")
      await first.close()
      await (await createExchange({ thread, storage: { folder } })).close()
    })

    it("has everything after a restart: state, first answers, and goes on", async () => {
      const folder = await temporaryFolder()
      const before = await trading({ thread, storage: { folder } })
      const key = idempotencyKey()
      await before.exchange.place({ account: before.bob, ...ask })
      const first = await before.exchange.place({ account: before.alice, ...bid, key })
      assert.strictEqual(first.status, "filled")
      const hash = await before.exchange.stateHash()
      await before.exchange.close()

      const exchange = await createExchange({ thread, storage: { folder } })
      onTestFinished(() => exchange.close())
      assert.strictEqual(await exchange.stateHash(), hash)
      assert.deepStrictEqual(await exchange.place({ account: before.alice, ...bid, key }), first)
      assert.strictEqual(
        (await exchange.place({ account: before.alice, ...bid })).order,
        first.order + 1
      )
    })

    it("takes snapshots in the background and starts from the newest", async () => {
      const folder = await temporaryFolder()
      const { alice, exchange } = await trading({ thread, storage: { folder }, snapshotEvery: 50 })
      for (let i = 0; i < 100; i++)
        await exchange.credit({ account: alice, asset: "USDT", amount: "1" })
      const hash = await exchange.stateHash()
      const snapshots = async () =>
        (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".snapshot"))
      while ((await snapshots()).length === 0)
        await new Promise((resolve) => setTimeout(resolve, 100))
      await exchange.close()

      const replayed: Array<number> = []
      const again = await createExchange({
        thread,
        storage: { folder },
        onRecovery: (sequence) => replayed.push(sequence)
      })
      assert.strictEqual(await again.stateHash(), hash)
      assert.deepStrictEqual(replayed, [])
      await again.close()
    })
  })

  describe("closing", () => {
    it("finishes what was asked, and refuses what comes after", async () => {
      const { alice, bob, exchange } = await trading({ thread })
      const last = exchange.place({ account: bob, ...ask })
      const closed = exchange.close()
      const refused = await errorOf(exchange.place({ account: alice, ...bid }))
      assert.deepInclude({ ...refused }, { code: "Closed", retry: "safe" })
      await closed
      assert.deepInclude(await last, { status: "open" })
      await exchange.close()
    })

    it("ends with `await using`", async () => {
      let kept
      {
        await using exchange = await createExchange({ thread })
        kept = exchange
      }
      assert.strictEqual((await errorOf(kept.openAccount({}))).code, "Closed")
    })
  })
})

layer(Exchange.layer(listed))("the Effect face", (it) => {
  it.effect("places orders, fails with typed errors, and streams trades", () =>
    Effect.gen(function* () {
      const exchange = yield* Exchange
      const { account } = yield* exchange.openAccount({ reference: "carol" })
      yield* exchange.credit({ account, asset: "USDT", amount: "1000" })
      yield* exchange.credit({ account, asset: "BTC", amount: "1" })
      yield* exchange.place({ account, ...ask, quantity: "0.01" })
      yield* exchange.place({ account, ...bid, quantity: "0.01", selfTradePrevention: "none" })
      const [trade] = yield* Stream.runCollect(
        Stream.take(exchange.trades({ from: 1, market: "BTC-USDT" }), 1)
      )
      assert.deepInclude(trade, { trade: 1, price: "42000", quantity: "0.01", takerSide: "buy" })

      const poor = yield* Effect.flip(exchange.place({ account, ...bid }))
      assert.deepInclude({ ...poor }, { _tag: "Refused", code: "InsufficientFunds" })
      const wrong = yield* Effect.flip(exchange.place({ account, ...bid, price: "x" }))
      assert.deepInclude(
        { ...wrong },
        { _tag: "InvalidInput", code: "DecimalMalformed", field: "price" }
      )
      assert.strictEqual((yield* exchange.status).condition, "running")
    })
  )

  it.effect("reads carry the last command that they reflect", () =>
    Effect.gen(function* () {
      const exchange = yield* Exchange
      const { account } = yield* exchange.openAccount({ reference: "dave" })
      const { sequence } = yield* exchange.credit({ account, asset: "USDT", amount: "1000" })
      assert.deepStrictEqual(yield* exchange.operations.balances(system, { account }), {
        data: [{ asset: "USDT", available: "1000", held: "0" }],
        sequence
      })
      const wrong = yield* Effect.flip(
        exchange.operations.balances(system, { account: account + 1 })
      )
      assert.deepInclude(
        { ...wrong },
        { _tag: "Refused", code: "UnknownAccount", field: "account" }
      )
    })
  )
})

it("error: a getter of a request that throws is told as an ExchangeError, with what it threw", async () => {
  const { alice, exchange } = await trading({})
  onTestFinished(() => exchange.close())
  const thrown = new Error("not there")
  const request = {
    ...ask,
    account: alice,
    get quantity(): string {
      throw thrown
    }
  }
  const error = await errorOf(exchange.place(request))
  assert.deepStrictEqual([error.name, error.code, error.cause], ["ExchangeError", "Failed", thrown])
})
