import type { AccountId, AssetId } from "@pandora-exchange/core/Ids"
import { balanceParts, type PostingKind, postingKinds } from "@pandora-exchange/core/views/Postings"
import { Schema } from "effect"
import { Count, int8, rowsOf, SequenceColumn } from "../internal/Rows.ts"
import { AccountIdColumn, AssetIdColumn } from "./Columns.ts"
import { clause, direction, type List, type PageQuery, rangeClauses } from "./Page.ts"

/** Ordered by the time they were made. */
export interface EntriesQuery extends PageQuery {
  readonly accountId: AccountId
  readonly assetId?: AssetId | undefined
  readonly kind?: PostingKind | undefined
}

const EntryRow = Schema.Struct({
  accountId: AccountIdColumn,
  assetId: AssetIdColumn,
  part: Schema.Literals(balanceParts),
  /** Ledger units; negative for an amount that left. */
  amount: Schema.BigInt,
  /** The balance of this part after the entry. */
  balance: Schema.BigInt,
  kind: Schema.Literals(postingKinds),
  /** The id of the order or hold, 0 if there is none. */
  referenceId: Count,
  sequence: SequenceColumn,
  /** Entries with the same sequence and event add up to zero per asset, over all accounts. */
  eventIndex: Schema.Finite,
  line: Schema.Finite,
  time: Schema.Date
})

export type Entry = typeof EntryRow.Type

export const entries: List<Entry, EntriesQuery> = {
  name: "entries",
  projection: "ledger",
  placeOf: ({ line, sequence }) => [sequence, line],
  read: (sql, venueId, part) => {
    const { count, newestFirst, query } = part
    const order = direction(sql, newestFirst)
    const clauses = [
      sql`venue_id = ${venueId}`,
      sql`account_id = ${int8(query.accountId)}`,
      ...clause(query.assetId, (id) => sql`asset_id = ${id}`),
      ...clause(query.kind, (kind) => sql`kind = ${kind}::pandora.entry_kind`),
      ...rangeClauses(sql, part, { second: "line" })
    ]
    return rowsOf(EntryRow)(sql`
      SELECT account_id AS "accountId", asset_id AS "assetId", part::text, amount, balance, kind::text,
        reference_id AS "referenceId", sequence, event_index AS "eventIndex", line, time
      FROM pandora.ledger_entry WHERE ${sql.and(clauses)}
      ORDER BY sequence ${order}, line ${order} LIMIT ${count}`)
  }
}
