/** The thread that takes one snapshot of a stored venue and ends. */
import { FileJournal, FileSnapshotStore } from "@pandora-exchange/adapters-file"
import { Journal, SnapshotStore } from "@pandora-exchange/core"
import { type Limits, Recovery } from "@pandora-exchange/engine"
import { Cause, Effect, Exit, Fiber, Layer } from "effect"
import { parentPort, workerData } from "node:worker_threads"
import { layer, type PlainStorage } from "../Storage.ts"

export interface WorkerData {
  readonly storage: PlainStorage
  readonly limits: Limits.Limits
}

export type WorkerReport = { readonly sequence: number } | { readonly failure: string }

const takeFrom = ({ limits, storage }: WorkerData) =>
  Effect.gen(function* () {
    const snapshots = yield* SnapshotStore.SnapshotStore
    const journal = yield* Journal.Journal
    return yield* Recovery.takeSnapshot({ read: journal.read, snapshots, limits })
  }).pipe(Effect.provide("folder" in storage ? readingFolder(storage) : layer(storage)))

/** Reads the journal of a folder without its lock. */
const readingFolder = (options: { readonly folder: string }) => {
  const reader = FileJournal.reader(options)
  const never = Effect.die(new Error("a reader neither claims nor appends"))
  return Layer.mergeAll(
    Layer.succeed(Journal.Journal, { ...reader, claim: never, append: () => never }),
    FileSnapshotStore.layer(options)
  )
}

const report = (exit: Exit.Exit<number, unknown>): WorkerReport =>
  Exit.isSuccess(exit) ? { sequence: exit.value } : { failure: Cause.pretty(exit.cause) }

// Elsewhere this module is imported only for its types; the code runs in the thread.
const port = parentPort!
const fiber = Effect.runFork(takeFrom(workerData as WorkerData))
const stop = () => Effect.runFork(Fiber.interrupt(fiber))
port.on("message", stop)
port.postMessage(report(await Effect.runPromise(Fiber.await(fiber))))
// The thread ends when nobody listens any more. Deno's port has no `close`.
port.off("message", stop)
