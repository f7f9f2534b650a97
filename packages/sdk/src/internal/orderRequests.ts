/** Turns requests about orders into the venue's commands. */
import {
  type Asset,
  type Command,
  Ids,
  Layout,
  type Market,
  type Order,
  OrderRecord
} from "@pandora-exchange/core"
import type * as Requests from "../Requests.ts"
import type { Directory } from "./Directory.ts"
import { amount, lots, refuse, ticks, time } from "./fields.ts"

type CommandOf<Tag extends Command.Command["_tag"]> = Extract<
  Command.Command,
  { readonly _tag: Tag }
>

type AnyOrder = Requests.LimitOrder | Requests.MarketOrder

const selfTradeDefault: Order.SelfTradePrevention = "expireMaker"

export function placeCommand(
  request: Requests.PlaceOrder,
  directory: Directory,
  credential = 0
): CommandOf<"PlaceOrder"> {
  const market = directory.market("market", request.market)
  return {
    _tag: "PlaceOrder",
    accountId: Ids.AccountId(request.account),
    marketId: market.marketId,
    ...termsOf(request, market, directory, credential)
  }
}

const termsOf = (
  order: AnyOrder,
  market: Market.Market,
  directory: Directory,
  credential: number
): OrderRecord.Terms => {
  const { base, quote } = directory.termsOf(market.marketId)
  const common = {
    ...OrderRecord.noTerms,
    side: order.side,
    ...triggerOf(order.trigger, market),
    selfTradePrevention: order.selfTradePrevention ?? selfTradeDefault,
    credential,
    clientOrderId: order.clientOrderId ?? ""
  }
  return order.type === "market"
    ? { ...common, ...marketTerms(order, market, base, quote) }
    : { ...common, ...limitTerms(order, market, base) }
}

const marketTerms = (
  order: Requests.MarketOrder,
  market: Market.MarketTerms,
  base: Asset.Asset,
  quote: Asset.Asset
) => {
  const { budget, quantity, timeInForce = "IOC" } = order
  if ((budget === undefined) === (quantity === undefined))
    return refuse("quantity", "QuantityOrBudget")
  return {
    type: budget === undefined ? ("market" as const) : ("marketBudget" as const),
    timeInForce,
    postOnly: "off" as const,
    priceTicks: 0,
    lots: quantity === undefined ? 0 : lots("quantity", quantity, market, base),
    budget: budget === undefined ? 0n : amount("budget", budget, quote),
    deadline: 0,
    displayLots: 0
  }
}

const limitTerms = (order: Requests.LimitOrder, market: Market.MarketTerms, base: Asset.Asset) => {
  const { deadline, displayQuantity, postOnly = false, timeInForce } = order
  if (order.price === undefined) return refuse("price", "PriceMissing")
  const displayLots =
    displayQuantity === undefined ? 0 : lots("displayQuantity", displayQuantity, market, base)
  if (displayQuantity !== undefined && displayLots === 0)
    return refuse("displayQuantity", "QuantityZero")
  return {
    type: "limit" as const,
    timeInForce: timeInForce ?? (deadline === undefined ? "GTC" : "GTD"),
    postOnly: postOnly === "slide" ? postOnly : postOnly ? ("refuse" as const) : ("off" as const),
    priceTicks: ticks("price", order.price, market),
    lots: lots("quantity", order.quantity, market, base),
    budget: 0n,
    deadline: deadline === undefined ? 0 : time("deadline", deadline),
    displayLots
  }
}

