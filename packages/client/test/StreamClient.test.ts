import { describe, expect, it } from "@effect/vitest"
import { type AccessToken, Problem, Unreachable } from "../src/index.ts"
import { opened, problemOf } from "./peer.ts"

const order = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1" } as const
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: Error) => (error instanceof Problem ? error.code : error.name)
  )
const soon = () => new Promise((resolve) => setImmediate(resolve))

describe("a command", () => {
  it("is made of the method's arguments, and resolves with the answer", async () => {
    const { first, stream } = opened()
    first.open()
    const placed = stream.place(order, { account: "acc_7", key: "k" })
    void codeOf(stream.amend("ord_1", { market: "BTC-USDT", price: "2" }, { key: "k" }))
    void codeOf(stream.cancelAfter(5, { key: "k" }))
    void codeOf(stream.cancelAll({ market: "BTC-USDT", key: "k" }))
    expect(first.sent).toEqual([
      { op: "place", key: "k", account: "acc_7", order },
      { op: "amend", key: "k", order: "ord_1", change: { market: "BTC-USDT", price: "2" } },
      { op: "cancelAfter", key: "k", delay: 5 },
      { op: "cancelAll", key: "k", market: "BTC-USDT" }
    ])
    first.answer({ op: "place" }, { sequence: 3 })
    expect(await placed).toEqual({ sequence: 3 })
  })

  it("error: rejects with its problem, and the stack begins with the line of the caller", async () => {
    const { first, stream } = opened()
    first.open()
    const placed = stream.place(order).catch((error: unknown) => error as Error)
    first.refuse({ op: "place" }, "InsufficientFunds")
    const error = await placed
    expect(error).toMatchObject({ name: "Problem", code: "InsufficientFunds" })
    const [, ...lines] = (error as Error).stack!.split("\n")
    expect(lines.find((line) => !line.includes("node:internal"))).toContain("StreamClient.test.ts")
  })

  it("without an answer is sent again under its key on the next connection", async () => {
    const { connection, first, stream } = opened()
    const placed = stream.place(order)
    expect(first.sent).toEqual([])
    first.open()
    first.end(1006)
    const second = (await connection(2)).open()
    expect(second.sent).toEqual(first.sent)
    second.answer({ op: "place" }, { sequence: 4 })
    expect(await placed).toEqual({ sequence: 4 })
  })

  it("error: of a stream that is closed is Unreachable if it was sent, and otherwise Closed", async () => {
    const one = opened()
    one.first.open()
    const sent = codeOf(one.stream.place(order))
    one.stream.close()
    const other = opened()
    const waiting = codeOf(other.stream.place(order))
    other.stream.close()
    const late = codeOf(other.stream.place(order))
    expect(await Promise.all([sent, waiting, late])).toEqual(["Unreachable", "Closed", "Closed"])
  })
})

describe("a connection", () => {
  it("is told of, and so is its end with the close code", async () => {
    const statuses: Array<unknown> = []
    const { connection, first } = opened({ onStatus: (...status) => statuses.push(status) })
    first.open()
    first.say({ type: "closing", code: 1001, reason: "going down" })
    first.end(1001)
    ;(await connection(2)).open()
    expect(statuses).toEqual([["connected"], ["disconnected", 1001], ["connected"]])
  })

  it("that says what is not JSON is left for another", async () => {
    const { connection, first } = opened()
    first.open()
    first.onmessage!({ data: "<html>" })
    await connection(2)
  })

  it("says nothing any more once another has taken its place", async () => {
    const { connection, first, stream } = opened()
    const heard: Array<string> = []
    stream.trades("X", (trades) => heard.push(...trades.map(({ trade }) => trade)))
    first.open()
    first.answer({ op: "subscribe" })
    first.end(1006)
    await connection(2)
    const { trade } = tradesOf(1)
    first.say({ type: "trades", market: "X", trades: [trade] })
    expect(heard).toEqual([])
  })
})

