/**
 * The stream client with a server that is restored behind its address, and many followers of one
 * thing.
 */
import {
  createClient,
  type ExchangeStream,
  type LiveBook,
  openStream,
  type Problem,
  type Transport
} from "@pandora-exchange/client"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { cp, rm } from "node:fs/promises"
import { asking, type InProcess, newFolder, startHere } from "./support.ts"

const market = "BTC-USDT"
const seller = 1000
const buyer = 1001

const turn = () => new Promise((resolve) => setImmediate(resolve))
const until = async (condition: () => boolean) => {
  while (!condition()) await turn()
}

const place = (
  { exchange }: InProcess,
  account: number,
  side: "buy" | "sell",
  price: string,
  quantity = "0.1"
) => Effect.runPromise(exchange.place({ account, market, side, price, quantity }))

/** One trade at this price, between two accounts that have nothing else there. */
const trade = async (server: InProcess, price: string) => {
  await place(server, seller, "sell", price, "0.01")
  await place(server, buyer, "buy", price, "0.01")
}

const depthOf = async ({ url }: InProcess) => {
  const { asks, bids } = (await asking(url)("GET", `/v1/markets/${market}/depth?levels=5000`)).body
  return { asks, bids }
}
const levels = (book: LiveBook) => ({ asks: book.asks(), bids: book.bids() })

/** The result of following the trades and the main account. */
const following = (stream: ExchangeStream) => {
  const trades: Array<readonly [trade: string, price: string]> = []
  const orders = new Map<string, string>()
  const balances = new Map<string, string>()
  const sequences: Array<number> = []
  const stops = [
    stream.trades(market, (found) =>
      trades.push(...found.map(({ price, trade }) => [trade, price] as const))
    ),
    stream.account((message) => {
      sequences.push(message.sequence)
      if (message.type === "accountSnapshot") {
        orders.clear()
        balances.clear()
      }
      for (const { order, status } of message.type === "account"
        ? message.orders
        : message.openOrders)
        orders.set(order, status)
      for (const { asset, available, held } of message.balances)
        balances.set(asset, `${available} ${held}`)
    })
  ]
  const account = () => ({
    orders: [...orders].filter(([, status]) => /^(open|partiallyFilled)$/.test(status)).toSorted(),
    balances: [...balances].toSorted()
  })
  return { trades, sequences, account, stop: () => stops.forEach((stop) => stop()) }
}

const accountOf = async ({ tokens, url }: InProcess) => {
  const token = tokens[0]!
  const orders = (await asking(url)("GET", "/v1/open-orders", { token })).body.data
  const balances = (await asking(url)("GET", "/v1/balances", { token })).body.data
  return {
    orders: orders.map(({ order, status }: any) => [order, status]).toSorted(),
    balances: balances
      .map(({ asset, available, held }: any) => [asset, `${available} ${held}`])
      .toSorted()
  }
}

/** A single address, behind which one server after another runs. */
const address = () => {
  let running: InProcess | undefined
  /** Where the address leads. */
  let shown: InProcess | undefined
  const folders = new Set<string>()
  onTestFinished(async () => {
    await running?.close()
    for (const folder of folders) await rm(folder, { recursive: true })
  })
  return {
    /** Everyone connected is disconnected. */
    stop: async () => {
      shown = undefined
      await Effect.runPromise(running!.shutDown)
      await running!.close()
      running = undefined
    },
    start: async (folder: string) => {
      folders.add(folder)
      return (running = await startHere({ folder }))
    },
    /** From now on clients reach the running server. */
    show: () => {
      shown = running
    },
    copy: async (folder: string) => {
      const copy = `${folder}-copy`
      folders.add(copy)
      await cp(folder, copy, { recursive: true })
      return copy
    },
    open: (options: { readonly onProblem?: (problem: Problem) => void } = {}) => {
      const stream = openStream({
        url: "http://exchange.test",
        token: () => shown!.tokens[0]!,
        connect: () =>
          new WebSocket(
            `${(shown?.url ?? "http://127.0.0.1:1").replace("http", "ws")}/v1/stream`
          ) as unknown as Transport,
        ...options
      })
      onTestFinished(stream.close)
      return stream
    }
  }
}

