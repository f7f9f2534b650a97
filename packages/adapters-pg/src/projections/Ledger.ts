/**
 * Accounts, balances, and every entry that moved them.
 *
 * The entries of one event add up to zero per asset. The database applies entries to balances
 * itself. It refuses entries that do not add up, and balances that break a rule.
 */
import type { PgClient } from "@effect/sql-pg"
import {
  type AccountKind,
  accountKinds,
  externalAccountId,
  houseAccountId,
  receivableAccountId
} from "@pandora-exchange/core/Account"
import type * as Event from "@pandora-exchange/core/Event"
import {
  type BalancePart,
  balanceParts,
  type Poster,
  type PostingKind,
  postingKinds,
  Postings
} from "@pandora-exchange/core/views/Postings"
import type { SequencedEvents } from "@pandora-exchange/core/Batch"
import { Effect, Schema } from "effect"
import { type Columns, enumeration, type Row, Rows } from "../internal/Bulk.ts"
import * as Partitions from "../internal/Partitions.ts"
import { rowsOf } from "../internal/Rows.ts"
import { AssetIdColumn, MarketIdColumn } from "../repositories/Columns.ts"
import type { Projection, Writer } from "./Projection.ts"

const accountColumns = {
  account_id: "int8",
  kind: enumeration("account_kind", accountKinds),
  reference: "text"
} as const satisfies Columns

const marketColumns = {
  market_id: "int4",
  base_asset_id: "int4",
  quote_asset_id: "int4",
  symbol: "text"
} as const satisfies Columns

const entryColumns = {
  sequence: "int8",
  account_id: "int8",
  amount: "int8",
  reference_id: "int8",
  time: "timestamptz",
  event_index: "int4",
  line: "int4",
  asset_id: "int4",
  part: enumeration("balance_part", balanceParts),
  kind: enumeration("entry_kind", postingKinds)
} as const satisfies Columns

const partitioned: Partitions.Partitioned = {
  table: "ledger_entry",
  setUp: [
    // A trigger on the parent does not fire for rows that are inserted into a partition by name.
    `CREATE TRIGGER post_entries AFTER INSERT ON %
      REFERENCING NEW TABLE AS entry FOR EACH STATEMENT EXECUTE FUNCTION pandora.post_entries()`,
    `CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %
      FOR EACH STATEMENT EXECUTE FUNCTION pandora.refuse_change()`
  ]
}

const open = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  const postings = new Postings(yield* storedMarkets(sql, venueId))
  const writer: Writer = {
    prepare: (commands) => {
      const { accounts, entries, listings } = new EntryBook(postings, commands)
      const tables = [
        accounts.insertInto(sql, venueId, "account"),
        listings.insertInto(sql, venueId, "market"),
        entries.into(sql, venueId, insertEntries(entries))
      ]
      return { store: Effect.all(tables, { discard: true }), orderIdMax: 0 }
    },
    makeRoom: Partitions.keeper(sql, partitioned, venueId)
  }
  return writer
})

/** The balance of an entry is the stored one plus everything up to that entry. */
const insertEntries = (entries: Rows<typeof entryColumns>) => {
  const names = Object.keys(entryColumns)
  return `
    INSERT INTO pandora.ledger_entry (venue_id, ${names.join(", ")}, balance)
    SELECT $1, ${names.map((name) => entries.valueOf(name)).join(", ")},
      coalesce(CASE ${entries.valueOf("part")} WHEN 'available' THEN balance.available ELSE balance.held END, 0)
        + sum(new.amount) OVER (PARTITION BY new.account_id, new.asset_id, new.part ORDER BY new.sequence, new.line)
    FROM ${entries.source} LEFT JOIN pandora.balance
      ON balance.venue_id = $1 AND balance.account_id = new.account_id AND balance.asset_id = new.asset_id`
}

const MarketRow = Schema.Struct({
  marketId: MarketIdColumn,
  baseAssetId: AssetIdColumn,
  quoteAssetId: AssetIdColumn
})

const storedMarkets = (sql: PgClient.PgClient, venueId: string) =>
  rowsOf(MarketRow)(sql`
    SELECT market_id AS "marketId", base_asset_id AS "baseAssetId", quote_asset_id AS "quoteAssetId"
    FROM pandora.market WHERE venue_id = ${venueId}`)

const genesisAccounts: ReadonlyArray<readonly [id: number, kind: AccountKind]> = [
  [houseAccountId, "house"],
  [externalAccountId, "external"],
  [receivableAccountId, "receivable"]
]

const reset = Effect.fnUntraced(function* (sql: PgClient.PgClient, venueId: string) {
  yield* Partitions.dropAll(sql, partitioned, venueId)
  yield* sql`DELETE FROM pandora.balance WHERE venue_id = ${venueId}`
  yield* sql`DELETE FROM pandora.market WHERE venue_id = ${venueId}`
  yield* sql`DELETE FROM pandora.account WHERE venue_id = ${venueId}`
  for (const [id, kind] of genesisAccounts) {
    yield* sql`
      INSERT INTO pandora.account (venue_id, account_id, kind, reference)
      VALUES (${venueId}, ${BigInt(id)}, ${kind}::pandora.account_kind, '')`
  }
})

export const Ledger: Projection = { name: "ledger", open, reset }

/** Turns events into rows: entries from postings, and the accounts and assets that they name. */
class EntryBook implements Poster {
  readonly accounts = new Rows(accountColumns)
  readonly listings = new Rows(marketColumns)
  readonly entries = new Rows(entryColumns)
  private readonly postings: Postings
  /** The current entry; `line` counts the entries of its command. */
  private sequence = 0n
  private time = 0
  private eventIndex = 0
  private line = 0

  constructor(postings: Postings, commands: ReadonlyArray<SequencedEvents>) {
    this.postings = postings
    for (const command of commands) this.add(command)
  }

  private add({ events, sequence, time }: SequencedEvents): void {
    this.sequence = BigInt(sequence)
    this.time = time
    this.line = 0
    for (const [eventIndex, event] of events.entries()) {
      this.eventIndex = eventIndex
      this.name(event)
      this.postings.read(event, this)
    }
  }

  private name(event: Event.Event): void {
    if (event._tag === "AccountOpened" && event.opened) {
      const { accountId, kind, reference } = event
      this.accounts.add({ account_id: BigInt(accountId), kind, reference })
    } else if (event._tag === "MarketListed") {
      const { baseAssetId, marketId, quoteAssetId, symbol } = event
      this.listings.add({
        market_id: marketId,
        base_asset_id: baseAssetId,
        quote_asset_id: quoteAssetId,
        symbol
      })
    }
  }

  post(
    accountId: number,
    assetId: number,
    part: BalancePart,
    amount: bigint,
    kind: PostingKind,
    referenceId: number
  ): void {
    const row: Row<typeof entryColumns> = {
      sequence: this.sequence,
      account_id: BigInt(accountId),
      amount,
      reference_id: BigInt(referenceId),
      time: this.time,
      event_index: this.eventIndex,
      asset_id: assetId,
      part,
      kind,
      line: this.line++
    }
    this.entries.add(row)
  }
}
