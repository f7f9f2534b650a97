/**
 * What every identity store must do. An adapter is complete when it passes this suite; used like
 * `JournalSuite`.
 */
import { assert } from "@effect/vitest"
import { Context, Effect, Layer, Result, type Scope } from "effect"
import { auditGenesis, auditHash } from "../src/AuditChain.ts"
import {
  type AuditDraft,
  type Session,
  SessionId,
  type SigningKey,
  type User,
  UserId
} from "../src/IdentityRecords.ts"
import { AccountId } from "../src/Ids.ts"
import { type Change, IdentityStore } from "../src/ports/IdentityStore.ts"
import * as Cases from "./internal/Cases.ts"

type Store = IdentityStore["Service"]

/** A place for users: empty when its layer is built, deleted when its scope closes. */
export class IdentityPlace extends Context.Service<
  IdentityPlace,
  {
    /**
     * Opens the store at this place, as a starting process does; its contents survive the scope.
     */
    readonly open: Effect.Effect<Store, unknown, Scope.Scope>
  }
>()("@pandora-exchange/core/testing/IdentityPlace") {}

export type Case = Cases.Case<IdentityPlace>

/** Runs every case in a place of its own. */
export const suite = <E>(name: string, place: Layer.Layer<IdentityPlace, E>): void =>
  Cases.runCases(`IdentityStore (${name})`, cases, place, {})

/** Opens the store provided by a layer, afresh each time. */
export const opening = <E>(
  layer: Layer.Layer<IdentityStore, E>
): Effect.Effect<Store, E, Scope.Scope> =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, IdentityStore))

const opened = <A, E, R>(use: (store: Store) => Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.flatMap(
      Effect.flatMap(IdentityPlace, ({ open }) => Cases.succeeds("opening the store", open)),
      use
    )
  )

const userOf = (name: string): User => ({
  userId: UserId(`usr_${name}`),
  version: 1,
  email: `${name}@example.com`,
  name,
  status: "active",
  kyc: "pending",
  roles: ["user", "support"],
  accounts: [
    { accountId: AccountId(1000), label: "main" },
    { accountId: AccountId(2 ** 40), label: "Sparkonto 💶" }
  ],
  passwordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
  passwordStandsAlone: true,
  credentials: 3,
  totp: { secret: "k1.a.b", confirmed: true, lastStep: 57_000_000 },
  recoveryCodes: ["one", "two"],
  passkeys: [
    {
      credentialId: `c-${name}`,
      publicKey: "p",
      counter: 2 ** 32 - 1,
      name: "Telephone",
      addedAt: 7
    }
  ],
  challenge: { purpose: "prove", value: "v", expiresAt: 1_700_000_000_000 },
  subjectKey: "k1.c.d",
  createdAt: 1_700_000_000_000
})

/** Without any optional fields. */
const bareUserOf = (name: string): User => ({
  ...userOf(name),
  roles: [],
  accounts: [],
  totp: null,
  recoveryCodes: [],
  passkeys: [],
  challenge: null,
  subjectKey: null
})

const sessionOf = (user: User, name: string, createdAt = 1_000): Session => ({
  sessionId: SessionId(`ses_${name}`),
  userId: user.userId,
  createdAt,
  expiresAt: createdAt + 1_000,
  refreshedAt: createdAt,
  provenAt: createdAt,
  factorAt: null,
  address: "2001:db8::1",
  agent: "a browser",
  endedAt: null,
  endReason: null
})

const keyOf = (name: string, signsFrom: number): SigningKey => ({
  keyId: name,
  algorithm: "EdDSA",
  publicKey: `{"x":"${name}"}`,
  privateKey: "k1.e.f",
  signsFrom,
  publishedUntil: signsFrom + 100
})

const draftOf = (kind: string, user?: User): AuditDraft => ({
  at: 1_700_000_000_000,
  kind,
  subject: user?.userId ?? null,
  actor: null,
  payload: `sealed ${kind}`
})

const insert = (store: Store, ...users: ReadonlyArray<User>) =>
  store.write({ changes: users.map((user) => ({ _tag: "InsertUser", user })), audit: [] })

const begin = (store: Store, session: Session, refreshHash: string, userVersion = 1) =>
  store.write({
    changes: [{ _tag: "InsertSession", session, userVersion, refreshHash }],
    audit: []
  })

