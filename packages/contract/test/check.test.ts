/** The codes of faults, from programs and over the wire. */
import { expect, it } from "@effect/vitest"
import * as channels from "../src/channels.ts"
import { checkOf, httpReaderOf, messageReaderOf, readerOf } from "../src/check.ts"
import { Fault } from "../src/Fault.ts"
import * as accounts from "../src/operations/accounts.ts"
import * as history from "../src/operations/history.ts"
import * as orders from "../src/operations/orders.ts"
import * as users from "../src/operations/users.ts"

const limit = { account: 1000, market: "BTC-USDT", side: "buy", price: "60000", quantity: "0.5" }

const clientId = "must be 1 to 36 of A-Z a-z 0-9 . _ : / -"

it.each<[string, object, string, string]>([
  ["a misspelt field", { prize: "1" }, "UnknownField", "prize"],
  ["an account that is no number", { account: "acc_1000" }, "NotAnAccount", "account"],
  ["an account beyond 32 bits", { account: 2 ** 32 }, "NotAnAccount", "account"],
  ["a word that is not in the list", { side: "sideways" }, "NotOneOf", "side"],
  ["a type that is neither", { type: "stop" }, "NotOneOf", "type"],
  ["a budget of a limit order", { budget: "1" }, "NotForLimitOrders", "budget"],
  ["a flag that is text", { postOnly: "yes" }, "NotABoolean", "postOnly"],
  ["text that cannot be written down", { clientOrderId: "ü" }, "MalformedText", "clientOrderId"],
  ["a deadline that is no time", { deadline: -1 }, "NotATime", "deadline"],
  ["a trigger that is text", { trigger: "60000" }, "NotAnObject", "trigger"],
  [
    "a misspelt field within another",
    { trigger: { kind: "stopLoss", prise: "1" } },
    "UnknownField",
    "trigger.prise"
  ]
])("error: finds %s in a limit order", (_, wrong, code, field) => {
  expect(checkOf(orders.place)({ ...limit, ...wrong })).toEqual(
    new Fault(code as Fault["code"], field)
  )
})

it("error: names the field that a market order cannot have", () => {
  const { price, ...market } = limit
  expect(checkOf(orders.place)({ ...market, type: "market" })).toBeUndefined()
  expect(checkOf(orders.place)({ ...market, type: "market", price })).toEqual(
    new Fault("NotForMarketOrders", "price")
  )
})

it("error: names the place in a list", () => {
  const order = { side: "buy", price: "1", quantity: "1" }
  const list = {
    account: 1000,
    market: "BTC-USDT",
    contingency: "OCO",
    orders: [order, { ...order, side: "up" }]
  }
  expect(checkOf(orders.placeList)(list)).toEqual(new Fault("NotOneOf", "orders.1.side"))
  expect(checkOf(orders.placeList)({ ...list, orders: [order] })).toEqual(
    new Fault("OrdersMissing", "orders")
  )
})

it("passes what is right: the key of a command, a date, fields that are undefined", () => {
  const more = {
    key: "k",
    source: { name: "s", number: 1 },
    deadline: new Date(),
    clientOrderId: undefined
  }
  expect(checkOf(orders.place)({ ...limit, ...more })).toBeUndefined()
  expect(checkOf(orders.openOrders)({ account: 1000 })).toBeUndefined()
  expect(checkOf(orders.openOrders)({ account: 1000, key: "k" })).toEqual(
    new Fault("UnknownField", "key")
  )
})

it("chooses the member of a union by the field that only it has", () => {
  expect(checkOf(accounts.accountOf)({ reference: "ann" })).toBeUndefined()
  expect(checkOf(accounts.accountOf)({ account: 1000 })).toBeUndefined()
  expect(checkOf(accounts.accountOf)({})).toEqual(new Fault("NotAnAccount", "account"))
})

it("error: what is no object has no fields", () => {
  for (const request of [undefined, null, [], "buy"]) {
    expect(checkOf(orders.place)(request)).toMatchObject({ code: "NotAnObject", field: "request" })
  }
})

