/**
 * What every snapshot store must do. An adapter is complete when it passes this suite; used like
 * `JournalSuite`.
 */
import { assert } from "@effect/vitest"
import { Cause, Context, Deferred, Effect, Exit, Fiber, Layer, type Scope, Stream } from "effect"
import type { BatchHash } from "../src/Batch.ts"
import { Sequence } from "../src/Ids.ts"
import { type SnapshotHead, SnapshotStore } from "../src/ports/SnapshotStore.ts"
import * as Cases from "./internal/Cases.ts"

/** A place for snapshots: empty when its layer is built, deleted when its scope closes. */
export class SnapshotPlace extends Context.Service<
  SnapshotPlace,
  {
    /**
     * Opens the store at this place, as a starting process does; its contents survive the scope.
     */
    readonly open: Effect.Effect<SnapshotStore["Service"], unknown, Scope.Scope>
    /** Leaves no space for any snapshot until the returned effect is run. */
    readonly fill?: Effect.Effect<Effect.Effect<void>>
    /** Nothing can be read until the returned effect is run. */
    readonly mute?: Effect.Effect<Effect.Effect<void>>
    /** Changes something in the state stored for the sequence. The store is not open. */
    readonly damage?: (sequence: Sequence) => Effect.Effect<void>
  }
>()("@pandora-exchange/core/testing/SnapshotPlace") {}

/** What some cases need and an adapter may be unable to do. */
export type Need = "fill" | "mute" | "damage"

export interface Options {
  /** Cases that cannot be satisfied, by what they need, with the reason. */
  readonly skip?: { readonly [K in Need]?: string }
}

export type Case = Cases.Case<SnapshotPlace, Need>

/** Runs every case in a place of its own. */
export const suite = <E>(
  name: string,
  place: Layer.Layer<SnapshotPlace, E>,
  { skip = {} }: Options = {}
): void => Cases.runCases(`SnapshotStore (${name})`, cases, place, skip)

/** Opens the store provided by a layer, afresh each time. */
export const opening = <E>(
  layer: Layer.Layer<SnapshotStore, E>
): Effect.Effect<SnapshotStore["Service"], E, Scope.Scope> =>
  Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, SnapshotStore))

/** Opens the store for the duration of `use`. */
const opened = <A, E, R>(use: (store: SnapshotStore["Service"]) => Effect.Effect<A, E, R>) =>
  Effect.scoped(
    Effect.flatMap(
      Effect.flatMap(SnapshotPlace, ({ open }) => Cases.succeeds("opening the store", open)),
      use
    )
  )

const headAt = (sequence: number): SnapshotHead => ({
  sequence: Sequence(sequence),
  batchHash: new Uint8Array(32).fill(sequence) as BatchHash,
  rulesVersion: sequence,
  formatVersion: sequence + 1
})

/** Bytes that differ by position and by sequence. */
const stateAt = (sequence: number, length = 1000): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + sequence) & 0xff)

const saving = (store: SnapshotStore["Service"], sequence: number, state = stateAt(sequence)) =>
  store.save(headAt(sequence), Stream.make(state.subarray(0, 10), state.subarray(10)))

const save = (store: SnapshotStore["Service"], sequence: number, state?: Uint8Array) =>
  Cases.succeeds(`the save of sequence ${sequence}`, saving(store, sequence, state))

const loading = (store: SnapshotStore["Service"], sequence: number) =>
  Effect.map(Stream.runCollect(store.load(Sequence(sequence))), (chunks) => Buffer.concat(chunks))

const load = (store: SnapshotStore["Service"], sequence: number) =>
  Cases.succeeds(`the load of sequence ${sequence}`, loading(store, sequence))

const loadFails = <Tag extends "SnapshotDamaged" | "SnapshotsUnavailable">(
  tag: Tag,
  store: SnapshotStore["Service"],
  sequence: number,
  why: string
) =>
  Cases.failsWith(tag, "the load", loading(store, sequence), `sequence ${sequence}, which ${why}`)

/** Exactly these are listed, newest first, and each loads as it was saved. */
const has = Effect.fnUntraced(function* (
  store: SnapshotStore["Service"],
  sequences: ReadonlyArray<number>
) {
  const listed = yield* Cases.succeeds("the list", store.list)
  assert.deepStrictEqual(
    listed.map(plain),
    sequences.map(headAt).map(plain),
    "heads that are listed, newest first"
  )
  for (const sequence of sequences)
    isState(yield* load(store, sequence), sequence, stateAt(sequence))
})

const isState = (loaded: Buffer, sequence: number, saved: Uint8Array) =>
  assert.isTrue(
    loaded.equals(saved),
    `expected sequence ${sequence} to load as it was saved, but its bytes differ`
  )

const plain = ({ batchHash, ...head }: SnapshotHead) => ({ ...head, batchHash: [...batchHash] })

const fault = <K extends Need>(name: K) =>
  Effect.flatMap(SnapshotPlace, (place) => Cases.faultOf(place, name))

const largeStateBytes = 20_000_000

