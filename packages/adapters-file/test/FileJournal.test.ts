import { assert, describe, it } from "@effect/vitest"
import type { Batch } from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import type { Journal } from "@pandora-exchange/core/ports/Journal"
import { Batches } from "@pandora-exchange/core/testing"
import { Deferred, Effect, Fiber, Result, Stream } from "effect"
import * as fs from "node:fs"
import { basename, join } from "node:path"
import * as FileJournal from "../src/FileJournal.ts"
import { FileProblem, Files } from "../src/internal/Files.ts"
import { overwrite } from "./support/damage.ts"
import { type Call, interceptedFiles } from "./support/interceptedFiles.ts"
import {
  appendSome,
  opened,
  readAll,
  segmentsIn,
  spareIsThere,
  stored
} from "./support/journals.ts"
import { names } from "./support/names.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const segmentBytes = 4096

/** The real file system, except for calls that `faults` has an effect for. */
const filesWith = (
  fault: (
    call: Call,
    proceed: Effect.Effect<void, FileProblem>
  ) => Effect.Effect<void, FileProblem> | undefined
) => interceptedFiles((call, proceed) => fault(call, proceed) ?? proceed)

const failure = ({ operation, path }: Call, code: string) =>
  Effect.fail(new FileProblem({ operation, path, code }))

/** A write of a batch into a segment, distinguished from the zeros that are also written. */
const isAppend = ({ operation, bytes }: Call): boolean =>
  operation === "write" && bytes.some((byte) => byte !== 0)

describe("segments", () => {
  it.live(
    "are named by their first sequence, have their size from the start, and are made ahead",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        yield* opened({ folder, segmentBytes }, (journal) =>
          Effect.andThen(
            appendSome(journal, [10, 10, 10, 10, 10, 10, 10]),
            spareIsThere(folder, segmentBytes)
          )
        )
        const files = segmentsIn(folder)
        assert.deepStrictEqual(
          files.map((file) => basename(file)),
          [
            "0000000000000001.segment",
            "0000000000000021.segment",
            "0000000000000041.segment",
            "0000000000000061.segment"
          ]
        )
        for (const file of files) assert.strictEqual(fs.statSync(file).size, segmentBytes)
      }).pipe(Effect.scoped)
  )

  it.live("double until they have their size", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* opened({ folder, segmentBytes: 5 << 20 }, (journal) =>
        appendSome(journal, Array(22).fill(8000))
      )
      assert.deepStrictEqual(
        segmentsIn(folder).map((file) => fs.statSync(file).size / (1 << 20)),
        [1, 2, 4, 5, 5, 5]
      )
    }).pipe(Effect.scoped)
  )

  it.live("change neither size nor place while batches fit in", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const calls: Array<string> = []
      const files = filesWith((call) => {
        calls.push(`${call.operation} ${basename(call.path)}`)
        return undefined
      })
      yield* opened(
        { folder, files },
        Effect.fnUntraced(function* (journal) {
          const [first, ...rest] = Batches.batchesAfter(yield* journal.claim, [1, 1, 1, 1])
          yield* journal.append(first!)
          yield* spareIsThere(folder, 2 << 20)
          calls.length = 0
          for (const batch of rest) yield* journal.append(batch)
        })
      )
      assert.deepStrictEqual(calls, Array(3).fill("write 0000000000000001.segment"))
    }).pipe(Effect.scoped)
  )

  it.live("that are too small for a batch are made as large as it is", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const batches = yield* opened({ folder, segmentBytes: 1 }, (journal) =>
        appendSome(journal, [500, 1, 500])
      )
      assert.deepStrictEqual(
        segmentsIn(folder).map((file) => fs.statSync(file).size),
        batches.map(stored)
      )
      yield* opened({ folder }, (journal) =>
        Effect.andThen(
          journal.claim,
          Effect.map(readAll(journal), (read) => {
            assert.deepStrictEqual(names(read), names(batches))
          })
        )
      )
    }).pipe(Effect.scoped)
  )

  it.live("that were being made when a process was killed are removed", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const batches = yield* opened({ folder, segmentBytes }, (journal) => appendSome(journal, [1]))
      for (const name of ["spare.tmp", "epoch.tmp"])
        fs.writeFileSync(join(folder, "journal", name), "half")
      yield* opened({ folder, segmentBytes }, (journal) =>
        Effect.map(readAll(journal), (read) => {
          assert.deepStrictEqual(fs.readdirSync(join(folder, "journal")), [
            "0000000000000001.segment",
            "epoch"
          ])
          assert.deepStrictEqual(names(read), names(batches))
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("another size of segment is taken from the next one on", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      yield* opened({ folder, segmentBytes: 1024 }, (journal) => appendSome(journal, [6, 6]))
      const all = yield* opened({ folder, segmentBytes: 8192 }, (journal) =>
        Effect.andThen(appendSome(journal, [6, 6]), readAll(journal))
      )
      assert.strictEqual(all.length, 4)
      assert.deepStrictEqual(
        segmentsIn(folder).map((file) => fs.statSync(file).size),
        [1024, 1024, 8192]
      )
    }).pipe(Effect.scoped)
  )
})

