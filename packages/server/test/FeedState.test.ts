/**
 * What a feed says about an order, whether it read the order's events or started from a snapshot
 * that contains it.
 */
import { expect, it } from "@effect/vitest"
import { Ids } from "@pandora-exchange/core"
import { contentsOf } from "@pandora-exchange/engine/Contents"
import { EngineVenue } from "../../engine/test/EngineVenue.ts"
import { ada, advance, order, price, richVenueFrom, rules } from "../../engine/test/venueWith.ts"
import { FeedState } from "../src/feed/FeedState.ts"

/** What a waiting order shows besides. */
const triggersOf = ({ orders }: FeedState, account: number) =>
  orders
    .openOf(account)
    .map(({ orderId, trailingOffset, trailingUnit, trigger, triggerTicks, waitsFor }) => ({
      orderId,
      waitsFor,
      trigger,
      triggerTicks,
      trailingUnit,
      trailingOffset
    }))

const none = { trigger: "none", triggerTicks: 0, trailingUnit: "none", trailingOffset: 0 }

it("an activated order has no trigger any more, from the journal's beginning as from a snapshot", () => {
  const { run, venue } = richVenueFrom(EngineVenue)()
  const engine = venue as EngineVenue
  const whole = new FeedState(contentsOf(engine.venue.state))
  const apply = (command: Parameters<typeof run>[0]) => {
    const { events } = run(command)
    whole.apply([
      { sequence: Ids.Sequence(engine.venue.state.sequence), time: engine.venue.state.time, events }
    ])
  }
  apply(rules({ triggerSource: "index" }))
  apply(order(ada, "sell", 94, 1, { trigger: "stopLoss", triggerTicks: 95 }))
  const trailing = { trailingUnit: "ticks", trailingOffset: 3 } as const
  apply(order(ada, "sell", 93, 1, { trigger: "stopLoss", triggerTicks: 80, ...trailing }))

  const read = () =>
    [whole, new FeedState(contentsOf(engine.venue.state))].map((feed) => triggersOf(feed, ada))
  const first = { ...none, orderId: 1, waitsFor: "trigger", trigger: "stopLoss", triggerTicks: 95 }
  const second = { ...first, ...trailing, orderId: 2, triggerTicks: 80 }
  expect(read()).toEqual([
    [first, second],
    [first, second]
  ])
  apply(price(95))
  apply(advance)
  const activated = { ...none, orderId: 1, waitsFor: "none" }
  expect(read()).toEqual([
    [activated, second],
    [activated, second]
  ])
})
