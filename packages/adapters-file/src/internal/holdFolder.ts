/** Makes the folder of a journal or of snapshots durable, and locks it. */
import * as FolderLock from "@pandora-exchange/core/FolderLock"
import { Effect } from "effect"
import { type FileProblem, Files } from "./Files.ts"

/**
 * Creates the folder durably if it is missing, and holds its lock until the scope closes. Fails at
 * once if another process holds it.
 */
export const holdFolder = Effect.fnUntraced(function* (folder: string) {
  const files = yield* Files
  yield* Effect.catch(files.makeFolder(folder), (problem) => unusable(folder, problem))
  yield* FolderLock.acquire(folder)
})

/** Turns a failed operation into a problem of the folder. */
export const unusable = (
  folder: string,
  { message }: FileProblem
): Effect.Effect<never, FolderLock.FolderUnusable> =>
  Effect.fail(new FolderLock.FolderUnusable({ folder, problem: message }))
