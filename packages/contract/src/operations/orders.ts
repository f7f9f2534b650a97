/** Placing, changing, ending and reading orders. */
import * as Names from "@pandora-exchange/core/Order"
import { orderStatuses } from "@pandora-exchange/core/views/OrderLife"
import { Schema } from "effect"
import {
  absent,
  account,
  AccountId,
  ClientOrderId,
  Decimal,
  field,
  Instant,
  ListId,
  listOf,
  MarketSymbol,
  namedList,
  namedOrder,
  oneOf,
  optional,
  OrderId,
  page,
  pageOf,
  renamed,
  Sequence,
  struct,
  TimeMs,
  TradeId,
  whole,
  words
} from "../fields.ts"
import type { Code } from "../failures.ts"
import { operation } from "../operation.ts"

export const Side = words("Side", "The side of an order.", Names.sides)

export const SelfTradePrevention = words(
  "SelfTradePrevention",
  "What happens where an order would trade with one of the same owner: the order that expires ends with all that is " +
    "left of it; `decrement` takes the smaller quantity from both.",
  Names.selfTradePreventions
)

export const TimeInForce = words(
  "TimeInForce",
  "Good till cancelled; immediate or cancel; fill or kill (whole or refused); good till date.",
  Names.timesInForce
)

export const Contingency = words(
  "Contingency",
  "`OCO`: a limit or take-profit order and a stop-loss; one cancels the other. `OTO`: a limit order, and one that is " +
    "placed when it is filled. `OTOCO`: a limit order, and a pair that is placed when it is filled.",
  Names.contingencies
)

export const Wait = words(
  "Wait",
  "`trigger`: for the price. `workingOrder`: until the first order of its list is filled.",
  Names.waits
)

export const EndReason = words("EndReason", "Why an order ended.", Names.endReasons)

export const OrderStatus = words(
  "OrderStatus",
  "`waiting`: for its trigger or for another order. `expired`: the rest ended without a trade; `endReason` says why.",
  orderStatuses
)

const PostOnly = Schema.Union([Schema.Boolean, Schema.Literal("slide")])

export const Done = struct("Done", "Confirms a change: it is durable.", {
  sequence: field(Sequence, "The command's position in the journal.")
})

export const Trigger = struct(
  "Trigger",
  "What an order waits for before it is placed. A stop-loss follows the market: a buy waits for the price to rise to " +
    "its trigger, a sell for it to fall. A take-profit waits for the opposite.",
  {
    kind: field(Schema.Literals(["stopLoss", "takeProfit"]), "Which way the price must go."),
    price: optional(
      Decimal,
      "The trigger. With an offset: where the order begins to trail. Default: at once."
    ),
    offset: optional(
      Decimal,
      "The trigger trails the best price at this distance, a difference of prices."
    ),
    offsetBasisPoints: optional(
      whole(0),
      "The trigger trails the best price at this distance in basis points (0.01 %), 1 to 5,000."
    )
  }
)

export const OrderTerms = struct("OrderTerms", "Terms of limit and market orders.", {
  side: field(Side, "Whether the order buys or sells."),
  clientOrderId: optional(ClientOrderId, "Your own id, unique among the account's open orders."),
  trigger: optional(
    Trigger,
    "Places the order only when the market reaches this. Default: at once."
  ),
  selfTradePrevention: optional(
    SelfTradePrevention,
    "What happens where it would trade with an order of the same owner. Default: `expireMaker`."
  )
})

export const LimitOrder = struct(
  "LimitOrder",
  "An order that trades at its price or better.",
  {
    ...OrderTerms.fields,
    type: optional(Schema.Literal("limit"), "Default: `limit`."),
    price: field(
      Decimal,
      "The limit price, in quote per unit of base; a multiple of the tick size.",
      {
        missing: "PriceMissing"
      }
    ),
    quantity: field(Decimal, "How much base; a multiple of the lot size."),
    timeInForce: optional(
      TimeInForce,
      "How long the order stays. Default: `GTC`, and `GTD` with a `deadline`."
    ),
    postOnly: optional(
      PostOnly,
      "Never takes: refused when it would trade at once, or with `slide` moved to the nearest price at which it rests.",
      { code: "NotABoolean" }
    ),
    deadline: optional(Instant, "When a `GTD` order ends, in milliseconds since 1970."),
    displayQuantity: optional(
      Decimal,
      "Makes an iceberg: the book shows this much of it at a time."
    )
  },
  { extends: [OrderTerms], foreign: "NotForLimitOrders" }
)

