/** Public depth, from events alone: what order books show at each price. */
import type { Event } from "../Event.ts"
import type { MarketId } from "../Ids.ts"
import { opposite, type Side } from "../Order.ts"
import { handlerOf, nothing, ofOrders } from "./Handlers.ts"

/** Receives each change of a book, in the order of its depth sequence. */
export interface DepthReader {
  /** The change in lots shown at the price; negative for fewer. */
  changed(
    marketId: MarketId,
    side: Side,
    priceTicks: number,
    lots: number,
    depthSequence: number
  ): void
}

/** Reports to `to` what the event changes in a book. */
export const read = (event: Event, to: DepthReader): void => handlerOf(handlers, event)(event, to)

/** What one side of a market's book shows: lots by price in ticks. */
export type Levels = ReadonlyMap<number, number>

/** The price levels of one market. */
export class Book {
  private readonly levels = { buy: new Map<number, number>(), sell: new Map<number, number>() }
  depthSequence: number

  /** Use `stand` to fill a book that starts in the middle of a journal. */
  constructor(depthSequence = 0) {
    this.depthSequence = depthSequence
  }

  get bids(): Levels {
    return this.levels.buy
  }

  get asks(): Levels {
    return this.levels.sell
  }

  /** Adds an order that was in the book before the first event that is read. */
  stand(side: Side, priceTicks: number, shownLots: number): void {
    if (shownLots !== 0) this.add(side, priceTicks, shownLots)
  }

  change(side: Side, priceTicks: number, lots: number, depthSequence: number): void {
    this.add(side, priceTicks, lots)
    this.depthSequence = depthSequence
  }

  private add(side: Side, priceTicks: number, lots: number): void {
    const levels = this.levels[side]
    const left = (levels.get(priceTicks) ?? 0) + lots
    if (left === 0) levels.delete(priceTicks)
    else levels.set(priceTicks, left)
  }
}

const handlers = ofOrders<[to: DepthReader]>({
  OrderListAccepted: nothing,
  OrderAccepted: nothing,
  OrderWaiting: nothing,
  OrderActivated: nothing,
  OrderReduced: nothing,
  OrderStood: nothing,
  PartRefused: nothing,
  OrderRested: ({ depthSequence, marketId, priceTicks, shownLots, side }, to) =>
    to.changed(marketId, side, priceTicks, shownLots, depthSequence),
  OrderRefilled: ({ depthSequence, marketId, priceTicks, shownLots, side }, to) =>
    to.changed(marketId, side, priceTicks, shownLots, depthSequence),
  Trade: ({ depthSequence, lots, marketId, priceTicks, takerSide }, to) =>
    to.changed(marketId, opposite(takerSide), priceTicks, -lots, depthSequence),
  SelfTradePrevented: ({ depthSequence, makerLots, marketId, priceTicks, takerSide }, to) => {
    if (depthSequence !== 0)
      to.changed(marketId, opposite(takerSide), priceTicks, -makerLots, depthSequence)
  },
  OrderEnded: ({ depthSequence, marketId, priceTicks, shownLots, side }, to) => {
    if (depthSequence !== 0) to.changed(marketId, side, priceTicks, -shownLots, depthSequence)
  },
  OrderAmended: ({ depthSequence, marketId, oldPriceTicks, oldShownLots, shownLots, side }, to) =>
    to.changed(marketId, side, oldPriceTicks, shownLots - oldShownLots, depthSequence)
})
