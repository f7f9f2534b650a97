import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Stream } from "effect"
import { createHash } from "node:crypto"
import {
  SnapshotDamaged,
  type SnapshotHead,
  SnapshotNotSaved,
  type SnapshotStore,
  SnapshotsUnavailable
} from "../src/ports/SnapshotStore.ts"
import { SnapshotStoreSuite } from "../testing/index.ts"

/**
 * Each is one mistake a snapshot store may make, with the case of the suite that has to detect it.
 */
const flaws = {
  comesWithOne: "an empty store lists nothing",
  losesTheNewest:
    "what was saved is listed and loaded byte for byte, also after the store was opened again",
  changesAByte:
    "what was saved is listed and loaded byte for byte, also after the store was opened again",
  forgetsTheRules:
    "what was saved is listed and loaded byte for byte, also after the store was opened again",
  keepsOne: "the two newest are kept and listed newest first",
  keepsAll: "the two newest are kept and listed newest first",
  keepsTheLastSaved: "the two newest are kept and listed newest first",
  listsOldestFirst: "the two newest are kept and listed newest first",
  keepsTheFirst: "a sequence that is there is replaced",
  needsBytes: "a state may be empty, and come in empty and in single-byte chunks",
  cutsLargeStates: "a state of 20 MB is loaded as it was saved",
  keepsTheChunks: "bytes that change after they were taken do not change what is stored",
  keepsTheHead: "bytes that change after they were taken do not change what is stored",
  showsHalfASave: "a snapshot is not there before it is whole",
  keepsWhatWasInterrupted: "a save that is interrupted or dies leaves what was there",
  loadsNothing: "error: what is not stored cannot be loaded",
  savesHalfWhenFull:
    "error: with no room a snapshot is not saved, and those before it are as they were",
  clearsWhenFull:
    "error: with no room a snapshot is not saved, and those before it are as they were",
  isEmptyWhenMute:
    "error: a store that cannot be read is SnapshotsUnavailable, neither empty nor damaged",
  isDamagedWhenMute:
    "error: a store that cannot be read is SnapshotsUnavailable, neither empty nor damaged",
  loadsDamage:
    "error: what was changed in the store is SnapshotDamaged, and the one before it is as it was"
}

type Flaw = keyof typeof flaws

describe("SnapshotStoreSuite", () => {
  for (const { name, run } of SnapshotStoreSuite.cases) {
    it.live(`a sound store passes: ${name}`, () => Effect.provide(run, placeWith(undefined)))
  }

  for (const [flaw, name] of Object.entries(flaws) as Array<[Flaw, string]>) {
    it.live(`a store that ${flaw} fails: ${name}`, () =>
      Effect.gen(function* () {
        const { run } = SnapshotStoreSuite.cases.find((found) => found.name === name)!
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.provide(run, placeWith(flaw)))))
      })
    )
  }

  it("every case finds a flaw", () => {
    assert.deepStrictEqual(
      new Set(SnapshotStoreSuite.cases.map(({ name }) => name)),
      new Set(Object.values(flaws))
    )
  })
})

interface Snapshot {
  readonly head: SnapshotHead
  readonly chunks: ReadonlyArray<Uint8Array>
  readonly hash: string
}

interface Place {
  snapshots: Array<Snapshot>
  full: boolean
  mute: boolean
}

const placeWith = (flaw: Flaw | undefined) =>
  Layer.sync(SnapshotStoreSuite.SnapshotPlace, () => {
    const place: Place = { snapshots: [], full: false, mute: false }
    return {
      open: Effect.sync(() => open(place, flaw)),
      fill: Effect.sync(() => {
        place.full = true
        return Effect.sync(() => {
          place.full = false
        })
      }),
      mute: Effect.sync(() => {
        place.mute = true
        return Effect.sync(() => {
          place.mute = false
        })
      }),
      damage: (sequence) =>
        Effect.sync(() => {
          const { chunks } = place.snapshots.find(({ head }) => head.sequence === sequence)!
          chunks[0]![0]! ^= 1
        })
    }
  })

