/**
 * `npm run bench -- journal [--json] [--quick]`: measures appends against the floor below them, and
 * reads.
 *
 * The floor writes the same bytes to the same kind of file without a journal, in the two available
 * ways: one write to a file opened with O_DSYNC, which is what the journal does on Linux, and a
 * write followed by fdatasync. Rounds of all three alternate, and each figure is the median of its
 * rounds.
 */
import type { Batch } from "@pandora-exchange/core/Batch"
import { type Epoch, Sequence } from "@pandora-exchange/core/Ids"
import { type Head, Journal } from "@pandora-exchange/core/ports/Journal"
import { batchAfter, headOf } from "@pandora-exchange/core/testing/Batches"
import { Effect, Stream } from "effect"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { benchOptions } from "../../../scripts/arguments.ts"
import * as FileJournal from "../src/FileJournal.ts"
import { aligned, fillBehind } from "../src/internal/Segment.ts"

const { json, quick } = benchOptions({})
const appends = quick ? 20 : 1000
const rounds = quick ? 1 : 7
const commandsPerBatch = 155
const commandsToRead = quick ? 20_000 : 1_000_000
const readRounds = quick ? 1 : 3

const say = (line: string): void => {
  if (!json) console.log(line)
}

/** Milliseconds of each append of a round, sorted. */
type Times = ReadonlyArray<number>

const sorted = (times: Array<number>): Times => times.sort((a, b) => a - b)
const percentile = (times: Times, p: number): number =>
  times[Math.min(times.length - 1, Math.floor((times.length * p) / 100))]!
const median = (numbers: ReadonlyArray<number>): number => percentile(sorted([...numbers]), 50)

const floorRound = async (
  folder: string,
  batches: ReadonlyArray<Batch>,
  sync: "O_DSYNC" | "fdatasync"
): Promise<Times> => {
  const { O_RDWR, O_CREAT, O_DSYNC } = fs.constants
  const fd = fs.openSync(
    join(folder, "floor"),
    O_RDWR | O_CREAT | (sync === "O_DSYNC" ? O_DSYNC : 0)
  )
  allocate(fd, batches)
  const times: Array<number> = []
  let at = 0
  for (const { bytes } of batches) {
    const begin = performance.now()
    await new Promise<void>((resolve, reject) => {
      const done = (error: Error | null) => (error === null ? resolve() : reject(error))
      fs.writev(fd, [bytes, fillBehind(bytes.length)], at, (error) =>
        error !== null || sync === "O_DSYNC" ? done(error) : fs.fdatasync(fd, done)
      )
    })
    times.push(performance.now() - begin)
    at += aligned(bytes.length)
  }
  fs.closeSync(fd)
  return sorted(times)
}

const allocate = (fd: number, batches: ReadonlyArray<Batch>): void => {
  const zeros = new Uint8Array(1 << 20)
  const bytes = batches.reduce((sum, batch) => sum + aligned(batch.bytes.length), 0)
  for (let at = 0; at < bytes; at += zeros.length) fs.writeSync(fd, zeros, 0, zeros.length, at)
  fs.fsyncSync(fd)
}

const journalRound = Effect.fnUntraced(function* (
  journal: Journal["Service"],
  batches: ReadonlyArray<Batch>
) {
  const times: Array<number> = []
  for (const batch of batches) {
    const begin = performance.now()
    yield* journal.append(batch)
    times.push(performance.now() - begin)
  }
  return sorted(times)
})

const batchesAfter = (head: Head, epoch: Epoch, count: number): ReadonlyArray<Batch> => {
  const batches: Array<Batch> = []
  for (let i = 0; i < count; i++)
    batches.push(
      batchAfter(batches.length === 0 ? head : headOf(batches.at(-1)!), epoch, commandsPerBatch)
    )
  return batches
}

/** Figures for appends. */
const report = (what: string, times: ReadonlyArray<Times>) => {
  const p50Ms = median(times.map((round) => percentile(round, 50)))
  const p99Ms = median(times.map((round) => percentile(round, 99)))
  const total = median(times.map((round) => round.reduce((sum, time) => sum + time, 0)))
  const perSecond = (appends / total) * 1000
  say(
    `${what.padEnd(24)} ${p50Ms.toFixed(3)} ms p50   ${p99Ms.toFixed(3)} ms p99   ${perSecond.toFixed(0)} per second`
  )
  return { p50Ms, p99Ms, perSecond }
}

const program = Effect.fnUntraced(function* (folder: string) {
  const journal = yield* Journal
  const { epoch, head: claimedHead } = yield* journal.claim
  let head = claimedHead
  const times = {
    dsync: [] as Array<Times>,
    fdatasync: [] as Array<Times>,
    journal: [] as Array<Times>
  }
  for (let round = 0; round < rounds; round++) {
    const batches = batchesAfter(head, epoch, appends)
    head = headOf(batches.at(-1)!)
    times.dsync.push(yield* Effect.promise(() => floorRound(folder, batches, "O_DSYNC")))
    times.journal.push(yield* journalRound(journal, batches))
    times.fdatasync.push(yield* Effect.promise(() => floorRound(folder, batches, "fdatasync")))
  }
  const size = batchesAfter(head, epoch, 1)[0]!.bytes.length
  say(
    `append, ${rounds} rounds of ${appends} batches of ${commandsPerBatch} commands and ${size} bytes`
  )
  const dsync = report("floor, O_DSYNC", times.dsync)
  const fdatasync = report("floor, write, fdatasync", times.fdatasync)
  const appended = report("journal", times.journal)
  const timesFloor = {
    dsync: dsync.perSecond / appended.perSecond,
    fdatasync: fdatasync.perSecond / appended.perSecond
  }
  say(
    `journal / floor          ${timesFloor.dsync.toFixed(2)} of O_DSYNC, ${timesFloor.fdatasync.toFixed(2)} of write, fdatasync`
  )

  while (head.lastSequence < commandsToRead) {
    for (const batch of batchesAfter(head, epoch, 100)) {
      yield* journal.append(batch)
      head = headOf(batch)
    }
  }
  const readSeconds: Record<string, number> = {}
  for (const [what, read] of Object.entries({
    journal: journal.read,
    reader: FileJournal.reader({ folder }).read
  })) {
    const seconds: Array<number> = []
    let bytes = 0
    for (let round = 0; round < readRounds; round++) {
      const begin = performance.now()
      bytes = yield* Stream.runFold(
        read(Sequence(1)),
        () => 0,
        (sum, batch) => sum + batch.bytes.length
      )
      seconds.push((performance.now() - begin) / 1000)
    }
    const megabytes = bytes / 1e6
    readSeconds[what] = median(seconds)
    say(
      `read, ${what.padEnd(18)} ${head.lastSequence} commands, ${megabytes.toFixed(0)} MB in ${readSeconds[what].toFixed(2)} s`
    )
  }
  const begin = performance.now()
  yield* journal.claim
  const claimMs = performance.now() - begin
  say(`claim                    ${claimMs.toFixed(0)} ms`)
  return {
    append: { dsync, fdatasync, journal: appended, timesFloor },
    read: { commands: head.lastSequence, seconds: readSeconds },
    claimMs
  }
})

const folder = fs.mkdtempSync(
  join(process.env["PANDORA_BENCH_FOLDER"] ?? tmpdir(), "pandora-bench-")
)
try {
  const figures = await Effect.runPromise(
    Effect.provide(program(folder), FileJournal.layer({ folder }))
  )
  if (json) console.log(JSON.stringify(figures))
} finally {
  fs.rmSync(folder, { recursive: true })
}
