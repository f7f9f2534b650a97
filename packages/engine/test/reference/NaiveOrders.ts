/**
 * Placing, matching, cancelling and amending orders, in the words of `docs/concepts/venue-rules.md`. Books are not kept:
 * they are sorted out of all open orders each time one is needed.
 */
import { Account, type Command, type Event, Ids, Market, type Order, type RejectReason } from "@pandora-exchange/core"
import {
  accountOf,
  addAvailable,
  addHeld,
  availableOf,
  hold,
  isUserOrHouse,
  marketOf,
  type NaiveMarket,
  type NaiveOrder,
  type NaiveState,
  openOrderByClientId,
  openOrderOf
} from "./NaiveState.ts"

/** The events of a command, or why it is refused. */
export type Outcome = Array<Event.Event> | RejectReason.RejectReason

type CommandOf<Tag extends Command.Command["_tag"]> = Extract<Command.Command, { readonly _tag: Tag }>

const levelLotsMax = 2n ** 53n - 1n
/** What one order moves of either asset is at most this. */
const orderAmountMax = 2n ** 53n - 1n
const clientOrderIdPattern = /^[A-Za-z0-9._:/-]{0,36}$/

// ---- The book

const remainingOf = (order: NaiveOrder): number => order.lots - order.filledLots

const otherSide = (side: Order.Side): Order.Side => (side === "buy" ? "sell" : "buy")

/** One side of a market's book: the best price first, at each price the oldest first. */
const bookOf = (state: NaiveState, marketId: number, side: Order.Side): Array<NaiveOrder> =>
  state.openOrders
    .filter((order) => order.marketId === marketId && order.side === side)
    .sort((a, b) => {
      const byPrice = side === "buy" ? b.priceTicks - a.priceTicks : a.priceTicks - b.priceTicks
      return byPrice !== 0 ? byPrice : a.arrival - b.arrival
    })

/** The resting orders that an order of this side trades with, in that order. `limitTicks` is 0 for any price. */
const makersFor = (state: NaiveState, marketId: number, side: Order.Side, limitTicks: number): Array<NaiveOrder> =>
  bookOf(state, marketId, otherSide(side)).filter(
    (maker) => limitTicks === 0 || (side === "buy" ? maker.priceTicks <= limitTicks : maker.priceTicks >= limitTicks)
  )

const sumLots = (orders: ReadonlyArray<NaiveOrder>): bigint =>
  orders.reduce((sum, order) => sum + BigInt(remainingOf(order)), 0n)

/** Lots that stand at one price, without those of `except`. */
const levelLots = (
  state: NaiveState,
  marketId: number,
  side: Order.Side,
  priceTicks: number,
  except?: NaiveOrder
): bigint =>
  sumLots(
    state.openOrders.filter(
      (order) =>
        order !== except && order.marketId === marketId && order.side === side && order.priceTicks === priceTicks
    )
  )

/** How many of `lots` trade at once. */
const lotsFound = (state: NaiveState, marketId: number, side: Order.Side, limitTicks: number, lots: number): number => {
  const within = sumLots(makersFor(state, marketId, side, limitTicks))
  return within < BigInt(lots) ? Number(within) : lots
}

/** What `lots` cost at the makers' prices; they are known to be there. */
const costOf = (state: NaiveState, market: NaiveMarket, side: Order.Side, lots: number): bigint => {
  let cost = 0n
  let left = lots
  for (const maker of makersFor(state, market.marketId, side, 0)) {
    const taken = Math.min(left, remainingOf(maker))
    cost += Market.notional(market, maker.priceTicks, taken)
    left -= taken
  }
  return cost
}

interface Walk {
  readonly lots: number
  readonly cost: bigint
  /** How the order ends when it has traded them. */
  readonly reason: "filled" | "unfilled" | "remainder"
}

