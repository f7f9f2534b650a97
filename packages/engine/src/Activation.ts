/**
 * Activates orders that waited for a trigger or a working order. `docs/concepts/venue-rules.md`,
 * "Waiting orders" and "Order lists".
 */
import { type Batch, Order, type RejectReason } from "@pandora-exchange/core"
import type { Admission } from "./Admission.ts"
import { emit, orderWaiting } from "./emit.ts"
import type { Matching } from "./Matching.ts"
import type { OpenOrders } from "./OpenOrders.ts"
import { type OrderExtra, triggerWait, workingOrderWait } from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import { boundOf } from "./OrderTerms.ts"
import { accountIdOf, exits, type MarketState, orderAmountMax, type State } from "./State.ts"
import { orderType, postOnlyOff, Taker } from "./Taker.ts"

type Reason = RejectReason.RejectReason
type EndReason = Order.EndReason

const otherLeg = Order.endReasons.indexOf("otherLeg")

export class Activation {
  private readonly state: State
  private readonly open: OpenOrders
  private readonly admission: Admission
  private readonly matching: Matching
  private readonly activated = new Taker()

  constructor(state: State, open: OpenOrders, admission: Admission, matching: Matching) {
    this.state = state
    this.open = open
    this.admission = admission
    this.matching = matching
  }

  /**
   * Activates the first order of the activation queue, together with its stop if both are pending.
   * Returns how many were activated.
   */
  next(out: Batch.BatchWriter, slot: number): number {
    const { orders } = this.state
    const extra = orders.extra(slot)!
    if (extra.wait !== workingOrderWait) {
      this.activate(out, slot, true)
      return 1
    }
    const stop = this.open.siblingOf(extra.listId, orders.id(slot))
    const isFunded = this.sizeExits(out, slot, stop)
    this.activate(out, slot, isFunded, stop !== 0)
    if (stop === 0) return 1
    this.activate(out, stop, isFunded)
    return 2
  }

  /**
   * Gives pending exits the lots that were bought and are covered by available funds. Returns
   * false, changing nothing, if that is none.
   */
  private sizeExits(out: Batch.BatchWriter, slot: number, stop: number): boolean {
    const { lists, markets, orders } = this.state
    const list = lists.get(orders.extra(slot)!.listId)!
    if (list.exits === exits.none) return true
    const market = markets[orders.market(slot)]!
    const asked = orders.lots(slot)
    const brought =
      list.exits === exits.ownLots ? asked : Math.floor(list.broughtUnits / market.lotUnits)
    const lots = Math.min(brought, this.covered(market, slot, stop, asked))
    if (lots === 0) return false
    if (lots >= asked) return true
    this.open.reduce(out, slot, lots, 0)
    if (stop !== 0) this.open.reduce(out, stop, lots, 0)
    return true
  }

  /**
   * How many of the `lots` the available balance covers, for both orders of a pair if there is a
   * stop.
   */
  private covered(market: MarketState, slot: number, stop: number, lots: number): number {
    const { funds, orders } = this.state
    const ofOne = this.unitsPerLot(market, slot)
    const ofStop = stop === 0 ? 0n : this.unitsPerLot(market, stop)
    const perLot = ofOne > ofStop ? ofOne : ofStop
    const available = funds.available(orders.account(slot), market.heldAsset(orders.side(slot)))
    return available >= perLot * BigInt(lots) ? lots : Number(available / perLot)
  }

  /**
   * What each lot of the pending order requires; 0 if only its matching can tell, or nothing can.
   */
  private unitsPerLot(market: MarketState, slot: number): bigint {
    const { lotUnits, quotePerTickLot } = market.terms
    const order = this.activated
    order.load(this.state.orders, market, slot)
    if (order.side !== buy) return lotUnits
    if (order.type === orderType.limit) return BigInt(order.priceTicks) * quotePerTickLot
    return order.trigger === 0 ? 0n : BigInt(boundOf(order)) * quotePerTickLot
  }

