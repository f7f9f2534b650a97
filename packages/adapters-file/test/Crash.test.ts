import { assert, describe, it } from "@effect/vitest"
import { Batches, SnapshotStoreSuite } from "@pandora-exchange/core/testing"
import { Effect, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import * as FileSnapshotStore from "../src/FileSnapshotStore.ts"
import { firstCrashes, journalCrashes, snapshotCrashes, snapshotState } from "./support/crashes.ts"
import { opened, readAll } from "./support/journals.ts"
import { names } from "./support/names.ts"
import { runUntilKilled } from "./support/runUntilKilled.ts"
import { temporaryFolder } from "./support/temporaryFolder.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"

interface Told {
  readonly begun: ReadonlyArray<string>
  readonly done: ReadonlyArray<string>
}

const crash = (...run: Parameters<typeof runUntilKilled>) =>
  Effect.map(runUntilKilled(...run), (lines): Told => {
    const ofKind = (kind: string) =>
      lines.filter((line) => line.startsWith(kind)).map((line) => line.slice(kind.length))
    return { begun: ofKind("begins "), done: ofKind("did ") }
  })

/**
 * Everything acknowledged as durable is there once and in order; of the rest, at most the last
 * append begun.
 */
const recovers = Effect.fnUntraced(function* (
  folder: string,
  before: ReadonlyArray<string>,
  { begun, done }: Told
) {
  return yield* opened(
    { folder, segmentBytes: 8192 },
    Effect.fnUntraced(function* (journal) {
      const { epoch, head } = yield* journal.claim
      const found = names(yield* readAll(journal))
      const certain = [...before, ...done]
      const open = begun.length > done.length ? [...certain, begun.at(-1)!] : certain
      assert.deepStrictEqual(found, found.length > certain.length ? open : certain)
      const next = Batches.batchAfter(head, epoch, 2)
      yield* journal.append(next)
      return [...found, ...names([next])]
    })
  )
})

describe("a journal whose process is killed", () => {
  for (const where of [...Object.keys(firstCrashes), ...Object.keys(journalCrashes)]) {
    it.live(`${where} has every batch that was acknowledged once, and goes on`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        let stored: ReadonlyArray<string> = []
        for (const nth of where in firstCrashes ? [1] : [1, 2, 5, 11]) {
          const told = yield* crash(folder, "append", where, nth)
          stored = yield* recovers(folder, stored, told)
        }
      }).pipe(Effect.scoped)
    )
  }

  it.live("at any moment has every batch that was acknowledged once, and goes on", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      let stored: ReadonlyArray<string> = []
      let acknowledged = 0
      for (let round = 0; round < (long ? 200 : 10); round++) {
        const told = yield* crash(folder, "append", "", 0, 1 + ((round * 97) % 500))
        stored = yield* recovers(folder, stored, told)
        acknowledged += told.done.length
      }
      assert.isAbove(acknowledged, 0)
    }).pipe(Effect.scoped)
  )
})

describe("a snapshot store whose process is killed", () => {
  for (const where of Object.keys(snapshotCrashes)) {
    it.live(`${where} has whole snapshots only, among them those that were saved last`, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        for (const nth of [1, 2, 3]) {
          const { begun, done } = yield* crash(folder, "save", where, nth)
          yield* Effect.scoped(
            Effect.gen(function* () {
              const store = yield* SnapshotStoreSuite.opening(FileSnapshotStore.layer({ folder }))
              const sequences = (yield* store.list).map(({ sequence }) => sequence)
              const last = Number(done.at(-1) ?? 0)
              assert.isAtLeast(sequences[0] ?? 0, last)
              assert.isAtMost(sequences[0] ?? 0, Number(begun.at(-1)))
              if (last > 1) assert.include(sequences, last)
              for (const sequence of sequences) {
                const state = Buffer.concat(yield* Stream.runCollect(store.load(sequence)))
                assert.isTrue(state.equals(snapshotState(sequence)))
              }
              const others = fs
                .readdirSync(join(folder, "snapshots"))
                .filter((name) => !name.endsWith(".snapshot"))
              assert.deepStrictEqual(others, ["lock"])
            })
          )
        }
      }).pipe(Effect.scoped)
    )
  }
})
