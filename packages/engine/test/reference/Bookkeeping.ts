/**
 * A reader of events that trusts no venue: it keeps accounts, orders and books from events alone, and throws at the first
 * event that breaks a promise of `docs/concepts/venue-rules.md`.
 */
import { Account, type Event, type Market, type Order } from "@pandora-exchange/core"

export interface TrackedOrder {
  readonly accepted: Event.EventOf<"OrderAccepted">
  /** Its limit now; 0 for market orders. */
  priceTicks: number
  lots: number
  filledLots: number
  held: bigint
  /** Its place in the queue at its price; 0 when it is in no book. */
  arrival: number
  ended: Order.EndReason | undefined
  endedLots: number
  received: bigint
  feeTimesScale: bigint
  feePaid: bigint
}

export interface TrackedMarket {
  readonly listed: Event.EventOf<"MarketListed">
  status: Market.MarketStatus
  makerRate: number
  takerRate: number
  tradesMade: number
  depthSequence: number
}

interface Balance {
  available: bigint
  held: bigint
}

const scale = 100_000n

export class Bookkeeping {
  readonly assets = new Map<number, Event.EventOf<"AssetListed">>()
  readonly markets = new Map<number, TrackedMarket>()
  /** Kinds of all accounts. */
  readonly accounts = new Map<number, Account.AccountKind>([
    [Account.houseAccountId, "house"],
    [Account.externalAccountId, "external"],
    [Account.receivableAccountId, "receivable"]
  ])
  readonly balances = new Map<string, Balance>()
  /** Every order that was ever accepted. */
  readonly orders = new Map<number, TrackedOrder>()
  /** Those in a book. */
  readonly open = new Map<number, TrackedOrder>()
  readonly holds = new Map<number, Event.EventOf<"Held">>()
  private arrivals = 0
  /** The order that was accepted or amended last, until it rests or ends. */
  private taker: TrackedOrder | undefined

  available(accountId: number, assetId: number): bigint {
    return this.balances.get(`${accountId}/${assetId}`)?.available ?? 0n
  }

  /** One side of a market's book: the best price first, at each price the oldest first. */
  book(marketId: number, side: Order.Side): Array<TrackedOrder> {
    const sign = side === "buy" ? -1 : 1
    return [...this.open.values()]
      .filter(({ accepted }) => accepted.marketId === marketId && accepted.side === side)
      .sort((a, b) => sign * (a.priceTicks - b.priceTicks) || a.arrival - b.arrival)
  }

  /** All events of one command. */
  accept(events: ReadonlyArray<Event.Event>): void {
    for (const event of events) this.one(event)
    check(this.taker === undefined, "each taker rests or ends within its command")
  }

