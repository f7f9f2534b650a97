/**
 * An order at its end, as its event describes it. A single instance serves all orders, since they
 * end one at a time.
 */
import type { OrderPool } from "./OrderPool.ts"
import { accountIdOf } from "./State.ts"

export class EndedOrder {
  orderId = 0
  accountId = 0
  marketId = 0
  side = 0
  /** Its position in `endReasons`. */
  reason = 0
  priceTicks = 0
  filledLots = 0
  endedLots = 0
  /** Units held for it. */
  released = 0
  /** What leaves the book with it, and the resulting depth sequence; 0 if nothing does. */
  shownLots = 0
  depthSequence = 0

  /** Copies the order's record; everything else is as for an order with nothing left. */
  read(orders: OrderPool, slot: number): void {
    this.orderId = orders.id(slot)
    this.accountId = accountIdOf(orders.account(slot))
    this.marketId = orders.market(slot)
    this.side = orders.side(slot)
    this.priceTicks = orders.price(slot)
    this.released = 0
    this.shownLots = 0
    this.depthSequence = 0
  }
}