describe("error: a write that fails", () => {
  /** How much of the failed write reaches the disk. */
  const parts: Record<string, (call: Call) => void> = {
    nothing: () => {},
    "its first half": ({ path, at, bytes }) =>
      overwrite(path, at, bytes.subarray(0, bytes.length / 2)),
    "its second half": ({ path, at, bytes }) =>
      overwrite(path, at + bytes.length / 2, bytes.subarray(bytes.length / 2)),
    "all of it": ({ path, at, bytes }) => overwrite(path, at, bytes)
  }

  for (const [what, leave] of Object.entries(parts)) {
    it.live(`and leaves ${what} is Unknown, and nothing is appended before a claim`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        let failing = false
        const files = filesWith((call) => {
          if (!failing || !isAppend(call)) return undefined
          failing = false
          leave(call)
          return failure(call, "EIO")
        })
        yield* opened(
          { folder, segmentBytes, files },
          Effect.fnUntraced(function* (journal) {
            const [first, second] = Batches.batchesAfter(yield* journal.claim, [1, 20]) as [
              Batch,
              Batch
            ]
            yield* journal.append(first)
            failing = true
            assert.strictEqual((yield* Effect.flip(journal.append(second)))._tag, "Unknown")
            for (let i = 0; i < 2; i++) {
              assert.strictEqual((yield* Effect.flip(journal.append(second)))._tag, "Fenced")
            }
            const { epoch, head } = yield* journal.claim
            const expected = what === "all of it" ? [first, second] : [first]
            assert.deepStrictEqual(head.lastSequence, Batches.headOf(expected.at(-1)!).lastSequence)
            assert.deepStrictEqual(names(yield* readAll(journal)), names(expected))
            const next = Batches.batchAfter(head, epoch)
            yield* journal.append(next)
            assert.deepStrictEqual(names(yield* readAll(journal)), names([...expected, next]))
          })
        )
        const again = yield* opened({ folder }, (journal) =>
          Effect.andThen(journal.claim, readAll(journal))
        )
        assert.strictEqual(again.length, what === "all of it" ? 3 : 2)
      }).pipe(Effect.scoped)
    )
  }

  it.live(
    "a claim writes the last batch again and clears where the write failed, whatever can be read there",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const writes: Array<{ at: number; bytes: Uint8Array }> = []
        let failing = false
        const files = filesWith((call) => {
          if (!call.path.endsWith(".segment")) return undefined
          if (call.operation === "write") writes.push({ at: call.at, bytes: call.bytes })
          return failing ? failure(call, "EIO") : undefined
        })
        yield* opened(
          { folder, files },
          Effect.fnUntraced(function* (journal) {
            const [first] = yield* appendSome(journal, [1])
            const second = Batches.batchAfter(Batches.headOf(first!), first!.epoch, 20)
            failing = true
            assert.strictEqual((yield* Effect.flip(journal.append(second)))._tag, "Unknown")
            assert.strictEqual((yield* Effect.flip(journal.claim))._tag, "Unknown")
            failing = false
            writes.length = 0
            yield* journal.claim
            assert.deepStrictEqual(
              writes.map(({ at, bytes }) => [at, bytes.length]),
              [
                [0, 512],
                [512, stored(second)]
              ]
            )
            assert.isTrue(
              Buffer.from(writes[0]!.bytes.subarray(0, first!.bytes.length)).equals(first!.bytes)
            )
            assert.isTrue(writes[1]!.bytes.every((byte) => byte === 0))
          })
        )
      }).pipe(Effect.scoped)
  )

  const noRoomCodes = ["ENOSPC", "EDQUOT", "EFBIG"]
  for (const code of noRoomCodes) {
    it.live(
      `for want of room (${code}) half way is Full, leaves zeros, and the batch is taken afterwards`,
      () =>
        Effect.gen(function* () {
          const folder = yield* temporaryFolder
          let failing = false
          const files = filesWith((call) => {
            if (!failing || !isAppend(call)) return undefined
            overwrite(call.path, call.at, call.bytes.subarray(0, call.bytes.length / 2))
            return failure(call, code)
          })
          yield* opened(
            { folder, segmentBytes, files },
            Effect.fnUntraced(function* (journal) {
              const [first, second] = Batches.batchesAfter(yield* journal.claim, [1, 20])
              yield* journal.append(first!)
              failing = true
              for (let i = 0; i < 2; i++) {
                assert.strictEqual((yield* Effect.flip(journal.append(second!)))._tag, "Full")
                const after = fs.readFileSync(segmentsIn(folder)[0]!).subarray(512)
                assert.isTrue(after.every((byte) => byte === 0))
              }
              failing = false
              yield* journal.append(second!)
              assert.deepStrictEqual(names(yield* readAll(journal)), names([first!, second!]))
            })
          )
        }).pipe(Effect.scoped)
    )
  }

  it.live("for want of room is Unknown when it is not certain that nothing was left", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      let failing = false
      const files = filesWith((call) => {
        if (!failing || call.operation !== "write") return undefined
        if (isAppend(call)) overwrite(call.path, call.at, call.bytes.subarray(0, 600))
        return failure(call, "ENOSPC")
      })
      yield* opened(
        { folder, segmentBytes, files },
        Effect.fnUntraced(function* (journal) {
          const [first, second] = Batches.batchesAfter(yield* journal.claim, [1, 20])
          yield* journal.append(first!)
          failing = true
          assert.strictEqual((yield* Effect.flip(journal.append(second!)))._tag, "Unknown")
          assert.strictEqual((yield* Effect.flip(journal.append(second!)))._tag, "Fenced")
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("while a segment is made is Full, or Unknown, and the segment is made again", () =>
    Effect.gen(function* () {
      for (const [code, tag] of [
        ["ENOSPC", "Full"],
        ["EIO", "Unknown"]
      ] as const) {
        const folder = yield* temporaryFolder
        let failing = false
        const files = filesWith((call) =>
          failing && call.path.endsWith("spare.tmp") ? failure(call, code) : undefined
        )
        yield* opened(
          { folder, segmentBytes: 512, files },
          Effect.fnUntraced(function* (journal) {
            // The spare segment made ahead takes the second batch, and none can be made for the
            // third.
            const [first, second, third] = Batches.batchesAfter(yield* journal.claim, [1, 1, 1])
            yield* journal.append(first!)
            yield* spareIsThere(folder, 512)
            failing = true
            yield* journal.append(second!)
            assert.strictEqual((yield* Effect.flip(journal.append(third!)))._tag, tag)
            assert.strictEqual(
              (yield* Effect.flip(journal.append(third!)))._tag,
              tag === "Full" ? "Full" : "Fenced"
            )
            failing = false
            if (tag === "Full") yield* journal.append(third!)
            const { epoch, head } = yield* journal.claim
            yield* journal.append(Batches.batchAfter(head, epoch))
            assert.strictEqual((yield* readAll(journal)).length, tag === "Full" ? 4 : 3)
          })
        )
      }
    }).pipe(Effect.scoped)
  )

  for (const operation of ["rename", "syncFolder"] as const) {
    it.live(`when a segment gets its name (${operation}) is Unknown, and a claim goes on`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        let failing = false
        const files = filesWith((call) =>
          failing && call.operation === operation ? failure(call, "EIO") : undefined
        )
        yield* opened(
          { folder, segmentBytes: 512, files },
          Effect.fnUntraced(function* (journal) {
            const [first, second] = Batches.batchesAfter(yield* journal.claim, [1, 1])
            yield* journal.append(first!)
            failing = true
            assert.strictEqual((yield* Effect.flip(journal.append(second!)))._tag, "Unknown")
            failing = false
            const { epoch, head } = yield* journal.claim
            assert.strictEqual(head.lastSequence, 1)
            // Larger than the segment that may already have its name: it replaces it.
            yield* journal.append(Batches.batchAfter(head, epoch, 30))
            yield* journal
              .append(Batches.batchAfter((yield* journal.claim).head, epoch, 1))
              .pipe(Effect.flip)
            assert.strictEqual((yield* readAll(journal)).length, 2)
          })
        )
        const again = yield* opened({ folder }, (journal) =>
          Effect.andThen(journal.claim, readAll(journal))
        )
        assert.strictEqual(again.length, 2)
      }).pipe(Effect.scoped)
    )
  }
})