export const MarketOrder = struct(
  "MarketOrder",
  "An order that trades at once at any price: a `quantity` of base, or a `budget` of quote.",
  {
    ...OrderTerms.fields,
    type: field(Schema.Literal("market"), "Always `market`."),
    quantity: optional(Decimal, "How much base to trade. Give this or `budget`."),
    budget: optional(
      Decimal,
      "How much quote to spend when buying, or to take in at most when selling."
    ),
    timeInForce: optional(
      Schema.Literals(["IOC", "FOK"]),
      "`FOK` for a quantity that must trade whole. Default: `IOC`."
    )
  },
  { extends: [OrderTerms], foreign: "NotForMarketOrders" }
)

/** A union of both kinds of order, named separately on each face. */
export const ListedOrder = oneOf("ListedOrder", "An order that replaces another.", [
  LimitOrder,
  MarketOrder
])

const sizeOfExit =
  " In an `OTO` or `OTOCO`, an order that leaves what the first one enters needs none: its quantity is then all that the " +
  "first one brings, after fees."

/** Like `LimitOrder`, but for exits, whose quantity can follow from the working order. */
export const LimitOrderOfList = struct(
  "LimitOrderOfList",
  "A limit order of a list.",
  {
    ...LimitOrder.fields,
    quantity: optional(Decimal, `How much base; a multiple of the lot size.${sizeOfExit}`)
  },
  { foreign: "NotForLimitOrders" }
)

export const MarketOrderOfList = struct(
  "MarketOrderOfList",
  "A market order of a list.",
  {
    ...MarketOrder.fields,
    quantity: optional(Decimal, `How much base to trade.${sizeOfExit}`)
  },
  { foreign: "NotForMarketOrders" }
)

export const OrderOfList = oneOf("OrderOfList", "An order of a list.", [
  LimitOrderOfList,
  MarketOrderOfList
])

export const InMarket = struct("InMarket", "Where an order goes.", {
  ...account,
  market: field(MarketSymbol, "The symbol of the market, for instance `BTC-USDT`.")
})

export const PlaceLimit = struct(
  "PlaceLimit",
  "A limit order to place.",
  { ...InMarket.fields, ...LimitOrder.fields },
  { extends: [InMarket, LimitOrder], foreign: "NotForLimitOrders" }
)

export const PlaceMarket = struct(
  "PlaceMarket",
  "A market order to place.",
  { ...InMarket.fields, ...MarketOrder.fields },
  { extends: [InMarket, MarketOrder], foreign: "NotForMarketOrders" }
)

export const PlaceOrder = oneOf("PlaceOrder", "An order to place.", [PlaceLimit, PlaceMarket])

export const PlaceList = struct(
  "PlaceList",
  "Orders that depend on each other.",
  {
    ...InMarket.fields,
    contingency: field(Contingency, "How the orders depend on each other."),
    orders: field(
      Schema.Array(OrderOfList).check(Schema.isMinLength(2), Schema.isMaxLength(3)),
      "Two orders, or three for `OTOCO`; the stop of a pair is last.",
      { code: "OrdersMissing" }
    ),
    clientListId: optional(
      ClientOrderId,
      "Your own id of the list, unique among the account's open lists."
    )
  },
  { extends: [InMarket] }
)

export const CancelOrder = struct(
  "CancelOrder",
  "Names an order by `order` or by `clientOrderId`.",
  {
    ...account,
    ...namedOrder
  }
)

export const CancelList = struct("CancelList", "Names a list by `list` or by `clientListId`.", {
  ...account,
  ...namedList
})

export const ReplaceOrder = struct(
  "ReplaceOrder",
  "An order to cancel, and one to place in the same market.",
  {
    ...InMarket.fields,
    ...namedOrder,
    only: optional(
      Schema.Literals(["unfilled", "partlyFilled"]),
      "Refuses an order in another state. Default: any state."
    ),
    placeAnyway: optional(
      Schema.Boolean,
      "Places the new order even if the cancel is refused. Default: false."
    ),
    by: field(ListedOrder, "The new order.")
  },
  { extends: [InMarket] }
)

