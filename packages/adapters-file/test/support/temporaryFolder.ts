import { Effect } from "effect"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folderIn = (parent: string) =>
  Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(join(parent, "pandora-test-"))),
    (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
  )

/** A folder that is deleted with the scope. */
export const temporaryFolder = folderIn(tmpdir())

/** The same in memory where possible, for tests that open a small journal thousands of times. */
export const folderInMemory = folderIn(fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir())
