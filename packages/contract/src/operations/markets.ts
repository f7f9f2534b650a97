/** Assets and markets: listing them, setting their terms, and reading them. */
import * as Market from "@pandora-exchange/core/Market"
import { Schema } from "effect"
import {
  absent,
  AssetSymbol,
  Decimal,
  field,
  listOf,
  MarketSymbol,
  optional,
  struct,
  label,
  whole,
  words
} from "../fields.ts"
import { operation } from "../operation.ts"
import { Done } from "./orders.ts"

export const MarketStatus = words(
  "MarketStatus",
  "`postOnly`: no order may trade at once. `cancelOnly`: no order may be placed. `halted`: nothing is possible.",
  Market.marketStatuses
)

export const ListAsset = struct("ListAsset", "An asset to list.", {
  symbol: field(label(16), "1 to 16 of `A-Z 0-9`."),
  scale: optional(whole(0, 255), "Decimals that the ledger keeps, at most 18. Default: 8.", {
    code: "ScaleTooLarge"
  })
})

export const Asset = struct("Asset", "A listed asset.", {
  symbol: field(Schema.String, "The asset's symbol."),
  scale: field(Schema.Int, "Decimals that the ledger keeps.")
})

export const ListMarket = struct("ListMarket", "A market to list.", {
  symbol: field(label(32), "The market's symbol, for instance `BTC-USDT`."),
  base: field(AssetSymbol, "The asset that is traded."),
  quote: field(AssetSymbol, "The asset that prices are in."),
  tickSize: field(Decimal, "Prices are multiples of it."),
  lotSize: field(Decimal, "Quantities are multiples of it."),
  minQuantity: optional(Decimal, "The least quantity of an order. Default: one lot."),
  maxQuantity: optional(
    Decimal,
    "The largest quantity of an order. Default: as large as exact arithmetic allows."
  ),
  maxPrice: optional(Decimal, "The highest price of an order. Default: 100 million ticks."),
  minNotional: optional(Decimal, "The least price x quantity of an order. Default: no bound."),
  maxNotional: optional(Decimal, "The largest price x quantity of an order. Default: no bound."),
  makerFee: optional(
    Decimal,
    'A fraction of what is received, in steps of 0.00001: `"0.001"` is 0.1 %. Default: no fee.'
  ),
  takerFee: optional(
    Decimal,
    "Like `makerFee`, for the order that trades at once. Default: no fee."
  )
})

export const MarketInfo = struct(
  "MarketInfo",
  "A listed market with its terms.",
  {
    symbol: field(Schema.String, "The market's symbol."),
    base: field(Schema.String, "The asset that is traded."),
    quote: field(Schema.String, "The asset that prices are in."),
    tickSize: field(Decimal, "Prices are multiples of it."),
    lotSize: field(Decimal, "Quantities are multiples of it."),
    minQuantity: field(Decimal, "The least quantity of an order."),
    maxQuantity: field(Decimal, "The largest quantity of an order."),
    maxPrice: field(Decimal, "The highest price of an order."),
    minNotional: field(Decimal, "The least price x quantity of an order."),
    maxNotional: field(Decimal, "The largest price x quantity of an order."),
    makerFee: field(Decimal, "The maker's fee, as a fraction of what is received."),
    takerFee: field(Decimal, "The taker's fee, as a fraction of what is received."),
    status: field(MarketStatus, "What is possible in the market now.")
  },
  { wire: "Market" }
)

const market = { market: field(MarketSymbol, "The symbol of the market.") }

export const SetMarketStatus = struct("SetMarketStatus", "A market's new status.", {
  ...market,
  status: field(MarketStatus, "What shall be possible.")
})

export const SetMarketFees = struct(
  "SetMarketFees",
  "Fees of orders that are accepted from now on.",
  {
    ...market,
    tier: optional(
      whole(0),
      "Accounts of this tier, 0 to 31. A tier that was never set pays the fees of tier 0. Default: 0."
    ),
    makerFee: field(Decimal, "The maker's fee, as a fraction of what is received."),
    takerFee: field(Decimal, "The taker's fee, as a fraction of what is received.")
  }
)

