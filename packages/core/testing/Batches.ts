/** Batches for testing journals: well-formed, linked, and of any size. */
import { Effect } from "effect"
import { type Batch, BatchWriter, lastSequence } from "../src/Batch.ts"
import * as Command from "../src/Command.ts"
import * as Event from "../src/Event.ts"
import { type Epoch, MarketId, Sequence } from "../src/Ids.ts"
import { recordBytesMax } from "../src/Layout.ts"
import type { AppendError, Claim, Head, Journal } from "../src/ports/Journal.ts"
import * as Told from "./internal/Told.ts"

/** A batch of `count` commands, each about 100 bytes long, that follows `head`. */
export const batchAfter = (head: Head, epoch: Epoch, count = 1): Batch => {
  const writer = new BatchWriter()
  const source = new DataView(new ArrayBuffer(recordBytesMax))
  for (let i = 1; i <= count; i++) {
    const sequence = head.lastSequence + i
    const price = {
      marketId: MarketId(1),
      priceTicks: sequence,
      source: `a source of prices in tests ${sequence}`
    } as const
    const length = Command.encode(source, 0, { _tag: "SetPrice", ...price })
    writer.beginEntry(new Uint8Array(source.buffer), 0, length)
    writer.ensure(recordBytesMax)
    writer.at = Event.encode(writer.view, writer.at, { _tag: "PriceSet", ...price })
    writer.endEntry()
  }
  const firstSequence = Sequence(head.lastSequence + 1)
  return writer.seal({
    epoch,
    firstSequence,
    time: firstSequence,
    rulesVersion: 1,
    previousHash: head.hash
  })
}

/** One batch per count, each following the previous one, the first following the claim's head. */
export const batchesAfter = (
  { epoch, head }: Claim,
  counts: ReadonlyArray<number>
): ReadonlyArray<Batch> => {
  const batches: Array<Batch> = []
  for (const count of counts) {
    const batch = batchAfter(head, epoch, count)
    batches.push(batch)
    head = headOf(batch)
  }
  return batches
}

/** The head of a journal that ends with `batch`. */
export const headOf = (batch: Batch): Head => ({
  lastSequence: lastSequence(batch),
  hash: batch.hash
})

/**
 * Claims, then appends without end, claiming again after every third append. Reports each step on a
 * line, before the next one: what it begins, and what was acknowledged. Run by the fault `crash` of
 * `JournalSuite`; the process does not need Vitest.
 */
export const appendForEver = Effect.fnUntraced(function* (
  journal: Journal["Service"],
  tell: (line: string) => Effect.Effect<void>
): Effect.fn.Return<never, AppendError> {
  for (;;) {
    for (const batch of batchesAfter(yield* journal.claim, [1, 4, 2])) {
      yield* tell(Told.begins(batch))
      yield* journal.append(batch)
      yield* tell(Told.acknowledged(batch))
    }
  }
})
