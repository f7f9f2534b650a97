/** Each command of the exchange: from request to the venue's command, and from the venue's events to the answer. */
import { Account, Asset, type Command, Decimal, type Event, Ids, Market, Order } from "@pandora-exchange/core"
import { Refused } from "../ExchangeError.ts"
import type * as Requests from "../Requests.ts"
import type { Directory } from "./Directory.ts"
import { accountId, amount, holdId, lots, oneOf, orderId, rate, rateText, refuse, text, ticks, time } from "./fields.ts"

type Events = ReadonlyArray<Event.Event>

/** One entry of the table below: how a request becomes a command, and events an answer. */
export interface Operation<Request, Answer> {
  /** Whether it lists something that later requests name. */
  readonly lists: boolean
  readonly fields: ReadonlySet<string>
  /** Throws `InvalidInput`. */
  readonly command: (request: Request, directory: Directory) => Command.Command
  readonly answer: (events: Events, sequence: number, directory: Directory) => Answer
}

export type Operations = {
  readonly [K in keyof Requests.Commands]: Operation<
    Parameters<Requests.Commands[K]>[0],
    ReturnType<Requests.Commands[K]>
  >
}

const operation = <Request, Answer>(
  fields: ReadonlyArray<string>,
  command: Operation<Request, Answer>["command"],
  answer: Operation<Request, Answer>["answer"],
  lists = false
): Operation<Request, Answer> => ({ fields: new Set([...fields, "key", "source"]), command, answer, lists })

/** The one event of this kind that the command's answer consists of, or refused. */
const only = <Tag extends Event.Event["_tag"]>(events: Events, tag: Tag): Event.EventOf<Tag> =>
  events.find((event): event is Event.EventOf<Tag> => event._tag === tag)!

/** Throws `Refused` when the events say so. */
export const throwRefusal = (events: Events, sequence: number): void => {
  const first = events[0]
  if (first?._tag === "Rejected") throw new Refused({ code: first.reason, sequence })
}

const done = (_: Events, sequence: number): Requests.Done => ({ sequence })

const amountFields = ["account", "asset", "amount"] as const

const moved = (request: Requests.Amount, directory: Directory) => {
  const asset = directory.asset("asset", request.asset)
  return {
    accountId: accountId("account", request.account),
    assetId: asset.assetId,
    amount: amount("amount", request.amount, asset)
  }
}

