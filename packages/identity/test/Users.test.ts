import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { TestClock } from "effect/testing"
import { freshMs } from "../src/Principal.ts"
import {
  home,
  join,
  otherPassword,
  password,
  person,
  refusal,
  signIn,
  staff,
  startTime,
  tokenIn,
  world
} from "./support/exchange.ts"

describe("Users", () => {
  it.effect("an account is opened by whoever holds the link that was sent, once", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* here.users.register("Ann@Example.com", home)
      const message = yield* here.mail
      assert.deepStrictEqual([message.to, message.kind], ["ann@example.com", "verification"])
      const request = { token: tokenIn(message), password, name: "Ann", caller: home }
      const results = yield* Effect.all(
        Array.from({ length: 5 }, () => Effect.result(here.users.verify(request))),
        { concurrency: "unbounded" }
      )
      const made = results.filter(Result.isSuccess)
      assert.strictEqual(made.length, 1)
      for (const result of results)
        if (Result.isFailure(result)) assert.strictEqual(result.failure._tag, "LinkRefused")
      const {
        passwordHash: _,
        subjectKey: __,
        ...user
      } = (yield* here.store.userByEmail("ann@example.com"))!
      assert.deepStrictEqual(user, {
        userId: made[0]!.success,
        version: 1,
        email: "ann@example.com",
        name: "Ann",
        status: "active",
        kyc: "none",
        roles: ["user"],
        accounts: user.accounts,
        passwordStandsAlone: true,
        credentials: 1,
        totp: null,
        recoveryCodes: [],
        passkeys: [],
        challenge: null,
        createdAt: startTime
      })
      assert.strictEqual(user.accounts.length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("error: links that are changed, old, or for something else are refused", () =>
    Effect.gen(function* () {
      const here = yield* world()
      yield* here.users.register("ann@example.com", home)
      const token = tokenIn(yield* here.mail)
      const verify = (token: Redacted.Redacted) =>
        refusal(here.users.verify({ token, password, name: "Ann", caller: home }))
      const text = Redacted.value(token)
      for (const other of [
        "",
        "k1",
        `${text}x`,
        text.replace("k1.", "k2."),
        text.slice(0, -4),
        "k1.a.b.c",
        "x".repeat(1e5)
      ]) {
        assert.strictEqual(yield* verify(Redacted.make(other)), "LinkRefused")
      }
      const reset = here.users.resetPassword({ token, password, caller: home })
      assert.strictEqual(yield* refusal(reset), "LinkRefused")
      yield* TestClock.adjust("1 day")
      assert.strictEqual(yield* verify(token), "LinkRefused")
    }).pipe(Effect.scoped)
  )

  it.effect("registering an address that has an account says the same, and tells its owner", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { email } = yield* join(here, "ann")
      yield* here.users.register(email, home)
      assert.strictEqual((yield* here.mail).kind, "registeredAlready")
      yield* signIn(here, email)
    }).pipe(Effect.scoped)
  )

  it.effect("error: no link is sent to text that is no address, and its sender is told", () =>
    Effect.gen(function* () {
      const here = yield* world()
      for (const typed of ["no address", "", "a@b", "a\ud800@example.com", "a\u0000@example.com"]) {
        const asked: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          here.users.register(typed, home),
          here.users.requestPasswordReset(typed, home),
          here.users.create({ email: typed, name: "Ann", password, roles: ["user"] })
        ]
        for (const ask of asked)
          assert.deepInclude(yield* Effect.flip(ask), { _tag: "Refused", code: "MalformedEmail" })
      }
    }).pipe(Effect.scoped)
  )

  it.effect("error: nothing is called by text that shows nothing, or other than it is", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { principal } = yield* person(here, "ann")
      const fresh = { email: "eve@example.com", password, roles: ["user"] } as const
      for (const name of ["", " ", "\u200b", "\u202ex", "a\u2028b", "a\ud800", "a".repeat(101)]) {
        const asked: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          here.users.create({ ...fresh, name }),
          here.users.rename(principal, name),
          here.users.addSubAccount(principal, name),
          here.factors.addPasskey(principal, { response: {}, name }, home)
        ]
        for (const ask of asked)
          assert.deepInclude(yield* Effect.flip(ask), { _tag: "Refused", code: "MalformedName" })
      }
    }).pipe(Effect.scoped)
  )

  it.effect(
    "nobody's mailbox is filled: the fourth mail to an address within minutes is not sent",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        for (let i = 0; i < 10; i++)
          yield* here.users.register("ann@example.com", { ...home, address: `192.0.2.${i}` })
        yield* here.users.register("bob@example.com", home)
        const to = yield* Effect.replicateEffect(
          Effect.map(here.mail, ({ to }) => to),
          4
        )
        assert.deepStrictEqual(to, [
          "ann@example.com",
          "ann@example.com",
          "ann@example.com",
          "bob@example.com"
        ])
      }).pipe(Effect.scoped)
  )

  it.effect(
    "what strangers register or want to move to an address keeps no reset and no change from its owner",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const bob = yield* person(here, "bob")
        for (let i = 0; i < 5; i++) {
          yield* here.users.register(ann.email, { ...home, address: `198.51.100.${i}` })
          yield* here.users.requestEmailChange(bob.principal, ann.email, home)
        }
        yield* here.users.requestPasswordReset(ann.email, home)
        yield* here.users.requestEmailChange(ann.principal, "anna@example.com", home)
        const sent = yield* Effect.replicateEffect(
          Effect.map(here.mail, ({ kind, to }) => `${kind} ${to}`),
          11
        )
        assert.deepStrictEqual(sent.slice(-3).sort(), [
          "emailChange anna@example.com",
          "emailChangeAsked ann@example.com",
          "passwordReset ann@example.com"
        ])
      }).pipe(Effect.scoped)
  )

  it.effect("a reset link works once, ends all sessions, and the old password is dead", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      yield* here.users.requestPasswordReset(ann.email, home)
      const token = tokenIn(yield* here.mail)
      const reset = here.users.resetPassword({ token, password: otherPassword, caller: home })
      yield* reset
      assert.strictEqual(yield* refusal(reset), "LinkRefused")
      assert.strictEqual(
        yield* refusal(here.sessions.authenticate(ann.tokens.access.token)),
        "TokenRefused"
      )
      assert.strictEqual(
        yield* refusal(here.sessions.refresh(ann.tokens.refresh, home)),
        "RefreshRefused"
      )
      assert.strictEqual(yield* refusal(signIn(here, ann.email)), "SignInRefused")
      yield* here.sessions.signIn({ email: ann.email, password: otherPassword, caller: home })
    }).pipe(Effect.scoped)
  )

  it.effect(
    "a reset link is void when the password was changed otherwise, and after half an hour",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const link = Effect.andThen(
          here.users.requestPasswordReset(ann.email, home),
          Effect.map(here.mail, tokenIn)
        )
        const first = yield* link
        yield* here.users.changePassword(ann.principal, {
          current: password,
          next: otherPassword,
          caller: home
        })
        assert.strictEqual((yield* here.mail).kind, "passwordChanged")
        const second = yield* link
        yield* TestClock.adjust("30 minutes")
        for (const token of [first, second]) {
          assert.strictEqual(
            yield* refusal(here.users.resetPassword({ token, password, caller: home })),
            "LinkRefused"
          )
        }
      }).pipe(Effect.scoped)
  )

  it.effect("changing the password ends the other sessions and keeps this one", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const other = yield* signIn(here, ann.email)
      const change = (current: Redacted.Redacted, next: Redacted.Redacted) =>
        here.users.changePassword(ann.principal, { current, next, caller: home })
      assert.strictEqual(yield* refusal(change(otherPassword, password)), "SignInRefused")
      assert.strictEqual(yield* refusal(change(password, Redacted.make("short"))), "Refused")
      yield* change(password, otherPassword)
      assert.strictEqual(
        yield* refusal(here.sessions.authenticate(other.access.token)),
        "TokenRefused"
      )
      yield* here.sessions.authenticate(ann.tokens.access.token)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "an address changes for whoever holds the link to the new one, once, and the old one is told",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const other = yield* signIn(here, ann.email)
        yield* here.users.requestPasswordReset(ann.email, home)
        const reset = tokenIn(yield* here.mail)
        yield* here.users.requestEmailChange(ann.principal, " Ann.New@Example.com", home)
        const messages = [yield* here.mail, yield* here.mail]
        assert.deepStrictEqual(
          messages.map(({ kind, to }) => [kind, to]),
          [
            ["emailChange", "ann.new@example.com"],
            ["emailChangeAsked", ann.email]
          ]
        )
        assert.strictEqual((yield* here.store.user(ann.userId))!.email, ann.email)

        const link = tokenIn(messages[0]!)
        const changes = yield* Effect.all(
          Array.from({ length: 5 }, () =>
            Effect.result(here.users.changeEmail({ token: link, caller: home }))
          ),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(changes.filter(Result.isSuccess).length, 1)
        for (const change of changes)
          if (Result.isFailure(change)) assert.strictEqual(change.failure._tag, "LinkRefused")
        const { kind, to } = yield* here.mail
        assert.deepStrictEqual([kind, to], ["emailChanged", ann.email])

        yield* here.sessions.authenticate(ann.tokens.access.token)
        assert.strictEqual(
          yield* refusal(here.sessions.authenticate(other.access.token)),
          "TokenRefused"
        )
        const resetting = here.users.resetPassword({
          token: reset,
          password: otherPassword,
          caller: home
        })
        assert.strictEqual(yield* refusal(resetting), "LinkRefused")
        assert.strictEqual(yield* refusal(signIn(here, ann.email)), "SignInRefused")
        yield* signIn(here, "ann.new@example.com")
        const entries = yield* here.audit.read({ after: 0, limit: 100 })
        const changed = entries.filter((entry) => entry.kind === "emailChanged")
        assert.deepStrictEqual(
          changed.map(({ details, subject }) => [subject, details]),
          [[ann.userId, { address: home.address }]]
        )
      }).pipe(Effect.scoped)
  )

  it.effect(
    "error: who is frozen leaves by no other address and does not close, but secures what they have",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const boss = yield* staff(here, "boss", ["admin"])
        yield* here.users.requestEmailChange(ann.principal, "ann.new@example.com", home)
        const link = tokenIn(yield* here.mail)
        yield* here.administration.setFrozen(boss.principal, ann.userId, true)
        const refused: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
          here.users.requestEmailChange(ann.principal, "ann.newer@example.com", home),
          here.users.addSubAccount(ann.principal, "more"),
          here.users.rename(ann.principal, "Nan"),
          here.users.close(ann.principal, home)
        ]
        for (const change of refused) {
          assert.deepInclude(yield* Effect.flip(change), { _tag: "Refused", code: "AccountFrozen" })
        }
        assert.strictEqual(
          yield* refusal(here.users.changeEmail({ token: link, caller: home })),
          "LinkRefused"
        )
        const { accounts, email, status } = (yield* here.store.user(ann.userId))!
        assert.deepStrictEqual([email, status, accounts.length], [ann.email, "frozen", 1])
        yield* here.users.changePassword(ann.principal, {
          current: password,
          next: otherPassword,
          caller: home
        })
        yield* here.factors.beginTotp(ann.principal)
      }).pipe(Effect.scoped)
  )

  it.effect("error: a change of address takes a fresh proof and an address that mail reaches", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const malformed = here.users.requestEmailChange(ann.principal, "no address", home)
      assert.deepInclude(yield* Effect.flip(malformed), { _tag: "Refused", code: "MalformedEmail" })
      yield* TestClock.adjust(freshMs + 1)
      const late = here.users.requestEmailChange(ann.principal, "ann.new@example.com", home)
      assert.strictEqual(yield* refusal(late), "StepUpRequired")
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: an address that has a user, then or since, is not taken, and whoever asks is not told",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const bob = yield* person(here, "bob")
        yield* here.users.requestEmailChange(ann.principal, bob.email, home)
        assert.deepStrictEqual(
          [(yield* here.mail).kind, (yield* here.mail).kind],
          ["registeredAlready", "emailChangeAsked"]
        )
        yield* here.users.requestEmailChange(ann.principal, "eve@example.com", home)
        const token = tokenIn(yield* here.mail)
        assert.strictEqual((yield* here.mail).kind, "emailChangeAsked")
        yield* join(here, "eve")
        assert.strictEqual(
          yield* refusal(here.users.changeEmail({ token, caller: home })),
          "LinkRefused"
        )
        assert.strictEqual((yield* here.store.user(ann.userId))!.email, ann.email)
      }).pipe(Effect.scoped)
  )

  it.effect(
    "error: a link to a new address is void when the password has changed, and after half an hour",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const asked = Effect.gen(function* () {
          yield* here.users.requestEmailChange(ann.principal, "ann.new@example.com", home)
          const token = tokenIn(yield* here.mail)
          assert.strictEqual((yield* here.mail).kind, "emailChangeAsked")
          return token
        })
        const first = yield* asked
        yield* here.users.changePassword(ann.principal, {
          current: password,
          next: otherPassword,
          caller: home
        })
        assert.strictEqual((yield* here.mail).kind, "passwordChanged")
        assert.strictEqual(
          yield* refusal(here.users.changeEmail({ token: first, caller: home })),
          "LinkRefused"
        )
        const second = yield* asked
        const asReset = here.users.resetPassword({ token: second, password, caller: home })
        assert.strictEqual(yield* refusal(asReset), "LinkRefused")
        yield* TestClock.adjust("30 minutes")
        assert.strictEqual(
          yield* refusal(here.users.changeEmail({ token: second, caller: home })),
          "LinkRefused"
        )
      }).pipe(Effect.scoped)
  )

  it.effect("staff have no account in the venue and open none, until they are users as well", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const sam = yield* staff(here, "sam", ["support"])
      const boss = yield* staff(here, "boss", ["superadmin"])
      assert.deepStrictEqual(sam.principal.accountIds, [])
      assert.deepStrictEqual((yield* here.store.user(sam.userId))!.accounts, [])
      const error = yield* Effect.flip(here.users.addSubAccount(sam.principal, "Savings"))
      assert.deepInclude(error, { _tag: "Refused", code: "NoAccount" })
      const changed = yield* here.administration.setRoles(boss.principal, sam.userId, [
        "support",
        "user"
      ])
      assert.deepStrictEqual(
        changed.accounts.map(({ label }) => label),
        ["main"]
      )
      const again = yield* here.administration.setRoles(boss.principal, sam.userId, ["user"])
      assert.deepStrictEqual(again.accounts, changed.accounts)
    }).pipe(Effect.scoped)
  )

  it.effect("sub-accounts are accounts of the venue, up to a bound", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const labels = Array.from({ length: 20 }, (_, i) => `Savings ${i}`)
      const added = yield* Effect.forEach(labels, (label) =>
        here.users.addSubAccount(ann.principal, label)
      )
      assert.strictEqual(new Set(added.map(({ accountId }) => accountId)).size, 20)
      const error = yield* Effect.flip(here.users.addSubAccount(ann.principal, "one more"))
      assert.deepInclude(error, { _tag: "Refused", code: "TooManySubAccounts" })
      yield* TestClock.adjust("1 second")
      const { accountIds } = yield* here.sessions.authenticate(ann.tokens.access.token)
      assert.deepStrictEqual(accountIds, [
        ann.principal.accountIds[0]!,
        ...added.map(({ accountId }) => accountId)
      ])
    }).pipe(Effect.scoped)
  )

  it.effect(
    "an account closes only without funds; then its sessions end, and its address is free",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        here.funds.set(ann.principal.accountIds[0]!, 1n)
        const close = here.users.close(ann.principal, home)
        assert.deepInclude(yield* Effect.flip(close), { _tag: "Refused", code: "FundsLeft" })
        here.funds.clear()
        yield* close
        assert.strictEqual((yield* here.mail).kind, "accountClosed")
        assert.strictEqual(
          yield* refusal(here.sessions.authenticate(ann.tokens.access.token)),
          "TokenRefused"
        )
        assert.strictEqual((yield* here.store.user(ann.userId))?.status, "closed")
        const again = yield* join(here, "ann")
        assert.notStrictEqual(again.userId, ann.userId)
      }).pipe(Effect.scoped)
  )

  it.effect("a password hashed with weaker parameters is hashed again at the next sign-in", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { email, userId } = yield* join(here, "ann")
      const parameters = { memoryCost: 20_000, timeCost: 3, parallelism: 1 }
      const later = yield* world({ place: here, identity: { passwords: { parameters } } })
      yield* signIn(later, email)
      const raised = (yield* here.store.user(userId))!.passwordHash
      assert.include(raised, "$argon2id$v=19$m=20000,t=3,p=1$")
      yield* signIn(later, email)
      assert.strictEqual((yield* here.store.user(userId))!.passwordHash, raised)
    }).pipe(Effect.scoped)
  )
})