describe("a token", () => {
  it("is sent before everything else, and asked for anew with each connection", async () => {
    let count = 0
    const { connection, first, stream } = opened({ token: () => `token ${++count}` })
    stream.book("X")
    first.open()
    await soon()
    expect(first.sent).toEqual([{ op: "authenticate", token: "token 1" }])
    first.answer({ op: "authenticate" }, { name: "Ann", accounts: ["acc_7"] })
    expect(first.sent[1]).toEqual({ op: "subscribe", channel: "depth", market: "X" })
    first.end(4401)
    const second = (await connection(2)).open()
    await soon()
    expect(second.sent).toEqual([{ op: "authenticate", token: "token 2" }])
  })

  const denying: ReadonlyArray<readonly [string, AccessToken]> = [
    ["that the server refuses", "ended"],
    [
      "that there is not, as the session has ended",
      () => Promise.reject(new Problem(problemOf("Unauthorized", "never")))
    ]
  ]
  it.each(denying)(
    "error: %s is told to commands and to followers of accounts, and the rest goes on",
    async (_, token) => {
      const { first, stream } = opened({ token })
      const placed = codeOf(stream.place(order))
      const heard: Array<string> = []
      const onProblem = ({ code }: Problem) => heard.push(code)
      stream.account(() => {}, { onProblem })
      stream.book("X", undefined, { onProblem: () => heard.push("book") })
      first.open()
      await soon()
      if (typeof token === "string") first.refuse({ op: "authenticate" }, "Unauthorized")
      expect(await placed).toBe("Unauthorized")
      expect(await codeOf(stream.place(order))).toBe("Unauthorized")
      expect(heard).toEqual(["Unauthorized"])
      expect(first.sent.at(-1)).toEqual({ op: "subscribe", channel: "depth", market: "X" })
      stream.account(() => {}, { onProblem })
      await soon()
      expect(heard.length).toBeGreaterThan(1)
    }
  )

  it("that is not known now, or cannot be checked now, is asked for with another connection", async () => {
    let count = 0
    const token = () => {
      if (++count === 1) throw new Unreachable({ cause: "no network" })
      return "token"
    }
    const { connection, first } = opened({ token })
    first.open()
    const second = (await connection(2)).open()
    await soon()
    second.refuse({ op: "authenticate" }, "IdentityUnavailable", "safe")
    const third = (await connection(3)).open()
    await soon()
    expect(third.sent).toEqual([{ op: "authenticate", token: "token" }])
  })
})

const level = (price: string) => [price, "1"] as const
const snapshot = (depthSequence: number, ...prices: ReadonlyArray<string>) =>
  ({
    type: "depthSnapshot",
    market: "X",
    depthSequence,
    bids: prices.map(level),
    asks: []
  }) as const
const delta = (first: number, last: number, price: string) =>
  ({ type: "depth", market: "X", first, last, bids: [level(price)], asks: [] }) as const
const depth = { op: "subscribe", channel: "depth", market: "X" }

