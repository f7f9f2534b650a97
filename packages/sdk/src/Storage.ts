/** Where an exchange keeps what it must not forget: one option, from memory to a journal of your own. */
import {
  FileJournal,
  FileSnapshotStore,
  FileStorage,
  type FolderLock,
  MemoryJournal,
  MemorySnapshotStore
} from "@pandora-exchange/adapters-file"
import { type Journal, SnapshotStore } from "@pandora-exchange/core"
import { type Limits, Recovery } from "@pandora-exchange/engine"
import { Effect, Layer, Schema } from "effect"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import type { WorkerData, WorkerReport } from "./internal/snapshotWorker.ts"

/**
 * `"memory"`: gone with the process. `folder`: durable files, one process at a time; the folder is made if it is missing.
 * `journal`: an adapter of your own or of another package, with its snapshots or, without, recovery from the journal's beginning.
 */
export type Storage =
  | "memory"
  | { readonly folder: string }
  | {
      readonly journal: Layer.Layer<Journal.Journal, any>
      readonly snapshots?: Layer.Layer<SnapshotStore.SnapshotStore, any>
    }

/** The snapshot was not taken; the one before it serves, and recovery takes longer. */
export class SnapshotFailed extends Schema.TaggedError<SnapshotFailed>()("SnapshotFailed", {
  cause: Schema.Defect()
}) {}

export type StorageError = FolderLock.FolderLocked | FolderLock.FolderUnusable

export const layer = (storage: Storage): Layer.Layer<Journal.Journal | SnapshotStore.SnapshotStore, StorageError> => {
  if (storage === "memory") return Layer.mergeAll(MemoryJournal.layer, MemorySnapshotStore.layer)
  if ("folder" in storage) return FileStorage.layer({ folder: storage.folder })
  return Layer.mergeAll(storage.journal, storage.snapshots ?? MemorySnapshotStore.layer)
}

/**
 * Takes a snapshot of what is durable, or `undefined` where there is no point in one.
 *
 * For a folder a thread of its own replays the journal, so that the venue goes on undisturbed; for other journals it is done
 * beside the venue, in slices.
 */
export const snapshotter = (
  storage: Storage,
  limits: Limits.Limits,
  journal: Journal.Journal["Service"],
  snapshots: SnapshotStore.SnapshotStore["Service"]
): Effect.Effect<number, SnapshotFailed> | undefined => {
  if (storage === "memory") return undefined
  if ("folder" in storage) return inThread({ folder: storage.folder, limits })
  if (storage.snapshots === undefined) return undefined
  return Effect.mapError(
    Recovery.takeSnapshot({ read: journal.read, snapshots, limits }),
    (cause) => new SnapshotFailed({ cause })
  )
}

const inThread = (workerData: WorkerData): Effect.Effect<number, SnapshotFailed> =>
  Effect.callback((resume) => {
    const worker = new Worker(fileURLToPath(new URL("./internal/snapshotWorker.ts", import.meta.url)), { workerData })
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
    // Asked to stop rather than terminated: it lets go of its files itself.
    return Effect.promise(() => {
      worker.postMessage("stop")
      return ended
    })
  })

/** For the thread: the same, from the folder alone. */
export const takeFromFolder = ({ folder, limits }: WorkerData) =>
  Effect.gen(function* () {
    const snapshots = yield* SnapshotStore.SnapshotStore
    return yield* Recovery.takeSnapshot({ read: FileJournal.reader({ folder }).read, snapshots, limits })
  }).pipe(Effect.provide(FileSnapshotStore.layer({ folder })))
