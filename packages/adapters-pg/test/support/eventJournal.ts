/** Journals with events no venue would produce. */
import { Batch, Command, Event, Ids } from "@pandora-exchange/core"

/** A batch for each element, in which each command caused the events listed. */
export const journalOfEvents = (
  batches: ReadonlyArray<ReadonlyArray<ReadonlyArray<Event.Event>>>,
  { firstSequence = 1, time = 1_800_000_000_000 } = {}
): { readonly batches: ReadonlyArray<Batch.Batch> } => {
  const writer = new Batch.BatchWriter()
  const scratch = new Uint8Array(64)
  const length = Command.encode(Batch.viewOf(scratch), 0, { _tag: "AdvanceTime" })
  const sealed: Array<Batch.Batch> = []
  for (const commands of batches) {
    writer.reset()
    for (const events of commands) {
      writer.beginEntry(scratch, 0, length)
      for (const event of events) {
        writer.ensure(1_024)
        writer.at = Event.encode(writer.view, writer.at, event)
      }
      writer.endEntry()
    }
    const previous = sealed.at(-1)
    const { bytes } = writer.seal({
      epoch: Ids.Epoch(1),
      firstSequence:
        previous === undefined
          ? Ids.Sequence(firstSequence)
          : Ids.Sequence(Batch.lastSequence(previous) + 1),
      time: time + sealed.length,
      rulesVersion: 1,
      previousHash: previous?.hash ?? Batch.genesisHash
    })
    sealed.push(Batch.decode(bytes.slice()) as Batch.Batch)
  }
  return { batches: sealed }
}