export const cases: ReadonlyArray<Case> = Cases.named<SnapshotPlace, Need>([
  {
    name: "an empty store lists nothing",
    run: opened((store) => has(store, []))
  },
  {
    name: "what was saved is listed and loaded byte for byte, also after the store was opened again",
    run: Effect.gen(function* () {
      yield* opened((store) => Effect.andThen(save(store, 7), has(store, [7])))
      yield* opened((store) => has(store, [7]))
    })
  },
  {
    name: "the two newest are kept and listed newest first",
    run: Effect.gen(function* () {
      yield* opened(
        Effect.fnUntraced(function* (store) {
          const saves = [
            [1, [1]],
            [2, [2, 1]],
            [10, [10, 2]],
            [11, [11, 10]],
            [9, [11, 10]]
          ] as const
          for (const [sequence, kept] of saves) {
            yield* save(store, sequence)
            yield* has(store, kept)
          }
        })
      )
      yield* opened((store) => has(store, [11, 10]))
    })
  },
  {
    name: "a sequence that is there is replaced",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* save(store, 1)
        yield* save(store, 2, stateAt(99))
        yield* save(store, 2)
        yield* has(store, [2, 1])
      })
    )
  },
  {
    name: "a state may be empty, and come in empty and in single-byte chunks",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* Cases.succeeds("the save of an empty state", store.save(headAt(1), Stream.empty))
        assert.strictEqual((yield* load(store, 1)).length, 0)
        const bytes = [...stateAt(2)].map((byte) => Uint8Array.of(byte))
        yield* store.save(
          headAt(2),
          Stream.fromIterable([new Uint8Array(), ...bytes, new Uint8Array()])
        )
        isState(yield* load(store, 2), 2, stateAt(2))
      })
    )
  },
  {
    name: "a state of 20 MB is loaded as it was saved",
    run: Effect.gen(function* () {
      const state = stateAt(3, largeStateBytes)
      yield* opened((store) => save(store, 3, state))
      isState(yield* opened((store) => load(store, 3)), 3, state)
    })
  },
  {
    name: "bytes that change after they were taken do not change what is stored",
    run: opened(
      Effect.fnUntraced(function* (store) {
        const head = headAt(5)
        const chunk = new Uint8Array(100)
        const chunks = Stream.map(Stream.rechunk(Stream.range(0, 9), 1), (i) => {
          chunk.set(stateAt(5).subarray(i * 100, i * 100 + 100))
          return chunk
        })
        yield* store.save(head, chunks)
        chunk.fill(0)
        head.batchHash.fill(0)
        yield* has(store, [5])
      })
    )
  },
  {
    name: "a snapshot is not there before it is whole",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* save(store, 1)
        const halfWay = yield* Deferred.make<void>()
        const goOn = yield* Deferred.make<void>()
        const pause = Effect.andThen(Deferred.succeed(halfWay, undefined), Deferred.await(goOn))
        const state = stateAt(2)
        const chunks = Stream.make(state.subarray(0, 500)).pipe(
          Stream.concat(Stream.fromEffect(Effect.as(pause, state.subarray(500))))
        )
        const fiber = yield* Effect.forkChild(store.save(headAt(2), chunks))
        yield* Deferred.await(halfWay)
        yield* has(store, [1])
        yield* Deferred.succeed(goOn, undefined)
        yield* Fiber.join(fiber)
        yield* has(store, [2, 1])
      })
    )
  },
  {
    name: "a save that is interrupted or dies leaves what was there",
    run: Effect.gen(function* () {
      yield* opened(
        Effect.fnUntraced(function* (store) {
          yield* save(store, 1)
          const started = yield* Deferred.make<void>()
          const endless = Stream.make(stateAt(2)).pipe(
            Stream.concat(
              Stream.fromEffect(Effect.andThen(Deferred.succeed(started, undefined), Effect.never))
            )
          )
          const fiber = yield* Effect.forkChild(store.save(headAt(2), endless))
          yield* Deferred.await(started)
          yield* Fiber.interrupt(fiber)
          yield* has(store, [1])

          const dying = Stream.concat(Stream.make(stateAt(2)), Stream.die("no more"))
          const exit = yield* Effect.exit(store.save(headAt(2), dying))
          assert.isTrue(
            Exit.isFailure(exit) && Cause.hasDies(exit.cause),
            "expected the save to die as its stream of chunks does, but it did not"
          )
          yield* has(store, [1])
        })
      )
      yield* opened((store) => Effect.andThen(save(store, 3), has(store, [3, 1])))
    })
  },
  {
    name: "error: what is not stored cannot be loaded",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* save(store, 1)
        for (const sequence of [0, 2])
          yield* loadFails("SnapshotDamaged", store, sequence, "was never saved")
      })
    )
  },
  {
    name: "error: with no room a snapshot is not saved, and those before it are as they were",
    needs: "fill",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* save(store, 1)
        const makeRoom = yield* yield* fault("fill")
        yield* Cases.failsWith(
          "SnapshotNotSaved",
          "the save",
          saving(store, 2),
          "sequence 2, for which there is no room"
        )
        yield* has(store, [1])
        yield* makeRoom
        yield* save(store, 2)
        yield* has(store, [2, 1])
      })
    )
  },
  {
    name: "error: a store that cannot be read is SnapshotsUnavailable, neither empty nor damaged",
    needs: "mute",
    run: opened(
      Effect.fnUntraced(function* (store) {
        yield* save(store, 1)
        const answerAgain = yield* yield* fault("mute")
        yield* Cases.failsWith(
          "SnapshotsUnavailable",
          "the list",
          store.list,
          "nothing can be read"
        )
        yield* loadFails("SnapshotsUnavailable", store, 1, "cannot be read")
        yield* answerAgain
        yield* has(store, [1])
      })
    )
  },
  {
    name: "error: what was changed in the store is SnapshotDamaged, and the one before it is as it was",
    needs: "damage",
    run: Effect.gen(function* () {
      yield* opened((store) => Effect.andThen(save(store, 1), save(store, 2)))
      yield* (yield* fault("damage"))(Sequence(2))
      yield* opened(
        Effect.fnUntraced(function* (store) {
          const error = yield* loadFails("SnapshotDamaged", store, 2, "is not what was written")
          assert.isNotEmpty(error.place, "place of SnapshotDamaged")
          isState(yield* load(store, 1), 1, stateAt(1))
        })
      )
    })
  }
])
