/**
 * An order at its end, as its event has it. One instance serves all that end in one place, since
 * orders end one by one.
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
  /** Units that were held for it. */
  released = 0
  /** What leaves the book with it, and the book's number for that; 0 when nothing does. */
  shownLots = 0
  depthSequence = 0

  /** Takes what the order's row has; the rest is as for an order of which nothing is left. */
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