it("reads ids, numbers in URLs, and an id of one's own from where the other one stands", () => {
  expect(httpReaderOf(orders.cancel)({ order: "ord_17" }, { account: "acc_1000" }, {})).toEqual({
    account: 1000,
    order: 17
  })
  expect(httpReaderOf(orders.cancel)({ order: "client:mine" }, {}, {})).toEqual({
    clientOrderId: "mine"
  })
  expect(httpReaderOf(orders.orders)({}, { limit: "7", sort: "oldest" }, {})).toEqual({
    limit: 7,
    sort: "oldest"
  })
})

it("error: a field in the wrong place of an HTTP request is unknown there", () => {
  const read = httpReaderOf(orders.amend)
  expect(read({ order: "ord_17" }, { price: "1" }, { market: "BTC-USDT" })).toEqual(
    new Fault("UnknownField", "price")
  )
  expect(read({ order: "ord_17" }, {}, { market: "BTC-USDT", account: "acc_1" })).toEqual(
    new Fault("UnknownField", "account")
  )
})

it("error: the wire has codes of its own", () => {
  const read = (body: object) => httpReaderOf(orders.place)({}, {}, body as Record<string, unknown>)
  const { account: _, ...order } = limit
  const wrong = (fields: object) => read({ ...order, ...fields })
  expect(read({ market: "BTC-USDT" })).toEqual(new Fault("MissingField", "side"))
  expect(wrong({ price: 60_000 })).toEqual(new Fault("DecimalNotText", "price"))
  expect(wrong({ side: "up" })).toEqual(
    new Fault("InvalidValue", "side", "must be one of: buy, sell")
  )
  expect(wrong({ price: undefined })).toEqual(new Fault("PriceMissing", "price"))
  expect(wrong({ clientOrderId: "ü" })).toEqual(
    new Fault("MalformedText", "clientOrderId", clientId)
  )
  expect(httpReaderOf(orders.cancel)({ order: "17" }, {}, {})).toEqual(
    new Fault("UnknownOrder", "order", "must be an id such as ord_17, or client: with your own id")
  )
  expect(httpReaderOf(orders.cancelList)({ list: "ord_17" }, {}, {})).toEqual(
    new Fault(
      "UnknownOrderList",
      "list",
      "must be an id such as lst_17, or client: with your own id"
    )
  )
})

const token = { token: "x", password: "correct horse battery" }

it.each(["\ud800", "a\udc00b", "\ud800\ud800", "\udc00\ud800"])(
  "error: text that is not well-formed Unicode is refused wherever it stands (%j)",
  (text) => {
    const refused = (field: string) => expect.objectContaining({ code: "InvalidValue", field })
    const body = (operation: typeof users.rename, body: object) =>
      httpReaderOf(operation)({}, {}, body as Record<string, unknown>)
    expect(body(users.rename, { name: text })).toEqual(refused("name"))
    expect(body(users.addAccount, { label: `desk ${text}` })).toEqual(refused("label"))
    expect(body(users.register, { email: `${text}@example.com` })).toEqual(refused("email"))
    expect(body(users.completeRegistration, { ...token, password: text, name: "Ann" })).toEqual(
      refused("password")
    )
    expect(httpReaderOf(history.trades)({ market: text }, {}, {})).toEqual(refused("market"))
    expect(httpReaderOf(history.trades)({ market: "X" }, { cursor: text }, {})).toEqual(
      refused("cursor")
    )
    expect(messageReaderOf(orders.cancelAfter)({ op: "cancelAfter", id: text, delay: 1 })).toEqual(
      refused("id")
    )
    expect(readerOf(channels.Authenticate)({ op: "authenticate", id: "1", token: text })).toEqual(
      refused("token")
    )
    expect(checkOf(orders.place)({ ...limit, clientOrderId: text })).toEqual(
      new Fault("MalformedText", "clientOrderId")
    )
  }
)

it.each([
  ["Ann"],
  ["Jose\u0301 Nu\u00f1ez"],
  ["\u05d3\u05d5\u05d3"],
  ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
  ["\ud83d\udc69\u200d\ud83d\ude80"],
  ["desk 7"],
  ["-"]
])("takes the name %s", (name) => {
  expect(httpReaderOf(users.rename)({}, {}, { name })).toEqual({ name })
})

