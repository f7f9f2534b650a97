/**
 * A secret kept in a folder: the same whenever the folder is used, and readable only by its owner.
 */
import { FolderUnusable } from "@pandora-exchange/core/FolderLock"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"

export const folderSecret = (folder: string, fileName: string, make: () => string) =>
  Effect.tryPromise({
    try: async () => {
      const path = join(folder, fileName)
      const known = await readFile(path, "utf8").catch(unlessMissing)
      if (known !== undefined) return known.trim()
      // Linked once complete: another process at the same moment, or after a crash, finds all of it
      // or nothing.
      const draft = `${path}.${randomBytes(6).toString("hex")}`
      await mkdir(folder, { recursive: true })
      await writeFile(draft, `${make()}\n`, { mode: 0o600, flush: true })
      await link(draft, path).catch(unlessThere)
      await rm(draft)
      return (await readFile(path, "utf8")).trim()
    },
    catch: (cause) => new FolderUnusable({ folder, problem: String((cause as Error).message) })
  })

const unlessMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ENOENT") throw error
}

const unlessThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== "EEXIST") throw error
}
