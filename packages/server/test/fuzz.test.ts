/** Whatever is sent, the server answers with a known problem, and continues. */
import { operations } from "@pandora-exchange/contract/api"
import { problems } from "@pandora-exchange/contract/problem"
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { connect } from "node:net"
import { toUSVString } from "node:util"
import { WebSocket } from "ws"
import { asking, type InProcess, startHere } from "./support.ts"

const runs = process.env["PANDORA_TEST_LONG"] === "1" ? 20_000 : 400

let server: InProcess
let ask: ReturnType<typeof asking>
let token: string

beforeAll(async () => {
  server = await startHere({}, { limits: { messagesPerSecondMax: 1_000_000 } })
  ask = asking(server.url)
  token = server.tokens[0]!
})
afterAll(async () => {
  // No input revealed a bug of ours.
  expect(server.logged).toEqual([])
  expect((await ask("GET", "/health/ready")).body.status).toBe("ready")
  await server.close()
})

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "ord_1",
    "ord_0",
    "ord_99999999999999999999",
    "acc_1",
    "trd_1",
    "client:",
    "client:x",
    "1e999",
    "NaN",
    "-0",
    "9007199254740993",
    "0".repeat(64),
    "١٢٣",
    "\u0000",
    "BTC-USDT",
    "buy",
    "limit",
    "1"
  ),
  fc.double().map(String),
  fc.bigInt().map(String)
)
const value = fc.oneof(
  nasty,
  fc.jsonValue(),
  fc.constantFrom(null, true, -1, 0, 1.5, 2 ** 53, [], {})
)
const fields = [
  "market",
  "side",
  "type",
  "price",
  "quantity",
  "budget",
  "timeInForce",
  "postOnly",
  "deadline",
  "clientOrderId"
]
const valid = { market: "BTC-USDT", side: "buy", price: "1000", quantity: "0.01" }
const body = fc
  .dictionary(fc.oneof(fc.constantFrom(...fields), nasty), value, { maxKeys: 6 })
  .chain((changes) => fc.constantFrom({ ...valid, ...changes }, changes))

const paths = [...operations.values()].flatMap(({ rest }) => (rest === undefined ? [] : [rest]))

const encoded = (text: string) => encodeURIComponent(toUSVString(text))

const expected = ({ body, status }: { readonly body: any; readonly status: number }) => {
  if (status < 400) return
  expect(problems.get(body.code)?.status, JSON.stringify(body)).toBe(status)
  expect(status, JSON.stringify(body)).toBeLessThan(500)
}

it("any body, query, path and key", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      body,
      fc.dictionary(
        fc.oneof(fc.constantFrom("limit", "cursor", "from", "account", "market", "levels"), nasty),
        nasty,
        {
          maxKeys: 3
        }
      ),
      nasty,
      fc.option(nasty),
      async ({ method, path }, body, query, part, key) => {
        const filled = path.replace(/:\w+/, encoded(part))
        const search = Object.entries(query).map(
          ([name, text]) => `${encoded(name)}=${encoded(text)}`
        )
        const printable = key?.replace(/[^\x21-\x7e]/g, "")
        expected(
          await ask(method, `${filled}${search.length > 0 ? `?${search.join("&")}` : ""}`, {
            token,
            ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
            ...(printable === undefined ? {} : { key: printable })
          })
        )
      }
    ),
    { numRuns: runs }
  ))

it("any text as a body", () =>
  fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.json()), async (text) => {
      expected(await ask("POST", "/v1/orders", { token, body: toUSVString(text) }))
    }),
    { numRuns: runs }
  ))

it("any bytes as a request: an answer of HTTP or the end of the connection", () => {
  const line = fc.constantFrom(
    "GET /v1/markets HTTP/1.1",
    "POST /v1/orders HTTP/1.1",
    "GET / HTTP/9.9",
    "GET http://x/ HTTP/1.1",
    "BREW /v1/markets HTTP/1.1"
  )
  const header = fc.oneof(
    fc.constantFrom(
      "host: x",
      "content-length: 5",
      "content-length: 6",
      "content-length: -1",
      "transfer-encoding: chunked",
      "transfer-encoding: x",
      "upgrade: websocket",
      "connection: upgrade",
      "sec-websocket-key: x",
      "expect: 100-continue",
      " folded: x",
      "authorization: Bearer",
      `x: ${"y".repeat(20_000)}`
    ),
    nasty
  )
  const request = fc
    .tuple(line, fc.array(header, { maxLength: 8 }), nasty)
    .map(([line, headers, rest]) => `${line}\r\n${headers.join("\r\n")}\r\n\r\n${rest}`)
  return fc.assert(
    fc.asyncProperty(fc.oneof(request, nasty), async (text) => {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(server.port, "127.0.0.1")
        let got = ""
        socket.on("data", (data) => (got += data.toString("latin1")))
        socket.on("error", () => resolve(got))
        socket.on("close", () => resolve(got))
        socket.end(text)
      })
      if (answer !== "") expect(answer).toMatch(/^HTTP\/1\.1 [1234]\d\d /)
    }),
    { numRuns: runs }
  )
})

it("any frame on the stream", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/v1/stream`, {
    headers: { authorization: `Bearer ${token}` }
  })
  const got: Array<any> = []
  let look = () => {}
  socket.on("message", (data) => {
    got.push(JSON.parse(String(data)))
    look()
  })
  await new Promise((resolve) => socket.on("open", resolve))
  const op = fc.constantFrom(
    "authenticate",
    "subscribe",
    "unsubscribe",
    "place",
    "cancel",
    "cancelAll",
    "amend"
  )
  const message = fc.record(
    {
      op: fc.oneof({ weight: 5, arbitrary: op }, { weight: 1, arbitrary: nasty }),
      id: nasty,
      channel: fc.oneof(fc.constantFrom("depth", "trades", "account"), value),
      market: fc.oneof(fc.constant("BTC-USDT"), value),
      from: value,
      key: value,
      account: value,
      order: fc.oneof(body, value),
      change: fc.oneof(body, value),
      token: nasty
    },
    { requiredKeys: ["op"] }
  )
  let sent = 0
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        message.map((m) => JSON.stringify(m)),
        nasty
      ),
      async (text) => {
        socket.send(toUSVString(text))
        const mark = `mark${sent++}`
        socket.send(JSON.stringify({ op: "cancelAll", id: mark, market: "BTC-USDT" }))
        await new Promise<void>((resolve) => {
          look = () => got.some(({ id }) => id === mark) && resolve()
          look()
        })
        for (const { problem, type } of got.splice(0)) {
          if (type === "problem") expected({ body: problem, status: problem.status })
        }
      }
    ),
    { numRuns: runs }
  )
  expect(socket.readyState).toBe(1)
  socket.close()
})

it("frames that break the protocol end that connection only", async () => {
  const key = Buffer.from("0123456789abcdef").toString("base64")
  const upgrade = `GET /v1/stream HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), async (bytes) => {
      await new Promise<void>((resolve) => {
        const socket = connect(server.port, "127.0.0.1")
        socket.on("error", () => resolve())
        socket.on("close", () => resolve())
        socket.once("data", () => {
          socket.write(bytes)
          socket.end()
        })
        socket.write(upgrade)
      })
    }),
    { numRuns: runs / 2 }
  )
  expect((await ask("GET", "/health/live")).status).toBe(200)
})
