/** The number of the API key that placed an order: who sees it, on every face. */
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { idempotencyKey } from "@pandora-exchange/sdk"
import { Effect, Redacted, Stream } from "effect"
import { rm } from "node:fs/promises"
import { Authentication, type Principal, Unauthenticated } from "../src/Authentication.ts"
import { openBare } from "./streaming.ts"
import { asking, type InProcess, newFolder, startHere } from "./support.ts"

const market = "BTC-USDT"
const principals = new Map<string, Principal>()
const identity = Authentication.of({
  authenticate: (token) =>
    Effect.suspend(() => {
      const found = principals.get(Redacted.value(token))
      return found === undefined ? Effect.fail(new Unauthenticated()) : Effect.succeed(found)
    }),
  changes: Stream.never
})

let folder: string
let server: InProcess
let ask: ReturnType<typeof asking>
/** Ann's account, and Bob's. */
let accounts: ReadonlyArray<number>

const start = async () => {
  server = await startHere({ folder, demo: true, flow: false }, { identity })
  ask = asking(server.url)
}

beforeAll(async () => {
  folder = await newFolder()
  await start()
  const { exchange } = server
  accounts = await Promise.all(
    ["ann", "bob"].map(async (name) => {
      const { account } = await Effect.runPromise(
        exchange.openAccount({ reference: `host:${name}` })
      )
      for (const asset of ["BTC", "USDT"]) {
        await Effect.runPromise(exchange.credit({ account, asset, amount: "10000" }))
      }
      return account
    })
  )
  const [ann, bob] = accounts.map((account, i): Principal => {
    const name = ["ann", "bob"][i]!
    return { userId: name, name, accountIds: [account], permissions: ["read", "trade"] }
  })
  principals
    .set("ann", ann!)
    .set("ann-7", { ...ann!, credential: 7 })
    .set("ann-8", { ...ann!, credential: 8 })
    .set("bob", bob!)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const follow = async (token: string | undefined, ...subscriptions: ReadonlyArray<object>) => {
  const bare = await openBare(
    server.url,
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  )
  for (const subscription of subscriptions) {
    expect((await bare.ask({ op: "subscribe", ...subscription })).type).toBe("answer")
  }
  return bare
}

const limit = (price: string, more: object) => ({
  market,
  side: "buy",
  price,
  quantity: "0.01",
  ...more
})

/** The credential of each of Ann's orders, by its client's id. */
const credentialsOf = (
  orders: ReadonlyArray<{ readonly clientOrderId?: string; readonly credential?: number }>
) => Object.fromEntries(orders.map(({ clientOrderId, credential }) => [clientOrderId, credential]))

/** Whose orders they are, as `credentialsOf` has it. */
const placed = {
  session: undefined,
  rest: 7,
  stream: 8,
  program: undefined,
  replaced: 8,
  amended: 7
}

it("orders have the key that placed them, whichever face it came through", async () => {
  const account = await follow("ann", { channel: "account" })
  const post = async (token: string, body: object) =>
    expect((await ask("POST", "/v1/orders", { token, body })).status).toBe(201)
  const streaming = await follow("ann-8")
  const send = async (message: object) => expect((await streaming.ask(message)).type).toBe("answer")
  const program = (price: string, clientOrderId: string) =>
    Effect.runPromise(
      server.exchange.place({
        account: accounts[0]!,
        market,
        side: "buy",
        price,
        quantity: "0.01",
        clientOrderId
      })
    )
  await post("ann", limit("1000", { clientOrderId: "session" }))
  await post("ann-7", limit("1010", { clientOrderId: "rest" }))
  await post("ann-7", limit("1020", { clientOrderId: "amended" }))
  await send({ op: "place", order: limit("1030", { clientOrderId: "stream" }) })
  await send({ op: "amend", order: "client:amended", change: { market, price: "1040" } })
  await program("1050", "before")
  await program("1060", "program")
  const by = { side: "buy", price: "1070", quantity: "0.01", clientOrderId: "replaced" }
  await send({ op: "replace", order: "client:before", replacement: { market, by } })

  expect(credentialsOf((await ask("GET", "/v1/open-orders", { token: "ann" })).body.data)).toEqual(
    placed
  )
  const orders = (await ask("GET", "/v1/orders", { token: "ann" })).body.data
  expect(credentialsOf(orders)).toEqual({ ...placed, before: undefined })
  const { credential } = (await ask("GET", "/v1/orders/client:rest", { token: "ann" })).body
  expect(credential).toBe(7)
  const open = await Effect.runPromise(server.exchange.openOrders({ account: accounts[0]! }))
  expect(credentialsOf(open as never)).toEqual(placed)
  await account.next(({ orders = [] }) => "replaced" in credentialsOf(orders))
  const told = account.messages.flatMap(({ orders = [] }) => orders)
  expect(credentialsOf(told)).toEqual({ ...placed, before: undefined })
  for (const { socket } of [account, streaming]) socket.close()
})

it("filters open orders and the history by the key, page by page", async () => {
  const idsOf = (orders: ReadonlyArray<{ readonly clientOrderId: string }>) =>
    orders.map(({ clientOrderId }) => clientOrderId)
  const openOf = async (credential: number) =>
    idsOf(
      (await ask("GET", `/v1/open-orders?credential=${credential}`, { token: "ann" })).body.data
    )
  expect(await openOf(0)).toEqual(["session", "program"])
  expect(await openOf(7)).toEqual(["rest", "amended"])
  expect(await openOf(9)).toEqual([])

  const pageAfter = async (
    cursor: string | null
  ): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
    const query = new URLSearchParams({
      credential: "0",
      limit: "1",
      sort: "oldest",
      ...(cursor && { cursor })
    })
    const { data, next } = (await ask("GET", `/v1/orders?${query}`, { token: "ann" })).body
    return [idsOf(data), ...(next === null ? [] : await pageAfter(next))]
  }
  expect(await pageAfter(null)).toEqual([["session"], ["before"], ["program"]])
  const stream = (await ask("GET", "/v1/orders?credential=8", { token: "ann" })).body.data
  expect(idsOf(stream)).toEqual(["replaced", "stream"])
  for (const wrong of ["-1", "x", "9007199254740992"]) {
    expect((await ask("GET", `/v1/orders?credential=${wrong}`, { token: "ann" })).status).toBe(400)
  }
})

it("each order of a batch has it", async () => {
  const items = ["1071", "1072"].map((price) => ({ place: limit(price, {}) }))
  const placed = (await ask("POST", "/v1/orders/batch", { token: "ann-8", body: { items } })).body
  for (const { place } of placed.items) {
    const { credential } = (await ask("GET", `/v1/orders/${place.order}`, { token: "ann" })).body
    expect(credential).toBe(8)
    await ask("DELETE", `/v1/orders/${place.order}`, { token: "ann" })
  }
})

it("error: a request does not say who placed it", async () => {
  const body = limit("1000", { credential: 9 })
  expect((await ask("POST", "/v1/orders", { token: "ann", body })).body).toMatchObject({
    code: "UnknownField",
    parameter: "credential"
  })
})

it("error: an idempotency key that one API key used is a conflict for another", async () => {
  const request = { key: idempotencyKey(), body: limit("1", { quantity: "1" }) }
  const first = await ask("POST", "/v1/orders", { token: "ann-7", ...request })
  expect((await ask("POST", "/v1/orders", { token: "ann-7", ...request })).body).toEqual(first.body)
  for (const token of ["ann", "ann-8"]) {
    expect((await ask("POST", "/v1/orders", { token, ...request })).body.code).toBe("KeyConflict")
  }
  expect((await ask("DELETE", `/v1/orders/${first.body.order}`, { token: "ann" })).status).toBe(200)
})

it("nobody but the owner sees it: not in trades, in depth or in fills, and not of other accounts", async () => {
  const open = await follow(undefined, { channel: "trades", market }, { channel: "depth", market })
  const bob = await follow("bob", { channel: "account" })
  const sell = { market, side: "sell", price: "1070", quantity: "0.005" }
  expect((await ask("POST", "/v1/orders", { token: "bob", body: sell })).status).toBe(201)
  await open.next(({ type }) => type === "trades")
  await open.next(({ type }) => type === "depth")
  await bob.next(({ fills = [] }) => fills.length > 0)
  const paths = [`/v1/markets/${market}/trades`, `/v1/markets/${market}/depth`]
  const read = await Promise.all(paths.map((path) => ask("GET", path)))
  const own = ["/v1/orders", "/v1/open-orders", "/v1/fills", "/v1/ledger-entries"]
  const ofBob = await Promise.all(own.map((path) => ask("GET", path, { token: "bob" })))
  for (const { status } of [...read, ...ofBob]) expect(status).toBe(200)
  const shown = [
    open.messages,
    bob.messages,
    read.map(({ body }) => body),
    ofBob.map(({ body }) => body)
  ]
  expect(JSON.stringify(shown)).not.toContain("credential")
  const others = (await ask("GET", `/v1/orders?account=acc_${accounts[0]}`, { token: "bob" })).body
  expect(others).toMatchObject({ code: "UnknownAccount" })
  for (const { socket } of [open, bob]) socket.close()
})

it("is there after a restart", async () => {
  await server.close()
  await start()
  expect(credentialsOf((await ask("GET", "/v1/open-orders", { token: "ann" })).body.data)).toEqual(
    placed
  )
  const account = await follow("ann", { channel: "account" })
  const { openOrders } = await account.next(({ type }) => type === "accountSnapshot")
  expect(credentialsOf(openOrders)).toEqual(placed)
  account.socket.close()
})
