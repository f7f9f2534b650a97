/**
 * `npm run bench -- engine [--json] [--quick] [--scale 0.1] [--rounds 5]`: the venue's book alone
 * beside order books from npm, and the whole venue in memory.
 *
 * Every engine gets the same operations through its own calls and must make the same trades; those
 * from npm, which would take half an hour, only the first of them, after the whole book was filled.
 * Each warms up on throwaway books, for a whole pass and at least a second; then passes, each on a
 * fresh book, take turns, and a figure is the median of the rounds. Filling the book is not timed.
 */
import { benchOptions, stop } from "../../../scripts/arguments.ts"
import { BareBook } from "./BareBook.ts"
import {
  bytesPerItem,
  garbagePerOperation,
  type Latency,
  latencyOf,
  median,
  profileOf,
  type Run,
  secondsOf
} from "./measuring.ts"
import { idsOf, Peer, peerNames } from "./peers.ts"
import { commandsOf, WholeVenue } from "./WholeVenue.ts"
import { mixedFlow, names, type Workload, workloads } from "./Workload.ts"

const { json, quick, rounds, scale } = benchOptions({
  scale: { usual: 1, quick: 0.001 },
  rounds: { usual: 5, quick: 1 }
})
if (scale > 1) stop("--scale is a part of the whole run: at most 1.")
if (!Number.isInteger(rounds)) stop("--rounds is a whole number.")

const warmUpMs = quick ? 0 : 1_000
/** The part of the operations given to the books from npm. */
const peersPart = 0.05
/** The size of the books, relative to the usual one. */
const size = quick ? 0.01 : 1
const restingInMemory = 1_000_000 * size
const scalingOperations = quick ? 2_000 : 200_000
const restingInScaling = quick
  ? [1_000, 10_000]
  : [1_000, 10_000, 100_000, 1_000_000, ...(scale === 1 ? [10_000_000] : [])]
const marketCounts = quick ? [1, 10] : [1, 10, 100, 1_000]

const say = (line: string): void => {
  if (!json) console.log(line)
}
const millions = (perSecond: number): string => `${(perSecond / 1e6).toFixed(3).padStart(8)} M/s`

interface Engine {
  readonly trades: number
  readonly volume: number
  run(workload: Workload, from: number, to: number): void
}

/** Operations per second of one pass on a fresh engine. */
const pass = (name: string, make: () => Engine, workload: Workload): number => {
  const { count, resting, trades, volume } = workload
  const engine = make()
  engine.run(workload, 0, resting)
  const seconds = secondsOf(() => engine.run(workload, resting, count))
  if (engine.trades !== trades || engine.volume !== volume) {
    throw new Error(
      `${name} made ${engine.trades} trades of ${engine.volume} lots; ${trades} of ${volume} were expected.`
    )
  }
  return (count - resting) / seconds
}

const warmUp = (run: () => void): void => {
  const end = performance.now() + warmUpMs
  do run()
  while (performance.now() < end)
}

const compare = (workload: Workload, beginning: Workload) => {
  const ids = idsOf(beginning)
  const engines = [
    { name: "book", flow: workload, make: (): Engine => new BareBook() },
    ...peerNames.map((name) => ({ name, flow: beginning, make: (): Engine => new Peer(name, ids) }))
  ].map((engine) => ({ ...engine, found: [] as Array<number> }))
  for (const { flow, make, name } of engines) warmUp(() => pass(name, make, flow))
  for (let round = 0; round < rounds; round++) {
    for (const { flow, found, make, name } of engines) found.push(pass(name, make, flow))
  }
  const [opsPerSecond, ...peers] = engines.map(({ found }) => median(found)) as [
    number,
    ...Array<number>
  ]
  return { opsPerSecond, peers, ratioToBestPeer: opsPerSecond / Math.max(...peers) }
}

/** A fresh engine with its book filled. */
const filledBook = (workload: Workload): Run => {
  const book = new BareBook()
  book.run(workload, 0, workload.resting)
  return (from, to) => book.run(workload, from, to)
}

const measureBooks = () => {
  say(`The book is the venue's own class; ${rounds} rounds, scale ${scale}. Operations per second:`)
  const found: Record<string, { readonly opsPerSecond: number; readonly ratioToBestPeer: number }> =
    {}
  for (const name of names) {
    say(`${name} ...`)
    const { opsPerSecond, peers, ratioToBestPeer } = compare(
      workloads[name](scale, size),
      workloads[name](scale * peersPart, size)
    )
    found[name] = { opsPerSecond, ratioToBestPeer }
    const others = peers.map((perSecond, i) => `${peerNames[i]} ${millions(perSecond)}`).join("   ")
    say(
      `${name.padEnd(8)} book ${millions(opsPerSecond)}   ${others}   ratio ${ratioToBestPeer.toFixed(1)}`
    )
  }
  return found
}

