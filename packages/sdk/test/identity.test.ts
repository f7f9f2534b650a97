import { assert, describe, it } from "@effect/vitest"
import { MemoryJournal } from "@pandora-exchange/adapters-file"
import { Effect, Layer } from "effect"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { afterAll, beforeAll } from "vitest"
import { createExchange, Exchange, type ExchangeOptions, reveal, secret } from "../src/index.ts"
import { errorOf, listed } from "./support.ts"
import { caller, joined, password, settings } from "./support/identity.ts"

const order = { market: "BTC-USDT", side: "buy", price: "1", quantity: "1" } as const

const opened = (more: ExchangeOptions = {}) =>
  createExchange({ ...listed, ...more, identity: settings })

let exchange: Awaited<ReturnType<typeof opened>>
beforeAll(async () => {
  exchange = await opened()
})
afterAll(() => exchange.close())

describe("users of identity", () => {
  it("trade with an access token; each call asks for the session and its rights", async () => {
    const [ann, bob] = [await joined(exchange, "ann"), await joined(exchange, "bob")]
    const annTrades = await exchange.as(ann.access.token)
    const bobTrades = await exchange.as(reveal(bob.access.token))
    assert.notStrictEqual(annTrades.account, bobTrades.account)
    await exchange.credit({ account: annTrades.account, asset: "USDT", amount: "10" })
    const placed = await annTrades.place(order)
    assert.strictEqual(
      (await errorOf(bobTrades.cancel({ order: placed.order }))).code,
      "UnknownOrder"
    )
    assert.deepStrictEqual(await bobTrades.balances(), [])
    assert.strictEqual(
      (await errorOf(annTrades.place({ ...order, account: bobTrades.account } as never))).code,
      "UnknownField"
    )

    const principal = await exchange.identity.sessions.authenticate(ann.access.token)
    const savings = await exchange.identity.users.addSubAccount(principal, "Savings")
    assert.strictEqual(
      (await exchange.as(ann.access.token, savings.accountId)).account,
      savings.accountId
    )
    const others = await errorOf(exchange.as(bob.access.token, savings.accountId))
    assert.deepInclude({ ...others }, { code: "UnknownAccount", details: { field: "account" } })

    await exchange.identity.sessions.revoke(principal, principal.sessionId)
    const calls = [
      () => annTrades.balances(),
      () => annTrades.place(order),
      () => exchange.as(ann.access.token)
    ]
    for (const call of calls) {
      assert.deepInclude({ ...(await errorOf(call())) }, { code: "TokenRefused", retry: "never" })
    }
  })

  it("error: who is frozen looks and places nothing, and staff have no account to be", async () => {
    const { identity } = exchange
    const { access } = await joined(exchange, "cat")
    const trader = await exchange.as(access.token)
    await identity.users.create({
      email: "sam@example.com",
      name: "Sam",
      password,
      roles: ["support"]
    })
    const sam = await identity.sessions.signIn({ email: "sam@example.com", password, caller })
    const error = await errorOf(exchange.as(sam.access.token))
    assert.deepInclude({ ...error }, { code: "PermissionMissing", details: { permission: "read" } })
    const { userId } = await identity.sessions.authenticate(access.token)
    const officer = { userId: "usr_officer", permissions: ["users:freeze"] } as never
    await identity.administration.setFrozen(officer, userId, true)
    assert.deepStrictEqual(await trader.balances(), [])
    assert.deepInclude(
      { ...(await errorOf(trader.place(order))) },
      {
        code: "PermissionMissing",
        details: { permission: "trade" }
      }
    )
  })

  it("error: refusals have the codes of what is wrong, and show no secret", async () => {
    const { identity } = exchange
    const { refresh } = await joined(exchange, "dora")
    const weak = {
      email: "bob@example.com",
      name: "Bob",
      password: secret("canary"),
      roles: ["user"]
    } as const
    const calls = [
      [() => identity.users.create(weak), "PasswordTooShort", "never"],
      [
        () => identity.users.create({ ...weak, password, email: "no address" }),
        "MalformedEmail",
        "never"
      ],
      [
        () => identity.users.create({ ...weak, password, email: "dora@example.com" }),
        "EmailTaken",
        "never"
      ],
      [
        () =>
          identity.sessions.signIn({
            email: "dora@example.com",
            password: secret("canary canary canary"),
            caller
          }),
        "SignInRefused",
        "never"
      ],
      [() => exchange.as("canary"), "TokenRefused", "never"],
      [() => exchange.as(refresh), "TokenRefused", "never"]
    ] as const
    for (const [call, code, retry] of calls) {
      const error = await errorOf(call())
      assert.deepInclude({ ...error }, { code, retry })
      assert.notInclude(inspect(error, { depth: 9 }), "canary")
    }
    const [entry] = await identity.audit.read({ after: 0, limit: 1 })
    assert.strictEqual(entry?.kind, "registered")
    assert.strictEqual((await identity.accessTokens.keySet()).keys.length, 1)
  })

  it("who has signed out is told to whoever listens", async () => {
    const { access, sessionId } = await joined(exchange, "finn")
    const { sessions } = exchange.identity
    const principal = await sessions.authenticate(access.token)
    const isTold = async () => {
      for await (const changed of sessions.changed()) {
        if (changed !== "everybody" && changed.has(principal.userId)) return true
      }
      return false
    }
    const told = isTold()
    await sessions.revoke(principal, sessionId)
    assert.isTrue(await told)
  })

  it("are kept in the folder of the exchange", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pandora-identity-"))
    const before = await opened({ storage: { folder } })
    const { access } = await joined(before, "ann")
    const { account } = await before.as(access.token)
    await before.close()
    await using after = await opened({ storage: { folder } })
    assert.strictEqual((await after.as(access.token)).account, account)
    const principal = await after.identity.sessions.authenticate(access.token)
    await after.credit({ account, asset: "USDT", amount: "1" })
    assert.strictEqual(
      (await errorOf(after.identity.users.close(principal, caller))).code,
      "FundsLeft"
    )
    await after.reverse({ account, asset: "USDT", amount: "1" })
    await after.identity.users.close(principal, caller)
  })

  it.effect("the same as an Effect", () =>
    Effect.gen(function* () {
      const { as, identity } = yield* Exchange
      yield* identity!.users.create({
        email: "ann@example.com",
        name: "Ann",
        password,
        roles: ["user"]
      })
      const { access } = yield* identity!.sessions.signIn({
        email: "ann@example.com",
        password,
        caller
      })
      const { balances } = yield* as(access.token)
      assert.deepStrictEqual(yield* balances(), [])
      assert.strictEqual((yield* Effect.flip(as("no token")))._tag, "TokenRefused")
    }).pipe(Effect.provide(Exchange.layer({ ...listed, identity: settings })))
  )

  it.each([
    ["no object", { identity: "ann" }, "NotAnObject", "identity"],
    [
      "a misspelt setting",
      { identity: { ...settings, isuer: "x" } },
      "UnknownField",
      "identity.isuer"
    ],
    [
      "no name",
      { identity: { ...settings, name: undefined } },
      "IdentityIncomplete",
      "identity.name"
    ],
    [
      "an issuer that is no text",
      { identity: { ...settings, issuer: 7 } },
      "IdentityIncomplete",
      "identity.issuer"
    ],
    [
      "no keys",
      { identity: { ...settings, secretKeys: [] } },
      "IdentityIncomplete",
      "identity.secretKeys"
    ],
    [
      "a journal of one's own and no store",
      { identity: settings, storage: { journal: MemoryJournal.layer } },
      "IdentityStoreMissing",
      "identity.store"
    ]
  ])("error: %s", async (_, options, code, field) => {
    const error = await errorOf(createExchange(options as never))
    assert.deepInclude({ ...error }, { code, retry: "never", details: { field } })
  })

  it("error: a site without https and a weak key are refused in a sentence", async () => {
    const keys = [{ id: "k", key: secret(new Uint8Array(32)) }] as const
    for (const [wrong, text] of [
      [{ site: "http://example.com" }, "site must start with https://"],
      [{ secretKeys: keys }, "openssl rand"]
    ] as const) {
      const error = await errorOf(createExchange({ identity: { ...settings, ...wrong } }))
      assert.strictEqual(error.code, "SettingsWrong")
      assert.include(error.message, text)
    }
  })

  it("a journal of one's own goes with a store of one's own", async () => {
    const { EmbeddedDatabase, PgIdentityStore } = await import("@pandora-exchange/adapters-pg")
    const store = Layer.provide(PgIdentityStore.layer(), EmbeddedDatabase.layer())
    await using exchange = await createExchange({
      storage: { journal: MemoryJournal.layer },
      identity: { ...settings, store }
    })
    const { access } = await joined(exchange, "ann")
    assert.isAbove((await exchange.as(access.token)).account, 0)
  })
})