  private one(event: Event.Event): void {
    switch (event._tag) {
      case "Rejected":
      case "Repeated":
      case "PriceSet":
        return
      case "AssetListed":
        check(event.assetId === this.assets.size + 1, "assets count up")
        this.assets.set(event.assetId, event)
        return
      case "MarketListed": {
        const { makerRate, marketId, takerRate } = event
        check(marketId === this.markets.size + 1, "markets count up")
        this.markets.set(marketId, {
          listed: event,
          status: "open",
          makerRate,
          takerRate,
          tradesMade: 0,
          depthSequence: 0
        })
        return
      }
      case "MarketStatusChanged":
        this.market(event.marketId).status = event.status
        return
      case "MarketFeesChanged":
        Object.assign(this.market(event.marketId), { makerRate: event.makerRate, takerRate: event.takerRate })
        return
      case "AccountOpened":
        check(this.accounts.has(event.accountId) !== event.opened, "an account is opened once")
        check(!event.opened || event.accountId === 1000 + this.accounts.size - 3, "accounts count up from 1000")
        this.accounts.set(event.accountId, event.kind)
        return
      case "Credited":
        check(event.amount > 0n, "a credit is positive")
        this.add(Account.externalAccountId, event.assetId, -event.amount, 0n)
        this.add(event.accountId, event.assetId, event.amount, 0n)
        return
      case "Reversed": {
        const { accountId, assetId, fromAvailable, toReceivable } = event
        check(fromAvailable >= 0n && toReceivable >= 0n, "both parts of a reversal are not negative")
        check(toReceivable === 0n || fromAvailable === this.available(accountId, assetId), "available pays first")
        this.add(accountId, assetId, -fromAvailable, 0n)
        this.add(Account.receivableAccountId, assetId, -toReceivable, 0n)
        this.add(Account.externalAccountId, assetId, fromAvailable + toReceivable, 0n)
        return
      }
      case "Held":
        check(event.amount > 0n, "a hold is positive")
        this.holds.set(event.holdId, event)
        this.add(event.accountId, event.assetId, -event.amount, event.amount)
        return
      case "HoldSettled": {
        const { accountId, amount, assetId, fee } = event
        this.endHold(event, amount + fee)
        check(amount >= 0n && fee >= 0n, "both parts of a settled hold are not negative")
        this.add(accountId, assetId, 0n, -(amount + fee))
        this.add(Account.externalAccountId, assetId, amount, 0n)
        this.add(Account.houseAccountId, assetId, fee, 0n)
        return
      }
      case "HoldReleased":
        this.endHold(event, event.amount)
        this.add(event.accountId, event.assetId, event.amount, -event.amount)
        return
      case "Transferred":
        check(event.amount > 0n, "a transfer is positive")
        this.add(event.accountId, event.assetId, -event.amount, 0n)
        this.add(event.receiverId, event.assetId, event.amount, 0n)
        return
      case "OrderAccepted":
        return this.accepted(event)
      case "Trade":
        return this.traded(event)
      case "OrderRested":
        return this.rested(event)
      case "OrderEnded":
        return this.endedOrder(event)
      case "OrderAmended":
        return this.amended(event)
    }
  }

  private endHold(event: Event.EventOf<"HoldSettled"> | Event.EventOf<"HoldReleased">, amount: bigint): void {
    const held = this.holds.get(event.holdId)
    check(held !== undefined, "a hold ends once")
    check(held.accountId === event.accountId && held.assetId === event.assetId, "a hold ends where it was made")
    check(held.amount === amount, "all of a hold ends")
    this.holds.delete(event.holdId)
  }

  private accepted(event: Event.EventOf<"OrderAccepted">): void {
    const market = this.market(event.marketId)
    check(this.taker === undefined, "one order at a time is matched")
    check(event.orderId === this.orders.size + 1, "order ids count up")
    check(
      event.makerRate === market.makerRate && event.takerRate === market.takerRate,
      "an order has the market's rates"
    )
    const order: TrackedOrder = {
      accepted: event,
      priceTicks: event.priceTicks,
      lots: event.lots,
      filledLots: 0,
      held: event.held,
      arrival: 0,
      ended: undefined,
      endedLots: 0,
      received: 0n,
      feeTimesScale: 0n,
      feePaid: 0n
    }
    if (event.type === "limit") check(event.held === this.needed(order), "a limit order holds what it can cost")
    this.orders.set(event.orderId, order)
    this.taker = order
    this.moveHeld(order, event.held)
  }