const measureVenue = async (workload: Workload) => {
  const { count, resting, trades } = workload
  const commands = commandsOf(workload)
  const filled = (): { readonly run: Run; readonly whole: WholeVenue } => {
    const whole = new WholeVenue()
    whole.run(commands, 0, resting)
    return { whole, run: (from, to) => whole.run(commands, from, to) }
  }
  const venuePass = (): number => {
    const { run, whole } = filled()
    const seconds = secondsOf(() => run(resting, count))
    if (whole.trades !== trades)
      throw new Error(`The venue made ${whole.trades} trades; ${trades} were expected.`)
    return (count - resting) / seconds
  }
  warmUp(venuePass)
  const commandsPerSecond = median(Array.from({ length: rounds }, venuePass))
  say(
    `venue    ${millions(commandsPerSecond)} commands, ${(1e9 / commandsPerSecond).toFixed(0)} ns each, spent in`
  )
  const { run } = filled()
  for (const [file, part] of await profileOf(() => run(resting, count))) {
    if (part >= 0.01)
      say(`  ${file.padEnd(24)} ${((part * 1e9) / commandsPerSecond).toFixed(0).padStart(5)} ns`)
  }
  return {
    commandsPerSecond,
    latency: latencyOf(filled().run, resting, count),
    garbage: await garbagePerOperation(filled().run, resting, count)
  }
}

const tellLatency = (what: string, { max, p50, p99, p999 }: Latency): void =>
  say(`latency  ${what.padEnd(6)} p50 ${p50} ns   p99 ${p99} ns   p99.9 ${p999} ns   max ${max} ns`)

/** Nanoseconds per operation, and the longest, by resting orders. */
const measureScaling = () =>
  restingInScaling.map((resting) => {
    const workload = mixedFlow(resting, scalingOperations)
    const again = () => 1e9 / pass("book", () => new BareBook(), workload)
    warmUp(again)
    const nsPerOperation = median([again(), again(), again()])
    const longestNs = latencyOf(filledBook(workload), resting, workload.count).max
    say(
      `scaling  ${String(resting).padStart(8)} resting: ${nsPerOperation.toFixed(0)} ns each, the longest ${longestNs} ns`
    )
    return { resting, nsPerOperation, longestNs }
  })

/**
 * Nanoseconds per operation by number of markets, with the same total number of resting orders and
 * operations.
 */
const measureMarkets = () =>
  marketCounts.map((markets) => {
    const workload = mixedFlow((50_000 * size) / markets, (2 * scalingOperations) / markets)
    const { count, resting, trades } = workload
    const again = (): number => {
      const book = new BareBook(markets)
      const run = (from: number, to: number): void => {
        for (let i = from; i < to; i++)
          for (let market = 0; market < markets; market++) book.step(workload, i, market)
      }
      run(0, resting)
      const seconds = secondsOf(() => run(resting, count))
      if (book.trades !== trades * markets)
        throw new Error(`${markets} markets made ${book.trades} trades.`)
      return (seconds * 1e9) / ((count - resting) * markets)
    }
    warmUp(again)
    const nsPerOperation = median([again(), again(), again()])
    say(`markets  ${String(markets).padStart(8)}: ${nsPerOperation.toFixed(0)} ns each`)
    return { markets, nsPerOperation }
  })

const book = measureBooks()
const mixed = workloads.mixed(scale, size)
const { commandsPerSecond, ...whole } = await measureVenue(mixed)
const bareLatency = latencyOf(filledBook(mixed), mixed.resting, mixed.count)
tellLatency("book", bareLatency)
tellLatency("venue", whole.latency)

const filled = mixedFlow(restingInMemory, 0)
const bytesPerRestingOrder = bytesPerItem(() => filledBook(filled), filled.resting)
say(
  `memory   ${bytesPerRestingOrder.toFixed(0)} bytes per resting order of a book of ${filled.resting}`
)
const garbage = {
  bookBytesPerOperation: await garbagePerOperation(filledBook(mixed), mixed.resting, mixed.count),
  venueBytesPerCommand: whole.garbage
}
say(
  `garbage  ${garbage.bookBytesPerOperation.toFixed(2)} bytes per operation, ${garbage.venueBytesPerCommand.toFixed(2)} per command`
)
const scaling = measureScaling()
const markets = measureMarkets()

if (json) {
  console.log(
    JSON.stringify({
      book,
      venue: { mixed: { commandsPerSecond } },
      latency: { book: bareLatency, venue: whole.latency },
      memory: { bytesPerRestingOrder },
      garbage,
      scaling,
      markets
    })
  )
}
