/** The folder of a journal or of snapshots: there for good, and ours. */
import * as FolderLock from "@pandora-exchange/core/FolderLock"
import { Effect } from "effect"
import { type FileProblem, Files } from "./Files.ts"

/**
 * Makes the folder durable if it is missing, and holds it until the scope closes. Fails at once
 * when another has it.
 */
export const holdFolder = Effect.fnUntraced(function* (folder: string) {
  const files = yield* Files
  yield* Effect.catch(files.makeFolder(folder), (problem) => unusable(folder, problem))
  yield* FolderLock.acquire(folder)
})

/** Says of a failed operation that the folder is why. */
export const unusable = (
  folder: string,
  { message }: FileProblem
): Effect.Effect<never, FolderLock.FolderUnusable> =>
  Effect.fail(new FolderLock.FolderUnusable({ folder, problem: message }))
