import { assert, describe, it } from "@effect/vitest"
import { type Batch, formatVersion, headerBytes } from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import { Damaged, type Journal } from "@pandora-exchange/core/ports/Journal"
import { Batches } from "@pandora-exchange/core/testing"
import { Effect, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import * as FileJournal from "../src/FileJournal.ts"
import { flipBit, overwrite } from "./support/damage.ts"
import { appendSome, opened, readAll, segmentsIn, stored } from "./support/journals.ts"
import { names } from "./support/names.ts"
import { folderInMemory } from "./support/temporaryFolder.ts"

const long = process.env["PANDORA_TEST_LONG"] === "1"
const segmentBytes = 8192

/** A journal of three batches in one segment, and a way to restore it. */
const threeBatches = Effect.fnUntraced(function* (commandsInLast = 25) {
  const folder = yield* folderInMemory
  const batches = yield* opened({ folder, segmentBytes }, (journal) =>
    appendSome(journal, [2, 6, commandsInLast])
  )
  const segment = segmentsIn(folder)[0]!
  const original = fs.readFileSync(segment)
  const [first, second, third] = batches as [Batch, Batch, Batch]
  const lastAt = stored(first) + stored(second)
  return {
    folder,
    batches,
    segment,
    /** Where the last batch begins, and where it ends without and with its fill. */
    lastAt,
    lastEnd: lastAt + third.bytes.length,
    end: lastAt + stored(third),
    restore: () => {
      for (const later of segmentsIn(folder).slice(1)) fs.rmSync(later)
      fs.writeFileSync(segment, original)
    }
  }
})

/** Exactly these batches are there, and the next one is accepted and is there after reopening. */
const holds = Effect.fnUntraced(function* (
  folder: string,
  expected: ReadonlyArray<Batch>,
  what: string
) {
  const after = yield* opened(
    { folder, segmentBytes },
    Effect.fnUntraced(function* (journal) {
      const before = yield* readAll(journal)
      assert.deepStrictEqual(names(before), names(expected), `${what}, before the claim`)
      const { epoch, head } = yield* journal.claim
      const next = Batches.batchAfter(head, epoch, 3)
      yield* journal.append(next)
      const after = yield* readAll(journal)
      assert.deepStrictEqual(names(after), names([...expected, next]), what)
      return after
    })
  )
  const again = yield* opened({ folder, segmentBytes }, (journal) =>
    Effect.andThen(journal.claim, readAll(journal))
  )
  assert.deepStrictEqual(names(again), names(after), `${what}, opened again`)
})

/** Neither claim nor read gets past the damage, and both name the file. */
const isDamaged = Effect.fnUntraced(function* (folder: string, file: string, what: string) {
  const before = fs.readFileSync(file)
  const error = yield* opened({ folder, segmentBytes }, (journal) =>
    Effect.flip(journal.claim)
  ).pipe(Effect.catch(() => Effect.die(`nothing was found wrong with ${what}`)))
  assert.instanceOf(error, Damaged, what)
  assert.include(error.place, file, what)
  assert.isTrue(fs.readFileSync(file).equals(before), `${what}: nothing was changed`)
  return error
})

describe("a batch that a crash left unfinished", () => {
  it.live("is dropped wherever the file ends in it, and is whole when only its fill is cut", () =>
    Effect.gen(function* () {
      const { folder, batches, segment, lastAt, lastEnd, end, restore } = yield* threeBatches(8)
      for (let length = lastAt; length <= end; length++) {
        restore()
        fs.truncateSync(segment, length)
        yield* holds(
          folder,
          length < lastEnd ? batches.slice(0, 2) : batches,
          `cut to ${length} bytes`
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("is dropped whichever of its sectors were not written", () =>
    Effect.gen(function* () {
      const { folder, batches, segment, lastAt, end, restore } = yield* threeBatches()
      const sectors = (end - lastAt) / 512
      assert.isAtLeast(sectors, 5)
      for (let missing = 1; missing < 1 << sectors; missing++) {
        restore()
        for (let i = 0; i < sectors; i++) {
          if (missing & (1 << i)) overwrite(segment, lastAt + i * 512, new Uint8Array(512))
        }
        yield* holds(folder, batches.slice(0, 2), `sectors ${missing.toString(2)} zeroed`)
      }
    }).pipe(Effect.scoped)
  )

  it.live("is dropped when sectors are missing and the file ends in it", () =>
    Effect.gen(function* () {
      const { folder, batches, segment, lastAt, end, restore } = yield* threeBatches()
      for (const zeroed of [lastAt, lastAt + 512, lastAt + 1024]) {
        for (let length = zeroed + 512; length < end; length += 100) {
          restore()
          overwrite(segment, zeroed, new Uint8Array(512))
          fs.truncateSync(segment, length)
          yield* holds(
            folder,
            batches.slice(0, 2),
            `zeroed at ${zeroed} and cut to ${length} bytes`
          )
        }
      }
    }).pipe(Effect.scoped)
  )

  it.live("is dropped when it is the first of a segment, or of the journal", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      const batches = yield* opened({ folder, segmentBytes: 512 }, (journal) =>
        appendSome(journal, [6, 6])
      )
      const [first, second] = segmentsIn(folder) as [string, string]
      overwrite(second, 0, new Uint8Array(512))
      yield* holds(folder, batches.slice(0, 1), "the first sector of the second segment zeroed")

      const other = yield* folderInMemory
      yield* opened({ folder: other, segmentBytes: 512 }, (journal) => appendSome(journal, [6]))
      assert.isTrue(first.endsWith("0000000000000001.segment"))
      overwrite(segmentsIn(other)[0]!, 0, new Uint8Array(512))
      yield* holds(other, [], "the first sector of the journal zeroed")
    }).pipe(Effect.scoped)
  )
})

describe("error: damage", () => {
  it.live(
    "of any byte of a batch, its fill or the space behind the last one is found and named",
    () =>
      Effect.gen(function* () {
        const { folder, segment, end, restore } = yield* threeBatches()
        const bits = long ? [0, 1, 2, 3, 4, 5, 6, 7] : [undefined]
        let flips = 0
        for (let at = 0; at < segmentBytes; at += at < end || long ? 1 : 61) {
          for (const bit of bits) {
            restore()
            flipBit(segment, at, bit ?? (at * 5) % 8)
            yield* isDamaged(folder, segment, `bit ${bit} of byte ${at} flipped`)
            flips++
          }
        }
        assert.isAbove(flips, end)
      }).pipe(Effect.scoped),
    long ? 3_600_000 : 300_000
  )

  it.live("of the last batch is found by a reader, which gives what is before it", () =>
    Effect.gen(function* () {
      const { folder, batches, segment, lastAt } = yield* threeBatches()
      flipBit(segment, lastAt + 600, 1)
      const read: Array<Batch> = []
      const reader = FileJournal.reader({ folder })
      const error = yield* Effect.flip(readInto(read, reader))
      assert.instanceOf(error, Damaged)
      assert.deepStrictEqual(names(read), names(batches.slice(0, 2)))
    }).pipe(Effect.scoped)
  )

  const cases: Record<string, (journal: { segment: string; lastAt: number; end: number }) => void> =
    {
      "a hole in front of another batch": ({ segment, lastAt }) =>
        overwrite(segment, lastAt - 512, new Uint8Array(512)),
      "a batch that is missing in front of another": ({ segment, lastAt }) =>
        overwrite(segment, 0, new Uint8Array(lastAt)),
      "a batch that stands there twice": ({ segment, lastAt, end }) =>
        overwrite(segment, end, fs.readFileSync(segment).subarray(lastAt, end)),
      "something behind the end": ({ segment, end }) =>
        overwrite(segment, end, Buffer.alloc(100, "x")),
      "something behind an unfinished batch": ({ segment, lastAt, end }) => {
        overwrite(segment, lastAt + 512, new Uint8Array(512))
        overwrite(segment, end, Buffer.alloc(512, "x"))
      },
      "a file that ends in something that is no header": ({ segment, end }) => {
        fs.truncateSync(segment, end)
        fs.appendFileSync(segment, "x")
      },
      "a part of a batch that is zeros, but not a whole sector": ({ segment, lastAt }) =>
        overwrite(segment, lastAt + 513, new Uint8Array(511))
    }

  for (const [what, damage] of Object.entries(cases)) {
    it.live(`${what} is damage`, () =>
      Effect.gen(function* () {
        const journal = yield* threeBatches()
        damage(journal)
        yield* isDamaged(journal.folder, journal.segment, what)
      }).pipe(Effect.scoped)
    )
  }

  it.live("a batch that is whole but follows on another is damage", () =>
    Effect.gen(function* () {
      const { folder, batches, segment, lastAt } = yield* threeBatches()
      const [first, , third] = batches as [Batch, Batch, Batch]
      const { lastSequence } = Batches.headOf(batches[1]!)
      const other = Batches.batchAfter({ lastSequence, hash: first.hash }, third.epoch, third.count)
      overwrite(segment, lastAt, other.bytes)
      const { problem } = yield* isDamaged(folder, segment, "a batch of another history")
      assert.strictEqual(problem, "the batch does not follow on the one before it")
    }).pipe(Effect.scoped)
  )

  it.live("an unfinished batch in a segment that others follow is damage", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      const [, second] = yield* opened({ folder, segmentBytes: 2048 }, (journal) =>
        appendSome(journal, [2, 15])
      )
      const [segment, other] = segmentsIn(folder) as [string, string]
      assert.isDefined(other)
      overwrite(segment, 512, second!.bytes.subarray(0, 512))
      yield* isDamaged(folder, segment, "half of the second batch behind the first")
    }).pipe(Effect.scoped)
  )

  it.live("an empty segment with the name of another place is damage", () =>
    Effect.gen(function* () {
      const { folder, segment } = yield* threeBatches()
      const empty = segment.replace("01.segment", "99.segment")
      fs.writeFileSync(empty, new Uint8Array(1024))
      yield* isDamaged(folder, empty, "an empty segment")
    }).pipe(Effect.scoped)
  )

  it.live("of what was appended since the claim is found by a read", () =>
    Effect.gen(function* () {
      const changes: ReadonlyArray<(segment: string) => void> = [
        (segment) => flipBit(segment, 600, 1),
        (segment) => overwrite(segment, 512, new Uint8Array(512)),
        (segment) => fs.truncateSync(segment, 512),
        (segment) => fs.truncateSync(segment, 700)
      ]
      for (const change of changes) {
        const folder = yield* folderInMemory
        yield* opened(
          { folder, segmentBytes },
          Effect.fnUntraced(function* (journal) {
            const batches = yield* appendSome(journal, [2, 2])
            change(segmentsIn(folder)[0]!)
            const read: Array<Batch> = []
            assert.instanceOf(yield* Effect.flip(readInto(read, journal)), Damaged)
            assert.deepStrictEqual(names(read), names(batches.slice(0, 1)))
          })
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("of an older segment ends the read there", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      const batches = yield* opened({ folder, segmentBytes: 512 }, (journal) =>
        appendSome(journal, [2, 2, 2, 2, 2])
      )
      const segments = segmentsIn(folder)
      assert.strictEqual(segments.length, 5)
      for (const [i, damage] of [
        () => flipBit(segments[1]!, 100, 0),
        () => fs.truncateSync(segments[1]!, 300),
        () => fs.rmSync(segments[1]!)
      ].entries()) {
        damage()
        yield* opened(
          { folder, segmentBytes: 512 },
          Effect.fnUntraced(function* (journal) {
            yield* journal.claim
            const read: Array<Batch> = []
            assert.instanceOf(yield* Effect.flip(readInto(read, journal)), Damaged, `damage ${i}`)
            assert.deepStrictEqual(names(read), names(batches.slice(0, 1)))
            assert.deepStrictEqual(names(yield* readAll(journal, 6)), names(batches.slice(2)))
          })
        )
      }
    }).pipe(Effect.scoped)
  )

  it.live("a last segment that is missing is found by the owner that appended to it", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      yield* opened(
        { folder, segmentBytes: 512 },
        Effect.fnUntraced(function* (journal) {
          yield* appendSome(journal, [2, 2])
          fs.rmSync(segmentsIn(folder)[1]!)
          assert.instanceOf(yield* Effect.flip(readAll(journal)), Damaged)
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "segments that were dropped from the beginning are missed only when they are asked for",
    () =>
      Effect.gen(function* () {
        const folder = yield* folderInMemory
        const batches = yield* opened({ folder, segmentBytes: 512 }, (journal) =>
          appendSome(journal, [2, 2, 2, 2])
        )
        for (const segment of segmentsIn(folder).slice(0, 2)) fs.rmSync(segment)
        yield* opened(
          { folder, segmentBytes: 512 },
          Effect.fnUntraced(function* (journal) {
            yield* journal.claim
            assert.deepStrictEqual(names(yield* readAll(journal, 5)), names(batches.slice(2)))
            const error = yield* Effect.flip(readAll(journal, 4))
            assert.deepInclude(error, { _tag: "Damaged", sequence: 4 })
          })
        )
        const [third, fourth] = segmentsIn(folder) as [string, string]
        fs.rmSync(third)
        fs.truncateSync(fourth, 0)
        const error = yield* opened({ folder, segmentBytes: 512 }, (journal) =>
          Effect.flip(journal.claim)
        )
        assert.strictEqual(error._tag, "Damaged")
      }).pipe(Effect.scoped)
  )

  it.live("of the epoch is found, and so are an epoch that is missing and one that went back", () =>
    Effect.gen(function* () {
      const { folder } = yield* threeBatches()
      const file = join(folder, "journal", "epoch")
      const original = fs.readFileSync(file)
      assert.match(original.toString("latin1", 512), /^pandora-epoch 1 1 [0-9a-f]{8}\n\0+$/)
      for (let at = 0; at < original.length; at++) {
        fs.writeFileSync(file, original)
        flipBit(file, at, at % 8)
        yield* isDamaged(folder, file, `byte ${at} of the epoch`)
      }
      for (const length of [0, 100, 512, 1023]) {
        fs.writeFileSync(file, original.subarray(0, length))
        yield* isDamaged(folder, file, `an epoch cut to ${length} bytes`)
      }
      fs.writeFileSync(file, Buffer.concat([original.subarray(512), original.subarray(0, 512)]))
      yield* isDamaged(folder, file, "epochs in the wrong order")

      fs.writeFileSync(file, original)
      yield* opened({ folder, segmentBytes }, (journal) => appendSome(journal, [1]))
      fs.writeFileSync(file, original)
      yield* isDamaged(folder, file, "an epoch that went back")

      fs.rmSync(file)
      const error = yield* opened({ folder, segmentBytes }, (journal) => Effect.flip(journal.claim))
      assert.deepInclude(error, { _tag: "Damaged", place: file })
    }).pipe(Effect.scoped)
  )
})

describe("error: what a newer version wrote", () => {
  it.live("is refused as such, whole, unfinished or in the middle", () =>
    Effect.gen(function* () {
      const { folder, segment, lastAt, restore } = yield* threeBatches()
      for (const at of [0, lastAt]) {
        restore()
        overwrite(segment, at, newerHeader(fs.readFileSync(segment).subarray(at)))
        const error = yield* isDamaged(folder, segment, "a batch of version 2")
        assert.include(error.problem, "newer version")
      }
      overwrite(segment, lastAt + 512, new Uint8Array(512))
      assert.include(
        (yield* isDamaged(folder, segment, "an unfinished batch of version 2")).problem,
        "newer version"
      )
    }).pipe(Effect.scoped)
  )

  it.live("is refused as such when it is the epoch", () =>
    Effect.gen(function* () {
      const { folder } = yield* threeBatches()
      const file = join(folder, "journal", "epoch")
      const text = "pandora-epoch 2 1"
      overwrite(file, 512, Buffer.from(`${text} ${crc32(text).toString(16).padStart(8, "0")}\n`))
      assert.include(
        (yield* isDamaged(folder, file, "an epoch of version 2")).problem,
        "newer version"
      )
    }).pipe(Effect.scoped)
  )
})

const readInto = (read: Array<Batch>, journal: Pick<Journal["Service"], "read">) =>
  Stream.runForEach(journal.read(Sequence(1)), (batch) => Effect.sync(() => read.push(batch)))

/** The header of a batch, with the format version raised and the checksum corrected. */
const newerHeader = (batch: Uint8Array): Uint8Array => {
  const header = Buffer.from(batch.subarray(0, headerBytes))
  header.writeUInt16LE(formatVersion + 1, 4)
  header.writeUInt32LE(crc32(header.subarray(0, headerBytes - 4)), headerBytes - 4)
  return header
}
