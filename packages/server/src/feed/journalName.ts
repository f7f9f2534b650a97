/**
 * What distinguishes one journal from another, whatever their sequences: the hash of the first
 * batch.
 */
import { Ids } from "@pandora-exchange/core"
import type { Exchange } from "@pandora-exchange/sdk"
import { Effect, Fiber, Option, Stream } from "effect"

/** Reads the name of the journal; `undefined` until it has a first batch. */
export const journalName = Effect.fnUntraced(function* (
  exchange: Pick<Exchange["Service"], "batches" | "status">
) {
  let name: string | undefined
  const first = Stream.runHead(exchange.batches(Ids.Sequence(1)))
  const reading = yield* Effect.forkScoped(
    Effect.map(first, (batch) => {
      name = Option.match(batch, {
        onNone: () => undefined,
        onSome: ({ hash }) => Buffer.from(hash).toString("hex")
      })
    })
  )
  if ((yield* exchange.status).durableSequence > 0) yield* Fiber.join(reading)
  return () => name
})
