/** Measures time, memory and where the time goes. */
import { type HeapProfiler, Session } from "node:inspector/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const gc = runInNewContext("gc") as () => void

/**
 * Twice, because off-heap buffers found dead by the first collection are counted until the second.
 */
const collectGarbage = (): void => {
  gc()
  gc()
}

export const median = (values: ReadonlyArray<number>): number => {
  const ascending = values.toSorted((a, b) => a - b)
  const half = ascending.length >> 1
  return ascending.length % 2 === 1
    ? ascending[half]!
    : (ascending[half - 1]! + ascending[half]!) / 2
}

/** Something that can be run in pieces: the operations `from` to `to`. */
export type Run = (from: number, to: number) => void

export const secondsOf = (run: () => void): number => {
  const begin = performance.now()
  run()
  return (performance.now() - begin) / 1000
}

export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Nanoseconds per operation, including reading the clock. */
export const latencyOf = (run: Run, from: number, to: number): Latency => {
  const times = new Float64Array(to - from)
  let before = performance.now()
  for (let i = from; i < to; i++) {
    run(i, i + 1)
    const now = performance.now()
    times[i - from] = now - before
    before = now
  }
  times.sort()
  const at = (part: number) =>
    Math.round(times[Math.max(0, Math.ceil(times.length * part) - 1)]! * 1e6)
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: at(1) }
}

/** Bytes per item that remain after `make`, including those outside V8's heap. */
export const bytesPerItem = (make: () => unknown, items: number): number => {
  collectGarbage()
  const before = process.memoryUsage()
  const made = make()
  collectGarbage()
  const after = process.memoryUsage()
  if (made === undefined) throw new Error("What is measured must be kept.")
  return (after.heapUsed + after.external - before.heapUsed - before.external) / items
}

/**
 * Bytes allocated in V8's heap per operation, from a sampling profile that includes what was
 * collected in the meantime.
 */
export const garbagePerOperation = async (run: Run, from: number, to: number): Promise<number> => {
  const session = new Session()
  session.connect()
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true
  })
  run(from, to)
  const { profile } = await session.post("HeapProfiler.stopSampling")
  session.disconnect()
  return bytesOf(profile.head) / (to - from)
}

const bytesOf = ({ children, selfSize }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + bytesOf(child), selfSize)

/** The share of time by source file, largest first, from a CPU profile. */
export const profileOf = async (
  run: () => void
): Promise<ReadonlyArray<readonly [file: string, part: number]>> => {
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  await session.post("Profiler.setSamplingInterval", { interval: 200 })
  await session.post("Profiler.start")
  run()
  const { profile } = await session.post("Profiler.stop")
  session.disconnect()
  const fileOf = new Map(
    profile.nodes.map(({ callFrame, id }) => [id, nameOf(callFrame.url, callFrame.functionName)])
  )
  const hits = new Map<string, number>()
  for (const id of profile.samples ?? [])
    hits.set(fileOf.get(id)!, (hits.get(fileOf.get(id)!) ?? 0) + 1)
  const total = profile.samples?.length ?? 1
  return [...hits]
    .map(([file, count]) => [file, count / total] as const)
    .sort((a, b) => b[1] - a[1])
}

const nameOf = (url: string, functionName: string): string =>
  url.startsWith("file:")
    ? url.slice(url.lastIndexOf("/") + 1)
    : functionName === ""
      ? "(other)"
      : functionName
