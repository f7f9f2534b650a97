/**
 * The engine's venue with the interface of the reference venue, so that both can be driven and
 * examined alike.
 */
import { Batch, Command, Event, Ids } from "@pandora-exchange/core"
import type { Limits } from "../src/Limits.ts"
import { contentsOf, orderAt } from "../src/Contents.ts"
import { OpenOrders } from "../src/OpenOrders.ts"
import * as Snapshot from "../src/Snapshot.ts"
import { accountIdOf } from "../src/State.ts"
import { Venue } from "../src/Venue.ts"
import type { Applied } from "./reference/NaiveVenue.ts"
import type { Balance, HoldView, OpenOrder, Readers } from "./reference/Readers.ts"

export class EngineVenue implements Readers {
  venue: Venue
  private readonly limits: Limits
  private readonly out = new Batch.BatchWriter()
  private readonly scratch = new Uint8Array(2048)

  constructor(limits: Limits) {
    this.limits = limits
    this.venue = Venue.make(limits)
  }

  apply(time: number, command: Command.Command, requestKey?: Command.RequestKey): Applied {
    const { out, scratch } = this
    out.reset()
    const end = Command.encode(Batch.viewOf(scratch), 0, command, requestKey)
    const commandAt = out.beginEntry(scratch, 0, end)
    const eventsAt = out.at
    this.venue.apply(out, commandAt, time)
    const own = Event.decodeAll(out.view, this.venue.ownEventsAt, out.at)
    const { repeated } = this.venue
    return {
      events: Event.decodeAll(out.view, eventsAt, out.at),
      own,
      answer:
        repeated === undefined
          ? own
          : Event.decodeAll(Batch.viewOf(repeated.bytes), repeated.answerAt, repeated.bytes.length)
    }
  }

  hash(): string {
    return Snapshot.hashOf(this.venue.state)
  }

  get totals() {
    return { keys: this.venue.state.keys.keys.size }
  }

  /** Continues with a venue made from this one's snapshot. */
  restore(): void {
    this.venue = new Venue(
      Snapshot.decode(Buffer.concat([...Snapshot.encode(this.venue.state)]), this.limits)
    )
  }

  accounts() {
    const { accounts } = this.venue.state
    return Array.from({ length: accounts.count - 1 }, (_, i) => ({
      accountId: Ids.AccountId(accountIdOf(i + 1)),
      kind: accounts.kind(i + 1)
    }))
  }

  markets() {
    return this.venue.state.markets.flatMap((market) =>
      market === undefined ? [] : [market.terms]
    )
  }

  balances(): ReadonlyArray<Balance> {
    return contentsOf(this.venue.state).balances
  }

  openOrders(): ReadonlyArray<OpenOrder> {
    const { accounts, orders } = this.venue.state
    const open = new OpenOrders(this.venue.state)
    const found: Array<OpenOrder> = []
    for (let index = 1; index < accounts.count; index++) {
      for (let slot = accounts.firstOrder(index); slot !== 0; slot = orders.nextOfAccount(slot)) {
        const remainingLots = orders.remaining(slot) + orders.hidden(slot)
        const { credential, fee, filledQuote, preventedLots } = orderAt(this.venue.state, slot)
        found.push({
          orderId: Ids.OrderId(orders.id(slot)),
          accountId: Ids.AccountId(accountIdOf(index)),
          marketId: Ids.MarketId(orders.market(slot)),
          side: orders.side(slot) === 0 ? "buy" : "sell",
          priceTicks: orders.price(slot),
          lots: orders.lots(slot),
          filledLots: orders.lots(slot) - remainingLots - preventedLots,
          remainingLots,
          shownLots: orders.waits(slot) ? 0 : orders.remaining(slot),
          credential,
          preventedLots,
          filledQuote,
          fee,
          held: BigInt(open.heldOf(slot))
        })
      }
    }
    return found.sort((a, b) => a.orderId - b.orderId)
  }

  holds(): ReadonlyArray<HoldView> {
    return [...this.venue.state.holds].map(([holdId, { account, amount, assetId, reference }]) => ({
      holdId: Ids.HoldId(holdId),
      accountId: Ids.AccountId(accountIdOf(account)),
      assetId: Ids.AssetId(assetId),
      amount,
      reference
    }))
  }
}
