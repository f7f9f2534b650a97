/**
 * `npm run bench -- venue [--json] [--quick]`: orders through the whole exchange, from the call to
 * the durable answer.
 *
 * The exchange and its callers share one thread; 10,000 accounts trade in one market. Throughput is
 * measured with a closed loop of callers, latency with an open loop at half the rate, from the time
 * each call was due. The floor is measured between the rounds: it writes exactly the batches of the
 * previous round, without an exchange. Figures of rounds are medians.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { availableParallelism, cpus } from "node:os"
import { join } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { benchOptions } from "../../../scripts/arguments.ts"
import { createExchange, type PromiseExchange, type Storage } from "../src/index.ts"
import { batchesFrom, secondsToWrite } from "./floor.ts"
import { closedLoop, openLoop } from "./load.ts"
import { median, percentile } from "./statistics.ts"
import { funds, market, Workload } from "./Workload.ts"

const { json, quick } = benchOptions({})

/**
 * Calls in flight at full load; and smaller numbers, whose smaller batches lower the floor and
 * raise the ratio.
 */
const callers = 4_096
const fewerCallers = [512, 64]
const accounts = quick ? 500 : 10_000
const restingOrders = quick ? 2_000 : 50_000
const rounds = quick ? 1 : 5
const roundCalls = quick ? 5_000 : 200_000
const latencySeconds = quick ? 0.1 : 4
const recoveryCommands = quick ? 10_000 : 1_000_000
const snapshotOpenOrders = quick ? 2_000 : 1_000_000
/** While a snapshot is taken, and for the same time before. */
const snapshotLoadPerSecond = 5_000
const snapshotLoadSeconds = quick ? 0.1 : 5
const snapshotSecondsMax = 120

const main = async (folder: string) => {
  const before = processors()
  const file = await measureFile(join(folder, "file"), folder)
  const memory = await measureMemory()
  const recovery = await measureRecovery(join(folder, "recovery"))
  const snapshot = await measureSnapshot(join(folder, "snapshot"))
  const machine = {
    node: process.version,
    cpus: availableParallelism(),
    cpusUsedByOthers: usedByOthers(before)
  }
  return { file, memory, recovery, snapshot, accounts, rounds, machine }
}

const measureFile = async (folder: string, floorFolder: string) => {
  const { exchange, workload } = await openVenue({ folder }, Number.MAX_SAFE_INTEGER)
  const loads = [callers, ...fewerCallers].map((callers) => ({
    callers,
    rounds: [] as Array<Round>
  }))
  await closedLoop(exchange, workload.mixed(roundCalls), callers)
  for (let round = 1; round <= rounds; round++) {
    for (const { callers, rounds: measured } of loads) {
      say(`file, ${callers} callers: round ${round} of ${rounds}`)
      const from = (await exchange.status()).durableSequence + 1
      const calls = workload.mixed(roundCalls)
      collectGarbage()
      const seconds = await closedLoop(exchange, calls, callers)
      const batches = await batchesFrom(folder, from)
      measured.push({
        seconds,
        floorSeconds: await secondsToWrite(batches, floorFolder),
        orders: calls.length,
        batches: batches.length,
        bytes: batches.reduce((sum, { length }) => sum + length, 0)
      })
    }
  }
  const [full, ...fewer] = loads.map(({ callers, rounds }) => ({
    callers,
    ...throughputOf(rounds)
  }))
  const perSecond = full!.ordersPerSecond / 2
  const latencies: Array<ReadonlyArray<number>> = []
  for (let round = 1; round <= rounds; round++) {
    say(`file, half load: round ${round} of ${rounds}`)
    const calls = workload.mixed(Math.round(perSecond * latencySeconds))
    collectGarbage()
    latencies.push(await openLoop(exchange, calls, perSecond))
  }
  await exchange.close()
  const latencyMs = (part: number) =>
    rounded(median(latencies.map((round) => percentile(round, part))), 3)
  return {
    ...full!,
    p50Ms: latencyMs(0.5),
    p99Ms: latencyMs(0.99),
    p999Ms: latencyMs(0.999),
    latencyAtOrdersPerSecond: Math.round(perSecond),
    withFewerCallers: fewer
  }
}

interface Round {
  readonly seconds: number
  readonly floorSeconds: number
  readonly orders: number
  readonly batches: number
  readonly bytes: number
}

