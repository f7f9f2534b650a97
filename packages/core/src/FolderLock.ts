/**
 * One owner per folder, for adapters that keep something in one.
 *
 * The lock is the operating system's own (`fcntl`), taken by SQLite, which is part of Node and the
 * only thing in it that can take one. So it ends with the process however that ends, it needs no
 * process id, which means nothing in another container, and it holds against other processes, other
 * threads and a second use in the same thread alike.
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

/** The folder cannot be made, read or written. */
export class FolderUnusable extends Schema.TaggedError<FolderUnusable>()("FolderUnusable", {
  folder: Schema.String,
  problem: Schema.String
}) {
  override get message() {
    return `The folder ${this.folder} cannot be used (${this.problem}). Allow this process to read and write it, or choose another folder.`
  }
}

/**
 * Makes the folder if it is missing and holds it until the scope closes. Fails at once when another
 * has it. Under another `fileName` it is another lock, for a part of the folder.
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

// Node 22 calls SQLite experimental, on the standard error of whoever imports it. We use its oldest
// part only, and the users of this library did not ask; so the one warning of this one import is
// held back.
const sqlite = (): typeof DatabaseSync => {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule("node:sqlite").DatabaseSync
  } finally {
    process.emitWarning = emitWarning
  }
}