/** From the best price, level by level, as many whole lots as the budget pays or as bring in at most the budget. */
const walkBudget = (state: NaiveState, market: NaiveMarket, side: Order.Side, budget: bigint): Walk => {
  const makers = makersFor(state, market.marketId, side, 0)
  const prices = [...new Set(makers.map((maker) => maker.priceTicks))]
  let lots = 0n
  let cost = 0n
  let ranOut = true
  for (const priceTicks of prices) {
    const standing = sumLots(makers.filter((maker) => maker.priceTicks === priceTicks))
    const perLot = Market.notional(market, priceTicks, 1)
    const paid = (budget - cost) / perLot
    const room = BigInt(market.lotsMax) - lots
    const taken = [standing, paid, room].reduce((a, b) => (a < b ? a : b))
    lots += taken
    cost += taken * perLot
    if (taken < standing) {
      ranOut = false
      break
    }
  }
  return { lots: Number(lots), cost, reason: cost === budget ? "filled" : ranOut ? "unfilled" : "remainder" }
}

// ---- Placing

/** What the command costs before it trades: the walk of a budget, or the lots that a market order finds. */
const walkOf = (state: NaiveState, market: NaiveMarket, command: CommandOf<"PlaceOrder">): Walk => {
  const { lots, marketId, side } = command
  if (command.type === "marketBudget") return walkBudget(state, market, side, command.budget)
  const found = lotsFound(state, marketId, side, command.priceTicks, lots)
  const cost =
    command.type === "limit" ? Market.notional(market, command.priceTicks, lots) : costOf(state, market, side, found)
  return { lots: found, cost, reason: found === lots ? "filled" : "unfilled" }
}

export const placeOrder = (state: NaiveState, command: CommandOf<"PlaceOrder">): Outcome => {
  const { accountId, budget, clientOrderId, deadline, lots, marketId, postOnly, priceTicks, side, timeInForce, type } =
    command
  // 1
  const account = accountOf(state, accountId)
  if (account === undefined) return "UnknownAccount"
  const market = marketOf(state, marketId)
  if (market === undefined) return "UnknownMarket"
  // 2
  if (!isUserOrHouse(account)) return "AccountCannotTrade"
  // 3
  if (market.status === "halted") return "MarketHalted"
  if (market.status === "cancelOnly") return "MarketCancelOnly"
  if (market.status === "postOnly" && !(postOnly && type === "limit")) return "MarketPostOnly"
  // 4
  const canRest = timeInForce === "GTC" || timeInForce === "GTD"
  if (postOnly && !(type === "limit" && canRest)) return "CombinationNotSupported"
  if (type !== "limit" && canRest) return "CombinationNotSupported"
  if (type === "marketBudget" && timeInForce === "FOK") return "CombinationNotSupported"
  if ((timeInForce === "GTD") !== (deadline !== 0)) return "CombinationNotSupported"
  if (type !== "limit" && priceTicks !== 0) return "CombinationNotSupported"
  if (type !== "marketBudget" && budget !== 0n) return "CombinationNotSupported"
  if (type === "marketBudget" && lots !== 0) return "CombinationNotSupported"
  // 5
  if (!clientOrderIdPattern.test(clientOrderId)) return "MalformedText"
  // 6
  if (type === "marketBudget") {
    if (budget <= 0n) return "AmountNotPositive"
  } else {
    if (lots === 0) return "QuantityZero"
    if (lots < market.lotsMin) return "QuantityTooSmall"
    if (lots > market.lotsMax || BigInt(lots) * market.lotUnits > orderAmountMax) return "QuantityTooLarge"
  }
  // 7
  if (type === "limit") {
    if (priceTicks === 0) return "PriceZero"
    if (priceTicks > market.ticksMax) return "PriceTooHigh"
  }
  // 8
  if (type !== "market") {
    const notional = type === "marketBudget" ? budget : Market.notional(market, priceTicks, lots)
    if (notional < market.notionalMin) return "NotionalTooSmall"
    if (notional > market.notionalMax || notional > orderAmountMax) return "NotionalTooLarge"
  }
  const walk = walkOf(state, market, command)
  const ordered = type === "marketBudget" ? walk.lots : lots
  if (type === "marketBudget" && BigInt(ordered) * market.lotUnits > orderAmountMax) return "QuantityTooLarge"
  if (type === "market" && side === "buy" && walk.cost > orderAmountMax) return "NotionalTooLarge"
  // 9
  if (timeInForce === "GTD" && deadline <= state.time) return "DeadlinePassed"
  // 10
  if (openOrderByClientId(state, accountId, clientOrderId) !== undefined) return "DuplicateClientOrderId"
  // 11
  if (canRest) {
    const ofAccount = state.openOrders.filter((order) => order.accountId === accountId).length
    if (ofAccount >= state.limits.openOrdersPerAccountMax) return "TooManyOpenOrders"
    if (state.openOrders.length >= state.limits.openOrdersMax) return "TooManyOpenOrders"
  }
  // 12
  if (postOnly && makersFor(state, marketId, side, priceTicks).length > 0) return "PostOnlyWouldCross"
  // 13
  if (timeInForce === "FOK" && walk.lots < lots) return "FillOrKillUnfilled"
  // 14
  const heldLots = type === "limit" ? lots : walk.lots
  const held = side === "buy" ? walk.cost : BigInt(heldLots) * market.lotUnits
  const needed = type === "marketBudget" && side === "buy" ? budget : held
  if (availableOf(state, accountId, heldAssetOf(market, side)) < needed) return "InsufficientFunds"
  // 15
  const restingLots = canRest ? lots - walk.lots : 0
  if (restingLots > 0 && levelLots(state, marketId, side, priceTicks) + BigInt(restingLots) > levelLotsMax) {
    return "LevelFull"
  }

  state.ordersAccepted++
  const order: NaiveOrder = {
    orderId: Ids.OrderId(state.ordersAccepted),
    accountId,
    marketId,
    side,
    type,
    timeInForce,
    postOnly,
    priceTicks,
    lots: ordered,
    filledLots: 0,
    budget,
    deadline,
    clientOrderId,
    makerRate: market.makerRate,
    takerRate: market.takerRate,
    held,
    feeTimesScale: 0n,
    feePaid: 0n,
    arrival: 0
  }
  hold(state, accountId, heldAssetOf(market, side), held)
  const accepted: Event.Event = {
    _tag: "OrderAccepted",
    orderId: order.orderId,
    accountId,
    marketId,
    side,
    type,
    timeInForce,
    postOnly,
    priceTicks,
    lots: order.lots,
    budget,
    deadline,
    makerRate: order.makerRate,
    takerRate: order.takerRate,
    held,
    clientOrderId
  }
  const events = [accepted, ...match(state, market, order)]
  if (type === "marketBudget") events.push(end(state, market, order, walk.reason))
  else if (remainingOf(order) === 0) events.push(end(state, market, order, "filled"))
  else if (canRest) events.push(rest(state, market, order))
  else events.push(end(state, market, order, "unfilled"))
  return events
}

