/** The thread of an embedded database, and a client that speaks to it. */
import { PgClient } from "@effect/sql-pg"
import * as FolderLock from "@pandora-exchange/core/FolderLock"
import { Effect } from "effect"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import { DatabaseUnusable } from "../PgDatabase.ts"
import type { WorkerInput, WorkerReport } from "./embeddedWorker.ts"
import { portStream } from "./portStream.ts"
import { rowBytesMax } from "./Rows.ts"

const subfolder = "postgres"

/** In `postgres` below the folder, or in memory. The tables are as they were left. */
export const embeddedClient = Effect.fnUntraced(function* (folder: string | undefined) {
  // The embedded database has no lock of its own: a second process would open it and write to it.
  if (folder !== undefined) yield* FolderLock.acquire(folder, `${subfolder}.lock`)
  const worker = yield* startWorker({ dataFolder: folder && join(folder, subfolder) })
  return yield* PgClient.make({
    stream: () => portStream(worker),
    username: "postgres",
    database: "postgres",
    ssl: false,
    minConnections: 1,
    maxConnections: 1,
    maxMessageSize: rowBytesMax
  })
})

const closeWithin = "10 seconds"

const startWorker = (workerData: WorkerInput) =>
  Effect.acquireRelease(
    Effect.callback<Worker, DatabaseUnusable>((resume) => {
      // Without the options of this process, some of which are invalid for threads, such as those
      // of a program given as text.
      const worker = new Worker(new URL("./embeddedWorker.ts", import.meta.url), {
        workerData,
        execArgv: []
      })
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
      }).pipe(
        Effect.timeoutOrElse({
          duration: closeWithin,
          orElse: () => Effect.promise(() => worker.terminate())
        })
      )
  )
