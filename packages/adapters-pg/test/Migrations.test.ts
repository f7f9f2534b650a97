import type { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { genesisHash } from "@pandora-exchange/core/Batch"
import { Epoch, Sequence } from "@pandora-exchange/core/Ids"
import { IdentityStore } from "@pandora-exchange/core/ports/IdentityStore"
import { Journal } from "@pandora-exchange/core/ports/Journal"
import { SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { Context, Effect, Layer, type Scope, Stream } from "effect"
import { createHash } from "node:crypto"
import { expect } from "vitest"
import type { Migration } from "../src/internal/Migration.ts"
import * as Migrations from "../src/internal/Migrations.ts"
import { problemOf } from "../src/internal/SqlFailure.ts"
import { DatabaseUnusable, PgDatabase } from "../src/PgDatabase.ts"
import * as PgIdentityStore from "../src/PgIdentityStore.ts"
import * as PgJournal from "../src/PgJournal.ts"
import * as PgSnapshotStore from "../src/PgSnapshotStore.ts"
import * as Projections from "../src/Projections.ts"
import { emptyEmbedded, onServer, type Place } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"
import { reseal } from "./support/reseal.ts"
import * as tables from "./support/tables.ts"
import { venueJournal } from "./support/venueJournal.ts"

const newest = Migrations.migrations.length
const { batches, bookkeeping } = venueJournal(1, 500, () => 50)
const [first, ...others] = batches
const snapshot = new Uint8Array(3_000_000).fill(7)

const secrets = {
  passwordHash: "$argon2id$",
  passwordStandsAlone: true,
  credentials: 1,
  totp: null,
  recoveryCodes: [],
  passkeys: [{ credentialId: "c", publicKey: "p", counter: 0, name: "Key", addedAt: 5 }],
  challenge: null,
  subjectKey: null
}

const beforeIdentity = 5

/** What a build that knew the version left in its tables. */
const dataOf: ReadonlyArray<(sql: PgClient.PgClient) => Effect.Effect<unknown, unknown>> = [
  (sql) =>
    Effect.andThen(
      sql`INSERT INTO pandora.journal_head (venue_id, epoch, last_sequence, hash) VALUES ('main', 1, 50, ${first!.hash})`,
      sql`
        INSERT INTO pandora.journal_batch (venue_id, epoch, last_sequence, hash, first_sequence, previous_hash, bytes)
        VALUES ('main', 1, 50, ${first!.hash}, 1, ${genesisHash}, ${first!.bytes})`
    ),
  (sql) =>
    Effect.gen(function* () {
      const sha256 = createHash("sha256").update(snapshot).digest()
      yield* sql`
        INSERT INTO pandora.snapshot
          (venue_id, sequence, batch_hash, rules_version, format_version, whole, bytes, pieces, sha256)
        VALUES ('main', 50, ${first!.hash}, 1, 1, true, 3000000, 3, ${sha256})`
      for (let i = 0; i < 3; i++) {
        yield* sql`
          INSERT INTO pandora.snapshot_piece (snapshot_id, number, bytes)
          VALUES (1, ${i}, ${snapshot.subarray(0, 1_000_000)})`
      }
    }),
  (sql) =>
    Effect.gen(function* () {
      yield* sql`
        INSERT INTO pandora.projection (venue_id, name, sequence, batch_hash, order_id)
        VALUES ('main', 'ledger', 0, NULL, 0)`
      yield* sql`
        INSERT INTO pandora.account (venue_id, account_id, kind, reference)
        VALUES ('main', 1, 'house', ''), ('main', 2, 'external', ''), ('main', 3, 'receivable', '')`
    }),
  (sql) =>
    sql`
      INSERT INTO pandora.projection (venue_id, name, sequence, batch_hash, order_id)
      VALUES ('main', 'trading', 0, NULL, 0)`,
  (sql) =>
    Effect.andThen(
      sql`
        INSERT INTO pandora.projection_mark (venue_id, name, time, sequence, order_id)
        VALUES ('main', 'trading', now(), 0, 0)`,
      sql`
        INSERT INTO pandora.orders (venue_id, order_id, account_id, price_ticks, lots, filled_lots, ended_lots,
          filled_quote, fee, budget, accepted_sequence, updated_sequence, accepted_at, updated_at, deadline_ms,
          market_id, side, type, time_in_force, status, maker_rate, taker_rate, client_order_id, waits, post_only,
          display_lots, self_trade_prevention, list_id, trigger, trigger_ticks, trailing_unit, trailing_offset)
        SELECT 'other', n, 1000, 5, 1, 0, 0, 0, 0, 0, n, n, now(), now(), 0, 1, 'buy', 'limit', 'GTC', 'open', 0, 0, '',
          false, 'off', 0, 'none', 0, 'none', 0, 'none', 0
        FROM generate_series(1, 2) AS n`
    ),
  (sql) =>
    Effect.gen(function* () {
      yield* sql`
        INSERT INTO pandora.identity_user
          (venue_id, user_id, version, email, name, status, kyc, roles, accounts, secrets, created_at)
        VALUES ('main', 'usr_ann', 7, 'ann@example.com', 'Ann', 'active', 'none', '{user}', '[]', ${sql.json(secrets)}, 5)`
      yield* sql`
        INSERT INTO pandora.identity_session (venue_id, session_id, user_id, created_at, expires_at, refreshed_at,
          proven_at, address, agent)
        VALUES ('main', 'ses_ann', 'usr_ann', 5, 6, 5, 5, '192.0.2.1', '')`
      yield* sql`
        INSERT INTO pandora.identity_refresh_token (venue_id, hash, session_id) VALUES ('main', 'hash', 'ses_ann')`
    }),
  (sql) => sql`UPDATE pandora.orders SET credential = 9 WHERE venue_id = 'other' AND order_id = 2`,
  // It only adds names.
  (sql) => sql`SELECT 'quantityLimit'::pandora.order_status, 'tooSmall'::pandora.order_status`,
  (sql) => sql`UPDATE pandora.orders SET prevented_lots = 0 WHERE venue_id = 'other'`,
  // It makes them from the users.
  (sql) => sql`SELECT credential_id FROM pandora.identity_passkey`,
  (sql) =>
    sql`UPDATE pandora.identity_refresh_token SET used_at = 5, successor = 'sealed' WHERE venue_id = 'main'`,
  (sql) =>
    sql`
      UPDATE pandora.orders SET lots = 5, filled_lots = 2, prevented_lots = 1, ended_lots = 2, status = 'cancelled'
      WHERE venue_id = 'other'`,
  (sql) => sql`UPDATE pandora.orders SET waits_for = 'trigger' WHERE venue_id = 'other'`
]

/** Everything this build does, on the existing data. */
const worksOn = Effect.fnUntraced(function* (place: Place, version: number) {
  const layers = Layer.mergeAll(
    PgJournal.layer(),
    PgSnapshotStore.layer(),
    PgIdentityStore.layer(),
    Projections.layer()
  )
  const context = yield* Layer.build(Layer.fresh(Layer.provideMerge(layers, place.database)))
  const { sql } = Context.get(context, PgDatabase)
  const applied = yield* sql`SELECT version, name FROM pandora.migration ORDER BY version`
  assert.deepStrictEqual(
    applied,
    Migrations.migrations.map(({ name }, i) => ({ version: i + 1, name }))
  )

  const journal = Context.get(context, Journal)
  const claim = yield* journal.claim
  assert.deepStrictEqual([claim.epoch, claim.head.lastSequence], version >= 1 ? [2, 50] : [1, 0])
  let { head } = claim
  for (const batch of version >= 1 ? others : batches) {
    const mine = reseal(batch, head, Epoch(claim.epoch))
    yield* journal.append(mine)
    head = { lastSequence: Sequence(head.lastSequence + mine.count), hash: mine.hash }
  }

  const snapshots = Context.get(context, SnapshotStore)
  const heads = yield* snapshots.list
  assert.deepStrictEqual(
    heads.map(({ sequence }) => sequence),
    version >= 2 ? [50] : []
  )
  if (version >= 2) {
    const state = Buffer.concat(yield* Stream.runCollect(snapshots.load(Sequence(50))))
    assert.isTrue(state.equals(snapshot))
  }

  const users = Context.get(context, IdentityStore)
  const token = yield* users.refreshToken("hash")
  assert.deepStrictEqual(
    [token?.user.version, token?.user.passwordHash, token?.session.sessionId],
    version >= 6 ? [7, "$argon2id$", "ses_ann"] : [undefined, undefined, undefined]
  )

  assert.strictEqual(token?.successor ?? null, version >= 11 ? "sealed" : null)

  const passkeys = yield* sql`SELECT credential_id, user_id FROM pandora.identity_passkey`
  assert.deepStrictEqual(passkeys, version >= 6 ? [{ credential_id: "c", user_id: "usr_ann" }] : [])

  const placed = yield* sql<{ readonly credential: bigint }>`
    SELECT credential FROM pandora.orders WHERE venue_id = 'other' ORDER BY order_id`
  assert.deepStrictEqual(
    placed.map(({ credential }) => Number(credential)),
    version < 5 ? [] : [0, version < 7 ? 0 : 9]
  )

  yield* Context.get(context, Projections.Projections).catchUp(journal.read)
  assert.deepStrictEqual(yield* tables.balances(sql), tables.balancesOfBookkeeping(bookkeeping))
  assert.deepStrictEqual(yield* tables.orders(sql), tables.ordersOfBookkeeping(bookkeeping))
})

const everyVersion = Array.from({ length: newest + 1 }, (_, version) => version)

const cases = (
  empty: Effect.Effect<Place, unknown, Scope.Scope>,
  versions: ReadonlyArray<number>
) => {
  it.live.each(versions)(
    "a database of version %i with data in it becomes one of this build and keeps what it has",
    (version) =>
      Effect.gen(function* () {
        const place = yield* empty
        yield* place.meddle((sql) => Migrations.run(sql, 0))
        for (const [i, fill] of dataOf.slice(0, version).entries()) {
          yield* place.meddle((sql) => Migrations.run(sql, i + 1))
          yield* place.meddle(fill)
        }
        yield* worksOn(place, version)
      }).pipe(Effect.scoped)
  )

  it.live("error: a database of a newer build is refused with a sentence, and not touched", () =>
    Effect.gen(function* () {
      const place = yield* empty
      yield* place.meddle((sql) => Migrations.run(sql))
      yield* place.meddle(
        (sql) => sql`INSERT INTO pandora.migration (version, name) VALUES (${newest + 1}, 'later')`
      )
      const error = yield* Effect.flip(Effect.scoped(Layer.build(place.database)))
      assert.deepInclude(error, { _tag: "DatabaseTooNew", version: newest + 1, versionMax: newest })
      assert.include((error as Error).message, "Use the newer build")
    }).pipe(Effect.scoped)
  )

  it.live("error: a migration that fails leaves the version there was", () =>
    Effect.gen(function* () {
      const place = yield* empty
      yield* place.meddle((sql) => Migrations.run(sql, beforeIdentity))
      yield* place.meddle((sql) => sql`CREATE TABLE pandora.identity_user (n int4)`)
      const error = yield* Effect.flip(Effect.scoped(Layer.build(place.database)))
      const sentence = error instanceof DatabaseUnusable ? error.problem : problemOf(error)
      assert.include(sentence, `relation "identity_user" already exists`)
      const [row] = yield* place.meddle(
        (sql) => sql`
          SELECT max(version) AS version, to_regclass('pandora.identity_session') IS NULL AS undone FROM pandora.migration`
      )
      assert.deepStrictEqual(row, { version: beforeIdentity, undone: true })
      yield* place.meddle((sql) => sql`DROP TABLE pandora.identity_user`)
      yield* worksOn(place, 0)
    }).pipe(Effect.scoped)
  )
}

describe("Migrations", () => {
  it("those that were released are as they were", () => {
    const hashOf = ({ statements }: Migration) =>
      createHash("sha256").update(statements.join("\n;\n")).digest("hex").slice(0, 16)
    expect(
      Migrations.migrations.map((migration) => [migration.name, hashOf(migration)])
    ).toMatchInlineSnapshot(`
      [
        [
          "journal",
          "38b06cff7e4d5fdd",
        ],
        [
          "snapshots",
          "e011cf1d5350e878",
        ],
        [
          "projections",
          "58236c109544f455",
        ],
        [
          "history",
          "f5183d70fdfa1360",
        ],
        [
          "orderTerms",
          "a854f8ddc83a95c5",
        ],
        [
          "identity",
          "025cceb97f43b9c7",
        ],
        [
          "credential",
          "b14ef9e268884685",
        ],
        [
          "endsOfRules2",
          "5ee852c8538c2c17",
        ],
        [
          "preventedLots",
          "904a5c8915e83960",
        ],
        [
          "passkeys",
          "4a0b26eb59ca2df4",
        ],
        [
          "successors",
          "46119ba065ae4f59",
        ],
        [
          "endedLots",
          "b95f84ebdc67adac",
        ],
        [
          "waitsFor",
          "f74a746f3456c685",
        ],
      ]
    `)
  })

  it("each version has data to test it with", () => {
    assert.strictEqual(dataOf.length, newest)
  })
})

describe.skipIf(!Postgres.available)("Migrations on Postgres", () => cases(onServer, everyVersion))
// It executes the same statements, and each case takes seconds.
const some = process.env["PANDORA_TEST_LONG"] ? everyVersion : [0, beforeIdentity, newest]
describe("Migrations on the embedded database", () => cases(emptyEmbedded, some))