export const operations: Operations = {
  listAsset: operation(
    ["symbol", "scale"],
    ({ scale = Asset.scaleDefault, symbol }) => ({
      _tag: "ListAsset",
      scale: Number.isInteger(scale) && scale >= 0 && scale <= 255 ? scale : refuse("scale", "ScaleTooLarge"),
      symbol: text("symbol", symbol)
    }),
    (events) => {
      const { scale, symbol } = only(events, "AssetListed")
      return { symbol, scale }
    },
    true
  ),
  listMarket: operation(
    [
      "symbol",
      "base",
      "quote",
      "tickSize",
      "lotSize",
      "minQuantity",
      "maxQuantity",
      "maxPrice",
      "minNotional",
      "maxNotional",
      "makerFee",
      "takerFee"
    ],
    (request, directory) => ({ _tag: "ListMarket", ...marketTerms(request, directory) }),
    (events, _, directory) => marketInfo({ ...only(events, "MarketListed"), status: "open" }, directory),
    true
  ),
  setMarketStatus: operation(
    ["market", "status"],
    ({ market, status }, directory) => ({
      _tag: "SetMarketStatus",
      marketId: directory.market("market", market).marketId,
      status: oneOf("status", status, Market.marketStatuses)
    }),
    done
  ),
  setMarketFees: operation(
    ["market", "makerFee", "takerFee"],
    ({ makerFee, market, takerFee }, directory) => ({
      _tag: "SetMarketFees",
      marketId: directory.market("market", market).marketId,
      makerRate: rate("makerFee", makerFee),
      takerRate: rate("takerFee", takerFee)
    }),
    done
  ),
  setPrice: operation(
    ["market", "priceSource", "price"],
    (request, directory) => {
      const market = directory.market("market", request.market)
      return {
        _tag: "SetPrice",
        marketId: market.marketId,
        source: text("priceSource", request.priceSource),
        priceTicks: ticks("price", request.price, market)
      }
    },
    done
  ),
  openAccount: operation(
    ["kind", "reference"],
    ({ kind = "user", reference = "" }) => ({
      _tag: "OpenAccount",
      kind: oneOf("kind", kind, Account.accountKinds),
      reference: text("reference", reference)
    }),
    (events) => {
      const { accountId, kind, opened, reference } = only(events, "AccountOpened")
      return { account: accountId, kind, opened, reference: reference === "" ? undefined : reference }
    }
  ),
  credit: operation(amountFields, (request, directory) => ({ _tag: "Credit", ...moved(request, directory) }), done),
  reverse: operation(
    amountFields,
    (request, directory) => ({ _tag: "Reverse", ...moved(request, directory) }),
    (events, sequence, directory) => {
      const { assetId, fromAvailable, toReceivable } = only(events, "Reversed")
      const { scale } = directory.assetOf(assetId)
      return {
        sequence,
        fromAvailable: Decimal.format(fromAvailable, scale),
        toReceivable: Decimal.format(toReceivable, scale)
      }
    }
  ),
  transfer: operation(
    [...amountFields, "to"],
    (request, directory) => ({
      _tag: "Transfer",
      ...moved(request, directory),
      receiverId: accountId("to", request.to)
    }),
    done
  ),
  hold: operation(
    amountFields,
    (request, directory) => ({ _tag: "Hold", ...moved(request, directory) }),
    (events, sequence) => ({ sequence, hold: only(events, "Held").holdId })
  ),
  settleHold: operation(
    ["hold", "fee", "asset"],
    ({ asset, fee, hold }, directory) => ({
      _tag: "SettleHold",
      holdId: holdId("hold", hold),
      fee: fee === undefined ? 0n : amount("fee", fee, directory.asset("asset", asset))
    }),
    done
  ),
  releaseHold: operation(["hold"], ({ hold }) => ({ _tag: "ReleaseHold", holdId: holdId("hold", hold) }), done),
  place: operation(
    [
      "account",
      "market",
      "side",
      "type",
      "price",
      "quantity",
      "budget",
      "timeInForce",
      "postOnly",
      "deadline",
      "clientOrderId"
    ],
    placeCommand,
    placedOrder
  ),
  cancel: operation(
    ["account", "order", "clientOrderId"],
    ({ account, clientOrderId, order }) => {
      if ((order === undefined) === (clientOrderId === undefined)) return refuse("order", "OrderOrClientOrderId")
      return {
        _tag: "CancelOrder",
        accountId: accountId("account", account),
        orderId: order === undefined ? Ids.OrderId(0) : orderId("order", order),
        clientOrderId: clientOrderId === undefined ? "" : text("clientOrderId", clientOrderId)
      }
    },
    (events, sequence, directory) => {
      const { endedLots, filledLots, marketId, orderId } = only(events, "OrderEnded")
      const quantity = quantityIn(directory, marketId)
      return { sequence, order: orderId, filledQuantity: quantity(filledLots), cancelledQuantity: quantity(endedLots) }
    }
  ),
  cancelAll: operation(
    ["account", "market"],
    ({ account, market }, directory) => ({
      _tag: "CancelAll",
      accountId: accountId("account", account),
      marketId: market === undefined ? Ids.MarketId(0) : directory.market("market", market).marketId
    }),
    (events, sequence) => ({
      sequence,
      orders: events.flatMap((event) => (event._tag === "OrderEnded" ? [event.orderId] : []))
    })
  ),
  amend: operation(["account", "market", "order", "price", "quantity"], amendCommand, amendedOrder)
}

const ticksMaxDefault = 100_000_000

