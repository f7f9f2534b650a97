/** Snapshots in memory, for tests, simulations and exchanges that need no durability. */
import type { Sequence } from "@pandora-exchange/core/Ids"
import {
  SnapshotDamaged,
  type SnapshotHead,
  snapshotsKept,
  SnapshotStore
} from "@pandora-exchange/core/ports/SnapshotStore"
import { Effect, Layer, Stream } from "effect"

/** Survives the snapshot stores that are opened on it. */
export interface Store {
  /** Newest first. */
  snapshots: ReadonlyArray<{
    readonly head: SnapshotHead
    readonly chunks: ReadonlyArray<Uint8Array>
  }>
}

export const makeStore = (): Store => ({ snapshots: [] })

/** Opens a snapshot store on `store`. */
export const layerOf = (store: Store): Layer.Layer<SnapshotStore> =>
  Layer.sync(SnapshotStore, () => open(store))

/** Opens an empty snapshot store each time the layer is built. */
export const layer: Layer.Layer<SnapshotStore> = Layer.sync(SnapshotStore, () => open(makeStore()))

const open = (store: Store): SnapshotStore["Service"] => ({
  save: Effect.fnUntraced(function* (head, chunks) {
    // Copies, because hash and chunks belong to the caller.
    const batchHash = new Uint8Array(head.batchHash) as typeof head.batchHash
    const saved = yield* Stream.runCollect(Stream.map(chunks, (chunk) => new Uint8Array(chunk)))
    store.snapshots = [
      { head: { ...head, batchHash }, chunks: saved },
      ...store.snapshots.filter((snapshot) => snapshot.head.sequence !== head.sequence)
    ]
      .sort((a, b) => b.head.sequence - a.head.sequence)
      .slice(0, snapshotsKept)
  }),
  list: Effect.sync(() => store.snapshots.map(({ head }) => head)),
  load: (sequence) => Stream.suspend(() => load(store, sequence))
})

const load = (store: Store, sequence: Sequence): Stream.Stream<Uint8Array, SnapshotDamaged> => {
  const found = store.snapshots.find(({ head }) => head.sequence === sequence)
  if (found === undefined)
    return Stream.fail(new SnapshotDamaged({ place: "memory", problem: `no snapshot ${sequence}` }))
  return Stream.fromIterable(found.chunks.map((chunk) => new Uint8Array(chunk)))
}