export const CancelAfter = struct("CancelAfter", "Sets or stops the account's timer.", {
  ...account,
  delay: field(
    whole(0),
    "Milliseconds until every order is cancelled, at most 24 hours; 0 stops the timer."
  )
})

export const CancelAll = struct("CancelAll", "Chooses the orders to cancel.", {
  ...account,
  market: optional(MarketSymbol, "Only orders of this market. Default: all markets."),
  side: optional(Side, "Only orders of this side. Default: both sides.")
})

export const AmendOrder = struct(
  "AmendOrder",
  "New terms of an open order. Terms that are not given stay.",
  {
    ...InMarket.fields,
    ...namedOrder,
    price: optional(Decimal, "The new limit price."),
    quantity: optional(Decimal, "The new total, including what is filled already.")
  },
  { extends: [InMarket] }
)

const { account: _limit, ...placeLimit } = PlaceLimit.fields
const { account: _market, ...placeMarket } = PlaceMarket.fields
const { account: _amend, ...amendOrder } = AmendOrder.fields
const { account: _replace, ...replaceOrder } = ReplaceOrder.fields
const { account: _cancel, ...cancelOrder } = CancelOrder.fields

/** Like `PlaceLimit`, but for batches, which name the account once. */
export const BatchedLimit = struct("BatchedLimit", "A limit order to place.", placeLimit, {
  extends: [LimitOrder],
  foreign: "NotForLimitOrders"
})

export const BatchedMarket = struct("BatchedMarket", "A market order to place.", placeMarket, {
  extends: [MarketOrder],
  foreign: "NotForMarketOrders"
})

export const BatchedPlace = oneOf("BatchedPlace", "An order to place.", [
  BatchedLimit,
  BatchedMarket
])

export const BatchedAmend = struct(
  "BatchedAmend",
  "New terms of an open order. Terms that are not given stay.",
  amendOrder
)

export const BatchedReplace = struct(
  "BatchedReplace",
  "An order to cancel, and one to place in the same market.",
  replaceOrder
)

export const BatchedCancel = struct("BatchedCancel", "An order to cancel.", cancelOrder)

const itemKey = {
  key: optional(
    Schema.String,
    "The item's own idempotency key. The same item with the same key is done once.",
    { code: "MalformedKey" }
  )
}

export const PlaceItem = struct("PlaceItem", "Places an order.", {
  place: field(BatchedPlace, "The order."),
  ...itemKey
})

export const AmendItem = struct("AmendItem", "Amends an order.", {
  amend: field(BatchedAmend, "The order and its new terms."),
  ...itemKey
})

export const ReplaceItem = struct("ReplaceItem", "Replaces an order.", {
  replace: field(BatchedReplace, "The order to cancel and the one to place."),
  ...itemKey
})

export const CancelItem = struct("CancelItem", "Cancels an order.", {
  cancel: field(BatchedCancel, "The order."),
  ...itemKey
})

export const BatchItem = oneOf(
  "BatchItem",
  "What to do: one of `place`, `amend`, `replace` and `cancel`, with the request of that command.",
  [AmendItem, ReplaceItem, CancelItem, PlaceItem]
)

export const Batch = struct("OrderBatch", "Commands about the orders of one account.", {
  ...account,
  items: field(
    Schema.Array(BatchItem).check(Schema.isMinLength(1), Schema.isMaxLength(100)),
    "1 to 100 commands, done in this order."
  )
})

export const Fill = struct(
  "Fill",
  "One trade of an order.",
  {
    trade: field(TradeId, "The trade's id."),
    price: field(Decimal, "The price of the trade."),
    quantity: field(Decimal, "How much base was traded."),
    notional: field(Decimal, "Price x quantity."),
    fee: field(Decimal, "Taken out of what was received: base for a buy, quote for a sell.")
  },
  { wire: "PlacedFill" }
)

