/** Orders of the caller's own accounts. */
import { orderTypes, sides, timesInForce } from "@pandora-exchange/core/Order"
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  AccountId,
  accountQuery,
  Authentication,
  ClientOrderId,
  commandProblems,
  Decimal,
  idempotencyHeaders,
  list,
  OrderId,
  page,
  pageQuery,
  publicProblems,
  Requires,
  Sequence,
  Symbol,
  text,
  TimeMs,
  TradeId
} from "./Conventions.ts"

/** A limit order has a price and a quantity, a market order a quantity or a budget. */
export const PlaceOrder = Schema.Struct({
  market: Symbol,
  side: Schema.Literals(sides),
  type: Schema.optionalKey(Schema.Literals(["limit", "market"])).pipe(
    Schema.annotateKey({ description: "limit unless said otherwise" })
  ),
  price: Schema.optionalKey(Decimal),
  quantity: Schema.optionalKey(Decimal),
  budget: Schema.optionalKey(Decimal).pipe(
    Schema.annotateKey({
      description: "For market orders: quote to spend when buying, to take in at most when selling"
    })
  ),
  timeInForce: Schema.optionalKey(Schema.Literals(timesInForce)).pipe(
    Schema.annotateKey({
      description: "GTC for limit orders, GTD with a deadline, IOC for market orders, unless said otherwise"
    })
  ),
  postOnly: Schema.optionalKey(Schema.Boolean).pipe(
    Schema.annotateKey({ description: "Refused when it would trade at once" })
  ),
  deadline: Schema.optionalKey(TimeMs),
  clientOrderId: Schema.optionalKey(ClientOrderId)
}).annotate({ identifier: "PlaceOrder" })
export type PlaceOrder = typeof PlaceOrder.Type

/** What is not given stays. `quantity` is the new total, what is filled included. */
export const AmendOrder = Schema.Struct({
  market: Symbol,
  price: Schema.optionalKey(Decimal),
  quantity: Schema.optionalKey(Decimal)
}).annotate({ identifier: "AmendOrder" })
export type AmendOrder = typeof AmendOrder.Type

export const statuses = ["open", "partiallyFilled", "filled", "cancelled", "expired"] as const
export const OrderStatus = Schema.Literals(statuses).annotate({
  identifier: "OrderStatus",
  description: "expired: what was not traded ended by itself (IOC, market, a deadline)"
})
export type OrderStatus = typeof OrderStatus.Type

export const PlacedFill = Schema.Struct({
  trade: TradeId,
  price: Decimal,
  quantity: Decimal,
  notional: Decimal.pipe(Schema.annotateKey({ description: "price x quantity" })),
  fee: Decimal.pipe(Schema.annotateKey({ description: "Taken out of what was received" }))
}).annotate({ identifier: "PlacedFill" })

const placedFields = {
  sequence: Sequence,
  order: OrderId,
  clientOrderId: Schema.optionalKey(ClientOrderId),
  status: OrderStatus,
  quantity: Decimal,
  filledQuantity: Decimal,
  remainingQuantity: Decimal.pipe(Schema.annotateKey({ description: "What stands in the book now" })),
  filledNotional: Decimal,
  fee: Decimal,
  feeAsset: Schema.String,
  fills: Schema.Array(PlacedFill)
}
export const PlacedOrder = Schema.Struct(placedFields).annotate({ identifier: "PlacedOrder" })
export type PlacedOrder = typeof PlacedOrder.Type
export const AmendedOrder = Schema.Struct({
  ...placedFields,
  keptPriority: Schema.Boolean.annotate({
    description: "Only less quantity at the same price keeps the place in the queue"
  })
}).annotate({ identifier: "AmendedOrder" })
export type AmendedOrder = typeof AmendedOrder.Type

export const CancelledOrder = Schema.Struct({
  sequence: Sequence,
  order: OrderId,
  filledQuantity: Decimal,
  cancelledQuantity: Decimal
}).annotate({ identifier: "CancelledOrder" })
export type CancelledOrder = typeof CancelledOrder.Type

export const CancelledOrders = Schema.Struct({ sequence: Sequence, orders: Schema.Array(OrderId) }).annotate({
  identifier: "CancelledOrders"
})
export type CancelledOrders = typeof CancelledOrders.Type