describe("a book", () => {
  const following = () => {
    const { first, ...rest } = opened()
    const changes: Array<number | undefined> = []
    const { book, stop } = rest.stream.book("X", (book) => changes.push(book.depthSequence))
    first.open()
    first.answer(depth)
    first.say(snapshot(10, "5"))
    return { ...rest, first, book, stop, changes }
  }

  it("goes on after what it has within one run, and begins with a snapshot in another", async () => {
    const { book, changes, connection, first } = following()
    first.say(delta(11, 11, "6"))
    first.end(1006)
    const second = (await connection(2)).open()
    expect(second.sent).toEqual([{ ...depth, from: 11 }])
    second.answer(depth)
    second.say(delta(12, 13, "7"))
    expect(book.bids(1)).toEqual([level("7")])
    second.end(1006)
    const third = (await connection(3)).open({ run: "run 2" })
    expect(third.sent).toEqual([depth])
    third.answer(depth)
    third.say(snapshot(4, "1"), delta(5, 5, "2"))
    expect([book.depthSequence, book.bids()]).toEqual([5, [level("2"), level("1")]])
    expect(changes).toEqual([10, 11, 13, 4, 5])
  })

  it("with something missing is asked for again, once until it is answered", () => {
    const { book, changes, first } = following()
    first.say(delta(12, 12, "6"), delta(13, 13, "6"))
    expect(first.sent.slice(1)).toEqual([
      { op: "unsubscribe", channel: "depth", market: "X" },
      { ...depth, from: 10 }
    ])
    first.answer(depth)
    first.say(delta(11, 13, "6"), delta(13, 13, "6"))
    expect([book.bids(), changes]).toEqual([
      [level("6"), level("5")],
      [10, 13]
    ])
  })

  it("is shared: the second sees it at once, and it goes on until the last stops", async () => {
    const { book, changes, first, stop, stream } = following()
    const seen: Array<number | undefined> = []
    const second = stream.book("X", (book) => seen.push(book.depthSequence))
    expect(second.book).toBe(book)
    await soon()
    expect(seen).toEqual([10])
    stop()
    stop()
    first.say(delta(11, 11, "6"))
    expect([changes, seen]).toEqual([[10], [10, 11]])
    second.stop()
    expect(first.sent).toEqual([depth, { op: "unsubscribe", channel: "depth", market: "X" }])
    first.say(delta(12, 12, "7"))
    expect(seen).toEqual([10, 11])
  })

  it("error: that is refused is told to each, to the stream for those without a way, and asked for again when one more comes", async () => {
    const heard: Array<string> = []
    const { connection, first, stream } = opened({ onProblem: ({ code }) => heard.push(code) })
    const onProblem = ({ code }: Problem) => heard.push(`own ${code}`)
    stream.book("X", undefined, { onProblem })
    stream.book("X")
    first.open()
    first.refuse(depth, "UnknownMarket")
    expect(heard).toEqual(["own UnknownMarket", "UnknownMarket"])
    const { book } = stream.book("X")
    expect(first.sent).toEqual([depth, depth])
    first.refuse(depth, "UnknownMarket")
    first.end(1006)
    const second = (await connection(2)).open()
    second.answer(depth)
    second.say(snapshot(1, "5"))
    expect(book.bids()).toEqual([level("5")])
  })
})

const tradesOf = (...numbers: ReadonlyArray<number>) => {
  const trades = numbers.map((number) => ({
    trade: `trd_${number}`,
    market: "X",
    price: "1",
    quantity: "1",
    takerSide: "buy" as const,
    time: 1_000 + number,
    sequence: number
  }))
  return { trade: trades[0]!, message: { type: "trades", market: "X", trades } as const }
}
const subscribeTrades = { op: "subscribe", channel: "trades", market: "X" }

