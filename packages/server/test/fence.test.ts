/**
 * A bug ends the request or connection whose handling reveals it, with a line in the log, and
 * nothing else: an error that reached the process would fail the whole test run.
 */
import { expect, it } from "@effect/vitest"
import { detailsOf } from "@pandora-exchange/contract/problem"
import { Effect, Exit, Layer, Queue, Redacted, Scope, Stream } from "effect"
import { connect, BlockList } from "node:net"
import { describe, onTestFinished } from "vitest"
import type { Authentication, Principal } from "../src/Authentication.ts"
import type { FeedBatch, FeedService } from "../src/feed/Feed.ts"
import * as HttpServer from "../src/http/HttpServer.ts"
import type { Answer, Route } from "../src/http/Routes.ts"
import * as Logging from "../src/Logging.ts"
import { Gateway } from "../src/ws/Gateway.ts"
import type { Limits } from "../src/ws/Limits.ts"
import { openBare, refusedUpgrade } from "./streaming.ts"

const bug = (): never => {
  throw new Error("made to fail")
}

/** By their tokens. */
const principals: Readonly<Record<string, () => Principal>> = {
  fine: () => principal,
  throws: bug,
  broken: () => ({
    ...principal,
    userId: "usr_broken",
    get accountIds() {
      return bug()
    }
  }),
  // Fine at first.
  turns: () => (turned++ === 0 ? principal : principals["broken"]!())
}
let turned = 0
const principal: Principal = {
  userId: "usr_1",
  name: "Ada",
  accountIds: [101],
  permissions: ["read", "trade"]
}

const identityOf = (
  changes: Authentication["Service"]["changes"] = Stream.never
): Authentication["Service"] => ({
  authenticate: (token) => {
    const found = principals[Redacted.value(token)]!()
    return Effect.succeed(found)
  },
  changes
})

const route = (path: string, parts: Partial<Route>): Route => ({
  method: "GET",
  path,
  segments: path.split("/").slice(1),
  right: "public",
  takesBody: false,
  unanswered: "Overloaded",
  call: () => Effect.succeed({ status: 200, json: "{}" }),
  ...parts
})

const unwritable: Answer = {
  status: 200,
  get json() {
    return bug()
  }
}

let timesAsked = 0

const routes: ReadonlyArray<Route> = [
  route("/fine", {}),
  route("/signedIn", { right: "signedIn" }),
  route("/throws", { call: bug }),
  route("/dies", { call: () => Effect.die("made to fail") }),
  route("/unwritable", { call: () => Effect.succeed(unwritable) }),
  {
    ...route("/body", {}),
    method: "POST",
    // Called when the headers have arrived, and again when the body has.
    get takesBody() {
      return timesAsked++ === 0 || bug()
    }
  }
]

const pages: HttpServer.Options["pages"] = {
  get "/unfound"() {
    return bug()
  },
  "/unreadable": {
    contentType: "text/html",
    get body() {
      return bug()
    }
  },
  "/unnamed": {
    get contentType() {
      return bug()
    },
    body: Effect.succeed("")
  }
}