/** The asset that an order of this side holds. */
const heldAssetOf = (market: NaiveMarket, side: Order.Side): Ids.AssetId =>
  side === "buy" ? market.quoteAssetId : market.baseAssetId

// ---- Matching

/** Trades a taker that is in no book, until it has nothing left or nothing within its price stands. */
const match = (state: NaiveState, market: NaiveMarket, taker: NaiveOrder): Array<Event.Event> => {
  const events: Array<Event.Event> = []
  while (remainingOf(taker) > 0) {
    const maker = makersFor(state, market.marketId, taker.side, taker.priceTicks)[0]
    if (maker === undefined) break
    events.push(trade(state, market, maker, taker))
    if (remainingOf(maker) === 0) {
      state.openOrders = state.openOrders.filter((order) => order !== maker)
      events.push(end(state, market, maker, "filled"))
    }
  }
  return events
}

const trade = (state: NaiveState, market: NaiveMarket, maker: NaiveOrder, taker: NaiveOrder): Event.Event => {
  const { baseAssetId, quoteAssetId } = market
  const buyer = taker.side === "buy" ? taker : maker
  const seller = taker.side === "buy" ? maker : taker
  const priceTicks = maker.priceTicks
  const lots = Math.min(remainingOf(maker), remainingOf(taker))
  const baseUnits = BigInt(lots) * market.lotUnits
  const quoteUnits = Market.notional(market, priceTicks, lots)
  const buyerHeld = Market.notional(market, buyer.type === "limit" ? buyer.priceTicks : priceTicks, lots)
  const buyerFee = feeOf(buyer, baseUnits, buyer === maker)
  const sellerFee = feeOf(seller, quoteUnits, seller === maker)

  addHeld(state, buyer.accountId, quoteAssetId, -buyerHeld)
  addAvailable(state, buyer.accountId, quoteAssetId, buyerHeld - quoteUnits)
  addAvailable(state, buyer.accountId, baseAssetId, baseUnits - buyerFee)
  addHeld(state, seller.accountId, baseAssetId, -baseUnits)
  addAvailable(state, seller.accountId, quoteAssetId, quoteUnits - sellerFee)
  addAvailable(state, Account.houseAccountId, baseAssetId, buyerFee)
  addAvailable(state, Account.houseAccountId, quoteAssetId, sellerFee)
  buyer.held -= buyerHeld
  seller.held -= baseUnits
  maker.filledLots += lots
  taker.filledLots += lots

  market.tradesMade++
  return {
    _tag: "Trade",
    marketId: market.marketId,
    tradeId: Ids.TradeId(market.tradesMade),
    makerOrderId: maker.orderId,
    takerOrderId: taker.orderId,
    makerAccountId: maker.accountId,
    takerAccountId: taker.accountId,
    takerSide: taker.side,
    priceTicks,
    lots,
    makerRemainingLots: remainingOf(maker),
    takerRemainingLots: remainingOf(taker),
    baseUnits,
    quoteUnits,
    buyerHeld,
    makerFee: buyer === maker ? buyerFee : sellerFee,
    takerFee: buyer === taker ? buyerFee : sellerFee,
    depthSequence: nextDepthSequence(market)
  }
}

