/** The identity services as one node of an exchange has them, and people who use them. */
import type { Role } from "@pandora-exchange/core/IdentityRecords"
import { AccountId } from "@pandora-exchange/core/Ids"
import { IdentityStore, IdentityUnavailable } from "@pandora-exchange/core/ports/IdentityStore"
import { RateLimiter } from "@pandora-exchange/core/ports/RateLimiter"
import { assert } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Queue, Redacted, type Scope } from "effect"
import { TestClock } from "effect/testing"
import { generateSync } from "otplib"
import type { Caller } from "../../src/Caller.ts"
import { Administration } from "../../src/Administration.ts"
import { lookEveryMs } from "../../src/internal/changeFeed.ts"
import { AccessTokens } from "../../src/AccessTokens.ts"
import { Audit } from "../../src/Audit.ts"
import { Factors } from "../../src/Factors.ts"
import * as Identity from "../../src/Identity.ts"
import { KycProvider } from "../../src/KycProvider.ts"
import { type Message, Notifier } from "../../src/Notifier.ts"
import type { Principal } from "../../src/Principal.ts"
import type { Proof } from "../../src/Proofs.ts"
import { Sessions, type Tokens } from "../../src/Sessions.ts"
import { Users } from "../../src/Users.ts"
import { VenueAccounts } from "../../src/VenueAccounts.ts"
import { emptyPlace, type Place } from "./database.ts"

/** A time at which tokens can have been issued. */
export const startTime = Date.UTC(2026, 0, 1)

export const settings: Identity.IdentityOptions = {
  name: "Pandora",
  issuer: "https://api.pandora.example",
  site: "https://pandora.example",
  secretKeys: [{ id: "k1", key: Redacted.make(Uint8Array.from({ length: 32 }, (_, i) => i * 7)) }]
}

export interface Node {
  readonly sessions: Sessions["Service"]
  readonly users: Users["Service"]
  readonly factors: Factors["Service"]
  readonly administration: Administration["Service"]
  readonly audit: Audit["Service"]
  readonly accessTokens: AccessTokens["Service"]
}

export interface World extends Node, Place {
  /** Another node on the same store. */
  readonly anotherNode: Effect.Effect<Node, unknown, Scope.Scope>
  /** Another node that sees the store through this wrapper. */
  readonly nodeOver: (store: IdentityStore["Service"]) => Effect.Effect<Node, unknown, Scope.Scope>
  /** The next message that was sent. */
  readonly mail: Effect.Effect<Message>
  /** What the venue's accounts hold. */
  readonly funds: Map<number, bigint>
}

export interface Options {
  readonly identity?: Partial<Identity.IdentityOptions>
  readonly place?: Place
  readonly limiter?: RateLimiter["Service"]
}

export const world = Effect.fnUntraced(function* ({ identity = {}, limiter, place }: Options = {}) {
  yield* TestClock.setTime(startTime)
  const { store, venueId } = place ?? (yield* emptyPlace)
  const outbox = yield* Queue.unbounded<Message>()
  const accountIds = new Map<string, AccountId>()
  const funds = new Map<number, bigint>()
  const ports = Layer.mergeAll(
    Layer.succeed(Notifier, { send: (message) => Effect.asVoid(Queue.offer(outbox, message)) }),
    Layer.succeed(VenueAccounts, {
      open: (reference) =>
        Effect.sync(() => {
          const accountId = accountIds.get(reference) ?? AccountId(1000 + accountIds.size)
          accountIds.set(reference, accountId)
          return accountId
        }),
      isEmpty: (accountId) => Effect.sync(() => (funds.get(accountId) ?? 0n) === 0n)
    }),
    limiter === undefined ? RateLimiter.layerMemory : Layer.succeed(RateLimiter, limiter),
    KycProvider.layerManual
  )
  const nodeOver = (store: IdentityStore["Service"]) =>
    Effect.map(
      Layer.build(
        Identity.layer({ ...settings, ...identity }).pipe(
          Layer.provide(Layer.merge(ports, Layer.succeed(IdentityStore, store))),
          Layer.fresh
        )
      ),
      (context): Node => ({
        sessions: Context.get(context, Sessions),
        users: Context.get(context, Users),
        factors: Context.get(context, Factors),
        administration: Context.get(context, Administration),
        audit: Context.get(context, Audit),
        accessTokens: Context.get(context, AccessTokens)
      })
    )
  const node = nodeOver(store)
  const made: World = {
    ...(yield* node),
    store,
    venueId,
    anotherNode: node,
    nodeOver,
    mail: Queue.take(outbox),
    funds
  }
  return made
})

/** The work a node does by itself, without requests. */
const looks: ReadonlySet<string> = new Set(["lastAuditEntry", "auditEntries"])