it.each([
  ["a zero-width space", "\u200b"],
  ["a blank", " "],
  ["a no-break space and a filler", "\u00a0\u3164"],
  ["an empty Braille pattern", "\u2800"],
  ["a mark on nothing", "\u0301"],
  ["a right-to-left override", "\u202ex"],
  ["an isolate", "\u2066x\u2069"],
  ["a right-to-left mark", "x\u200f"],
  ["a line separator", "a\u2028b"],
  ["a paragraph separator", "a\u2029b"],
  ["a line feed", "a\nb"],
  ["a control character", "a\u0085b"],
  ["101 characters", "a".repeat(101)],
  ["nothing", ""]
])("error: a name of %s", (_, name) => {
  expect(httpReaderOf(users.rename)({}, {}, { name })).toEqual(
    new Fault(
      "InvalidValue",
      "name",
      "must be 1 to 100 characters, at least one of them visible, without line breaks, control or direction characters"
    )
  )
})

it("error: what the venue takes for no id of a client is not looked up", () => {
  for (const id of ["\u0000", "a b", "\u00fc", "a".repeat(37)]) {
    expect(httpReaderOf(orders.order)({ order: `client:${id}` }, {}, {})).toEqual(
      new Fault("MalformedText", "clientOrderId", clientId)
    )
  }
})

it("error: says the format of what is wrong, never a pattern", () => {
  const wrong = (query: object) => httpReaderOf(orders.orders)({}, query as {}, {})
  expect(wrong({ from: "yesterday" })).toEqual(
    new Fault(
      "InvalidValue",
      "from",
      "must be a time in whole milliseconds since 1970, such as 1767225600000"
    )
  )
  expect(wrong({ limit: "many" })).toEqual(
    new Fault("InvalidValue", "limit", "must be a whole number from 1 to 1000")
  )
  expect(httpReaderOf(users.endSession)({ session: "x" }, {}, {})).toEqual(
    new Fault(
      "InvalidValue",
      "session",
      "must be a session's id such as ses_AAAAAAAAAAAAAAAAAAAAAA"
    )
  )
})

it("reads messages, in which the body may have a name of its own", () => {
  const { account: _, ...order } = limit
  const read = messageReaderOf(orders.place)
  expect(read({ op: "place", id: "1", key: "k", account: "acc_1000", order })).toEqual(limit)
  expect(read({ op: "place", id: "1" })).toEqual(new Fault("MissingField", "order"))
  expect(read({ op: "place", order })).toEqual(new Fault("MissingField", "id"))
  expect(read({ op: "place", id: "1", order: { ...order, trigger: {} } })).toEqual(
    new Fault("MissingField", "order.trigger.kind")
  )
  expect(messageReaderOf(orders.cancelAfter)({ op: "cancelAfter", id: "1", delay: 5 })).toEqual({
    delay: 5
  })
})

const subscribe = { op: "subscribe", id: "1", channel: "trades", market: "BTC-USDT" }

it("reads a message of the stream that is no operation", () => {
  expect(readerOf(channels.SubscribeTrades)({ ...subscribe, from: "trd_17" })).toEqual({
    ...subscribe,
    from: 17
  })
  const account = { op: "subscribe", id: "1", channel: "account" }
  expect(readerOf(channels.SubscribeAccount)(account)).toEqual(account)
})

it.each<[string, object, string, string]>([
  ["a field that it does not have", { account: "acc_1000" }, "UnknownField", "account"],
  ["a field that is missing", { market: undefined }, "MissingField", "market"],
  ["an id of another kind", { from: "ord_17" }, "InvalidValue", "from"],
  ["a name that is too long", { market: "B".repeat(33) }, "InvalidValue", "market"],
  ["an id of the message that is no text", { id: 1 }, "InvalidValue", "id"]
])("error: finds %s in a message", (_, wrong, code, field) => {
  expect(readerOf(channels.SubscribeTrades)({ ...subscribe, ...wrong })).toMatchObject({
    code,
    field
  })
})
