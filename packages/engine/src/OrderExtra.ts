/** Attributes only some orders have: hidden lots, a trigger, a list. */

import { Order } from "@pandora-exchange/core"

/** What an order waits for. */
export const triggerWait = Order.waits.indexOf("trigger")
export const workingOrderWait = Order.waits.indexOf("workingOrder")

/** Where an open order is. */
export const inBook = 0
/** In its market's triggers, until the price gets there. */
export const untilTrigger = 1
/** Among those whose trigger trails the price. */
export const trailing = 2
/** In the activation queue. */
export const activating = 3
/** Until its list's working order is filled. */
export const untilWorkingOrder = 4

export class OrderExtra {
  /** 0 shows everything. */
  displayLots = 0
  hiddenLots = 0
  preventedLots = 0
  listId = 0
  /** As in `OrderRecord`. */
  filledQuoteHigh = 0
  feeHigh = 0
  uncountedLots = 0

  place = inBook
  /** What it waits or waited for: its position in `waits`. */
  wait = 0
  /** The position in core's list; valid while the order waits, as are the fields below. */
  trigger = 0
  triggerTicks = 0
  trailingUnit = 0
  trailingOffset = 0
  /** The best price since a trailing order became active; 0 for none. */
  extremeTicks = 0
  held = 0
  /**
   * What it requires while it waits for its trigger; a pair's stop holds only what its sibling does
   * not.
   */
  neededWaiting = 0
}
