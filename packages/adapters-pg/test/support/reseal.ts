import { Batch, type Ids, type Journal } from "@pandora-exchange/core"

/** The same commands and events, as a leader of this epoch would write them after this head. */
export const reseal = (batch: Batch.Batch, head: Journal.Head, epoch: Ids.Epoch): Batch.Batch => {
  const writer = new Batch.BatchWriter()
  for (const { commandAt, end, eventsAt } of Batch.entryPlaces(batch)) {
    writer.beginEntry(batch.bytes, commandAt, eventsAt)
    writer.ensure(end - eventsAt)
    writer.bytes.set(batch.bytes.subarray(eventsAt, end), writer.at)
    writer.at += end - eventsAt
    writer.endEntry()
  }
  return writer.seal({ ...batch, epoch, previousHash: head.hash })
}
