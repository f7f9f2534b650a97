import { afterEach, describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { ExchangeClient } from "../src/ExchangeClient.ts"
import { createClient, Problem, renewing, Unreachable } from "../src/index.ts"

interface Seen {
  readonly line: string
  readonly key: string | undefined
  readonly token: string | undefined
  readonly body: string
}

let server: Server | undefined
afterEach(
  () =>
    new Promise<void>((resolve) =>
      server === undefined ? resolve() : void server.close(() => resolve())
    )
)

/** A server that gives these answers in turn, repeating the last one, and records the requests. */
const answering = async (
  ...answers: ReadonlyArray<(response: ServerResponse, request: IncomingMessage) => void>
) => {
  const seen: Array<Seen> = []
  server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const { authorization, "idempotency-key": key } = request.headers
      seen.push({
        line: `${request.method} ${request.url}`,
        key: key as string | undefined,
        token: authorization,
        body: Buffer.concat(chunks).toString()
      })
      answers[Math.min(seen.length, answers.length) - 1]!(response, request)
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const json =
  (status: number, body: unknown) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json", connection: "close" })
    response.end(status === 204 ? undefined : JSON.stringify(body))
  }
const problem = (status: number, code: string, retry: string) =>
  json(status, { type: "", title: "", status, detail: "why", code, retry, requestId: "r1" })
const dropped = (_: ServerResponse, request: IncomingMessage): void => void request.socket.destroy()
const order = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1" } as const

describe("a token that is renewed", () => {
  it.each(["RefreshedAlready", "RefreshRefused"])(
    "error: a refresh token that was refused as %s is never sent again, and everybody is told why",
    async (code) => {
      const { seen, url } = await answering(problem(409, code, "never"))
      const nobody = createClient({ url })
      const used = { session: "ses_a", accessToken: "a", expiresAt: 0, refreshToken: "pdr_a" }
      const client = createClient({
        url,
        token: renewing({ tokens: used, refresh: nobody.refresh })
      })
      for (let i = 0; i < 3; i++) {
        const error = await client.user().catch((error: unknown) => error)
        expect(error).toBeInstanceOf(Problem)
        expect(error).toMatchObject({ code })
      }
      expect(seen.map(({ line }) => line)).toEqual(["POST /v1/sessions/refresh"])
    }
  )

  it("error: a refresh that had no answer is sent again by whoever asks next", async () => {
    const tokens = {
      session: "ses_a",
      accessToken: "b",
      expiresAt: 4_102_444_800_000,
      refreshToken: "r"
    }
    const { seen, url } = await answering(dropped, json(200, tokens), json(200, { name: "Ann" }))
    const nobody = createClient({ url })
    const used = { ...tokens, expiresAt: 0, refreshToken: "pdr_a" }
    const client = createClient({
      url,
      attempts: 1,
      token: renewing({ tokens: used, refresh: nobody.refresh })
    })
    await expect(client.user()).rejects.toBeInstanceOf(Unreachable)
    await client.user()
    expect(seen.map(({ line, token }) => [line, token])).toEqual([
      ["POST /v1/sessions/refresh", undefined],
      ["POST /v1/sessions/refresh", undefined],
      ["GET /v1/user", "Bearer b"]
    ])
  })
})

describe("a request", () => {
  it("is made of the method's arguments: the path, the body and the options", async () => {
    const { seen, url } = await answering(json(200, {}))
    const client = createClient({ url: `${url}/`, token: () => "now" })
    await client.place(order, { account: "acc_1", key: "k" })
    await client.amend("client:a/b", { market: "BTC-USDT", price: "2" }, { key: "k" })
    await client.orders({ status: "open", limit: 2 })
    await client.cancelAfter(5, { key: "k" })
    await client.me()
    const token = "Bearer now"
    expect(seen).toEqual([
      { line: "POST /v1/orders?account=acc_1", key: "k", token, body: JSON.stringify(order) },
      {
        line: "PATCH /v1/orders/client%3Aa%2Fb",
        key: "k",
        token,
        body: '{"market":"BTC-USDT","price":"2"}'
      },
      { line: "GET /v1/orders?status=open&limit=2", key: undefined, token, body: "" },
      { line: "POST /v1/cancel-after", key: "k", token, body: '{"delay":5}' },
      { line: "GET /v1/me", key: undefined, token, body: "" }
    ])
    await client.close()
  })

  it("that is public asks for no token", async () => {
    const { seen, url } = await answering(json(200, { data: [], sequence: 1 }))
    await createClient({ url, token: () => Promise.reject(new Error("no token")) }).markets()
    expect(seen.map(({ token }) => token)).toEqual([undefined])
  })

  it("that has nothing to say answers undefined", async () => {
    const { url } = await answering(json(204, undefined))
    expect(await createClient({ url }).rename("Ann")).toBeUndefined()
  })

  it("for the health of a server answers with what is wrong, too", async () => {
    const notReady = { status: "notReady", checks: [], durableSequence: 1, uptimeMs: 1 }
    const { url } = await answering(json(503, notReady))
    expect(await createClient({ url }).ready()).toEqual(notReady)
  })
})

describe("a command", () => {
  it("without an answer is sent again under its key", async () => {
    const { seen, url } = await answering(
      dropped,
      problem(503, "Overloaded", "safe"),
      json(201, { sequence: 7 })
    )
    expect(await createClient({ url }).place(order)).toEqual({ sequence: 7 })
    expect(seen.length).toBe(3)
    expect(seen[0]!.key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect(new Set(seen.map(({ key }) => key)).size).toBe(1)
  })

  it("error: that was refused is not sent again", async () => {
    const { seen, url } = await answering(problem(422, "InsufficientFunds", "never"))
    const refused = await createClient({ url })
      .place(order)
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Problem)
    expect(refused).toMatchObject({
      name: "Problem",
      code: "InsufficientFunds",
      status: 422,
      retry: "never"
    })
    expect(String(refused)).toBe("Problem: InsufficientFunds: why")
    expect(seen.length).toBe(1)
  })
})

describe("a batch", () => {
  const items = [{ place: order }, { cancel: { order: "ord_1" }, key: "mine" }]
  const keysOf = ({ body }: Seen) =>
    (JSON.parse(body) as { items: ReadonlyArray<{ key: string }> }).items.map(({ key }) => key)
  const done = { place: { order: "ord_2", sequence: 7 } }
  const open = (retry: string) => ({ problem: { code: "No", status: 503, retry, detail: "why" } })

  it("has a key for each item, and no other, and is sent again under them", async () => {
    const answer = { items: [done, open("never")], sequence: 7 }
    const { seen, url } = await answering(dropped, json(200, answer))
    expect(await createClient({ url }).batch(items, { account: "acc_1" })).toEqual(answer)
    expect(seen.map(({ key, line }) => [line, key])).toEqual(
      Array(2).fill(["POST /v1/orders/batch?account=acc_1", undefined])
    )
    expect(keysOf(seen[0]!)).toEqual([expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/), "mine"])
    expect(seen[1]!.body).toBe(seen[0]!.body)
  })

  it("is sent again as a whole while an item may yet be done", async () => {
    const { seen, url } = await answering(
      json(200, { items: [done, open("safe")], sequence: 7 }),
      json(200, { items: [done, open("unknown")], sequence: 7 }),
      json(200, { items: [done, open("never")], sequence: 7 })
    )
    const answer = await createClient({ url }).batch(items)
    expect(answer.items[1]).toEqual(open("never"))
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1)
    expect(seen.length).toBe(3)
  })

  it("that cannot be asked again keeps the answer that it has", async () => {
    const answer = { items: [done, open("safe")], sequence: 7 }
    const { seen, url } = await answering(json(200, answer), problem(401, "Unauthorized", "never"))
    expect(await createClient({ url }).batch(items)).toEqual(answer)
    expect(seen.length).toBe(2)
  })
})

