import type { PgClient } from "@effect/sql-pg"
import type { AccountId, MarketId, OrderId } from "@pandora-exchange/core/Ids"
import { sides } from "@pandora-exchange/core/Order"
import { Schema } from "effect"
import { Count, int8, rowsOf, SequenceColumn } from "../internal/Rows.ts"
import { AccountIdColumn, MarketIdColumn, OrderIdColumn, TradeIdColumn } from "./Columns.ts"
import { clause, direction, type List, type PageQuery, rangeClauses } from "./Page.ts"

/** Ordered by the time they happened. */
export interface FillsQuery extends PageQuery {
  readonly accountId: AccountId
  readonly marketId?: MarketId | undefined
  readonly orderId?: OrderId | undefined
}

/** In this order for an account that traded with itself. */
const roles = ["maker", "taker"] as const

const FillRow = Schema.Struct({
  marketId: MarketIdColumn,
  tradeId: TradeIdColumn,
  orderId: OrderIdColumn,
  accountId: AccountIdColumn,
  role: Schema.Literals(roles),
  side: Schema.Literals(sides),
  priceTicks: Count,
  lots: Count,
  baseUnits: Schema.BigInt,
  quoteUnits: Schema.BigInt,
  /** Ledger units of the asset that was received. */
  fee: Schema.BigInt,
  sequence: SequenceColumn,
  eventIndex: Schema.Finite,
  time: Schema.Date
})

/** One order's side of a trade. An account that traded with itself has both. */
export type Fill = typeof FillRow.Type

export const fills: List<Fill, FillsQuery> = {
  name: "fills",
  projection: "trading",
  placeOf: ({ eventIndex, role, sequence }) => [sequence, eventIndex, roles.indexOf(role)],
  read: (sql, venueId, part) => {
    const { after, count, newestFirst, query } = part
    const order = direction(sql, newestFirst)
    // At the position itself, the other side may still follow.
    const inclusiveFor = (role: number) =>
      after !== undefined && (newestFirst ? role < after[2]! : role > after[2]!)

    const sideOf = (role: "maker" | "taker") => {
      const clauses = [
        sql`venue_id = ${venueId}`,
        sql`${sql(`${role}_account_id`)} = ${int8(query.accountId)}`,
        ...clause(query.marketId, (id) => sql`market_id = ${id}`),
        ...clause(query.orderId, (id) => ofOrder(sql, venueId, query.accountId, id, role)),
        ...rangeClauses(sql, part, {
          second: "event_index",
          inclusive: inclusiveFor(roles.indexOf(role))
        })
      ]
      const side =
        role === "taker"
          ? sql`taker_side::text`
          : sql`CASE WHEN taker_side = 'buy' THEN 'sell' ELSE 'buy' END`
      return sql`(
        SELECT market_id, trade_id, ${sql(`${role}_order_id`)} AS order_id, ${sql(`${role}_account_id`)} AS account_id,
          ${sql.literal(`'${role}'`)} AS role, ${side} AS side, price_ticks, lots, base_units, quote_units,
          ${sql(`${role}_fee`)} AS fee, sequence, event_index, time
        FROM pandora.trade WHERE ${sql.and(clauses)}
        ORDER BY sequence ${order}, event_index ${order} LIMIT ${count})`
    }

    return rowsOf(FillRow)(sql`
      SELECT market_id AS "marketId", trade_id AS "tradeId", order_id AS "orderId", account_id AS "accountId", role, side,
        price_ticks AS "priceTicks", lots, base_units AS "baseUnits", quote_units AS "quoteUnits", fee, sequence,
        event_index AS "eventIndex", time
      FROM (${sideOf("maker")} UNION ALL ${sideOf("taker")}) AS fill
      ORDER BY sequence ${order}, event_index ${order}, role ${order} LIMIT ${count}`)
  }
}

/**
 * Limited to the time between acceptance and last change of the order, so that not every fill of
 * the account is read.
 */
const ofOrder = (
  sql: PgClient.PgClient,
  venueId: string,
  accountId: AccountId,
  orderId: OrderId,
  role: "maker" | "taker"
) => {
  const when = (column: string) => sql`(
    SELECT ${sql(column)} FROM pandora.orders
    WHERE venue_id = ${venueId} AND account_id = ${int8(accountId)} AND order_id = ${int8(orderId)})`
  return sql`${sql(`${role}_order_id`)} = ${int8(orderId)}
    AND sequence BETWEEN ${when("accepted_sequence")} AND ${when("updated_sequence")}`
}
