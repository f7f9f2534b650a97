import { SnapshotStoreSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import * as FileSnapshotStore from "../src/FileSnapshotStore.ts"
import { Files } from "../src/internal/Files.ts"
import * as MemorySnapshotStore from "../src/MemorySnapshotStore.ts"
import { flipBit } from "./support/damage.ts"
import { failingFiles } from "./support/interceptedFiles.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const { SnapshotPlace } = SnapshotStoreSuite

const filePlace = Layer.effect(
  SnapshotPlace,
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const { files, during } = failingFiles()
    const layer = Layer.provide(FileSnapshotStore.layer({ folder }), Layer.succeed(Files, files))
    return {
      open: SnapshotStoreSuite.opening(layer),
      fill: during("ENOSPC"),
      mute: during("EMFILE", "read"),
      damage: (sequence) =>
        Effect.sync(() => {
          const name = fs
            .readdirSync(join(folder, "snapshots"))
            .find((name) => Number.parseInt(name, 10) === sequence)!
          flipBit(join(folder, "snapshots", name), 300, 3)
        })
    }
  })
)

SnapshotStoreSuite.suite("file", filePlace)

const memoryPlace = Layer.sync(SnapshotPlace, () => {
  const store = MemorySnapshotStore.makeStore()
  return { open: SnapshotStoreSuite.opening(MemorySnapshotStore.layerOf(store)) }
})

SnapshotStoreSuite.suite("memory", memoryPlace, {
  skip: {
    fill: "memory has no limit of its own",
    mute: "memory always answers",
    damage: "memory is trusted"
  }
})
