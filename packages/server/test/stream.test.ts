import { LiveBook } from "@pandora-exchange/client"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { rm } from "node:fs/promises"
import { connect } from "node:net"
import { asking, type InProcess, newFolder, startHere, startServer } from "./support.ts"
import { openBare, refusedUpgrade } from "./streaming.ts"

let server: InProcess
let ask: ReturnType<typeof asking>
let alice: string
let bob: string

beforeAll(async () => {
  server = await startHere(
    { origins: ["https://trade.example"] },
    { limits: { subscriptionsMax: 3 } }
  )
  ask = asking(server.url)
  alice = server.tokens[0]!
  bob = server.tokens[1]!
})
afterAll(() => server.close())

const limit = (side: "buy" | "sell", price: string, quantity: string) => ({
  market: "BTC-USDT",
  side,
  price,
  quantity
})
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const depthOf = async (market: string) =>
  (await ask("GET", `/v1/markets/${market}/depth?levels=5000`)).body

/** Orders that make, change and take levels. */
const churn = async (count: number) => {
  const { exchange } = server
  for (let i = 0; i < count; i++) {
    const price = 20_000 + ((i * 7) % 40)
    const [side, token] = i % 3 === 0 ? (["sell", 1001] as const) : (["buy", 1000] as const)
    const order = {
      account: token,
      market: "ETH-USDT",
      side,
      price: String(price / 10),
      quantity: "0.01"
    }
    await Effect.runPromise(Effect.ignore(exchange.place(order)))
  }
}

describe("depth", () => {
  it("a snapshot and the changes after it join without a gap, under load, and give the venue's book", async () => {
    const running = churn(300)
    const clients = []
    for (let i = 0; i < 5; i++) {
      await churn(10)
      const bare = await openBare(server.url)
      await bare.ask({ op: "subscribe", channel: "depth", market: "ETH-USDT" })
      clients.push(bare)
    }
    await running
    const depth = await depthOf("ETH-USDT")
    for (const { messages, next, socket } of clients) {
      await next((m) => m.depthSequence === depth.depthSequence || m.last === depth.depthSequence)
      const feed = messages.filter(({ type }) => type === "depth" || type === "depthSnapshot")
      expect(feed[0].type).toBe("depthSnapshot")
      let at = feed[0].depthSequence
      const book = new LiveBook("ETH-USDT")
      book.snapshot(feed[0])
      for (const delta of feed.slice(1)) {
        expect(delta.type).toBe("depth")
        expect(delta.first).toBe(at + 1)
        at = delta.last
        expect(book.delta(delta)).toBe("applied")
      }
      expect({ bids: book.bids(), asks: book.asks() }).toEqual({
        bids: depth.bids,
        asks: depth.asks
      })
      socket.close()
    }
  })

  it("resumes after the sequence that the client has, with what it missed as one change", async () => {
    const before = await depthOf("ETH-USDT")
    const book = new LiveBook("ETH-USDT")
    book.snapshot({ type: "depthSnapshot", ...before })
    await churn(30)
    const after = await depthOf("ETH-USDT")
    const bare = await openBare(server.url)
    await bare.ask({
      op: "subscribe",
      channel: "depth",
      market: "ETH-USDT",
      from: before.depthSequence
    })
    const delta = await bare.next(({ type }) => type === "depth" || type === "depthSnapshot")
    expect(delta).toMatchObject({
      type: "depth",
      first: before.depthSequence + 1,
      last: after.depthSequence
    })
    book.delta(delta)
    expect({ bids: book.bids(), asks: book.asks() }).toEqual({ bids: after.bids, asks: after.asks })
    bare.socket.close()
  })

  it("gives a snapshot to a client that is ahead of the market, as after a restore", async () => {
    const bare = await openBare(server.url)
    await bare.ask({ op: "subscribe", channel: "depth", market: "ETH-USDT", from: 1_000_000 })
    expect(await bare.next(({ type }) => type === "depthSnapshot")).toMatchObject({
      market: "ETH-USDT"
    })
    bare.socket.close()
  })
})

