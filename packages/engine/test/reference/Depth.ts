/** What a public reader knows about the books: lots per price, from the fields of events alone. */
import type { Event, Order } from "@pandora-exchange/core"
import { check } from "./check.ts"

export class Depth {
  /** Shown lots by `market/side/price`, without zeros. */
  readonly levels = new Map<string, bigint>()
  private readonly sequences = new Map<number, number>()

  accept(event: Event.Event): void {
    switch (event._tag) {
      case "Trade":
        this.change(event, otherSide(event.takerSide), event.priceTicks, -event.lots)
        return
      case "OrderRested":
      case "OrderRefilled":
        this.change(event, event.side, event.priceTicks, event.shownLots)
        return
      case "OrderEnded":
        check(
          (event.depthSequence === 0) === (event.shownLots === 0),
          "an end takes a depth sequence for what it takes"
        )
        if (event.shownLots > 0) this.change(event, event.side, event.priceTicks, -event.shownLots)
        return
      case "OrderAmended":
        this.add(event.marketId, event.side, event.oldPriceTicks, -event.oldShownLots)
        this.change(event, event.side, event.priceTicks, event.shownLots)
        return
      case "SelfTradePrevented":
        if (event.depthSequence !== 0) {
          this.change(event, otherSide(event.takerSide), event.priceTicks, -event.makerLots)
        }
        return
      default:
    }
  }

  private change(
    { depthSequence, marketId }: { readonly depthSequence: number; readonly marketId: number },
    side: Order.Side,
    priceTicks: number,
    lots: number
  ): void {
    check(depthSequence === (this.sequences.get(marketId) ?? 0) + 1, "depth sequences have no gap")
    this.sequences.set(marketId, depthSequence)
    this.add(marketId, side, priceTicks, lots)
  }

  private add(marketId: number, side: Order.Side, priceTicks: number, lots: number): void {
    const level = `${marketId}/${side}/${priceTicks}`
    const shown = (this.levels.get(level) ?? 0n) + BigInt(lots)
    check(shown >= 0n, "no level shows less than nothing")
    if (shown === 0n) this.levels.delete(level)
    else this.levels.set(level, shown)
  }
}

const otherSide = (side: Order.Side): Order.Side => (side === "buy" ? "sell" : "buy")
