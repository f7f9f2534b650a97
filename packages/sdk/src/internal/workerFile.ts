/** The files that run in their own threads. */
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { WorkerMissing } from "../Storage.ts"

/** Fails unless `file` exists. A bundle has it only if its author named it as an entry point. */
export const requireWorker = (file: URL): Effect.Effect<void, WorkerMissing> =>
  Effect.suspend(() =>
    existsSync(file) ? Effect.void : Effect.fail(new WorkerMissing({ file: fileURLToPath(file) }))
  )
