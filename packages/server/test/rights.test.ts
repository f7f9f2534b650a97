/** What becomes of open connections when rights change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@effect/vitest"
import { Effect, Queue, Redacted, Stream } from "effect"
import { Identity, type Principal, Unauthenticated } from "../src/Identity.ts"
import { asking, type InProcess, startHere } from "./support.ts"
import { openBare } from "./streaming.ts"

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const order = { market: "BTC-USDT", side: "buy", price: "1000", quantity: "0.01" }

describe("with a host's own users", () => {
  let server: InProcess
  let account: number
  /** By token. */
  let principals: Map<string, Principal>
  const asked: Array<string> = []
  const atOnce = async () => {}
  let whileAsked: () => Promise<void> = atOnce
  const nextAsked = () =>
    new Promise<void>((resolve) => {
      whileAsked = async () => {
        whileAsked = atOnce
        resolve()
      }
    })
  const changes = Effect.runSync(Queue.unbounded<ReadonlySet<string> | "everybody">())
  const tell = (changed: ReadonlySet<string> | "everybody") => Queue.offerUnsafe(changes, changed)

  const identity = Identity.of({
    authenticate: (token) =>
      Effect.gen(function* () {
        asked.push(Redacted.value(token))
        const found = principals.get(Redacted.value(token))
        yield* Effect.promise(whileAsked)
        return found ?? (yield* new Unauthenticated())
      }),
    changes: Stream.fromQueue(changes)
  })

  beforeAll(async () => {
    server = await startHere({}, { identity })
    account = (await Effect.runPromise(server.exchange.openAccount({ reference: "host:ann" }))).account
    await Effect.runPromise(server.exchange.credit({ account, asset: "USDT", amount: "1000" }))
  })
  afterAll(() => server.close())
  beforeEach(() => {
    const ann: Principal = { id: "ann", name: "Ann", accountIds: [account], permissions: ["read", "trade"] }
    principals = new Map([
      ["ann", ann],
      ["ann-again", ann],
      ["bob", { id: "bob", name: "Bob", accountIds: [], permissions: ["read"] }]
    ])
    asked.length = 0
  })

  const follower = async (token: string) => {
    const bare = await openBare(server.url, bearer(token))
    expect((await bare.ask({ op: "subscribe", channel: "account" })).type).toBe("answer")
    return bare
  }

  it("there are no demo users, and nobody has other rights than the host says", async () => {
    expect(server.accounts).toEqual([])
    const ask = asking(server.url)
    expect((await ask("GET", "/v1/me", { token: "bob" })).body).toEqual({
      name: "Bob",
      accounts: [],
      permissions: ["read"]
    })
    expect((await ask("POST", "/v1/orders", { token: "bob", body: order })).body.code).toBe("NotPermitted")
    expect((await ask("GET", "/v1/balances", { token: "bob" })).body.code).toBe("UnknownAccount")
    expect((await ask("GET", "/v1/me", { token: "other" })).status).toBe(401)
  })

  it("error: a token that is no longer valid ends its connections, and nobody else is asked", async () => {
    const [ann, also, bob, nobody] = await Promise.all([
      follower("ann"),
      follower("ann-again"),
      openBare(server.url, bearer("bob")),
      openBare(server.url)
    ])
    asked.length = 0
    principals.delete("ann")
    tell(new Set(["ann", "somebody"]))
    expect(await ann.closed).toEqual({ code: 4401, reason: "the token is no longer valid" })
    expect((await also.ask({ op: "place", order })).type).toBe("answer")
    expect((await bob.ask({ op: "subscribe", channel: "trades", market: "BTC-USDT" })).type).toBe("answer")
    expect(asked.sort()).toEqual(["ann", "ann-again"])
    for (const { socket } of [also, bob, nobody]) socket.close()
  })

  it("error: who may no longer trade goes on following, and is refused", async () => {
    const ann = await follower("ann")
    principals.set("ann", { ...principals.get("ann")!, permissions: ["read"] })
    const again = nextAsked()
    tell(new Set(["ann"]))
    await again
    expect((await ann.ask({ op: "place", order })).problem.code).toBe("NotPermitted")
    ann.socket.close()
  })

  it("error: who may no longer read is told, and ended", async () => {
    const ann = await follower("ann")
    principals.set("ann", { ...principals.get("ann")!, permissions: ["trade"] })
    tell("everybody")
    expect(await ann.closed).toEqual({ code: 4401, reason: "the right to what was followed has ended" })
  })

  it("error: a change that comes while somebody is being recognised is not overlooked", async () => {
    whileAsked = async () => {
      whileAsked = atOnce
      principals.set("ann", { ...principals.get("ann")!, permissions: ["read"] })
      tell(new Set(["ann"]))
      // Behind whoever reads the changes.
      await new Promise(setImmediate)
    }
    const ann = await openBare(server.url, bearer("ann"))
    expect(asked).toEqual(["ann", "ann"])
    expect((await ann.ask({ op: "place", order })).problem.code).toBe("NotPermitted")
    ann.socket.close()
  })

  it("the same user with a newer token goes on following; another does not", async () => {
    const ann = await follower("ann")
    expect((await ann.ask({ op: "authenticate", token: "ann-again" })).type).toBe("answer")
    await ann.ask({ op: "place", order })
    expect(await ann.next(({ type }) => type === "account")).toMatchObject({ account: `acc_${account}` })
    // The first token ends, and the connection is not the first token's any more.
    principals.delete("ann")
    tell(new Set(["ann"]))
    expect((await ann.ask({ op: "authenticate", token: "bob" })).type).toBe("answer")
    expect((await ann.ask({ op: "unsubscribe", channel: "account", account: `acc_${account}` })).problem.code).toBe(
      "UnknownAccount"
    )
    ann.socket.close()
  })
})
