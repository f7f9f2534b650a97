/** A journal in memory, for tests, simulations and exchanges that need no durability. */
import * as Batch from "@pandora-exchange/core/Batch"
import { Epoch, Sequence } from "@pandora-exchange/core/Ids"
import { Damaged, Fenced, type Head, Journal } from "@pandora-exchange/core/ports/Journal"
import { Effect, Layer, Stream } from "effect"

/** Survives the journals that are opened on it, one after the other or several at once. */
export interface Store {
  epoch: Epoch
  head: Head
  /** The batches in order, each with its first sequence. */
  readonly batches: Array<{ readonly firstSequence: Sequence; readonly bytes: Uint8Array }>
}

export const makeStore = (): Store => ({
  epoch: Epoch(0),
  head: { lastSequence: Sequence(0), hash: Batch.genesisHash },
  batches: []
})

/** Opens a journal on `store`. */
export const layerOf = (store: Store): Layer.Layer<Journal> =>
  Layer.sync(Journal, () => open(store))

/** Opens an empty journal each time the layer is built. */
export const layer: Layer.Layer<Journal> = Layer.sync(Journal, () => open(makeStore()))

const open = (store: Store): Journal["Service"] => ({
  claim: Effect.sync(() => {
    store.epoch = Epoch(store.epoch + 1)
    return { epoch: store.epoch, head: store.head }
  }),
  append: (batch) =>
    Effect.suspend(() => {
      const { epoch, firstSequence, hash, bytes } = batch
      if (!follows(store, batch)) return Effect.fail(new Fenced({ epoch, firstSequence }))
      // Copies, because the bytes belong to the caller.
      store.batches.push({ firstSequence, bytes: new Uint8Array(bytes) })
      store.head = {
        lastSequence: Batch.lastSequence(batch),
        hash: new Uint8Array(hash) as Batch.BatchHash
      }
      return Effect.void
    }),
  read: (from) => Stream.suspend(() => read(store, from))
})

const follows = ({ epoch, head }: Store, batch: Batch.Batch): boolean =>
  epoch > 0 &&
  batch.epoch === epoch &&
  batch.firstSequence === head.lastSequence + 1 &&
  Batch.sameBytes(batch.previousHash, head.hash)

const read = ({ batches, head }: Store, from: Sequence): Stream.Stream<Batch.Batch, Damaged> => {
  if (from > head.lastSequence) return Stream.empty
  const first = Math.max(
    0,
    batches.findLastIndex(({ firstSequence }) => firstSequence <= from)
  )
  let previousHash: Batch.BatchHash | undefined = first === 0 ? Batch.genesisHash : undefined
  return Stream.fromIterable(batches.slice(first)).pipe(
    Stream.mapEffect(({ firstSequence, bytes }) => {
      const batch = Batch.decode(bytes)
      if (typeof batch === "string") return Effect.fail(damaged(firstSequence, batch))
      if (batch.firstSequence !== firstSequence)
        return Effect.fail(damaged(firstSequence, "another batch"))
      if (previousHash !== undefined && !Batch.sameBytes(batch.previousHash, previousHash)) {
        return Effect.fail(damaged(firstSequence, "the batch does not follow on the one before it"))
      }
      previousHash = batch.hash
      return Effect.succeed(batch)
    })
  )
}

const damaged = (sequence: Sequence, problem: string): Damaged =>
  new Damaged({ place: "memory", sequence, problem })
