import { assert, describe, it } from "@effect/vitest"
import type * as Argon2 from "@node-rs/argon2"
import type { SessionId } from "@pandora-exchange/core/IdentityRecords"
import { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import { Context, Effect, Fiber, Latch, Layer, Queue, Redacted, Result, Stream } from "effect"
import { TestClock } from "effect/testing"
import { vi } from "vitest"
import { parametersMin } from "../src/Passwords.ts"
import { freshMs } from "../src/Principal.ts"
import {
  type Changed,
  revokedWithinMs,
  sameMomentMs,
  sessionIdleMs,
  sessionLifeMs,
  type Tokens
} from "../src/Sessions.ts"
import { accessTokenLifeMsDefault } from "../src/Settings.ts"
import { emptyPlace } from "./support/database.ts"
import {
  home,
  join,
  type Node,
  otherPassword,
  password,
  person,
  personWithTotp,
  refusal,
  signIn,
  staff,
  tokenIn,
  watch,
  world
} from "./support/exchange.ts"

const isDead = (node: Pick<Node, "sessions">, tokens: Tokens) =>
  Effect.gen(function* () {
    assert.strictEqual(
      yield* refusal(node.sessions.authenticate(tokens.access.token)),
      "TokenRefused"
    )
    assert.strictEqual(
      yield* refusal(node.sessions.refresh(tokens.refresh, home)),
      "RefreshRefused"
    )
  })

const isAlive = (node: Pick<Node, "sessions">, tokens: Tokens) =>
  Effect.asVoid(node.sessions.authenticate(tokens.access.token))

/** Every call of the real hash function, with the parameters it was given. */
const hashed = vi.hoisted((): Array<string> => [])
vi.mock("@node-rs/argon2", async (original) => {
  const real = await original<typeof Argon2>()
  return {
    ...real,
    hash: (...args: Parameters<typeof real.hash>) => {
      hashed.push(`hash ${JSON.stringify(args[1])}`)
      return real.hash(...args)
    },
    verify: (...args: Parameters<typeof real.verify>) => {
      hashed.push(`verify ${/^(\$[^$]*){3}\$/.exec(String(args[0]))?.[0]}`)
      return real.verify(...args)
    }
  }
})

/** Everything the node reports about changes from now on. */
const toldTo = ({ sessions }: Pick<Node, "sessions">) =>
  Effect.gen(function* () {
    const told = yield* Queue.unbounded<Changed>()
    const listening = Stream.runForEach(sessions.changed, (changed) => Queue.offer(told, changed))
    yield* Effect.forkScoped(listening, { startImmediately: true })
    return told
  })

describe("Sessions", () => {
  it.effect("who signs in is who they are, with the rights of their roles", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { email, userId } = yield* join(here, "ann")
      const tokens = yield* signIn(here, ` ${email.toUpperCase()} `)
      assert.deepStrictEqual(yield* here.sessions.authenticate(tokens.access.token), {
        userId,
        sessionId: tokens.sessionId,
        name: "ann",
        accountIds: [1000],
        permissions: ["read", "trade", "self"],
        provenAt: Date.UTC(2026, 0, 1)
      } as never)
    }).pipe(Effect.scoped)
  )

  it.effect("error: an unknown user, a wrong password and a closed user are refused alike", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const bob = yield* person(here, "bob")
      yield* here.users.close(bob.principal, home)
      const attempt = (email: string, password: Redacted.Redacted) =>
        Effect.flip(here.sessions.signIn({ email, password, caller: home }))
      const refusals = [
        yield* attempt("nobody@example.com", password),
        yield* attempt("no address", password),
        yield* attempt(ann.email, otherPassword),
        yield* attempt(ann.email, Redacted.make("x".repeat(100_000))),
        yield* attempt(bob.email, password)
      ]
      assert.deepStrictEqual(
        refusals.map((refusal) => JSON.stringify(refusal)),
        refusals.map(() => JSON.stringify({ _tag: "SignInRefused" }))
      )
    }).pipe(Effect.scoped)
  )

  it.effect(
    "an unknown user, a wrong password and a user with too many attempts cause the same work",
    () =>
      Effect.gen(function* () {
        const place = yield* emptyPlace
        const { reads, store } = watch(place.store)
        const limiter = yield* Effect.map(Layer.build(RateLimiter.layerMemory), (context) =>
          Context.get(context, RateLimiter)
        )
        const buckets: Array<
          readonly [kind: string | undefined, capacity: number, refillMs: number]
        > = []
        const here = yield* world({
          place: { ...place, store },
          limiter: {
            ...limiter,
            take: (bucket) => {
              buckets.push([bucket.key.split(":")[0], bucket.capacity, bucket.refillMs])
              return limiter.take(bucket)
            }
          }
        })
        const { email } = yield* join(here, "ann")
        const attempt = (email: string, password: Redacted.Redacted) =>
          Effect.gen(function* () {
            for (const list of [reads, buckets, hashed]) list.length = 0
            const refused = yield* Effect.flip(
              here.sessions.signIn({ email, password, caller: home })
            )
            return {
              refused: JSON.stringify(refused),
              reads: [...reads],
              buckets: [...buckets],
              hashed: [...hashed]
            }
          })
        const unknown = yield* attempt("nobody@example.com", password)
        const wrong = yield* attempt(email, otherPassword)
        yield* Effect.replicateEffect(attempt(email, otherPassword), 10)
        const locked = yield* attempt(email, password)
        const { memoryCost, parallelism, timeCost } = parametersMin
        assert.deepStrictEqual(
          [unknown, wrong, locked],
          Array(3).fill({
            refused: JSON.stringify({ _tag: "SignInRefused" }),
            reads: ["userByEmail", "sessions", "write"],
            buckets: [
              ["address", 60, 5_000],
              ["pair", 10, 60_000],
              ["account", 100, 60_000]
            ],
            hashed: [`verify $argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`]
          })
        )
      }).pipe(Effect.scoped)
  )

  it.effect("of a crowd that signs in a few are let at the store at once, and all come in", () =>
    Effect.gen(function* () {
      const place = yield* emptyPlace
      let [inside, most] = [0, 0]
      const counted: typeof place.store.userByEmail = (email) =>
        Effect.acquireUseRelease(
          Effect.sync(() => (most = Math.max(most, ++inside))),
          () => place.store.userByEmail(email),
          () => Effect.sync(() => inside--)
        )
      const here = yield* world({
        place: { ...place, store: { ...place.store, userByEmail: counted } }
      })
      const { email } = yield* join(here, "ann")
      const crowd = Array.from({ length: 20 }, (_, i) => ({ address: `192.0.2.${i}`, agent: "" }))
      const tokens = yield* Effect.forEach(
        crowd,
        (caller) => signIn(here, email, undefined, caller),
        {
          concurrency: "unbounded"
        }
      )
      assert.strictEqual(new Set(tokens.map(({ sessionId }) => sessionId)).size, 20)
      assert.strictEqual(most, 4)
    }).pipe(Effect.scoped)
  )

  it.effect("a refresh gives new tokens for the same session", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { tokens } = yield* person(here, "ann")
      yield* TestClock.adjust(accessTokenLifeMsDefault)
      assert.strictEqual(
        yield* refusal(here.sessions.authenticate(tokens.access.token)),
        "TokenRefused"
      )
      const next = yield* here.sessions.refresh(tokens.refresh, home)
      assert.strictEqual(next.sessionId, tokens.sessionId)
      assert.notStrictEqual(Redacted.value(next.refresh), Redacted.value(tokens.refresh))
      yield* isAlive(here, next)
    }).pipe(Effect.scoped)
  )

  it.effect("50 refreshes at one moment get one and the same next token", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { tokens } = yield* person(here, "ann")
      const given = yield* Effect.all(
        Array.from({ length: 50 }, () => here.sessions.refresh(tokens.refresh, home)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(new Set(given.map(({ refresh }) => Redacted.value(refresh))).size, 1)
      for (const each of given) yield* isAlive(here, each)
      const next = yield* here.sessions.refresh(given[0]!.refresh, {
        ...home,
        address: "192.0.2.2"
      })
      yield* isAlive(here, next)
      assert.strictEqual(
        (yield* here.store.sessions((yield* here.sessions.authenticate(next.access.token)).userId))
          .length,
        1
      )
    }).pipe(Effect.scoped)
  )

  it.effect("two tabs with one pair of tokens go on, whichever refreshes first", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { tokens } = yield* person(here, "ann")
      let [one, other] = [tokens, tokens]
      for (let i = 0; i < 10; i++) {
        one = yield* here.sessions.refresh(one.refresh, home)
        yield* TestClock.adjust(accessTokenLifeMsDefault)
        other = yield* here.sessions.refresh(other.refresh, home)
        assert.strictEqual(Redacted.value(one.refresh), Redacted.value(other.refresh))
        yield* isAlive(here, other)
        ;[one, other] = [other, one]
      }
      const kinds = (yield* here.audit.read({ after: 0, limit: 100 })).map(({ kind }) => kind)
      assert.notInclude(kinds, "refreshReused")
    }).pipe(Effect.scoped)
  )

  it.effect("who did not get the answer gets it again, hours later", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { tokens } = yield* person(here, "ann")
      const lost = yield* here.sessions.refresh(tokens.refresh, home)
      yield* TestClock.adjust("10 hours")
      const again = yield* here.sessions.refresh(tokens.refresh, home)
      assert.strictEqual(Redacted.value(again.refresh), Redacted.value(lost.refresh))
      yield* isAlive(here, again)
      yield* isAlive(here, yield* here.sessions.refresh(again.refresh, home))
    }).pipe(Effect.scoped)
  )

  it.effect("error: within a moment of its use a token whose successor was used ends nothing", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { tokens } = yield* person(here, "ann")
      const next = yield* here.sessions.refresh(tokens.refresh, home)
      const last = yield* here.sessions.refresh(next.refresh, home)
      yield* TestClock.adjust(sameMomentMs)
      assert.strictEqual(
        yield* refusal(here.sessions.refresh(tokens.refresh, home)),
        "RefreshedAlready"
      )
      yield* isAlive(here, last)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: a refresh token that comes after its successor was used ends the family and is recorded and told",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const { tokens } = yield* person(here, "ann")
        const next = yield* here.sessions.refresh(tokens.refresh, home)
        const last = yield* here.sessions.refresh(next.refresh, home)
        yield* TestClock.adjust(sameMomentMs + 1)
        assert.strictEqual(
          yield* refusal(here.sessions.refresh(tokens.refresh, home)),
          "RefreshRefused"
        )
        yield* isDead(here, next)
        yield* isDead(here, last)
        assert.strictEqual((yield* here.mail).kind, "sessionStolen")
        const entries = yield* here.audit.read({ after: 0, limit: 100 })
        const { details, kind } = entries.at(-1)!
        assert.deepStrictEqual(
          [kind, details],
          ["refreshReused", { sessionId: tokens.sessionId, address: home.address }]
        )
      }).pipe(Effect.scoped)
  )

  it.effect("error: a used token gives nothing once its session has ended", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { principal, tokens } = yield* person(here, "ann")
      yield* here.sessions.refresh(tokens.refresh, home)
      yield* here.sessions.revoke(principal, tokens.sessionId)
      assert.strictEqual(
        yield* refusal(here.sessions.refresh(tokens.refresh, home)),
        "RefreshRefused"
      )
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: unknown refresh tokens are too many at one address, and who has a session there goes on",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        let { tokens } = yield* person(here, "ann")
        const unknown = ["pdr_unknown", "unknown"].map((token) =>
          here.sessions.refresh(Redacted.make(token), home)
        )
        yield* Effect.replicateEffect(Effect.forEach(unknown, Effect.flip), 30)
        for (const refresh of unknown)
          assert.strictEqual(yield* refusal(refresh), "TooManyAttempts")
        for (let i = 0; i < 60; i++) tokens = yield* here.sessions.refresh(tokens.refresh, home)
        assert.strictEqual(
          yield* refusal(here.sessions.refresh(tokens.refresh, home)),
          "TooManyAttempts"
        )
        yield* TestClock.adjust("5 seconds")
        yield* isAlive(here, yield* here.sessions.refresh(tokens.refresh, home))
      }).pipe(Effect.scoped)
  )

  it.effect("error: access and refresh tokens do not stand in for one another", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { tokens } = yield* person(here, "ann")
      assert.strictEqual(yield* refusal(here.sessions.authenticate(tokens.refresh)), "TokenRefused")
      assert.strictEqual(
        yield* refusal(here.sessions.refresh(tokens.access.token, home)),
        "RefreshRefused"
      )
      yield* isAlive(here, tokens)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "a session ends when it is idle for too long, and after its life whatever happens",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const idle = yield* person(here, "ann")
        let busy = (yield* person(here, "bob")).tokens
        yield* TestClock.adjust(sessionIdleMs - 1)
        busy = yield* here.sessions.refresh(busy.refresh, home)
        yield* TestClock.adjust(1)
        assert.strictEqual(
          yield* refusal(here.sessions.refresh(idle.tokens.refresh, home)),
          "RefreshRefused"
        )
        for (
          let passed = sessionIdleMs;
          passed + sessionIdleMs - 2 < sessionLifeMs;
          passed += sessionIdleMs - 2
        ) {
          yield* TestClock.adjust(sessionIdleMs - 2)
          busy = yield* here.sessions.refresh(busy.refresh, home)
        }
        yield* TestClock.adjust(sessionIdleMs - 2)
        assert.strictEqual(
          yield* refusal(here.sessions.refresh(busy.refresh, home)),
          "RefreshRefused"
        )
      }).pipe(Effect.scoped)
  )

  it.effect("signing out ends the session here at once, and on every node within a second", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const there = yield* here.anotherNode
      const { principal, tokens } = yield* person(here, "ann")
      yield* isAlive(there, tokens)
      yield* here.sessions.revoke(principal, tokens.sessionId)
      yield* isDead(here, tokens)
      yield* TestClock.adjust(revokedWithinMs)
      assert.isAtMost(revokedWithinMs, 1_000)
      yield* isDead(there, tokens)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "a node is told by the audit trail whose sessions ended or rights changed on another, and of nobody else",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const bob = yield* person(here, "bob")
        const boss = yield* staff(here, "boss", ["compliance"])
        const watched = watch(here.store)
        const there = yield* here.nodeOver(watched.store)
        yield* watched.looked
        const told = yield* toldTo(there)
        yield* Effect.all([isAlive(there, ann.tokens), isAlive(there, bob.tokens)])

        yield* signIn(here, bob.email)
        yield* Effect.flip(
          here.sessions.signIn({ email: bob.email, password: otherPassword, caller: home })
        )
        yield* watched.look
        yield* here.administration.setFrozen(boss.principal, bob.userId, true)
        yield* watched.look
        assert.deepStrictEqual(yield* Queue.take(told), new Set([bob.userId]))
        yield* here.sessions.revoke(ann.principal, ann.tokens.sessionId)
        yield* watched.look
        assert.deepStrictEqual(yield* Queue.take(told), new Set([ann.userId]))
        watched.reads.length = 0
        yield* isDead(there, ann.tokens)
        assert.deepStrictEqual(
          (yield* there.sessions.authenticate(bob.tokens.access.token)).permissions,
          ["read", "self"]
        )
        assert.deepStrictEqual(watched.reads, ["session", "refreshToken", "session"])
      }).pipe(Effect.scoped)
  )

  it.effect(
    "what is known of sessions is read once while the trail says that nothing changed",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const watched = watch(here.store)
        const there = yield* here.nodeOver(watched.store)
        yield* watched.looked
        const ask = Effect.replicateEffect(isAlive(there, ann.tokens), 20, {
          concurrency: "unbounded",
          discard: true
        })
        for (let i = 0; i < 12; i++) {
          yield* ask
          yield* watched.look
        }
        assert.deepStrictEqual(
          watched.reads.filter((name) => name === "session"),
          ["session"]
        )
      }).pipe(Effect.scoped)
  )

  it.effect("error: what was being read of a session when it ended is not believed", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const reading = yield* Latch.make()
      const mayAnswer = yield* Latch.make()
      const slow = (sessionId: SessionId) =>
        Effect.tap(here.store.session(sessionId), () =>
          Effect.andThen(reading.open, mayAnswer.await)
        )
      const there = yield* here.nodeOver({ ...here.store, session: slow })
      const asked = yield* Effect.forkChild(
        Effect.flip(there.sessions.authenticate(ann.tokens.access.token))
      )
      yield* reading.await
      yield* here.sessions.revoke(ann.principal, ann.tokens.sessionId)
      yield* there.sessions.recheck(ann.userId)
      yield* mayAnswer.open
      assert.strictEqual((yield* Fiber.join(asked))._tag, "TokenRefused")
    }).pipe(Effect.scoped)
  )

  it.effect(
    "error: while the audit trail cannot be read, nothing known is trusted for longer than a second",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const watched = watch(here.store)
        const there = yield* here.nodeOver(watched.store)
        yield* watched.looked
        const told = yield* toldTo(there)
        yield* isAlive(there, ann.tokens)
        watched.fail("auditEntries")
        yield* here.sessions.revoke(ann.principal, ann.tokens.sessionId)
        yield* TestClock.adjust(revokedWithinMs)
        yield* isDead(there, ann.tokens)
        assert.strictEqual(yield* Queue.take(told), "everybody")
        watched.fail("session")
        yield* TestClock.adjust(revokedWithinMs)
        assert.strictEqual(
          yield* refusal(there.sessions.authenticate(ann.tokens.access.token)),
          "IdentityUnavailable"
        )
      }).pipe(Effect.scoped)
  )

  it.effect(
    "error: when the store is another one than before, everything known of it is forgotten",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const restored = yield* world()
        for (const name of ["ann", "bob", "eve"]) yield* person(restored, name)
        const watched = watch(here.store)
        const there = yield* here.nodeOver(watched.store)
        yield* watched.looked
        yield* isAlive(there, ann.tokens)
        const told = yield* toldTo(there)
        watched.become(restored.store)
        yield* watched.look
        assert.strictEqual(yield* Queue.take(told), "everybody")
        assert.strictEqual(
          yield* refusal(there.sessions.authenticate(ann.tokens.access.token)),
          "TokenRefused"
        )
      }).pipe(Effect.scoped)
  )

  it.effect("error: a session of another user does not exist", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const bob = yield* person(here, "bob")
      const error = yield* Effect.flip(here.sessions.revoke(bob.principal, ann.tokens.sessionId))
      assert.deepInclude(error, { _tag: "Refused", code: "UnknownSession" })
      yield* isAlive(here, ann.tokens)
      assert.deepStrictEqual(
        (yield* here.sessions.list(bob.principal)).map(({ sessionId }) => sessionId),
        [bob.tokens.sessionId]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("all other sessions can be ended at once", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const second = yield* signIn(here, ann.email)
      yield* here.sessions.revokeOthers(ann.principal)
      yield* isDead(here, second)
      yield* isAlive(here, ann.tokens)
    }).pipe(Effect.scoped)
  )

  it.effect("with a second factor, the password alone is not enough, and the right code is", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* personWithTotp(here, "ann")
      const error = yield* Effect.flip(signIn(here, ann.email))
      assert.deepInclude(error, {
        _tag: "FactorRequired",
        methods: ["totp", "recoveryCode"],
        passkey: null
      })
      const wrong = { _tag: "Totp", code: Redacted.make("000000") } as const
      assert.strictEqual(yield* refusal(signIn(here, ann.email, wrong)), "FactorRefused")
      yield* isAlive(here, yield* signIn(here, ann.email, yield* ann.authenticator.proof))
    }).pipe(Effect.scoped)
  )

  it.effect("error: a code works once, also when it is sent many times at one moment", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* personWithTotp(here, "ann")
      const proof = yield* ann.authenticator.proof
      const results = yield* Effect.all(
        Array.from({ length: 8 }, () => Effect.result(signIn(here, ann.email, proof))),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(results.filter(Result.isSuccess).length, 1)
      for (const result of results) {
        if (Result.isFailure(result)) assert.strictEqual(result.failure._tag, "FactorRefused")
      }
      assert.strictEqual(yield* refusal(signIn(here, ann.email, proof)), "FactorRefused")
    }).pipe(Effect.scoped)
  )

  it.effect("a recovery code works once, however it is typed", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const { authenticator, email } = yield* personWithTotp(here, "ann")
      const [first, second] = authenticator.recoveryCodes
      const typed = Redacted.make(` ${Redacted.value(first!).toUpperCase().replaceAll("-", " ")}`)
      yield* signIn(here, email, { _tag: "RecoveryCode", code: typed })
      assert.strictEqual(
        yield* refusal(signIn(here, email, { _tag: "RecoveryCode", code: first! })),
        "FactorRefused"
      )
      yield* signIn(here, email, { _tag: "RecoveryCode", code: second! })
    }).pipe(Effect.scoped)
  )

  it.effect("stepping up gives a new session with a fresh proof, and the old one ends", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* personWithTotp(here, "ann")
      yield* TestClock.adjust(freshMs + 1)
      const before = yield* here.sessions.refresh(ann.tokens.refresh, home)
      const principal = yield* here.sessions.authenticate(before.access.token)
      assert.strictEqual(
        yield* refusal(here.factors.newRecoveryCodes(principal, home)),
        "StepUpRequired"
      )
      const byPassword = here.sessions.stepUp(principal, { _tag: "Password", password }, home)
      assert.strictEqual(yield* refusal(byPassword), "SignInRefused")
      const after = yield* here.sessions.stepUp(principal, yield* ann.authenticator.proof, home)
      assert.notStrictEqual(after.sessionId, before.sessionId)
      yield* isDead(here, before)
      yield* here.factors.newRecoveryCodes(
        yield* here.sessions.authenticate(after.access.token),
        home
      )
    }).pipe(Effect.scoped)
  )

  it.effect(
    "strangers cannot lock an owner out: not where the owner is signed in, and not after a reset",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const ann = yield* person(here, "ann")
        const from = (address: string) => ({ ...home, address })
        const attack = Effect.forEach(
          Array.from({ length: 120 }, (_, i) => i),
          (i) =>
            Effect.flip(
              here.sessions.signIn({
                email: ann.email,
                password: otherPassword,
                caller: from(`198.51.100.${i}`)
              })
            ),
          { discard: true, concurrency: 8 }
        )
        yield* attack
        const elsewhere = from("203.0.113.9")
        assert.strictEqual(
          yield* refusal(signIn(here, ann.email, undefined, elsewhere)),
          "SignInRefused"
        )
        yield* signIn(here, ann.email)
        yield* attack
        yield* here.users.requestPasswordReset(ann.email, elsewhere)
        yield* here.users.resetPassword({
          token: tokenIn(yield* here.mail),
          password,
          caller: elsewhere
        })
        yield* signIn(here, ann.email, undefined, elsewhere)
      }).pipe(Effect.scoped)
  )

  it.effect(
    "from another address of their IPv6 network an owner who is signed in comes in, until the session is idle",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const { email } = yield* join(here, "ann")
        const at = (address: string) => ({ ...home, address })
        yield* signIn(here, email, undefined, at("2001:db8:0:7::a"))
        const attack = Effect.forEach(
          Array.from({ length: 120 }, (_, i) => at(`198.51.100.${i}`)),
          (caller) => Effect.flip(here.sessions.signIn({ email, password: otherPassword, caller })),
          { discard: true, concurrency: 8 }
        )
        yield* attack
        assert.strictEqual(
          yield* refusal(signIn(here, email, undefined, at("2001:db8:0:8::a"))),
          "SignInRefused"
        )
        yield* signIn(here, email, undefined, at("2001:db8:0:7:1:2:3:4"))
        yield* TestClock.adjust(sessionIdleMs)
        yield* attack
        assert.strictEqual(
          yield* refusal(signIn(here, email, undefined, at("2001:db8:0:7::a"))),
          "SignInRefused"
        )
      }).pipe(Effect.scoped)
  )

  it.effect(
    "a new device is told of, also when it says that it is one which is known elsewhere",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const { email } = yield* person(here, "ann")
        const callers = [
          home,
          { ...home, address: "203.0.113.9" },
          home,
          { ...home, agent: "Firefox/140.0 (X11; Linux), see https://evil.example" }
        ]
        for (const caller of callers) yield* signIn(here, email, undefined, caller)
        yield* here.users.requestPasswordReset(email, home)
        const told = yield* Effect.replicateEffect(
          Effect.map(here.mail, ({ kind, text }) =>
            kind === "newDevice" ? /from (.*?)\. /.exec(text)?.[1] : kind
          ),
          3
        )
        assert.deepStrictEqual(told, [
          "203.0.113.9",
          "192.0.2.1 (Firefox on Linux)",
          "passwordReset"
        ])
      }).pipe(Effect.scoped)
  )

  it.effect("error: too many attempts from one address are refused before anything is hashed", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const attempts = yield* Effect.forEach(
        Array.from({ length: 61 }, (_, i) => `nobody${i}@example.com`),
        (email) =>
          refusal(
            here.sessions.signIn({
              email,
              password: Redacted.make("x".repeat(1_000)),
              caller: home
            })
          )
      )
      assert.deepStrictEqual(attempts, [
        ...Array<string>(60).fill("SignInRefused"),
        "TooManyAttempts"
      ])
    }).pipe(Effect.scoped)
  )
})