export const Band = struct(
  "Band",
  'Prices around the reference price, as factors of it: `{ down: "0.8", up: "1.2" }` is 20 % either way.',
  {
    down: optional(Decimal, "The lowest price, as a factor. Default: no bound."),
    up: optional(Decimal, "The highest price, as a factor. Default: no bound.")
  }
)

const rules = {
  minPrice: optional(Decimal, "The lowest price of an order."),
  minMarketQuantity: optional(Decimal, "The least quantity of a market order."),
  maxMarketQuantity: optional(Decimal, "The largest quantity of a market order."),
  minNotionalForMarket: optional(
    Schema.Boolean,
    "Whether `minNotional` holds for market orders by quantity too, at the reference price."
  ),
  maxNotionalForMarket: optional(
    Schema.Boolean,
    "Whether `maxNotional` holds for market orders by quantity too, at the reference price."
  ),
  buyBand: optional(Band, "Where the limit price of a new buy order may be."),
  sellBand: optional(Band, "Where the limit price of a new sell order may be."),
  range: optional(
    Band,
    "How far a taker trades: it buys at most at reference price x `up`, and sells at least at reference price x " +
      "`down`. The rest expires."
  ),
  maxPosition: optional(Decimal, "The most base that an account may have and be buying."),
  triggerSource: optional(
    label(32),
    "Whose set prices trigger conditional orders. Default: the last trade's."
  )
}

export const SetMarketRules = struct(
  "SetMarketRules",
  "All rules of a market at once; a rule that is not given is off. The reference price is the last trade's, or the " +
    "last one that `setPrice` got from `triggerSource`.",
  {
    ...market,
    ...rules
  }
)

export const MarketRules = struct(
  "MarketRules",
  "The rules of a market, as `setMarketRules` takes them; a rule that is off is left out.",
  { ...market, ...rules }
)

export const FeeTier = struct("FeeTier", "The fees of a tier of accounts.", {
  tier: field(whole(0), "The tier. One that is not listed pays the fees of tier 0."),
  makerFee: field(Decimal, "The maker's fee, as a fraction of what is received."),
  takerFee: field(Decimal, "The taker's fee, as a fraction of what is received.")
})

export const PriceOfSource = struct("PriceOfSource", "The last price that a source set.", {
  priceSource: field(Schema.String, "Where the price is from."),
  price: field(Decimal, "The price.")
})

export const LastPrice = struct("LastPrice", "The prices that a market goes by now.", {
  market: field(Schema.String, "The symbol of the market."),
  price: absent(Decimal, "The price of the last trade, if there was one."),
  referencePrice: absent(
    Decimal,
    "The price that triggers, bands and ranges go by: of the last trade, or of the rules' `triggerSource`."
  ),
  setPrices: field(Schema.Array(PriceOfSource), "The last price of each source that set one.")
})

export const SetPrice = struct("SetPrice", "A price from outside the book.", {
  ...market,
  priceSource: field(label(32), "Where the price is from: 1 to 32 of `A-Z a-z 0-9 . _ -`."),
  price: field(Decimal, "The price.")
})

const level = Schema.Tuple([field(Decimal, "price"), field(Decimal, "quantity")])

export const Depth = struct("Depth", "The order book by price level.", {
  market: field(Schema.String, "The symbol of the market."),
  depthSequence: field(Schema.Int, "Counts the changes of this book, without gaps."),
  bids: field(Schema.Array(level), "Price and total quantity at it, best first."),
  asks: field(Schema.Array(level), "Price and total quantity at it, best first.")
})

export const listAsset = operation("listAsset", {
  doc: "Lists an asset.",
  request: ListAsset,
  answer: Asset,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["MalformedSymbol", "SymbolTaken", "ScaleTooLarge", "TooManyAssets"]
})

