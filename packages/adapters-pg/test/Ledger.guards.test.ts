/** What the database itself refuses. */
import type { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { type Event, Ids } from "@pandora-exchange/core"
import { Context, Effect, Layer } from "effect"
import { problemOf } from "../src/internal/SqlFailure.ts"
import { PgDatabase } from "../src/PgDatabase.ts"
import * as Projections from "../src/Projections.ts"
import { journalOfEvents } from "./support/eventJournal.ts"
import { forThisFile, inMemory, onServer, type Place } from "./support/places.ts"
import * as Postgres from "./support/Postgres.ts"
import * as tables from "./support/tables.ts"
import { readOf } from "./support/venueJournal.ts"

const alice = Ids.AccountId(1000)
const bob = Ids.AccountId(1001)
const opened = (accountId: Ids.AccountId): Event.Event => ({
  _tag: "AccountOpened",
  accountId,
  kind: "user",
  opened: true,
  reference: ""
})
const credited: Event.Event = {
  _tag: "Credited",
  accountId: alice,
  assetId: Ids.AssetId(1),
  amount: 10n,
  reference: ""
}
const { batches } = journalOfEvents([[[opened(alice)], [opened(bob)], [credited]]])

interface Entry {
  readonly account: number
  readonly amount: bigint
  readonly asset?: number
  readonly part?: "available" | "held"
  readonly sequence?: number
}

let venues = 0

/** A venue in which alice has 10, from one entry. */
const withVenue = <A>(
  place: Place,
  use: (sql: PgClient.PgClient, venueId: string) => Effect.Effect<A, unknown>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const venueId = `venue-${++venues}`
      const context = yield* Layer.build(
        Layer.fresh(Layer.provideMerge(Projections.layer({ venueId }), place.database))
      )
      yield* Context.get(context, Projections.Projections).catchUp(readOf(batches))
      return yield* use(Context.get(context, PgDatabase).sql, venueId)
    })
  )

const insert = (
  sql: PgClient.PgClient,
  venueId: string,
  entries: ReadonlyArray<Entry>,
  table = "pandora.ledger_entry"
) => {
  const rows = entries.map(
    ({ account, amount, asset = 1, part = "available", sequence = 4 }, line) => ({
      venue_id: venueId,
      sequence,
      account_id: account,
      amount,
      balance: 0,
      reference_id: 0,
      time: new Date(0),
      event_index: 0,
      line,
      asset_id: asset,
      part,
      kind: "transfer"
    })
  )
  return sql`INSERT INTO ${sql.literal(table)} ${sql.insert(rows as [(typeof rows)[number]])}`
}

/** Tries it, and finds everything unchanged. */
const isRefused = (
  place: Place,
  sentence: string | RegExp,
  attempt: (sql: PgClient.PgClient, venueId: string) => Effect.Effect<unknown, unknown>
) =>
  withVenue(place, (sql, venueId) =>
    Effect.gen(function* () {
      const before = yield* tables.tables(sql, venueId)
      const error = yield* Effect.flip(attempt(sql, venueId))
      assert.match(problemOf(error), new RegExp(sentence))
      assert.deepStrictEqual(yield* tables.tables(sql, venueId), before)
    })
  )

