/** Real limits on disk space, in two ways. */
import { Effect, type Scope } from "effect"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { folderInMemory, temporaryFolder } from "./temporaryFolder.ts"

export interface SmallDisk {
  readonly folder: string
  /** Leaves no room until the returned effect is run. */
  readonly fill: Effect.Effect<Effect.Effect<void>>
}

const run = (...[command, ...options]: ReadonlyArray<string>): boolean =>
  spawnSync(command!, options).status === 0

const megabytes = 2
const mountAt = (folder: string) => [
  "mount",
  "-t",
  "tmpfs",
  "-o",
  `size=${megabytes}m,mode=0777`,
  "none",
  folder
]

/**
 * Root can mount; on most build machines so can the user running the tests, with passwordless sudo.
 */
const prefix = [[], ["sudo", "-n"]].find((prefix) =>
  Effect.runSync(
    Effect.scoped(
      Effect.map(
        folderInMemory,
        (at) => run(...prefix, ...mountAt(at)) && run(...prefix, "umount", at)
      )
    )
  )
)

/** A file system of two megabytes in memory. Another file fills the rest of it. */
const mounted: Effect.Effect<SmallDisk, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  yield* Effect.acquireRelease(
    Effect.sync(() => run(...prefix!, ...mountAt(folder))),
    () => Effect.sync(() => run(...prefix!, "umount", folder))
  )
  const fill = Effect.sync(() => {
    const path = join(folder, "filler")
    const filler = fs.openSync(path, "w")
    try {
      while (true) fs.writeSync(filler, new Uint8Array(4096).fill(1))
    } catch {
      fs.closeSync(filler)
    }
    return Effect.sync(() => fs.rmSync(path))
  })
  return { folder, fill }
})

const limitFiles = (bytes: number | "unlimited") =>
  run("prlimit", `--pid=${process.pid}`, `--fsize=${bytes}:`)
const canLimit = limitFiles("unlimited")
const fileBytesMax = 1024

/** No file of this process can grow beyond one kilobyte. */
const limited: Effect.Effect<SmallDisk, never, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const makeRoom = Effect.sync(() => void limitFiles("unlimited"))
  yield* Effect.addFinalizer(() => makeRoom)
  return { folder, fill: Effect.sync(() => (limitFiles(fileBytesMax), makeRoom)) }
})

/** Each with the reason if it is not available here. */
export const smallDisks = {
  "a file system of 2 MB": {
    disk: mounted,
    missing: prefix ? undefined : "mounting needs root, or sudo without a password"
  },
  "a limit to the size of files": {
    disk: limited,
    missing: canLimit ? undefined : "there is no prlimit"
  }
}
