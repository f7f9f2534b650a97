/** What the feed and the projections know, as the API shows it. */
import type { Entry } from "@pandora-exchange/adapters-pg/History"
import type { Fill, LedgerEntry, Order, Trade } from "@pandora-exchange/contract/generated/wire"
import * as WireId from "@pandora-exchange/contract/WireId"
import {
  Decimal,
  type Directory,
  Market,
  Order as OrderWords,
  OrderLife,
  OrderText,
  Postings
} from "@pandora-exchange/core"
import { quantityText } from "@pandora-exchange/core/views/Directory"
import type { OrderRecord, TradeRecord } from "./Orders.ts"

export const orderView = (directory: Directory.Directory, order: OrderRecord): Order => {
  const terms = directory.termsOf(order.marketId)
  const { base, quote } = terms
  const received = order.side === "buy" ? base : quote
  return asJson({
    ...OrderText.orderText(terms, order),
    order: WireId.order.write(order.orderId),
    account: WireId.account.write(order.accountId),
    type: order.type,
    timeInForce: order.timeInForce,
    budget: order.budget === 0n ? undefined : Decimal.format(order.budget, quote.scale),
    list: order.listId === 0 ? undefined : WireId.list.write(order.listId),
    status: OrderLife.statusOf(order),
    endReason: order.endReason,
    remainingQuantity: quantityText(terms, order.remainingLots),
    filledNotional: Decimal.format(order.filledQuote, quote.scale),
    fee: Decimal.format(order.fee, received.scale),
    feeAsset: received.symbol,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    sequence: order.sequence
  })
}

/** JSON leaves out what is undefined. */
type AsJson<A> = { readonly [K in keyof A as undefined extends A[K] ? never : K]: A[K] } & {
  readonly [K in keyof A as undefined extends A[K] ? K : never]?: Exclude<A[K], undefined>
}

const asJson = <A extends object>(value: A) => value as AsJson<A>

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

export const fillView = (
  directory: Directory.Directory,
  fill: OwnFill,
  { sequence, time }: When
): Fill => {
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
export const fillViews = (
  directory: Directory.Directory,
  trade: TradeRecord,
  account: number
): Array<Fill> => {
  const { event } = trade
  const makerSide = OrderWords.opposite(event.takerSide)
  const {
    makerAccountId,
    makerFee,
    makerOrderId,
    takerAccountId,
    takerFee,
    takerOrderId,
    takerSide
  } = event
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