export function marketTerms(request: Requests.ListMarket, directory: Directory): Market.MarketTerms {
  const base = directory.asset("base", request.base)
  const quote = directory.asset("quote", request.quote)
  const tickUnits = Decimal.parse(request.tickSize, Market.tickScaleMax)
  if (typeof tickUnits === "string") return refuse("tickSize", tickUnits)
  const { mantissa, scale } = shortest(tickUnits, Market.tickScaleMax)
  if (mantissa > BigInt(Number.MAX_SAFE_INTEGER)) return refuse("tickSize", "DecimalTooLarge")
  const market = {
    symbol: text("symbol", request.symbol),
    baseAssetId: base.assetId,
    quoteAssetId: quote.assetId,
    tickMantissa: Number(mantissa),
    tickScale: scale,
    lotUnits: amount("lotSize", request.lotSize, base),
    lotsMin: 1,
    lotsMax: Market.lotsMax,
    ticksMax: ticksMaxDefault,
    notionalMin: 0n,
    notionalMax: Decimal.unitsMax,
    makerRate: request.makerFee === undefined ? 0 : rate("makerFee", request.makerFee),
    takerRate: request.takerFee === undefined ? 0 : rate("takerFee", request.takerFee)
  }
  // Counting in ticks and lots of nothing is for the exchange to refuse.
  if (market.tickMantissa === 0 || market.lotUnits === 0n) return market
  const { lotsMin, maxPrice, maxQuantity, minNotional, maxNotional } = { ...request, lotsMin: request.minQuantity }
  const ticksMax = maxPrice === undefined ? market.ticksMax : ticks("maxPrice", maxPrice, market)
  return {
    ...market,
    ticksMax,
    lotsMin: lotsMin === undefined ? market.lotsMin : lots("minQuantity", lotsMin, market, base),
    lotsMax:
      maxQuantity === undefined
        ? lotsMaxExact(market, ticksMax, base.scale, quote.scale)
        : lots("maxQuantity", maxQuantity, market, base),
    notionalMin: minNotional === undefined ? market.notionalMin : amount("minNotional", minNotional, quote),
    notionalMax: maxNotional === undefined ? market.notionalMax : amount("maxNotional", maxNotional, quote)
  }
}

/** `units` at `scale` without trailing zeros. */
const shortest = (units: bigint, scale: number): { readonly mantissa: bigint; readonly scale: number } => {
  let mantissa = units
  let shorter = scale
  while (shorter > 0 && mantissa % 10n === 0n) {
    mantissa /= 10n
    shorter--
  }
  return { mantissa, scale: shorter }
}

/** The most lots whose notional at the highest price is still exact. */
const lotsMaxExact = (market: Market.MarketTerms, ticksMax: number, baseScale: number, quoteScale: number): number => {
  const perTickLot = Market.quotePerTickLot(market, baseScale, quoteScale)
  if (perTickLot === undefined || ticksMax === 0) return Market.lotsMax
  const most = Decimal.unitsMax / (perTickLot * BigInt(ticksMax))
  return most > BigInt(Market.lotsMax) ? Market.lotsMax : Number(most)
}

/** What one order may move, whatever the market's own bounds are. */
const orderAmountMax = BigInt(Number.MAX_SAFE_INTEGER)

export const marketInfo = (market: Market.Market, directory: Directory): Requests.MarketInfo => {
  const { base, quote } = directory.scalesOf(market)
  const quantity = (count: number) => Market.quantityText(market, base.scale, count)
  return {
    symbol: market.symbol,
    base: base.symbol,
    quote: quote.symbol,
    tickSize: Market.priceText(market, 1),
    lotSize: quantity(1),
    minQuantity: quantity(market.lotsMin),
    maxQuantity: quantity(Math.min(market.lotsMax, Number(orderAmountMax / market.lotUnits))),
    maxPrice: Market.priceText(market, market.ticksMax),
    minNotional: Decimal.format(market.notionalMin, quote.scale),
    maxNotional: Decimal.format(market.notionalMax < orderAmountMax ? market.notionalMax : orderAmountMax, quote.scale),
    makerFee: rateText(market.makerRate),
    takerFee: rateText(market.takerRate),
    status: market.status
  }
}

const quantityIn = (directory: Directory, marketId: number) => {
  const market = directory.marketOf(marketId)
  const { scale } = directory.assetOf(market.baseAssetId)
  return (count: number) => Market.quantityText(market, scale, count)
}

export function placeCommand(
  request: Requests.PlaceOrder,
  directory: Directory
): Extract<Command.Command, { readonly _tag: "PlaceOrder" }> {
  const market = directory.market("market", request.market)
  const { base, quote } = directory.scalesOf(market)
  const order = {
    _tag: "PlaceOrder",
    accountId: accountId("account", request.account),
    marketId: market.marketId,
    side: oneOf("side", request.side, Order.sides),
    clientOrderId: request.clientOrderId === undefined ? "" : text("clientOrderId", request.clientOrderId)
  } as const
  if (request.type === "market") {
    const { budget, quantity, timeInForce = "IOC", ...rest } = request
    for (const field of ["price", "postOnly", "deadline"]) if (field in rest) refuse(field, "NotForMarketOrders")
    if ((budget === undefined) === (quantity === undefined)) return refuse("quantity", "QuantityOrBudget")
    return {
      ...order,
      type: budget === undefined ? "market" : "marketBudget",
      timeInForce: oneOf("timeInForce", timeInForce, Order.timesInForce),
      postOnly: false,
      priceTicks: 0,
      lots: quantity === undefined ? 0 : lots("quantity", quantity, market, base),
      budget: budget === undefined ? 0n : amount("budget", budget, quote),
      deadline: 0
    }
  }
  const { deadline, postOnly = false, price, quantity, timeInForce, type = "limit" } = request
  oneOf("type", type, ["limit", "market"])
  if ("budget" in request) return refuse("budget", "NotForLimitOrders")
  if (typeof postOnly !== "boolean") return refuse("postOnly", "NotABoolean")
  return {
    ...order,
    type: "limit",
    timeInForce: oneOf("timeInForce", timeInForce ?? (deadline === undefined ? "GTC" : "GTD"), Order.timesInForce),
    postOnly,
    priceTicks: ticks("price", price, market),
    lots: lots("quantity", quantity, market, base),
    budget: 0n,
    deadline: deadline === undefined ? 0 : time("deadline", deadline)
  }
}

