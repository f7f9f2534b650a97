import { assert, describe, it } from "@effect/vitest"
import { Batches, JournalSuite, SnapshotStoreSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer, Result } from "effect"
import * as Prerequisite from "../../../scripts/Prerequisite.ts"
import * as FileJournal from "../src/FileJournal.ts"
import * as FileSnapshotStore from "../src/FileSnapshotStore.ts"
import { appendSome, opened, readAll } from "./support/journals.ts"
import { names } from "./support/names.ts"
import { smallDisks } from "./support/smallDisk.ts"

// Larger than a file may grow where file size is limited.
const segmentBytes = 16_384
/** A batch of this many commands takes one sector. */
const commands = 3

Prerequisite.available("full-disk", {
  present: Object.values(smallDisks).some(({ missing }) => missing === undefined),
  remedy: "run the tests as root or with passwordless sudo, or install prlimit (util-linux)"
})

for (const [what, { disk, missing }] of Object.entries(smallDisks)) {
  describe.skipIf(missing)(
    `on ${what}${missing === undefined ? "" : ` (skipped: ${missing})`}`,
    () => {
      const store = Layer.effect(
        JournalSuite.JournalStore,
        Effect.map(disk, ({ folder, fill }) => ({
          open: JournalSuite.opening(FileJournal.layer({ folder, segmentBytes: 512 })),
          fill
        }))
      )
      for (const { name, needs, run } of JournalSuite.cases) {
        if (needs === "fill") it.live(name, () => Effect.provide(run, store, { local: true }))
      }

      const place = Layer.effect(
        SnapshotStoreSuite.SnapshotPlace,
        Effect.map(disk, ({ folder, fill }) => ({
          open: SnapshotStoreSuite.opening(FileSnapshotStore.layer({ folder })),
          fill
        }))
      )
      for (const { name, needs, run } of SnapshotStoreSuite.cases) {
        if (needs === "fill") it.live(name, () => Effect.provide(run, place, { local: true }))
      }

      it.live(
        "batches are taken as long as there is room, and again when there is, and none is lost",
        () =>
          Effect.gen(function* () {
            const { folder, fill } = yield* disk
            const stored: Array<string> = []
            for (let round = 0; round < 3; round++) {
              yield* opened(
                { folder, segmentBytes },
                Effect.fnUntraced(function* (journal) {
                  const { epoch, head: claimedHead } = yield* journal.claim
                  let head = claimedHead
                  const appendOne = Effect.gen(function* () {
                    const batch = Batches.batchAfter(head, epoch, commands)
                    yield* journal.append(batch)
                    head = Batches.headOf(batch)
                    stored.push(...names([batch]))
                  })
                  yield* Effect.repeat(appendOne, { times: 4 })
                  const makeRoom = yield* fill
                  const error = yield* Effect.flip(Effect.forever(appendOne))
                  assert.strictEqual(error._tag, "Full")
                  assert.strictEqual((yield* Effect.flip(appendOne))._tag, "Full")
                  assert.deepStrictEqual(names(yield* readAll(journal)), stored)
                  yield* makeRoom
                  yield* Effect.repeat(appendOne, { times: 4 })
                  assert.deepStrictEqual(names(yield* readAll(journal)), stored)
                })
              )
            }
            assert.isAtLeast(stored.length, 30)
          }).pipe(Effect.scoped)
      )

      it.live(
        "a journal that is opened when there is no room is read, and goes on when there is",
        () =>
          Effect.gen(function* () {
            const { folder, fill } = yield* disk
            const stored = yield* opened({ folder, segmentBytes }, (journal) =>
              appendSome(journal, [commands])
            )
            const makeRoom = yield* fill
            yield* opened(
              { folder, segmentBytes },
              Effect.fnUntraced(function* (journal) {
                const { epoch, head: claimedHead } = yield* journal.claim
                let head = claimedHead
                assert.deepStrictEqual(names(yield* readAll(journal)), names(stored))
                // There is room left in the current segment, and in another one made ahead.
                while (true) {
                  const batch = Batches.batchAfter(head, epoch, commands)
                  const result = yield* Effect.result(journal.append(batch))
                  if (Result.isFailure(result)) {
                    assert.strictEqual(result.failure._tag, "Full")
                    break
                  }
                  stored.push(batch)
                  head = Batches.headOf(batch)
                }
                yield* makeRoom
                const last = Batches.batchAfter(head, epoch, commands)
                yield* journal.append(last)
                assert.deepStrictEqual(names(yield* readAll(journal)), names([...stored, last]))
              })
            )
          }).pipe(Effect.scoped)
      )
    }
  )
}