describe("a client that follows a server which is restored behind its address", () => {
  it("from an older copy has its book, its account, and every trade that was made since", async () => {
    const { copy, open, show, start, stop } = address()
    const folder = await newFolder()
    const first = await start(folder)
    await place(first, seller, "buy", "100")
    await trade(first, "200")
    await stop()
    const older = await copy(folder)

    const second = await start(folder)
    show()
    const stream = open()
    const { book } = stream.book(market)
    const { account, sequences, trades } = following(stream)
    await until(() => book.depthSequence !== undefined && sequences.length > 0)
    for (let i = 0; i < 4; i++) {
      await place(second, seller, "buy", String(101 + i))
      await trade(second, String(201 + i))
    }
    await until(() => trades.length === 4 && book.bids().length === 5)
    expect(trades.map(([trade]) => trade)).toEqual(["trd_2", "trd_3", "trd_4", "trd_5"])
    await stop()

    // As far as the client had got with trades, and further: the same numbers are different trades.
    const restored = await start(older)
    for (let i = 0; i < 5; i++) await trade(restored, String(301 + i))
    await place(restored, seller, "buy", "150")
    show()
    await until(() => trades.length === 10 && book.bids()[0]?.[0] === "150")
    // Everything the server still has, since nobody can say which of them the client had.
    expect(trades.slice(4)).toEqual([
      ["trd_1", "200"],
      ["trd_2", "301"],
      ["trd_3", "302"],
      ["trd_4", "303"],
      ["trd_5", "304"],
      ["trd_6", "305"]
    ])
    expect(levels(book)).toEqual(await depthOf(restored))
    const want = await accountOf(restored)
    await until(() => JSON.stringify(account()) === JSON.stringify(want))

    // And it continues.
    await trade(restored, "306")
    await until(() => trades.length === 11)
    expect(trades.at(-1)).toEqual(["trd_7", "306"])
  })

  it("that has fewer trades than the client knows tells those that come", async () => {
    const { copy, open, show, start, stop } = address()
    const folder = await newFolder()
    await start(folder)
    await stop()
    const older = await copy(folder)
    const first = await start(folder)
    show()
    const stream = open()
    const { sequences, trades } = following(stream)
    await until(() => sequences.length > 0)
    for (const price of ["200", "201", "202"]) await trade(first, price)
    await until(() => trades.length === 3)
    await stop()
    const restored = await start(older)
    show()
    await until(() => sequences.at(-1)! < sequences.at(-2)!)
    await trade(restored, "300")
    await until(() => trades.length === 4)
    expect(trades[3]).toEqual(["trd_1", "300"])
  })

  it("with an empty folder begins anew, and misses nothing of it", async () => {
    const { open, show, start, stop } = address()
    const first = await start(await newFolder())
    show()
    const stream = open()
    const { book } = stream.book(market)
    const { account, sequences, trades } = following(stream)
    await until(() => book.depthSequence !== undefined && sequences.length > 0)
    for (const price of ["200", "201"]) await trade(first, price)
    await place(first, seller, "sell", "500")
    await until(() => trades.length === 2 && book.asks().length === 1)
    await stop()
    const empty = await start(await newFolder())
    for (const price of ["300", "301", "302"]) await trade(empty, price)
    await place(empty, seller, "buy", "90")
    show()
    await until(() => trades.length === 5 && book.bids()[0]?.[0] === "90")
    expect(trades.slice(2)).toEqual([
      ["trd_1", "300"],
      ["trd_2", "301"],
      ["trd_3", "302"]
    ])
    expect(levels(book)).toEqual(await depthOf(empty))
    const want = await accountOf(empty)
    await until(() => JSON.stringify(account()) === JSON.stringify(want))
  })

  it("after a restart with nothing lost has each trade once", async () => {
    const { open, show, start, stop } = address()
    const folder = await newFolder()
    const first = await start(folder)
    show()
    const stream = open()
    const { sequences, trades } = following(stream)
    await until(() => sequences.length > 0)
    for (const price of ["200", "201"]) await trade(first, price)
    await until(() => trades.length === 2)
    await stop()
    const second = await start(folder)
    await trade(second, "202")
    show()
    await trade(second, "203")
    await until(() => trades.length === 4)
    expect(trades).toEqual([
      ["trd_1", "200"],
      ["trd_2", "201"],
      ["trd_3", "202"],
      ["trd_4", "203"]
    ])
  })
})