function amendCommand(request: Requests.AmendOrder, directory: Directory): Command.Command {
  const market = directory.market("market", request.market)
  const { base } = directory.scalesOf(market)
  const price = request.price === undefined ? 0 : ticks("price", request.price, market)
  const quantity = request.quantity === undefined ? 0 : lots("quantity", request.quantity, market, base)
  if (request.price !== undefined && price === 0) return refuse("price", "PriceZero")
  if (request.quantity !== undefined && quantity === 0) return refuse("quantity", "QuantityZero")
  return {
    _tag: "AmendOrder",
    accountId: accountId("account", request.account),
    marketId: market.marketId,
    orderId: orderId("order", request.order),
    priceTicks: price,
    lots: quantity
  }
}

/** What became of an order whose first event, accepted or amended, is `first`. */
const outcome = (
  first: Event.EventOf<"OrderAccepted"> | Event.EventOf<"OrderAmended">,
  events: Events,
  sequence: number,
  directory: Directory,
  filledBefore: number,
  clientOrderId: string
): Requests.PlacedOrder => {
  const market = directory.marketOf(first.marketId)
  const { base, quote } = directory.scalesOf(market)
  const quantity = (count: number) => Market.quantityText(market, base.scale, count)
  const feeAsset = first.side === "buy" ? base : quote
  const trades = events.filter((event) => event._tag === "Trade")
  const end = events.find((event) => event._tag === "OrderEnded" && event.orderId === first.orderId)
  const filled = trades.reduce((sum, trade) => sum + trade.lots, filledBefore)
  const open = end === undefined ? first.lots - filled : 0
  return {
    sequence,
    order: first.orderId,
    clientOrderId: clientOrderId === "" ? undefined : clientOrderId,
    status: statusOf(end as Event.EventOf<"OrderEnded"> | undefined, filled),
    quantity: quantity(first.lots),
    filledQuantity: quantity(filled),
    remainingQuantity: quantity(open),
    filledNotional: Decimal.format(sum(trades, "quoteUnits"), quote.scale),
    fee: Decimal.format(sum(trades, "takerFee"), feeAsset.scale),
    feeAsset: feeAsset.symbol,
    fills: trades.map((trade) => ({
      trade: trade.tradeId,
      price: Market.priceText(market, trade.priceTicks),
      quantity: quantity(trade.lots),
      notional: Decimal.format(trade.quoteUnits, quote.scale),
      fee: Decimal.format(trade.takerFee, feeAsset.scale)
    }))
  }
}

const sum = (trades: ReadonlyArray<Event.EventOf<"Trade">>, field: "quoteUnits" | "takerFee"): bigint =>
  trades.reduce((total, trade) => total + trade[field], 0n)

const statusOf = (end: Event.EventOf<"OrderEnded"> | undefined, filled: number): Requests.OrderStatus => {
  switch (end?.reason) {
    case undefined:
      return filled > 0 ? "partiallyFilled" : "open"
    case "filled":
    case "remainder":
      return "filled"
    case "cancelled":
      return "cancelled"
    case "deadline":
    case "unfilled":
      return "expired"
  }
}

function placedOrder(events: Events, sequence: number, directory: Directory): Requests.PlacedOrder {
  const accepted = only(events, "OrderAccepted")
  return outcome(accepted, events, sequence, directory, 0, accepted.clientOrderId)
}

function amendedOrder(events: Events, sequence: number, directory: Directory): Requests.AmendedOrder {
  const amended = only(events, "OrderAmended")
  const before = amended.lots - amended.remainingLots
  return { ...outcome(amended, events, sequence, directory, before, ""), keptPriority: amended.keptPriority }
}
