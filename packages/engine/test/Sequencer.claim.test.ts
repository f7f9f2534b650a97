/** Found by the simulation with two leaders starting at the same moment. */
import { assert, describe, it } from "@effect/vitest"
import { MemoryJournal, MemorySnapshotStore } from "@pandora-exchange/adapters-file"
import { Batch, Ids, Journal } from "@pandora-exchange/core"
import { Context, Effect, Layer, Stream } from "effect"
import { Sequencer } from "../src/Sequencer.ts"

/**
 * A journal that another leader claims and appends to before it is read after its claim, so that it
 * is then `whole`.
 */
const overtaken = (store: MemoryJournal.Store, whole: MemoryJournal.Store) =>
  Layer.effect(
    Journal.Journal,
    Effect.map(Layer.build(MemoryJournal.layerOf(store)), (context) => {
      const journal = Context.get(context, Journal.Journal)
      return Journal.Journal.of({
        ...journal,
        read: (from) =>
          Stream.suspend(() => {
            if (store.epoch === 0) return journal.read(from)
            store.batches.push(...whole.batches.slice(store.batches.length))
            Object.assign(store, { head: whole.head, epoch: whole.epoch })
            return journal.read(from)
          })
      })
    })
  )

const open = (journal: Layer.Layer<Journal.Journal>) =>
  Layer.build(
    Sequencer.layer().pipe(Layer.provide(journal), Layer.provide(MemorySnapshotStore.layer))
  )

describe("Sequencer claiming a journal", () => {
  it.effect(
    "error: who is overtaken between claiming and reading is fenced, and calls nothing damaged",
    () =>
      Effect.gen(function* () {
        const whole = MemoryJournal.makeStore()
        const sequencer = Context.get(yield* open(MemoryJournal.layerOf(whole)), Sequencer)
        for (const symbol of ["BTC", "USDT"])
          yield* sequencer.submit({ _tag: "ListAsset", symbol, scale: 8 })

        const [first] = whole.batches
        const { hash } = Batch.decode(first!.bytes) as Batch.Batch
        const head = { lastSequence: Ids.Sequence(1), hash }
        const behind: MemoryJournal.Store = { epoch: Ids.Epoch(0), head, batches: [first!] }
        const failure = yield* Effect.flip(open(overtaken(behind, whole)))
        assert.deepStrictEqual(failure, new Journal.Fenced({ epoch: 1, firstSequence: 2 }))
      }).pipe(Effect.scoped)
  )
})