describe("trades", () => {
  const following = (from?: string) => {
    const { first, ...rest } = opened()
    const numbers: Array<string> = []
    const stop = rest.stream.trades(
      "X",
      (trades) => numbers.push(trades.map(({ trade }) => trade.slice(4)).join("+")),
      from === undefined ? {} : { from }
    )
    first.open()
    return { ...rest, first, numbers, stop }
  }
  const from = (trade: string) => ({ ...subscribeTrades, from: trade })
  const oldest = { ...subscribeTrades, oldest: true }

  it("go on after a break where the follower was, also before the first came", async () => {
    const { connection, first, numbers } = following()
    expect(first.sent).toEqual([subscribeTrades])
    first.answer(subscribeTrades, { channel: "trades", market: "X", last: "trd_7" })
    first.end(1006)
    const second = (await connection(2)).open()
    expect(second.sent).toEqual([from("trd_7")])
    second.answer(subscribeTrades, { last: "trd_9" })
    second.say(tradesOf(8, 9).message, tradesOf(9, 10).message)
    expect(numbers).toEqual(["8+9", "10"])
  })

  it("of a market without any begin with the first", async () => {
    const { connection, first, numbers } = following()
    first.answer(subscribeTrades)
    first.end(1006)
    const second = (await connection(2)).open()
    expect(second.sent).toEqual([oldest])
    second.answer(subscribeTrades, { last: "trd_1" })
    second.say(tradesOf(1).message)
    expect(numbers).toEqual(["1"])
  })

  it("with something missing are asked for again", () => {
    const { first, numbers } = following("trd_3")
    first.answer(subscribeTrades, { last: "trd_3" })
    first.say(tradesOf(5).message)
    expect(first.sent).toEqual([
      from("trd_3"),
      { op: "unsubscribe", channel: "trades", market: "X" },
      from("trd_3")
    ])
    first.answer(subscribeTrades, { last: "trd_5" })
    first.say(tradesOf(4, 5).message)
    expect(numbers).toEqual(["4+5"])
  })

  it("that the server no longer keeps are left out", () => {
    const { first, numbers } = following("trd_3")
    first.refuse(from("trd_3"), "ResumeTooOld")
    expect(first.sent.at(-1)).toEqual(oldest)
    first.answer(oldest, { last: "trd_9" })
    first.say(tradesOf(8, 9).message, tradesOf(10).message)
    expect(numbers).toEqual(["8+9", "10"])
  })

  it("after a restart are not told again", async () => {
    const { connection, first, numbers } = following()
    first.answer(subscribeTrades, { last: "trd_0" })
    first.say(tradesOf(1, 2).message)
    first.end(1006)
    const second = (await connection(2)).open({ run: "run 2" })
    expect(second.sent).toEqual([oldest])
    second.answer(oldest, { last: "trd_3" })
    second.say(tradesOf(1, 2, 3).message)
    expect(numbers).toEqual(["1+2", "3"])
  })

  it("of a server that was restored are told from the oldest that it keeps", async () => {
    const { connection, first, numbers } = following()
    first.answer(subscribeTrades, { last: "trd_4" })
    first.say(tradesOf(5, 6).message)
    first.end(1006)
    // It was restored after the fourth trade, and has made others since.
    const second = (await connection(2)).open({ run: "run 2" })
    second.answer(oldest, { last: "trd_7" })
    const { message } = tradesOf(5, 6, 7)
    second.say({ ...message, trades: message.trades.map((trade) => ({ ...trade, time: 9_999 })) })
    expect(numbers).toEqual(["5+6", "5+6+7"])
    second.end(1006)
    // And again, to one that had none.
    const third = (await connection(3)).open({ run: "run 3" })
    third.answer(oldest)
    third.say(tradesOf(1).message)
    expect(numbers.slice(2)).toEqual(["1"])
  })

  it("of another journal are all new", async () => {
    const { connection, first, numbers, stream } = following()
    const late: Array<string> = []
    first.answer(subscribeTrades, { last: "trd_1" })
    first.say(tradesOf(2).message)
    first.end(1006)
    const second = (await connection(2)).open({ run: "run 2", journal: "journal 2" })
    second.answer(oldest, { last: "trd_3" })
    second.say(tradesOf(1, 2, 3).message)
    stream.trades("X", (trades) => late.push(...trades.map(({ trade }) => trade)))
    second.say(tradesOf(4).message)
    expect([numbers, late]).toEqual([["2", "1+2+3", "4"], ["trd_4"]])
  })

  it("are told to each from where it is", () => {
    const { first, numbers, stream } = following()
    first.answer(subscribeTrades, { last: "trd_7" })
    const early: Array<string> = []
    stream.trades("X", (trades) => early.push(...trades.map(({ trade }) => trade)), {
      from: "trd_5"
    })
    expect(first.sent.slice(1)).toEqual([
      { op: "unsubscribe", channel: "trades", market: "X" },
      from("trd_5")
    ])
    first.answer(subscribeTrades, { last: "trd_7" })
    first.say(tradesOf(6, 7).message, tradesOf(8).message)
    expect([numbers, early]).toEqual([["8"], ["trd_6", "trd_7", "trd_8"]])
  })
})

const balance = (available: string) => ({ asset: "USDT", available, held: "0" })
const openOrder = (name: string, status: "open" | "filled" = "open") =>
  ({ order: name, status, market: "X", side: "buy", quantity: "1" }) as any
