import { assert, describe, it } from "@effect/vitest"
import type { BatchHash } from "@pandora-exchange/core/Batch"
import { Sequence } from "@pandora-exchange/core/Ids"
import type { SnapshotHead, SnapshotStore } from "@pandora-exchange/core/ports/SnapshotStore"
import { SnapshotStoreSuite } from "@pandora-exchange/core/testing"
import { Deferred, Effect, Fiber, Stream } from "effect"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { crc32 } from "node:zlib"
import * as FileSnapshotStore from "../src/FileSnapshotStore.ts"
import { flipBit, overwrite } from "./support/damage.ts"
import { folderInMemory } from "./support/temporaryFolder.ts"

const opened = <A, E, R>(
  folder: string,
  use: (store: SnapshotStore["Service"]) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Effect.flatMap(SnapshotStoreSuite.opening(FileSnapshotStore.layer({ folder })), use)
  )

const headAt = (sequence: number): SnapshotHead => ({
  sequence: Sequence(sequence),
  batchHash: new Uint8Array(32).fill(sequence) as BatchHash,
  rulesVersion: 7,
  formatVersion: 9
})

const state = Buffer.from("the state of a venue, which is a few bytes long")

const save = (store: SnapshotStore["Service"], sequence: number) =>
  store.save(headAt(sequence), Stream.make(state))

const load = (store: SnapshotStore["Service"], sequence: number) =>
  Effect.map(Stream.runCollect(store.load(Sequence(sequence))), (chunks) => Buffer.concat(chunks))

/** Fails only with damage. */
const damage = (store: SnapshotStore["Service"], sequence: number) =>
  Effect.catchTag(load(store, sequence), "SnapshotsUnavailable", Effect.die)

const sequences = (store: SnapshotStore["Service"]) =>
  Effect.map(store.list, (heads) => heads.map(({ sequence }) => sequence))

const pathOf = (folder: string, sequence: number) =>
  join(folder, "snapshots", `${String(sequence).padStart(16, "0")}.snapshot`)

