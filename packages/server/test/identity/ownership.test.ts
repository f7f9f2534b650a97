/**
 * Other users' things do not exist: every route that takes an id, requested with an id of another
 * user.
 */
import * as IdempotencyKey from "@pandora-exchange/client/IdempotencyKey"
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { SoftwareAuthenticator } from "../../../identity/test/support/SoftwareAuthenticator.ts"
import type { Route } from "../../src/http/Routes.ts"
import { given, join, open, type People, type Person, routes, site, withoutId } from "./people.ts"

let people: People
let ann: Person
let bob: Person
/** What Ann has, and for each something of the same form that nobody has. */
let ids: Readonly<Record<string, readonly [string, string]>>

const order = { market: "BTC-USDT", side: "buy", price: "20000", quantity: "0.1" }
const pair = [
  { side: "sell", price: "90000", quantity: "0.1", postOnly: true },
  { side: "sell", type: "market", quantity: "0.1", trigger: { kind: "stopLoss", price: "100" } }
]
const bodies: Readonly<Record<string, object>> = {
  "POST /v1/orders": order,
  "POST /v1/orders/preview": order,
  "PATCH /v1/orders/:order": { market: "BTC-USDT", quantity: "0.05" },
  "POST /v1/orders/:order/replace": {
    market: "BTC-USDT",
    by: { side: "buy", price: "19000", quantity: "0.1" }
  },
  "POST /v1/order-lists": { market: "BTC-USDT", contingency: "OCO", orders: pair },
  "POST /v1/cancel-after": { delay: 0 },
  "POST /v1/orders/batch": { items: [{ cancel: { order: "ord_1" } }] }
}

beforeAll(async () => {
  people = await open()
  ann = await join(people, "ann")
  bob = await join(people, "bob")
  const { ask, exchange } = people
  const token = ann.tokens.accessToken
  for (const { tokens } of [ann, bob]) {
    const [account] = given(await ask("GET", "/v1/me", { token: tokens.accessToken })).accounts
    for (const [i, asset] of ["BTC", "USDT"].entries()) {
      const source = { name: account, number: i + 1 }
      await Effect.runPromise(
        exchange.credit({ account: Number(account.slice(4)), asset, amount: "100000", source })
      )
    }
  }
  const placed = given(
    await ask("POST", "/v1/orders", { token, body: { ...order, clientOrderId: "mine" } }),
    201
  )
  // Someone to trade with, so that there is a price a stop-loss can follow.
  const taken = { market: "BTC-USDT", side: "sell", type: "market", quantity: "0.05" }
  given(await ask("POST", "/v1/orders", { token: bob.tokens.accessToken, body: taken }), 201)
  const { list } = given(
    await ask("POST", "/v1/order-lists", { token, body: bodies["POST /v1/order-lists"] }),
    201
  )
  const authenticator = new SoftwareAuthenticator()
  const { options } = given(await ask("POST", "/v1/user/factors/passkeys/begin", { token }), 200)
  const body = { name: "Key", response: authenticator.create(options, { origin: site }) }
  given(await ask("POST", "/v1/user/factors/passkeys", { token, body }), 201)
  ids = {
    order: [placed.order, "ord_999999"],
    clientOrder: ["client:mine", "client:nobodys"],
    list: [list, "lst_999999"],
    session: [ann.tokens.session, `ses_${"A".repeat(22)}`],
    passkey: [authenticator.id.toString("base64url"), "AAAAAAAAAAAAAAAAAAAAAA"],
    account: [given(await ask("GET", "/v1/me", { token })).accounts[0], "acc_999999"]
  }
})
afterAll(() => people.end())

const byBob = async (route: Route, path: string) => {
  const body = bodies[`${route.method} ${route.path}`]
  const isKeyed = route.method !== "GET" && route.path !== "/v1/orders/batch"
  const key = isKeyed ? { key: IdempotencyKey.make() } : {}
  const ask = { token: bob.tokens.accessToken, ...key, ...(body && { body }) }
  const answer = withoutId(await people.ask(route.method, path, ask))
  // Each refusal takes the next place in the journal.
  return { ...answer, body: answer.body.replace(/"sequence":\d+/, '"sequence":0') }
}

/** With Bob's own permissions and about Bob: staff's routes are not for him at all. */
const own = () => routes.filter(({ right }) => right !== "public" && !right.includes(":"))