/** A store whose calls can be observed and made to fail. */
export const watch = (store: IdentityStore["Service"]) => {
  const reads: Array<string> = []
  const failing = new Set<string>()
  const looked = Queue.unbounded<void>().pipe(Effect.runSync)
  let inner = store

  const seen = (
    name: string,
    effect: Effect.Effect<unknown, unknown>
  ): Effect.Effect<unknown, unknown> => {
    if (failing.has(name)) return Effect.fail(new IdentityUnavailable({ cause: "made to fail" }))
    return looks.has(name) ? Effect.tap(effect, () => Queue.offer(looked, undefined)) : effect
  }

  const watched = new Proxy(store, {
    get: (_, name: keyof typeof store) => {
      if (!looks.has(name)) reads.push(name)
      const member: unknown = inner[name]
      return typeof member === "function"
        ? (...args: ReadonlyArray<unknown>) =>
            seen(name, member(...args) as Effect.Effect<unknown, unknown>)
        : seen(name, member as Effect.Effect<unknown, unknown>)
    }
  })

  return {
    store: watched,
    /** Every call except those that poll for changes. */
    reads,
    /** From now on. */
    fail: (name: keyof typeof store) => failing.add(name),
    /** Behaves as a different store from now on, as after restoring a copy. */
    become: (other: typeof store) => (inner = other),
    /** Waits until a node has polled for changes. */
    looked: Queue.take(looked),
    /** Lets it poll again. */
    look: Effect.andThen(TestClock.adjust(lookEveryMs), Queue.take(looked))
  }
}

export const home: Caller = { address: "192.0.2.1", agent: "a browser" }
export const password = Redacted.make("umbrella stapler 42 kiwi")
export const otherPassword = Redacted.make("giraffe tuesday copper hat")

/** The link's token in a message. */
export const tokenIn = ({ text }: Message): Redacted.Redacted =>
  Redacted.make(/#(\S+)/.exec(text)![1]!)

/** Someone with an account. */
export const join = Effect.fnUntraced(function* ({ mail, users }: World, name: string) {
  const email = `${name}@example.com`
  yield* users.register(email, home)
  const token = tokenIn(yield* mail)
  const userId = yield* users.verify({ token, password, name, caller: home })
  return { userId, email }
})

export const signIn = ({ sessions }: Node, email: string, proof?: Proof, caller = home) =>
  sessions.signIn({ email, password, proof, caller })

export interface Person {
  readonly userId: Principal["userId"]
  readonly email: string
  readonly tokens: Tokens
  readonly principal: Principal
}

/** Someone with an account who has signed in. */
export const person = Effect.fnUntraced(function* (world: World, name: string) {
  const { email, userId } = yield* join(world, name)
  const tokens = yield* signIn(world, email)
  assert.strictEqual((yield* world.mail).kind, "newDevice")
  const principal = yield* world.sessions.authenticate(tokens.access.token)
  const made: Person = { userId, email, tokens, principal }
  return made
})

export interface Authenticator {
  /** The current code. */
  readonly code: Effect.Effect<Redacted.Redacted>
  readonly proof: Effect.Effect<Proof>
  readonly secret: Redacted.Redacted
  readonly recoveryCodes: ReadonlyArray<Redacted.Redacted>
}

/** Adds an authenticator app as its owner does, and lets its first code expire. */
export const addTotp = Effect.fnUntraced(function* (
  { factors, mail }: World,
  { principal }: Pick<Person, "principal">
) {
  const { secret } = yield* factors.beginTotp(principal)
  const code = codeOf(secret)
  const recoveryCodes = (yield* factors.confirmTotp(principal, yield* code, home))!
  assert.strictEqual((yield* mail).kind, "factorsChanged")
  yield* TestClock.adjust("1 minute")
  const made: Authenticator = {
    code,
    proof: Effect.map(code, (code) => ({ _tag: "Totp", code })),
    secret,
    recoveryCodes
  }
  return made
})

const codeOf = (secret: Redacted.Redacted) =>
  Effect.map(Clock.currentTimeMillis, (now) =>
    Redacted.make(generateSync({ secret: Redacted.value(secret), epoch: Math.floor(now / 1000) }))
  )

/** Someone with an authenticator app who has signed in with it. */
export const personWithTotp = Effect.fnUntraced(function* (world: World, name: string) {
  const first = yield* person(world, name)
  const authenticator = yield* addTotp(world, first)
  const tokens = yield* signIn(world, first.email, yield* authenticator.proof)
  yield* TestClock.adjust("1 minute")
  const principal = yield* world.sessions.authenticate(tokens.access.token)
  return { ...first, tokens, principal, authenticator }
})

/** Someone to whom the operator gave roles. */
export const staff = Effect.fnUntraced(function* (
  world: World,
  name: string,
  roles: ReadonlyArray<Role>
) {
  const email = `${name}@example.com`
  const userId = yield* world.users.create({ email, password, name, roles })
  const tokens = yield* signIn(world, email)
  assert.strictEqual((yield* world.mail).kind, "newDevice")
  const principal = yield* world.sessions.authenticate(tokens.access.token)
  const authenticator = yield* addTotp(world, { principal })
  const again = yield* signIn(world, email, yield* authenticator.proof)
  yield* TestClock.adjust("1 minute")
  return {
    userId,
    email,
    tokens: again,
    principal: yield* world.sessions.authenticate(again.access.token),
    authenticator
  }
})

/** The tag of the failure. */
export const refusal = <A, E extends { readonly _tag: string }, R>(
  effect: Effect.Effect<A, E, R>
) => Effect.map(Effect.flip(effect), ({ _tag }) => _tag)
