/** What projections stored, for complete comparison. */
import type { PgClient } from "@effect/sql-pg"
import { Effect } from "effect"
import type { Bookkeeping } from "../../../engine/test/reference/Bookkeeping.ts"

const projected = ["account", "market", "balance", "ledger_entry", "orders", "trade"] as const

/** Every row of a venue as text, in one order. */
export const tables = (sql: PgClient.PgClient, venueId = "main") =>
  Effect.forEach(projected, (table) =>
    Effect.map(
      sql<{ readonly row: string }>`
        SELECT (to_jsonb(t) - 'venue_id')::text AS row FROM ${sql(`pandora.${table}`)} AS t
        WHERE venue_id = ${venueId} ORDER BY row`,
      (rows) => [table, rows.map(({ row }) => row)] as const
    )
  ).pipe(
    Effect.map(
      (all) =>
        Object.fromEntries(all) as unknown as Record<
          (typeof projected)[number],
          ReadonlyArray<string>
        >
    )
  )

/** Balances by account and asset, none that are zero. */
export const balances = (sql: PgClient.PgClient, venueId = "main") =>
  Effect.map(
    sql<{ readonly key: string; readonly available: bigint; readonly held: bigint }>`
      SELECT account_id || '/' || asset_id AS key, available, held FROM pandora.balance
      WHERE venue_id = ${venueId} AND (available <> 0 OR held <> 0)`,
    (rows) => new Map(rows.map(({ available, held, key }) => [key, { available, held }]))
  )

/** The same, added up from entries. */
export const balancesOfEntries = (sql: PgClient.PgClient, venueId = "main") =>
  Effect.map(
    sql<{ readonly key: string; readonly available: string; readonly held: string }>`
      SELECT account_id || '/' || asset_id AS key, coalesce(sum(amount) FILTER (WHERE part = 'available'), 0) AS available,
        coalesce(sum(amount) FILTER (WHERE part = 'held'), 0) AS held
      FROM pandora.ledger_entry WHERE venue_id = ${venueId} GROUP BY account_id, asset_id`,
    (rows) =>
      new Map(
        rows
          .map(
            ({ available, held, key }) =>
              [key, { available: BigInt(available), held: BigInt(held) }] as const
          )
          .filter(([, { available, held }]) => available !== 0n || held !== 0n)
      )
  )

/** What a reader of events who trusts no venue has found. */
export const balancesOfBookkeeping = (bookkeeping: Bookkeeping) =>
  new Map(
    [...bookkeeping.balances].filter(([, { available, held }]) => available !== 0n || held !== 0n)
  )

const OrderFields = [
  "account_id",
  "price_ticks",
  "lots",
  "filled_lots",
  "prevented_lots",
  "ended_lots",
  "fee",
  "credential",
  "status"
] as const

export const orders = (sql: PgClient.PgClient, venueId = "main") =>
  Effect.map(
    sql<
      Record<"order_id" | Exclude<(typeof OrderFields)[number], "status">, bigint> & {
        readonly status: string
      }
    >`
      SELECT order_id, account_id, price_ticks, lots, filled_lots, prevented_lots, ended_lots, fee, credential, status::text
      FROM pandora.orders WHERE venue_id = ${venueId}`,
    (rows) =>
      new Map(
        rows.map(({ order_id, ...row }) => [
          Number(order_id),
          OrderFields.map((field) => String(row[field])).join(" ")
        ])
      )
  )

export const ordersOfBookkeeping = (bookkeeping: Bookkeeping) =>
  new Map(
    [...bookkeeping.orders].map(([orderId, order]) => [
      orderId,
      [
        order.accepted.accountId,
        order.priceTicks,
        order.lots,
        order.filledLots,
        order.preventedLots,
        order.endedLots,
        order.feePaid,
        order.accepted.credential,
        order.ended ?? "open"
      ].join(" ")
    ])
  )