/** How an order's quantity divides, as every order shows it. */
const quantities = {
  quantity: field(Decimal, "The total quantity."),
  filledQuantity: field(Decimal, "How much has traded."),
  preventedQuantity: absent(Decimal, "How much self-trade prevention removed, if any."),
  remainingQuantity: field(
    Decimal,
    "How much is still open: neither filled, nor removed by self-trade prevention."
  )
}

export const PlacedOrder = struct(
  "PlacedOrder",
  "What became of an order.",
  {
    ...Done.fields,
    order: field(OrderId, "The order's id."),
    clientOrderId: absent(ClientOrderId, "Your own id, if you gave one."),
    status: field(OrderStatus, "How far the order is."),
    endReason: absent(EndReason, "Why the order ended, if it has."),
    price: absent(Decimal, "The price it has now, after a slide. Market orders have none."),
    ...quantities,
    filledNotional: field(Decimal, "Price x quantity of all its trades."),
    fee: field(Decimal, "The fees of all its trades."),
    feeAsset: field(Schema.String, "The asset of the fees."),
    fills: field(Schema.Array(Fill), "Its trades, in order.")
  },
  { extends: [Done] }
)

export const AmendedOrder = struct(
  "AmendedOrder",
  "What became of an amended order.",
  {
    ...PlacedOrder.fields,
    keptPriority: field(
      Schema.Boolean,
      "Whether it kept its place in the queue: only less quantity at the same price does."
    )
  },
  { extends: [PlacedOrder] }
)

export const PlacedList = struct(
  "PlacedList",
  "What became of the orders of a list.",
  {
    ...Done.fields,
    list: field(ListId, "The list's id."),
    orders: field(Schema.Array(PlacedOrder), "Its orders, as they were given.")
  },
  { extends: [Done] }
)

export const CancelledOrder = struct(
  "CancelledOrder",
  "An order that was cancelled.",
  {
    ...Done.fields,
    order: field(OrderId, "The order's id."),
    filledQuantity: field(Decimal, "How much had traded."),
    cancelledQuantity: field(
      Decimal,
      "How much was still open. What self-trade prevention removed is not part of it."
    )
  },
  { extends: [Done] }
)

export const CancelledOrders = struct(
  "CancelledOrders",
  "The orders that were cancelled.",
  { ...Done.fields, orders: field(Schema.Array(OrderId), "Their ids.") },
  { extends: [Done] }
)

export const ReplacedOrder = struct(
  "ReplacedOrder",
  "What became of both orders. A cancel stands even if the new order is refused.",
  {
    ...Done.fields,
    cancelled: absent(CancelledOrder, "The order that was cancelled, unless that was refused."),
    placed: absent(PlacedOrder, "The order that was placed, unless that was refused."),
    refused: field(
      Schema.Struct({
        cancel: optional(Schema.String, "Why the cancel was refused."),
        place: optional(Schema.String, "Why the new order was refused.")
      }),
      "The parts that were refused, each with its code."
    )
  },
  { extends: [Done] }
)

export const ItemProblem = struct(
  "ItemProblem",
  "Why an item was not done, or may not have been.",
  {
    code: field(Schema.String, "Stable: the code that the command alone would be refused with."),
    status: field(whole(400, 599), "The HTTP status of the command alone."),
    retry: field(
      Schema.Literals(["safe", "never", "unknown"]),
      "`safe`: it was not done and may succeed later. `never`: the answer stays the same. `unknown`: it may have been done; send it again with the same key."
    ),
    detail: field(Schema.String, "What is wrong and what to do."),
    parameter: optional(Schema.String, "The field of the command that is wrong."),
    sequence: optional(Sequence, "The command of the journal that was refused.")
  }
)

export const BatchItemAnswer = struct(
  "BatchItemAnswer",
  "What became of an item: `problem`, or the answer under the name of what was done.",
  {
    place: optional(PlacedOrder, "What became of the order that was placed."),
    amend: optional(AmendedOrder, "What became of the order that was amended."),
    replace: optional(ReplacedOrder, "What became of both orders."),
    cancel: optional(CancelledOrder, "The order that was cancelled."),
    problem: optional(ItemProblem, "Why it was not done, or may not have been.")
  }
)

export const BatchAnswer = struct("BatchAnswer", "What became of a batch.", {
  items: field(Schema.Array(BatchItemAnswer), "The answer to each item, in the same order."),
  sequence: absent(Sequence, "The last of its commands in the journal. Absent when none got there.")
})

