/** Activates orders that waited for a trigger or a working order. `docs/concepts/venue-rules.md`, "Waiting orders" and "Order lists". */
import { type Batch, Order, type RejectReason } from "@pandora-exchange/core"
import type { Admission } from "./Admission.ts"
import { emit, orderWaiting } from "./emit.ts"
import type { Matching } from "./Matching.ts"
import type { OpenOrders } from "./OpenOrders.ts"
import { type OrderExtra, triggerWait } from "./OrderExtra.ts"
import { buy } from "./OrderPool.ts"
import { boundOf } from "./OrderTerms.ts"
import { accountIdOf, orderAmountMax, type State } from "./State.ts"
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

  /** Activates the first order of the activation queue. */
  activate(out: Batch.BatchWriter, slot: number): void {
    const { funds, markets, orders } = this.state
    const extra = orders.extra(slot)!
    const { listId, wait } = extra
    const market = markets[orders.market(slot)]!
    const side = orders.side(slot)
    const order = this.activated
    order.load(orders, market, slot)
    // One whose trigger has come is as one without.
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
    const refusal = waitsOn ? this.pendingRefusal(order, extra) : this.activationRefusal(order, oldHeld)
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
    if (refusal !== undefined) return this.open.end(out, slot, Order.endReasons.indexOf(refusal))

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

  /** The other order of the pair ends; to the stop passes what it needs. */
  private endSibling(out: Batch.BatchWriter, order: Taker, extra: OrderExtra, sibling: number): void {
    const passedOn = Math.max(0, Math.min(this.open.heldOf(sibling), extra.neededWaiting - extra.held))
    extra.held += passedOn
    this.open.end(out, sibling, otherLeg, passedOn)
  }

  /** Why an order that is to be matched now cannot. */
  private activationRefusal(order: Taker, held: number): EndReason | undefined {
    const { market } = order
    const mayTrade = market.status === "open" || (market.status === "postOnly" && order.postOnly !== postOnlyOff)
    if (!mayTrade) return "notTrading"
    const refusal = this.admission.refusedByFound(order) ?? this.admission.refusedByBook(order, held)
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

/** How an order ends that starts and is refused. */
const endReasonOf: { readonly [R in Reason]?: EndReason } = {
  PostOnlyWouldCross: "wouldCross",
  NotionalTooLarge: "tooLarge",
  FillOrKillUnfilled: "unfilled",
  InsufficientFunds: "unfunded",
  LevelFull: "levelFull"
}
