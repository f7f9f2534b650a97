/**
 * A process that appends batches, or saves snapshots, until it is killed. It reports on standard
 * output what it begins and what was acknowledged as durable, a line each, before it goes on.
 */
import { genesisHash } from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import { Journal } from "@pandora-exchange/core/ports/Journal"
import { SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { appendForEver, batchAfter, headOf } from "@pandora-exchange/core/testing/Batches"
import { Effect, Layer, Stream } from "effect"
import * as fs from "node:fs"
import * as FileStorage from "../../src/FileStorage.ts"
import { Files } from "../../src/internal/Files.ts"
import {
  crashingAt,
  firstCrashes,
  journalCrashes,
  snapshotCrashes,
  snapshotState
} from "./crashes.ts"
import { interceptedFiles } from "./interceptedFiles.ts"
import { name } from "./names.ts"

/** `suite`: what the journals' contract suite wants to be run. */
export type Task = "append" | "save" | "suite"

const [folder, task, crash, nth] = process.argv.slice(2) as [string, Task, string, string]

/** Written at once: anything buffered is lost with the process. */
const say = (line: string) => Effect.sync(() => fs.writeSync(1, `${line}\n`))

const append = Effect.gen(function* () {
  const journal = yield* Journal
  let { epoch, head } = yield* journal.claim
  for (let i = 0; ; i++) {
    if (i % 20 === 19) ({ epoch, head } = yield* journal.claim)
    const batch = batchAfter(head, epoch, 1 + ((head.lastSequence * 7) % 30))
    yield* say(`begins ${name(batch)}`)
    yield* journal.append(batch)
    yield* say(`did ${name(batch)}`)
    head = headOf(batch)
  }
})

const save = Effect.gen(function* () {
  const store = yield* SnapshotStore
  const [newest] = yield* store.list
  for (let sequence = 1 + (newest?.sequence ?? 0); ; sequence++) {
    const head = {
      sequence: Sequence(sequence),
      batchHash: genesisHash,
      rulesVersion: 1,
      formatVersion: 1
    }
    yield* say(`begins ${sequence}`)
    yield* store.save(head, Stream.make(snapshotState(sequence)))
    yield* say(`did ${sequence}`)
  }
})

const known = { ...journalCrashes, ...firstCrashes, ...snapshotCrashes }[crash]
const files =
  known === undefined ? Files.defaultValue() : interceptedFiles(crashingAt(known, Number(nth)))
const storage = Layer.provide(
  FileStorage.layer({ folder, segmentBytes: 8192 }),
  Layer.succeed(Files, files)
)

const works: Record<Task, Effect.Effect<never, unknown, Journal | SnapshotStore>> = {
  append,
  save,
  suite: Effect.flatMap(Journal, (journal) => appendForEver(journal, say))
}
await Effect.runPromise(Effect.provide(works[task], storage))
