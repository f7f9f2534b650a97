/** A sequencer over the configured storage, taking snapshots. */
import { Journal, SnapshotStore } from "@pandora-exchange/core"
import { Limits, Sequencer } from "@pandora-exchange/engine"
import { Effect, Layer, Schedule } from "effect"
import type { ExchangeOptions, OpenError } from "../ExchangeOptions.ts"
import { layer, type Storage } from "../Storage.ts"
import { canSnapshot, keepsSnapshots, type SnapshotFailed, snapshotter } from "./snapshots.ts"

const snapshotEveryDefault = 1_000_000
const snapshotCheckPause = "1 second"

export const venueOver = (
  options: ExchangeOptions
): Layer.Layer<Sequencer.Sequencer, OpenError> => {
  const limits = { ...Limits.limitsDefault, ...options.limits }
  const storage = options.storage ?? "memory"
  const snapshotAtClose = keepsSnapshots(storage)
  const opened = Layer.effectDiscard(snapshotting(options, limits, storage)).pipe(
    Layer.provideMerge(Sequencer.Sequencer.layer({ ...options, limits, snapshotAtClose })),
    Layer.provide(layer(storage))
  )
  return Layer.unwrap(Effect.as(canSnapshot(storage), opened))
}

const snapshotting = Effect.fnUntraced(function* (
  options: ExchangeOptions,
  limits: Limits.Limits,
  storage: Storage
) {
  const sequencer = yield* Sequencer.Sequencer
  const journal = yield* Journal.Journal
  const snapshots = yield* SnapshotStore.SnapshotStore
  const snapshot = snapshotter(storage, limits, journal, snapshots)
  if (snapshot === undefined) return
  const every = options.snapshotEvery ?? snapshotEveryDefault
  yield* Effect.forkScoped(keepSnapshots(sequencer, snapshots, snapshot, every))
})

/**
 * Takes a snapshot whenever `every` commands have come since the last one. A failure is logged; the
 * next round tries again.
 */
const keepSnapshots = Effect.fnUntraced(function* (
  sequencer: Sequencer.Sequencer["Service"],
  snapshots: SnapshotStore.SnapshotStore["Service"],
  snapshot: Effect.Effect<number, SnapshotFailed>,
  every: number
) {
  const [newest] = yield* Effect.retry(snapshots.list, Schedule.spaced(snapshotCheckPause))
  let last: number = newest?.sequence ?? 0
  for (;;) {
    yield* Effect.sleep(snapshotCheckPause)
    const { condition, durableSequence } = yield* sequencer.status
    if (condition !== "running" || durableSequence - last < every) continue
    last = yield* Effect.catch(snapshot, (failed) =>
      Effect.as(
        Effect.logWarning("No snapshot could be taken; recovery would take longer", failed),
        last
      )
    )
  }
})
