/** What happens to open connections when permissions change. */
import type { Role } from "@pandora-exchange/core/IdentityRecords"
import { IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { Users } from "@pandora-exchange/identity/Users"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@effect/vitest"
import { Context, Effect, Queue, Redacted, Stream } from "effect"
import { randomBytes } from "node:crypto"
import { generateSync } from "otplib"
import * as Postgres from "../../adapters-pg/test/support/Postgres.ts"
import { Authentication, type Principal, Unauthenticated } from "../src/Authentication.ts"
import { asking, type InProcess, startHere } from "./support.ts"
import { openBare, refusedUpgrade } from "./streaming.ts"

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const order = { market: "BTC-USDT", side: "buy", price: "1000", quantity: "0.01" }

describe("with a host's own users", () => {
  let server: InProcess
  let account: number
  /** By token. */
  let principals: Map<string, Principal>
  const asked: Array<string> = []
  const atOnce = async (): Promise<IdentityUnavailable | undefined> => undefined
  let whileAsked = atOnce
  const nextAsked = () =>
    new Promise<void>((resolve) => {
      whileAsked = async () => {
        whileAsked = atOnce
        resolve()
        return undefined
      }
    })
  const changes = Effect.runSync(Queue.unbounded<ReadonlySet<string> | "everybody">())
  const tell = (changed: ReadonlySet<string> | "everybody") => Queue.offerUnsafe(changes, changed)

  const identity = Authentication.of({
    authenticate: (token) =>
      Effect.gen(function* () {
        asked.push(Redacted.value(token))
        const found = principals.get(Redacted.value(token))
        const unavailable = yield* Effect.promise(whileAsked)
        if (unavailable !== undefined) return yield* unavailable
        return found ?? (yield* new Unauthenticated())
      }),
    changes: Stream.fromQueue(changes)
  })

  beforeAll(async () => {
    server = await startHere({}, { identity })
    account = (await Effect.runPromise(server.exchange.openAccount({ reference: "host:ann" })))
      .account
    await Effect.runPromise(server.exchange.credit({ account, asset: "USDT", amount: "1000" }))
  })
  afterAll(() => server.close())
  beforeEach(() => {
    const ann: Principal = {
      userId: "ann",
      name: "Ann",
      accountIds: [account],
      permissions: ["read", "trade"]
    }
    principals = new Map([
      ["ann", ann],
      ["ann-again", ann],
      ["bob", { userId: "bob", name: "Bob", accountIds: [], permissions: ["read"] }]
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
    expect((await ask("POST", "/v1/orders", { token: "bob", body: order })).body.code).toBe(
      "NotPermitted"
    )
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
    expect((await bob.ask({ op: "subscribe", channel: "trades", market: "BTC-USDT" })).type).toBe(
      "answer"
    )
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
    expect(await ann.closed).toEqual({
      code: 4401,
      reason: "the right to what was followed has ended"
    })
  })

  it("error: who cannot be recognised at the moment is ended, and told to come again", async () => {
    const ann = await follower("ann")
    whileAsked = () => Promise.resolve(new IdentityUnavailable({ cause: "no answer" }))
    tell(new Set(["ann"]))
    expect(await ann.closed).toEqual({
      code: 1013,
      reason: "your identity cannot be verified right now: connect again"
    })
    expect(await refusedUpgrade(server.url, bearer("ann"))).toEqual({
      status: 503,
      code: "IdentityUnavailable"
    })
    whileAsked = atOnce
  })

  it("error: a change that comes while somebody is being recognised is not overlooked", async () => {
    whileAsked = async () => {
      whileAsked = atOnce
      principals.set("ann", { ...principals.get("ann")!, permissions: ["read"] })
      tell(new Set(["ann"]))
      // Runs after the reader of the changes.
      await new Promise(setImmediate)
      return undefined
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
    expect(await ann.next(({ type }) => type === "account")).toMatchObject({
      account: `acc_${account}`
    })
    // The first token ends, and the connection no longer uses it.
    principals.delete("ann")
    tell(new Set(["ann"]))
    expect((await ann.ask({ op: "authenticate", token: "bob" })).type).toBe("answer")
    expect(
      (await ann.ask({ op: "unsubscribe", channel: "account", account: `acc_${account}` })).problem
        .code
    ).toBe("UnknownAccount")
    ann.socket.close()
  })
})

describe("with users of the exchange", () => {
  const password = "umbrella stapler 42 kiwi"
  /** Only what changed is checked again. */
  const limits = { authenticateAgainMs: 600_000 }

  /** A user whom the operator makes, and who signs in. */
  const person = async (server: InProcess, name: string, roles: ReadonlyArray<Role> = ["user"]) => {
    const email = `${name}@pandora.example`
    const users = Context.get(server.users!, Users)
    await Effect.runPromise(users.create({ email, name, roles, password: Redacted.make(password) }))
    return { email, signIn: () => signIn(server, email) }
  }

  const signIn = async ({ url }: InProcess, email: string, proof?: object) => {
    const { body, status } = await asking(url)("POST", "/v1/sessions", {
      body: { email, password, proof }
    })
    expect(status).toBe(201)
    return { session: body.session as string, token: body.accessToken as string }
  }

  const follower = async ({ url }: InProcess, token: string) => {
    const bare = await openBare(url, bearer(token))
    expect((await bare.ask({ op: "subscribe", channel: "account" })).type).toBe("answer")
    return bare
  }

  describe("in one process", () => {
    let server: InProcess
    let ask: ReturnType<typeof asking>

    beforeAll(async () => {
      server = await startHere({}, { limits })
      ask = asking(server.url)
    })
    afterAll(() => server.close())

    it("error: signing out ends the streams of that session, and of no other", async () => {
      const ann = await person(server, "ann")
      const [here, there] = [await ann.signIn(), await ann.signIn()]
      const [ends, stays] = [
        await follower(server, here.token),
        await follower(server, there.token)
      ]
      expect(
        (await ask("DELETE", `/v1/sessions/${here.session}`, { token: here.token })).status
      ).toBe(204)
      expect(await ends.closed).toEqual({ code: 4401, reason: "the token is no longer valid" })
      expect((await stays.ask({ op: "cancelAll" })).type).toBe("answer")
      stays.socket.close()
    })

    it("error: a new password and a new factor end the streams of other sessions", async () => {
      const bob = await person(server, "bob")
      const [here, there] = [await bob.signIn(), await bob.signIn()]
      const [stays, ends] = [
        await follower(server, here.token),
        await follower(server, there.token)
      ]
      const body = { current: password, next: "giraffe tuesday copper hat" }
      expect((await ask("POST", "/v1/user/password", { token: here.token, body })).status).toBe(204)
      expect(await ends.closed).toEqual({ code: 4401, reason: "the token is no longer valid" })
      expect((await stays.ask({ op: "cancelAll" })).type).toBe("answer")
      stays.socket.close()

      const carl = await person(server, "carl")
      const [own, other] = [await carl.signIn(), await carl.signIn()]
      const ended = await follower(server, other.token)
      await addTotp(ask, own.token)
      expect(await ended.closed).toEqual({ code: 4401, reason: "the token is no longer valid" })
    })

    it("error: who is frozen goes on following, and moves nothing more", async () => {
      const dora = await person(server, "dora")
      const { token } = await dora.signIn()
      const bare = await follower(server, token)
      const compliance = await person(server, "claude", ["compliance"])
      const { recoveryCodes } = await addTotp(ask, (await compliance.signIn()).token)
      const staff = await signIn(server, compliance.email, {
        kind: "recoveryCode",
        code: recoveryCodes[0]
      })
      const { user } = (await ask("GET", "/v1/user", { token })).body
      expect(
        (await ask("POST", `/v1/admin/users/${user}/freeze`, { token: staff.token })).status
      ).toBe(200)
      expect((await ask("POST", "/v1/orders", { token, body: order })).body.code).toBe(
        "NotPermitted"
      )
      // The connection learns of it a moment later.
      let answered: any
      do answered = await bare.ask({ op: "cancelAll" })
      while (answered.type === "answer")
      expect(answered.problem.code).toBe("NotPermitted")
      expect((await bare.ask({ op: "unsubscribe", channel: "account" })).type).toBe("answer")
      bare.socket.close()
    })
  })

  it.skipIf(!Postgres.available)(
    "error: a session that another node ends, ends its streams here",
    async () => {
      const database = Redacted.make(await Effect.runPromise(Postgres.emptyDatabase))
      const secretKeys = [
        { id: "k1", key: Redacted.make(new Uint8Array(randomBytes(32))) }
      ] as const
      const here = await startHere({ database, secretKeys, demo: false }, { limits })
      const there = await startHere({ database, secretKeys, demo: false }, { limits })
      const ann = await person(there, "ann")
      const { session, token } = await ann.signIn()
      const bare = await follower(here, token)
      expect((await asking(there.url)("DELETE", `/v1/sessions/${session}`, { token })).status).toBe(
        204
      )
      expect(await bare.closed).toEqual({ code: 4401, reason: "the token is no longer valid" })
      expect((await asking(here.url)("GET", "/v1/me", { token })).status).toBe(401)
      await there.close()
      await here.close()
    }
  )
})

/** Adds an authenticator app. */
const addTotp = async (ask: ReturnType<typeof asking>, token: string) => {
  const { secret } = (await ask("POST", "/v1/user/factors/totp", { token })).body
  const body = { code: generateSync({ secret }) }
  const confirmed = await ask("POST", "/v1/user/factors/totp/confirm", { token, body })
  expect(confirmed.status).toBe(200)
  return confirmed.body as { readonly recoveryCodes: ReadonlyArray<string> }
}
