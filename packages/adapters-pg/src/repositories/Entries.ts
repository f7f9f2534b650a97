import type { AccountId, AssetId } from "@pandora-exchange/core/Ids"
import { balanceParts, type PostingKind, postingKinds } from "@pandora-exchange/core/views/Postings"
import { Schema } from "effect"
import { Count, int8, rowsOf, SequenceColumn } from "../internal/Rows.ts"
import { AccountIdColumn, AssetIdColumn } from "./Columns.ts"
import { clause, direction, type List, type PageQuery, rangeClauses } from "./Page.ts"

/** In the order they were made. */
export interface EntriesQuery extends PageQuery {
  readonly accountId: AccountId
  readonly assetId?: AssetId | undefined
  readonly kind?: PostingKind | undefined
}

const EntryRow = Schema.Struct({
  accountId: AccountIdColumn,
  assetId: AssetIdColumn,
  part: Schema.Literals(balanceParts),
  /** Ledger units; negative for what went. */
  amount: Schema.BigInt,
  /** What the part came to. */
  balance: Schema.BigInt,
  kind: Schema.Literals(postingKinds),
  /** The order's or hold's id that it was for; 0 for neither. */
  referenceId: Count,
  sequence: SequenceColumn,
  /** Entries of one sequence and event add up to zero per asset, over all accounts. */
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
