/**
 * A reader of events that trusts no venue: it keeps accounts, orders and books from events alone,
 * and throws at the first event that breaks a promise of `docs/concepts/venue-rules.md`.
 */
import { Account, type Event, type Market, type Order } from "@pandora-exchange/core"
import { check } from "./check.ts"
import { Depth } from "./Depth.ts"
import { Ledger } from "./Ledger.ts"

export interface TrackedOrder {
  readonly accepted: Event.EventOf<"OrderAccepted">
  /** Its limit now; 0 for market orders. */
  priceTicks: number
  lots: number
  filledLots: number
  preventedLots: number
  shownLots: number
  held: bigint
  /** `leaving`: nothing is left of it, its end follows. */
  place: "taking" | "book" | "leaving" | Order.Wait
  /** What it waited for last. */
  waiting: Event.EventOf<"OrderWaiting"> | undefined
  /** What it waited for, once that has happened. */
  readonly started: Set<Order.Wait>
  /** Its place in the queue at its price; 0 if it is in no book. */
  arrival: number
  /** The reference price when its matching began; 0 if there was none. */
  reference: number
  ended: Order.EndReason | undefined
  endedLots: number
  received: bigint
  filledQuote: bigint
  feeTimesScale: bigint
  feePaid: bigint
}

export interface TrackedMarket {
  readonly listed: Event.EventOf<"MarketListed">
  status: Market.MarketStatus
  rules: Event.EventOf<"MarketRulesChanged"> | undefined
  /** By tier. */
  readonly fees: Map<number, { readonly makerRate: number; readonly takerRate: number }>
  tradesMade: number
  lastTicks: number
  readonly prices: Map<string, number>
}

const scale = 100_000n
const outside: ReadonlyArray<Order.EndReason> = ["cancelled", "deadline", "cancelAfter", "otherLeg"]
const failedToBegin: ReadonlyArray<Order.EndReason> = [
  "unfunded",
  "wouldCross",
  "notTrading",
  "levelFull",
  "tooLarge",
  "unfilled",
  "tooSmall",
  "outsideBand"
]
const afterMatching: ReadonlyArray<Order.EndReason> = [
  "filled",
  "unfilled",
  "remainder",
  "quantityLimit",
  "selfTrade",
  "priceRange"
]

export class Bookkeeping {
  readonly ledger = new Ledger()
  readonly depth = new Depth()
  readonly markets = new Map<number, TrackedMarket>()
  /** Every order that was ever accepted. */
  readonly orders = new Map<number, TrackedOrder>()
  /** Those that have not ended. */
  readonly open = new Map<number, TrackedOrder>()
  /** Every list that was ever accepted. */
  readonly lists = new Map<number, Event.EventOf<"OrderListAccepted">>()
  private arrivals = 0
  /** What an ended order passed on to its stop, which starts next. */
  private passed = 0n
  private rulesVersion: number

  /** Whether the events began under the current rules, or under those of this version. */
  constructor(rulesVersion = 2) {
    this.rulesVersion = rulesVersion
  }

  get assets() {
    return this.ledger.assets
  }

  get accounts() {
    return this.ledger.accounts
  }

  get balances() {
    return this.ledger.balances
  }

  get holds() {
    return this.ledger.holds
  }

  available(accountId: number, assetId: number): bigint {
    return this.ledger.balance(accountId, assetId).available
  }

  /** One side of a market's book: the best price first, at each price the oldest first. */
  book(marketId: number, side: Order.Side): Array<TrackedOrder> {
    const sign = side === "buy" ? -1 : 1
    return [...this.open.values()]
      .filter(
        ({ accepted, place }) =>
          place === "book" && accepted.marketId === marketId && accepted.side === side
      )
      .sort((a, b) => sign * (a.priceTicks - b.priceTicks) || a.arrival - b.arrival)
  }

  /**
   * The price of the last trade, or the last of the source that the rules name; 0 before there is
   * one.
   */
  referenceOf(market: TrackedMarket): number {
    const source = market.rules?.triggerSource ?? ""
    return source === "" ? market.lastTicks : (market.prices.get(source) ?? 0)
  }

