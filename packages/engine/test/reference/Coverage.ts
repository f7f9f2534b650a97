import { type Command, type Event, RejectReason } from "@pandora-exchange/core"

/** What a run has come across. */
export class Coverage {
  readonly commands = new Map<string, number>()
  readonly events = new Map<string, number>()
  readonly ends = new Map<string, number>()
  readonly reasons = new Map<string, number>()
  /** `Command Reason`. */
  readonly reasonsByCommand = new Map<string, number>()
  readonly amends = new Map<string, number>()
  /** `type side timeInForce end`. */
  readonly orders = new Map<string, number>()
  readonly lists = new Map<string, number>()
  /** `wait type trigger then`. */
  readonly starts = new Map<string, number>()
  /** By mode. */
  readonly prevented = new Map<string, number>()
  readonly refusedParts = new Map<string, number>()
  /** By or for what an order was reduced. */
  readonly reductions = new Map<string, number>()
  /** The most orders that one command activated. */
  startsMax = 0
  private readonly accepted = new Map<number, Event.EventOf<"OrderAccepted">>()

  /** Before the next venue. */
  restart(): void {
    this.accepted.clear()
  }

  count(command: Command.Command, events: ReadonlyArray<Event.Event>): void {
    add(this.commands, command._tag)
    this.startsMax = Math.max(
      this.startsMax,
      events.filter(({ _tag }) => _tag === "OrderActivated").length
    )
    for (const [index, event] of events.entries()) {
      add(this.events, event._tag)
      if (event._tag === "OrderListAccepted") add(this.lists, event.contingency)
      if (event._tag === "SelfTradePrevented") add(this.prevented, event.mode)
      if (event._tag === "PartRefused") {
        add(this.refusedParts, event.part)
        add(this.reasons, event.reason)
      }
      if (event._tag === "OrderActivated") add(this.starts, this.startOf(event, events[index + 1]!))
      if (event._tag === "OrderReduced") add(this.reductions, reductionOf(events, index))
      if (event._tag === "OrderAccepted") this.accepted.set(event.orderId, event)
      if (event._tag === "OrderEnded") {
        const { side, timeInForce, type } = this.accepted.get(event.orderId)!
        add(this.ends, event.reason)
        add(this.orders, `${type} ${side} ${timeInForce} ${event.reason}`)
      }
      if (event._tag === "Rejected") {
        add(this.reasons, event.reason)
        add(this.reasonsByCommand, `${command._tag} ${event.reason}`)
      }
      if (event._tag === "OrderAmended") add(this.amends, amendOf(event, events.at(-1)!))
    }
  }

  private startOf(event: Event.EventOf<"OrderActivated">, next: Event.Event): string {
    const { timeInForce, type } = this.accepted.get(event.orderId)!
    const then = next._tag === "OrderEnded" ? next.reason : next._tag
    return `${event.wait} ${type} ${timeInForce} ${then}`
  }

  /** The reject reasons that did not come up. */
  missingReasons(): ReadonlyArray<string> {
    return RejectReason.rejectReasons.filter((reason) => !this.reasons.has(reason))
  }
}

const reductionOf = (events: ReadonlyArray<Event.Event>, index: number): string =>
  events[index - 1]?._tag === "SelfTradePrevented"
    ? "after SelfTradePrevented"
    : `before ${events.slice(index).find(({ _tag }) => _tag !== "OrderReduced")?._tag}`

const amendOf = (event: Event.EventOf<"OrderAmended">, last: Event.Event): string => {
  const price = Math.sign(event.priceTicks - event.oldPriceTicks)
  const lots = Math.sign(event.remainingLots - event.oldRemainingLots)
  const then = event.keptPriority ? "stays" : last._tag === "OrderRested" ? "rests" : "trades whole"
  return `price ${"-=+"[price + 1]} lots ${"-=+"[lots + 1]} ${then}`
}

const add = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
