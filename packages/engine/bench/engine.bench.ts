/**
 * `npm run bench -- engine [--scale N] [--rounds N] [--json]`
 *
 * The venue's own book against books of npm, in turn and in one run, after checking that all make the same trades; the whole venue in
 * memory; latency, memory and garbage. An engine's figure is the median over rounds. `--scale 0.1` takes a tenth of each workload.
 */
import { parseArgs } from "node:util"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { LevelPool, OrderBook } from "../src/OrderBook.ts"
import { OrderIndex } from "../src/OrderIndex.ts"
import { OrderPool } from "../src/OrderPool.ts"
import { type Engine, own, peers } from "./books.ts"
import { venue } from "./wholeVenue.ts"
import { makeWorkload, priceMax, type Workload, workloadNames } from "./Workload.ts"

const { values } = parseArgs({
  options: {
    scale: { type: "string", default: "1" },
    rounds: { type: "string", default: "5" },
    json: { type: "boolean", default: false }
  }
})
const scale = Number(values.scale)
const rounds = Number(values.rounds)
if (!(scale > 0 && scale <= 10 && Number.isInteger(rounds) && rounds > 0)) {
  console.error("--scale is a number above 0 and up to 10, --rounds a whole number from 1.")
  process.exit(1)
}
setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

const print = (name: string, text: string) => {
  if (!values.json) console.log(`${name.padEnd(28)} ${text}`)
}
const rounded = (value: number, digits = 3) => Number(value.toPrecision(digits))
const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Operations a second of one pass on a fresh book. */
const pass = (engine: Engine, workload: Workload): number => {
  const book = engine(workload)
  book.run(0, workload.resting)
  const begun = performance.now()
  book.run(workload.resting, workload.kinds.length)
  return ((workload.kinds.length - workload.resting) / (performance.now() - begun)) * 1000
}

/** Throws unless the engine makes the trades of the workload. The pass also warms it up. */
const check = (name: string, engine: Engine, workload: Workload): void => {
  const book = engine(workload)
  book.run(0, workload.resting)
  const [tradesBefore, volumeBefore] = [book.trades(), book.volume()]
  book.run(workload.resting, workload.kinds.length)
  const [made, moved] = [book.trades() - tradesBefore, book.volume() - volumeBefore]
  if (made !== workload.trades || (!Number.isNaN(moved) && moved !== workload.volume)) {
    throw new Error(
      `${name}: ${made} trades of ${moved} lots, and ${workload.trades} of ${workload.volume} were expected`
    )
  }
}

const latencyOf = (engine: Engine, workload: Workload) => {
  const book = engine(workload)
  book.run(0, workload.resting)
  const taken = new Float64Array(workload.kinds.length - workload.resting)
  for (let i = 0; i < taken.length; i++) {
    const begun = performance.now()
    book.run(workload.resting + i, workload.resting + i + 1)
    taken[i] = (performance.now() - begun) * 1000
  }
  taken.sort()
  const at = (part: number) => rounded(taken[Math.min(taken.length - 1, Math.floor(taken.length * part))]!)
  return { p50Us: at(0.5), p99Us: at(0.99), p999Us: at(0.999), maxUs: at(1) }
}

/** Bytes of the process for each of a million resting orders, and the longest of the operations that put them there. */
const restingOf = (count: number) => {
  const used = () => {
    collect()
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    return arrayBuffers + heapUsed
  }
  const before = used()
  const pool = new OrderPool()
  const index = new OrderIndex(pool)
  const book = new OrderBook(priceMax, pool, new LevelPool())
  let longestMs = 0
  for (let id = 1; id <= count; id++) {
    const begun = performance.now()
    const slot = pool.allocate()
    pool.setId(slot, id)
    pool.setTerms(slot, 1, id & 1, 0, false, 0)
    pool.setRemaining(slot, 1 + (id % 100))
    index.add(id, slot)
    book.of(id & 1).append(slot, (id & 1) === 0 ? 4_000_000 - (id % 10_007) : 4_000_001 + (id % 10_007))
    longestMs = Math.max(longestMs, performance.now() - begun)
  }
  return { bytesPerOrder: rounded((used() - before) / count), longestMs: rounded(longestMs), orders: pool.count }
}

/** Bytes of garbage an operation leaves, over operations too few for a collection. */
const garbageOf = (engine: Engine, workload: Workload): number => {
  const book = engine(workload)
  book.run(0, workload.resting)
  const operations = Math.min(100_000, (workload.kinds.length - workload.resting) >> 1)
  book.run(workload.resting, workload.resting + operations)
  collect()
  const before = process.memoryUsage().heapUsed
  book.run(workload.resting + operations, workload.resting + 2 * operations)
  return rounded(Math.max(0, process.memoryUsage().heapUsed - before) / operations)
}

const book: Record<string, object> = {}
for (const name of workloadNames) {
  const workload = makeWorkload(name, scale)
  const engines = { own, ...peers }
  for (const [engineName, engine] of Object.entries(engines)) check(`${name}, ${engineName}`, engine, workload)
  const measured = Object.fromEntries(Object.keys(engines).map((engine) => [engine, [] as Array<number>]))
  for (let round = 0; round < rounds; round++) {
    for (const [engineName, engine] of Object.entries(engines)) measured[engineName]!.push(pass(engine, workload))
  }
  const perSecond = Object.fromEntries(Object.entries(measured).map(([engine, passes]) => [engine, median(passes)]))
  const best = Math.max(...Object.keys(peers).map((engine) => perSecond[engine]!))
  const opsPerSecond = perSecond["own"]!
  book[name] = {
    opsPerSecond: Math.round(opsPerSecond),
    ratioToBestPeer: rounded(opsPerSecond / best),
    peers: Object.fromEntries(Object.keys(peers).map((engine) => [engine, Math.round(perSecond[engine]!)])),
    operations: workload.kinds.length - workload.resting,
    trades: workload.trades
  }
  print(
    name,
    `${rounded(opsPerSecond / 1e6)} million operations/s, ${rounded(opsPerSecond / best)} times the best peer (${Object.keys(
      peers
    )
      .map((engine) => `${engine} ${rounded(perSecond[engine]! / 1e6)}`)
      .join(", ")})`
  )
}

const mixed = makeWorkload("mixed", scale)
check("the venue", venue, mixed)
const commandsPerSecond = median(Array.from({ length: rounds }, () => pass(venue, mixed)))
print("venue, mixed", `${rounded(commandsPerSecond / 1e6)} million commands/s`)

const clock = latencyOf(() => ({ run: () => {}, trades: () => 0, volume: () => 0 }), mixed)
const latency = { book: latencyOf(own, mixed), venue: latencyOf(venue, mixed), clock }
for (const [name, { maxUs, p50Us, p99Us, p999Us }] of Object.entries(latency)) {
  print(`latency, ${name}`, `p50 ${p50Us} us, p99 ${p99Us} us, p99.9 ${p999Us} us, most ${maxUs} us`)
}
const resting = restingOf(Math.round(1_000_000 * Math.min(1, scale)))
print("resting orders", `${resting.bytesPerOrder} bytes each, no operation over ${resting.longestMs} ms`)
const garbage = { bookBytes: garbageOf(own, mixed), venueBytes: garbageOf(venue, mixed) }
print("garbage", `${garbage.bookBytes} bytes an operation of the book, ${garbage.venueBytes} a command of the venue`)

if (values.json) {
  const figures = {
    book,
    venue: { mixed: { commandsPerSecond: Math.round(commandsPerSecond) } },
    latency,
    resting,
    garbage
  }
  console.log(JSON.stringify({ scale, rounds, ...figures }))
}
