/**
 * Open orders, wherever they are: found by id, account, client order id and deadline; waiting for a
 * price; linked to others in a list; ended.
 */
import { type Batch, Order } from "@pandora-exchange/core"
import { emit, orderEnded } from "./emit.ts"
import { EndedOrder } from "./EndedOrder.ts"
import {
  inBook,
  type OrderExtra,
  activating,
  trailing,
  triggerWait,
  untilTrigger
} from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import {
  accountIdOf,
  clientListName,
  exits,
  type ListState,
  type MarketState,
  type State
} from "./State.ts"
import { Triggers } from "./Triggers.ts"

const filled = Order.endReasons.indexOf("filled")
const cancelled = Order.endReasons.indexOf("cancelled")
const cancelAfter = Order.endReasons.indexOf("cancelAfter")
const otherLeg = Order.endReasons.indexOf("otherLeg")
const oco = Order.contingencies.indexOf("OCO")
const otoco = Order.contingencies.indexOf("OTOCO")

export class OpenOrders {
  private readonly state: State
  private readonly ended = new EndedOrder()
  private readonly joinQueue: (slot: number, extra: OrderExtra) => void

  constructor(state: State) {
    this.state = state
    this.joinQueue = (slot, extra) => this.queue(slot, extra)
  }

  /**
   * Makes an order findable: by its id, by its account, by its client order id.
   */
  register(slot: number, clientOrderId: string): void {
    const { accounts, clientOrderIds, index, orders } = this.state
    const id = orders.id(slot)
    const account = orders.account(slot)
    index.add(id, slot)
    accounts.addOrder(account, slot, orders)
    if (clientOrderId !== "") {
      const byClientId = (accounts.clientOrders[account] ??= new Map())
      byClientId.set(clientOrderId, id)
      clientOrderIds.set(id, clientOrderId)
    }
  }

  /** Forgets an order that is no longer in any queue. */
  unregister(slot: number): void {
    const { accounts, clientOrderIds, index, orders } = this.state
    const id = orders.id(slot)
    const account = orders.account(slot)
    if (clientOrderIds.size !== 0) {
      const clientOrderId = clientOrderIds.get(id)
      if (clientOrderId !== undefined) {
        clientOrderIds.delete(id)
        accounts.clientOrders[account]!.delete(clientOrderId)
      }
    }
    accounts.removeOrder(account, slot, orders)
    index.remove(id, slot)
    orders.free(slot)
  }

  /** The account's open order, or 0. Other accounts' orders are treated as nonexistent. */
  own(account: number, orderId: number): number {
    const slot = this.state.index.find(orderId)
    return slot !== 0 && this.state.orders.account(slot) === account ? slot : 0
  }

  ownByClientId(account: number, clientOrderId: string): number {
    return this.state.index.find(this.state.accounts.clientOrders[account]?.get(clientOrderId) ?? 0)
  }

  /** What is held for an order in the book. */
  heldFor(market: MarketState, side: number, price: number, lots: number): number {
    return side === buy ? price * lots * market.quotePerTickLot : lots * market.lotUnits
  }

  heldOf(slot: number): number {
    const { markets, orders } = this.state
    if (orders.waits(slot)) return orders.extra(slot)!.held
    const left = orders.remaining(slot) + orders.hidden(slot)
    return this.heldFor(markets[orders.market(slot)]!, orders.side(slot), orders.price(slot), left)
  }

  /**
   * Removes an open order from where it is and releases what is held for it, except `passedOn`;
   * then the others in its list are affected.
   */
  end(out: Batch.BatchWriter, slot: number, reason: number, passedOn = 0): void {
    const listId = this.state.orders.extra(slot)?.listId ?? 0
    const id = this.state.orders.id(slot)
    this.endAlone(out, slot, reason, passedOn)
    if (listId !== 0) this.legEnded(out, listId, id, reason)
  }