  /** All events of one command. */
  accept(events: ReadonlyArray<Event.Event>): void {
    for (const event of events) {
      this.depth.accept(event)
      this.one(event)
    }
    check(this.taking().length === 0, "each taker rests, waits or ends within its command")
    check(this.passed === 0n, "what passes to a stop arrives")
  }

  private one(event: Event.Event): void {
    switch (event._tag) {
      case "Rejected":
      case "Repeated":
      case "PartRefused":
        return
      case "RulesChanged":
        this.rulesVersion = event.rulesVersion
        return
      case "AssetListed":
        return this.ledger.assetListed(event)
      case "MarketListed":
        return this.marketListed(event)
      case "MarketStatusChanged":
        this.market(event.marketId).status = event.status
        return
      case "MarketFeesChanged":
        this.market(event.marketId).fees.set(event.tier, event)
        return
      case "MarketRulesChanged":
        this.market(event.marketId).rules = event
        return
      case "PriceSet":
        this.market(event.marketId).prices.set(event.source, event.priceTicks)
        return
      case "AccountOpened":
        return this.ledger.accountOpened(event)
      case "AccountTermsChanged":
        Object.assign(this.ledger.account(event.accountId), {
          feeTier: event.feeTier,
          tradeGroup: event.tradeGroup
        })
        return
      case "CancelAfterSet":
        this.ledger.account(event.accountId).cancelAt = event.deadline
        return
      case "CancelAfterFired":
        check(this.ledger.account(event.accountId).cancelAt !== 0, "a timer that comes was set")
        this.ledger.account(event.accountId).cancelAt = 0
        return
      case "Credited":
        return this.ledger.credited(event)
      case "Reversed":
        return this.ledger.reversed(event)
      case "Held":
        return this.ledger.held(event)
      case "HoldSettled":
        return this.ledger.holdSettled(event)
      case "HoldReleased":
        return this.ledger.holdReleased(event)
      case "Transferred":
        return this.ledger.transferred(event)
      case "OrderListAccepted":
        check(event.listId === this.lists.size + 1, "list ids count up")
        this.lists.set(event.listId, event)
        return
      case "OrderAccepted":
        return this.accepted(event)
      case "OrderWaiting":
        return this.waits(event)
      case "OrderActivated":
        return this.started(event)
      case "Trade":
        return this.traded(event)
      case "SelfTradePrevented":
        return this.prevented(event)
      case "OrderRefilled":
        return this.refilled(event)
      case "OrderRested":
        return this.rested(event)
      case "OrderEnded":
        return this.endedOrder(event)
      case "OrderAmended":
        return this.amended(event)
      case "OrderStood":
        return this.stood(event)
      case "OrderReduced":
        return this.reduced(event)
    }
  }

  private marketListed(event: Event.EventOf<"MarketListed">): void {
    const { makerRate, marketId, takerRate } = event
    check(marketId === this.markets.size + 1, "markets count up")
    this.markets.set(marketId, {
      listed: event,
      status: "open",
      rules: undefined,
      fees: new Map([[0, { makerRate, takerRate }]]),
      tradesMade: 0,
      lastTicks: 0,
      prices: new Map()
    })
  }

  // ---- An order begins

  private accepted(event: Event.EventOf<"OrderAccepted">): void {
    const market = this.market(event.marketId)
    const { feeTier } = this.ledger.account(event.accountId)
    const rates = market.fees.get(feeTier) ?? market.fees.get(0)!
    check(event.orderId === this.orders.size + 1, "order ids count up")
    check(
      event.makerRate === rates.makerRate && event.takerRate === rates.takerRate,
      "an order has the rates of its account's tier in the market"
    )
    if (event.listId === 0) check(this.taking().length === 0, "one order at a time is matched")
    else check(this.idsOf(event.listId).includes(event.orderId), "an order is one of its list")
    const order: TrackedOrder = {
      accepted: event,
      priceTicks: event.priceTicks,
      lots: event.lots,
      filledLots: 0,
      preventedLots: 0,
      shownLots: 0,
      held: event.held,
      place: "taking",
      waiting: undefined,
      started: new Set(),
      arrival: 0,
      reference: this.referenceOf(market),
      ended: undefined,
      endedLots: 0,
      received: 0n,
      filledQuote: 0n,
      feeTimesScale: 0n,
      feePaid: 0n
    }
    if (event.type === "limit" && event.listId === 0) {
      check(event.held === this.needed(order), "a limit order holds what it can cost")
    }
    this.orders.set(event.orderId, order)
    this.open.set(event.orderId, order)
    this.moveHeld(order, event.held)
    if (event.listId === 0 && event.side === "buy") this.checkPosition(order)
  }

