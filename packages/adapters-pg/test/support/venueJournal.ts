/** Journals as a venue writes them: random commands, executed by the engine. */
import { Batch, Command, Event, type Ids, Ids as Id, type Journal } from "@pandora-exchange/core"
import { Stream } from "effect"
import { limitsDefault } from "../../../engine/src/Limits.ts"
import { rulesVersion, Venue } from "../../../engine/src/Venue.ts"
import { Bookkeeping } from "../../../engine/test/reference/Bookkeeping.ts"
import { randomCommands } from "../../../engine/test/reference/randomCommands.ts"

export interface VenueJournal {
  readonly batches: ReadonlyArray<Batch.Batch>
  /** What a reader that trusts no venue derives from the events. */
  readonly bookkeeping: Bookkeeping
}

/** The same seed gives the same journal. */
export const venueJournal = (
  seed: number,
  commands: number,
  commandsPerBatch: (batch: number) => number
): VenueJournal => {
  const venue = Venue.make(limitsDefault)
  const bookkeeping = new Bookkeeping()
  const asked = randomCommands(seed, commands)
  const writer = new Batch.BatchWriter()
  const scratch = new Uint8Array(2048)
  const batches: Array<Batch.Batch> = []
  let previousHash = Batch.genesisHash
  let sequence = 1
  let next = asked.next([])
  while (next.done !== true) {
    writer.reset()
    const [time] = next.value
    for (let left = commandsPerBatch(batches.length); left > 0 && next.done !== true; left--) {
      const [, command, ask] = next.value
      const length = Command.encode(Batch.viewOf(scratch), 0, command, ask)
      const commandAt = writer.beginEntry(scratch, 0, length)
      const eventsAt = writer.at
      venue.apply(writer, commandAt, time)
      writer.endEntry()
      const events = Event.decodeAll(writer.view, eventsAt, writer.at)
      bookkeeping.accept(events)
      next = asked.next(events)
    }
    const sealed = writer.seal({
      epoch: Id.Epoch(1),
      firstSequence: Id.Sequence(sequence),
      time: Math.max(time, batches.at(-1)?.time ?? 0),
      rulesVersion: rulesVersion,
      previousHash
    })
    const batch = Batch.decode(sealed.bytes.slice()) as Batch.Batch
    batches.push(batch)
    previousHash = batch.hash
    sequence = Batch.lastSequence(batch) + 1
  }
  return { batches, bookkeeping }
}

/** Reads batches as a journal does. */
export const readOf =
  (batches: ReadonlyArray<Batch.Batch>): Journal.Journal["Service"]["read"] =>
  (from: Ids.Sequence) =>
    Stream.fromIterable(batches.filter((batch) => Batch.lastSequence(batch) >= from))