  /** Like `end`, but the others in its list continue. */
  endAlone(out: Batch.BatchWriter, slot: number, reason: number, passedOn = 0): void {
    const { funds, markets, orders } = this.state
    const market = markets[orders.market(slot)]!
    const extra = orders.extra(slot)
    const account = orders.account(slot)
    const left = orders.remaining(slot) + (extra?.hiddenLots ?? 0)
    const { ended } = this
    ended.read(orders, slot)
    ended.reason = reason
    ended.filledLots = orders.lots(slot) - (extra?.preventedLots ?? 0) - left
    ended.endedLots = left
    ended.released = this.heldOf(slot) - passedOn
    if (extra === undefined || extra.place === inBook) {
      ended.shownLots = orders.remaining(slot)
      market.book.of(ended.side).remove(slot)
    } else this.stopWaiting(slot, extra)
    this.unregister(slot)
    if (ended.released !== 0) funds.release(account, market.heldAsset(ended.side), ended.released)
    if (ended.shownLots !== 0) ended.depthSequence = ++market.depthSequence
    orderEnded(out, ended)
  }

  // ---- Waiting

  /** The order begins to wait for its trigger. */
  waitForTrigger(market: MarketState, slot: number, extra: OrderExtra): void {
    const { levels, orders } = this.state
    market.triggers ??= new Triggers(market.ticksMax, orders, levels)
    extra.wait = triggerWait
    market.triggers.add(slot, extra, market.referenceTicks)
  }

  /** Counts an order that begins to wait, for any reason. */
  countWaiting(slot: number, extra: OrderExtra, by: 1 | -1): void {
    const { accounts, markets, orders } = this.state
    accounts.countWaiting(orders.account(slot), by)
    if (extra.trailingUnit !== 0) markets[orders.market(slot)]!.trailingOrders += by
  }

  /** Removes the order from where it waits, so that it is in no queue. */
  stopWaiting(slot: number, extra: OrderExtra): void {
    const { markets, orders } = this.state
    if (extra.place === activating) this.leaveQueue(slot)
    else if (extra.place === untilTrigger || extra.place === trailing) {
      markets[orders.market(slot)]!.triggers!.remove(slot, extra)
    }
    extra.place = inBook
    this.countWaiting(slot, extra, -1)
  }

  /** The market's waiting orders meet a price: those it reaches join the activation queue. */
  checkTriggers(market: MarketState, price: number): void {
    if (market.triggers !== undefined && price !== 0 && market.status === "open")
      market.triggers.check(price, this.joinQueue)
  }

  queue(slot: number, extra: OrderExtra): void {
    const { orders, lastToActivate } = this.state
    extra.place = activating
    orders.setPrevious(slot, lastToActivate)
    orders.setNext(slot, 0)
    if (lastToActivate === 0) this.state.firstToActivate = slot
    else orders.setNext(lastToActivate, slot)
    this.state.lastToActivate = slot
  }

  private leaveQueue(slot: number): void {
    const { orders } = this.state
    const previous = orders.previous(slot)
    const next = orders.next(slot)
    if (previous === 0) this.state.firstToActivate = next
    else orders.setNext(previous, next)
    if (next === 0) this.state.lastToActivate = previous
    else orders.setPrevious(next, previous)
  }

  // ---- Lists

  addList(list: ListState): void {
    this.state.lists.set(list.listId, list)
    if (list.clientListId !== "") {
      this.state.listsByClientId.set(clientListName(list.account, list.clientListId), list.listId)
    }
  }

  private dropList({ account, clientListId, listId }: ListState): void {
    this.state.lists.delete(listId)
    this.state.listsByClientId.delete(clientListName(account, clientListId))
  }

  /** Slots of the list's open orders, by ascending id. */
  openOf(list: ListState): Array<number> {
    return list.orderIds.map((id) => this.state.index.find(id)).filter((slot) => slot !== 0)
  }