describe("trades and accounts", () => {
  it("trades come in order, and from where the client was", async () => {
    const bare = await openBare(server.url)
    await bare.ask({ op: "subscribe", channel: "trades", market: "BTC-USDT" })
    for (let i = 0; i < 5; i++) {
      await ask("POST", "/v1/orders", { token: bob, body: limit("sell", "50000", "0.001") })
      await ask("POST", "/v1/orders", { token: alice, body: limit("buy", "50000", "0.001") })
    }
    const expected = (await ask("GET", "/v1/markets/BTC-USDT/trades?sort=oldest")).body.data
    await bare.next(({ trades }) => trades?.at(-1)?.trade === "trd_5")
    expect(bare.messages.flatMap(({ trades }) => trades ?? [])).toEqual(expected)
    const later = await openBare(server.url)
    await later.ask({ op: "subscribe", channel: "trades", market: "BTC-USDT", from: "trd_2" })
    expect((await later.next(({ type }) => type === "trades")).trades).toEqual(expected.slice(2))
    const all = await openBare(server.url)
    const kept = { op: "subscribe", channel: "trades", market: "BTC-USDT", oldest: true }
    expect((await all.ask(kept)).result).toEqual({
      channel: "trades",
      market: "BTC-USDT",
      last: "trd_5"
    })
    expect((await all.next(({ type }) => type === "trades")).trades).toEqual(expected)
    for (const { socket } of [bare, later, all]) socket.close()
  })

  it("error: a trade that has not happened yet is nothing to resume after, and the one reply is the problem", async () => {
    const bare = await openBare(server.url)
    const ahead = { op: "subscribe", channel: "trades", market: "BTC-USDT", from: "trd_1000000" }
    expect((await bare.ask(ahead)).problem).toMatchObject({
      code: "ResumeTooOld",
      parameter: "from"
    })
    expect((await bare.ask({ op: "subscribe", channel: "trades", market: "BTC-USDT" })).type).toBe(
      "answer"
    )
    expect(bare.messages.map(({ type }) => type)).toEqual(["hello", "problem", "answer"])
    bare.socket.close()
  })

  it("an account gets its own orders, fills and balances, and nobody else's", async () => {
    const hers = await openBare(server.url, bearer(alice))
    const his = await openBare(server.url)
    expect(await his.ask({ op: "authenticate", token: bob })).toMatchObject({
      type: "answer",
      result: { name: "bob" }
    })
    await hers.ask({ op: "subscribe", channel: "account" })
    await his.ask({ op: "subscribe", channel: "account" })
    const snapshot = await hers.next(({ type }) => type === "accountSnapshot")
    expect(snapshot.balances).toEqual(
      (await ask("GET", "/v1/balances", { token: alice })).body.data
    )
    const rest = await ask("POST", "/v1/orders", {
      token: alice,
      body: limit("buy", "30000", "0.01")
    })
    const first = await hers.next(({ orders }) => orders?.[0]?.order === rest.body.order)
    expect(first).toMatchObject({
      type: "account",
      account: "acc_1000",
      sequence: rest.body.sequence,
      orders: [{ status: "open", price: "30000" }],
      fills: [],
      balances: [{ asset: "USDT" }]
    })
    const taken = await ask("POST", "/v1/orders", {
      token: bob,
      body: limit("sell", "30000", "0.01")
    })
    const second = await hers.next(
      ({ sequence, type }) => type === "account" && sequence === taken.body.sequence
    )
    expect(second).toMatchObject({
      previous: first.sequence,
      orders: [{ order: rest.body.order, status: "filled" }],
      fills: [{ order: rest.body.order, role: "maker", quantity: "0.01" }]
    })
    expect(second.balances).toEqual(
      (await ask("GET", "/v1/balances", { token: alice })).body.data.filter(
        ({ asset }: any) => asset !== "ETH"
      )
    )
    const own = await his.next(({ fills }) => fills?.length > 0)
    expect(own).toMatchObject({
      account: "acc_1001",
      fills: [{ role: "taker", order: taken.body.order }]
    })
    expect(JSON.stringify(his.messages)).not.toContain("acc_1000")
    // And again from where she was.
    const again = await openBare(server.url, bearer(alice))
    await again.ask({ op: "subscribe", channel: "account", from: first.sequence })
    const resumed = await again.next(({ type }) => type === "account")
    expect({ ...resumed, sequence: second.sequence }).toEqual(second)
    for (const { socket } of [hers, his, again]) socket.close()
  })

  it("orders are placed, amended and cancelled over it, once under their keys", async () => {
    const bare = await openBare(server.url, bearer(alice))
    const key = "018f3e3e-7b1a-7000-8000-000000000001"
    expect(
      (await bare.ask({ op: "place", key, order: limit("buy", "1000", "0.01") })).problem.code
    ).toBe("KeyExpired")
    const placed = await bare.ask({
      op: "place",
      order: { ...limit("buy", "1000", "0.01"), clientOrderId: "w" }
    })
    expect(placed).toMatchObject({ type: "answer", result: { status: "open", clientOrderId: "w" } })
    const { order } = placed.result
    const amended = await bare.ask({
      op: "amend",
      order,
      change: { market: "BTC-USDT", price: "1001" }
    })
    expect(amended.result).toMatchObject({ order, keptPriority: false })
    expect((await bare.ask({ op: "cancel", order: "client:w" })).result).toMatchObject({
      order,
      cancelledQuantity: "0.01"
    })
    expect((await bare.ask({ op: "cancelAll", market: "BTC-USDT" })).result.orders).toEqual([])
    expect(await bare.ask({ op: "cancel", order })).toMatchObject({
      type: "problem",
      problem: { status: 404, code: "UnknownOrder", requestId: expect.stringMatching(/^msg_/) }
    })
    expect(
      (await bare.ask({ op: "place", account: "acc_1001", order: limit("buy", "1000", "0.01") }))
        .problem
    ).toMatchObject({ code: "UnknownAccount", parameter: "account" })
    bare.socket.close()
  })
})

