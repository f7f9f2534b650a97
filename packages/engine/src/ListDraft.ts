/** A requested list of orders. `docs/concepts/venue-rules.md`, "Order lists". */
import { Order, type RejectReason } from "@pandora-exchange/core"
import { buy } from "./OrderPool.ts"
import { hasNoTerms } from "./OrderRecord.ts"
import { exits } from "./State.ts"
import { orderType, type Taker } from "./Taker.ts"

const stopLoss = Order.triggers.indexOf("stopLoss")
const takeProfit = Order.triggers.indexOf("takeProfit")
const postOnlyRefuse = Order.postOnlyModes.indexOf("refuse")
export const oco = Order.contingencies.indexOf("OCO")
const oto = Order.contingencies.indexOf("OTO")
const otoco = Order.contingencies.indexOf("OTOCO")

export class ListDraft {
  readonly contingency: number
  /** Two or three. */
  readonly orders: ReadonlyArray<Taker>
  /** A position in `exits`. */
  readonly exits: number
  private readonly third: Taker

  constructor(contingency: number, orders: readonly [Taker, Taker, Taker]) {
    const [working, pending] = orders
    this.contingency = contingency
    this.exits =
      contingency === oco || pending.side === working.side
        ? exits.none
        : pending.lots === 0
          ? exits.allBrought
          : exits.ownLots
    this.orders = contingency === otoco ? orders : orders.slice(0, 2)
    this.third = orders[2]
  }

  private get pair(): readonly [Taker, Taker] | undefined {
    const [first, second, third] = this.orders
    if (this.contingency === oto) return undefined
    return this.contingency === oco ? [first!, second!] : [second!, third!]
  }

  /** The order that does not wait. */
  get matched(): Taker | undefined {
    const [first] = this.orders
    return first!.trigger === 0 ? first : undefined
  }

  get waiting(): ReadonlyArray<Taker> {
    return this.orders.filter((order) => order !== this.matched)
  }

  /** Gives exits without a quantity the maximum number of lots the working order could buy. */
  sizeExits(): void {
    const [working, ...pending] = this.orders
    if (this.exits !== exits.allBrought) return
    for (const order of pending) order.lots = working!.lots
  }

  isSound(): boolean {
    const { pair } = this
    const [first, second] = this.orders
    if (this.contingency !== otoco && !hasNoTerms(this.third)) return false
    if (this.contingency !== oco && !(first!.type === orderType.limit && first!.trigger === 0))
      return false
    if (pair === undefined) return second!.type !== orderType.marketBudget
    const [one, stop] = pair
    const isMaker = one.canRest && one.trigger === 0 && one.postOnly === postOnlyRefuse
    return (
      one.side === stop.side &&
      one.lots === stop.lots &&
      (isMaker || one.trigger === takeProfit) &&
      stop.trigger === stopLoss &&
      (this.contingency === oco ||
        (one.type !== orderType.marketBudget && stop.type !== orderType.marketBudget))
    )
  }

  pricesRefusal(): RejectReason.RejectReason | undefined {
    const { pair } = this
    if (pair === undefined) return undefined
    const [one, stop] = pair
    const reference = this.contingency === oco ? one.market.referenceTicks : 0
    const price = one.trigger === 0 ? one.priceTicks : one.triggerTicks
    const better = (other: number) =>
      price === 0 || other === 0 || (one.side === buy ? price < other : price > other)
    return better(stop.triggerTicks) && better(reference) ? undefined : "ListPricesInvalid"
  }
}
