/** A server whose host has its own users: they trade, and routes about users do not exist. */
import { openStream } from "@pandora-exchange/client"
import { offered } from "@pandora-exchange/contract/api"
import { afterAll, beforeAll, expect, it } from "@effect/vitest"
import { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Effect, Queue, Redacted, Stream } from "effect"
import { type Principal, Unauthenticated } from "../src/Authentication.ts"
import { asking, type InProcess, startHere } from "./support.ts"

const known = new Map<string, Principal>()
/** How many times authentication is unavailable. */
let unavailable = 0
const changes = Effect.runSync(Queue.unbounded<ReadonlySet<string>>())

let server: InProcess
let ask: ReturnType<typeof asking>
beforeAll(async () => {
  server = await startHere(
    { demo: false },
    {
      identity: {
        authenticate: (token) =>
          Effect.suspend((): Effect.Effect<Principal, Unauthenticated | IdentityUnavailable> => {
            if (unavailable > 0) {
              unavailable--
              return Effect.fail(new IdentityUnavailable({ cause: "the store is away" }))
            }
            const principal = known.get(Redacted.value(token))
            return principal === undefined
              ? Effect.fail(new Unauthenticated())
              : Effect.succeed(principal)
          }),
        changes: Stream.fromQueue(changes)
      }
    }
  )
  ask = asking(server.url)
  const { account } = await Effect.runPromise(
    server.exchange.openAccount({ reference: "host:ann" })
  )
  const ann: Principal = {
    userId: "ann",
    name: "Ann",
    accountIds: [account],
    permissions: ["read", "trade", "self"]
  }
  known.set("first", ann).set("second", ann)
})
afterAll(() => server.close())

it("error: none of the routes about users is there, for those who are signed in and those who are not", async () => {
  const others = new Set(offered({ users: false }))
  const about = offered({ users: true }).filter((operation) => !others.has(operation))
  const paths = about.flatMap(({ rest }) => (rest === undefined ? [] : [rest]))
  expect(paths.length).toBe(36)
  for (const { method, path } of paths) {
    for (const token of [undefined, "first"]) {
      const { body, status } = await ask(method, path.replace(/:\w+/, "x"), { token })
      expect([path, status, body.code]).toEqual([path, 404, "NotFound"])
    }
  }
  const document = (await ask("GET", "/openapi.json")).body
  expect(
    Object.keys(document.paths).filter((path) => /user|session|registr|reset|admin|jwks/.test(path))
  ).toEqual([])
})

it("the others are there for the host's users", async () => {
  expect((await ask("GET", "/v1/me", { token: "first" })).body).toMatchObject({
    name: "Ann",
    accounts: ["acc_1000"]
  })
  expect((await ask("GET", "/v1/balances", { token: "first" })).body.data).toEqual([])
})

it("a stream whose token ends asks for the next one, and goes on where it was", async () => {
  const tokens = ["first", "second"]
  const asked: Array<string> = []
  const seen: Array<string> = []
  const statuses: Array<string> = []
  let look = () => {}
  const stream = openStream({
    url: server.url,
    token: async () => {
      const token = tokens.shift() ?? "none"
      asked.push(token)
      return token
    },
    onStatus: (status, code) => statuses.push(code === undefined ? status : `${status} ${code}`)
  })
  stream.account((message) => {
    seen.push(message.type)
    look()
  })
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => seen.length >= count && resolve()
      look()
    })
  await until(1)
  known.delete("first")
  Queue.offerUnsafe(changes, new Set(["ann"]))
  await Effect.runPromise(server.exchange.listAsset({ symbol: "EUR" }))
  await Effect.runPromise(server.exchange.credit({ account: 1000, asset: "EUR", amount: "5" }))
  await until(2)
  expect(seen).toEqual(["accountSnapshot", "account"])
  expect(asked).toEqual(["first", "second"])
  expect(statuses).toEqual(["connected", "disconnected 4401", "connected"])
  stream.close()
})

it("a stream that cannot be told who it is comes again, and then follows what it was asked to", async () => {
  const statuses: Array<string> = []
  unavailable = 2
  const stream = openStream({
    url: server.url,
    token: "second",
    onStatus: (status) => statuses.push(status)
  })
  const [first] = await new Promise<ReadonlyArray<string>>((resolve) => {
    stream.account((message) => resolve([message.type]))
  })
  expect(first).toBe("accountSnapshot")
  expect(unavailable).toBe(0)
  expect(statuses).toEqual(["connected", "disconnected", "connected", "disconnected", "connected"])
  stream.close()
})
