import { assert, describe, it } from "@effect/vitest"
import { Batches } from "@pandora-exchange/core/testing"
import { Effect, Fiber } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { opened } from "./support/journals.ts"
import { names } from "./support/names.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const program = fileURLToPath(new URL("./support/followingProcess.ts", import.meta.url))
const options = ["--conditions=@pandora-exchange/source"]

const inProcess = async (folder: string, last: number) => {
  const child = spawn(process.execPath, [...options, program, folder, `${last}`])
  const [said, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close")
  ])
  assert.strictEqual(errors, "")
  return said
}

const inThread = async (folder: string, last: number) => {
  const worker = new Worker(program, { argv: [folder, `${last}`], execArgv: options, stdout: true })
  const [said] = await Promise.all([text(worker.stdout), once(worker, "exit")])
  return said
}

describe("a reader that follows while the owner appends", () => {
  for (const [where, follow] of Object.entries({
    "another process": inProcess,
    "another thread": inThread
  })) {
    it.live(`from ${where} gets every batch once and in order`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* opened(
          { folder, segmentBytes: 64 << 10 },
          Effect.fnUntraced(function* (journal) {
            const counts = Array.from({ length: 1500 }, (_, i) => 1 + ((i * 13) % 120))
            const batches = Batches.batchesAfter(yield* journal.claim, counts)
            yield* journal.append(batches[0]!)
            const last = Batches.headOf(batches.at(-1)!).lastSequence
            const following = yield* Effect.forkChild(Effect.promise(() => follow(folder, last)))
            for (const batch of batches.slice(1)) yield* journal.append(batch)
            const said = (yield* Fiber.join(following)).trim().split("\n")
            assert.deepStrictEqual(said, names(batches))
          })
        )
      }).pipe(Effect.scoped)
    )
  }
})
