import { IdempotencyKey } from "@pandora-exchange/client"
import { problems } from "@pandora-exchange/contract/problem"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { rm } from "node:fs/promises"
import { asking, newFolder, problemOf, type Running, startServer } from "./support.ts"

let folder: string
let server: Running
let ask: ReturnType<typeof asking>
let alice: string
let bob: string

beforeAll(async () => {
  folder = await newFolder()
  server = await startServer(["--no-flow", "--data", folder])
  ask = asking(server.url)
  alice = server.accounts[0]!.token
  bob = server.accounts[1]!.token
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const limit = (side: "buy" | "sell", price: string, quantity: string) => ({
  market: "BTC-USDT",
  side,
  price,
  quantity
})

describe("markets", () => {
  it("lists assets and markets with their terms", async () => {
    const assets = await ask("GET", "/v1/assets")
    expect(assets.body.data).toEqual([
      { symbol: "BTC", scale: 8 },
      { symbol: "ETH", scale: 8 },
      { symbol: "USDT", scale: 8 }
    ])
    const markets = await ask("GET", "/v1/markets")
    expect(markets.body.data.map(({ symbol }: { symbol: string }) => symbol)).toEqual([
      "BTC-USDT",
      "ETH-USDT"
    ])
    expect((await ask("GET", "/v1/markets/BTC-USDT")).body).toEqual(markets.body.data[0])
    expect(markets.body.sequence).toBeGreaterThan(0)
  })

  it("error: a market that is not there is a problem that names the parameter", async () => {
    const problem = {
      type: "/docs/errors#UnknownMarket",
      title: "Unknown market",
      status: 404,
      detail: "market: There is no such market. List it first.",
      code: "UnknownMarket",
      retry: "never",
      parameter: "market"
    }
    for (const path of ["", "/depth", "/trades"]) {
      expect(problemOf(await ask("GET", `/v1/markets/NO-PE${path}`))).toEqual(problem)
    }
  })

  it("gives the depth, up to 5000 levels of it", async () => {
    const orders = Array.from({ length: 120 }, (_, i) => limit("buy", `${30_000 - i}.01`, "0.001"))
    for (const order of orders)
      expect((await ask("POST", "/v1/orders", { token: alice, body: order })).status).toBe(201)
    const usual = (await ask("GET", "/v1/markets/BTC-USDT/depth")).body
    expect(usual.bids.length).toBe(100)
    expect(usual.bids[0]).toEqual(["30000.01", "0.001"])
    const all = (await ask("GET", "/v1/markets/BTC-USDT/depth?levels=5000")).body
    expect(all).toEqual({ ...usual, bids: orders.map(({ price }) => [price, "0.001"]) })
    for (const levels of ["0", "5001", "-1", "1e2", "x", "1.5", ""]) {
      const refused = problemOf(await ask("GET", `/v1/markets/BTC-USDT/depth?levels=${levels}`))
      expect(refused).toMatchObject({ status: 400, code: "InvalidValue", parameter: "levels" })
    }
    expect((await ask("DELETE", "/v1/orders", { token: alice })).body.orders.length).toBe(120)
  })
})

describe("orders", () => {
  it("a read carries the last command that it reflects", async () => {
    const { body } = await ask("POST", "/v1/orders", {
      token: bob,
      body: limit("buy", "20000", "0.5")
    })
    const { sequence } = body
    for (const path of ["/v1/assets", "/v1/markets", "/v1/balances", "/v1/open-orders"]) {
      expect([path, (await ask("GET", path, { token: bob })).body.sequence]).toEqual([
        path,
        sequence
      ])
    }
    await ask("DELETE", `/v1/orders/${body.order}`, { token: bob })
  })

  it("places, reads, amends and cancels, by id and by client order id", async () => {
    const body = { ...limit("buy", "20000", "0.5"), clientOrderId: "mine/1", postOnly: true }
    const placed = await ask("POST", "/v1/orders", { token: alice, body })
    expect(placed.status).toBe(201)
    const { order, sequence } = placed.body
    expect(placed.body).toEqual({
      sequence,
      order: expect.stringMatching(/^ord_\d+$/),
      clientOrderId: "mine/1",
      status: "open",
      price: "20000",
      quantity: "0.5",
      filledQuantity: "0",
      remainingQuantity: "0.5",
      filledNotional: "0",
      fee: "0",
      feeAsset: "BTC",
      fills: []
    })
    const read = await ask("GET", `/v1/orders/${order}`, { token: alice })
    expect(read.body).toEqual({
      order,
      clientOrderId: "mine/1",
      account: server.accounts[0]!.account,
      market: "BTC-USDT",
      side: "buy",
      type: "limit",
      timeInForce: "GTC",
      postOnly: true,
      price: "20000",
      quantity: "0.5",
      selfTradePrevention: "expireMaker",
      status: "open",
      filledQuantity: "0",
      remainingQuantity: "0.5",
      filledNotional: "0",
      fee: "0",
      feeAsset: "BTC",
      createdAt: read.body.updatedAt,
      updatedAt: expect.any(Number),
      sequence
    })
    expect((await ask("GET", "/v1/orders/client:mine%2F1", { token: alice })).body).toEqual(
      read.body
    )
    expect(
      (await ask("GET", "/v1/open-orders?market=BTC-USDT", { token: alice })).body.data
    ).toEqual([
      {
        order,
        clientOrderId: "mine/1",
        market: "BTC-USDT",
        side: "buy",
        type: "limit",
        status: "open",
        price: "20000",
        quantity: "0.5",
        filledQuantity: "0",
        remainingQuantity: "0.5",
        postOnly: true,
        selfTradePrevention: "expireMaker"
      }
    ])
    const amended = await ask("PATCH", "/v1/orders/client:mine%2F1", {
      token: alice,
      body: { market: "BTC-USDT", quantity: "0.4" }
    })
    expect(amended.body).toMatchObject({
      order,
      quantity: "0.4",
      keptPriority: true,
      status: "open"
    })
    const cancelled = await ask("DELETE", "/v1/orders/client:mine%2F1", { token: alice })
    expect(cancelled.body).toEqual({
      sequence: expect.any(Number),
      order,
      filledQuantity: "0",
      cancelledQuantity: "0.4"
    })
    expect((await ask("GET", `/v1/orders/${order}`, { token: alice })).body).toMatchObject({
      status: "cancelled",
      quantity: "0.4",
      remainingQuantity: "0"
    })
    const again = problemOf(await ask("DELETE", `/v1/orders/${order}`, { token: alice }))
    expect(again).toMatchObject({ status: 404, code: "UnknownOrder", retry: "never" })
  })

  it("error: UnknownOrder tells filled, cancelled, elsewhere and never placed apart", async () => {
    const place = async (token: string, body: object): Promise<string> =>
      (await ask("POST", "/v1/orders", { token, body })).body.order
    const filled = await place(alice, { ...limit("sell", "40000", "0.1"), clientOrderId: "f" })
    await place(bob, limit("buy", "40000", "0.1"))
    const cancelled = await place(alice, limit("buy", "20000", "0.1"))
    await ask("DELETE", `/v1/orders/${cancelled}`, { token: alice })
    const expired = await place(alice, { ...limit("buy", "20000", "0.1"), timeInForce: "IOC" })
    const open = await place(alice, limit("buy", "20000", "0.1"))

    const none = { detail: "order: The account has no such order." }
    const ended = (order: string, why: string, orderStatus: string) => ({
      detail: `order: ${order} has ended (${why}).`,
      orderStatus
    })
    const by = { side: "buy", price: "20000", quantity: "0.1" }
    const commands = (market = "BTC-USDT") =>
      [
        ["PATCH", "", { market, quantity: "0.05" }],
        ["POST", "/replace", { market, by }]
      ] as const
    const refused = async (
      method: string,
      path: string,
      token: string,
      told: object,
      body?: object
    ) => {
      const problem = problemOf(await ask(method, path, { token, body }))
      expect(problem).toEqual({
        type: "/docs/errors#UnknownOrder",
        title: "Unknown order",
        status: 404,
        code: "UnknownOrder",
        retry: "never",
        parameter: "order",
        ...(method === "GET" ? {} : { sequence: expect.any(Number) }),
        ...told
      })
    }
    for (const [order, told] of [
      [filled, ended(filled, "filled", "filled")],
      ["client:f", ended(filled, "filled", "filled")],
      [cancelled, ended(cancelled, "cancelled", "cancelled")],
      [expired, ended(expired, "unfilled", "expired")],
      ["ord_999999", none],
      ["client:never", none]
    ] as const) {
      await refused("DELETE", `/v1/orders/${order}`, alice, told)
      for (const [method, path, body] of commands())
        await refused(method, `/v1/orders/${order}${path}`, alice, told, body)
    }
    for (const [method, path, body] of commands("ETH-USDT")) {
      const told = { detail: `order: ${open} is in the market BTC-USDT, not in ETH-USDT.` }
      await refused(method, `/v1/orders/${open}${path}`, alice, told, body)
    }
    await refused("DELETE", `/v1/orders/${open}`, bob, none)
    for (const order of ["ord_999999", "client:never"])
      await refused("GET", `/v1/orders/${order}`, alice, none)
    await refused("GET", "/v1/orders/17", alice, {
      detail: "order: must be an id such as ord_17, or client: with your own id"
    })
    await ask("DELETE", `/v1/orders/${open}`, { token: alice })
  })

  it("previews what placing comes to: the same fills, fee and hold, and nothing changes", async () => {
    await ask("POST", "/v1/orders", { token: bob, body: limit("sell", "50000", "0.2") })
    await ask("POST", "/v1/orders", { token: bob, body: limit("sell", "50010", "0.2") })
    const balances = (await ask("GET", "/v1/balances", { token: alice })).body.data
    const body = limit("buy", "50020", "0.5")
    const preview = (await ask("POST", "/v1/orders/preview", { token: alice, body })).body
    expect(preview).toEqual({
      fills: [
        { price: "50000", quantity: "0.2" },
        { price: "50010", quantity: "0.2" }
      ],
      filledQuantity: "0.4",
      cost: "20002",
      restingQuantity: "0.1",
      fee: "0.0002",
      feeAsset: "BTC",
      held: "25010",
      heldAsset: "USDT"
    })
    expect((await ask("GET", "/v1/balances", { token: alice })).body.data).toEqual(balances)
    const placed = (await ask("POST", "/v1/orders", { token: alice, body })).body
    expect(placed).toMatchObject({
      status: "partiallyFilled",
      filledQuantity: preview.filledQuantity,
      filledNotional: preview.cost,
      fee: preview.fee,
      remainingQuantity: preview.restingQuantity
    })
    expect(placed.fills.map(({ price, quantity }: never) => ({ price, quantity }))).toEqual(
      preview.fills
    )
    await ask("DELETE", "/v1/orders", { token: alice })
  })

  it("an order under a key is placed once, and the first answer comes again, also after the order was filled", async () => {
    const key = IdempotencyKey.make()
    const body = limit("buy", "21000", "0.01")
    const first = await ask("POST", "/v1/orders", { token: alice, key, body })
    await ask("POST", "/v1/orders", { token: bob, body: limit("sell", "21000", "0.01") })
    const again = await ask("POST", "/v1/orders", { token: alice, key, body })
    expect(again.body).toEqual(first.body)
    expect(again.status).toBe(201)
    const other = await ask("POST", "/v1/orders", {
      token: alice,
      key,
      body: { ...body, quantity: "0.02" }
    })
    expect(problemOf(other)).toEqual({
      type: "/docs/errors#KeyConflict",
      title: "Key conflict",
      status: 409,
      detail: "This key was used for a different request. Use a new key for each request.",
      code: "KeyConflict",
      retry: "never",
      sequence: expect.any(Number)
    })
    // The key belongs to the account: under another account it is a different order.
    const bobs = await ask("POST", "/v1/orders", { token: bob, key, body })
    expect(bobs.body.order).not.toBe(first.body.order)
    await ask("DELETE", "/v1/orders", { token: bob })
  })

  it("error: keys that are malformed, old or of the future", async () => {
    const body = limit("buy", "21000", "0.01")
    const code = async (key: string) =>
      (await ask("POST", "/v1/orders", { token: alice, key, body })).body
    expect(await code("nonsense")).toMatchObject({
      status: 400,
      code: "MalformedKey",
      parameter: "Idempotency-Key"
    })
    expect(await code(IdempotencyKey.make(Date.now() - 86_500_000))).toMatchObject({
      status: 422,
      code: "KeyExpired"
    })
    expect(await code(IdempotencyKey.make(Date.now() + 120_000))).toMatchObject({
      status: 422,
      code: "KeyInFuture"
    })
  })

  it.each([
    [{ price: 1 }, "DecimalNotText", "price", 400],
    [{ price: "1e3" }, "DecimalExponent", "price", 400],
    [{ price: "-1" }, "DecimalSigned", "price", 400],
    [{ price: "0.001" }, "OffTick", "price", 400],
    [{ quantity: "0.000001" }, "OffLot", "quantity", 400],
    [{ quantity: "" }, "DecimalBlank", "quantity", 400],
    [{ quantity: "9".repeat(65) }, "InvalidValue", "quantity", 400],
    [{ side: "long" }, "InvalidValue", "side", 400],
    [{ market: undefined }, "MissingField", "market", 400],
    [{ market: "NO-PE" }, "UnknownMarket", "market", 404],
    [{ account: "acc_1" }, "UnknownField", "account", 400],
    [{ postOnly: "yes" }, "InvalidValue", "postOnly", 400],
    [{ price: undefined }, "PriceMissing", "price", 400],
    [{ budget: "5" }, "NotForLimitOrders", "budget", 400],
    [{ type: "market" }, "NotForMarketOrders", "price", 400],
    [{ price: "0" }, "PriceZero", undefined, 422],
    [{ quantity: "0" }, "QuantityZero", undefined, 422],
    [{ quantity: "90000", price: "1000" }, "InsufficientFunds", undefined, 422],
    [{ timeInForce: "FOK", price: "1000" }, "FillOrKillUnfilled", undefined, 422],
    [{ deadline: 1 }, "DeadlinePassed", undefined, 422]
  ])("error: an order with %j is %s", async (change, code, parameter, status) => {
    const body = { ...limit("buy", "20000", "0.01"), ...change }
    const problem = problemOf(await ask("POST", "/v1/orders", { token: alice, body }))
    expect(problem).toMatchObject({ status, code, retry: "never" })
    expect(problem.parameter).toBe(parameter)
  })

  it("error: bodies that are no closed JSON object", async () => {
    const code = async (body: string, headers = {}) => {
      const { body: problem, status } = await ask("POST", "/v1/orders", {
        token: alice,
        body,
        headers
      })
      return [status, problem.code, problem.parameter]
    }
    for (const body of ["", "{", "[]", "null", '"x"', "1"])
      expect(await code(body)).toEqual([400, "MalformedBody", undefined])
    expect(await code('{"__proto__":{"x":1},"market":"BTC-USDT"}')).toEqual([
      400,
      "ForbiddenKey",
      "__proto__"
    ])
    expect(await code('{"market":"BTC-USDT","price":{"constructor":1}}')).toEqual([
      400,
      "ForbiddenKey",
      "constructor"
    ])
    const order = '"market":"BTC-USDT","side":"buy","price":"20000"'
    expect(await code(`{${order},"quantity":"1","quantity":"0.01"}`)).toEqual([
      400,
      "DuplicateField",
      "quantity"
    ])
    expect(await code(`{${order},"quantity":"1","\\u0071uantity" : "0.01"}`)).toEqual([
      400,
      "DuplicateField",
      "quantity"
    ])
    expect(await code(`{"a":${"[".repeat(50)}${"]".repeat(50)}}`)).toEqual([
      400,
      "TooDeep",
      expect.any(String)
    ])
    expect(await code("{}", { "content-type": "text/plain" })).toEqual([
      415,
      "UnsupportedMediaType",
      undefined
    ])
    expect(await code(`{"market":"${"x".repeat(131_072)}"}`)).toEqual([
      413,
      "BodyTooLarge",
      undefined
    ])
  })
})

describe("history", () => {
  it("an account reads what it was just answered: orders, fills and ledger entries", async () => {
    for (let i = 0; i < 20; i++) {
      const sold = await ask("POST", "/v1/orders", {
        token: bob,
        body: limit("sell", "40000", "0.001")
      })
      const bought = await ask("POST", "/v1/orders", {
        token: alice,
        body: limit("buy", "40000", "0.001")
      })
      const [fills, orders, entries] = await Promise.all([
        ask("GET", "/v1/fills?limit=1", { token: alice }),
        ask("GET", "/v1/orders?limit=1", { token: alice }),
        ask("GET", "/v1/ledger-entries?limit=5&sort=newest", { token: alice })
      ])
      expect(fills.body.data[0]).toMatchObject({
        order: bought.body.order,
        role: "taker",
        quantity: "0.001"
      })
      expect(orders.body.data[0]).toMatchObject({ order: bought.body.order, status: "filled" })
      const { order } = bought.body
      expect(
        entries.body.data.map(({ amount, asset, kind, order, part }: any) => [
          kind,
          asset,
          part,
          amount,
          order
        ])
      ).toEqual([
        ["fee", "BTC", "available", "-0.0000005", order],
        ["trade", "BTC", "available", "0.001", order],
        ["trade", "USDT", "held", "-40", order],
        ["orderHold", "USDT", "held", "40", order],
        ["orderHold", "USDT", "available", "-40", order]
      ])
      expect(fills.body.sequence).toBeGreaterThanOrEqual(bought.body.sequence)
      expect(
        (await ask("GET", `/v1/orders/${sold.body.order}`, { token: bob })).body
      ).toMatchObject({
        status: "filled"
      })
    }
  })

  it("pages go through everything once, in both directions, under a filter and in a range of time", async () => {
    const walk = async (path: string) => {
      const found: Array<any> = []
      for (let cursor: string | null = ""; cursor !== null; ) {
        const page: any = (
          await ask("GET", `${path}&limit=7${cursor && `&cursor=${cursor}`}`, { token: alice })
        ).body
        found.push(...page.data)
        cursor = page.next
      }
      return found
    }
    const all = (await ask("GET", "/v1/orders?limit=1000", { token: alice })).body.data
    expect(all.length).toBeGreaterThan(100)
    expect(await walk("/v1/orders?sort=newest")).toEqual(all)
    expect(await walk("/v1/orders?sort=oldest")).toEqual(all.toReversed())
    const filled = all.filter(
      ({ side, status }: any) => side === "buy" && !["open", "partiallyFilled"].includes(status)
    )
    expect(await walk("/v1/orders?side=buy&status=closed&market=BTC-USDT")).toEqual(filled)
    const [from, to] = [all.at(-30).createdAt, all[30].createdAt]
    expect(await walk(`/v1/orders?from=${from}&to=${to}`)).toEqual(
      all.filter(({ createdAt }: any) => createdAt >= from && createdAt < to)
    )
    const trades = (await ask("GET", "/v1/markets/BTC-USDT/trades?limit=1000")).body.data
    expect(trades.map(({ trade }: any) => trade)).toEqual(
      trades.map((_: any, i: number) => `trd_${trades.length - i}`)
    )
    expect(await walk("/v1/markets/BTC-USDT/trades?sort=newest")).toEqual(trades)
    const fills = (await ask("GET", "/v1/fills?limit=1000", { token: alice })).body.data
    expect(await walk("/v1/fills?sort=newest")).toEqual(fills)
    expect(await walk(`/v1/fills?order=${fills[0].order}`)).toEqual(fills.slice(0, 1))
  })

  it("ledger entries add up to the balances", async () => {
    const entries = (await ask("GET", "/v1/ledger-entries?limit=1000&sort=oldest", { token: bob }))
      .body.data
    const balances = (await ask("GET", "/v1/balances", { token: bob })).body.data
    for (const { asset, available, held } of balances) {
      const own = (part: string) =>
        entries.filter((entry: any) => entry.asset === asset && entry.part === part)
      expect([own("available").at(-1).balance, own("held").at(-1)?.balance ?? "0"]).toEqual([
        available,
        held
      ])
      const units = (text: string) => {
        const [whole = "", fraction = ""] = text.replace("-", "").split(".")
        return BigInt(whole + fraction.padEnd(8, "0")) * (text.startsWith("-") ? -1n : 1n)
      }
      const sum = (part: string) =>
        own(part).reduce((total: bigint, { amount }: any) => total + units(amount), 0n)
      expect([sum("available"), sum("held")]).toEqual([units(available), units(held)])
    }
  })

  it("error: cursors, ranges and parameters that cannot be", async () => {
    const code = async (path: string) => {
      const { body } = await ask("GET", path, { token: alice })
      return [body.code, body.parameter]
    }
    expect(await code("/v1/orders?cursor=%00")).toEqual(["MalformedCursor", "cursor"])
    expect(await code("/v1/orders?from=2&to=1")).toEqual(["TimeRangeReversed", "from"])
    expect(await code("/v1/orders?limit=1&limit=2")).toEqual(["DuplicateParameter", "limit"])
    expect(await code("/v1/orders?limit=1001")).toEqual(["InvalidValue", "limit"])
    expect(await code("/v1/orders?order=asc")).toEqual(["UnknownField", "order"])
    expect(await code("/v1/orders?sort=price")).toEqual(["InvalidValue", "sort"])
    expect(await code("/v1/me?x=1")).toEqual(["UnknownField", "x"])
    expect(await code("/v1/balances?__proto__=1")).toEqual(["ForbiddenKey", "__proto__"])
  })
})

describe("who asks", () => {
  it("error: without a valid token there is nothing but what is public", async () => {
    const paths = [
      "/v1/me",
      "/v1/balances",
      "/v1/orders",
      "/v1/open-orders",
      "/v1/fills",
      "/v1/ledger-entries"
    ]
    for (const path of paths) {
      for (const token of [undefined, "x", `${alice}x`, alice.slice(0, -1)]) {
        const reply = await ask("GET", path, { token })
        expect(problemOf(reply)).toMatchObject({ status: 401, code: "Unauthorized" })
        expect(reply.headers.get("www-authenticate")).toBe("Bearer")
      }
    }
    const basic = await ask("GET", "/v1/me", { headers: { authorization: `Basic ${alice}` } })
    expect(basic.status).toBe(401)
    expect((await ask("GET", `/v1/me?token=${alice}`)).status).toBe(401)
  })

  it("says whose token it is", async () => {
    expect((await ask("GET", "/v1/me", { token: bob })).body).toEqual({
      name: "bob",
      accounts: [server.accounts[1]!.account],
      permissions: ["read", "trade", "self"]
    })
  })

  it("error: the orders and accounts of others do not exist", async () => {
    const body = limit("buy", "20000", "0.01")
    const placed = await ask("POST", "/v1/orders", {
      token: alice,
      body: { ...body, clientOrderId: "hers" }
    })
    const { order } = placed.body
    const missing = problemOf(await ask("GET", "/v1/orders/ord_999999", { token: bob }))
    expect(problemOf(await ask("GET", `/v1/orders/${order}`, { token: bob }))).toEqual(missing)
    expect(problemOf(await ask("GET", "/v1/orders/client:hers", { token: bob }))).toEqual(missing)
    for (const [method, body] of [
      ["DELETE"],
      ["PATCH", { market: "BTC-USDT", quantity: "0.005" }]
    ] as const) {
      const own = problemOf(await ask(method, "/v1/orders/ord_999999", { token: bob, body }))
      const hers = problemOf(await ask(method, `/v1/orders/${order}`, { token: bob, body }))
      expect({ ...hers, sequence: 0 }).toEqual({ ...own, sequence: 0 })
      expect(hers.status).toBe(404)
    }
    expect((await ask("DELETE", "/v1/orders", { token: bob })).body.orders).not.toContain(order)
    const account = server.accounts[0]!.account
    const paths = [
      "/v1/balances",
      "/v1/orders",
      "/v1/open-orders",
      "/v1/fills",
      "/v1/ledger-entries",
      `/v1/orders/${order}`
    ]
    for (const path of paths) {
      const hers = problemOf(await ask("GET", `${path}?account=${account}`, { token: bob }))
      expect(hers).toEqual(problemOf(await ask("GET", `${path}?account=acc_99999`, { token: bob })))
      expect(hers).toMatchObject({ status: 404, code: "UnknownAccount", parameter: "account" })
    }
    const placing = await ask("POST", `/v1/orders?account=${account}`, { token: bob, body })
    expect(placing.body.code).toBe("UnknownAccount")
    expect(
      (await ask("GET", `/v1/orders/${order}?account=${account}`, { token: alice })).body.status
    ).toBe("open")
    await ask("DELETE", "/v1/orders", { token: alice })
  })
})

describe("the server", () => {
  it("is alive and ready", async () => {
    expect((await ask("GET", "/health/live")).body).toEqual({ status: "live" })
    const ready = await ask("GET", "/health/ready")
    expect(ready.status).toBe(200)
    expect(ready.body).toMatchObject({
      status: "ready",
      checks: [
        { name: "venue", status: "ok" },
        { name: "clock", status: "ok" },
        { name: "stream", status: "ok" },
        { name: "history", status: "ok" },
        { name: "identity", status: "ok" }
      ]
    })
  })

  it("error: paths and methods that are not there", async () => {
    expect(problemOf(await ask("GET", "/v1/nothing"))).toMatchObject({
      status: 404,
      code: "NotFound"
    })
    expect(problemOf(await ask("GET", "/v1/markets/%ZZ"))).toMatchObject({
      status: 400,
      code: "MalformedUrl"
    })
    expect(problemOf(await ask("GET", `/v1/${"x".repeat(5_000)}`))).toMatchObject({
      status: 414,
      code: "UrlTooLong"
    })
    const wrong = await ask("PUT", "/v1/orders")
    expect(problemOf(wrong)).toMatchObject({ status: 405, code: "MethodNotAllowed" })
    expect(wrong.headers.get("allow")).toBe("GET, POST, DELETE")
    expect((await ask("GET", "/v1/orders/preview", { token: alice })).status).toBe(405)
  })

  it("error: text that is no Unicode, in a body or a query", async () => {
    const body = Buffer.from([...Buffer.from('{"market":"'), 0xff, ...Buffer.from('"}')])
    const sent = await fetch(`${server.url}/v1/orders`, {
      method: "POST",
      headers: { authorization: `Bearer ${alice}` },
      body
    })
    expect([sent.status, await sent.json()]).toEqual([
      400,
      expect.objectContaining({ code: "MalformedBody" })
    ])
    for (const query of ["market=%ff", "market=%ed%a0%80", "market=%zz"]) {
      expect(problemOf(await ask("GET", `/v1/fills?${query}`, { token: alice }))).toMatchObject({
        status: 400,
        code: "MalformedUrl"
      })
    }
  })

  it("error: what the venue takes for no client order id is not looked up", async () => {
    for (const id of ["%00", "a%20b", "%F0%9F%98%80", "a".repeat(37)]) {
      expect(
        problemOf(await ask("GET", `/v1/orders/client:${id}`, { token: alice }))
      ).toMatchObject({
        status: 422,
        code: "MalformedText",
        parameter: "clientOrderId",
        detail: "clientOrderId: must be 1 to 36 of A-Z a-z 0-9 . _ : / -"
      })
    }
  })

  it("answers HEAD as GET without the body", async () => {
    const { headers, status } = await fetch(`${server.url}/v1/markets`, { method: "HEAD" })
    expect(status).toBe(200)
    expect(Number(headers.get("content-length"))).toBeGreaterThan(0)
  })

  it("every code that came is in the table, and none of the log is a bug", () => {
    expect(problems.size).toBeGreaterThan(90)
    expect(server.errors()).toBe("")
  })
})