const change = (store: Store, ...changes: ReadonlyArray<Change>) =>
  store.write({ changes, audit: [] })

const rotate = (sessionId: SessionId, hash: string, nextHash: string, at = 1_500): Change => ({
  _tag: "RotateRefresh",
  sessionId,
  hash,
  nextHash,
  successor: `sealed ${nextHash}`,
  at
})

/** Counts the successes; every other outcome must be a refusal of this kind. */
const successesAmong = <E extends { readonly _tag: string }>(
  effects: ReadonlyArray<Effect.Effect<void, E>>,
  refusal: string
) =>
  Effect.gen(function* () {
    const results = yield* Effect.all(effects.map(Effect.result), { concurrency: "unbounded" })
    for (const result of results) {
      if (Result.isFailure(result) && result.failure._tag !== refusal) {
        const happened = Cases.shown(result.failure)
        assert.fail(
          `expected each write to succeed or to fail with ${refusal}, but one failed with ${happened}`
        )
      }
    }
    return results.filter(Result.isSuccess).length
  })

const isConflict = <E extends { readonly _tag: string }>(
  effect: Effect.Effect<void, E>,
  why: string
) => Cases.failsWith("Conflict", "the write", effect, why)

const isEmailTaken = <E extends { readonly _tag: string }>(
  effect: Effect.Effect<void, E>,
  why: string
) => Cases.failsWith("EmailTaken", "the write", effect, why)

const isPasskeyTaken = <E extends { readonly _tag: string }>(
  effect: Effect.Effect<void, E>,
  why: string
) => Cases.failsWith("PasskeyTaken", "the write", effect, why)

const ann = userOf("ann")
const bob = bareUserOf("bob")

