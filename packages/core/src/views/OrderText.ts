/** What every face shows of an order, in decimal text. */
import * as Decimal from "../Decimal.ts"
import * as Market from "../Market.ts"
import { postOnlyChoice } from "../Order.ts"
import { quantityText, type Terms } from "./Directory.ts"
import { type OrderLife, type OrderTerms, statusOf, type TrackedOrder } from "./OrderLife.ts"

/** What the text is made from. */
export type Told = Pick<OrderLife, "filledLots" | "lots" | "preventedLots" | "priceTicks"> &
  Pick<
    OrderTerms,
    | "clientOrderId"
    | "credential"
    | "deadline"
    | "displayLots"
    | "listId"
    | "postOnly"
    | "selfTradePrevention"
    | "side"
  > &
  Parameters<typeof Market.triggerText>[1]

/**
 * An open or ended order in the market with these terms; whatever it does not have is `undefined`.
 */
export const orderText = (terms: Terms, order: Told) => ({
  clientOrderId: order.clientOrderId === "" ? undefined : order.clientOrderId,
  market: terms.market.symbol,
  side: order.side,
  price: order.priceTicks === 0 ? undefined : Market.priceText(terms.market, order.priceTicks),
  quantity: quantityText(terms, order.lots),
  filledQuantity: quantityText(terms, order.filledLots),
  preventedQuantity:
    order.preventedLots === 0 ? undefined : quantityText(terms, order.preventedLots),
  postOnly: postOnlyChoice(order.postOnly),
  deadline: unlessZero(order.deadline),
  displayQuantity: order.displayLots === 0 ? undefined : quantityText(terms, order.displayLots),
  trigger: Market.triggerText(terms.market, order),
  selfTradePrevention: order.selfTradePrevention,
  list: unlessZero(order.listId),
  credential: unlessZero(order.credential)
})

/** Everything about an open or ended order in the market with these terms. */
export const fullOrderText = (terms: Terms, order: TrackedOrder) => {
  const { base, quote } = terms
  const received = order.side === "buy" ? base : quote
  return {
    ...orderText(terms, order),
    order: order.orderId,
    account: order.accountId,
    type: order.type,
    timeInForce: order.timeInForce,
    budget: order.budget === 0n ? undefined : Decimal.format(order.budget, quote.scale),
    status: statusOf(order),
    waitsFor: order.waitsFor === "none" ? undefined : order.waitsFor,
    endReason: order.endReason,
    remainingQuantity: quantityText(terms, order.remainingLots),
    filledNotional: Decimal.format(order.filledQuote, quote.scale),
    fee: Decimal.format(order.fee, received.scale),
    feeAsset: received.symbol,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    sequence: order.sequence
  }
}

const unlessZero = <A extends number>(value: A): A | undefined => (value === 0 ? undefined : value)
