/** Order types beyond limit and market, by the typed client over HTTP and by the stream. */
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { createClient, openStream, type PromiseClient } from "@pandora-exchange/client"
import { rm } from "node:fs/promises"
import { openBare } from "./streaming.ts"
import { asking, newFolder, problemOf, type Running, startServer } from "./support.ts"

let folder: string
let server: Running
let alice: PromiseClient
let bob: PromiseClient

const market = "BTC-USDT"

beforeAll(async () => {
  folder = await newFolder()
  server = await startServer(["--no-flow", "--data", folder])
  const clientOf = (i: number) =>
    createClient({ url: server.url, token: server.accounts[i]!.token })
  alice = clientOf(0)
  bob = clientOf(1)
  // The last price is 60,000.
  await bob.place({ market, side: "sell", price: "60000", quantity: "0.001" })
  await alice.place({ market, side: "buy", price: "60000", quantity: "0.001" })
})
afterAll(async () => {
  await alice.close()
  await bob.close()
  await server.stop()
  await rm(folder, { recursive: true })
})

describe("orders that wait", () => {
  it("are placed, listed as waiting, and told of in the history with what they waited for", async () => {
    const trigger = { kind: "stopLoss", price: "55000", offsetBasisPoints: 100 } as const
    const { order, status } = await alice.place({
      market,
      side: "sell",
      type: "market",
      quantity: "0.1",
      trigger
    })
    expect(status).toBe("waiting")
    expect((await alice.openOrders()).data).toMatchObject([
      { order, status: "waiting", type: "market", trigger }
    ])
    expect(await alice.order(order)).toMatchObject({
      status: "waiting",
      trigger,
      remainingQuantity: "0.1"
    })
    await alice.cancel(order)
    expect(await alice.order(order)).toMatchObject({
      status: "cancelled",
      endReason: "cancelled",
      trigger
    })
  })

  it("error: each bad field is a problem that names it", async () => {
    const ask = asking(server.url)
    const body = { market, side: "sell", type: "market", quantity: "0.1" }
    const answer = async (trigger: unknown) =>
      problemOf(
        await ask("POST", "/v1/orders", {
          token: server.accounts[0]!.token,
          body: { ...body, trigger }
        })
      )
    expect(await answer({ kind: "stopLoss" })).toMatchObject({
      code: "TriggerIncomplete",
      parameter: "trigger"
    })
    expect(await answer({ kind: "stopLoss", price: "60000" })).toMatchObject({
      code: "WouldTrigger",
      status: 422
    })
    expect(await answer({ kind: "stopLoss", price: "1", limit: "2" })).toMatchObject({
      code: "UnknownField"
    })
    expect(await answer({ kind: "later", price: "1" })).toMatchObject({ code: "InvalidValue" })
  })
})

describe("lists, replacing and timers", () => {
  it("a pair is placed with its stop, ends as a whole, and is gone then", async () => {
    const { list, orders } = await alice.placeList({
      market,
      contingency: "OCO",
      clientListId: "exit-1",
      orders: [
        { side: "sell", price: "70000", quantity: "0.1", postOnly: true },
        {
          side: "sell",
          type: "market",
          quantity: "0.1",
          trigger: { kind: "stopLoss", price: "50000" }
        }
      ]
    })
    expect(orders.map(({ status }) => status)).toEqual(["open", "waiting"])
    expect((await alice.openOrders()).data.map((order) => order.list)).toEqual([list, list])
    expect((await alice.cancelList("client:exit-1")).orders).toEqual(
      orders.map(({ order }) => order)
    )
    await expect(alice.cancelList(list)).rejects.toMatchObject({
      code: "UnknownOrderList",
      status: 404
    })
    expect(await alice.order(orders[1]!.order)).toMatchObject({ status: "cancelled", list })
  })

  it("an order is replaced in one request, and one side is cancelled alone", async () => {
    const first = await alice.place({ market, side: "buy", price: "50000", quantity: "0.01" })
    const replaced = await alice.replace(first.order, {
      market,
      by: { side: "buy", price: "50001", quantity: "0.02" }
    })
    expect(replaced).toMatchObject({
      cancelled: { order: first.order },
      placed: { price: "50001" },
      refused: {}
    })
    await expect(
      alice.replace(first.order, { market, by: { side: "buy", price: "1", quantity: "1" } })
    ).rejects.toMatchObject({ code: "UnknownOrder" })
    expect((await alice.cancelAll({ side: "sell" })).orders).toEqual([])
    expect((await alice.cancelAll({ side: "buy" })).orders).toEqual([replaced.placed!.order])
  })

  it("the stream takes the same, shows an iceberg's part, and tells when the timer has cancelled it", async () => {
    const stream = openStream({ url: server.url, token: server.accounts[0]!.token })
    const ended = new Promise<string | undefined>((resolve) => {
      stream.account((message) => {
        if (message.type !== "account") return
        const order = message.orders.find(({ endReason }) => endReason === "cancelAfter")
        if (order !== undefined) resolve(order.displayQuantity)
      })
    })
    await stream.place({
      market,
      side: "buy",
      price: "50000",
      quantity: "1",
      displayQuantity: "0.25"
    })
    expect((await alice.depth(market)).bids).toEqual([["50000", "0.25"]])
    expect((await stream.cancelAfter(50)).deadline).toBeGreaterThan(0)
    expect(await ended).toBe("0.25")
    expect((await alice.depth(market)).bids).toEqual([])
    stream.close()
  })
})