  /** What the account owns, is buying, and buys with this order. */
  private checkPosition(order: TrackedOrder): void {
    const { accountId, marketId } = order.accepted
    const { listed, rules } = this.market(marketId)
    if (rules === undefined || rules.positionMax === 0n) return
    const { available, held } = this.ledger.balance(accountId, listed.baseAssetId)
    const buying = [...this.open.values()]
      .filter(({ accepted }) => accepted.accountId === accountId && accepted.marketId === marketId)
      .filter(({ accepted }) => accepted.side === "buy")
      .reduce((sum, other) => sum + BigInt(remainingOf(other)), 0n)
    check(
      available + held + buying * listed.lotUnits <= rules.positionMax,
      "no position is too large"
    )
  }

  private waits(event: Event.EventOf<"OrderWaiting">): void {
    const order = this.openOrder(event.orderId)
    check(order.place === "taking", "an order that is new or started waits")
    check(!order.started.has(event.wait), "an order waits once for one thing")
    check(
      event.marketId === order.accepted.marketId && event.side === order.accepted.side,
      "a wait names its order"
    )
    order.place = event.wait
    order.waiting = event
    const sibling = this.siblingOf(order)
    if (event.wait === "trigger" && sibling !== undefined && sibling.ended === undefined) {
      check(remainingOf(sibling) === remainingOf(order), "a pair has one quantity")
    }
  }

  private started(event: Event.EventOf<"OrderActivated">): void {
    const order = this.openOrder(event.orderId)
    const market = this.market(event.marketId)
    check(
      order.place === event.wait && this.taking().length === 0,
      "an order starts when what it waits for has come"
    )
    check(!order.started.has(event.wait), "an order starts at most once")
    check(event.oldHeld === order.held + this.passed, "a start tells what was held")
    check(event.priceTicks === this.referenceOf(market), "a start tells the reference price")
    order.held += this.passed
    this.passed = 0n
    order.started.add(event.wait)
    order.place = "taking"
    order.reference = event.priceTicks
    this.moveHeld(order, event.held - order.held)
    order.held = event.held
  }

  // ---- An order is matched

