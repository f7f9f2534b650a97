/** The records of the journal as the API shows them. */
import type { Fill, LedgerEntry } from "@pandora-exchange/client/api/Accounts"
import type { Trade } from "@pandora-exchange/client/api/Markets"
import type { Order } from "@pandora-exchange/client/api/Orders"
import * as WireId from "@pandora-exchange/client/WireId"
import { Decimal, Market } from "@pandora-exchange/core"
import { type Directory, quantityText } from "./Directory.ts"
import type { Posting } from "./Ledger.ts"
import { isOpen, type OrderRecord, type TradeRecord } from "./Records.ts"

export const orderView = (directory: Directory, order: OrderRecord): Order => {
  const terms = directory.termsOf(order.marketId)
  const { base, market, quote } = terms
  const received = order.side === "buy" ? base : quote
  return {
    order: WireId.order.write(order.orderId),
    ...(order.clientOrderId === "" ? {} : { clientOrderId: order.clientOrderId }),
    account: WireId.account.write(order.accountId),
    market: market.symbol,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    postOnly: order.postOnly,
    ...(order.priceTicks === 0 ? {} : { price: Market.priceText(market, order.priceTicks) }),
    quantity: quantityText(terms, order.lots),
    ...(order.budget === 0n ? {} : { budget: Decimal.format(order.budget, quote.scale) }),
    ...(order.deadline === 0 ? {} : { deadline: order.deadline }),
    status: order.status,
    filledQuantity: quantityText(terms, order.filledLots),
    remainingQuantity: quantityText(terms, isOpen(order) ? order.lots - order.filledLots : 0),
    filledNotional: Decimal.format(order.filledUnits, quote.scale),
    fee: Decimal.format(order.fee, received.scale),
    feeAsset: received.symbol,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    sequence: order.sequence
  }
}

export const tradeView = (directory: Directory, { event, sequence, time }: TradeRecord): Trade => {
  const terms = directory.termsOf(event.marketId)
  return {
    trade: WireId.trade.write(event.tradeId),
    market: terms.market.symbol,
    price: Market.priceText(terms.market, event.priceTicks),
    quantity: quantityText(terms, event.lots),
    takerSide: event.takerSide,
    time,
    sequence
  }
}

/** The account's side of a trade; both, when it traded with itself. */
export const fillViews = (
  directory: Directory,
  { event, sequence, time }: TradeRecord,
  account: number
): Array<Fill> => {
  const terms = directory.termsOf(event.marketId)
  const { base, market, quote } = terms
  const makerSide = event.takerSide === "buy" ? "sell" : "buy"
  const sides = [
    { role: "maker", side: makerSide, account: event.makerAccountId, order: event.makerOrderId, fee: event.makerFee },
    {
      role: "taker",
      side: event.takerSide,
      account: event.takerAccountId,
      order: event.takerOrderId,
      fee: event.takerFee
    }
  ] as const
  return sides
    .filter((side) => side.account === account)
    .map(({ fee, order, role, side }) => {
      const received = side === "buy" ? base : quote
      return {
        trade: WireId.trade.write(event.tradeId),
        order: WireId.order.write(order),
        account: WireId.account.write(account),
        market: market.symbol,
        side,
        role,
        price: Market.priceText(market, event.priceTicks),
        quantity: quantityText(terms, event.lots),
        notional: Decimal.format(event.quoteUnits, quote.scale),
        fee: Decimal.format(fee, received.scale),
        feeAsset: received.symbol,
        time,
        sequence
      }
    })
}

export const entryView = (directory: Directory, posting: Posting): LedgerEntry => {
  const { scale, symbol } = directory.assetOf(posting.assetId)
  const { holdId, marketId, orderId, tradeId } = posting
  return {
    entry: `${posting.sequence}-${posting.index}`,
    account: WireId.account.write(posting.accountId),
    asset: symbol,
    kind: posting.kind,
    available: Decimal.format(posting.available, scale),
    held: Decimal.format(posting.held, scale),
    availableBalance: Decimal.format(posting.availableBalance, scale),
    heldBalance: Decimal.format(posting.heldBalance, scale),
    ...(orderId === undefined ? {} : { order: WireId.order.write(orderId) }),
    ...(tradeId === undefined ? {} : { trade: WireId.trade.write(tradeId) }),
    ...(marketId === undefined ? {} : { market: directory.termsOf(marketId).market.symbol }),
    ...(holdId === undefined ? {} : { hold: WireId.hold.write(holdId) }),
    time: posting.time,
    sequence: posting.sequence
  }
}
