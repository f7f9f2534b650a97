import { Projections } from "@pandora-exchange/adapters-pg"
import { HistoryUnavailable } from "@pandora-exchange/adapters-pg/History"
import { IdentityStore, Ids } from "@pandora-exchange/core"
import type { Exchange } from "@pandora-exchange/sdk"
import { InvalidInput, OutcomeUnknown, Refused, Unavailable } from "@pandora-exchange/sdk"
import { afterAll, beforeAll, describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { connect } from "node:net"
import type { FeedService, Trouble } from "../src/feed/Feed.ts"
import { Health } from "../src/Health.ts"
import { HistoryBehind, MalformedCursor } from "../src/History.ts"
import { problemOf } from "../src/http/Failure.ts"
import { Unauthenticated } from "../src/Authentication.ts"
import { asking, type InProcess, startHere } from "./support.ts"

let server: InProcess
const origin = "https://trade.example"

beforeAll(async () => {
  server = await startHere(
    { origins: [origin] },
    { timeouts: { headersMs: 200, requestMs: 400, checkMs: 50 } }
  )
})
afterAll(() => server.close())

/** Everything that comes back on a bare connection until it ends. */
const exchangeBytes = (text: string) =>
  new Promise<string>((resolve) => {
    const socket = connect(server.port, "127.0.0.1")
    let got = ""
    socket.on("data", (data) => (got += data.toString("latin1")))
    socket.on("error", () => {})
    socket.on("close", () => resolve(got))
    socket.write(text)
  })

describe("requests", () => {
  it("error: those that do not come to an end are ended, headers and bodies alike", async () => {
    const headers = await exchangeBytes("GET /v1/markets HTTP/1.1\r\nhost: x\r\n")
    const body = await exchangeBytes(
      "POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"
    )
    for (const answer of [headers, body]) {
      expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({
        code: "RequestTimeout",
        retry: "safe"
      })
    }
  })

  it.each([
    ["two lengths", "content-length: 2\r\ncontent-length: 3\r\n\r\n{}"],
    ["a length and chunks", "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a folded header", "x: a\r\n b\r\n\r\n"],
    ["a negative length", "content-length: -2\r\n\r\n{}"]
  ])("error: %s", async (_, rest) => {
    const answer = await exchangeBytes(`POST /v1/orders HTTP/1.1\r\nhost: x\r\n${rest}`)
    expect(answer).toMatch(/^HTTP\/1\.1 (400|401) /)
    if (answer.includes(" 400 ")) expect(answer).toContain("application/problem+json")
    expect(answer.match(/HTTP\/1\.1/g)!.length).toBe(1)
  })

  it.each([
    ["a request that cannot be read", "NONSENSE\r\n\r\n"],
    [
      "an upgrade that is refused",
      "GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"
    ],
    ["headers that do not come to an end", "GET /v1/markets HTTP/1.1\r\nhost: x\r\n"]
  ])(
    "error: after %s the connection goes, though the client does not close it",
    async (_, text) => {
      const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true })
      const gone = new Promise<void>((resolve) => socket.on("error", () => resolve()))
      socket.resume().write(text)
      await new Promise((resolve) => socket.once("end", resolve))
      // Only a closed connection answers bytes with a reset.
      const knocking = setInterval(() => socket.write("x"), 50)
      await gone
      clearInterval(knocking)
      socket.destroy()
    }
  )

  it("error: headers past 16 KiB", async () => {
    const answer = await exchangeBytes(
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(17_000)}\r\n\r\n`
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  it("error: a body in chunks past 128 KiB is refused before it is all there", async () => {
    const chunk = `${(10_000).toString(16)}\r\n${"x".repeat(10_000)}\r\n`
    const head = `POST /v1/orders HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.tokens[0]}\r\ntransfer-encoding: chunked\r\n\r\n`
    const answer = await exchangeBytes(head + chunk.repeat(14))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('"code":"BodyTooLarge"')
  })

  it("pages of the listed origins may use it from a browser, others may not", async () => {
    const allowed = await fetch(`${server.url}/v1/orders`, {
      method: "OPTIONS",
      headers: { origin }
    })
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get("access-control-allow-origin")).toBe(origin)
    expect(allowed.headers.get("access-control-allow-methods")).toBe("GET, POST, DELETE")
    expect(allowed.headers.get("access-control-allow-headers")).toContain("idempotency-key")
    const other = await asking(server.url)("GET", "/v1/markets", {
      headers: { origin: "https://evil.example" }
    })
    expect(other.headers.get("access-control-allow-origin")).toBe(null)
  })
})

describe("failures", () => {
  it.each([
    [new InvalidInput("OffTick", "price"), 400, "OffTick", "never"],
    [new InvalidInput("MalformedKey", "key"), 400, "MalformedKey", "never"],
    [new Refused("InsufficientFunds", { sequence: 7 }), 422, "InsufficientFunds", "never"],
    [new Unavailable("Overloaded"), 503, "Overloaded", "safe"],
    [new Unavailable("JournalFull"), 503, "JournalFull", "safe"],
    [new OutcomeUnknown(), 504, "OutcomeUnknown", "unknown"],
    [new HistoryBehind({ wanted: 2 }), 503, "HistoryBehind", "safe"],
    [new HistoryUnavailable({ problem: "x" }), 503, "HistoryUnavailable", "safe"],
    [new MalformedCursor(), 400, "MalformedCursor", "never"],
    [new Unauthenticated(), 401, "Unauthorized", "never"]
  ])("%s has its status, code and retry class", (failure, status, code, retry) => {
    expect(problemOf(Cause.fail(failure), "req_1")).toMatchObject({
      bug: false,
      problem: { status, code, retry }
    })
  })

  it("a bug says nothing of the inside", () => {
    const { bug, problem } = problemOf(Cause.die(new Error("secret at 0x1234")), "req_1")
    expect(bug).toBe(true)
    expect(problem).toEqual({
      type: "/docs/errors#Internal",
      title: "Internal",
      status: 500,
      detail: "Unexpected failure on our side. The request id finds it in the log.",
      code: "Internal",
      retry: "unknown",
      requestId: "req_1"
    })
  })
})

const halted = (projection: "ledger" | "trading") =>
  new Projections.ProjectionHalted({ projection, sequence: 7, problem: "balance_sign", cause: "x" })

describe("late or broken parts", () => {
  const health = (
    parts: { condition?: string; durableSequence?: number; trouble?: Trouble | undefined },
    projections: Partial<Projections.Projections["Service"]> = {},
    users?: Pick<IdentityStore.IdentityStore["Service"], "user">
  ) => {
    const { condition = "running", durableSequence = 10, trouble } = parts
    const status = {
      condition,
      cause: undefined,
      epoch: 1,
      durableSequence,
      waiting: 0,
      clockLeapMs: 0
    }
    const exchange = { status: Effect.succeed(status) } as unknown as Exchange["Service"]
    const feed = { position: () => 10, trouble: () => trouble } as unknown as FeedService
    const at = { ledger: Ids.Sequence(10), trading: Ids.Sequence(10) }
    const following = { health: Effect.succeed([]), positions: Effect.succeed(at), ...projections }
    return new Health(
      exchange,
      feed,
      following as unknown as Projections.Projections["Service"],
      users as IdentityStore.IdentityStore["Service"]
    )
  }

  it.effect.each([
    ["running", 10, undefined, "ready"],
    ["running", 100_000, undefined, "degraded"],
    ["running", 10, "unreadable", "degraded"],
    ["running", 10, "bug", "degraded"],
    ["recovering", 10, undefined, "notReady"],
    ["full", 10, undefined, "notReady"],
    ["stopped", 10, undefined, "notReady"]
  ] as const)(
    "a venue that is %s at %i with %s is %s",
    ([condition, durableSequence, trouble, expected]) =>
      Effect.gen(function* () {
        const looked = health({ condition, durableSequence, trouble })
        expect((yield* looked.look).status).toBe(expected)
        looked.shutDown()
        expect((yield* looked.look).status).toBe("shuttingDown")
      })
  )

  it.effect.each([
    ["refuses", Effect.fail(new IdentityStore.IdentityUnavailable({ cause: "x" }))],
    ["does not answer", Effect.never]
  ] as const)("error: where the store of users %s, the server is not ready", ([, answer]) =>
    Effect.gen(function* () {
      expect(
        (yield* health({}, {}, { user: () => Effect.succeed(undefined) }).look).checks.at(-1)
      ).toEqual({
        name: "identity",
        status: "ok",
        detail: "recognises its users"
      })
      const looking = yield* Effect.forkChild(health({}, {}, { user: () => answer }).look)
      yield* TestClock.adjust("1 second")
      const { checks, status } = yield* Fiber.join(looking)
      expect(status).toBe("notReady")
      expect(checks.at(-1)).toEqual({
        name: "identity",
        status: "failed",
        detail: "its database does not answer at the moment; nobody can be recognised until it does"
      })
    })
  )

  it.effect(
    "error: a projection that halted is named with its place, and withdrawals are frozen",
    () =>
      Effect.gen(function* () {
        const state = {
          projection: "ledger",
          condition: "halted",
          cause: halted("ledger")
        } as const
        const { checks, status } = yield* health({}, { health: Effect.succeed([state]) }).look
        expect(status).toBe("degraded")
        const detail = "the projection ledger halted before command 7; the log says why"
        expect(checks.slice(-2)).toEqual([
          { name: "history", status: "degraded", detail },
          {
            name: "withdrawals",
            status: "degraded",
            detail: `frozen until the history goes on: ${detail}`
          }
        ])
      })
  )

  it.effect(
    "error: a database that does not answer leaves the server degraded, and the answer is not kept waiting",
    () =>
      Effect.gen(function* () {
        const looking = yield* Effect.forkChild(health({}, { positions: Effect.never }).look)
        yield* TestClock.adjust("1 second")
        const { checks, status } = yield* Fiber.join(looking)
        expect(status).toBe("degraded")
        expect(checks.at(-1)).toEqual({
          name: "history",
          status: "degraded",
          detail: "its database does not answer at the moment; it is asked again"
        })
      })
  )
})
