/** Takes snapshots of a stored venue. */
import type { Journal, SnapshotStore } from "@pandora-exchange/core"
import { type Limits, Recovery } from "@pandora-exchange/engine"
import { Effect, Schema } from "effect"
import { Worker } from "node:worker_threads"
import { isPlain, type Storage, type WorkerMissing } from "../Storage.ts"
import type { WorkerData, WorkerReport } from "./snapshotWorker.ts"
import { threadFlags } from "./threadFlags.ts"
import { requireWorker } from "./workerFile.ts"

/** The snapshot was not taken. The previous one remains in use, and recovery takes longer. */
export class SnapshotFailed extends Schema.TaggedError<SnapshotFailed>()("SnapshotFailed", {
  cause: Schema.Defect()
}) {}

/** Whether snapshots outlive this process. */
export const keepsSnapshots = (storage: Storage): boolean =>
  storage !== "memory" && (isPlain(storage) || storage.snapshots !== undefined)

/** Fails if snapshots are taken in a thread whose file is missing. */
export const canSnapshot = (storage: Storage): Effect.Effect<void, WorkerMissing> =>
  isPlain(storage) ? requireWorker(new URL("./snapshotWorker.ts", import.meta.url)) : Effect.void

/**
 * Takes a snapshot of the durable state; `undefined` for storage that keeps none.
 *
 * For a folder or a database, a separate thread replays the journal, so that the venue is not
 * delayed. For other journals the replay runs beside the venue, in slices.
 */
export const snapshotter = (
  storage: Storage,
  limits: Limits.Limits,
  journal: Journal.Journal["Service"],
  snapshots: SnapshotStore.SnapshotStore["Service"]
): Effect.Effect<number, SnapshotFailed> | undefined => {
  if (!keepsSnapshots(storage)) return undefined
  if (isPlain(storage)) return inThread({ storage, limits })
  return Effect.mapError(
    Recovery.takeSnapshot({ read: journal.read, snapshots, limits }),
    (cause) => new SnapshotFailed({ cause })
  )
}

const inThread = (workerData: WorkerData): Effect.Effect<number, SnapshotFailed> =>
  Effect.callback((resume) => {
    const worker = new Worker(new URL("./snapshotWorker.ts", import.meta.url), {
      workerData,
      ...threadFlags()
    })
    const ended = new Promise<void>((resolve) => worker.on("exit", () => resolve()))
    worker.on("message", (report: WorkerReport) => {
      resume(
        "sequence" in report
          ? Effect.succeed(report.sequence)
          : Effect.fail(new SnapshotFailed({ cause: report.failure }))
      )
    })
    worker.on("error", (cause) => resume(Effect.fail(new SnapshotFailed({ cause }))))
    worker.on("exit", (code) =>
      resume(Effect.fail(new SnapshotFailed({ cause: `the thread ended with code ${code}` })))
    )
    // Asked to stop rather than terminated, so that it releases its files itself.
    return Effect.promise(() => {
      worker.postMessage("stop")
      return ended
    })
  })