/** The simplest possible in-memory store, with at most one flaw. */
const open = (place: Place, flaw: Flaw | undefined): SnapshotStore["Service"] => {
  if (flaw === "losesTheNewest") place.snapshots.shift()
  if (flaw === "comesWithOne")
    place.snapshots.push({ head: {} as SnapshotHead, chunks: [], hash: "" })

  const put = (head: SnapshotHead, chunks: ReadonlyArray<Uint8Array>) => {
    if (flaw === "needsBytes" && chunks.length === 0) return
    const there = place.snapshots.some((snapshot) => snapshot.head.sequence === head.sequence)
    if (flaw === "keepsTheFirst" && there) return
    const snapshot = {
      head: { ...head, ...(flaw === "forgetsTheRules" && { rulesVersion: 1 }) },
      chunks,
      hash: hashOf(chunks)
    }
    const others = place.snapshots.filter((other) => other.head.sequence !== head.sequence)
    const all = [snapshot, ...others]
    if (flaw !== "keepsTheLastSaved") all.sort((a, b) => b.head.sequence - a.head.sequence)
    place.snapshots = all.slice(0, flaw === "keepsOne" ? 1 : flaw === "keepsAll" ? 100 : 2)
  }

  const save = Effect.fnUntraced(function* (head: SnapshotHead, chunks: Stream.Stream<Uint8Array>) {
    const taken: Array<Uint8Array> = []
    const ownHead =
      flaw === "keepsTheHead"
        ? head
        : { ...head, batchHash: new Uint8Array(head.batchHash) as never }
    const before = place.snapshots
    yield* Stream.runForEach(chunks, (chunk) =>
      Effect.sync(() => {
        const bytes = flaw === "keepsTheChunks" ? chunk : new Uint8Array(chunk)
        if (flaw === "changesAByte" && bytes.length > 0) bytes[0]! ^= 1
        taken.push(flaw === "cutsLargeStates" ? bytes.subarray(0, 1 << 20) : bytes)
        if (flaw === "showsHalfASave" || flaw === "keepsWhatWasInterrupted") put(ownHead, taken)
      })
    ).pipe(
      Effect.onExit(() =>
        Effect.sync(() => {
          if (flaw === "showsHalfASave") place.snapshots = before
        })
      )
    )
    if (place.full) {
      if (flaw === "savesHalfWhenFull") put(ownHead, taken.slice(1))
      if (flaw === "clearsWhenFull") place.snapshots = []
      return yield* new SnapshotNotSaved({ cause: "full" })
    }
    put(ownHead, taken)
  })

  return {
    save,
    list: Effect.suspend(() => {
      if (place.mute && flaw === "isEmptyWhenMute") return Effect.succeed([])
      if (place.mute) return Effect.fail(new SnapshotsUnavailable({ cause: "mute" }))
      const heads = place.snapshots.map(({ head }) => head)
      return Effect.succeed(flaw === "listsOldestFirst" ? heads.reverse() : heads)
    }),
    load: (sequence) =>
      Stream.suspend((): ReturnType<SnapshotStore["Service"]["load"]> => {
        if (place.mute && flaw !== "isDamagedWhenMute")
          return Stream.fail(new SnapshotsUnavailable({ cause: "mute" }))
        const found = place.mute
          ? undefined
          : place.snapshots.find(({ head }) => head.sequence === sequence)
        if (found === undefined && flaw === "loadsNothing") return Stream.empty
        if (
          found !== undefined &&
          (flaw === "loadsDamage" || hashOf(found.chunks) === found.hash)
        ) {
          return Stream.fromIterable(found.chunks)
        }
        return Stream.fail(new SnapshotDamaged({ place: "here", problem: "not what was saved" }))
      })
  }
}

const hashOf = (chunks: ReadonlyArray<Uint8Array>): string => {
  const hash = createHash("sha256")
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest("hex")
}