  private traded(event: Event.EventOf<"Trade">): void {
    const { baseUnits, buyerHeld, lots, priceTicks, quoteUnits } = event
    const market = this.market(event.marketId)
    const { baseAssetId, lotUnits, quoteAssetId, quotePerTickLot } = market.listed
    const [maker, taker] = this.met(event)
    check(taker.accepted.postOnly === "off", "a post-only order never takes")
    check(
      taker.accepted.selfTradePrevention === "none" || !this.isOneOwner(maker, taker),
      "an order does not trade with one of its owner"
    )
    check(this.isInRange(taker, priceTicks), "no order trades outside the range")
    check(
      lots > 0 && lots <= maker.shownLots && lots <= remainingOf(taker),
      "lots are there and shown"
    )

    const buyer = event.takerSide === "buy" ? taker : maker
    const seller = event.takerSide === "buy" ? maker : taker
    const buyerFee = event.takerSide === "buy" ? event.takerFee : event.makerFee
    const sellerFee = event.takerSide === "buy" ? event.makerFee : event.takerFee
    check(baseUnits === BigInt(lots) * lotUnits, "base is lots x lotUnits")
    check(
      quoteUnits === BigInt(priceTicks) * BigInt(lots) * quotePerTickLot,
      "quote is price x lots"
    )
    const buyerTicks = buyer.accepted.type === "limit" ? buyer.priceTicks : priceTicks
    check(
      buyerHeld === BigInt(buyerTicks) * BigInt(lots) * quotePerTickLot,
      "the buyer's held shrinks at its limit"
    )
    this.fill(buyer, lots, baseUnits, buyerFee, buyer === maker)
    this.fill(seller, lots, quoteUnits, sellerFee, seller === maker)
    buyer.filledQuote += quoteUnits
    seller.filledQuote += quoteUnits
    buyer.held -= buyerHeld
    seller.held -= baseUnits
    this.ledger.add(buyer.accepted.accountId, quoteAssetId, buyerHeld - quoteUnits, -buyerHeld)
    this.ledger.add(buyer.accepted.accountId, baseAssetId, baseUnits - buyerFee, 0n)
    this.ledger.add(seller.accepted.accountId, baseAssetId, 0n, -baseUnits)
    this.ledger.add(seller.accepted.accountId, quoteAssetId, quoteUnits - sellerFee, 0n)
    this.ledger.add(Account.houseAccountId, baseAssetId, buyerFee, 0n)
    this.ledger.add(Account.houseAccountId, quoteAssetId, sellerFee, 0n)

    check(event.makerRemainingLots === remainingOf(maker), "what is left of the maker is told")
    check(event.takerRemainingLots === remainingOf(taker), "what is left of the taker is told")
    market.tradesMade++
    market.lastTicks = priceTicks
    check(event.tradeId === market.tradesMade, "trade ids count up")
    this.shrink(maker, lots)
  }

  /** Maker and taker of a trade, or of one that was prevented. */
  private met(
    event: Event.EventOf<"Trade"> | Event.EventOf<"SelfTradePrevented">
  ): [TrackedOrder, TrackedOrder] {
    const maker = this.openOrder(event.makerOrderId)
    const taker = this.openOrder(event.takerOrderId)
    check(this.taking().length === 1 && taker.place === "taking", "the taker is the order at hand")
    check(
      maker === this.book(event.marketId, taker.accepted.side === "buy" ? "sell" : "buy")[0],
      "best, then oldest first"
    )
    check(taker.accepted.side === event.takerSide, "the taker's side is its order's")
    check(maker.accepted.accountId === event.makerAccountId, "the maker's account is its order's")
    check(taker.accepted.accountId === event.takerAccountId, "the taker's account is its order's")
    check(event.priceTicks === maker.priceTicks, "a trade is at the maker's price")
    check(withinLimit(taker, event.priceTicks), "no order trades through its limit")
    return [maker, taker]
  }

  private isOneOwner(a: TrackedOrder, b: TrackedOrder): boolean {
    if (a.accepted.accountId === b.accepted.accountId) return true
    const { tradeGroup } = this.ledger.account(a.accepted.accountId)
    return tradeGroup !== 0 && tradeGroup === this.ledger.account(b.accepted.accountId).tradeGroup
  }

  private isInRange({ accepted, reference }: TrackedOrder, priceTicks: number): boolean {
    const { rangeDown, rangeUp } = this.market(accepted.marketId).rules ?? {
      rangeDown: 0,
      rangeUp: 0
    }
    if (reference === 0) return true
    const scaled = BigInt(priceTicks) * 10_000n
    return accepted.side === "buy"
      ? rangeUp === 0 || scaled <= BigInt(reference) * BigInt(rangeUp)
      : scaled >= BigInt(reference) * BigInt(rangeDown)
  }

  private fill(
    order: TrackedOrder,
    lots: number,
    received: bigint,
    fee: bigint,
    asMaker: boolean
  ): void {
    const sibling = this.siblingOf(order)
    check(sibling === undefined || sibling.filledLots === 0, "a pair never executes both")
    check(
      order.filledLots === 0 || sibling === undefined || sibling.ended !== undefined,
      "one of a pair ends the other"
    )
    order.filledLots += lots
    order.received += received
    order.feeTimesScale +=
      received * BigInt(asMaker ? order.accepted.makerRate : order.accepted.takerRate)
    order.feePaid += fee
    check(fee >= 0n && fee <= received, "a fee is part of what is received")
    check(
      order.feePaid === (order.feeTimesScale + scale - 1n) / scale,
      "fees add up to one ceiling"
    )
  }

