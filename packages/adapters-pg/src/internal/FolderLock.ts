/**
 * One owner per folder of an embedded database, which has no lock of its own: a second process would open and write it.
 *
 * The lock is the operating system's, taken by the SQLite that is part of Node: it ends with its holder however that ends.
 */
import { Effect, Schema } from "effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { DatabaseUnusable } from "../PgDatabase.ts"

/** Another process, thread or layer uses the folder. */
export class FolderLocked extends Schema.TaggedError<FolderLocked>()("FolderLocked", { folder: Schema.String }) {
  override get message() {
    return `The embedded database in ${this.folder} is in use: stop whatever has it, or give this one a folder of its own`
  }
}

/** Makes the folder if it is missing and holds it until the scope closes. Fails at once when another has it. */
export const acquire = (folder: string, fileName: string) =>
  Effect.acquireRelease(lock(folder, fileName), (database) => Effect.sync(() => database.close()))

const lock = (folder: string, fileName: string) =>
  Effect.suspend((): Effect.Effect<DatabaseSync, FolderLocked | DatabaseUnusable> => {
    let database: DatabaseSync | undefined
    try {
      mkdirSync(folder, { recursive: true })
      const { DatabaseSync } = sqlite()
      database = new DatabaseSync(join(folder, fileName), { timeout: 0 })
      database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
      return Effect.succeed(database)
    } catch (error) {
      database?.close()
      const { errcode, message } = error as Error & { readonly errcode?: number }
      if (errcode === sqliteBusy) return Effect.fail(new FolderLocked({ folder }))
      return Effect.fail(new DatabaseUnusable({ problem: `${join(folder, fileName)}: ${message}` }))
    }
  })

const sqliteBusy = 5

/** Without the warning of Node 22 that it is experimental: we use its oldest part only, and the users of this package did not ask. */
const sqlite = () => {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule("node:sqlite")
  } finally {
    process.emitWarning = emitWarning
  }
}
