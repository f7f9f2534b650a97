/**
 * `npm run bench -- projections [--json] [--quick] [--orders N] [--batch N] [--rate N] [--embedded]`
 *
 * Appends the journal of a busy venue to Postgres, makes the projections of it, and then both at
 * once at a steady rate, all on this machine. The floor is the same bytes written to a file with an
 * fdatasync for each batch.
 */
import { type Batch, Journal } from "@pandora-exchange/core"
import { Duration, Effect, Fiber, Layer } from "effect"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { benchOptions } from "../../../scripts/arguments.ts"
import * as Prerequisite from "../../../scripts/Prerequisite.ts"
import { EmbeddedDatabase, PgDatabase, PgJournal, Projections } from "../src/index.ts"
import * as Postgres from "../test/support/Postgres.ts"
import * as ServerProcess from "../test/support/ServerProcess.ts"
import { orderFlow } from "./orderFlow.ts"

const options = benchOptions(
  {
    orders: { usual: 200_000, quick: 1_000 },
    batch: { usual: 512, quick: 512 },
    rate: { usual: 10_000, quick: 10_000 }
  },
  ["embedded"]
)
if (!options.embedded && !Postgres.available) process.exit(Prerequisite.exitCodeSkipped)

const accounts = options.quick ? 20 : 1_000
const figures: Record<string, number> = {}

/** Prints a line, and keeps its figures for JSON output. */
const print = (name: string, text: string, found: Readonly<Record<string, number>>) => {
  Object.assign(figures, found)
  if (!options.json) console.log(`${name.padEnd(34)} ${text}`)
}
const number = (value: number) => Math.round(value).toLocaleString("en")

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.timed(effect), ([time]) => Duration.toSeconds(time))

const writeFloor = (batches: ReadonlyArray<Batch.Batch>) => {
  const folder = fs.mkdtempSync(join(tmpdir(), "pandora-bench-"))
  const file = fs.openSync(join(folder, "floor"), "w")
  for (const { bytes } of batches) {
    fs.writeSync(file, bytes)
    fs.fdatasyncSync(file)
  }
  fs.closeSync(file)
  fs.rmSync(folder, { recursive: true })
}

const flow = orderFlow(options.orders, options.batch, accounts)
const { batches, orders, trades } = flow
const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
const commands = batches.reduce((sum, batch) => sum + batch.count, 0)
print(
  "journal",
  `${number(orders)} orders, ${number(trades)} trades, ${number(commands)} commands, ${number(batches.length)} batches, ${number(bytes / 1e6)} MB`,
  { orders, trades, commands, batches: batches.length, bytes }
)

const withVenue = (venueId: string) =>
  Layer.mergeAll(PgJournal.layer({ venueId }), Projections.layer({ venueId }))

const appendAll = Effect.gen(function* () {
  const journal = yield* Journal.Journal
  yield* journal.claim
  for (const batch of batches) yield* journal.append(batch)
})

const oneAfterTheOther = Effect.gen(function* () {
  const journal = yield* Journal.Journal
  const projections = yield* Projections.Projections
  const floorTime = yield* timed(Effect.sync(() => writeFloor(batches)))
  const appendTime = yield* timed(appendAll)
  print(
    "append",
    `${number(orders / appendTime)} orders/s, ${number(batches.length / appendTime)} batches/s, ${(floorTime / appendTime).toFixed(2)} of the floor`,
    { appendOrdersPerSecond: orders / appendTime, appendOfFloor: floorTime / appendTime }
  )
  const projectTime = yield* timed(projections.catchUp(journal.read))
  const { sql } = yield* PgDatabase.PgDatabase
  const [row] = yield* sql<{
    readonly entries: bigint
  }>`SELECT count(*) AS entries FROM pandora.ledger_entry WHERE venue_id = 'first'`
  print(
    "projections, journal complete",
    `${number(orders / projectTime)} orders/s, ${number(Number(row!.entries) / projectTime)} entries/s`,
    {
      projectedOrdersPerSecond: orders / projectTime,
      projectedEntriesPerSecond: Number(row!.entries) / projectTime
    }
  )
})

/** Appends at the requested rate, while followers keep up. */
const atOnce = Effect.gen(function* () {
  const { rate } = options
  const journal = yield* Journal.Journal
  const projections = yield* Projections.Projections
  const following = yield* Effect.forkChild(projections.follow(journal.read))
  yield* journal.claim
  const start = performance.now()
  let appended = 0
  let lagMax = 0
  for (const batch of batches) {
    yield* journal.append(batch)
    appended += batch.count
    const dueMs = ((appended / commands) * orders * 1000) / rate
    const aheadMs = dueMs - (performance.now() - start)
    if (aheadMs > 0) yield* Effect.sleep(aheadMs)
    if (batch.firstSequence % 20 === 1) {
      const { ledger, trading } = yield* projections.positions
      lagMax = Math.max(lagMax, appended - Math.min(ledger, trading))
    }
  }
  const appendTime = (performance.now() - start) / 1000
  const stored = () =>
    Effect.map(projections.positions, ({ ledger, trading }) => Math.min(ledger, trading))
  while ((yield* stored()) < commands) yield* Effect.sleep(5)
  const time = (performance.now() - start) / 1000
  yield* Fiber.interrupt(following)
  print(
    `both, asked for ${number(rate)} orders/s`,
    `appended ${number(orders / appendTime)} orders/s, projected ${number(orders / time)} orders/s, at most ${number(lagMax)} commands behind, ${Math.round((time - appendTime) * 1000)} ms at the end`,
    {
      bothAsked: rate,
      bothAppended: orders / appendTime,
      bothProjected: orders / time,
      bothLagCommandsMax: lagMax
    }
  )
})

const program = Effect.andThen(
  Effect.provide(oneAfterTheOther, withVenue("first")),
  Effect.provide(atOnce, withVenue("second"))
)

if (options.embedded) await Effect.runPromise(Effect.provide(program, EmbeddedDatabase.layer()))
else {
  const server = await ServerProcess.make()
  await Effect.runPromise(
    Effect.provide(program, PgDatabase.layer({ url: server.urlOf("postgres") }))
  ).finally(server.dispose)
}
if (options.json) console.log(JSON.stringify(figures))