  /** The other order of the pair, or 0 if it has ended or the order belongs to no pair. */
  siblingOf(listId: number, orderId: number): number {
    const list = this.state.lists.get(listId)
    if (list === undefined) return 0
    const [first, second] = pairOf(list)
    return orderId === first
      ? this.state.index.find(second)
      : orderId === second
        ? this.state.index.find(first)
        : 0
  }

  /** An order of a pair has traded: the other one ends. */
  legTraded(out: Batch.BatchWriter, listId: number, orderId: number): void {
    const sibling = this.siblingOf(listId, orderId)
    if (sibling !== 0) this.end(out, sibling, otherLeg)
  }

  /**
   * Self-trade prevention has reduced an order of a pair, for which `held` is now held: its stop
   * loses the same number of lots.
   */
  legPrevented(
    out: Batch.BatchWriter,
    listId: number,
    orderId: number,
    lots: number,
    held: number
  ): void {
    const { orders } = this.state
    const stop = this.siblingOf(listId, orderId)
    if (stop === 0) return
    const { neededWaiting } = orders.extra(stop)!
    const lotsNow = orders.lots(stop) - lots
    const needed = (neededWaiting / orders.lots(stop)) * lotsNow
    this.reduce(out, stop, lotsNow, Math.max(0, needed - held))
  }

  /** An order of the list has traded: `units` of base, less its fee in base. */
  countBrought(listId: number, orderId: number, units: number): void {
    const list = this.state.lists.get(listId)
    if (list !== undefined && list.exits !== exits.none && list.orderIds[0] === orderId)
      list.broughtUnits += units
  }

  /** A waiting order now has fewer lots, for which `held` is held. */
  reduce(out: Batch.BatchWriter, slot: number, lots: number, held: number): void {
    const { funds, markets, orders } = this.state
    const market = markets[orders.market(slot)]!
    const account = orders.account(slot)
    const side = orders.side(slot)
    const extra = orders.extra(slot)!
    const oldHeld = extra.held
    extra.neededWaiting = (extra.neededWaiting / orders.lots(slot)) * lots
    extra.held = held
    orders.setLots(slot, lots)
    orders.setRemaining(slot, lots)
    funds.release(account, market.heldAsset(side), oldHeld - held)
    emit(out, {
      _tag: "OrderReduced",
      orderId: orders.id(slot),
      accountId: accountIdOf(account),
      marketId: market.marketId,
      side: Order.sides[side]!,
      lots,
      oldHeld: BigInt(oldHeld),
      held: BigInt(held)
    })
  }

  /** What the end of one order means for the others in its list. */
  legEnded(out: Batch.BatchWriter, listId: number, orderId: number, reason: number): void {
    const list = this.state.lists.get(listId)
    if (list === undefined) return
    if (reason === cancelled || reason === cancelAfter) {
      const others = this.openOf(list)
      this.dropList(list)
      for (const slot of others) this.end(out, slot, reason)
      return
    }
    if (list.contingency !== oco && list.orderIds[0] === orderId)
      this.workingOrderEnded(out, list, reason)
    else if (reason !== otherLeg) this.legTraded(out, listId, orderId)
    if (this.openOf(list).length === 0) this.dropList(list)
  }

  private workingOrderEnded(out: Batch.BatchWriter, list: ListState, reason: number): void {
    const { index, orders } = this.state
    for (const id of list.orderIds.slice(1)) {
      const slot = index.find(id)
      if (slot === 0) continue
      if (reason === filled) this.queue(slot, orders.extra(slot)!)
      else this.end(out, slot, otherLeg)
    }
  }
}

/** The ids of the list's pair; no order has the id -1. */
const pairOf = ({ contingency, orderIds }: ListState): readonly [number, number] => {
  if (contingency === oco) return [orderIds[0]!, orderIds[1]!]
  return contingency === otoco ? [orderIds[1]!, orderIds[2]!] : [-1, -1]
}
