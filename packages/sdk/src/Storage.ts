/**
 * Where an exchange stores everything it must not lose: one option, from memory to a journal of
 * your own.
 */
import { InvalidInput } from "@pandora-exchange/contract/failure"
import { FileStorage, MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import type { FolderLock, Journal, SnapshotStore } from "@pandora-exchange/core"
import { Effect, Layer, Schema } from "effect"
import type { Installed, Postgres } from "./optionalTypes.ts"

/**
 * `"memory"`: lost with the process. `folder`: durable files, used by one process at a time; the
 * folder is created if it is missing. `url`: a Postgres database,
 * `postgres://user:password@host:port/database`; requires the package
 * `@pandora-exchange/adapters-pg`. `journal`: an adapter of your own or of another package, with
 * its snapshots or, without them, recovery from the journal alone. A build with later venue rules
 * continues from a snapshot: give the previous build `snapshots`, and close it.
 */
export type Storage =
  | "memory"
  | { readonly folder: string }
  | { readonly url: string }
  | {
      readonly journal: Layer.Layer<Journal.Journal, any>
      readonly snapshots?: Layer.Layer<SnapshotStore.SnapshotStore, any>
    }

/** Throws `InvalidInput` for a malformed `Storage`. */
export const check = (storage: Storage | undefined): void => {
  if (storage === undefined || storage === "memory") return
  const fields =
    typeof storage === "object" && storage !== null ? Object.keys(storage).join(" ") : ""
  const text = (value: unknown) => typeof value === "string" && value !== ""
  const known =
    (fields === "folder" && text((storage as { folder: unknown }).folder)) ||
    (fields === "url" && text((storage as { url: unknown }).url)) ||
    fields === "journal" ||
    fields === "journal snapshots" ||
    fields === "snapshots journal"
  if (!known) throw new InvalidInput("StorageMalformed", "storage")
}

/** A package required by these options is not installed. */
export class AdapterMissing extends Schema.TaggedError<AdapterMissing>()("AdapterMissing", {
  package: Schema.String
}) {
  override get message() {
    return `These options need the package ${this.package}. Install it beside the SDK.`
  }
}

/**
 * A file of the SDK that runs in a thread is missing because a bundler left it out. Detected before
 * anything is opened.
 */
export class WorkerMissing extends Schema.TaggedError<WorkerMissing>()("WorkerMissing", {
  file: Schema.String
}) {
  override get message() {
    return `${this.file} is missing. Add it to the entry points of your bundle.`
  }
}

/** For `import(...).catch(rethrow)`, which tells bundlers that a package is optional. */
export const rethrow = (cause: unknown): never => {
  throw cause
}

/** Loads a package on first use, so that nobody has to install one they do not use. */
export const loaded = <A>(name: string, load: () => Promise<A>): Effect.Effect<A, AdapterMissing> =>
  Effect.tryPromise({ try: load, catch: () => new AdapterMissing({ package: name }) })

export type StorageError =
  | FolderLock.FolderLocked
  | FolderLock.FolderUnusable
  | Installed<Postgres.PgDatabase.DatabaseError>
  | AdapterMissing
  | WorkerMissing

export const layer = (
  storage: Storage
): Layer.Layer<Journal.Journal | SnapshotStore.SnapshotStore, StorageError> => {
  if (storage === "memory") return Layer.mergeAll(MemoryJournal.layer, MemorySnapshotStore.layer)
  if ("folder" in storage) return FileStorage.layer({ folder: storage.folder })
  if ("url" in storage)
    return Layer.unwrap(Effect.map(postgres, ({ PgStorage }) => PgStorage.layer(storage)))
  return Layer.mergeAll(storage.journal, storage.snapshots ?? MemorySnapshotStore.layer)
}

const postgres = loaded("@pandora-exchange/adapters-pg", () =>
  import("@pandora-exchange/adapters-pg").catch(rethrow)
)

/** Storage that another thread can open by itself. */
export type PlainStorage = Extract<Storage, { readonly folder: string } | { readonly url: string }>

export const isPlain = (storage: Storage): storage is PlainStorage =>
  typeof storage === "object" && ("folder" in storage || "url" in storage)