/** Served for the duration of the test. */
const serving = async <A extends Pick<HttpServer.Options, "upgrade">>(
  make: Effect.Effect<A, never, Scope.Scope>
) => {
  const logged: Array<string> = []
  const scope = Scope.makeUnsafe()
  const { made, port } = await Effect.runPromise(
    Effect.gen(function* () {
      const logging = yield* Layer.build(
        Logging.layer({ logLevel: "Warn" }, (line) => logged.push(line))
      )
      return yield* Effect.gen(function* () {
        const made = yield* make
        const { port } = yield* HttpServer.serve({
          host: "127.0.0.1",
          port: 0,
          origins: [],
          routes,
          pages,
          identity: identityOf(),
          trustedProxies: new BlockList(),
          upgrade: made.upgrade
        })
        return { made, port }
      }).pipe(Effect.provide(logging))
    }).pipe(Effect.provideService(Scope.Scope, scope))
  )
  onTestFinished(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return { made, port, url: `http://127.0.0.1:${port}`, logged }
}

describe("a request", () => {
  const internal = ({ requestId }: { readonly requestId: string }) =>
    detailsOf("Internal", requestId)
  const http = () => serving(Effect.succeed({ upgrade: bug }))

  it.each([
    ["GET", "/throws", {}],
    ["GET", "/dies", {}],
    ["GET", "/unwritable", {}],
    ["POST", "/body", {}],
    ["GET", "/unfound", {}],
    ["GET", "/unreadable", {}],
    ["GET", "/unnamed", {}],
    ["GET", "/signedIn", { headers: { authorization: "Bearer throws" } }]
  ])("error: %s %s is answered with 500 and logged, and the next one is served", async (...of) => {
    const [method, path, more] = of
    const { logged, url } = await http()
    const response = await fetch(url + path, { method, ...more })
    const problem = (await response.json()) as { readonly requestId: string }
    expect([response.status, problem]).toEqual([500, internal(problem)])
    expect(logged).toHaveLength(1)
    for (const part of ["made to fail", problem.requestId, path]) expect(logged[0]).toContain(part)
    expect((await fetch(`${url}/fine`)).status).toBe(200)
  })

  it("error: what arrived in the same turn as the one with the bug is answered", async () => {
    const { port } = await http()
    const socket = connect(port, "127.0.0.1")
    const ended = new Promise<string>((resolve) => {
      let got = ""
      socket.on("data", (data) => (got += data.toString()))
      socket.on("close", () => resolve(got))
    })
    const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`
    socket.write(get("/throws") + get("/unwritable") + get("/fine", "connection: close\r\n"))
    expect((await ended).match(/HTTP\/1.1 \d+/g)).toEqual([
      "HTTP/1.1 500",
      "HTTP/1.1 500",
      "HTTP/1.1 200"
    ])
  })

  it("error: an upgrade is refused with 500", async () => {
    const { logged, url } = await http()
    expect(await refusedUpgrade(url, {})).toEqual({ status: 500, code: "Internal" })
    expect(logged).toHaveLength(1)
  })
})

describe("a connection", () => {
  const level = ["1", "1"]
  const depth = { market: "A-B", first: 2, last: 2, bids: new Set([1]), asks: new Set<number>() }
  const batch: FeedBatch = {
    sequence: 2,
    depth: [depth],
    trades: [],
    orders: new Set(),
    balances: new Map()
  }
  const changed: FeedBatch = { ...batch, depth: [], balances: new Map([[101, new Set([1])]]) }

  /** A stream whose book of `A-B` and whose balances are as given. */
  const stream = async (
    parts: {
      readonly levelsAt?: () => ReadonlyArray<unknown>
      readonly balancesOf?: () => ReadonlyArray<unknown>
      readonly changes?: Authentication["Service"]["changes"]
      readonly limits?: Partial<Limits>
      /** After a snapshot of the book was written, before anything has been sent. */
      readonly afterSnapshot?: (tell: (batch: FeedBatch) => void) => void
      readonly journal?: () => string
    } = {}
  ) => {
    let tell: (batch: FeedBatch) => void = bug
    const book = {
      depthSequence: 1,
      levelsAt: parts.levelsAt ?? (() => [level]),
      snapshot: () => {
        process.nextTick(() => parts.afterSnapshot?.(tell))
        return { bids: Array.from({ length: 10_000 }, () => level), asks: [] }
      }
    }
    const feed = {
      directory: { find: (market: string) => (market === "A-B" ? {} : undefined) },
      books: { find: () => book },
      balances: { balancesOf: parts.balancesOf ?? (() => []) },
      orders: { openOf: () => [] },
      position: () => 1,
      listen: (listener: typeof tell) => {
        tell = listener
        return () => {}
      }
    } as unknown as FeedService
    const served = await serving(
      Gateway.make({
        rows: new Map(),
        feed,
        journal: parts.journal ?? (() => "j"),
        identity: identityOf(parts.changes),
        origins: [],
        trustedProxies: new BlockList(),
        caughtUp: Effect.void,
        limits: parts.limits ?? {}
      })
    )
    const as = (token: string) => openBare(served.url, { authorization: `Bearer ${token}` })
    return { ...served, as, tell: (batch: FeedBatch) => tell(batch) }
  }
  const follow = (channel: string) => ({ op: "subscribe", channel, market: "A-B" })
  const ended = { code: 1011, reason: "internal error" }

  it("error: whose bearer cannot be found out is refused with 500", async () => {
    const { logged, url } = await stream()
    const headers = { authorization: "Bearer throws" }
    expect(await refusedUpgrade(url, headers)).toEqual({ status: 500, code: "Internal" })
    expect(logged).toHaveLength(1)
  })

  it("error: ends with 1011 where it cannot be greeted", async () => {
    const { as, logged } = await stream()
    const other = await as("fine")
    expect(await (await as("broken")).closed).toEqual(ended)
    expect(logged).toHaveLength(1)
    expect(await other.ask(follow("depth"))).toMatchObject({ type: "answer" })
    other.socket.close()
  })

  it("error: a message with a bug in it has a problem, and ends its connection only", async () => {
    const { as, logged } = await stream({ balancesOf: bug })
    const [broken, other] = [await as("fine"), await as("fine")]
    broken.send({ id: "1", op: "subscribe", channel: "account" })
    expect(await broken.next(({ type }) => type === "problem")).toMatchObject({
      problem: { code: "Internal" }
    })
    expect(await broken.closed).toEqual(ended)
    expect(logged).toHaveLength(1)
    expect(await other.ask(follow("depth"))).toMatchObject({ type: "answer" })
    other.socket.close()
  })

  it("error: signing in where the users have a bug is a problem, and one that cannot be told ends it", async () => {
    const { as, logged } = await stream()
    const { ask, closed } = await as("fine")
    const signIn = (token: string) => ask({ op: "authenticate", token })
    expect(await signIn("throws")).toMatchObject({ problem: { code: "Internal" } })
    expect(await signIn("fine")).toMatchObject({ type: "answer" })
    expect(await signIn("broken")).toMatchObject({ problem: { code: "Internal" } })
    expect(await closed).toEqual(ended)
    expect(logged).toHaveLength(2)
  })

  it("error: asking about its token again ends it alone where that has a bug", async () => {
    const changes = await Effect.runPromise(Queue.unbounded<ReadonlySet<string> | "everybody">())
    const { as, logged } = await stream({ changes: Stream.fromQueue(changes) })
    const [one, other] = [await as("fine"), await as("turns")]
    Queue.offerUnsafe(changes, "everybody")
    expect(await other.closed).toEqual(ended)
    expect(logged).toHaveLength(1)
    expect(await one.ask(follow("depth"))).toMatchObject({ type: "answer" })
    one.socket.close()
  })

  it("error: what cannot be told ends all who follow it, and nobody else", async () => {
    let isBroken = false
    const { as, logged, tell } = await stream({
      balancesOf: () => (isBroken ? bug() : []),
      levelsAt: () => [level]
    })
    const [one, two, other] = [await as("fine"), await as("fine"), await as("fine")]
    for (const { ask } of [one, two]) await ask({ op: "subscribe", channel: "account" })
    await other.ask(follow("depth"))
    isBroken = true
    tell({ ...changed, depth: [depth] })
    expect([await one.closed, await two.closed]).toEqual([ended, ended])
    expect(logged).toHaveLength(1)
    expect(await other.next(({ type }) => type === "depth")).toMatchObject({ first: 2, last: 2 })
    other.socket.close()
  })

  it("error: a change of a book that was held back and cannot be told ends who it was for", async () => {
    const { as, logged } = await stream({
      limits: { mergeBytes: -1 },
      afterSnapshot: (tell) => tell({ ...batch, depth: [{ ...depth, bids: new Set([7]) }] }),
      levelsAt: (() => {
        let asked = 0
        // Called for the frame, for bids and for asks; the third time is when merged changes are
        // sent.
        return () => (asked++ < 2 ? [level] : bug())
      })()
    })
    const { closed, send } = await as("fine")
    send({ id: "1", ...follow("depth") })
    expect(await closed).toEqual(ended)
    expect(logged).toHaveLength(1)
  })
})