export const CancelAfterInfo = struct(
  "CancelAfterInfo",
  "When the account's orders will be cancelled.",
  {
    ...Done.fields,
    deadline: absent(TimeMs, "When they are cancelled. Never, if the timer was stopped.")
  },
  { extends: [Done], wire: "CancelAfterSet" }
)

export const OrderPreview = renamed(
  struct(
    "OrderPreview",
    "What placing an order would come to.",
    {
      fills: field(
        Schema.Array(
          Schema.Struct({
            price: field(Decimal, "A price at which it would trade."),
            quantity: field(Decimal, "How much would trade at it.")
          })
        ),
        "What would trade at once, by price, best first."
      ),
      filledQuantity: field(Decimal, "How much would trade at once."),
      filledNotional: field(Decimal, "What would trade at once, in quote."),
      restingQuantity: field(Decimal, "How much would stand in the book."),
      fee: field(Decimal, "The fee of what would trade at once."),
      feeAsset: field(Schema.String, "The asset of the fee."),
      held: field(Decimal, "The most it can cost: what would be held while it trades."),
      heldAsset: field(Schema.String, "The asset of what would be held.")
    },
    { wire: "Preview" }
  ),
  { filledNotional: "cost" }
)

/** Orders placed with one API key. */
const byCredential = {
  credential: optional(
    whole(0),
    "Only orders placed with the API key of this number; 0 for those placed without one. Default: all orders."
  )
}

const shownTerms = {
  postOnly: field(PostOnly, "Whether it never takes; `slide` if it was moved instead of refused."),
  deadline: absent(TimeMs, "When a `GTD` order ends."),
  displayQuantity: absent(Decimal, "How much of an iceberg the book shows at a time."),
  trigger: absent(Trigger, "What the order waits for, now or after its working order."),
  selfTradePrevention: field(
    SelfTradePrevention,
    "What happens where it would trade with an order of the same owner."
  ),
  list: absent(ListId, "The list it belongs to."),
  credential: absent(
    whole(1),
    "The number of the API key that placed it. A replacement has that of the replacing key."
  )
}

export const OpenOrder = struct("OpenOrder", "An order that is open or waits.", {
  order: field(OrderId, "The order's id."),
  clientOrderId: absent(ClientOrderId, "Your own id, if you gave one."),
  market: field(Schema.String, "The symbol of the market."),
  side: field(Side, "Whether the order buys or sells."),
  type: field(Schema.Literals(["limit", "market"]), "Whether it has a price."),
  status: field(Schema.Literals(["waiting", "open", "partiallyFilled"]), "How far the order is."),
  price: absent(Decimal, "The limit price. A market order that waits has none."),
  ...quantities,
  ...shownTerms,
  waitsFor: absent(Wait, "What it waits for, while it is not in the book."),
  triggerPrice: absent(
    Decimal,
    "Where its trigger stands now. That of an order that trails follows the price."
  )
})

export const OpenList = struct("OpenList", "A list that has open orders.", {
  list: field(ListId, "The list's id."),
  clientListId: absent(ClientOrderId, "Your own id of the list, if you gave one."),
  market: field(Schema.String, "The symbol of the market."),
  contingency: field(Contingency, "How the orders depend on each other."),
  orders: field(Schema.Array(OrderId), "All its orders, open and ended, as they were given.")
})

export const Order = struct("Order", "An order, open or ended.", {
  order: field(OrderId, "The order's id."),
  clientOrderId: absent(ClientOrderId, "Your own id, if you gave one."),
  account: field(AccountId, "The account that placed it."),
  market: field(Schema.String, "The symbol of the market."),
  side: field(Side, "Whether the order buys or sells."),
  type: field(Schema.Literals(Names.orderTypes), "`marketBudget` is a market order by `budget`."),
  timeInForce: field(TimeInForce, "How long the order stays."),
  price: absent(Decimal, "The price it has now. Market orders have none."),
  ...quantities,
  budget: absent(Decimal, "How much quote it may spend or take in."),
  ...shownTerms,
  status: field(OrderStatus, "How far the order is."),
  waitsFor: absent(Wait, "What it waits for, while it is not in the book."),
  endReason: absent(EndReason, "Why the order ended, if it has."),
  filledNotional: field(Decimal, "Price x quantity of all its trades."),
  fee: field(Decimal, "The fees of all its trades."),
  feeAsset: field(Schema.String, "The asset of the fees."),
  createdAt: field(TimeMs, "When it was accepted, in milliseconds since 1970."),
  updatedAt: field(TimeMs, "When it last changed, in milliseconds since 1970."),
  sequence: field(Sequence, "The last command that changed it.")
})