  private traded(event: Event.EventOf<"Trade">): void {
    const { baseUnits, buyerHeld, lots, priceTicks, quoteUnits } = event
    const market = this.market(event.marketId)
    const { baseAssetId, lotUnits, quoteAssetId, quotePerTickLot } = market.listed
    const maker = this.orders.get(event.makerOrderId)
    const taker = this.taker
    check(taker !== undefined && taker.accepted.orderId === event.takerOrderId, "the taker is the order at hand")
    check(
      maker === this.book(event.marketId, taker.accepted.side === "buy" ? "sell" : "buy")[0],
      "best, then oldest first"
    )
    check(maker !== undefined, "the maker is in the book")
    check(!taker.accepted.postOnly, "a post-only order never takes")
    check(taker.accepted.side === event.takerSide, "the taker's side is its order's")
    check(maker.accepted.accountId === event.makerAccountId, "the maker's account is its order's")
    check(taker.accepted.accountId === event.takerAccountId, "the taker's account is its order's")
    check(priceTicks === maker.priceTicks, "a trade is at the maker's price")
    check(withinLimit(taker, priceTicks), "no order trades through its limit")
    check(lots > 0 && lots <= maker.lots - maker.filledLots && lots <= taker.lots - taker.filledLots, "lots are there")

    const buyer = event.takerSide === "buy" ? taker : maker
    const seller = event.takerSide === "buy" ? maker : taker
    const buyerFee = event.takerSide === "buy" ? event.takerFee : event.makerFee
    const sellerFee = event.takerSide === "buy" ? event.makerFee : event.takerFee
    check(baseUnits === BigInt(lots) * lotUnits, "base is lots x lotUnits")
    check(quoteUnits === BigInt(priceTicks) * BigInt(lots) * quotePerTickLot, "quote is price x lots")
    const buyerTicks = buyer.accepted.type === "limit" ? buyer.priceTicks : priceTicks
    check(buyerHeld === BigInt(buyerTicks) * BigInt(lots) * quotePerTickLot, "the buyer's held shrinks at its limit")
    this.fill(buyer, lots, baseUnits, buyerFee, buyer === maker)
    this.fill(seller, lots, quoteUnits, sellerFee, seller === maker)
    buyer.held -= buyerHeld
    seller.held -= baseUnits
    this.add(buyer.accepted.accountId, quoteAssetId, buyerHeld - quoteUnits, -buyerHeld)
    this.add(buyer.accepted.accountId, baseAssetId, baseUnits - buyerFee, 0n)
    this.add(seller.accepted.accountId, baseAssetId, 0n, -baseUnits)
    this.add(seller.accepted.accountId, quoteAssetId, quoteUnits - sellerFee, 0n)
    this.add(Account.houseAccountId, baseAssetId, buyerFee, 0n)
    this.add(Account.houseAccountId, quoteAssetId, sellerFee, 0n)

    check(event.makerRemainingLots === maker.lots - maker.filledLots, "what is left of the maker is told")
    check(event.takerRemainingLots === taker.lots - taker.filledLots, "what is left of the taker is told")
    market.tradesMade++
    check(event.tradeId === market.tradesMade, "trade ids count up")
    this.depth(market, event.depthSequence)
    if (event.makerRemainingLots === 0) this.leave(maker)
  }

  private fill(order: TrackedOrder, lots: number, received: bigint, fee: bigint, asMaker: boolean): void {
    order.filledLots += lots
    order.received += received
    order.feeTimesScale += received * BigInt(asMaker ? order.accepted.makerRate : order.accepted.takerRate)
    order.feePaid += fee
    check(fee >= 0n && fee <= received, "a fee is part of what is received")
    check(order.feePaid === (order.feeTimesScale + scale - 1n) / scale, "fees add up to one ceiling")
  }

  private rested(event: Event.EventOf<"OrderRested">): void {
    const order = this.taker
    check(order !== undefined && order.accepted.orderId === event.orderId, "the order at hand rests")
    const { marketId, side, timeInForce, type } = order.accepted
    check(type === "limit" && (timeInForce === "GTC" || timeInForce === "GTD"), "only GTC and GTD limit orders rest")
    check(event.remainingLots > 0 && event.remainingLots === order.lots - order.filledLots, "what is left rests")
    check(
      event.priceTicks === order.priceTicks && event.marketId === marketId && event.side === side,
      "it rests at its price"
    )
    check(order.held === this.needed(order), "a resting order holds what it can cost")
    const best = this.book(marketId, side === "buy" ? "sell" : "buy")[0]
    check(best === undefined || !withinLimit(order, best.priceTicks), "the book is never crossed")
    this.taker = undefined
    this.arrivals++
    order.arrival = this.arrivals
    this.open.set(event.orderId, order)
    this.depth(this.market(marketId), event.depthSequence)
  }

