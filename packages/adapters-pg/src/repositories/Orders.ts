import type { PgClient } from "@effect/sql-pg"
import type { AccountId, MarketId, OrderId } from "@pandora-exchange/core/Ids"
import type { Side } from "@pandora-exchange/core/Order"
import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { type OrderEnd, OrderRow, orderSelection } from "../internal/OrderFields.ts"
import { int8, rowsOf } from "../internal/Rows.ts"
import { clause, direction, type List, type PageQuery } from "./Page.ts"

/** Ordered by id. The time range is that of their acceptance. */
export interface OrdersQuery extends PageQuery {
  readonly accountId: AccountId
  readonly marketId?: MarketId | undefined
  readonly side?: Side | undefined
  /** The number of an API key; 0 for orders placed without one. */
  readonly credential?: number | undefined
  /** Any of these. Default: all. */
  readonly statuses?: ReadonlyArray<OrderEnd> | undefined
}

/** An order after the last command that the page reflects. */
export type Order = typeof OrderRow.Type

export const orders: List<Order, OrdersQuery> = {
  name: "orders",
  projection: "trading",
  placeOf: ({ orderId }) => [orderId],
  read: (sql, venueId, { after, bounds, count, newestFirst, query }) => {
    const { accountId, credential, marketId, side, since, statuses, until } = query
    const isOpen = statuses?.length === 1 && statuses[0] === "open"
    const clauses = [
      sql`venue_id = ${venueId}`,
      sql`account_id = ${int8(accountId)}`,
      ...clause(marketId, (id) => sql`market_id = ${id}`),
      ...clause(side, (side) => sql`side = ${side}::pandora.side`),
      ...clause(credential, (credential) => sql`credential = ${int8(credential)}`),
      // Written into the statement for open orders: their index is not found by a parameter.
      ...clause(statuses, (statuses) =>
        isOpen
          ? sql`status = 'open'`
          : sql`status = ANY (${statuses}::text[]::pandora.order_status[])`
      ),
      ...clause(since, (since) => sql`accepted_at >= ${new Date(since)}`),
      ...clause(until, (until) => sql`accepted_at < ${new Date(until)}`),
      ...clause(bounds.orderIdAfter, (id) => sql`order_id > ${int8(id)}`),
      ...clause(bounds.orderIdUpTo, (id) => sql`order_id <= ${int8(id)}`),
      ...clause(
        after?.[0],
        (id) => sql`order_id ${sql.literal(newestFirst ? "<" : ">")} ${int8(id)}`
      )
    ]
    return rowsOf(OrderRow)(sql`
      SELECT ${sql.literal(orderSelection)} FROM pandora.orders WHERE ${sql.and(clauses)}
      ORDER BY order_id ${direction(sql, newestFirst)} LIMIT ${count}`)
  }
}

/**
 * Names one order of an account, by its id, or the newest order that has or had the client's id.
 */
export type OrderQuery = { readonly accountId: AccountId } & (
  | { readonly orderId: OrderId }
  | { readonly clientOrderId: string }
)

export const orderOf = (
  sql: PgClient.PgClient,
  venueId: string,
  query: OrderQuery
): Effect.Effect<Order | undefined, SqlError.SqlError> => {
  const named =
    "orderId" in query
      ? sql`order_id = ${int8(query.orderId)}`
      : // Said once more for the index, which has only orders with such an id.
        sql`client_order_id = ${query.clientOrderId} AND client_order_id <> ''`
  return Effect.map(
    rowsOf(OrderRow)(sql`
      SELECT ${sql.literal(orderSelection)} FROM pandora.orders
      WHERE venue_id = ${venueId} AND account_id = ${int8(query.accountId)} AND ${named}
      ORDER BY order_id DESC LIMIT 1`),
    ([order]) => order
  )
}

/** The open orders of all accounts. */
export const openOrdersOf = (sql: PgClient.PgClient, venueId: string) =>
  rowsOf(OrderRow)(sql`
    SELECT ${sql.literal(orderSelection)} FROM pandora.orders WHERE venue_id = ${venueId} AND status = 'open'
    ORDER BY account_id, order_id`)