  private prevented(event: Event.EventOf<"SelfTradePrevented">): void {
    const [maker, taker] = this.met(event)
    const { makerLots, makerReleased, mode, takerLots, takerReleased } = event
    check(mode === taker.accepted.selfTradePrevention && mode !== "none", "the taker's mode counts")
    check(this.isOneOwner(maker, taker), "only orders of one owner are prevented")
    check(this.isInRange(taker, event.priceTicks), "nothing is prevented outside the range")
    if (mode !== "decrement") {
      check(
        makerLots === (mode === "expireTaker" ? 0 : remainingOf(maker)),
        "all of the maker is prevented"
      )
      check(
        takerLots === (mode === "expireMaker" ? 0 : remainingOf(taker)),
        "all of the taker is prevented"
      )
      check(
        makerReleased === 0n && takerReleased === 0n && event.depthSequence === 0,
        "what expires ends afterwards"
      )
      return
    }
    check(makerLots === takerLots, "both have as many fewer")
    check(
      makerLots === Math.min(maker.shownLots, remainingOf(taker)),
      "the smaller quantity is prevented"
    )
    this.decrement(maker, makerLots, makerReleased)
    this.decrement(taker, takerLots, takerReleased)
    this.shrink(maker, makerLots)
  }

  private decrement(order: TrackedOrder, lots: number, released: bigint): void {
    order.preventedLots += lots
    this.moveHeld(order, -released)
    order.held -= released
    if (order.accepted.type === "limit")
      check(order.held === this.needed(order), "what was held for them is released")
    else check(released === 0n, "a market order holds what it was found to trade only")
  }

  private shrink(maker: TrackedOrder, lots: number): void {
    maker.shownLots -= lots
    if (remainingOf(maker) === 0) maker.place = "leaving"
  }

  private refilled(event: Event.EventOf<"OrderRefilled">): void {
    const order = this.openOrder(event.orderId)
    check(
      order.place === "book" && order.shownLots === 0,
      "an order whose shown lots are used up shows more"
    )
    check(
      event.priceTicks === order.priceTicks && event.remainingLots === remainingOf(order),
      "it is the same order"
    )
    this.show(order, event.shownLots)
  }

  private rested(event: Event.EventOf<"OrderRested">): void {
    const order = this.openOrder(event.orderId)
    check(order.place === "taking", "the order at hand rests")
    const { marketId, postOnly, side, timeInForce, type } = order.accepted
    check(
      type === "limit" && (timeInForce === "GTC" || timeInForce === "GTD"),
      "only GTC and GTD limit orders rest"
    )
    check(
      event.remainingLots > 0 && event.remainingLots === remainingOf(order),
      "what is left rests"
    )
    const slides = postOnly === "slide" && order.started.size > 0
    check(
      (slides || event.priceTicks === order.priceTicks) &&
        event.marketId === marketId &&
        event.side === side,
      "it rests at its price"
    )
    order.priceTicks = event.priceTicks
    check(order.held === this.needed(order), "a resting order holds what it can cost")
    const best = this.book(marketId, side === "buy" ? "sell" : "buy")[0]
    check(best === undefined || !withinLimit(order, best.priceTicks), "the book is never crossed")
    order.place = "book"
    this.show(order, event.shownLots)
  }

  private show(order: TrackedOrder, shownLots: number): void {
    const { displayLots } = order.accepted
    const most = displayLots === 0 ? remainingOf(order) : displayLots
    check(shownLots === Math.min(most, remainingOf(order)), "hidden lots are never shown")
    this.arrivals++
    order.arrival = this.arrivals
    order.shownLots = shownLots
  }

  // ---- An order ends