describe("hello", () => {
  const helloOf = async (url: string) => {
    const bare = await openBare(url)
    const hello = await bare.next(({ type }) => type === "hello")
    bare.socket.close()
    return hello
  }

  it("names the journal, the same after a restart and another in another folder, and each run of the server", async () => {
    const folder = await newFolder()
    const first = await startHere({ folder })
    const before = await helloOf(first.url)
    expect(before.journal).toMatch(/^[0-9a-f]{64}$/)
    expect(await helloOf(first.url)).toMatchObject({ journal: before.journal, run: before.run })
    await first.close()
    const second = await startHere({ folder })
    const after = await helloOf(second.url)
    expect(after.journal).toBe(before.journal)
    expect(after.run).not.toBe(before.run)
    await second.close()
    await rm(folder, { recursive: true })
    expect((await helloOf(server.url)).journal).not.toBe(before.journal)
  })
})

describe("bounds", () => {
  it("error: what there is is listed, and how to sign in is said", async () => {
    const bare = await openBare(server.url)
    const told = async (message: object) => {
      const { detail, parameter } = (await bare.ask(message)).problem
      return { detail, ...(parameter !== undefined && { parameter }) }
    }
    const ops = {
      detail:
        "op: must be one of: authenticate, unsubscribe, subscribe, amend, batch, cancel, cancelAfter, cancelAll, cancelList, place, placeList, replace",
      parameter: "op"
    }
    expect(await told({ op: "help" })).toEqual(ops)
    expect(await told({})).toEqual(ops)
    const channels = {
      detail: "channel: must be one of: depth, trades, account",
      parameter: "channel"
    }
    expect(await told({ op: "subscribe", channel: "candles" })).toEqual(channels)
    expect(await told({ op: "subscribe" })).toEqual(channels)
    const signIn = {
      detail:
        'Send `{"op":"authenticate","id":"1","token":"TOKEN"}` with a valid access token, or connect with `Authorization: Bearer TOKEN`.'
    }
    expect(await told({ op: "subscribe", channel: "account" })).toEqual(signIn)
    expect(await told({ op: "cancelAll" })).toEqual(signIn)
    expect(await told({ op: "authenticate", token: "x" })).toEqual(signIn)
    bare.send("[]")
    const { problem } = await bare.next(({ id, type }) => type === "problem" && id === undefined)
    expect(problem.detail).toBe("The message must be a JSON object with `op` and `id`.")
    bare.socket.close()
  })

  it("error: what is private needs a token, and what is malformed is told by its id", async () => {
    const bare = await openBare(server.url)
    const code = async (message: object) => (await bare.ask(message)).problem.code
    expect(await code({ op: "subscribe", channel: "account" })).toBe("Unauthorized")
    expect(await code({ op: "place", order: limit("buy", "1000", "0.01") })).toBe("Unauthorized")
    expect(await code({ op: "authenticate", token: "x" })).toBe("Unauthorized")
    expect(await code({ op: "subscribe", channel: "depth", market: "NO-PE" })).toBe("UnknownMarket")
    expect(await code({ op: "subscribe", channel: "candles", market: "BTC-USDT" })).toBe(
      "MalformedMessage"
    )
    expect(await code({ op: "constructor" })).toBe("MalformedMessage")
    // Objects that cannot be converted to text.
    const textless = { toString: 1, valueOf: 1 }
    expect(await code({ op: textless })).toBe("MalformedMessage")
    expect(await code({ op: "subscribe", channel: textless, market: "BTC-USDT" })).toBe(
      "MalformedMessage"
    )
    expect(await code({ op: "subscribe", channel: "depth", market: "BTC-USDT", levels: 3 })).toBe(
      "UnknownField"
    )
    expect(await code({ op: "unsubscribe", channel: "depth", market: "BTC-USDT" })).toBe(
      "NotSubscribed"
    )
    for (const market of ["BTC-USDT", "ETH-USDT"])
      await bare.ask({ op: "subscribe", channel: "depth", market })
    expect(await code({ op: "subscribe", channel: "depth", market: "BTC-USDT" })).toBe(
      "AlreadySubscribed"
    )
    await bare.ask({ op: "subscribe", channel: "trades", market: "BTC-USDT" })
    expect(await code({ op: "subscribe", channel: "trades", market: "ETH-USDT" })).toBe(
      "TooManySubscriptions"
    )
    bare.send("{")
    expect(
      (await bare.next(({ id, type }) => type === "problem" && id === undefined)).problem.code
    ).toBe("MalformedMessage")
    expect(
      (await bare.ask({ op: "unsubscribe", channel: "trades", market: "BTC-USDT" })).type
    ).toBe("answer")
    bare.socket.close()
  })

  it("error: another caller on the same connection does not see what the one before followed", async () => {
    const bare = await openBare(server.url, bearer(alice))
    await bare.ask({ op: "subscribe", channel: "account" })
    await bare.ask({ op: "authenticate", token: bob })
    await ask("POST", "/v1/orders", { token: alice, body: limit("buy", "1000", "0.01") })
    await bare.ask({ op: "cancelAll" })
    expect(bare.messages.filter(({ type }) => type === "account")).toEqual([])
    await ask("DELETE", "/v1/orders", { token: alice })
    bare.socket.close()
  })

  it("error: pages of other origins, other paths and wrong tokens are refused before the upgrade", async () => {
    expect(await refusedUpgrade(server.url, { origin: "https://evil.example" })).toEqual({
      status: 403,
      code: "OriginNotAllowed"
    })
    expect(await refusedUpgrade(server.url, bearer("x"))).toEqual({
      status: 401,
      code: "Unauthorized"
    })
    expect(await refusedUpgrade(server.url, {}, "/v1/markets")).toEqual({
      status: 404,
      code: "NotFound"
    })
    expect(await refusedUpgrade(server.url, {}, `/v1/stream?token=${alice}`)).toEqual({
      status: 404,
      code: "NotFound"
    })
    for (const origin of ["https://trade.example", server.url])
      (await openBare(server.url, { origin })).socket.close()
  })

  it("error: messages that are too large or binary end the connection with its code, and nothing is compressed", async () => {
    const large = await openBare(server.url)
    expect(large.socket.extensions).toBe("")
    large.send("x".repeat(140_000))
    expect((await large.closed).code).toBe(1009)
    const binary = await openBare(server.url)
    binary.socket.send(Buffer.from("{}"))
    expect((await binary.closed).code).toBe(1003)
  })

  it("error: a client that asks too fast is told so, and ended when it goes on", async () => {
    const here = await startHere({}, { limits: { messagesPerSecondMax: 50 } })
    const bare = await openBare(here.url)
    for (let i = 0; i < 400; i++)
      bare.send({ op: "unsubscribe", id: String(i), channel: "trades", market: "BTC-USDT" })
    expect((await bare.closed).code).toBe(4429)
    const codes = bare.messages.flatMap(({ problem }) => problem?.code ?? [])
    expect(codes.filter((code) => code === "NotSubscribed").length).toBe(50)
    expect(codes.slice(50).every((code) => code === "TooManyRequests")).toBe(true)
    await here.close()
  })

  it("error: a client that answers no ping, and one that follows nothing, are ended", async () => {
    const here = await startHere({}, { limits: { pingMs: 100, idleMsMax: 500 } })
    const silent = await openBare(here.url, bearer(here.tokens[0]!))
    silent.socket.pong = () => {}
    const idle = await openBare(here.url)
    expect((await silent.closed).code).toBe(1006)
    expect((await idle.closed).code).toBe(4401)
    await here.close()
  })

  /**
   * A client that lets more data wait than the connection's own buffers hold: large snapshots it
   * does not read.
   */
  const holdUp = async (url: string) => {
    const slow = await openBare(url)
    slow.socket.pause()
    for (let i = 0; i < 150; i++) {
      slow.send({ op: "subscribe", id: `s${i}`, channel: "depth", market: "BTC-USDT" })
      slow.send({ op: "unsubscribe", id: `u${i}`, channel: "depth", market: "BTC-USDT" })
    }
    slow.send({ op: "subscribe", id: "last", channel: "depth", market: "BTC-USDT" })
    return slow
  }

  const connections = async (url: string): Promise<number> => {
    const { checks } = (await asking(url)("GET", "/health/ready")).body
    return Number(
      /(\d+) connections/.exec(checks.find(({ name }: any) => name === "stream").detail)![1]
    )
  }

  const until = async (condition: () => Promise<boolean>) => {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
  }

  const deepBook = async (here: InProcess) => {
    const order = (i: number) => ({ account: 1000, ...limit("buy", `${1000 + i}.25`, "0.001") })
    const places = Array.from({ length: 5_000 }, (_, i) => here.exchange.place(order(i)))
    await Effect.runPromise(Effect.all(places, { concurrency: 5_000, discard: true }))
  }

  it("error: a reader that lets too much wait is ended with 4408, and costs the others nothing", async () => {
    const here = await startHere({}, { limits: { closeGraceMs: 30_000, budgetBytes: 1_000_000 } })
    await deepBook(here)
    const reader = await openBare(here.url)
    await reader.ask({ op: "subscribe", channel: "depth", market: "BTC-USDT" })
    const slow = await holdUp(here.url)
    await until(async () => (await connections(here.url)) === 1)
    slow.socket.resume()
    expect(await slow.closed).toEqual({ code: 4408, reason: "slow reader" })
    await asking(here.url)("DELETE", "/v1/orders", { token: here.tokens[0]! })
    const { bids } = await reader.next(({ type }) => type === "depth")
    expect(bids.length).toBe(5_000)
    expect(reader.socket.readyState).toBe(1)
    await here.close()
  })

  it("a reader that is behind gets changes merged into one, without a gap", async () => {
    const here = await startHere(
      {},
      { limits: { budgetBytes: 1_000_000_000, messagesPerSecondMax: 100_000 } }
    )
    await deepBook(here)
    const slow = await holdUp(here.url)
    const token = here.tokens[0]!
    // The server has taken it once the connection after it is answered; then come a hundred changes
    // while it does not read.
    await (await openBare(here.url)).ask({ op: "subscribe", channel: "trades", market: "BTC-USDT" })
    for (let i = 0; i < 100; i++) {
      await asking(here.url)("POST", "/v1/orders", { token, body: limit("buy", "900", "0.01") })
    }
    slow.socket.resume()
    const depth = (await asking(here.url)("GET", "/v1/markets/BTC-USDT/depth?levels=5000")).body
    await slow.next(
      (m) => m.last === depth.depthSequence || m.depthSequence === depth.depthSequence
    )
    const from = slow.messages.findLastIndex(({ type }) => type === "depthSnapshot")
    const deltas = slow.messages.slice(from + 1)
    const book = new LiveBook("BTC-USDT")
    book.snapshot(slow.messages[from])
    for (const delta of deltas) expect(book.delta(delta)).toBe("applied")
    expect(deltas.length).toBeLessThan(50)
    expect(book.bids(5_000)).toEqual(depth.bids)
    await here.close()
  })

  it("error: a reader that stays behind is ended with 4408", async () => {
    const limits = {
      budgetBytes: 1_000_000_000,
      behindMsMax: 0,
      closeGraceMs: 30_000,
      messagesPerSecondMax: 100_000
    }
    const here = await startHere({}, { limits })
    await deepBook(here)
    const slow = await holdUp(here.url)
    const token = here.tokens[0]!
    await until(async () => {
      await asking(here.url)("POST", "/v1/orders", { token, body: limit("buy", "900", "0.01") })
      return (await connections(here.url)) === 0
    })
    slow.socket.resume()
    expect((await slow.closed).code).toBe(4408)
    await here.close()
  })
})

