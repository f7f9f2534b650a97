/** Orders of the caller's own accounts. */
import {
  contingencies,
  endReasons,
  orderTypes,
  selfTradePreventions,
  sides,
  timesInForce
} from "@pandora-exchange/core/Order"
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
  ListId,
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

export const Trigger = Schema.Struct({
  kind: Schema.Literals(["stopLoss", "takeProfit"]).pipe(
    Schema.annotateKey({
      description:
        "A stop-loss goes with the market: a buy waits for the price to rise to its trigger, a sell for it to fall. A take-profit waits for the opposite"
    })
  ),
  price: Schema.optionalKey(Decimal).pipe(
    Schema.annotateKey({
      description: "The trigger; with an offset, where the order begins to trail (at once without)"
    })
  ),
  offset: Schema.optionalKey(Decimal).pipe(
    Schema.annotateKey({ description: "The trigger trails the best price at this distance, a difference of prices" })
  ),
  offsetBasisPoints: Schema.optionalKey(Schema.Int).pipe(
    Schema.annotateKey({ description: "The same in basis points (0.01 %), 1 to 5,000" })
  )
}).annotate({ identifier: "Trigger", description: "What an order waits for before it is placed" })
export type Trigger = typeof Trigger.Type

const PostOnly = Schema.Union([Schema.Boolean, Schema.Literal("slide")])

/** A limit order has a price and a quantity, a market order a quantity or a budget. */
const orderFields = {
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
  postOnly: Schema.optionalKey(PostOnly).pipe(
    Schema.annotateKey({
      description: 'Never takes: refused when it would trade at once, or with "slide" moved to where it would not'
    })
  ),
  deadline: Schema.optionalKey(TimeMs),
  displayQuantity: Schema.optionalKey(Decimal).pipe(
    Schema.annotateKey({ description: "Makes an iceberg: the book shows so much of it at a time" })
  ),
  trigger: Schema.optionalKey(Trigger),
  selfTradePrevention: Schema.optionalKey(Schema.Literals(selfTradePreventions)).pipe(
    Schema.annotateKey({
      description: "Where it would trade with an order of the same owner; that one expires unless said otherwise"
    })
  ),
  clientOrderId: Schema.optionalKey(ClientOrderId)
}

export const PlaceOrder = Schema.Struct({ market: Symbol, ...orderFields }).annotate({ identifier: "PlaceOrder" })
export type PlaceOrder = typeof PlaceOrder.Type

export const ListedOrder = Schema.Struct(orderFields).annotate({ identifier: "ListedOrder" })
export type ListedOrder = typeof ListedOrder.Type

export const PlaceList = Schema.Struct({
  market: Symbol,
  contingency: Schema.Literals(contingencies).pipe(
    Schema.annotateKey({
      description:
        "OCO: a limit or take-profit order and a stop-loss, one cancels the other. OTO: a limit order, and one that is placed when it is filled. OTOCO: a limit order, and such a pair"
    })
  ),
  orders: Schema.Array(ListedOrder).check(Schema.isMinLength(2), Schema.isMaxLength(3)),
  clientListId: Schema.optionalKey(ClientOrderId)
}).annotate({ identifier: "PlaceList" })
export type PlaceList = typeof PlaceList.Type

export const ReplaceOrder = Schema.Struct({
  market: Symbol,
  only: Schema.optionalKey(Schema.Literals(["unfilled", "partlyFilled"])).pipe(
    Schema.annotateKey({ description: "Refuses orders that are not so far" })
  ),
  placeAnyway: Schema.optionalKey(Schema.Boolean).pipe(
    Schema.annotateKey({ description: "Whether the new order is placed also when the cancel is refused" })
  ),
  by: ListedOrder
}).annotate({ identifier: "ReplaceOrder" })
export type ReplaceOrder = typeof ReplaceOrder.Type

export const CancelAfter = Schema.Struct({
  delay: Schema.Int.pipe(Schema.annotateKey({ description: "Milliseconds, at most 24 hours; 0 stops the timer" }))
}).annotate({ identifier: "CancelAfter" })
export type CancelAfter = typeof CancelAfter.Type

/** What is not given stays. `quantity` is the new total, what is filled included. */
export const AmendOrder = Schema.Struct({
  market: Symbol,
  price: Schema.optionalKey(Decimal),
  quantity: Schema.optionalKey(Decimal)
}).annotate({ identifier: "AmendOrder" })
export type AmendOrder = typeof AmendOrder.Type