  /**
   * An order's wait is over. If it cannot begin it ends: `alone`, or with the consequences for its
   * list.
   */
  private activate(out: Batch.BatchWriter, slot: number, isFunded: boolean, alone = false): void {
    const { funds, markets, orders } = this.state
    const extra = orders.extra(slot)!
    const { listId, wait } = extra
    const market = markets[orders.market(slot)]!
    const side = orders.side(slot)
    const order = this.activated
    order.load(orders, market, slot)
    // An order whose trigger was reached is treated as one without.
    if (wait === triggerWait) order.trigger = 0
    const sibling = this.open.siblingOf(listId, order.orderId)
    if (sibling !== 0 && wait === triggerWait) this.endSibling(out, order, extra, sibling)

    const oldHeld = extra.held
    const waitsOn = order.trigger !== 0
    this.admission.find(order)
    this.admission.prepare(order)
    if (waitsOn) {
      extra.neededWaiting = order.needed
      if (sibling !== 0) order.needed = Math.max(0, order.needed - this.open.heldOf(sibling))
    }
    const refusal = !isFunded
      ? "unfunded"
      : waitsOn
        ? this.pendingRefusal(order, extra)
        : this.activationRefusal(order, oldHeld)
    const held = refusal === undefined ? order.needed : oldHeld
    emit(out, {
      _tag: "OrderActivated",
      orderId: order.orderId,
      accountId: accountIdOf(order.account),
      marketId: market.marketId,
      side: Order.sides[side]!,
      wait: Order.waits[wait]!,
      priceTicks: market.referenceTicks,
      oldHeld: BigInt(oldHeld),
      held: BigInt(held)
    })
    if (refusal !== undefined) {
      const reason = Order.endReasons.indexOf(refusal)
      return alone ? this.open.endAlone(out, slot, reason) : this.open.end(out, slot, reason)
    }

    funds.adjust(order.account, market.heldAsset(side), oldHeld, held)
    this.open.stopWaiting(slot, extra)
    extra.held = held
    if (waitsOn) {
      this.open.countWaiting(slot, extra, 1)
      orderWaiting(out, orders, slot, extra, triggerWait)
      this.open.waitForTrigger(market, slot, extra)
      return this.open.checkTriggers(market, market.referenceTicks)
    }
    order.begin(order.lots, held)
    this.matching.run(out, order)
  }

  /** The other order of the pair ends; what it held is passed to the stop. */
  private endSibling(
    out: Batch.BatchWriter,
    order: Taker,
    extra: OrderExtra,
    sibling: number
  ): void {
    const passedOn = Math.max(
      0,
      Math.min(this.open.heldOf(sibling), extra.neededWaiting - extra.held)
    )
    extra.held += passedOn
    this.open.end(out, sibling, otherLeg, passedOn)
  }

  /** Why an order about to be matched cannot be. */
  private activationRefusal(order: Taker, held: number): EndReason | undefined {
    const { market } = order
    const mayTrade =
      market.status === "open" || (market.status === "postOnly" && order.postOnly !== postOnlyOff)
    if (!mayTrade) return "notTrading"
    const refusal =
      this.admission.refusedByFound(order) ?? this.admission.refusedByBook(order, held)
    return refusal === undefined ? undefined : endReasonOf[refusal]
  }

  /** Why a pending order cannot begin to wait for its trigger. */
  private pendingRefusal(order: Taker, extra: OrderExtra): EndReason | undefined {
    const { side, type } = order
    if (type === orderType.market && side === buy && boundOf(order) === 0) return "unfunded"
    if (extra.neededWaiting > orderAmountMax) return "tooLarge"
    return this.admission.canReserve(order, order.needed) ? undefined : "unfunded"
  }
}

/** The end reason of an order that starts and is refused. */
const endReasonOf: { readonly [R in Reason]?: EndReason } = {
  PostOnlyWouldCross: "wouldCross",
  NotionalTooSmall: "tooSmall",
  NotionalTooLarge: "tooLarge",
  PriceOutsideBand: "outsideBand",
  FillOrKillUnfilled: "unfilled",
  InsufficientFunds: "unfunded",
  LevelFull: "levelFull"
}
