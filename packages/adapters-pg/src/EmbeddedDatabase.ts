/**
 * A Postgres inside this process, for those who run no server: PGlite, on a thread of its own so that it never holds up the
 * venue. It speaks the same protocol to the same client as a server, so everything above it is the same.
 *
 * What was confirmed survives the end of the process, however it ends. It does not survive the end of the machine: PGlite
 * waits for no disk. It has one session; what waits in a transaction keeps all others waiting.
 */
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { Reactivity } from "effect/reactivity"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import * as FolderLock from "./internal/FolderLock.ts"
import type { WorkerInput, WorkerReport } from "./internal/embeddedWorker.ts"
import * as Migrations from "./internal/Migrations.ts"
import { portStream } from "./internal/portStream.ts"
import { problemOf } from "./internal/SqlFailure.ts"
import { type DatabaseTooNew, DatabaseUnusable, messageBytesMax, PgDatabase } from "./PgDatabase.ts"

export const FolderLocked = FolderLock.FolderLocked
export type FolderLocked = FolderLock.FolderLocked

export interface EmbeddedOptions {
  /** Where the data is kept, in `postgres` below it; made if it is missing. In memory, and gone with the layer, without it. */
  readonly folder?: string | undefined
}

export type EmbeddedError = FolderLocked | DatabaseUnusable | DatabaseTooNew

/** Needs the package `@electric-sql/pglite`. */
export const layer = (options: EmbeddedOptions = {}): Layer.Layer<PgDatabase, EmbeddedError> =>
  Layer.effect(PgDatabase, make(options)).pipe(Layer.provide(Reactivity.layer))

const subfolder = "postgres"

const make = Effect.fnUntraced(
  function* ({ folder }: EmbeddedOptions) {
    if (folder !== undefined) yield* FolderLock.acquire(folder, `${subfolder}.lock`)
    const worker = yield* startWorker({ dataFolder: folder && join(folder, subfolder) })
    const sql = yield* PgClient.make({
      stream: () => portStream(worker),
      username: "postgres",
      database: "postgres",
      ssl: false,
      minConnections: 1,
      maxConnections: 1,
      maxMessageSize: messageBytesMax
    })
    yield* Migrations.run(sql)
    return PgDatabase.of({ sql, session: () => Effect.succeed(sql) })
  },
  Effect.catchTag("SqlError", (error) => Effect.fail(new DatabaseUnusable({ problem: problemOf(error) })))
)

const closeWithin = "10 seconds"

const startWorker = (workerData: WorkerInput) =>
  Effect.acquireRelease(
    Effect.callback<Worker, DatabaseUnusable>((resume) => {
      const worker = new Worker(new URL("./internal/embeddedWorker.ts", import.meta.url), { workerData })
      const failed = (problem: string) => resume(Effect.fail(new DatabaseUnusable({ problem })))
      worker.once("message", (report: WorkerReport) => {
        if (report._tag === "Ready") resume(Effect.succeed(worker))
        else failed(report.problem)
      })
      worker.once("error", (error) => failed(String(error)))
      worker.once("exit", (code) => failed(`its thread ended with ${code}`))
      return Effect.promise(() => worker.terminate())
    }),
    (worker) =>
      Effect.callback<void>((resume) => {
        worker.once("exit", () => resume(Effect.void))
        worker.postMessage({ _tag: "Close" })
      }).pipe(Effect.timeoutOrElse({ duration: closeWithin, orElse: () => Effect.promise(() => worker.terminate()) }))
  )