export const listMarket = operation("listMarket", {
  doc: "Lists a market of two listed assets.",
  request: ListMarket,
  answer: MarketInfo,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: [
    "UnknownAsset",
    "MalformedSymbol",
    "SymbolTaken",
    "SameAsset",
    "InexactMarket",
    "BoundsInvalid",
    "FeeRateTooHigh",
    "TooManyMarkets"
  ]
})

export const setMarketStatus = operation("setMarketStatus", {
  doc: "Opens, restricts or halts a market.",
  request: SetMarketStatus,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownMarket"]
})

export const setMarketFees = operation("setMarketFees", {
  doc: "Sets a market's fees, for orders that are accepted from now on.",
  request: SetMarketFees,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownMarket", "FeeRateTooHigh", "FeeTierTooHigh"]
})

export const setMarketRules = operation("setMarketRules", {
  doc: "Sets all rules of a market at once.",
  request: SetMarketRules,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownMarket", "RulesInvalid", "MalformedText"]
})

export const setPrice = operation("setPrice", {
  doc: "Tells the exchange a price from outside the book.",
  request: SetPrice,
  answer: Done,
  permission: "host",
  movesMoney: true,
  sdk: true,
  fails: ["UnknownMarket", "MalformedText", "PriceZero", "PriceTooHigh", "TooManyPriceSources"]
})

export const assets = operation("assets", {
  doc: "Lists all assets.",
  answer: listOf(Asset),
  permission: "public",
  rest: { method: "GET", path: "/v1/assets" },
  sdk: "data",
  fails: []
})

export const markets = operation("markets", {
  doc: "Lists all markets with their terms.",
  answer: listOf(MarketInfo),
  permission: "public",
  rest: { method: "GET", path: "/v1/markets" },
  sdk: "data",
  fails: []
})

export const marketOf = operation("market", {
  doc: "Returns one market with its terms.",
  request: struct("MarketOf", "Names a market.", market),
  answer: MarketInfo,
  permission: "public",
  rest: { method: "GET", path: "/v1/markets/:market" },
  sdk: "optional",
  fails: ["UnknownMarket"]
})

export const depth = operation("depth", {
  doc: "Returns the best price levels of both sides of the book.",
  request: struct("DepthOf", "Chooses a book.", {
    ...market,
    levels: optional(whole(1, 5_000), "Levels of each side, at most 5,000. Default: 100.", {
      code: "LevelsOutOfRange"
    })
  }),
  answer: Depth,
  permission: "public",
  rest: { method: "GET", path: "/v1/markets/:market/depth" },
  sdk: true,
  fails: ["UnknownMarket"]
})

export const marketRules = operation("marketRules", {
  doc: "Returns the rules of a market, in the form in which `setMarketRules` takes them.",
  request: struct("MarketRulesOf", "Names a market.", market),
  answer: MarketRules,
  permission: "public",
  rest: { method: "GET", path: "/v1/markets/:market/rules" },
  sdk: true,
  fails: ["UnknownMarket"]
})

export const feeTiers = operation("feeTiers", {
  doc: "Lists the fees of each tier that has fees of its own in a market; tier 0 always has.",
  request: struct("FeeTiersOf", "Names a market.", market),
  answer: listOf(FeeTier),
  permission: "public",
  rest: { method: "GET", path: "/v1/markets/:market/fee-tiers" },
  sdk: "data",
  fails: ["UnknownMarket"]
})

export const lastPrice = operation("lastPrice", {
  doc: "Returns the price of the last trade, and the prices from outside the book.",
  request: struct("LastPriceOf", "Names a market.", market),
  answer: LastPrice,
  permission: "public",
  rest: { method: "GET", path: "/v1/markets/:market/last-price" },
  sdk: true,
  fails: ["UnknownMarket"]
})
