/** Batches over HTTP and the stream: their limits, their keys, and how items are counted. */
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { idempotencyKey } from "@pandora-exchange/sdk"
import { openBare } from "./streaming.ts"
import { asking, type InProcess, startHere } from "./support.ts"

const market = "BTC-USDT"
const inFlightMax = 10

let server: InProcess
let ask: ReturnType<typeof asking>
let alice: string

beforeAll(async () => {
  server = await startHere({}, { limits: { inFlightMax } })
  ask = asking(server.url)
  alice = server.tokens[0]!
})
afterAll(() => server.close())

const buy = (price: string, more: object = {}) => ({
  place: { market, side: "buy", price, quantity: "0.001" },
  ...more
})
const codesOf = ({ items }: { items: ReadonlyArray<Record<string, { code?: string }>> }) =>
  items.map(({ problem, ...done }) => problem?.code ?? Object.keys(done)[0])

it("answers in one response, and the history that is read next has all of it", async () => {
  const items = [buy("1000", { key: idempotencyKey() }), buy("x"), buy("1001")]
  const first = await ask("POST", "/v1/orders/batch", { token: alice, body: { items } })
  expect(first.status).toBe(200)
  expect(codesOf(first.body)).toEqual(["place", "DecimalMalformed", "place"])
  const { data } = (await ask("GET", "/v1/orders?sort=newest&limit=2", { token: alice })).body
  const orders = [first.body.items[2].place.order, first.body.items[0].place.order]
  expect(data.map(({ order }: { order: string }) => order)).toEqual(orders)
  const again = await ask("POST", "/v1/orders/batch", {
    token: alice,
    body: { items: items.slice(0, 1) }
  })
  expect(again.body.items).toEqual(first.body.items.slice(0, 1))
})

it("is 200 when nothing of it was done, and then has no sequence", async () => {
  const body = { items: [{ cancel: { order: "client:none" } }, buy("0.001")] }
  const { body: answer, status } = await ask("POST", "/v1/orders/batch", { token: alice, body })
  expect([status, codesOf(answer)]).toEqual([200, ["UnknownOrder", "OffTick"]])
  const none = { items: [buy("0.001")] }
  expect((await ask("POST", "/v1/orders/batch", { token: alice, body: none })).body).toEqual({
    items: [{ problem: expect.objectContaining({ code: "OffTick", parameter: "price" }) }]
  })
})

it("error: one key for all of it is refused, in a header and in a message", async () => {
  const key = idempotencyKey()
  const body = { items: [buy("1000")] }
  expect((await ask("POST", "/v1/orders/batch", { token: alice, key, body })).body).toMatchObject({
    code: "UnknownField",
    parameter: "Idempotency-Key",
    detail: "Idempotency-Key: give each item a `key` of its own instead"
  })
  const bare = await openBare(server.url, { authorization: `Bearer ${alice}` })
  const { problem } = await bare.ask({ op: "batch", key, ...body })
  expect(problem).toMatchObject({ code: "UnknownField", parameter: "key" })
  bare.socket.close()
})

it("error: a batch for an account of somebody else, or without a right to trade, does nothing", async () => {
  const body = { items: [buy("1000")] }
  const other = await ask("POST", "/v1/orders/batch?account=acc_1001", { token: alice, body })
  expect([other.status, other.body.code]).toEqual([404, "UnknownAccount"])
  expect((await ask("POST", "/v1/orders/batch", { body })).body.code).toBe("Unauthorized")
})

it("error: what is wrong with the form of one item names it, and nothing is done", async () => {
  const before = (await ask("GET", "/v1/open-orders", { token: alice })).body
  const body = {
    items: [buy("1000"), { place: { market, side: "hold", price: "1", quantity: "1" } }]
  }
  expect((await ask("POST", "/v1/orders/batch", { token: alice, body })).body).toMatchObject({
    code: "InvalidValue",
    status: 400,
    parameter: "items.1.place.side"
  })
  expect((await ask("GET", "/v1/open-orders", { token: alice })).body).toEqual(before)
})

it("the 100 largest items fit a body", async () => {
  const digits = "9".repeat(64)
  const name = "x".repeat(36)
  const by = {
    type: "limit",
    side: "sell",
    price: digits,
    quantity: digits,
    displayQuantity: digits,
    clientOrderId: name,
    timeInForce: "GTD",
    deadline: 9_007_199_254_740_991,
    postOnly: "slide",
    selfTradePrevention: "expireTaker",
    trigger: { kind: "takeProfit", price: digits, offset: digits, offsetBasisPoints: 5_000 }
  }
  const replace = {
    market: "M".repeat(32),
    order: `client:${name}`,
    only: "partlyFilled",
    placeAnyway: false,
    by
  }
  const items = Array.from({ length: 100 }, () => ({ replace, key: idempotencyKey() }))
  const { body, status } = await ask("POST", "/v1/orders/batch", { token: alice, body: { items } })
  expect([status, codesOf(body)]).toEqual([200, Array(100).fill("UnknownMarket")])
})

it("each item counts among the commands of a connection that wait", async () => {
  const bare = await openBare(server.url, { authorization: `Bearer ${alice}` })
  const items = Array.from({ length: inFlightMax }, (_, i) => buy(`${2_000 + i}`))
  const answers = await Promise.all([
    bare.ask({ op: "batch", items: [...items, buy("1")] }),
    bare.ask({ op: "batch", items }),
    bare.ask({ op: "cancelAfter", delay: 0 })
  ])
  expect(answers.map(({ problem, type }) => problem?.code ?? type)).toEqual([
    "TooManyRequests",
    "answer",
    "TooManyRequests"
  ])
  expect(codesOf(answers[1].result)).toEqual(Array(inFlightMax).fill("place"))
  expect((await bare.ask({ op: "batch", items })).type).toBe("answer")
  bare.socket.close()
})
