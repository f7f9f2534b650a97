/** The in-memory journal behind a switch: appends wait at a gate, or fail in a chosen way. */
import { MemoryJournal } from "@pandora-exchange/adapters-file"
import { type Batch, Journal } from "@pandora-exchange/core"
import { Context, Effect, Latch, Layer } from "effect"

/**
 * What the next append does. `landsUnanswered`: it is written, but no answer arrives. `vanishes`:
 * neither.
 */
export type Fault = "landsUnanswered" | "vanishes" | "full" | "damaged"

export class Switch extends Context.Service<
  Switch,
  {
    readonly store: MemoryJournal.Store
    /** Appends wait while it is closed. */
    readonly gate: Latch.Latch
    /** Used up from the front, one per append. */
    readonly faults: Array<Fault | undefined>
    /** Batches that were given to append. */
    readonly appended: Array<Pick<Batch.Batch, "firstSequence" | "count" | "epoch">>
  }
>()("test/Switch") {}

export const layerSwitch = (
  store: MemoryJournal.Store = MemoryJournal.makeStore()
): Layer.Layer<Switch> =>
  Layer.effect(
    Switch,
    Effect.gen(function* () {
      return { store, gate: yield* Latch.make(true), faults: [], appended: [] }
    })
  )

export const layer: Layer.Layer<Journal.Journal, never, Switch> = Layer.effect(
  Journal.Journal,
  Effect.gen(function* () {
    const { appended, faults, gate, store } = yield* Switch
    const journal = Context.get(yield* Layer.build(MemoryJournal.layerOf(store)), Journal.Journal)
    return Journal.Journal.of({
      ...journal,
      append: (batch) =>
        Effect.gen(function* () {
          appended.push({
            firstSequence: batch.firstSequence,
            count: batch.count,
            epoch: batch.epoch
          })
          yield* gate.await
          const fault = faults.shift()
          if (fault === "full") return yield* new Journal.Full({ cause: "no room" })
          if (fault === "damaged") {
            return yield* new Journal.Damaged({
              place: "here",
              sequence: batch.firstSequence,
              problem: "changed"
            })
          }
          if (fault !== "vanishes") yield* journal.append(batch)
          if (fault !== undefined) return yield* new Journal.Unknown({ cause: "no answer" })
        })
    })
  })
)
