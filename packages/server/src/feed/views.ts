/**
 * What the feed and the projections know, as the API shows it. Ids are numbers here; the contract's
 * writers turn them into text.
 */
import type { Entry } from "@pandora-exchange/adapters-pg/History"
import type { Order } from "@pandora-exchange/contract/generated/sdk"
import type { AccountFill, LedgerEntry, Trade } from "@pandora-exchange/contract/generated/server"
import {
  Decimal,
  type Directory,
  Ids,
  Market,
  Order as OrderWords,
  type OrderLife,
  OrderText,
  Postings
} from "@pandora-exchange/core"
import { quantityText } from "@pandora-exchange/core/views/Directory"
import type { TradeRecord } from "./Orders.ts"

export const orderView = (directory: Directory.Directory, order: OrderLife.TrackedOrder): Order =>
  OrderText.fullOrderText(directory.termsOf(order.marketId), order)

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
    trade: tradeId,
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
): AccountFill => {
  const terms = directory.termsOf(fill.marketId)
  const { base, market, quote } = terms
  const received = fill.side === "buy" ? base : quote
  return {
    trade: fill.tradeId,
    order: fill.orderId,
    account: fill.accountId,
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

/** The account's side of a trade; both sides if it traded with itself. */
export const fillViews = (
  directory: Directory.Directory,
  trade: TradeRecord,
  account: number
): Array<AccountFill> => {
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
    account: entry.accountId,
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
      return { order: undefined, hold: Ids.HoldId(referenceId) }
    case "order":
      return { order: Ids.OrderId(referenceId), hold: undefined }
    case "none":
      return { order: undefined, hold: undefined }
  }
}