describe("an append that is interrupted while it writes", () => {
  it.live("is written to its end, and the next batch follows on it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const writing = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const files = filesWith((call, proceed) =>
        isAppend(call) && call.path.endsWith(".segment")
          ? Effect.andThen(
              Deferred.succeed(writing, undefined),
              Effect.andThen(Deferred.await(goOn), proceed)
            )
          : undefined
      )
      yield* opened(
        { folder, files },
        Effect.fnUntraced(function* (journal) {
          const [first, second] = Batches.batchesAfter(yield* journal.claim, [1, 1]) as [
            Batch,
            Batch
          ]
          const appending = yield* Effect.forkChild(journal.append(first))
          yield* Deferred.await(writing)
          const interrupting = yield* Effect.forkChild(Fiber.interrupt(appending))
          yield* Effect.yieldNow
          yield* Deferred.succeed(goOn, undefined)
          yield* Fiber.join(interrupting)
          assert.strictEqual((yield* Effect.flip(journal.append(first)))._tag, "Fenced")
          yield* journal.append(second)
          assert.deepStrictEqual(names(yield* readAll(journal)), names([first, second]))
        })
      )
    }).pipe(Effect.scoped)
  )
})

describe("claim", () => {
  it.live(
    "error: an epoch that cannot be written is Unknown, and the next claim takes a later one",
    () =>
      Effect.gen(function* () {
        for (const before of [0, 1, 2]) {
          for (const operation of ["create", "write", "rename", "syncFolder"] as const) {
            const folder = yield* temporaryFolder
            let failing = false
            const files = filesWith((call) =>
              failing && call.operation === operation ? failure(call, "EIO") : undefined
            )
            yield* opened(
              { folder, files },
              Effect.fnUntraced(function* (journal) {
                for (let i = 0; i < before; i++) yield* journal.claim
                failing = true
                const result = yield* Effect.result(journal.claim)
                const isNeeded = before === 0 || operation === "write" || operation === "syncFolder"
                if (isNeeded)
                  assert.isTrue(Result.isFailure(result) && result.failure._tag === "Unknown")
                failing = false
                assert.isAbove((yield* journal.claim).epoch, before)
              })
            )
          }
        }
      }).pipe(Effect.scoped)
  )

  it.live("error: a journal that was closed neither claims nor appends", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const [journal, batch] = yield* opened(
        { folder },
        Effect.fnUntraced(function* (journal) {
          const { epoch, head } = yield* journal.claim
          return [journal, Batches.batchAfter(head, epoch)] as const
        })
      )
      assert.strictEqual((yield* Effect.flip(journal.append(batch)))._tag, "Fenced")
      assert.strictEqual((yield* Effect.flip(journal.claim))._tag, "Unknown")
    }).pipe(Effect.scoped)
  )

  it.live("closing waits for the append that is under way", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const writing = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const files = filesWith((call, proceed) =>
        isAppend(call) && call.path.endsWith(".segment")
          ? Effect.andThen(
              Deferred.succeed(writing, undefined),
              Effect.andThen(Deferred.await(goOn), proceed)
            )
          : undefined
      )
      const closing = yield* Effect.forkChild(
        opened(
          { folder, files },
          Effect.fnUntraced(function* (journal) {
            const { epoch, head } = yield* journal.claim
            const appending = yield* Effect.forkDetach(
              journal.append(Batches.batchAfter(head, epoch))
            )
            yield* Deferred.await(writing)
            return appending
          })
        )
      )
      yield* Deferred.await(writing)
      yield* Effect.sleep(20)
      assert.isUndefined(closing.pollUnsafe())
      yield* Deferred.succeed(goOn, undefined)
      yield* Fiber.join(yield* Fiber.join(closing))
      assert.strictEqual((yield* opened({ folder }, readAll)).length, 1)
    }).pipe(Effect.scoped)
  )
})