const holdings = async () => {
  const { ask } = people
  const token = ann.tokens.accessToken
  const read = async (path: string) => given(await ask("GET", path, { token }), 200)
  return {
    open: (await read("/v1/open-orders")).data,
    balances: (await read("/v1/balances")).data,
    sessions: (await read("/v1/sessions")).data,
    factors: await read("/v1/user/factors"),
    user: await read("/v1/user")
  }
}

it("error: an id in the path that is another user's is answered as one that nobody has, and nothing changes", async () => {
  const before = await holdings()
  const codes: Record<string, string> = {}
  for (const route of own().filter(({ path }) => path.includes(":"))) {
    const [, name = ""] = /:(\w+)/.exec(route.path)!
    const kinds = name === "order" ? ["order", "clientOrder"] : [name]
    for (const kind of kinds) {
      if (ids[kind] === undefined)
        throw new Error(`${route.path}: say here what of Ann's :${name} names`)
      const [hers, nobodys] = ids[kind]!
      const path = (id: string) => route.path.replace(`:${name}`, encodeURIComponent(id))
      const answer = await byBob(route, path(hers))
      expect(answer).toEqual(await byBob(route, path(nobodys)))
      codes[`${route.method} ${route.path} by ${kind}`] = JSON.parse(answer.body).code
    }
  }
  expect(codes).toEqual({
    "GET /v1/orders/:order by order": "UnknownOrder",
    "GET /v1/orders/:order by clientOrder": "UnknownOrder",
    "PATCH /v1/orders/:order by order": "UnknownOrder",
    "PATCH /v1/orders/:order by clientOrder": "UnknownOrder",
    "DELETE /v1/orders/:order by order": "UnknownOrder",
    "DELETE /v1/orders/:order by clientOrder": "UnknownOrder",
    "POST /v1/orders/:order/replace by order": "UnknownOrder",
    "POST /v1/orders/:order/replace by clientOrder": "UnknownOrder",
    "DELETE /v1/order-lists/:list by list": "UnknownOrderList",
    "DELETE /v1/sessions/:session by session": "UnknownSession",
    "DELETE /v1/user/factors/passkeys/:passkey by passkey": "UnknownPasskey"
  })
  expect(await holdings()).toEqual(before)
})

it("error: an item of a batch that names another user's order is answered as one that nobody has", async () => {
  const before = await holdings()
  const token = bob.tokens.accessToken
  const market = "BTC-USDT"
  const by = { side: "buy", price: "19000", quantity: "0.1" }
  const codesFor = async (order: string) => {
    const body = {
      items: [
        { cancel: { order } },
        { amend: { market, order, price: "1" } },
        { replace: { market, order, by } }
      ]
    }
    const { items } = given(await people.ask("POST", "/v1/orders/batch", { token, body }), 200)
    return items.map(({ problem }: { problem: { code: string } }) => problem.code)
  }
  for (const order of [...ids["order"]!, ...ids["clientOrder"]!])
    expect(await codesFor(order)).toEqual(Array(3).fill("UnknownOrder"))
  expect(await holdings()).toEqual(before)
})

it("error: an account that is another user's is answered as one that nobody has, wherever it can be named", async () => {
  const before = await holdings()
  const [hers, nobodys] = ids["account"]!
  const named: Array<string> = []
  for (const route of own()) {
    const path = route.path
      .replace(":order", "ord_1")
      .replace(":list", "lst_1")
      .replace(":session", ids["session"]![1])
    const filled = path.replace(":passkey", "x")
    const answer = await byBob(route, `${filled}?account=${hers}`)
    expect(answer).toEqual(await byBob(route, `${filled}?account=${nobodys}`))
    const { code, parameter } = JSON.parse(answer.body)
    if (code === "UnknownField" && parameter === "account") continue
    expect([route.path, code, parameter]).toEqual([route.path, "UnknownAccount", "account"])
    named.push(`${route.method} ${route.path}`)
  }
  // All of orders and accounts but `me`, which names none.
  expect(named.length).toBe(19)
  expect(await holdings()).toEqual(before)
})

it("error: fills of another user's order are none, as of an order that nobody has", async () => {
  const route = routes.find(({ path }) => path === "/v1/fills")!
  const [hers, nobodys] = ids["order"]!
  const answer = await byBob(route, `/v1/fills?order=${hers}`)
  expect(answer).toEqual(await byBob(route, `/v1/fills?order=${nobodys}`))
  expect(JSON.parse(answer.body).data).toEqual([])
})