describe("followers of one server", () => {
  let server: InProcess
  beforeAll(async () => {
    server = await startHere()
  })
  afterAll(() => server.close())

  const opened = (options: Partial<Parameters<typeof openStream>[0]> = {}) => {
    const stream = openStream({ url: server.url, ...options })
    onTestFinished(stream.close)
    return stream
  }

  it("error: each hears why nothing comes, and the others go on", async () => {
    const heard: Array<string> = []
    const hears = (who: string) => ({
      onProblem: ({ code }: Problem) => heard.push(`${who}: ${code}`)
    })
    const stream = opened(hears("the stream"))
    const { book } = stream.book(market)
    stream.book("NO-PE", undefined, hears("book"))
    stream.trades("NO-PE", () => {}, hears("trades"))
    stream.trades("NO-PE", () => {}, hears("trades again"))
    stream.account(() => {}, hears("account"))
    stream.account(() => {}, { account: "acc_1000" })
    await until(() => heard.length >= 5 && book.depthSequence !== undefined)
    expect(heard.toSorted()).toEqual([
      "account: Unauthorized",
      "book: UnknownMarket",
      "the stream: Unauthorized",
      "trades again: UnknownMarket",
      "trades: UnknownMarket"
    ])
  })

  it("error: of an account of somebody else hear it", async () => {
    const stream = opened({ token: server.tokens[0]! })
    const problem = new Promise<Problem>((onProblem) =>
      stream.account(() => {}, { account: "acc_1001", onProblem })
    )
    expect(await problem).toMatchObject({ code: "UnknownAccount" })
  })

  it("error: of an account hear that the session has ended; orders do, and markets go on", async () => {
    const { email, password } = server.accounts[0]!
    const client = createClient({ url: server.url })
    const { accessToken } = await client.signIn({ email, password: Redacted.value(password) })
    const own = createClient({ url: server.url, token: accessToken })
    const stream = opened({ token: accessToken })
    const snapshots: Array<number> = []
    const problem = new Promise<Problem>((onProblem) =>
      stream.account(({ sequence }) => snapshots.push(sequence), { onProblem })
    )
    const { book } = stream.book(market)
    await until(() => snapshots.length > 0)
    const current = (await own.sessions()).data.find(({ current }) => current)!
    await own.endSession(current.session)
    expect(await problem).toMatchObject({ code: "Unauthorized", retry: "never" })
    const order = { market, side: "buy", price: "10", quantity: "1" } as const
    await expect(stream.place(order)).rejects.toMatchObject({ code: "Unauthorized" })
    await place(server, seller, "buy", "77")
    await until(() => book.bids().some(([price]) => price === "77"))
    await Promise.all([client.close(), own.close()])
    await Effect.runPromise(server.exchange.cancelAll({ account: seller }))
  })

  it("error: of a stream that is closed hear Closed", async () => {
    const stream = opened()
    stream.close()
    const problems = await Promise.all([
      new Promise<Problem>((onProblem) => stream.book(market, undefined, { onProblem })),
      new Promise<Problem>((onProblem) => stream.trades(market, () => {}, { onProblem })),
      new Promise<Problem>((onProblem) => stream.account(() => {}, { onProblem }))
    ])
    expect(problems.map(({ code, retry }) => [code, retry])).toEqual(
      problems.map(() => ["Closed", "safe"])
    )
  })

  it("who joins later begins with what is there, and goes on when the first stops", async () => {
    const stream = opened({ token: server.tokens[0]! })
    const first = stream.book(market)
    const one = following(stream)
    await until(() => first.book.depthSequence !== undefined && one.sequences.length > 0)
    const resting = await place(server, seller, "buy", "80")
    await trade(server, "200")
    await until(() => first.book.bids().length === 1 && one.trades.length === 1)

    const seen: Array<number> = []
    const second = stream.book(market, (book) => seen.push(book.bids().length))
    const two = following(stream)
    const [lastTrade] = one.trades[0]!
    const late: Array<string> = []
    stream.trades(market, (found) => late.push(...found.map(({ trade }) => trade)), {
      from: `trd_${Number(lastTrade.slice(4)) - 1}`
    })
    expect(second.book.bids()).toEqual([["80", "0.1"]])
    await until(() => seen.length > 0 && two.sequences.length > 0 && late.length > 0)
    expect(late).toEqual([lastTrade])
    expect(two.account()).toEqual(one.account())
    expect(two.account().orders).toEqual([[`ord_${resting.order}`, "open"]])

    first.stop()
    one.stop()
    await place(server, seller, "buy", "81")
    await trade(server, "201")
    await until(() => second.book.bids().length === 2 && two.trades.length === 1)
    expect(one.trades.length).toBe(1)
    expect(two.trades.length).toBe(1)
    await until(() => late.length === 2)
    const want = await accountOf(server)
    await until(() => JSON.stringify(two.account()) === JSON.stringify(want))
    await Effect.runPromise(server.exchange.cancelAll({ account: seller }))
  })

  it("of the main account and of the same account by name share it", async () => {
    const heard: Array<string> = []
    const stream = opened({
      token: server.tokens[0]!,
      onProblem: ({ code }) => heard.push(code)
    })
    const seen: Array<string> = []
    const stop = stream.account(({ account }) => seen.push(`main ${account}`))
    stream.account(({ account }) => seen.push(`named ${account}`), { account: "acc_1000" })
    await until(() => seen.length === 2)
    stop()
    stream.account(({ account }) => seen.push(`again ${account}`))
    await until(() => seen.length === 3)
    await place(server, seller, "buy", "80")
    await until(() => seen.length === 5)
    expect([...new Set(seen)].toSorted()).toEqual([
      "again acc_1000",
      "main acc_1000",
      "named acc_1000"
    ])
    expect(heard).toEqual([])
    await Effect.runPromise(server.exchange.cancelAll({ account: seller }))
  })

  it.each([1, 2, 3])(
    "are all right after they came and went at random, over breaks (seed %i)",
    async (seed) => {
      const random = randomFrom(seed)
      const sockets: Array<WebSocket> = []
      const stream = opened({
        token: server.tokens[0]!,
        connect: (url) => {
          const socket = new WebSocket(url)
          sockets.push(socket)
          return socket as unknown as Transport
        }
      })
      const living: Array<{ readonly book: LiveBook } & ReturnType<typeof following>> = []
      const begin = () => {
        const { book, stop } = stream.book(market)
        const follower = following(stream)
        living.push({
          ...follower,
          book,
          stop: () => {
            stop()
            follower.stop()
          }
        })
      }
      for (let step = 0; step < 150; step++) {
        const what = random()
        if (what < 0.2) begin()
        else if (what < 0.35) living.splice(Math.floor(random() * living.length), 1)[0]?.stop()
        else if (what < 0.38) sockets.at(-1)!.close()
        else if (what < 0.7) await trade(server, String(200 + step))
        else await place(server, seller, "buy", String(50 + Math.floor(random() * 40)))
      }
      begin()
      // Each has its position by now, so that one more trade reaches all of them.
      await until(() => living.every(({ sequences }) => sequences.length > 0))
      await trade(server, "999")
      const want = { ...(await depthOf(server)), ...(await accountOf(server)) }
      const isRight = ({ account, book, trades }: (typeof living)[number]) =>
        trades.at(-1)?.[1] === "999" &&
        JSON.stringify({ ...levels(book), ...account() }) === JSON.stringify(want)
      await until(() => living.every(isRight))
      for (const { trades } of living) {
        const numbers = trades.map(([trade]) => Number(trade.slice(4)))
        expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i))
      }
      for (const account of [seller, buyer])
        await Effect.runPromise(server.exchange.cancelAll({ account }))
    }
  )
})

const randomFrom = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
