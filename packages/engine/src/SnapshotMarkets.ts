/** Snapshot sections: markets, with the orders in their books or waiting for their prices. */
import { Ids, Layout, Market } from "@pandora-exchange/core"
import * as NonTrading from "./NonTrading.ts"
import { inBook, trailing, untilTrigger } from "./OrderExtra.ts"
import { buy, sell } from "./OrderPool.ts"
import type { Reader, Writer } from "./SnapshotBytes.ts"
import { readOrders, readQueue, writeOrders, writeQueue } from "./SnapshotOrders.ts"
import { list, rowsUntil, type Section } from "./SnapshotSection.ts"
import { asset, table } from "./SnapshotTable.ts"
import type { MarketState, State } from "./State.ts"
import { Triggers } from "./Triggers.ts"

const { feeTierMax, marketStatuses } = Market

const marketTable = table({
  symbol: Layout.text,
  baseAssetId: asset,
  quoteAssetId: asset,
  tickMantissa: Layout.u53,
  tickScale: Layout.u8,
  lotUnits: Layout.i64,
  lotsMin: Layout.u53,
  lotsMax: Layout.u53,
  ticksMax: Layout.u53,
  notionalMin: Layout.i64,
  notionalMax: Layout.i64,
  quotePerTickLot: Layout.i64,
  status: Layout.literals(marketStatuses),
  depthSequence: Layout.u53,
  lastTradeId: Layout.u53,
  lastTicks: Layout.u32
})

/** Past every fee tier. */
const noTier = 255
const rateRows = rowsUntil(
  noTier,
  table({ tier: Layout.u8, makerRate: Layout.u32, takerRate: Layout.u32 })
)

/** The first format that has a rule, for rules that the very first lacks. */
const rulesSince: { readonly [K in keyof Market.MarketRules]?: number } = {}
const rulesTable = table({ ...Market.marketRules, triggerSource: Layout.text }, rulesSince)

const priceList = list(table({ source: Layout.text, ticks: Layout.u53 }))

/** By market id, which counts from 1. */
export const markets: Section = {
  *write(state, w) {
    const [, ...all] = state.markets
    w.u32(all.length)
    for (const market of all) yield* writeMarket(state, market!, w)
  },
  read(r) {
    r.place = "markets"
    const count = r.count(marketTable.bytesMin(r.version))
    for (let i = 0; i < count; i++) {
      const market = readTerms(r)
      readRates(r, market)
      market.rules = rulesTable.read(r)
      readPrices(r, market)
      for (const side of [buy, sell]) readQueue(r, market, market.book.of(side), inBook)
      readWaiting(r, market)
    }
  }
}

function* writeMarket(state: State, market: MarketState, w: Writer): Generator<void> {
  const { book, depthSequence, lastTicks, lastTradeId, prices, rates, rules, terms, triggers } =
    market
  const status = marketStatuses.indexOf(market.status)
  marketTable.write(w, { ...terms, status, depthSequence, lastTradeId, lastTicks })
  yield* rateRows.write(
    w,
    rates.flatMap((of, tier) => (of === undefined ? [] : [{ tier, ...of }]))
  )
  rulesTable.write(w, rules)
  const sources = [...prices.keys()].sort()
  yield* priceList.write(
    w,
    sources.length,
    sources.map((source) => ({ source, ticks: prices.get(source)! }))
  )
  yield* writeQueue(state, book.bids, w)
  yield* writeQueue(state, book.asks, w)
  yield* writeQueue(state, triggers?.rising, w)
  yield* writeQueue(state, triggers?.falling, w)
  yield* writeOrders(state, triggers?.active ?? [], w)
}

const readTerms = (r: Reader): MarketState => {
  const { markets } = r.state
  const marketId = Ids.MarketId(markets.length)
  r.place = `market ${marketId}`
  const { depthSequence, lastTicks, lastTradeId, status, ...terms } = marketTable.read(r)
  // The book positions orders by price: a larger price would be outside.
  r.check(
    terms.ticksMax >= 1 && terms.ticksMax <= Market.ticksMax,
    `${terms.ticksMax} cannot be a market's most ticks`
  )
  const market = NonTrading.addMarket(r.state, {
    ...terms,
    marketId,
    status: marketStatuses[status]!,
    makerRate: 0,
    takerRate: 0
  })
  return Object.assign(market, { depthSequence, lastTicks, lastTradeId })
}

const readRates = (r: Reader, { rates }: MarketState): void => {
  let last = -1
  rateRows.read(r, ({ tier, ...of }) => {
    r.check(last >= 0 || tier === 0, "there are no rates of tier 0")
    last = r.next(tier, last)
    r.check(tier <= feeTierMax, `fee tier ${tier} is above ${feeTierMax}`)
    rates[tier] = of
  })
  r.check(last >= 0, "there are no rates of tier 0")
}

const readPrices = (r: Reader, { prices }: MarketState): void => {
  let last = ""
  priceList.read(r, ({ source, ticks }) => {
    last = r.next(source, last)
    prices.set(source, ticks)
  })
}

const readWaiting = (r: Reader, market: MarketState): void => {
  const { levels, orders } = r.state
  const triggers = new Triggers(market.ticksMax, orders, levels)
  const before = orders.count
  readQueue(r, market, triggers.rising, untilTrigger)
  readQueue(r, market, triggers.falling, untilTrigger)
  readOrders(r, trailing, market.marketId, ({ slot }) => triggers.active.push(slot))
  if (orders.count > before) market.triggers = triggers
}