describe("self-trade prevention", () => {
  it("what it removed is neither filled nor open nor cancelled, wherever an order is shown", async () => {
    const follow = async () => {
      const authorization = `Bearer ${server.accounts[0]!.token}`
      const bare = await openBare(server.url, { authorization })
      bare.send({ id: "a", op: "subscribe", channel: "account" })
      const { openOrders } = await bare.next(({ type }) => type === "accountSnapshot")
      return { bare, openOrders }
    }
    const { bare } = await follow()
    const limit = { market, price: "50000" } as const
    const { order } = await alice.place({ ...limit, side: "buy", quantity: "1" })
    const taken = await alice.place({
      ...limit,
      side: "sell",
      quantity: "0.25",
      selfTradePrevention: "decrement"
    })
    const ended = {
      status: "expired",
      endReason: "selfTrade",
      quantity: "0.25",
      filledQuantity: "0",
      preventedQuantity: "0.25",
      remainingQuantity: "0"
    } as const
    expect(taken).toMatchObject(ended)
    const left = {
      order,
      status: "open",
      quantity: "1",
      filledQuantity: "0",
      preventedQuantity: "0.25",
      remainingQuantity: "0.75"
    }
    expect((await alice.openOrders({ market })).data).toMatchObject([left])
    expect(await alice.order(order)).toMatchObject(left)
    const { orders } = await bare.next(
      ({ orders, type }) =>
        type === "account" && orders.some((one: typeof left) => one.remainingQuantity === "0.75")
    )
    expect(orders).toMatchObject([{ ...ended, order: taken.order }, left])
    const later = await follow()
    expect(later.openOrders).toMatchObject([left])
    for (const { socket } of [bare, later.bare]) socket.close()
    expect(await alice.cancel(order)).toMatchObject({
      filledQuantity: "0",
      cancelledQuantity: "0.75"
    })
    expect(await alice.order(order)).toMatchObject({
      ...left,
      status: "cancelled",
      remainingQuantity: "0"
    })
  })
})

describe("reads over HTTP", () => {
  it("markets tell their rules, fee tiers and prices to everybody", async () => {
    expect(await bob.marketRules(market)).toEqual({ market })
    expect((await bob.feeTiers(market)).data).toEqual([
      { tier: 0, makerFee: "0.0002", takerFee: "0.0005" }
    ])
    expect(await bob.lastPrice(market)).toMatchObject({
      market,
      price: expect.any(String),
      setPrices: []
    })
  })

  it("an account sees its terms, holds and lists", async () => {
    const { account } = await bob.accountTerms()
    expect(await bob.accountTerms()).toEqual({ account, feeTier: 0, tradeGroup: 0 })
    const { deadline } = await bob.cancelAfter(60_000)
    expect(await bob.accountTerms()).toEqual({
      account,
      feeTier: 0,
      tradeGroup: 0,
      cancelDeadline: deadline
    })
    await bob.cancelAfter(0)
    expect((await bob.holds()).data).toEqual([])
    const { list, orders } = await bob.placeList({
      market,
      contingency: "OTO",
      orders: [
        { side: "buy", price: "1000", quantity: "0.01" },
        { side: "sell", price: "90000", quantity: "0.01" }
      ]
    })
    expect((await bob.openLists()).data).toEqual([
      { list, market, contingency: "OTO", orders: orders.map(({ order }) => order) }
    ])
    const open = (await bob.openOrders({ market })).data.filter((order) => order.list === list)
    const waits = [undefined, "workingOrder"]
    expect(open.map(({ waitsFor }) => waitsFor)).toEqual(waits)
    for (const [i, { order }] of orders.entries())
      expect((await bob.order(order)).waitsFor).toBe(waits[i])
    const bare = await openBare(server.url, {
      authorization: `Bearer ${server.accounts[1]!.token}`
    })
    bare.send({ id: "a", op: "subscribe", channel: "account" })
    const { openOrders } = await bare.next(({ type }) => type === "accountSnapshot")
    expect(
      openOrders
        .filter((one: { list?: string }) => one.list === list)
        .map(({ waitsFor }: { waitsFor?: string }) => waitsFor)
    ).toEqual(waits)
    bare.socket.close()
    await bob.cancelList(list)
    expect((await bob.openLists()).data).toEqual([])
  })
})