const throughputOf = (rounds: ReadonlyArray<Round>) => {
  const of = (figure: (round: Round) => number) => median(rounds.map(figure))
  return {
    ordersPerSecond: Math.round(of(({ orders, seconds }) => orders / seconds)),
    floorOrdersPerSecond: Math.round(of(({ floorSeconds, orders }) => orders / floorSeconds)),
    ratioToFloor: rounded(
      of(({ floorSeconds, seconds }) => floorSeconds / seconds),
      3
    ),
    ordersPerBatch: Math.round(of(({ batches, orders }) => orders / batches)),
    bytesPerOrder: Math.round(of(({ bytes, orders }) => bytes / orders))
  }
}

const measureMemory = async () => {
  const { exchange, workload } = await openVenue("memory", Number.MAX_SAFE_INTEGER)
  const ordersPerSecond: Array<number> = []
  await closedLoop(exchange, workload.mixed(roundCalls), callers)
  for (let round = 1; round <= rounds; round++) {
    say(`memory, full load: round ${round} of ${rounds}`)
    const calls = workload.mixed(roundCalls)
    collectGarbage()
    ordersPerSecond.push(calls.length / (await closedLoop(exchange, calls, callers)))
  }
  await exchange.close()
  return { ordersPerSecond: Math.round(median(ordersPerSecond)) }
}

/** From the beginning of a journal to an exchange that answers. */
const measureRecovery = async (folder: string) => {
  say("recovery: writing the journal")
  const { exchange, workload } = await openVenue({ folder }, Number.MAX_SAFE_INTEGER)
  await sendInParts(
    exchange,
    recoveryCommands - (await exchange.status()).durableSequence,
    (count) => workload.mixed(count)
  )
  const commands = (await exchange.status()).durableSequence
  await exchange.close()
  collectGarbage()
  say("recovery: reading it")
  const begin = performance.now()
  const recovered = await createExchange({
    storage: { folder },
    snapshotEvery: Number.MAX_SAFE_INTEGER
  })
  const seconds = (performance.now() - begin) / 1_000
  const { durableSequence } = await recovered.status()
  await recovered.close()
  if (durableSequence !== commands)
    throw new Error(`recovered ${durableSequence} of ${commands} commands`)
  return { commands, seconds: rounded(seconds, 2) }
}

/**
 * How long the event loop is blocked, and the longest time callers wait, while a snapshot is taken
 * and before.
 */
const measureSnapshot = async (folder: string) => {
  say("snapshot: placing orders")
  const callsBefore = snapshotLoadPerSecond * snapshotLoadSeconds
  const commandsOfSetUp = 3 + accounts * (1 + funds.length)
  const { exchange, workload } = await openVenue(
    { folder },
    commandsOfSetUp + snapshotOpenOrders + callsBefore + 1,
    0
  )
  await sendInParts(exchange, snapshotOpenOrders, (count) => workload.adds(count))
  const openOrders = workload.openOrders
  collectGarbage()
  say("snapshot: load before it")
  const before = await pauses(() =>
    openLoop(exchange, workload.mixed(callsBefore), snapshotLoadPerSecond, oneMs)
  )
  say("snapshot: load while it is taken")
  const begin = performance.now()
  let seconds: number | undefined
  const looking = setInterval(async () => {
    const names = await readdir(join(folder, "snapshots"))
    if (names.some((name) => name.endsWith(".snapshot")))
      seconds ??= (performance.now() - begin) / 1_000
  }, 20)
  const untilTaken = function* () {
    while (seconds === undefined && performance.now() - begin < snapshotSecondsMax * 1_000)
      yield workload.next()
  }
  const during = await pauses(() => openLoop(exchange, untilTaken(), snapshotLoadPerSecond, oneMs))
  clearInterval(looking)
  await exchange.close()
  if (seconds === undefined) throw new Error(`no snapshot was taken in ${snapshotSecondsMax} s`)
  return {
    openOrders,
    pauseMsMax: during.pauseMsMax,
    seconds: rounded(seconds, 2),
    latencyMsMax: during.latencyMsMax,
    before: { pauseMsMax: before.pauseMsMax, latencyMsMax: before.latencyMsMax },
    loadOrdersPerSecond: snapshotLoadPerSecond
  }
}

/** A process that is not always busy, so that the snapshot gets a processor on a small machine. */
const oneMs = (next: () => void) => setTimeout(next, 1)

