/**
 * Every command gives the same answers and the same codes to programs, over HTTP and over the
 * stream.
 */
import { expect, it } from "@effect/vitest"
import { type Operation, operations, placementOf, writerOf } from "@pandora-exchange/contract"
import { requestShapeOf } from "@pandora-exchange/contract/operation"
import { type Field, fieldsOf, hasFields, type Shape } from "@pandora-exchange/contract/shape"
import { Effect, Result } from "effect"
import { onTestFinished } from "vitest"
import { openBare } from "./streaming.ts"
import { asking, type InProcess, startHere } from "./support.ts"

type Fields = Readonly<Record<string, unknown>>
type Outcome = { readonly answer: unknown } | { readonly code: string }
type Face = (who: number, name: string, request: Fields) => Promise<Outcome>

const market = "BTC-USDT"
const limit = (side: string, price: string, quantity: string, more: Fields = {}) => ({
  market,
  side,
  price,
  quantity,
  ...more
})

/** Each command, once executed and once refused. Ids count from 1 in a new exchange. */
const script: ReadonlyArray<readonly [who: number, name: string, request: Fields]> = [
  [1, "place", limit("sell", "60000", "0.002", { clientOrderId: "ask-1", postOnly: true })],
  [0, "place", limit("buy", "60000", "0.001")],
  [0, "place", { market, side: "buy", type: "market", budget: "50" }],
  [0, "place", limit("buy", "50000", "0.01", { timeInForce: "GTD", deadline: 4_102_444_800_000 })],
  [
    0,
    "place",
    {
      market,
      side: "sell",
      type: "market",
      quantity: "0.1",
      trigger: { kind: "stopLoss", price: "40000" }
    }
  ],
  [0, "place", limit("buy", "50000.0001", "0.01")],
  [0, "place", limit("buy", "50000", "100000")],
  [0, "place", limit("buy", "60000", "0.001", { postOnly: true })],
  [0, "place", { ...limit("buy", "50000", "0.01"), market: "NO-SUCH" }],
  [0, "place", { market, side: "buy", type: "market", quantity: "1", budget: "1" }],
  [0, "place", { market, side: "buy", type: "market", quantity: "1", price: "1" }],
  [0, "place", limit("buy", "50000", "0.01", { budget: "1" })],
  [0, "place", { market, side: "buy", quantity: "1" }],
  [0, "place", limit("buy", "50000", "0.01", { prise: "1" })],
  [0, "place", limit("buy", "50000", "0.01", { key: "not a key" })],
  [0, "amend", { market, order: 4, quantity: "0.005" }],
  [0, "amend", { market, order: 4, price: "0" }],
  [0, "amend", { market, order: 999, price: "1" }],
  [1, "amend", { market, clientOrderId: "ask-1", price: "60500" }],
  [1, "amend", { market, clientOrderId: "none", price: "60500" }],
  [
    1,
    "replace",
    { market, clientOrderId: "ask-1", by: { side: "sell", price: "61000", quantity: "0.001" } }
  ],
  [1, "replace", { market, order: 999, by: { side: "sell", price: "61000", quantity: "0.001" } }],
  [
    1,
    "replace",
    {
      market,
      order: 999,
      placeAnyway: true,
      by: { side: "sell", price: "62000", quantity: "0.001" }
    }
  ],
  [0, "cancel", { order: 4 }],
  [0, "cancel", { order: 4 }],
  [0, "cancel", { clientOrderId: "none" }],
  [
    0,
    "placeList",
    {
      market,
      contingency: "OCO",
      clientListId: "exit",
      orders: [
        { side: "sell", price: "65000", quantity: "0.01", postOnly: true },
        {
          side: "sell",
          type: "market",
          quantity: "0.01",
          trigger: { kind: "stopLoss", price: "55000" }
        }
      ]
    }
  ],
  [
    0,
    "placeList",
    {
      market,
      contingency: "OTOCO",
      orders: [limitOf("buy", "1", "1"), limitOf("buy", "1", "1")]
    }
  ],
  [0, "cancelList", { clientListId: "exit" }],
  [0, "cancelList", { list: 77 }],
  [0, "cancelAfter", { delay: 60_000 }],
  [0, "cancelAfter", { delay: 0 }],
  [0, "cancelAfter", { delay: 90_000_000 }],
  [
    1,
    "batch",
    {
      items: [
        { place: limit("sell", "60000", "0.002", { clientOrderId: "ask-2", type: "limit" }) },
        { amend: { market, clientOrderId: "ask-2", price: "60100" } },
        { amend: { market, order: 999, price: "60100" } },
        { replace: { market, clientOrderId: "ask-2", by: limitOf("sell", "60200", "0.001") } },
        { place: { market, side: "sell", type: "market", quantity: "0.001" }, key: "not a key" },
        { place: { ...limit("buy", "50000", "0.01"), market: "NO-SUCH" } },
        { place: limit("buy", "50000", "100000") },
        { cancel: { order: 999 } },
        { cancel: { clientOrderId: "ask-2" } }
      ]
    }
  ],
  [0, "batch", { items: [] }],
  [0, "batch", { items: [{ place: limit("buy", "1", "1", { prise: "1" }) }] }],
  [0, "batch", { items: [{ cancel: { clientOrderId: "é" } }] }],
  [0, "batch", { items: [{}] }],
  [0, "cancelAll", { market, side: "sell" }],
  [0, "cancelAll", {}],
  [0, "cancelAll", { market: "NO-SUCH" }]
]

