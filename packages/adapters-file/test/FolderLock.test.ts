import { assert, describe, it } from "@effect/vitest"
import { FolderLock } from "@pandora-exchange/core"
import { Effect, Exit, Layer } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import * as FileJournal from "../src/FileJournal.ts"
import * as FileSnapshotStore from "../src/FileSnapshotStore.ts"
import * as FileStorage from "../src/FileStorage.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const program = fileURLToPath(new URL("./support/lockingProcess.ts", import.meta.url))
const options = ["--conditions=@pandora-exchange/source"]

/** Takes the lock in another process and reports the outcome; the process keeps what it got. */
const inProcess = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const child = spawn(process.execPath, [...options, program, folder], {
        stdio: ["ignore", "pipe", "pipe"]
      })
      let errors = ""
      child.stderr.on("data", (text: Buffer) => (errors += text.toString()))
      const [said] = (await once(child.stdout, "data")) as [Buffer]
      return { said: said.toString().trim(), errors: () => errors, child }
    }),
    ({ child }) =>
      Effect.promise(async () => {
        const closed = once(child, "close")
        if (child.exitCode === null && child.signalCode === null) {
          child.kill("SIGKILL")
          await closed
        }
      })
  )

const inThread = (folder: string) =>
  Effect.promise(async () => {
    const worker = new Worker(program, { argv: [folder], execArgv: options, stdout: true })
    const [said] = (await once(worker.stdout, "data")) as [Buffer]
    await worker.terminate()
    return said.toString().trim()
  })

const here = (folder: string) =>
  Effect.map(Effect.exit(Effect.scoped(FolderLock.acquire(folder))), (exit) =>
    Exit.isSuccess(exit) ? "acquired" : "FolderLocked"
  )

describe("FolderLock", () => {
  it.live(
    "error: a folder that is locked here is locked for this thread, other threads and other processes",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* FolderLock.acquire(folder)
            assert.deepInclude(yield* Effect.flip(Effect.scoped(FolderLock.acquire(folder))), {
              _tag: "FolderLocked",
              folder
            })
            assert.strictEqual(yield* inThread(folder), "FolderLocked")
            assert.strictEqual((yield* inProcess(folder)).said, "FolderLocked")
            // None of those attempts released it.
            assert.strictEqual(yield* here(folder), "FolderLocked")
            assert.strictEqual((yield* inProcess(folder)).said, "FolderLocked")
          })
        )
        assert.strictEqual(yield* here(folder), "acquired")
        assert.strictEqual(yield* inThread(folder), "acquired")
      }).pipe(Effect.scoped)
  )

  it.live("is free at once when its process is killed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (let i = 0; i < 3; i++) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            assert.strictEqual((yield* inProcess(folder)).said, "acquired")
            assert.strictEqual(yield* here(folder), "FolderLocked")
          })
        )
        assert.strictEqual(yield* here(folder), "acquired")
      }
    }).pipe(Effect.scoped)
  )

  it.live("writes no warning", () =>
    Effect.gen(function* () {
      const { said, errors } = yield* inProcess(yield* temporaryFolder)
      assert.strictEqual(said, "acquired")
      yield* Effect.sleep(50)
      assert.strictEqual(errors(), "")
    }).pipe(Effect.scoped)
  )

  it.live("error: a journal in a folder that has one is FolderLocked, and says what to do", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      for (const layer of [FileJournal.layer({ folder }), FileStorage.layer({ folder })]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* Layer.build(FileStorage.layer({ folder }))
            const error = yield* Effect.flip(Layer.build(Layer.fresh(layer)))
            assert.strictEqual(
              error.message,
              `Another exchange uses ${folder}. Stop it, or choose another folder.`
            )
          })
        )
      }
    }).pipe(Effect.scoped)
  )
})

describe("error: a folder that cannot be used", () => {
  const unusable: Record<string, (parent: string) => string> = {
    "is a file": (parent) => {
      fs.writeFileSync(join(parent, "data"), "")
      return join(parent, "data")
    },
    "has a file above it": (parent) => {
      fs.writeFileSync(join(parent, "file"), "")
      return join(parent, "file", "data")
    },
    "has a file where its parts go": (parent) => {
      fs.writeFileSync(join(parent, "journal"), "")
      fs.writeFileSync(join(parent, "snapshots"), "")
      return parent
    },
    "has something else for a lock": (parent) => {
      fs.mkdirSync(join(parent, "snapshots"))
      for (const folder of [parent, join(parent, "snapshots")]) {
        fs.writeFileSync(
          join(folder, "lock"),
          "no database, but as long as the header of one".repeat(10)
        )
      }
      return parent
    }
  }

  for (const [what, prepare] of Object.entries(unusable)) {
    it.live(`because it ${what} is FolderUnusable, and says what to do`, () =>
      Effect.gen(function* () {
        const folder = prepare(yield* temporaryFolder)
        const journal = Layer.build(Layer.fresh(FileJournal.layer({ folder })))
        const snapshots = Layer.build(Layer.fresh(FileSnapshotStore.layer({ folder })))
        for (const error of [yield* Effect.flip(journal), yield* Effect.flip(snapshots)]) {
          assert.strictEqual(error._tag, "FolderUnusable")
          assert.match(
            error.message,
            /cannot be used \(.+\)\. Allow this process to read and write it, or choose another/
          )
        }
      }).pipe(Effect.scoped)
    )
  }
})