/** The order's next fee: what the ceiling of all its fills together has grown by. */
const feeOf = (order: NaiveOrder, received: bigint, asMaker: boolean): bigint => {
  order.feeTimesScale += received * BigInt(asMaker ? order.makerRate : order.takerRate)
  const scale = BigInt(Market.feeRateScale)
  const paidBefore = order.feePaid
  order.feePaid = (order.feeTimesScale + scale - 1n) / scale
  return order.feePaid - paidBefore
}

const nextDepthSequence = (market: NaiveMarket): number => {
  market.depthSequence++
  return market.depthSequence
}

const rest = (state: NaiveState, market: NaiveMarket, order: NaiveOrder): Event.Event => {
  state.arrivals++
  order.arrival = state.arrivals
  state.openOrders.push(order)
  return {
    _tag: "OrderRested",
    orderId: order.orderId,
    marketId: order.marketId,
    side: order.side,
    priceTicks: order.priceTicks,
    remainingLots: remainingOf(order),
    depthSequence: nextDepthSequence(market)
  }
}

/** Ends an order, in the book or not, and releases all that is held for it. */
const end = (
  state: NaiveState,
  market: NaiveMarket,
  order: NaiveOrder,
  reason: Order.EndReason
): Event.EventOf<"OrderEnded"> => {
  const stands = state.openOrders.includes(order)
  state.openOrders = state.openOrders.filter((other) => other !== order)
  const released = order.held
  hold(state, order.accountId, heldAssetOf(market, order.side), -released)
  order.held = 0n
  return {
    _tag: "OrderEnded",
    orderId: order.orderId,
    accountId: order.accountId,
    marketId: order.marketId,
    side: order.side,
    reason,
    priceTicks: order.priceTicks,
    filledLots: order.filledLots,
    endedLots: remainingOf(order),
    released,
    depthSequence: stands ? nextDepthSequence(market) : 0
  }
}

// ---- Due work

export const endDueOrders = (state: NaiveState): Array<Event.Event> =>
  state.openOrders
    .filter((order) => order.timeInForce === "GTD" && order.deadline <= state.time)
    .sort((a, b) => a.deadline - b.deadline || a.orderId - b.orderId)
    .slice(0, state.limits.dueWorkMax)
    .map((order) => end(state, marketOf(state, order.marketId)!, order, "deadline"))

// ---- Cancelling