const placing: ReadonlyArray<Code> = [
  "OffTick",
  "OffLot",
  "TriggerIncomplete",
  "QuantityOrBudget",
  "UnknownAccount",
  "AccountCannotTrade",
  "UnknownMarket",
  "MarketHalted",
  "MarketCancelOnly",
  "MarketPostOnly",
  "CombinationNotSupported",
  "MalformedText",
  "QuantityZero",
  "QuantityTooSmall",
  "QuantityTooLarge",
  "PriceZero",
  "PriceTooHigh",
  "PriceTooLow",
  "PriceOutsideBand",
  "NotionalTooSmall",
  "NotionalTooLarge",
  "DeadlinePassed",
  "DisplayQuantityInvalid",
  "TrailingOffsetInvalid",
  "WouldTrigger",
  "NoReferencePrice",
  "DuplicateClientOrderId",
  "TooManyOpenOrders",
  "TooManyConditionalOrders",
  "PostOnlyWouldCross",
  "FillOrKillUnfilled",
  "InsufficientFunds",
  "PositionTooLarge",
  "LevelFull"
]

export const place = operation("place", {
  doc: "Places an order and answers when it is durable.",
  request: PlaceOrder,
  answer: PlacedOrder,
  permission: "trade",
  movesMoney: true,
  rest: { method: "POST", path: "/v1/orders", status: 201 },
  stream: { body: "order" },
  sdk: true,
  fails: placing
})

export const preview = operation("preview", {
  doc: "Says what placing an order would come to now, by the code that executes. Nothing changes.",
  request: PlaceOrder,
  answer: OrderPreview,
  permission: "trade",
  dryRun: true,
  rest: { method: "POST", path: "/v1/orders/preview" },
  sdk: true,
  fails: placing
})

export const orders = operation("orders", {
  doc: "Lists orders, open and ended.",
  request: struct("Orders", "Chooses orders.", {
    ...account,
    ...page,
    market: optional(MarketSymbol, "Only orders of this market. Default: all markets."),
    side: optional(Side, "Only orders of this side. Default: both sides."),
    ...byCredential,
    status: optional(
      Schema.Literals(["open", "closed"]),
      "Only open or only ended orders. Default: both."
    )
  }),
  answer: pageOf(Order),
  permission: "read",
  rest: { method: "GET", path: "/v1/orders" },
  fails: [
    "UnknownMarket",
    "TimeRangeReversed",
    "MalformedCursor",
    "HistoryBehind",
    "HistoryUnavailable"
  ]
})

export const openOrders = operation("openOrders", {
  doc: "Lists open orders as the venue has them, oldest first.",
  request: struct("OpenOrders", "Chooses open orders.", {
    ...account,
    market: optional(MarketSymbol, "Only orders of this market. Default: all markets."),
    ...byCredential
  }),
  answer: listOf(OpenOrder),
  permission: "read",
  rest: { method: "GET", path: "/v1/open-orders" },
  sdk: "data",
  fails: ["UnknownMarket"]
})

export const openLists = operation("openLists", {
  doc: "Lists the order lists that have open orders, oldest first.",
  request: struct("OpenListsOf", "Chooses an account.", { ...account }),
  answer: listOf(OpenList),
  permission: "read",
  rest: { method: "GET", path: "/v1/order-lists" },
  sdk: "data",
  fails: ["UnknownAccount"]
})

export const openOrder = operation("openOrder", {
  doc: "Returns one open order, or `undefined` when the account has none with that id.",
  request: struct("OpenOrderOf", "Names an open order by `order` or by `clientOrderId`.", {
    ...account,
    ...namedOrder
  }),
  answer: Schema.UndefinedOr(OpenOrder),
  permission: "read",
  sdk: true,
  fails: []
})