  private endedOrder(event: Event.EventOf<"OrderEnded">): void {
    const order = this.openOrder(event.orderId)
    const { accountId, marketId, side, timeInForce, type } = order.accepted
    const { reason } = event
    check(
      event.accountId === accountId && event.marketId === marketId && event.side === side,
      "an end names its order"
    )
    check(event.priceTicks === order.priceTicks, "an end tells the order's price")
    check(event.filledLots === order.filledLots, "an end tells what was filled")
    // Under rules 1 what was prevented counted among what ended.
    const prevented = this.rulesVersion < 2 ? order.preventedLots : 0
    check(
      event.endedLots === remainingOf(order) + prevented,
      "filled, prevented and ended lots are the ordered ones"
    )
    check(event.shownLots === order.shownLots, "an end tells what it takes out of the book")
    check(
      this.mayEnd(order, reason),
      `an order that is ${order.place} ends for a reason of its own, not ${reason}`
    )
    check(reason !== "filled" || event.endedLots === prevented, "filled leaves nothing")
    check(reason !== "remainder" || type === "marketBudget", "only budgets have a remainder")
    check(
      reason !== "quantityLimit" || type === "marketBudget",
      "only budgets meet the largest quantity"
    )
    check(reason !== "deadline" || timeInForce === "GTD", "only GTD orders have a deadline")
    check(
      reason !== "otherLeg" || order.accepted.listId !== 0,
      "only orders of a list have another leg"
    )
    if (timeInForce === "FOK")
      check(order.filledLots === 0 || order.filledLots === order.lots, "fill or kill is whole")
    check(event.released >= 0n && event.released <= order.held, "an end releases what is held")
    if (event.released < order.held) {
      check(
        reason === "otherLeg" && this.passed === 0n,
        "only to its stop an order leaves what it holds"
      )
      this.passed = order.held - event.released
    }
    this.moveHeld(order, -event.released)
    order.held = 0n
    order.ended = reason
    order.endedLots = event.endedLots
    order.shownLots = 0
    order.arrival = 0
    this.open.delete(event.orderId)
  }

  private mayEnd(order: TrackedOrder, reason: Order.EndReason): boolean {
    switch (order.place) {
      case "taking":
        return (
          afterMatching.includes(reason) ||
          (order.started.size > 0 && failedToBegin.includes(reason))
        )
      case "book":
        return outside.includes(reason) || reason === "selfTrade"
      case "leaving":
        return reason === "filled" || (reason === "selfTrade" && order.preventedLots > 0)
      default:
        return outside.includes(reason)
    }
  }

  private amended(event: Event.EventOf<"OrderAmended">): void {
    const order = this.openOrder(event.orderId)
    check(order.place === "book" && this.taking().length === 0, "an order in the book is amended")
    const { accountId, listId, marketId, postOnly, side } = order.accepted
    check(listId === 0, "an order of a list is not amended")
    check(
      event.accountId === accountId && event.marketId === marketId && event.side === side,
      "an amend names its order"
    )
    check(event.oldPriceTicks === order.priceTicks, "an amend tells the old price")
    check(event.oldRemainingLots === remainingOf(order), "an amend tells what was left")
    check(event.oldShownLots === order.shownLots, "an amend tells what was shown")
    check(event.oldHeld === order.held, "an amend tells what was held")
    const keeps = event.priceTicks === order.priceTicks && event.lots < order.lots
    check(event.keptPriority === keeps, "only less at the same price keeps priority")
    this.moveHeld(order, event.held - order.held)
    const more = event.lots > order.lots
    order.priceTicks = event.priceTicks
    order.lots = event.lots
    order.held = event.held
    check(
      event.remainingLots > 0 && event.remainingLots === remainingOf(order),
      "something is left"
    )
    check(order.held === this.needed(order), "an amended order holds what it can cost")
    if (more && side === "buy") this.checkPosition(order)
    order.shownLots = keeps ? Math.min(order.shownLots, remainingOf(order)) : 0
    check(event.shownLots === order.shownLots, "an amend takes hidden lots first")
    if (keeps) return
    check(postOnly !== "refuse" || !this.crosses(order), "a post-only order never crosses")
    order.place = "taking"
    order.arrival = 0
    order.reference = this.referenceOf(this.market(marketId))
  }