describe("reader", () => {
  it.live("reads what the owner appends, without its lock, from any sequence", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const reader = FileJournal.reader({ folder })
      yield* opened(
        { folder, segmentBytes: 1024 },
        Effect.fnUntraced(function* (journal) {
          assert.strictEqual((yield* readAll(reader)).length, 0)
          const batches = yield* appendSome(journal, [5, 5, 5, 5, 5])
          assert.deepStrictEqual(names(yield* readAll(reader)), names(batches))
          assert.deepStrictEqual(names(yield* readAll(reader, 12)), names(batches.slice(2)))
          assert.deepStrictEqual(names(yield* readAll(reader, 26)), [])
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("takes a batch that is being written for the end", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const batches = yield* opened({ folder, segmentBytes }, (journal) =>
        appendSome(journal, [1, 1, 20])
      )
      const segment = segmentsIn(folder)[0]!
      const bytes = fs.readFileSync(segment)
      overwrite(segment, 1024 + 1024, new Uint8Array(2048))
      assert.deepStrictEqual(
        names(yield* readAll(FileJournal.reader({ folder }))),
        names(batches.slice(0, 2))
      )

      // Half a sector: damage if it stays that way, but the rest arrives.
      overwrite(segment, 0, bytes)
      overwrite(segment, 1024 + 700, new Uint8Array(200))
      const reading = yield* Effect.forkChild(readAll(FileJournal.reader({ folder })))
      yield* Effect.sleep(20)
      overwrite(segment, 0, bytes)
      assert.deepStrictEqual(names(yield* Fiber.join(reading)), names(batches))
    }).pipe(Effect.scoped)
  )

  it.live("brings the last batch to disk before it gives it", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const batches = yield* opened({ folder, segmentBytes: 1024 }, (journal) =>
        appendSome(journal, [5, 5, 5])
      )
      const log: Array<string> = []
      const system = Files.defaultValue()
      const files: Files = {
        ...system,
        open: (path, mode) =>
          Effect.map(system.open(path, mode), (file) => ({
            ...file,
            sync: Effect.andThen(
              Effect.sync(() => log.push(`sync ${basename(path)}`)),
              file.sync
            )
          }))
      }
      yield* FileJournal.reader({ folder })
        .read(Sequence(1))
        .pipe(
          Stream.runForEach(({ firstSequence }) => Effect.sync(() => log.push(`${firstSequence}`))),
          Effect.provideService(Files, files)
        )
      assert.strictEqual(batches.length, 3)
      assert.deepStrictEqual(log, ["1", "6", `sync 0000000000000011.segment`, "11"])
    }).pipe(Effect.scoped)
  )

  it.live("error: a folder that is not there is Unknown", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "none")
      assert.strictEqual(
        (yield* Effect.flip(readAll(FileJournal.reader({ folder }))))._tag,
        "Unknown"
      )
    }).pipe(Effect.scoped)
  )
})

describe("read", () => {
  it.live("keeps a megabyte in memory, however long the journal is", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const requested: Array<number> = []
      const system = Files.defaultValue()
      const files: Files = {
        ...system,
        open: (path, mode) =>
          Effect.map(system.open(path, mode), (file) => ({
            ...file,
            read: (buffer, at) => {
              requested.push(buffer.length)
              return file.read(buffer, at)
            }
          }))
      }
      yield* opened(
        { folder, files },
        Effect.fnUntraced(function* (journal: Journal["Service"]) {
          const batches = yield* appendSome(journal, Array<number>(60).fill(1000))
          requested.length = 0
          assert.strictEqual((yield* readAll(journal)).length, batches.length)
          assert.isAtMost(Math.max(...requested), 1 << 20)
        })
      )
    }).pipe(Effect.scoped)
  )
})