export const order = operation("order", {
  doc:
    "Returns one order, open or ended, with its end reason, fills and fees. A server reads it from its history. The SDK reads " +
    "it from the journal, which takes longer the older the order is, and finds ended orders by `order` only.",
  request: struct("OrderOf", "Names an order by `order` or by `clientOrderId`.", {
    ...account,
    ...namedOrder
  }),
  answer: Order,
  permission: "read",
  rest: { method: "GET", path: "/v1/orders/:order" },
  sdk: true,
  fails: ["UnknownOrder", "HistoryBehind", "HistoryUnavailable"]
})

export const amend = operation("amend", {
  doc: "Changes the price or the quantity of an open order, named by its id or by your own.",
  request: AmendOrder,
  answer: AmendedOrder,
  permission: "trade",
  movesMoney: true,
  rest: { method: "PATCH", path: "/v1/orders/:order" },
  stream: { body: "change" },
  sdk: true,
  fails: [...placing, "UnknownOrder", "OrderNotAmendable", "NothingToAmend", "QuantityBelowFilled"]
})

export const cancel = operation("cancel", {
  doc: "Cancels an open order, by its id or by your own.",
  request: CancelOrder,
  answer: CancelledOrder,
  permission: "trade",
  movesMoney: true,
  rest: { method: "DELETE", path: "/v1/orders/:order" },
  stream: {},
  sdk: true,
  fails: ["UnknownOrder", "MarketHalted"]
})

export const cancelAll = operation("cancelAll", {
  doc: "Cancels every open order, in one market or in all, of one side or of both.",
  request: CancelAll,
  answer: CancelledOrders,
  permission: "trade",
  movesMoney: true,
  rest: { method: "DELETE", path: "/v1/orders" },
  stream: {},
  sdk: true,
  fails: ["UnknownMarket", "MarketHalted"]
})

export const replace = operation("replace", {
  doc: "Cancels an open order and places another one in its market. The cancel stands even if the new one is refused.",
  request: ReplaceOrder,
  answer: ReplacedOrder,
  permission: "trade",
  movesMoney: true,
  rest: { method: "POST", path: "/v1/orders/:order/replace" },
  stream: { body: "replacement" },
  sdk: true,
  fails: [...placing, "UnknownOrder", "OrderNotReplaceable"]
})

export const batch = operation("batch", {
  doc: "Places, amends, replaces and cancels up to 100 orders of one account, in order. Each item is done on its own: a refusal stops no other, and comes in its place.",
  request: Batch,
  answer: BatchAnswer,
  permission: "trade",
  movesMoney: true,
  keyPerItem: true,
  rest: { method: "POST", path: "/v1/orders/batch" },
  stream: {},
  sdk: true,
  fails: []
})

export const placeList = operation("placeList", {
  doc:
    "Places orders that depend on each other: OCO, OTO, OTOCO. The waiting orders of an OTO or OTOCO begin when the " +
    "first order is filled in full. If it ends in any other way, they end with it, even if most of it was filled: " +
    "what it brought has no exit then.",
  request: PlaceList,
  answer: PlacedList,
  permission: "trade",
  movesMoney: true,
  rest: { method: "POST", path: "/v1/order-lists", status: 201 },
  stream: { body: "list" },
  sdk: true,
  fails: [...placing, "OrdersMissing", "ListTermsInvalid", "ListPricesInvalid"]
})

export const cancelList = operation("cancelList", {
  doc: "Cancels the open orders of a list, by its id or by your own.",
  request: CancelList,
  answer: CancelledOrders,
  permission: "trade",
  movesMoney: true,
  rest: { method: "DELETE", path: "/v1/order-lists/:list" },
  stream: {},
  sdk: true,
  fails: ["UnknownOrderList", "MarketHalted"]
})

export const cancelAfter = operation("cancelAfter", {
  doc: "Cancels every open order after a delay, unless it is called again before: a dead man's switch.",
  request: CancelAfter,
  answer: CancelAfterInfo,
  permission: "trade",
  movesMoney: true,
  rest: { method: "POST", path: "/v1/cancel-after" },
  stream: {},
  sdk: true,
  fails: ["DelayTooLong"]
})