  private stood(event: Event.EventOf<"OrderStood">): void {
    const order = this.openOrder(event.orderId)
    const { accountId, clientOrderId, marketId } = order.accepted
    check(
      event.accountId === accountId &&
        event.marketId === marketId &&
        event.clientOrderId === clientOrderId,
      "what stood names its order"
    )
    check(
      event.filledLots === order.filledLots && event.preventedLots === order.preventedLots,
      "it tells what was filled and prevented"
    )
    check(
      event.filledQuote === order.filledQuote && event.fee === order.feePaid,
      "it tells what its fills came to, and the fees on them"
    )
  }

  private reduced(event: Event.EventOf<"OrderReduced">): void {
    const order = this.openOrder(event.orderId)
    const { accountId, listId, marketId, side } = order.accepted
    check(
      order.place === "trigger" || order.place === "workingOrder",
      "an order that waits is reduced"
    )
    check(listId !== 0, "an order of a list is reduced")
    check(
      event.accountId === accountId && event.marketId === marketId && event.side === side,
      "a reduction names its order"
    )
    check(event.lots > 0 && event.lots < order.lots, "a reduced order has fewer lots, and some")
    check(event.oldHeld === order.held, "a reduction tells what was held")
    check(event.held >= 0n && event.held <= order.held, "a reduction holds no more than before")
    this.moveHeld(order, event.held - order.held)
    order.lots = event.lots
    order.held = event.held
    const sibling = this.siblingOf(order)
    if (sibling?.place === "book" && sibling.ended === undefined) {
      check(remainingOf(sibling) === event.lots, "a pair keeps one quantity")
    }
  }

  private crosses(order: TrackedOrder): boolean {
    const best = this.book(
      order.accepted.marketId,
      order.accepted.side === "buy" ? "sell" : "buy"
    )[0]
    return best !== undefined && withinLimit(order, best.priceTicks)
  }

  // ---- Looking things up

  private taking(): Array<TrackedOrder> {
    return [...this.open.values()].filter(({ place }) => place === "taking")
  }

  private openOrder(orderId: number): TrackedOrder {
    const order = this.open.get(orderId)
    check(order !== undefined, `order ${orderId} is open when an event names it`)
    return order
  }

  private idsOf(listId: number): ReadonlyArray<number> {
    const list = this.lists.get(listId)
    check(list !== undefined, "a list is accepted before its orders")
    return [list.firstOrderId, list.secondOrderId, list.thirdOrderId].filter(
      (orderId) => orderId !== 0
    )
  }

  /** The other order of a pair, open or ended. */
  siblingOf({ accepted }: TrackedOrder): TrackedOrder | undefined {
    if (accepted.listId === 0) return undefined
    const list = this.lists.get(accepted.listId)!
    if (list.contingency === "OTO") return undefined
    const pair = this.idsOf(accepted.listId).slice(-2)
    if (!pair.includes(accepted.orderId)) return undefined
    return this.orders.get(pair.find((orderId) => orderId !== accepted.orderId)!)
  }

  /** What an order in the book holds. */
  private needed(order: TrackedOrder): bigint {
    const { lotUnits, quotePerTickLot } = this.market(order.accepted.marketId).listed
    const lots = BigInt(remainingOf(order))
    return order.accepted.side === "buy"
      ? BigInt(order.priceTicks) * lots * quotePerTickLot
      : lots * lotUnits
  }

  private moveHeld(order: TrackedOrder, amount: bigint): void {
    const { baseAssetId, quoteAssetId } = this.market(order.accepted.marketId).listed
    const assetId = order.accepted.side === "buy" ? quoteAssetId : baseAssetId
    this.ledger.add(order.accepted.accountId, assetId, -amount, amount)
  }

  private market(marketId: number): TrackedMarket {
    const market = this.markets.get(marketId)
    check(market !== undefined, "a market that is named is listed")
    return market
  }
}

/** The part neither filled nor prevented. */
export const remainingOf = (order: TrackedOrder): number =>
  order.lots - order.filledLots - order.preventedLots

const withinLimit = (order: TrackedOrder, priceTicks: number): boolean =>
  order.accepted.type !== "limit" ||
  (order.accepted.side === "buy" ? priceTicks <= order.priceTicks : priceTicks >= order.priceTicks)
