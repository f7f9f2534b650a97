/**
 * One owner per folder, for adapters that store something in one.
 *
 * This is an operating system lock (`fcntl`), taken through SQLite, the only part of Node that can
 * take one. So it ends with the process however that ends; it needs no process id, which is
 * meaningless in another container; and it excludes other processes, other threads and a second use
 * in the same thread alike.
 */
import { Effect, Schema, type Scope } from "effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"

/** Another process, thread or layer uses the folder. */
export class FolderLocked extends Schema.TaggedError<FolderLocked>()("FolderLocked", {
  folder: Schema.String
}) {
  override get message() {
    return `Another exchange uses ${this.folder}. Stop it, or choose another folder.`
  }
}

/** The folder cannot be created, read or written. */
export class FolderUnusable extends Schema.TaggedError<FolderUnusable>()("FolderUnusable", {
  folder: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `The folder ${this.folder} cannot be used (${this.problem}). Allow this process to read and write it, or choose another folder.`
  }
}

/**
 * Creates the folder if it is missing and holds the lock until the scope closes. Fails at once if
 * it is already held. A different `fileName` is a different lock, for a part of the folder.
 */
export const acquire = (
  folder: string,
  fileName = "lock"
): Effect.Effect<void, FolderLocked | FolderUnusable, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(lock(folder, fileName), (database) => Effect.sync(() => database.close()))
  )

const lock = (folder: string, fileName: string) =>
  Effect.suspend((): Effect.Effect<DatabaseSync, FolderLocked | FolderUnusable> => {
    let database: DatabaseSync | undefined
    try {
      mkdirSync(folder, { recursive: true })
      database = new (sqlite())(join(folder, fileName), { timeout: 0 })
      // Nothing is ever written: the lock can be taken on a full disk, and leaves no file that
      // would need repair.
      database.exec(
        "PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"
      )
      return Effect.succeed(database)
    } catch (error) {
      database?.close()
      const { errcode, message } = error as Error & { readonly errcode?: number }
      if (errcode === sqliteBusy) return Effect.fail(new FolderLocked({ folder }))
      return Effect.fail(
        new FolderUnusable({ folder, problem: `${join(folder, fileName)}: ${message}` })
      )
    }
  })

const sqliteBusy = 5

// Node 22 prints a warning that SQLite is experimental when it is imported. We use only its oldest
// part, and the users of this library did not ask for it, so this single warning is suppressed.
const sqlite = (): typeof DatabaseSync => {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule("node:sqlite").DatabaseSync
  } finally {
    process.emitWarning = emitWarning
  }
}
