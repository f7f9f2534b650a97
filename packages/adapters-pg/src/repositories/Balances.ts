import type { PgClient } from "@effect/sql-pg"
import { accountKinds } from "@pandora-exchange/core/Account"
import type { AccountId } from "@pandora-exchange/core/Ids"
import { Schema } from "effect"
import { int8, rowsOf } from "../internal/Rows.ts"
import { AccountIdColumn, AssetIdColumn } from "./Columns.ts"

const BalanceRow = Schema.Struct({
  accountId: AccountIdColumn,
  assetId: AssetIdColumn,
  available: Schema.BigInt,
  held: Schema.BigInt
})

export type Balance = typeof BalanceRow.Type

const TotalRow = Schema.Struct({
  assetId: AssetIdColumn,
  kind: Schema.Literals(accountKinds),
  available: Schema.BigIntFromString,
  held: Schema.BigIntFromString
})

/**
 * The sum of the balances of all accounts of one kind. Per asset, the sums of all kinds add up to
 * zero.
 */
export type Total = typeof TotalRow.Type

export const balancesOf = (sql: PgClient.PgClient, venueId: string, accountId: AccountId) =>
  rowsOf(BalanceRow)(sql`
    SELECT account_id AS "accountId", asset_id AS "assetId", available, held FROM pandora.balance
    WHERE venue_id = ${venueId} AND account_id = ${int8(accountId)} ORDER BY asset_id`)

export const totalsOf = (sql: PgClient.PgClient, venueId: string) =>
  rowsOf(TotalRow)(sql`
    SELECT asset_id AS "assetId", kind::text, sum(available) AS available, sum(held) AS held FROM pandora.balance
    WHERE venue_id = ${venueId} GROUP BY asset_id, balance.kind ORDER BY asset_id, balance.kind`)