export const cancelOrder = (state: NaiveState, command: CommandOf<"CancelOrder">): Outcome => {
  const { accountId, clientOrderId, orderId } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  const order =
    orderId !== 0 ? openOrderOf(state, accountId, orderId) : openOrderByClientId(state, accountId, clientOrderId)
  if (order === undefined) return "UnknownOrder"
  const market = marketOf(state, order.marketId)!
  if (market.status === "halted") return "MarketHalted"
  return [end(state, market, order, "cancelled")]
}

export const cancelAll = (state: NaiveState, command: CommandOf<"CancelAll">): Outcome => {
  const { accountId, marketId } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  if (marketId !== 0) {
    const named = marketOf(state, marketId)
    if (named === undefined) return "UnknownMarket"
    if (named.status === "halted") return "MarketHalted"
  }
  return state.openOrders
    .filter((order) => order.accountId === accountId)
    .filter((order) => marketId === 0 || order.marketId === marketId)
    .filter((order) => marketOf(state, order.marketId)!.status !== "halted")
    .sort((a, b) => a.orderId - b.orderId)
    .map((order) => end(state, marketOf(state, order.marketId)!, order, "cancelled"))
}

// ---- Amending

export const amendOrder = (state: NaiveState, command: CommandOf<"AmendOrder">): Outcome => {
  const { accountId, marketId, orderId } = command
  if (accountOf(state, accountId) === undefined) return "UnknownAccount"
  const order = openOrderOf(state, accountId, orderId)
  if (order === undefined || order.marketId !== marketId) return "UnknownOrder"
  const market = marketOf(state, marketId)!
  const { side } = order

  const priceTicks = command.priceTicks === 0 ? order.priceTicks : command.priceTicks
  const lots = command.lots === 0 ? order.lots : command.lots
  const changes = priceTicks !== order.priceTicks || lots !== order.lots
  const keepsPriority = priceTicks === order.priceTicks && lots < order.lots

  if (market.status === "halted") return "MarketHalted"
  if (market.status === "cancelOnly") return "MarketCancelOnly"
  if (market.status === "postOnly" && !order.postOnly && changes && !keepsPriority) return "MarketPostOnly"
  if (lots < market.lotsMin) return "QuantityTooSmall"
  if (lots > market.lotsMax || BigInt(lots) * market.lotUnits > orderAmountMax) return "QuantityTooLarge"
  if (priceTicks > market.ticksMax) return "PriceTooHigh"
  const notional = Market.notional(market, priceTicks, lots)
  if (notional < market.notionalMin) return "NotionalTooSmall"
  if (notional > market.notionalMax || notional > orderAmountMax) return "NotionalTooLarge"
  if (!changes) return "NothingToAmend"
  if (lots <= order.filledLots) return "QuantityBelowFilled"
  // Its own side is never among the makers, so it may stay in the book while these are looked for.
  if (order.postOnly && makersFor(state, marketId, side, priceTicks).length > 0) return "PostOnlyWouldCross"
  const remainingLots = lots - order.filledLots
  const held =
    side === "buy" ? Market.notional(market, priceTicks, remainingLots) : BigInt(remainingLots) * market.lotUnits
  if (held - order.held > availableOf(state, accountId, heldAssetOf(market, side))) return "InsufficientFunds"
  const restingLots = remainingLots - lotsFound(state, marketId, side, priceTicks, remainingLots)
  if (restingLots > 0 && levelLots(state, marketId, side, priceTicks, order) + BigInt(restingLots) > levelLotsMax) {
    return "LevelFull"
  }

  const amended: Event.Event = {
    _tag: "OrderAmended",
    orderId,
    accountId,
    marketId,
    side,
    keptPriority: keepsPriority,
    oldPriceTicks: order.priceTicks,
    oldRemainingLots: remainingOf(order),
    priceTicks,
    remainingLots,
    lots,
    oldHeld: order.held,
    held,
    depthSequence: nextDepthSequence(market)
  }
  hold(state, accountId, heldAssetOf(market, side), held - order.held)
  order.held = held
  order.priceTicks = priceTicks
  order.lots = lots
  if (keepsPriority) return [amended]

  state.openOrders = state.openOrders.filter((other) => other !== order)
  const events = [amended, ...match(state, market, order)]
  events.push(remainingOf(order) === 0 ? end(state, market, order, "filled") : rest(state, market, order))
  return events
}