const pauses = async (load: () => Promise<ReadonlyArray<number>>) => {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const latenciesMs = await load()
  delay.disable()
  return {
    pauseMsMax: rounded(delay.max / 1e6, 2),
    latencyMsMax: rounded(percentile(latenciesMs, 1), 2)
  }
}

/** An exchange with funded accounts and orders in its book. */
const openVenue = async (storage: Storage, snapshotEvery: number, resting = restingOrders) => {
  const exchange = await createExchange({
    storage,
    snapshotEvery,
    assets: [{ symbol: market.base }, { symbol: market.quote }],
    markets: [market]
  })
  const opened = await Promise.all(Array.from({ length: accounts }, () => exchange.openAccount({})))
  const numbers = opened.map(({ account }) => account)
  for (const { amount, asset } of funds) {
    await Promise.all(numbers.map((account) => exchange.credit({ account, asset, amount })))
  }
  const workload = new Workload(numbers, 1)
  await closedLoop(exchange, workload.adds(resting), callers)
  return { exchange, workload }
}

const sendInParts = async (
  exchange: PromiseExchange,
  count: number,
  make: (count: number) => Parameters<typeof closedLoop>[1]
) => {
  const partMax = 100_000
  for (let left = count; left > 0; left -= partMax)
    await closedLoop(exchange, make(Math.min(left, partMax)), callers)
}

/** Milliseconds of all processors: their busy time, and the part spent on this process. */
const processors = () => {
  const times = cpus().map(({ times }) => times)
  const total = times.reduce(
    (sum, { idle, irq, nice, sys, user }) => sum + idle + irq + nice + sys + user,
    0
  )
  const { system, user } = process.cpuUsage()
  return {
    total,
    busy: total - times.reduce((sum, { idle }) => sum + idle, 0),
    own: (system + user) / 1_000
  }
}

/**
 * Processors kept busy by other processes, on average since `before`: if there are any, the figures
 * are worse than the machine's.
 */
const usedByOthers = (before: ReturnType<typeof processors>): number => {
  const now = processors()
  const others = now.busy - before.busy - (now.own - before.own)
  return rounded((others / (now.total - before.total)) * cpus().length, 2)
}

setFlagsFromString("--expose_gc")
/** So that no round pays for earlier garbage. */
const collectGarbage: () => void = runInNewContext("gc")

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals))

const say = (line: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`)
  else process.stderr.write(`${line}\n`)
}

const text = ({
  file,
  machine,
  memory,
  recovery,
  snapshot
}: Awaited<ReturnType<typeof main>>): string => {
  const count = (value: number) => value.toLocaleString("en-US").padStart(9)
  const loads = [file, ...file.withFewerCallers].map(
    (load) =>
      `file      ${count(load.ordersPerSecond)} orders/s with ${load.callers} callers; the same ${load.ordersPerBatch} orders a batch written ` +
      `with no exchange: ${load.floorOrdersPerSecond.toLocaleString("en-US")}, ratio ${load.ratioToFloor}`
  )
  return [
    ...loads,
    `latency   p50 ${file.p50Ms} ms, p99 ${file.p99Ms} ms, p99.9 ${file.p999Ms} ms at ` +
      `${file.latencyAtOrdersPerSecond.toLocaleString("en-US")} orders/s`,
    `memory    ${count(memory.ordersPerSecond)} orders/s`,
    `recovery  ${count(recovery.commands)} commands in ${recovery.seconds} s`,
    `snapshot  ${count(snapshot.openOrders)} open orders in ${snapshot.seconds} s; pauses up to ${snapshot.pauseMsMax} ms (before it ` +
      `${snapshot.before.pauseMsMax} ms), answers after up to ${snapshot.latencyMsMax} ms (before it ${snapshot.before.latencyMsMax} ms)`,
    `          ${file.bytesPerOrder} bytes an order in the journal; Node ${machine.node}, ${machine.cpus} processors, of which others used ` +
      `${machine.cpusUsedByOthers}`
  ].join("\n")
}

// Beside the sources, because the system's temporary folder is in memory on some machines.
const cache = fileURLToPath(new URL("../../../node_modules/.cache", import.meta.url))
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, "venue-bench-"))
const removeFolder = () => rmSync(folder, { recursive: true, force: true })
process.on("exit", removeFolder)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130))

const figures = await main(folder)
say("")
console.log(json ? JSON.stringify(figures) : text(figures))
