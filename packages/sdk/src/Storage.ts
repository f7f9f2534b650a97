/** Where an exchange keeps what it must not forget: one option, from memory to a journal of your own. */
import {
  FileJournal,
  FileSnapshotStore,
  FileStorage,
  MemoryJournal,
  MemorySnapshotStore
} from "@pandora-exchange/adapters-file"
import type { PgDatabase } from "@pandora-exchange/adapters-pg"
import { type FolderLock, Journal, SnapshotStore } from "@pandora-exchange/core"
import { type Limits, Recovery } from "@pandora-exchange/engine"
import { Effect, Layer, Schema } from "effect"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { InvalidInput } from "./ExchangeError.ts"
import type { WorkerData, WorkerReport } from "./internal/snapshotWorker.ts"
import { threadFlags } from "./internal/threadFlags.ts"

/**
 * `"memory"`: gone with the process. `folder`: durable files, one process at a time; the folder is made if it is missing. `url`: a
 * Postgres database, `postgres://user:password@host:port/database`; needs the package `@pandora-exchange/adapters-pg`.
 * `journal`: an adapter of your own or of another package, with its snapshots or, without, recovery from the journal's beginning.
 */
export type Storage =
  | "memory"
  | { readonly folder: string }
  | { readonly url: string }
  | {
      readonly journal: Layer.Layer<Journal.Journal, any>
      readonly snapshots?: Layer.Layer<SnapshotStore.SnapshotStore, any>
    }

/** The snapshot was not taken; the one before it serves, and recovery takes longer. */
export class SnapshotFailed extends Schema.TaggedError<SnapshotFailed>()("SnapshotFailed", {
  cause: Schema.Defect()
}) {}

/** Throws `InvalidInput` for what is no `Storage`. */
export const check = (storage: Storage | undefined): void => {
  if (storage === undefined || storage === "memory") return
  const fields = typeof storage === "object" && storage !== null ? Object.keys(storage).join(" ") : ""
  const text = (value: unknown) => typeof value === "string" && value !== ""
  const known =
    (fields === "folder" && text((storage as { folder: unknown }).folder)) ||
    (fields === "url" && text((storage as { url: unknown }).url)) ||
    fields === "journal" ||
    fields === "journal snapshots" ||
    fields === "snapshots journal"
  if (!known) throw new InvalidInput({ code: "StorageMalformed", field: "storage" })
}

/** A package that these options need is not there. */
export class AdapterMissing extends Schema.TaggedError<AdapterMissing>()("AdapterMissing", { package: Schema.String }) {
  override get message() {
    return `these options need the package ${this.package}: install it beside the SDK`
  }
}

/** A package, loaded when it is used: who does not need it need not have it. */
export const loaded = <A>(name: string, load: () => Promise<A>): Effect.Effect<A, AdapterMissing> =>
  Effect.tryPromise({ try: load, catch: () => new AdapterMissing({ package: name }) })

export type StorageError =
  | FolderLock.FolderLocked
  | FolderLock.FolderUnusable
  | PgDatabase.DatabaseError
  | AdapterMissing

export const layer = (storage: Storage): Layer.Layer<Journal.Journal | SnapshotStore.SnapshotStore, StorageError> => {
  if (storage === "memory") return Layer.mergeAll(MemoryJournal.layer, MemorySnapshotStore.layer)
  if ("folder" in storage) return FileStorage.layer({ folder: storage.folder })
  if ("url" in storage) return Layer.unwrap(Effect.map(postgres, ({ PgStorage }) => PgStorage.layer(storage)))
  return Layer.mergeAll(storage.journal, storage.snapshots ?? MemorySnapshotStore.layer)
}

const postgres = loaded("@pandora-exchange/adapters-pg", () => import("@pandora-exchange/adapters-pg"))

/** Storage that another thread can open by itself. */
export type PlainStorage = Extract<Storage, { readonly folder: string } | { readonly url: string }>

export const isPlain = (storage: Storage): storage is PlainStorage =>
  typeof storage === "object" && ("folder" in storage || "url" in storage)

/**
 * Takes a snapshot of what is durable, or `undefined` where there is no point in one.
 *
 * For a folder or a database a thread of its own replays the journal, so that the venue goes on undisturbed; for other journals it is done
 * beside the venue, in slices.
 */
export const snapshotter = (
  storage: Storage,
  limits: Limits.Limits,
  journal: Journal.Journal["Service"],
  snapshots: SnapshotStore.SnapshotStore["Service"]
): Effect.Effect<number, SnapshotFailed> | undefined => {
  if (storage === "memory") return undefined
  if (isPlain(storage)) return inThread({ storage, limits })
  if (storage.snapshots === undefined) return undefined
  return Effect.mapError(
    Recovery.takeSnapshot({ read: journal.read, snapshots, limits }),
    (cause) => new SnapshotFailed({ cause })
  )
}

const inThread = (workerData: WorkerData): Effect.Effect<number, SnapshotFailed> =>
  Effect.callback((resume) => {
    const worker = new Worker(fileURLToPath(new URL("./internal/snapshotWorker.ts", import.meta.url)), {
      workerData,
      execArgv: threadFlags()
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
    // Asked to stop rather than terminated: it lets go of its files itself.
    return Effect.promise(() => {
      worker.postMessage("stop")
      return ended
    })
  })

/** For the thread: the same, from the storage alone. */
export const takeFrom = ({ limits, storage }: WorkerData) =>
  Effect.gen(function* () {
    const snapshots = yield* SnapshotStore.SnapshotStore
    const journal = yield* Journal.Journal
    return yield* Recovery.takeSnapshot({ read: journal.read, snapshots, limits })
  }).pipe(Effect.provide("folder" in storage ? readingFolder(storage) : layer(storage)))

/** The journal as a reader sees it that does not have the folder's lock. */
const readingFolder = (options: { readonly folder: string }) => {
  const reader = FileJournal.reader(options)
  const never = Effect.die(new Error("a reader neither claims nor appends"))
  return Layer.mergeAll(
    Layer.succeed(Journal.Journal, { ...reader, claim: never, append: () => never }),
    FileSnapshotStore.layer(options)
  )
}