describe("a change of a user", () => {
  it("is sent again when it was not done", async () => {
    const { seen, url } = await answering(problem(503, "Busy", "safe"), json(204, undefined))
    await createClient({ url }).rename("Ann")
    expect(seen.length).toBe(2)
  })

  it("error: a rejection's stack begins with the line of the caller", async () => {
    const { url } = await answering(problem(404, "UnknownMarket", "never"))
    const calls = [
      () => createClient({ url }).depth("NOPE"),
      () => createClient({ url, token: () => "t", attempts: 1 }).place(order),
      () => createClient({ url: "http://127.0.0.1:1", attempts: 1 }).markets()
    ]
    for (const call of calls) {
      try {
        await call()
        expect.unreachable()
      } catch (error) {
        const { message, name, stack } = error as Error
        const [head, ...lines] = stack!.split("\n")
        expect(head).toBe(`${name}: ${message}`)
        // Node adds a line of its own before the function it resumes.
        expect(lines.find((line) => !line.includes("node:internal"))).toContain("Client.test.ts")
      }
    }
  })

  it("error: without an answer is not sent again, since it has no key", async () => {
    const { seen, url } = await answering(dropped, json(204, undefined))
    const unknown = await createClient({ url })
      .rename("Ann")
      .catch((error: unknown) => error)
    expect(unknown).toBeInstanceOf(Unreachable)
    expect(seen.length).toBe(1)
  })
})

