import type { MarketId, TradeId } from "@pandora-exchange/core/Ids"
import { sides } from "@pandora-exchange/core/Order"
import { Schema } from "effect"
import { Count, int8, rowsOf, SequenceColumn } from "../internal/Rows.ts"
import { MarketIdColumn, TradeIdColumn } from "./Columns.ts"
import { clause, direction, type List, type PageQuery, rangeClauses } from "./Page.ts"

/** Ordered by id. */
export interface TradesQuery extends PageQuery {
  readonly marketId: MarketId
  /** The first trade to return. */
  readonly fromTradeId?: TradeId | undefined
}

const TradeRow = Schema.Struct({
  marketId: MarketIdColumn,
  tradeId: TradeIdColumn,
  takerSide: Schema.Literals(sides),
  priceTicks: Count,
  lots: Count,
  baseUnits: Schema.BigInt,
  quoteUnits: Schema.BigInt,
  sequence: SequenceColumn,
  eventIndex: Schema.Finite,
  time: Schema.Date
})

/** The public part of a trade. */
export type Trade = typeof TradeRow.Type

export const trades: List<Trade, TradesQuery> = {
  name: "trades",
  projection: "trading",
  placeOf: ({ eventIndex, sequence }) => [sequence, eventIndex],
  read: (sql, venueId, part) => {
    const { count, newestFirst, query } = part
    const { fromTradeId, marketId } = query
    const order = direction(sql, newestFirst)
    const clauses = [
      sql`venue_id = ${venueId}`,
      sql`market_id = ${marketId}`,
      ...clause(
        fromTradeId,
        (id) => sql`trade_id >= ${int8(id)} AND sequence >= (
          SELECT sequence FROM pandora.trade
          WHERE venue_id = ${venueId} AND market_id = ${marketId} AND trade_id = ${int8(id)}
        )`
      ),
      ...rangeClauses(sql, part, { second: "event_index" })
    ]
    return rowsOf(TradeRow)(sql`
      SELECT market_id AS "marketId", trade_id AS "tradeId", taker_side::text AS "takerSide", price_ticks AS "priceTicks",
        lots, base_units AS "baseUnits", quote_units AS "quoteUnits", sequence, event_index AS "eventIndex", time
      FROM pandora.trade WHERE ${sql.and(clauses)}
      ORDER BY sequence ${order}, event_index ${order} LIMIT ${count}`)
  }
}
