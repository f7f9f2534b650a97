/** What `npm run bench -- engine` measures does what it says. */
import { assert, describe, it } from "@effect/vitest"
import { BareBook } from "../bench/BareBook.ts"
import { idsOf, Peer, peerNames } from "../bench/peers.ts"
import { commandsOf, WholeVenue } from "../bench/WholeVenue.ts"
import { names, workloads } from "../bench/Workload.ts"

describe.each(names)("the workload %s", (name) => {
  const workload = workloads[name](0.002, 0.01)
  const { count, trades, volume } = workload

  it("has trades", () => {
    assert.isAbove(trades, 50)
  })

  it("makes its trades in the venue's book alone", () => {
    const book = new BareBook()
    book.run(workload, 0, count)
    assert.deepStrictEqual({ trades: book.trades, volume: book.volume }, { trades, volume })
  })

  it("makes its trades in the whole venue, which refuses nothing", () => {
    const venue = new WholeVenue()
    const commands = commandsOf(workload)
    const found = { trades: 0, volume: 0, refusals: [] as Array<string> }
    for (let i = 0; i < count; i++) {
      for (const event of venue.eventsOf(commands, i)) {
        if (event._tag === "Rejected") found.refusals.push(event.reason)
        if (event._tag !== "Trade") continue
        found.trades++
        found.volume += event.lots
      }
    }
    assert.deepStrictEqual(found, { trades, volume, refusals: [] })
  })

  it.each(peerNames)("makes its trades in %s", (peer) => {
    const book = new Peer(peer, idsOf(workload))
    book.run(workload, 0, count)
    assert.deepStrictEqual({ trades: book.trades, volume: book.volume }, { trades, volume })
  })
})