export const OpenOrder = Schema.Struct({
  order: OrderId,
  clientOrderId: Schema.optionalKey(ClientOrderId),
  market: Schema.String,
  side: Schema.Literals(sides),
  price: Decimal,
  quantity: Decimal,
  filledQuantity: Decimal,
  remainingQuantity: Decimal,
  postOnly: Schema.Boolean,
  deadline: Schema.optionalKey(TimeMs)
}).annotate({ identifier: "OpenOrder" })
export type OpenOrder = typeof OpenOrder.Type

export const Order = Schema.Struct({
  order: OrderId,
  clientOrderId: Schema.optionalKey(ClientOrderId),
  account: AccountId,
  market: Schema.String,
  side: Schema.Literals(sides),
  type: Schema.Literals(orderTypes),
  timeInForce: Schema.Literals(timesInForce),
  postOnly: Schema.Boolean,
  price: Schema.optionalKey(Decimal),
  quantity: Decimal,
  budget: Schema.optionalKey(Decimal),
  deadline: Schema.optionalKey(TimeMs),
  status: OrderStatus,
  filledQuantity: Decimal,
  remainingQuantity: Decimal,
  filledNotional: Decimal,
  fee: Decimal,
  feeAsset: Schema.String,
  createdAt: TimeMs,
  updatedAt: TimeMs,
  sequence: Sequence.pipe(Schema.annotateKey({ description: "The last command that changed it" }))
}).annotate({ identifier: "Order" })
export type Order = typeof Order.Type

export const Preview = Schema.Struct({
  fills: Schema.Array(Schema.Struct({ price: Decimal, quantity: Decimal })),
  filledQuantity: Decimal,
  cost: Decimal.pipe(Schema.annotateKey({ description: "What would trade at once, in quote" })),
  restingQuantity: Decimal.pipe(Schema.annotateKey({ description: "What would stand in the book" })),
  fee: Decimal,
  feeAsset: Schema.String,
  held: Decimal.pipe(Schema.annotateKey({ description: "The most it can cost: what would be held while it trades" })),
  heldAsset: Schema.String
}).annotate({ identifier: "Preview" })
export type Preview = typeof Preview.Type

/** An order by its id, or by the client's as `client:ID`. */
const params = { order: text(64) }

export class Orders extends HttpApiGroup.make("orders")
  .add(
    HttpApiEndpoint.post("place", "/orders", {
      query: accountQuery,
      headers: idempotencyHeaders,
      payload: PlaceOrder,
      success: PlacedOrder.pipe(HttpApiSchema.status(201)),
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Place an order"),
    HttpApiEndpoint.post("preview", "/orders/preview", {
      query: accountQuery,
      payload: PlaceOrder,
      success: Preview,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(
        OpenApi.Summary,
        "What placing the order would come to now, by the code that executes; nothing changes"
      ),
    HttpApiEndpoint.get("list", "/orders", {
      query: {
        ...accountQuery,
        ...pageQuery,
        market: Schema.optionalKey(Symbol),
        side: Schema.optionalKey(Schema.Literals(sides)),
        status: Schema.optionalKey(Schema.Literals(["open", "closed"]))
      },
      success: page(Order),
      error: publicProblems
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "Orders, open and closed"),
    HttpApiEndpoint.get("open", "/open-orders", {
      query: { ...accountQuery, market: Schema.optionalKey(Symbol) },
      success: list(OpenOrder),
      error: publicProblems
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "Open orders as the venue has them, oldest first"),
    HttpApiEndpoint.get("get", "/orders/:order", {
      params,
      query: accountQuery,
      success: Order,
      error: publicProblems
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "One order, by `ord_…` or `client:…`"),
    HttpApiEndpoint.patch("amend", "/orders/:order", {
      params: { order: OrderId },
      query: accountQuery,
      headers: idempotencyHeaders,
      payload: AmendOrder,
      success: AmendedOrder,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Change price or quantity of an open order"),
    HttpApiEndpoint.delete("cancel", "/orders/:order", {
      params,
      query: accountQuery,
      headers: idempotencyHeaders,
      success: CancelledOrder,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Cancel an open order, by `ord_…` or `client:…`"),
    HttpApiEndpoint.delete("cancelAll", "/orders", {
      query: { ...accountQuery, market: Schema.optionalKey(Symbol) },
      headers: idempotencyHeaders,
      success: CancelledOrders,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Cancel every open order, in one market or in all")
  )
  .prefix("/v1")
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Orders") {}
