/** What is traded, at what terms, and how the market stands. Open to everyone. */
import * as MarketTerms from "@pandora-exchange/core/Market"
import { sides } from "@pandora-exchange/core/Order"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import {
  Decimal,
  list,
  page,
  pageQuery,
  publicProblems,
  Requires,
  Sequence,
  Symbol,
  TimeMs,
  TradeId,
  wholeNumber
} from "./Conventions.ts"

export const Asset = Schema.Struct({
  symbol: Schema.String,
  scale: Schema.Int.annotate({ description: "Decimals that the ledger keeps" })
}).annotate({ identifier: "Asset" })

export const Market = Schema.Struct({
  symbol: Schema.String,
  base: Schema.String,
  quote: Schema.String,
  tickSize: Decimal,
  lotSize: Decimal,
  minQuantity: Decimal,
  maxQuantity: Decimal,
  maxPrice: Decimal,
  minNotional: Decimal,
  maxNotional: Decimal,
  makerFee: Decimal,
  takerFee: Decimal,
  status: Schema.Literals(MarketTerms.marketStatuses)
}).annotate({ identifier: "Market" })
export type Market = typeof Market.Type

export const Level = Schema.Tuple([Decimal, Decimal]).annotate({
  identifier: "Level",
  description: "Price and total quantity at it"
})
export type Level = typeof Level.Type

export const Depth = Schema.Struct({
  market: Schema.String,
  depthSequence: Schema.Int.annotate({ description: "Counts the changes of this book, without gaps" }),
  bids: Schema.Array(Level).pipe(Schema.annotateKey({ description: "Best first" })),
  asks: Schema.Array(Level).pipe(Schema.annotateKey({ description: "Best first" }))
}).annotate({ identifier: "Depth" })
export type Depth = typeof Depth.Type

export const Trade = Schema.Struct({
  trade: TradeId,
  market: Schema.String,
  price: Decimal,
  quantity: Decimal,
  takerSide: Schema.Literals(sides),
  time: TimeMs,
  sequence: Sequence
}).annotate({ identifier: "Trade" })
export type Trade = typeof Trade.Type

const params = { market: Symbol }
export const levelsMax = 5_000

export class Markets extends HttpApiGroup.make("markets")
  .add(
    HttpApiEndpoint.get("assets", "/assets", { success: list(Asset), error: publicProblems })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "All assets"),
    HttpApiEndpoint.get("list", "/markets", { success: list(Market), error: publicProblems })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "All markets with their terms"),
    HttpApiEndpoint.get("get", "/markets/:market", { params, success: Market, error: publicProblems })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "One market"),
    HttpApiEndpoint.get("depth", "/markets/:market/depth", {
      params,
      query: {
        levels: Schema.optionalKey(wholeNumber(1, levelsMax))
      },
      success: Depth,
      error: publicProblems
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "The order book by price level: 100 levels of each side unless said otherwise"),
    HttpApiEndpoint.get("trades", "/markets/:market/trades", {
      params,
      query: pageQuery,
      success: page(Trade),
      error: publicProblems
    })
      .annotate(Requires, "public")
      .annotate(OpenApi.Summary, "Trades of the market")
  )
  .prefix("/v1")
  .annotate(OpenApi.Title, "Markets") {}
