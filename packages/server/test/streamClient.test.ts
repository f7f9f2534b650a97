import {
  createClient,
  type ExchangeStream,
  IdempotencyKey,
  openStream,
  Problem,
  type Transport,
  Unreachable
} from "@pandora-exchange/client"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { rm } from "node:fs/promises"
import { asking, type InProcess, newFolder, startHere, startServer } from "./support.ts"

let server: InProcess
let token: string

beforeAll(async () => {
  server = await startHere()
  token = server.tokens[0]!
})
afterAll(() => server.close())

const limit = (side: "buy" | "sell", price: string, quantity: string) =>
  ({ market: "BTC-USDT", side, price, quantity }) as const

const turn = () => new Promise((resolve) => setImmediate(resolve))
const until = async (condition: () => boolean) => {
  while (!condition()) await turn()
}

describe("the typed client", () => {
  it("does everything that the API does", async () => {
    const client = createClient({ url: server.url, token })
    expect((await client.markets()).data.map(({ symbol }) => symbol)).toEqual([
      "BTC-USDT",
      "ETH-USDT"
    ])
    expect((await client.market("BTC-USDT")).tickSize).toBe("0.01")
    expect((await client.me()).name).toBe("alice")
    const preview = await client.preview(limit("buy", "20000", "0.1"))
    expect(preview.held).toBe("2000")
    const placed = await client.place({ ...limit("buy", "20000", "0.1"), clientOrderId: "c/1" })
    expect((await client.depth("BTC-USDT", { levels: 1 })).bids).toEqual([["20000", "0.1"]])
    expect((await client.openOrders({ market: "BTC-USDT" })).data.length).toBe(1)
    expect((await client.order("client:c/1")).order).toBe(placed.order)
    expect(
      (await client.amend(placed.order, { market: "BTC-USDT", quantity: "0.05" })).quantity
    ).toBe("0.05")
    expect((await client.cancel("client:c/1")).cancelledQuantity).toBe("0.05")
    expect((await client.cancelAll({ market: "BTC-USDT" })).orders).toEqual([])
    expect(
      (await client.orders({ status: "closed", limit: 1, sort: "newest" })).data[0]!.order
    ).toBe(placed.order)
    expect((await client.balances()).data.find(({ asset }) => asset === "USDT")!.held).toBe("0")
    expect((await client.ledgerEntries({ asset: "USDT", kind: "credit" })).data.length).toBe(1)
    expect((await client.fills()).data).toEqual([])
    expect((await client.trades("BTC-USDT", { limit: 1 })).data).toEqual([])
    await client.close()
  })

  it("error: problems come as `Problem` with everything that the server said", async () => {
    const client = createClient({ url: server.url, token })
    const wrong = await client.place(limit("buy", "1e3", "1")).catch((error: unknown) => error)
    expect(wrong).toBeInstanceOf(Problem)
    expect({ ...(wrong as Problem) }).toMatchObject({
      code: "DecimalExponent",
      parameter: "price",
      status: 400,
      retry: "never",
      type: "/docs/errors#DecimalExponent"
    })
    const missing = await client.order("ord_99999").catch((error: unknown) => error)
    expect(missing).toMatchObject({ code: "UnknownOrder", status: 404 })
    const nobody = createClient({ url: server.url })
    await expect(nobody.balances()).rejects.toMatchObject({ code: "Unauthorized", status: 401 })
    await Promise.all([client.close(), nobody.close()])
  })

  it("sends a command again under its key when no answer came: it is done once", async () => {
    const { createServer, request } = await import("node:http")
    const keys: Array<string> = []
    // Loses the first two answers of each command, after the server has executed it.
    const proxy = createServer((incoming, outgoing) => {
      const { headers, method, url } = incoming
      const chunks: Array<Buffer> = []
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
      incoming.on("end", () => {
        const forwarded = request(server.url + url, { method: method!, headers }, (answer) => {
          keys.push(String(headers["idempotency-key"]))
          if (keys.length < 3) return void incoming.socket.destroy()
          outgoing.writeHead(answer.statusCode!, answer.headers)
          answer.pipe(outgoing)
        })
        forwarded.end(Buffer.concat(chunks))
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve))
    const { port } = proxy.address() as { port: number }
    const client = createClient({ url: `http://127.0.0.1:${port}`, token })
    const placed = await client.place(limit("buy", "19000", "0.1"))
    expect(new Set(keys).size).toBe(1)
    expect(keys.length).toBe(3)
    expect((await client.openOrders()).data.map(({ order }) => order)).toEqual([placed.order])
    await client.cancelAll()
    const impatient = createClient({ url: "http://127.0.0.1:1", token, attempts: 1 })
    await expect(impatient.place(limit("buy", "19000", "0.1"))).rejects.toBeInstanceOf(Unreachable)
    await Promise.all([client.close(), impatient.close()])
    proxy.close()
    proxy.closeAllConnections()
  })

  it("makes keys that the exchange takes, in the order of time", () => {
    const keys = Array.from({ length: 100 }, (_, i) => IdempotencyKey.make(1_700_000_000_000 + i))
    expect(keys.toSorted()).toEqual(keys)
    for (const key of keys)
      expect(key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe("the stream client", () => {
  it("keeps a book, follows trades and the account, and places orders", async () => {
    const stream = openStream({ url: server.url, token })
    const trades: Array<string> = []
    const account: Array<any> = []
    const { book } = stream.book("ETH-USDT")
    stream.trades("ETH-USDT", (found) => trades.push(...found.map(({ trade }) => trade)))
    stream.account((message) => account.push(message))
    const order = { market: "ETH-USDT", side: "buy", price: "100", quantity: "1" } as const
    await until(() => book.depthSequence !== undefined && account.length > 0)
    const placed = await stream.place(order)
    await until(() => book.bids()[0]?.[0] === "100")
    const taken = await stream.place({
      ...order,
      side: "sell",
      quantity: "0.4",
      selfTradePrevention: "none"
    })
    expect(taken).toMatchObject({ status: "filled", fills: [{ price: "100", quantity: "0.4" }] })
    await until(() => trades.length === 1 && account.at(-1)!.sequence === taken.sequence)
    expect(account.at(-1)!.fills.map(({ role }: any) => role)).toEqual(["maker", "taker"])
    expect(book.bids()).toEqual([["100", "0.6"]])
    expect(
      (await stream.amend(placed.order, { market: "ETH-USDT", quantity: "0.5" })).remainingQuantity
    ).toBe("0.1")
    expect((await stream.cancel(placed.order)).cancelledQuantity).toBe("0.1")
    expect((await stream.cancelAll()).orders).toEqual([])
    await expect(stream.place({ ...order, price: "x" })).rejects.toMatchObject({
      code: "DecimalMalformed"
    })
    stream.close()
    await expect(stream.place(order)).rejects.toMatchObject({ code: "Closed", retry: "safe" })
  })

  /** A WebSocket that loses, duplicates and reorders messages until it is healed. */
  const faulty = (random: () => number, isHealed: () => boolean) => (url: string) => {
    const inner = new WebSocket(url)
    let held: { readonly data: unknown } | undefined
    const outer: Transport = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => inner.readyState === 1 && inner.send(text),
      close: () => inner.close()
    }
    inner.onopen = () => outer.onopen?.()
    inner.onclose = (event) => outer.onclose?.(event)
    inner.onerror = () => outer.onerror?.()
    inner.onmessage = (event) => {
      // Without these two nothing begins.
      const isFirst = /"type":"hello"|"authenticate"/.test(String(event.data))
      const what = isHealed() || isFirst ? 1 : random()
      if (what < 0.15) return
      if (what < 0.3) {
        held ??= event
        return
      }
      outer.onmessage?.(event)
      if (what < 0.45) outer.onmessage?.(event)
      if (held === undefined) return
      outer.onmessage?.(held)
      held = undefined
    }
    return outer
  }

  const randomFrom = (seed: number) => {
    let state = seed >>> 0
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 4_294_967_296
    }
  }

  const trade = (i: number) =>
    server.exchange.place({
      account: i % 2 === 0 ? 1000 : 1001,
      market: "ETH-USDT",
      side: i % 3 === 0 ? "sell" : "buy",
      price: String(2_000 + ((i * 7) % 20)),
      quantity: "0.001"
    })

  it.each([1, 2, 3])(
    "frames that are lost, doubled and out of order leave nothing wrong behind (seed %i)",
    async (seed) => {
      let healed = false
      const stream = openStream({
        url: server.url,
        token,
        connect: faulty(randomFrom(seed), () => healed)
      })
      const trades: Array<number> = []
      const sequences: Array<number> = []
      const balances = new Map<string, string>()
      const { book } = stream.book("ETH-USDT")
      stream.trades("ETH-USDT", (found) =>
        trades.push(...found.map((one) => Number(one.trade.slice(4))))
      )
      stream.account((message) => {
        sequences.push(message.sequence)
        for (const { asset, available } of message.balances) balances.set(asset, available)
      })
      for (let i = 0; i < 400; i++) await Effect.runPromise(Effect.ignore(trade(i)))
      healed = true
      // A gap shows when the next message arrives, so the market keeps trading until everything is
      // right; it never is if one thing is not.
      const wanted = async () => {
        const ask = asking(server.url)
        const { asks, bids } = (await ask("GET", "/v1/markets/ETH-USDT/depth?levels=5000")).body
        const own = (await ask("GET", "/v1/balances", { token })).body.data
        const lastTrade = (await ask("GET", "/v1/markets/ETH-USDT/trades?limit=1")).body.data[0]
          .trade
        return {
          asks,
          bids,
          lastTrade,
          balances: own.map(({ asset, available }: any) => [asset, available])
        }
      }
      const seen = (assets: ReadonlyArray<[string, string]>) => ({
        asks: book.asks(),
        bids: book.bids(),
        lastTrade: `trd_${trades.at(-1)}`,
        // Nothing was sent about an asset without changes.
        balances: assets.map(([asset, available]) => [asset, balances.get(asset) ?? available])
      })
      let want = await wanted()
      for (let i = 0; JSON.stringify(want) !== JSON.stringify(seen(want.balances)); i++) {
        await Effect.runPromise(Effect.ignore(trade(i)))
        await new Promise((resolve) => setTimeout(resolve, 50))
        want = await wanted()
      }
      expect(balances.size).toBeGreaterThanOrEqual(2)
      expect(trades).toEqual(trades.map((_, i) => trades[0]! + i))
      expect(trades.length).toBeGreaterThan(10)
      expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => a - b))
      stream.close()
      await Effect.runPromise(
        Effect.all([
          server.exchange.cancelAll({ account: 1000 }),
          server.exchange.cancelAll({ account: 1001 })
        ])
      )
    }
  )

  it("goes on after the server was killed: every order is there once, and the book is right", async () => {
    const folder = await newFolder()
    let running = await startServer(["--data", folder, "--no-flow"])
    const port = new URL(running.url).port
    const statuses: Array<string> = []
    const stream: ExchangeStream = openStream({
      url: running.url,
      token: running.accounts[0]!.token,
      onStatus: (status) => statuses.push(status)
    })
    const { book } = stream.book("BTC-USDT")
    const placed: Array<Promise<{ readonly order: string }>> = []
    for (let i = 0; i < 100; i++) placed.push(stream.place(limit("buy", String(1_000 + i), "0.01")))
    await placed[50]
    const ended = running.stop("SIGKILL")
    for (let i = 0; i < 100; i++) placed.push(stream.place(limit("buy", String(2_000 + i), "0.01")))
    await ended
    running = await startServer(["--data", folder, "--no-flow", "--port", port])
    const orders = (await Promise.all(placed)).map(({ order }) => order)
    const ask = asking(running.url)
    const open = await ask("GET", "/v1/open-orders", { token: running.accounts[0]!.token })
    expect(new Set(open.body.data.map(({ order }: any) => order))).toEqual(new Set(orders))
    expect(open.body.data.length).toBe(200)
    await until(() => book.bids().length === 200)
    expect(book.bids()).toEqual(
      (await ask("GET", "/v1/markets/BTC-USDT/depth?levels=5000")).body.bids
    )
    expect(statuses).toContain("disconnected")
    expect(statuses.at(-1)).toBe("connected")
    stream.close()
    await running.stop()
    await rm(folder, { recursive: true })
  })
})