export const statuses = ["waiting", "open", "partiallyFilled", "filled", "cancelled", "expired"] as const
export const OrderStatus = Schema.Literals(statuses).annotate({
  identifier: "OrderStatus",
  description:
    "waiting: for its trigger or for another order. expired: what was not traded ended by itself; endReason says why"
})
export type OrderStatus = typeof OrderStatus.Type

export const EndReason = Schema.Literals(endReasons).annotate({ identifier: "EndReason" })

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
  endReason: Schema.optionalKey(EndReason),
  price: Schema.optionalKey(Decimal).pipe(Schema.annotateKey({ description: "The price it has now, after a slide" })),
  quantity: Decimal,
  filledQuantity: Decimal,
  remainingQuantity: Decimal.pipe(Schema.annotateKey({ description: "What is open still" })),
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

export const PlacedList = Schema.Struct({
  sequence: Sequence,
  list: ListId,
  orders: Schema.Array(PlacedOrder)
}).annotate({ identifier: "PlacedList" })
export type PlacedList = typeof PlacedList.Type

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

export const ReplacedOrder = Schema.Struct({
  sequence: Sequence,
  cancelled: Schema.optionalKey(CancelledOrder),
  placed: Schema.optionalKey(PlacedOrder),
  refused: Schema.Struct({
    cancel: Schema.optionalKey(Schema.String),
    place: Schema.optionalKey(Schema.String)
  }).pipe(Schema.annotateKey({ description: "The parts that were refused, each with the code of a problem" }))
}).annotate({ identifier: "ReplacedOrder" })
export type ReplacedOrder = typeof ReplacedOrder.Type

export const CancelAfterSet = Schema.Struct({
  sequence: Sequence,
  deadline: Schema.optionalKey(TimeMs).pipe(Schema.annotateKey({ description: "When the orders are cancelled" }))
}).annotate({ identifier: "CancelAfterSet" })
export type CancelAfterSet = typeof CancelAfterSet.Type

const termFields = {
  postOnly: PostOnly,
  deadline: Schema.optionalKey(TimeMs),
  displayQuantity: Schema.optionalKey(Decimal),
  trigger: Schema.optionalKey(Trigger),
  selfTradePrevention: Schema.Literals(selfTradePreventions),
  list: Schema.optionalKey(ListId)
}

export const OpenOrder = Schema.Struct({
  order: OrderId,
  clientOrderId: Schema.optionalKey(ClientOrderId),
  market: Schema.String,
  side: Schema.Literals(sides),
  type: Schema.Literals(["limit", "market"]),
  status: Schema.Literals(["waiting", "open", "partiallyFilled"]),
  price: Schema.optionalKey(Decimal),
  quantity: Decimal,
  filledQuantity: Decimal,
  remainingQuantity: Decimal,
  ...termFields
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
  price: Schema.optionalKey(Decimal),
  quantity: Decimal,
  budget: Schema.optionalKey(Decimal),
  ...termFields,
  status: OrderStatus,
  endReason: Schema.optionalKey(EndReason),
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
    HttpApiEndpoint.post("replace", "/orders/:order/replace", {
      params,
      query: accountQuery,
      headers: idempotencyHeaders,
      payload: ReplaceOrder,
      success: ReplacedOrder,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(
        OpenApi.Summary,
        "Cancel an open order and place another one in its market; what was cancelled stays so when the new one is refused"
      ),
    HttpApiEndpoint.post("placeList", "/order-lists", {
      query: accountQuery,
      headers: idempotencyHeaders,
      payload: PlaceList,
      success: PlacedList.pipe(HttpApiSchema.status(201)),
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Place orders that depend on each other: OCO, OTO, OTOCO"),
    HttpApiEndpoint.delete("cancelList", "/order-lists/:list", {
      params: { list: text(64) },
      query: accountQuery,
      headers: idempotencyHeaders,
      success: CancelledOrders,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Cancel the open orders of a list, by `lst_…` or `client:…`"),
    HttpApiEndpoint.post("cancelAfter", "/cancel-after", {
      query: accountQuery,
      headers: idempotencyHeaders,
      payload: CancelAfter,
      success: CancelAfterSet,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Cancel every open order after a delay, unless this is called again before"),
    HttpApiEndpoint.delete("cancelAll", "/orders", {
      query: {
        ...accountQuery,
        market: Schema.optionalKey(Symbol),
        side: Schema.optionalKey(Schema.Literals(sides))
      },
      headers: idempotencyHeaders,
      success: CancelledOrders,
      error: [...publicProblems, ...commandProblems]
    })
      .annotate(Requires, "trade")
      .annotate(OpenApi.Summary, "Cancel every open order, in one market or in all, of one side or both")
  )
  .prefix("/v1")
  .middleware(Authentication)
  .annotate(OpenApi.Title, "Orders") {}