const accountSnapshot = (sequence: number, ...orders: ReadonlyArray<string>) =>
  ({
    type: "accountSnapshot",
    account: "acc_7",
    sequence,
    balances: [balance(String(sequence))],
    openOrders: orders.map((name) => openOrder(name))
  }) as const
const accountChange = (previous: number, sequence: number, ...orders: ReadonlyArray<any>) =>
  ({
    type: "account",
    account: "acc_7",
    previous,
    sequence,
    orders,
    fills: [],
    balances: [balance(String(sequence))]
  }) as const
const subscribeAccount = { op: "subscribe", channel: "account" }

describe("an account", () => {
  const following = async () => {
    const { first, ...rest } = opened({ token: "token" })
    const messages: Array<unknown> = []
    const stop = rest.stream.account((message) => messages.push(message))
    const signIn = async (peer: typeof first, hello = {}) => {
      peer.open(hello)
      await soon()
      peer.answer({ op: "authenticate" }, { name: "Ann", accounts: ["acc_7"] })
      return peer
    }
    await signIn(first)
    first.answer(subscribeAccount, { channel: "account", account: "acc_7" })
    return { ...rest, first, messages, stop, signIn }
  }

  it("is shown as it is, then with each change once, and later followers are shown what is there", async () => {
    const { first, messages, stream } = await following()
    const told = [
      accountSnapshot(3, "ord_1", "ord_2"),
      accountChange(3, 5, openOrder("ord_1", "filled"), openOrder("ord_3"))
    ]
    first.say(told[0]!, told[1]!, told[1]!, accountSnapshot(4))
    expect(messages).toEqual(told)
    const late: Array<unknown> = []
    stream.account((message) => late.push(message), { account: "acc_7" })
    await soon()
    expect(late).toEqual([accountSnapshot(5, "ord_2", "ord_3")])
    const next = accountChange(5, 6)
    first.say(next)
    expect([messages.at(-1), late.at(-1)]).toEqual([next, next])
    expect(first.sent.length).toBe(2)
  })

  it("goes on after what it has within one run, and begins with a snapshot in another", async () => {
    const { connection, first, messages, signIn } = await following()
    first.say(accountSnapshot(9), accountChange(11, 12))
    const named = { ...subscribeAccount, account: "acc_7" }
    expect(first.sent.slice(1)).toEqual([
      named,
      { op: "unsubscribe", channel: "account", account: "acc_7" },
      { ...named, from: 9 }
    ])
    first.end(1006)
    const second = await signIn(await connection(2))
    expect(second.sent[1]).toEqual({ ...named, from: 9 })
    // The server sends a snapshot where that is shorter.
    second.answer(subscribeAccount)
    second.say(accountSnapshot(12))
    second.end(1006)
    const third = await signIn(await connection(3), { run: "run 2" })
    expect(third.sent[1]).toEqual(named)
    third.answer(subscribeAccount)
    third.say(accountSnapshot(2))
    expect(messages).toEqual([accountSnapshot(9), accountSnapshot(12), accountSnapshot(2)])
  })

  it("that is named shares with the main one, and others are followed beside it", async () => {
    const { first, messages, stop, stream } = await following()
    const others: Array<unknown> = []
    stream.account((message) => others.push(message), { account: "acc_8" })
    expect(first.sent.at(-1)).toEqual({ ...subscribeAccount, account: "acc_8" })
    first.answer({ account: "acc_8" })
    const other = { ...accountSnapshot(4), account: "acc_8" }
    first.say(accountSnapshot(3), other)
    expect([messages, others]).toEqual([[accountSnapshot(3)], [other]])
    stop()
    expect(first.sent.at(-1)).toEqual({ op: "unsubscribe", channel: "account", account: "acc_7" })
  })

  it("of a connection whose caller the transport names is the main one", () => {
    const { first, stream } = opened()
    const messages: Array<unknown> = []
    stream.account((message) => messages.push(message))
    first.open()
    first.answer(subscribeAccount, { account: "acc_7" })
    first.say(accountSnapshot(3))
    expect(messages).toEqual([accountSnapshot(3)])
  })
})