export const cases: ReadonlyArray<Case> = Cases.named<IdentityPlace, never>([
  {
    name: "an empty store has nobody and nothing",
    run: opened(
      Effect.fnUntraced(function* (store) {
        const found = [
          yield* store.user(ann.userId),
          yield* store.userByEmail(ann.email),
          yield* store.session(SessionId("ses_a")),
          yield* store.refreshToken("r"),
          yield* store.users({ after: null, limit: 10 }),
          yield* store.sessions(ann.userId),
          yield* store.signingKeys,
          yield* store.lastAuditEntry,
          yield* store.auditEntries({ after: 0, limit: 10 })
        ]
        assert.deepStrictEqual(found, [
          undefined,
          undefined,
          undefined,
          undefined,
          [],
          [],
          [],
          undefined,
          []
        ])
      })
    )
  },
  {
    name: "users are found as they were stored, by id, by address and in order, also after the store was opened again",
    run: Effect.gen(function* () {
      yield* opened((store) => insert(store, bob, ann))
      yield* opened(
        Effect.fnUntraced(function* (store) {
          assert.deepStrictEqual(yield* store.user(ann.userId), ann)
          assert.deepStrictEqual(yield* store.user(bob.userId), bob)
          assert.deepStrictEqual(yield* store.userByEmail(bob.email), bob)
          assert.deepStrictEqual(yield* store.users({ after: null, limit: 10 }), [ann, bob])
          assert.deepStrictEqual(yield* store.users({ after: ann.userId, limit: 10 }), [bob])
          assert.deepStrictEqual(yield* store.users({ after: null, limit: 1 }), [ann])
        })
      )
    })
  },
  {
    name: "a change is stored with the next version",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const changed: User = {
          ...bareUserOf("ann"),
          email: "new@example.com",
          status: "frozen",
          kyc: "verified"
        }
        yield* change(store, { _tag: "UpdateUser", user: changed })
        assert.deepStrictEqual(yield* store.user(ann.userId), { ...changed, version: 2 })
        assert.isUndefined(yield* store.userByEmail(ann.email))
      })
    )
  },
  {
    name: "error: a change to another version than the stored one is a Conflict, and nothing of the write is made",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const written = {
          changes: [
            { _tag: "InsertUser", user: bob },
            { _tag: "UpdateUser", user: { ...ann, version: 2 } }
          ],
          audit: [draftOf("changed", ann)]
        } as const
        yield* isConflict(store.write(written), "version 2 of a user whose version is 1")
        assert.deepStrictEqual(yield* store.users({ after: null, limit: 10 }), [ann])
        assert.deepStrictEqual(yield* store.auditEntries({ after: 0, limit: 10 }), [])
        yield* isConflict(
          change(store, { _tag: "UpdateUser", user: bob }),
          "a user who is not there"
        )
      })
    )
  },
  {
    name: "of many changes to one version one is made",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const changes = Array.from({ length: 30 }, (_, i) =>
          store.write({
            changes: [{ _tag: "UpdateUser", user: { ...ann, name: `name ${i}` } }],
            audit: [draftOf(`${i}`, ann)]
          })
        )
        assert.strictEqual(yield* successesAmong(changes, "Conflict"), 1)
        const entries = yield* store.auditEntries({ after: 0, limit: 10 })
        assert.deepStrictEqual(
          entries.map(({ kind }) => `name ${kind}`),
          [(yield* store.user(ann.userId))!.name]
        )
      })
    )
  },
  {
    name: "error: an address belongs to one user, until that one is closed",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const other: User = { ...bob, email: ann.email }
        yield* isEmailTaken(insert(store, other), "a new user with the address of another")
        yield* insert(store, bob)
        const moved = change(store, { _tag: "UpdateUser", user: other })
        yield* isEmailTaken(moved, "a change to the address of another")
        yield* change(store, { _tag: "UpdateUser", user: { ...ann, status: "closed" } })
        assert.isUndefined(yield* store.userByEmail(ann.email))
        yield* moved
        assert.strictEqual((yield* store.userByEmail(ann.email))?.userId, bob.userId)
        assert.strictEqual((yield* store.user(ann.userId))?.status, "closed")
      })
    )
  },
  {
    name: "error: a passkey belongs to one user, until it is removed or that one is closed",
    run: opened(
      Effect.fnUntraced(function* (store) {
        const { passkeys } = ann
        yield* insert(store, ann)
        yield* isPasskeyTaken(
          insert(store, { ...bob, passkeys }),
          "a new user with the passkey of another"
        )
        assert.isUndefined(yield* store.user(bob.userId))
        yield* insert(store, bob)
        const add = (version: number) =>
          change(store, { _tag: "UpdateUser", user: { ...bob, passkeys, version } })
        yield* isPasskeyTaken(add(1), "a change to the passkey of another")
        // Keeping one's own passkey is fine, beside others and with other counters.
        const used: User = {
          ...ann,
          passkeys: [
            { ...passkeys[0]!, counter: 0, credentialId: "another" },
            { ...passkeys[0]!, counter: 9 }
          ]
        }
        yield* change(store, { _tag: "UpdateUser", user: used })
        assert.deepStrictEqual((yield* store.user(ann.userId))?.passkeys, used.passkeys)
        yield* isPasskeyTaken(add(1), "a change to one of two passkeys of another")
        yield* change(store, { _tag: "UpdateUser", user: { ...ann, passkeys: [], version: 2 } })
        yield* add(1)
        const back: Change = { _tag: "UpdateUser", user: { ...ann, version: 3 } }
        yield* isPasskeyTaken(change(store, back), "a passkey that another user has now")
        yield* change(store, {
          _tag: "UpdateUser",
          user: { ...bob, passkeys, status: "closed", version: 2 }
        })
        yield* change(store, back)
        assert.deepStrictEqual((yield* store.user(ann.userId))?.passkeys, passkeys)
      })
    )
  },
  {
    name: "of many users with one passkey one is stored",
    run: opened(
      Effect.fnUntraced(function* (store) {
        const inserts = Array.from({ length: 20 }, (_, i) =>
          insert(store, { ...userOf(`u${i}`), passkeys: ann.passkeys })
        )
        assert.strictEqual(yield* successesAmong(inserts, "PasskeyTaken"), 1)
      })
    )
  },
  {
    name: "of many users with one address one is stored",
    run: opened(
      Effect.fnUntraced(function* (store) {
        const inserts = Array.from({ length: 20 }, (_, i) =>
          insert(store, { ...userOf(`u${i}`), email: ann.email })
        )
        assert.strictEqual(yield* successesAmong(inserts, "EmailTaken"), 1)
      })
    )
  },
  {
    name: "sessions are found with their user, by id and by refresh token, and listed newest first",
    run: Effect.gen(function* () {
      const older = sessionOf(ann, "a", 1_000)
      const newer: Session = { ...sessionOf(ann, "b", 2_000), factorAt: 2_000 }
      yield* opened(
        Effect.fnUntraced(function* (store) {
          yield* insert(store, ann, bob)
          yield* begin(store, older, "r1")
          yield* begin(store, newer, "r2")
          yield* begin(store, sessionOf(bob, "c"), "r3")
        })
      )
      yield* opened(
        Effect.fnUntraced(function* (store) {
          assert.deepStrictEqual(yield* store.session(newer.sessionId), {
            session: newer,
            user: ann
          })
          assert.deepStrictEqual(yield* store.refreshToken("r1"), {
            session: older,
            user: ann,
            usedAt: null,
            successor: null
          })
          assert.deepStrictEqual(yield* store.sessions(ann.userId), [newer, older])
        })
      )
    })
  },
  {
    name: "a session begins in one write with a change of its user",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const session = sessionOf(ann, "a")
        yield* change(
          store,
          { _tag: "UpdateUser", user: ann },
          { _tag: "InsertSession", session, userVersion: 2, refreshHash: "r" }
        )
        assert.deepStrictEqual(yield* store.session(session.sessionId), {
          session,
          user: { ...ann, version: 2 }
        })
      })
    )
  },
  {
    name: "error: no session begins on a version of the user that is not the stored one",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        yield* isConflict(
          begin(store, sessionOf(ann, "a"), "r", 2),
          "a session on version 2 of a user whose version is 1"
        )
        yield* isConflict(
          begin(store, sessionOf(bob, "b"), "r", 1),
          "a session of a user who is not there"
        )
        assert.deepStrictEqual(yield* store.sessions(ann.userId), [])
      })
    )
  },
  {
    name: "when a password changes, no session that begins at the same moment with the old one goes on",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const begins = Array.from({ length: 20 }, (_, i) =>
          begin(store, sessionOf(ann, `s${i}`), `r${i}`)
        )
        const ends = change(
          store,
          { _tag: "UpdateUser", user: { ...ann, credentials: 4 } },
          {
            _tag: "EndSessions",
            userId: ann.userId,
            except: null,
            reason: "passwordChanged",
            at: 9
          }
        )
        yield* successesAmong([...begins.slice(0, 10), ends, ...begins.slice(10)], "Conflict")
        assert.deepStrictEqual(yield* store.sessions(ann.userId), [])
      })
    )
  },
  {
    name: "a refresh token is used once and gives the next one",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const session = sessionOf(ann, "a")
        yield* begin(store, session, "r1")
        yield* change(store, rotate(session.sessionId, "r1", "r2"))
        const refreshed: Session = { ...session, refreshedAt: 1_500 }
        assert.deepStrictEqual(yield* store.refreshToken("r1"), {
          session: refreshed,
          user: ann,
          usedAt: 1_500,
          successor: "sealed r2"
        })
        assert.deepStrictEqual(yield* store.refreshToken("r2"), {
          session: refreshed,
          user: ann,
          usedAt: null,
          successor: null
        })
        yield* isConflict(
          change(store, rotate(session.sessionId, "r1", "r3", 1_600)),
          "a refresh token that was used"
        )
        yield* isConflict(
          change(store, rotate(session.sessionId, "unknown", "r3")),
          "a refresh token that was never given"
        )
        assert.isUndefined(yield* store.refreshToken("r3"))
        assert.deepStrictEqual((yield* store.session(session.sessionId))?.session, refreshed)
      })
    )
  },
  {
    name: "of 50 refreshes at one moment one is made",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const { sessionId } = sessionOf(ann, "a")
        yield* begin(store, sessionOf(ann, "a"), "r")
        const rotations = Array.from({ length: 50 }, (_, i) =>
          change(store, rotate(sessionId, "r", `next${i}`))
        )
        assert.strictEqual(yield* successesAmong(rotations, "Conflict"), 1)
        const tokens = yield* Effect.forEach(rotations, (_, i) => store.refreshToken(`next${i}`))
        assert.strictEqual(tokens.filter((token) => token !== undefined).length, 1)
      })
    )
  },
  {
    name: "error: an ended session ends once, refreshes nothing, and is not listed",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann, bob)
        const session = sessionOf(ann, "a")
        const { sessionId } = session
        yield* begin(store, session, "r")
        const end = (userId: UserId) =>
          change(store, { _tag: "EndSession", sessionId, userId, reason: "signedOut", at: 1_200 })
        yield* isConflict(end(bob.userId), "the session of another user")
        yield* end(ann.userId)
        yield* isConflict(end(ann.userId), "a session that has ended")
        yield* isConflict(
          change(store, rotate(sessionId, "r", "next")),
          "the refresh token of an ended session"
        )
        const ended: Session = { ...session, endedAt: 1_200, endReason: "signedOut" }
        assert.deepStrictEqual(yield* store.refreshToken("r"), {
          session: ended,
          user: ann,
          usedAt: null,
          successor: null
        })
        assert.deepStrictEqual(yield* store.sessions(ann.userId), [])
      })
    )
  },
  {
    name: "all sessions of a user but one end, and those of others go on",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann, bob)
        const [a, b, c] = [sessionOf(ann, "a"), sessionOf(ann, "b"), sessionOf(bob, "c")] as const
        for (const session of [a, b, c]) yield* begin(store, session, session.sessionId)
        const end = {
          _tag: "EndSessions",
          userId: ann.userId,
          reason: "factorsChanged",
          at: 1_300
        } as const
        yield* change(store, { ...end, except: b.sessionId })
        assert.deepStrictEqual(yield* store.sessions(ann.userId), [b])
        assert.deepStrictEqual((yield* store.session(a.sessionId))?.session, {
          ...a,
          endedAt: 1_300,
          endReason: "factorsChanged"
        })
        yield* change(store, { ...end, except: null, at: 1_400 })
        assert.deepStrictEqual(yield* store.sessions(ann.userId), [])
        assert.strictEqual((yield* store.session(a.sessionId))?.session.endedAt, 1_300)
        assert.deepStrictEqual(yield* store.sessions(bob.userId), [c])
      })
    )
  },
  {
    name: "entries of many writes at one moment have one order, no gaps, and one chain",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        yield* Effect.forEach(
          Array.from({ length: 25 }, (_, i) => i),
          (i) => store.write({ changes: [], audit: [draftOf(`${i}a`, ann), draftOf(`${i}b`)] }),
          { concurrency: "unbounded", discard: true }
        )
        const entries = yield* store.auditEntries({ after: 0, limit: 1_000 })
        assert.deepStrictEqual(
          entries.map(({ sequence }) => sequence),
          Array.from({ length: 50 }, (_, i) => i + 1)
        )
        let head = auditGenesis
        for (const { hash, sequence, ...draft } of entries) {
          head = auditHash(head, sequence, draft)
          assert.strictEqual(hash, head)
        }
        // Entries of one write are adjacent.
        for (let i = 0; i < entries.length; i += 2) {
          assert.strictEqual(entries[i]!.kind.replace("a", "b"), entries[i + 1]!.kind)
        }
        assert.deepStrictEqual(
          yield* store.auditEntries({ after: 48, limit: 1 }),
          entries.slice(48, 49)
        )
        assert.deepStrictEqual(yield* store.lastAuditEntry, entries[49])
      })
    )
  },
  {
    name: "signing keys come in the order in which they sign",
    run: opened(
      Effect.fnUntraced(function* (store) {
        const [first, second] = [keyOf("b", 100), keyOf("a", 200)] as const
        yield* change(store, { _tag: "InsertSigningKey", key: second })
        yield* change(store, { _tag: "InsertSigningKey", key: first })
        assert.deepStrictEqual(yield* store.signingKeys, [first, second])
        yield* isConflict(
          change(store, { _tag: "InsertSigningKey", key: first }),
          "a signing key that is there"
        )
      })
    )
  },
  {
    name: "what has expired is forgotten with its refresh tokens, and what has not stays",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* insert(store, ann)
        const [older, newer] = [sessionOf(ann, "a", 1_000), sessionOf(ann, "b", 1_001)] as const
        yield* begin(store, older, "r1")
        yield* begin(store, newer, "r2")
        yield* change(store, { _tag: "InsertSigningKey", key: keyOf("k1", 1_900) })
        yield* change(store, { _tag: "InsertSigningKey", key: keyOf("k2", 1_901) })
        yield* store.forgetExpired(2_001)
        assert.deepStrictEqual(yield* store.sessions(ann.userId), [newer])
        assert.deepStrictEqual(
          [yield* store.refreshToken("r1"), yield* store.session(older.sessionId)],
          [undefined, undefined]
        )
        assert.isDefined(yield* store.refreshToken("r2"))
        assert.deepStrictEqual(yield* store.signingKeys, [keyOf("k2", 1_901)])
      })
    )
  }
])
