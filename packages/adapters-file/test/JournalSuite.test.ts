import { Batch } from "@pandora-exchange/core"
import { JournalSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import * as FileJournal from "../src/FileJournal.ts"
import { Files } from "../src/internal/Files.ts"
import * as MemoryJournal from "../src/MemoryJournal.ts"
import { flipBit } from "./support/damage.ts"
import { failingFiles } from "./support/interceptedFiles.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const { JournalStore } = JournalSuite

/** Changes a bit in the middle of the batch that holds the sequence. */
const damageBatch = (folder: string, sequence: number) => {
  const segments = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".segment"))
    .sort()
  const segment = join(folder, segments.findLast((name) => Number.parseInt(name, 10) <= sequence)!)
  const bytes = fs.readFileSync(segment)
  for (let at = 0; at < bytes.length; at += 512) {
    const batch = Batch.decode(bytes, at)
    if (typeof batch !== "string" && Batch.lastSequence(batch) >= sequence) {
      flipBit(segment, at + (batch.bytes.length >> 1), 3)
      return
    }
  }
}

const fileStore = (segmentBytes: number | undefined) =>
  Layer.effect(
    JournalStore,
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const { files, during } = failingFiles()
      return {
        open: JournalSuite.opening(
          Layer.provide(FileJournal.layer({ folder, segmentBytes }), Layer.succeed(Files, files))
        ),
        mute: during("EIO"),
        fill: during("ENOSPC"),
        damage: (sequence) => Effect.sync(() => damageBatch(join(folder, "journal"), sequence))
      }
    })
  )

const twoHandles = "a folder has one owner at a time, which its lock sees to"

JournalSuite.suite("file", fileStore(undefined), {
  skip: { twoHandles, fill: "a batch that fits has its room already" }
})
JournalSuite.suite("file, small segments", fileStore(2048), { skip: { twoHandles } })

const memoryStore = Layer.effect(
  JournalStore,
  Effect.sync(() => {
    const store = MemoryJournal.makeStore()
    return {
      open: JournalSuite.opening(MemoryJournal.layerOf(store)),
      damage: (sequence) =>
        Effect.sync(() => {
          const { bytes } = store.batches.findLast(({ firstSequence }) => firstSequence <= sequence)!
          bytes[bytes.length >> 1]! ^= 1
        })
    }
  })
)

JournalSuite.suite("memory", memoryStore, {
  skip: { fill: "memory has no limit of its own", mute: "memory always answers" }
})
