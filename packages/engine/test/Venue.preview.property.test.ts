/** What a preview says is what then happens, except for what the book hides. */
import type { Event } from "@pandora-exchange/core"
import { assert, describe, it } from "@effect/vitest"
import type { Preview } from "../src/Placing.ts"
import { preview } from "../src/Venue.ts"
import { EngineVenue } from "./EngineVenue.ts"
import type { CommandOf } from "./reference/NaiveState.ts"
import { limitsSmall, randomCommands } from "./reference/randomCommands.ts"
import { ada, advance, bob, order, price, richVenueFrom, rules } from "./venueWith.ts"

/** The outcome of a command's order, in the terms of a preview. */
const happened = (own: ReadonlyArray<Event.Event>): Preview | string => {
  const [first] = own
  if (first?._tag === "Rejected") return first.reason
  assert.ok(first?._tag === "OrderAccepted")
  const { held, lots, orderId } = first
  const fills: Array<{ priceTicks: number; lots: number }> = []
  let quoteUnits = 0n
  let fee = 0n
  let restingLots = 0
  for (const event of own) {
    if (event._tag === "OrderRested" && event.orderId === orderId) restingLots = event.remainingLots
    if (event._tag !== "Trade" || event.takerOrderId !== orderId) continue
    const last = fills.at(-1)
    if (last?.priceTicks === event.priceTicks) last.lots += event.lots
    else fills.push({ priceTicks: event.priceTicks, lots: event.lots })
    quoteUnits += event.quoteUnits
    fee += event.takerFee
  }
  return { lots, held, fills, quoteUnits, fee, restingLots }
}

const hidesLots = ({ venue }: EngineVenue, marketId: number): boolean => {
  const { levels, markets } = venue.state
  const book = markets[marketId]?.book
  if (book === undefined) return false
  for (const side of [book.bids, book.asks]) {
    for (let level = side.best; level !== 0; level = side.after(level))
      if (levels.hidden(level) !== 0) return true
  }
  return false
}

describe("preview", () => {
  it.each([1, 2])("says what placing then comes to, and changes nothing, seed %i", (seed) => {
    const engine = new EngineVenue(limitsSmall)
    const commands = randomCommands(seed, 3_000)
    const compared = { refused: 0, trading: 0, resting: 0 }
    for (let next = commands.next([]); next.done !== true; ) {
      const [time, command, requestKey] = next.value
      // A preview knows the time of the last command, and not what is due.
      const due = engine.apply(time, advance).events
      const isComparable =
        command._tag === "PlaceOrder" &&
        requestKey === undefined &&
        !hidesLots(engine, command.marketId)
      const hash = isComparable ? engine.hash() : ""
      const previewed = isComparable ? preview(engine.venue.state, command) : undefined
      if (isComparable) assert.strictEqual(engine.hash(), hash)
      const { events, own } = engine.apply(time, command, requestKey)
      if (previewed !== undefined && events.length === own.length) {
        assert.deepStrictEqual(previewed, happened(own), `command ${engine.venue.state.sequence}`)
        if (typeof previewed === "string") compared.refused++
        else if (previewed.fills.length > 0) compared.trading++
        else if (previewed.restingLots > 0) compared.resting++
      }
      next = commands.next([...due, ...events])
    }
    for (const count of Object.values(compared)) assert.isAbove(count, 50)
  })

  it("does not tell what an iceberg hides", () => {
    const { run, venue } = richVenueFrom(EngineVenue)()
    run(order(bob, "sell", 100, 9, { displayLots: 2 }))
    run(order(bob, "sell", 101, 1))
    const { state } = (venue as EngineVenue).venue
    assert.deepStrictEqual(preview(state, order(ada, "buy", 101, 5) as CommandOf<"PlaceOrder">), {
      lots: 5,
      held: 505n,
      fills: [
        { priceTicks: 100, lots: 2 },
        { priceTicks: 101, lots: 1 }
      ],
      quoteUnits: 301n,
      fee: 0n,
      restingLots: 2
    })
    // Placing knows: all nine are there.
    assert.deepStrictEqual(
      run(order(ada, "buy", 101, 5)).own.flatMap((event) =>
        event._tag === "Trade" ? [event.priceTicks] : []
      ),
      [100, 100, 100]
    )
  })

  it("lets nothing rest of an order that the range stops", () => {
    const { run, venue } = richVenueFrom(EngineVenue)()
    run(rules({ triggerSource: "index", rangeUp: 10_200 }))
    run(price(100))
    run(order(bob, "sell", 101, 1))
    const { state } = (venue as EngineVenue).venue
    const rests = () => {
      const previewed = preview(state, order(ada, "buy", 105, 3) as CommandOf<"PlaceOrder">)
      return typeof previewed === "string" ? previewed : previewed.restingLots
    }
    assert.strictEqual(rests(), 2)
    run(order(bob, "sell", 105, 1))
    assert.strictEqual(rests(), 0)
  })
})