describe("a snapshot file", () => {
  it.live("has this form", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      yield* opened(folder, (store) => save(store, 3))
      const header = Buffer.alloc(56)
      header.write("PXS1")
      header.writeUInt16LE(1, 4)
      header.writeUInt16LE(7, 6)
      header.writeBigUInt64LE(3n, 8)
      header.writeUInt32LE(9, 16)
      header.fill(3, 20, 52)
      header.writeUInt32LE(crc32(header.subarray(0, 52)), 52)
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(state.length))
      const hashed = Buffer.concat([header, state, length])
      const expected = Buffer.concat([hashed, createHash("sha256").update(hashed).digest()])
      assert.strictEqual(
        fs.readFileSync(pathOf(folder, 3)).toString("hex"),
        expected.toString("hex")
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "error: is damaged with any of its bytes changed, and wherever it is cut or goes on",
    () =>
      Effect.gen(function* () {
        const folder = yield* folderInMemory
        const path = pathOf(folder, 3)
        yield* opened(
          folder,
          Effect.fnUntraced(function* (store) {
            yield* save(store, 3)
            const original = fs.readFileSync(path)
            const isDamaged = Effect.fnUntraced(function* (what: string) {
              const error = yield* Effect.flip(load(store, 3)).pipe(
                Effect.catch(() => Effect.die(`${what} was not found`))
              )
              assert.deepInclude(error, { _tag: "SnapshotDamaged", place: path }, what)
              fs.writeFileSync(path, original)
            })
            for (let at = 0; at < original.length; at++) {
              flipBit(path, at, at % 8)
              yield* isDamaged(`byte ${at} changed`)
              fs.truncateSync(path, at)
              yield* isDamaged(`cut to ${at} bytes`)
            }
            fs.appendFileSync(path, "x")
            yield* isDamaged("a byte too many")
            fs.renameSync(path, pathOf(folder, 4))
            assert.deepStrictEqual(yield* sequences(store), [])
            assert.strictEqual((yield* Effect.flip(load(store, 4)))._tag, "SnapshotDamaged")
          })
        )
      }).pipe(Effect.scoped)
  )

  it.live("error: of a newer version is refused as such and not listed", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      yield* opened(
        folder,
        Effect.fnUntraced(function* (store) {
          yield* save(store, 3)
          const header = fs.readFileSync(pathOf(folder, 3)).subarray(0, 56)
          header.writeUInt16LE(2, 4)
          header.writeUInt32LE(crc32(header.subarray(0, 52)), 52)
          overwrite(pathOf(folder, 3), 0, header)
          assert.deepStrictEqual(yield* sequences(store), [])
          assert.include((yield* Effect.flip(damage(store, 3))).problem, "newer version")
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live(
    "whose head cannot be read counts as absent, and goes when it is older than those that are kept",
    () =>
      Effect.gen(function* () {
        const folder = yield* folderInMemory
        yield* opened(
          folder,
          Effect.fnUntraced(function* (store) {
            for (const sequence of [1, 2]) yield* save(store, sequence)
            flipBit(pathOf(folder, 2), 10, 0)
            assert.deepStrictEqual(yield* sequences(store), [1])
            yield* save(store, 3)
            assert.deepStrictEqual(yield* sequences(store), [3, 1])
            assert.isTrue(fs.existsSync(pathOf(folder, 2)))
            yield* save(store, 4)
            assert.deepStrictEqual(yield* sequences(store), [4, 3])
            assert.isFalse(fs.existsSync(pathOf(folder, 2)))
          })
        )
      }).pipe(Effect.scoped)
  )
})

describe("a save", () => {
  it.live("that was killed leaves a file that is removed when the folder is opened", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      yield* opened(folder, (store) => save(store, 1))
      const leftover = join(folder, "snapshots", "unfinished.tmp")
      fs.writeFileSync(leftover, "half of a snapshot")
      assert.deepStrictEqual(yield* opened(folder, sequences), [1])
      assert.isFalse(fs.existsSync(leftover))
    }).pipe(Effect.scoped)
  )

  it.live("that fails leaves no file", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      yield* opened(
        folder,
        Effect.fnUntraced(function* (store) {
          yield* Effect.exit(
            store.save(headAt(1), Stream.concat(Stream.make(state), Stream.die("no more")))
          )
          assert.deepStrictEqual(fs.readdirSync(join(folder, "snapshots")), ["lock"])
        })
      )
    }).pipe(Effect.scoped)
  )

  it.live("is not disturbed by another that opens the folder, which cannot save meanwhile", () =>
    Effect.gen(function* () {
      const folder = yield* folderInMemory
      const started = yield* Deferred.make<void>()
      const goOn = yield* Deferred.make<void>()
      const pause = Effect.andThen(Deferred.succeed(started, undefined), Deferred.await(goOn))
      const chunks = Stream.concat(Stream.fromEffect(Effect.as(pause, state)), Stream.make(state))
      yield* opened(
        folder,
        Effect.fnUntraced(function* (store) {
          const saving = yield* Effect.forkChild(store.save(headAt(5), chunks))
          yield* Deferred.await(started)
          yield* opened(
            folder,
            Effect.fnUntraced(function* (other) {
              assert.strictEqual((yield* Effect.flip(save(other, 6)))._tag, "SnapshotNotSaved")
              // The same store makes the second one wait for the first.
              const next = yield* Effect.forkChild(save(store, 7))
              yield* Deferred.succeed(goOn, undefined)
              yield* Fiber.join(saving)
              yield* Fiber.join(next)
              yield* save(other, 8)
            })
          )
          assert.deepStrictEqual(yield* sequences(store), [8, 7])
          assert.isTrue((yield* load(store, 7)).equals(state))
        })
      )
    }).pipe(Effect.scoped)
  )
})