function limitOf(side: string, price: string, quantity: string): Fields {
  return { side, price, quantity }
}

/** The JSON and URL form of a program's request. */
const onWire = (operation: Operation, request: Fields): Fields =>
  valueOnWire(requestShapeOf(operation), request) as Fields

const valueOnWire = (shape: Shape, value: unknown): unknown => {
  if (shape.kind === "id") return `${shape.prefix}_${String(value)}`
  if (shape.kind === "list")
    return (value as ReadonlyArray<unknown>).map((item) => valueOnWire(shape.item, item))
  if (!hasFields(shape)) return value
  const fields = new Map(fieldsOf(shape).map((field) => [field.name, field]))
  return Object.fromEntries(
    Object.entries(value as Fields).map(([name, value]) => {
      const field = fields.get(name)
      const outer = [...fields.values()].find(({ client }) => client === name)
      if (outer !== undefined) return [outer.wire, `client:${String(value)}`]
      return field === undefined ? [name, value] : [field.wire, valueOnWire(field.shape, value)]
    })
  )
}

const parted = (given: Fields, places: ReadonlyArray<Field>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(given).filter(([name]) => places.some(({ wire }) => wire === name))
  )

/** Times differ from run to run. */
const outcomeOf = (answer: unknown): Outcome => ({
  answer: JSON.parse(JSON.stringify(answer), (name, value) =>
    name === "deadline" ? "a time" : value
  )
})

const programs = ({ accounts, exchange }: InProcess): Face => {
  const methods = exchange as unknown as Readonly<
    Record<string, (request: Fields) => Effect.Effect<unknown, { code: string }>>
  >
  return async (who, name, request) => {
    const account = Number(accounts[who]!.account.slice(4))
    const result = await Effect.runPromise(Effect.result(methods[name]!({ ...request, account })))
    if (Result.isFailure(result)) return { code: result.failure.code }
    return outcomeOf(JSON.parse(writerOf(operations.get(name)!.answer!)(result.success)))
  }
}

const rest = ({ tokens, url }: InProcess): Face => {
  const ask = asking(url)
  return async (who, name, { key, ...request }) => {
    const operation = operations.get(name)!
    const { path, query } = placementOf(operation)
    const wire = onWire(operation, request)
    const inPath = parted(wire, path)
    const inQuery = parted(wire, query)
    const inBody = Object.fromEntries(
      Object.entries(wire).filter(([name]) => !(name in inPath || name in inQuery))
    )
    const { method, path: pattern, status } = operation.rest!
    const search = new URLSearchParams(inQuery as Record<string, string>).toString()
    const target = pattern.replace(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(String(inPath[name]))
    )
    const reply = await ask(method, search === "" ? target : `${target}?${search}`, {
      token: tokens[who],
      ...(key === undefined ? {} : { key: String(key) }),
      ...(method === "DELETE" ? {} : { body: inBody })
    })
    if (reply.status >= 400) return { code: reply.body.code }
    expect(reply.status).toBe(status ?? 200)
    return outcomeOf(reply.body)
  }
}

const stream = async ({ tokens, url }: InProcess): Promise<Face> => {
  const open = tokens.map((token) => openBare(url, { authorization: `Bearer ${token}` }))
  const sockets = await Promise.all(open)
  onTestFinished(() => sockets.forEach(({ socket }) => socket.close()))
  return async (who, name, { key, ...request }) => {
    const operation = operations.get(name)!
    const under = operation.stream!.body
    const { path, query } = placementOf(operation)
    const wire = onWire(operation, request)
    const beside = parted(wire, [...path, ...query])
    const body = Object.fromEntries(Object.entries(wire).filter(([name]) => !(name in beside)))
    const message = {
      op: name,
      ...(key === undefined ? {} : { key }),
      ...beside,
      ...(under === undefined ? body : { [under]: body })
    }
    const { problem, result } = await sockets[who]!.ask(message)
    return problem === undefined ? outcomeOf(result) : { code: problem.code }
  }
}

/** The whole script, on an exchange of its own. */
const played = async (
  faceOf: (server: InProcess) => Face | Promise<Face>
): Promise<ReadonlyArray<unknown>> => {
  const server = await startHere()
  onTestFinished(() => server.close())
  const face = await faceOf(server)
  const outcomes: Array<unknown> = []
  for (const [who, name, request] of script)
    outcomes.push({ name, request, ...(await face(who, name, request)) })
  return outcomes
}

it("answers every command alike to programs, over HTTP and over the stream", async () => {
  const told = await played(programs)
  expect(told).toMatchSnapshot()
  expect(await played(rest)).toEqual(told)
  expect(await played(stream)).toEqual(told)
})

it("has each command of the stream in its script, done and refused", () => {
  const commands = [...operations.values()].flatMap(({ name, stream }) =>
    stream === undefined ? [] : [name]
  )
  for (const name of commands)
    expect(script.filter(([, of]) => of === name).length).toBeGreaterThan(1)
})