const triggerOf = (trigger: Requests.Trigger | undefined, market: Market.MarketTerms) => {
  if (trigger === undefined) {
    return { trigger: "none", triggerTicks: 0, trailingUnit: "none", trailingOffset: 0 } as const
  }
  const { kind, offset, offsetBasisPoints, price } = trigger
  const triggerTicks = price === undefined ? 0 : ticks("trigger.price", price, market)
  if (price !== undefined && triggerTicks === 0) return refuse("trigger.price", "PriceZero")
  const trails = offset !== undefined || offsetBasisPoints !== undefined
  if (
    (price === undefined && !trails) ||
    (offset !== undefined && offsetBasisPoints !== undefined)
  ) {
    return refuse("trigger", "TriggerIncomplete")
  }
  const trailingOffset =
    offset !== undefined ? ticks("trigger.offset", offset, market) : (offsetBasisPoints ?? 0)
  if (trails && trailingOffset === 0) return refuse("trigger.offset", "TrailingOffsetInvalid")
  return {
    trigger: kind,
    triggerTicks,
    trailingUnit:
      offset !== undefined
        ? ("ticks" as const)
        : trails
          ? ("basisPoints" as const)
          : ("none" as const),
    trailingOffset
  }
}

export function listCommand(
  request: Requests.PlaceList,
  directory: Directory,
  credential: number
): CommandOf<"PlaceOrderList"> {
  const market = directory.market("market", request.market)
  const { clientListId, contingency, orders } = request
  if (orders.length !== (contingency === "OTOCO" ? 3 : 2)) {
    return refuse("orders", "OrdersMissing")
  }
  const [first, second, third = OrderRecord.noTerms] = orders.map((order, i) =>
    termsOf(sized(order, request, i), market, directory, credential)
  )
  return {
    _tag: "PlaceOrderList",
    accountId: Ids.AccountId(request.account),
    marketId: market.marketId,
    contingency,
    ...Layout.prefixed("first", first!),
    ...Layout.prefixed("second", second!),
    ...Layout.prefixed("third", third),
    clientListId: clientListId === undefined ? "" : clientListId
  }
}

/** An exit without a quantity has 0 lots: everything the working order buys. */
const sized = (
  order: Requests.OrderOfList,
  { contingency, orders: [working] }: Requests.PlaceList,
  index: number
): AnyOrder => {
  const { quantity } = order
  if (quantity !== undefined) return { ...order, quantity }
  if (order.type === "market" && order.budget !== undefined) return order
  const isExit = index > 0 && contingency !== "OCO" && order.side !== working!.side
  if (!isExit)
    return refuse("quantity", order.type === "market" ? "QuantityOrBudget" : "MissingField")
  return { ...order, quantity: "0" }
}

/** The order a request names. */
export const namedOrder = (order: number | undefined, clientOrderId: string | undefined) => {
  if ((order === undefined) === (clientOrderId === undefined))
    return refuse("order", "OrderOrClientOrderId")
  return {
    orderId: order === undefined ? Ids.OrderId(0) : Ids.OrderId(order),
    clientOrderId: clientOrderId === undefined ? "" : clientOrderId
  }
}

export function replaceCommand(
  request: Requests.ReplaceOrder,
  directory: Directory,
  credential: number
): CommandOf<"ReplaceOrder"> {
  const market = directory.market("market", request.market)
  const cancelled = namedOrder(request.order, request.clientOrderId)
  return {
    _tag: "ReplaceOrder",
    accountId: Ids.AccountId(request.account),
    marketId: market.marketId,
    ...termsOf(request.by, market, directory, credential),
    orderId: cancelled.orderId,
    cancelClientOrderId: cancelled.clientOrderId,
    mode: (request.placeAnyway ?? false) ? "allowFailure" : "stopOnFailure",
    replaceable: request.only ?? "any"
  }
}

export function amendCommand(
  request: Requests.AmendOrder,
  directory: Directory
): CommandOf<"AmendOrder"> {
  const market = directory.market("market", request.market)
  const { base } = directory.termsOf(market.marketId)
  const price = request.price === undefined ? 0 : ticks("price", request.price, market)
  const quantity =
    request.quantity === undefined ? 0 : lots("quantity", request.quantity, market, base)
  if (request.price !== undefined && price === 0) return refuse("price", "PriceZero")
  if (request.quantity !== undefined && quantity === 0) return refuse("quantity", "QuantityZero")
  return {
    _tag: "AmendOrder",
    accountId: Ids.AccountId(request.account),
    marketId: market.marketId,
    ...namedOrder(request.order, request.clientOrderId),
    priceTicks: price,
    lots: quantity
  }
}