  private endedOrder(event: Event.EventOf<"OrderEnded">): void {
    const order = this.orders.get(event.orderId)
    check(order !== undefined && order.ended === undefined, "an order ends once")
    const { accountId, lots, marketId, side, timeInForce, type } = order.accepted
    check(event.accountId === accountId && event.marketId === marketId && event.side === side, "an end names its order")
    check(event.priceTicks === order.priceTicks, "an end tells the order's price")
    check(event.filledLots === order.filledLots, "an end tells what was filled")
    check(event.endedLots === order.lots - order.filledLots, "filled and ended lots are the ordered ones")
    check(event.released === order.held, "an end releases all that is held")
    const inBook = order.arrival !== 0
    if (inBook) {
      check(event.reason === "cancelled" || event.reason === "deadline", "an order in the book is cancelled or due")
      check(event.reason !== "deadline" || timeInForce === "GTD", "only GTD orders have a deadline")
      this.leave(order)
      this.depth(this.market(marketId), event.depthSequence)
    } else {
      check(event.depthSequence === 0, "an end outside the book takes no depth sequence")
      check(event.reason !== "cancelled" && event.reason !== "deadline", "an order in no book is filled or not")
      check(event.reason !== "filled" || event.endedLots === 0, "filled leaves nothing")
      check(event.reason !== "remainder" || type === "marketBudget", "only budgets have a remainder")
      if (timeInForce === "FOK") check(order.filledLots === lots, "fill or kill is whole")
    }
    order.ended = event.reason
    order.endedLots = event.endedLots
    this.moveHeld(order, -event.released)
    order.held -= event.released
    if (this.taker === order) this.taker = undefined
  }

  private amended(event: Event.EventOf<"OrderAmended">): void {
    const order = this.open.get(event.orderId)
    check(order !== undefined && this.taker === undefined, "an order in the book is amended")
    const { accountId, marketId, side } = order.accepted
    check(
      event.accountId === accountId && event.marketId === marketId && event.side === side,
      "an amend names its order"
    )
    check(event.oldPriceTicks === order.priceTicks, "an amend tells the old price")
    check(event.oldRemainingLots === order.lots - order.filledLots, "an amend tells what was left")
    check(event.oldHeld === order.held, "an amend tells what was held")
    check(event.remainingLots > 0 && event.remainingLots === event.lots - order.filledLots, "something is left")
    const keeps = event.priceTicks === order.priceTicks && event.lots < order.lots
    check(event.keptPriority === keeps, "only less at the same price keeps priority")
    this.moveHeld(order, event.held - order.held)
    order.priceTicks = event.priceTicks
    order.lots = event.lots
    order.held = event.held
    check(order.held === this.needed(order), "an amended order holds what it can cost")
    this.depth(this.market(marketId), event.depthSequence)
    if (keeps) return
    this.leave(order)
    this.taker = order
  }

  private leave(order: TrackedOrder): void {
    order.arrival = 0
    this.open.delete(order.accepted.orderId)
  }

  private depth(market: TrackedMarket, depthSequence: number): void {
    market.depthSequence++
    check(depthSequence === market.depthSequence, "depth sequences have no gap")
  }

  /** What an order in the book holds. */
  private needed(order: TrackedOrder): bigint {
    const { lotUnits, quotePerTickLot } = this.market(order.accepted.marketId).listed
    const lots = BigInt(order.lots - order.filledLots)
    return order.accepted.side === "buy" ? BigInt(order.priceTicks) * lots * quotePerTickLot : lots * lotUnits
  }

  private moveHeld(order: TrackedOrder, amount: bigint): void {
    const { baseAssetId, quoteAssetId } = this.market(order.accepted.marketId).listed
    this.add(order.accepted.accountId, order.accepted.side === "buy" ? quoteAssetId : baseAssetId, -amount, amount)
  }

  private add(accountId: number, assetId: number, available: bigint, held: bigint): void {
    const key = `${accountId}/${assetId}`
    const balance = this.balances.get(key) ?? { available: 0n, held: 0n }
    this.balances.set(key, balance)
    balance.available += available
    balance.held += held
    const kind = this.accounts.get(accountId)
    check(this.assets.has(assetId) && kind !== undefined, "money moves between accounts that exist")
    if (kind === "user" || kind === "house") {
      check(balance.available >= 0n && balance.held >= 0n, `account ${accountId} is not negative in asset ${assetId}`)
    } else
      check(balance.available <= 0n && balance.held === 0n, `account ${accountId} is not positive in asset ${assetId}`)
  }

  private market(marketId: number): TrackedMarket {
    const market = this.markets.get(marketId)
    check(market !== undefined, "a market that is named is listed")
    return market
  }
}

const withinLimit = (order: TrackedOrder, priceTicks: number): boolean =>
  order.accepted.type !== "limit" ||
  (order.accepted.side === "buy" ? priceTicks <= order.priceTicks : priceTicks >= order.priceTicks)

export function check(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${fact}`)
}