const cases = (place: Place) => {
  it.live("entries that add up move the balances they name", () =>
    withVenue(place, (sql, venueId) =>
      Effect.gen(function* () {
        yield* insert(sql, venueId, [
          { account: alice, amount: -4n },
          { account: bob, amount: 4n },
          { account: alice, amount: -3n, sequence: 5 },
          { account: alice, amount: 3n, part: "held", sequence: 5 }
        ])
        assert.deepStrictEqual(
          yield* tables.balances(sql, venueId),
          new Map([
            ["2/1", { available: -10n, held: 0n }],
            ["1000/1", { available: 3n, held: 3n }],
            ["1001/1", { available: 4n, held: 0n }]
          ])
        )
        assert.deepStrictEqual(
          yield* tables.balancesOfEntries(sql, venueId),
          yield* tables.balances(sql, venueId)
        )
      })
    )
  )

  const refusals: ReadonlyArray<
    readonly [name: string, sentence: string | RegExp, entries: ReadonlyArray<Entry>]
  > = [
    [
      "an entry alone",
      "sequence 4, event 0, asset 1 add up to 1 and not to zero",
      [{ account: bob, amount: 1n }]
    ],
    [
      "entries that add up over two assets only",
      "asset [12] add up to -?1 and not",
      [
        { account: alice, amount: -1n },
        { account: bob, amount: 1n, asset: 2 }
      ]
    ],
    [
      "entries that add up over two events only",
      "sequence [45], event 0, asset 1 add up to -?1 and not",
      [
        { account: alice, amount: -1n },
        { account: bob, amount: 1n, sequence: 5 }
      ]
    ],
    [
      "entries of which one does not add up",
      "sequence 6, event 0, asset 1 add up to 1 and not to zero",
      [
        { account: alice, amount: -1n },
        { account: bob, amount: 1n },
        { account: bob, amount: 1n, sequence: 6 }
      ]
    ],
    [
      "more than a user has available",
      "balance_sign",
      [
        { account: alice, amount: -11n },
        { account: bob, amount: 11n }
      ]
    ],
    [
      "more than a user has held",
      "balance_sign",
      [
        { account: alice, amount: -1n, part: "held" },
        { account: bob, amount: 1n }
      ]
    ],
    [
      "a negative balance of an asset that the user never had",
      "balance_sign",
      [
        { account: bob, amount: -1n, asset: 2 },
        { account: alice, amount: 1n, asset: 2 }
      ]
    ],
    [
      "a negative balance of the house",
      "balance_sign",
      [
        { account: 1, amount: -1n },
        { account: bob, amount: 1n }
      ]
    ],
    [
      "a positive balance of the external account",
      "balance_sign",
      [
        { account: alice, amount: -10n },
        { account: bob, amount: -1n },
        { account: 2, amount: 11n }
      ]
    ],
    [
      "a positive balance of the receivable account",
      "balance_sign",
      [
        { account: alice, amount: -1n },
        { account: 3, amount: 1n }
      ]
    ],
    [
      "what the external account would hold",
      "balance_sign",
      [
        { account: 2, amount: -1n, part: "held" },
        { account: bob, amount: 1n }
      ]
    ],
    [
      "a balance past 2^63",
      "out of range",
      [
        { account: 2, amount: -(2n ** 63n - 1n) },
        { account: alice, amount: 2n ** 63n - 1n }
      ]
    ],
    [
      "an account that does not exist",
      "entries of an account that does not exist",
      [
        { account: alice, amount: -1n },
        { account: 4711, amount: 1n }
      ]
    ],
    [
      "nothing at all",
      "amount_check",
      [
        { account: alice, amount: 0n },
        { account: bob, amount: 0n }
      ]
    ],
    [
      "entries that are there",
      "duplicate key",
      [
        { account: 2, amount: -10n, sequence: 3 },
        { account: alice, amount: 10n, sequence: 3 }
      ]
    ]
  ]
  it.live.each(refusals)("error: %s is refused", ([, sentence, entries]) =>
    isRefused(place, sentence, (sql, venueId) => insert(sql, venueId, entries))
  )
  it.live.each(refusals.slice(0, 6))(
    "error: %s is refused when put into the partition by its own name",
    ([, sentence, entries]) =>
      isRefused(place, sentence, (sql, venueId) =>
        insert(sql, venueId, entries, `pandora."ledger_entry:${venueId}:0"`)
      )
  )

  const changes: ReadonlyArray<readonly [name: string, sentence: string, sql: string]> = [
    [
      "changing an entry",
      "rows of ledger_entry.* are never changed",
      "UPDATE pandora.ledger_entry SET amount = 2 * amount WHERE venue_id = '%'"
    ],
    [
      "deleting entries",
      "rows of ledger_entry.* are never changed",
      "DELETE FROM pandora.ledger_entry WHERE venue_id = '%'"
    ],
    [
      "deleting entries of the partition",
      "never changed",
      `DELETE FROM pandora."ledger_entry:%:0"`
    ],
    ["emptying the ledger", "never changed", "TRUNCATE pandora.ledger_entry"],
    ["emptying a partition", "never changed", `TRUNCATE pandora."ledger_entry:%:0"`],
    [
      "changing a balance",
      "rows of balance are never changed",
      "UPDATE pandora.balance SET available = 0 WHERE venue_id = '%'"
    ],
    [
      "adding a balance",
      "rows of balance are never changed",
      "INSERT INTO pandora.balance (venue_id, account_id, asset_id, kind, available, held) VALUES ('%', 1001, 1, 'user', 0, 0)"
    ],
    [
      "deleting balances",
      "only after its entries",
      "DELETE FROM pandora.balance WHERE venue_id = '%'"
    ],
    ["emptying the balances", "never changed", "TRUNCATE pandora.balance"],
    [
      "making an account another kind",
      "foreign key",
      "UPDATE pandora.account SET kind = 'loan' WHERE venue_id = '%' AND account_id = 1000"
    ],
    [
      "deleting an account with a balance",
      "foreign key",
      "DELETE FROM pandora.account WHERE venue_id = '%' AND account_id = 1000"
    ]
  ]
  it.live.each(changes)("error: %s is refused", ([, sentence, statement]) =>
    isRefused(place, sentence, (sql, venueId) => sql.unsafe(statement.replaceAll("%", venueId)))
  )
}

if (Postgres.available) {
  const place = await Effect.runPromise(onServer)
  describe("The ledger on Postgres", () => cases(place))
} else describe.skip(`The ledger on Postgres: ${Postgres.missing}`, () => it("", () => {}))

const embedded = await forThisFile(inMemory)
describe("The ledger on the embedded database", () => cases(embedded))
