import { Batch } from "@pandora-exchange/core"
import { JournalSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import * as FileJournal from "../src/FileJournal.ts"
import { Files } from "../src/internal/Files.ts"
import * as MemoryJournal from "../src/MemoryJournal.ts"
import { flipBit, overwrite } from "./support/damage.ts"
import { failingFiles } from "./support/interceptedFiles.ts"
import { runUntilKilled } from "./support/runUntilKilled.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const { JournalStore } = JournalSuite

/** The batch that contains the sequence, and where it is. */
const findBatch = (folder: string, sequence: number) => {
  const segments = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".segment"))
    .sort()
  const segment = join(folder, segments.findLast((name) => Number.parseInt(name, 10) <= sequence)!)
  const bytes = fs.readFileSync(segment)
  for (let at = 0; at < bytes.length; at += 512) {
    const batch = Batch.decode(bytes, at)
    if (typeof batch !== "string" && Batch.lastSequence(batch) >= sequence)
      return { segment, at, batch }
  }
  throw new Error(`no batch holds sequence ${sequence}`)
}

const fileStore = (segmentBytes: number | undefined) =>
  Layer.effect(
    JournalStore,
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const journal = join(folder, "journal")
      const { files, during } = failingFiles()
      return {
        open: JournalSuite.opening(
          Layer.provide(FileJournal.layer({ folder, segmentBytes }), Layer.succeed(Files, files))
        ),
        mute: during("EIO"),
        fill: during("ENOSPC"),
        damage: (sequence) =>
          Effect.sync(() => {
            const { at, batch, segment } = findBatch(journal, sequence)
            flipBit(segment, at + (batch.bytes.length >> 1), 3)
          }),
        replace: ({ bytes, firstSequence }) =>
          Effect.sync(() => {
            const { at, segment } = findBatch(journal, firstSequence)
            overwrite(segment, at, bytes)
          }),
        crash: (nth) => runUntilKilled(folder, "suite", "before any write", nth)
      }
    })
  )

const twoHandles = "a folder has one owner at a time, which its lock sees to"

JournalSuite.suite("file", fileStore(undefined), {
  skip: {
    twoHandles,
    fill: "a batch that fits has its room already",
    crash: "the process is killed with small segments, where it writes more"
  }
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
          const { bytes } = store.batches.findLast(
            ({ firstSequence }) => firstSequence <= sequence
          )!
          bytes[bytes.length >> 1]! ^= 1
        }),
      replace: ({ bytes, firstSequence }) =>
        Effect.sync(() => {
          const at = store.batches.findIndex((batch) => batch.firstSequence === firstSequence)
          store.batches[at] = { firstSequence, bytes }
        })
    }
  })
)

JournalSuite.suite("memory", memoryStore, {
  skip: {
    fill: "memory has no limit of its own",
    mute: "memory always answers",
    crash: "memory ends with its process"
  }
})
