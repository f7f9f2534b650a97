/** What the feed and the projections know, as the API shows it. */
import type { Entry } from "@pandora-exchange/adapters-pg/History"
import type { Fill, LedgerEntry, Order, Trade } from "@pandora-exchange/contract/generated/wire"
import * as WireId from "@pandora-exchange/contract/WireId"
import { Decimal, type Directory, Market, Order as OrderWords, OrderLife, Postings } from "@pandora-exchange/core"
import { quantityText } from "@pandora-exchange/core/views/Directory"
import type { OrderRecord, TradeRecord } from "./Orders.ts"

export const orderView = (directory: Directory.Directory, order: OrderRecord): Order => {
  const terms = directory.termsOf(order.marketId)
  const { base, market, quote } = terms
  const received = order.side === "buy" ? base : quote
  const trigger = Market.triggerText(market, order)
  return {
    order: WireId.order.write(order.orderId),
    ...(order.clientOrderId === "" ? {} : { clientOrderId: order.clientOrderId }),
    account: WireId.account.write(order.accountId),
    market: market.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: OrderWords.postOnlyChoice(order.postOnly),
    ...(order.priceTicks === 0 ? {} : { price: Market.priceText(market, order.priceTicks) }),
    quantity: quantityText(terms, order.lots),
    ...(order.budget === 0n ? {} : { budget: Decimal.format(order.budget, quote.scale) }),
    ...(order.deadline === 0 ? {} : { deadline: order.deadline }),
    ...(order.displayLots === 0 ? {} : { displayQuantity: quantityText(terms, order.displayLots) }),
    ...(trigger && { trigger }),
    selfTradePrevention: order.selfTradePrevention,
    ...(order.listId === 0 ? {} : { list: WireId.list.write(order.listId) }),
    ...(order.credential === 0 ? {} : { credential: order.credential }),
    status: OrderLife.statusOf(order),
    ...(order.endReason === undefined ? {} : { endReason: order.endReason }),
    filledQuantity: quantityText(terms, order.filledLots),
    // As the history has it, which does not store what self-trade prevention takes off.
    remainingQuantity: quantityText(terms, order.endReason === undefined ? order.lots - order.filledLots : 0),
    filledNotional: Decimal.format(order.filledQuote, quote.scale),
    fee: Decimal.format(order.fee, received.scale),
    feeAsset: received.symbol,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    sequence: order.sequence
  }
}

/** When something happened, by the clock and in the journal. */
interface When {
  readonly time: number
  readonly sequence: number
}

export const tradeView = (
  directory: Directory.Directory,
  {
    lots,
    marketId,
    priceTicks,
    takerSide,
    tradeId
  }: Pick<TradeRecord["event"], "lots" | "marketId" | "priceTicks" | "takerSide" | "tradeId">,
  { sequence, time }: When
): Trade => {
  const terms = directory.termsOf(marketId)
  return {
    trade: WireId.trade.write(tradeId),
    market: terms.market.symbol,
    price: Market.priceText(terms.market, priceTicks),
    quantity: quantityText(terms, lots),
    takerSide,
    time,
    sequence
  }
}

/** One order's side of a trade. */
interface OwnFill {
  readonly tradeId: number
  readonly orderId: number
  readonly accountId: number
  readonly marketId: number
  readonly side: Order["side"]
  readonly role: "maker" | "taker"
  readonly priceTicks: number
  readonly lots: number
  readonly quoteUnits: bigint
  readonly fee: bigint
}

export const fillView = (directory: Directory.Directory, fill: OwnFill, { sequence, time }: When): Fill => {
  const terms = directory.termsOf(fill.marketId)
  const { base, market, quote } = terms
  const received = fill.side === "buy" ? base : quote
  return {
    trade: WireId.trade.write(fill.tradeId),
    order: WireId.order.write(fill.orderId),
    account: WireId.account.write(fill.accountId),
    market: market.symbol,
    side: fill.side,
    role: fill.role,
    price: Market.priceText(market, fill.priceTicks),
    quantity: quantityText(terms, fill.lots),
    notional: Decimal.format(fill.quoteUnits, quote.scale),
    fee: Decimal.format(fill.fee, received.scale),
    feeAsset: received.symbol,
    time,
    sequence
  }
}

/** The account's side of a trade; both, when it traded with itself. */
export const fillViews = (directory: Directory.Directory, trade: TradeRecord, account: number): Array<Fill> => {
  const { event } = trade
  const makerSide = OrderWords.opposite(event.takerSide)
  const { makerAccountId, makerFee, makerOrderId, takerAccountId, takerFee, takerOrderId, takerSide } = event
  const maker = {
    role: "maker",
    side: makerSide,
    accountId: makerAccountId,
    orderId: makerOrderId,
    fee: makerFee
  } as const
  const taker = {
    role: "taker",
    side: takerSide,
    accountId: takerAccountId,
    orderId: takerOrderId,
    fee: takerFee
  } as const
  return [maker, taker]
    .filter(({ accountId }) => accountId === account)
    .map((side) => fillView(directory, { ...side, ...ofTrade(event) }, trade))
}

const ofTrade = ({ lots, marketId, priceTicks, quoteUnits, tradeId }: TradeRecord["event"]) => ({
  lots,
  marketId,
  priceTicks,
  quoteUnits,
  tradeId
})

export const entryView = (directory: Directory.Directory, entry: Entry): LedgerEntry => {
  const { kind, line, part, sequence } = entry
  const { scale, symbol } = directory.assetOf(entry.assetId)
  return {
    entry: `${sequence}-${line}`,
    account: WireId.account.write(entry.accountId),
    asset: symbol,
    kind,
    part,
    amount: Decimal.format(entry.amount, scale),
    balance: Decimal.format(entry.balance, scale),
    ...referenceView(entry),
    time: entry.time.getTime(),
    sequence
  }
}

const referenceView = ({ kind, part, referenceId }: Entry) => {
  switch (Postings.referenceOf(kind, part)) {
    case "hold":
      return { hold: WireId.hold.write(referenceId) }
    case "order":
      return { order: WireId.order.write(referenceId) }
    case "none":
      return {}
  }
}