describe("going down", () => {
  it("SIGTERM tells every client, answers what is under way, refuses the rest, and keeps all that was answered", async () => {
    const folder = await newFolder()
    const child = await startServer(["--data", folder, "--no-flow"])
    const token = child.accounts[0]!.token
    const follower = await openBare(child.url)
    await follower.ask({ op: "subscribe", channel: "depth", market: "BTC-USDT" })
    const trader = await openBare(child.url, bearer(token))
    const answered: Array<string> = []
    const refused: Array<string> = []
    let stopped: Promise<number | null> | undefined
    for (let i = 0; trader.socket.readyState === 1 && i < 20_000; i++) {
      if (i === 300) stopped = child.stop("SIGTERM")
      trader.send({ op: "place", id: `p${i}`, order: limit("buy", "1000", "0.01") })
      while (i - trader.messages.length > 200 && trader.socket.readyState === 1) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expect((await trader.closed).code).toBe(1001)
    expect((await follower.closed).code).toBe(1001)
    expect(follower.messages).toContainEqual({
      type: "closing",
      code: 1001,
      reason: "the server is going down"
    })
    expect(await stopped).toBe(0)
    for (const { problem, result } of trader.messages) {
      if (result?.order !== undefined) answered.push(result.order)
      if (problem !== undefined) refused.push(problem.code)
    }
    expect(answered.length).toBeGreaterThan(100)
    expect(new Set([...refused, "ShuttingDown"])).toEqual(new Set(["ShuttingDown"]))
    const again = await startServer(["--data", folder, "--no-flow"])
    const open = await asking(again.url)("GET", "/v1/open-orders", { token })
    expect(open.body.data.map(({ order }: any) => order)).toEqual(answered)
    await again.stop()
  })

  it("a connection that does not read does not hold it up", async () => {
    const here = await startHere()
    const raw = connect(Number(new URL(here.url).port), "127.0.0.1")
    raw.write("GET /v1/markets HTTP/1.1\r\nhost: x\r\n\r\n")
    await new Promise((resolve) => raw.once("data", resolve))
    raw.pause()
    const began = Date.now()
    await Effect.runPromise(here.shutDown)
    expect(Date.now() - began).toBeLessThan(5_000)
    await here.close()
    raw.destroy()
  })
})