describe("error: a client", () => {
  it("gives up after its attempts", async () => {
    const { seen, url } = await answering(dropped)
    const client = createClient({ url, attempts: 2 })
    expect(await client.markets().catch((error: Error) => error.name)).toBe("Unreachable")
    expect(seen.length).toBe(2)
  })

  it("takes an answer that is not JSON for none", async () => {
    const { url } = await answering((response) => response.end("<html>"))
    expect(
      await createClient({ url, attempts: 1 })
        .markets()
        .catch((error: Error) => error.name)
    ).toBe("Unreachable")
  })

  it("takes a refusal without a problem, as a proxy gives it, for none", async () => {
    const { url } = await answering(json(502, { message: "bad gateway" }))
    const error = await createClient({ url, attempts: 1 })
      .markets()
      .catch((error: unknown) => error)
    expect([(error as Unreachable)._tag, (error as Unreachable).cause]).toEqual([
      "Unreachable",
      "status 502"
    ])
  })

  it("that is closed ends what is under way and sends nothing more", async () => {
    let asked = () => {}
    const arrived = new Promise<void>((resolve) => (asked = resolve))
    const { seen, url } = await answering(() => asked())
    const client = createClient({ url })
    const waiting = client.markets().catch((error: Error) => error.name)
    await arrived
    await client.close()
    expect(await waiting).toBe("Unreachable")
    const after = await client.markets().catch((error: unknown) => error)
    expect(after).toMatchObject({ name: "Problem", code: "Closed", retry: "safe" })
    expect(seen.length).toBe(1)
    server!.closeAllConnections()
  })
})

describe("ExchangeClient", () => {
  it("is the same with effects, whose failures are caught by their tags", async () => {
    const { url } = await answering(
      json(200, { data: [], sequence: 1 }),
      problem(404, "UnknownMarket", "never")
    )
    const program = Effect.gen(function* () {
      const client = yield* ExchangeClient
      const markets = yield* client.markets()
      const code = yield* client.market("X").pipe(
        Effect.map(() => "none"),
        Effect.catchTag("Problem", ({ code }) => Effect.succeed<string>(code))
      )
      return { markets, code }
    })
    expect(await Effect.runPromise(Effect.provide(program, ExchangeClient.layer({ url })))).toEqual(
      {
        markets: { data: [], sequence: 1 },
        code: "UnknownMarket"
      }
    )
  })
})
