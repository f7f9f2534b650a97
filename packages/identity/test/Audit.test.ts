import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inspect } from "node:util"
import { home, person, signIn, startTime, world } from "./support/exchange.ts"
import { sql } from "./support/database.ts"

/** What the database refuses to everyone who has not disabled its guards. */
const unguarded = <A>(use: Effect.Effect<A, unknown>) =>
  sql.withTransaction(Effect.andThen(sql`SET LOCAL session_replication_role = replica`, use))

describe("Audit", () => {
  it.effect("tells what happened, in order, and the chain holds", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      yield* here.sessions.revoke(ann.principal, ann.tokens.sessionId)
      const entries = yield* here.audit.read({ after: 0, limit: 10 })
      assert.deepStrictEqual(
        entries.map(({ hash: _, ...entry }) => entry),
        [
          { kind: "registered", details: { roles: ["user"] } },
          { kind: "signedIn", details: { ...home, factor: "none" } },
          { kind: "signedOut", details: { sessionId: ann.tokens.sessionId } }
        ].map((entry, i) => ({
          sequence: i + 1,
          at: startTime,
          subject: ann.userId,
          actor: null,
          ...entry
        }))
      )
      const { brokenAt, entries: count, head } = yield* here.audit.verify
      assert.deepStrictEqual([brokenAt, count, head], [null, 3, entries[2]!.hash])
    }).pipe(Effect.scoped)
  )

  it.effect("error: an entry that was changed, left out or moved shows, wherever it is", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      for (let i = 0; i < 4; i++) yield* signIn(here, ann.email)
      const mine = sql`venue_id = ${here.venueId}`
      const meddlings = [
        sql`UPDATE pandora.audit_entry SET actor = 'usr_eve' WHERE ${mine} AND sequence = 3`,
        sql`UPDATE pandora.audit_entry SET payload = payload || 'x' WHERE ${mine} AND sequence = 3`,
        sql`UPDATE pandora.audit_entry SET at = at + 1 WHERE ${mine} AND sequence = 3`,
        sql`DELETE FROM pandora.audit_entry WHERE ${mine} AND sequence = 3`,
        sql`UPDATE pandora.audit_entry SET sequence = 100 WHERE ${mine} AND sequence = 3`
      ]
      for (const meddle of meddlings) {
        // Fails with its findings, so that the tampering is rolled back.
        const found = Effect.flatMap(here.audit.verify, ({ brokenAt }) => Effect.fail({ brokenAt }))
        const seen = yield* Effect.flip(unguarded(Effect.andThen(meddle, found)))
        assert.deepStrictEqual(seen, { brokenAt: 3 })
      }
      assert.strictEqual((yield* here.audit.verify).brokenAt, null)
    }).pipe(Effect.scoped)
  )

  it.effect("when a user's key is gone nobody reads their entries, and the chain holds", () =>
    Effect.gen(function* () {
      const here = yield* world()
      const ann = yield* person(here, "ann")
      const bob = yield* person(here, "bob")
      const user = (yield* here.store.user(ann.userId))!
      yield* here.store.write({
        changes: [{ _tag: "UpdateUser", user: { ...user, subjectKey: null } }],
        audit: []
      })
      const entries = yield* here.audit.read({ after: 0, limit: 10 })
      assert.deepStrictEqual(
        entries.map(({ details, subject }) => [subject, details === null]),
        [
          [ann.userId, true],
          [ann.userId, true],
          [bob.userId, false],
          [bob.userId, false]
        ]
      )
      assert.strictEqual((yield* here.audit.verify).brokenAt, null)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "refused sign-ins are recorded, without saying for strangers who they tried to be",
    () =>
      Effect.gen(function* () {
        const here = yield* world()
        const email = "canary-address@example.com"
        yield* Effect.flip(signIn(here, email))
        const rows = yield* sql`SELECT * FROM pandora.audit_entry WHERE venue_id = ${here.venueId}`
        assert.strictEqual(rows.length, 1)
        assert.notInclude(inspect(rows), "canary-address")
        const [entry] = yield* here.audit.read({ after: 0, limit: 10 })
        assert.deepStrictEqual(
          [entry?.kind, entry?.subject, entry?.details],
          ["signInRefused", null, { address: home.address }]
        )
      }).pipe(Effect.scoped)
  )
})
