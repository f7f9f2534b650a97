/** The benchmark's workloads, small: what must come out of them comes out of the venue's own book, of its peers and of the whole venue. */
import { assert, describe, it } from "vitest"
import { type Engine, own, peers } from "../bench/books.ts"
import { venue } from "../bench/wholeVenue.ts"
import { makeWorkload, workloadNames } from "../bench/Workload.ts"

const engines: Readonly<Record<string, Engine>> = { own, ...peers, venue }

describe.each(workloadNames)("workload %s", (name) => {
  const workload = makeWorkload(name, 0.002)

  it.each(Object.keys(engines))("makes its trades in %s", (engine) => {
    const book = engines[engine]!(workload)
    book.run(0, workload.resting)
    assert.strictEqual(book.trades(), 0)
    book.run(workload.resting, workload.kinds.length)
    assert.isAbove(workload.trades, 0)
    assert.strictEqual(book.trades(), workload.trades)
    if (engine !== "venue") assert.strictEqual(book.volume(), workload.volume)
  })
})
