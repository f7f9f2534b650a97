/**
 * `node --conditions=@pandora-exchange/source packages/engine/test/golden/write.ts`
 *
 * Writes a journal under this build's rules and the snapshot after it, unless these rules already
 * have them. Existing ones are never overwritten: they must be readable forever.
 */
import { Batch, Command, Event, Ids } from "@pandora-exchange/core"
import { existsSync, writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { limitsDefault } from "../../src/Limits.ts"
import * as Snapshot from "../../src/Snapshot.ts"
import { rulesVersion, Venue } from "../../src/Venue.ts"
import { randomCommands } from "../reference/randomCommands.ts"
import { journalFile, snapshotFile } from "./files.ts"
import { rareEnds } from "./rareEnds.ts"

const seed = 7
const commands = 1_500
const perBatch = 25

type Asked = readonly [
  time: number,
  command: Command.Command,
  requestKey?: Command.RequestKey | undefined
]

/** The batches of a venue that executes the commands, and the snapshot after them. */
const write = (
  asked: Generator<Asked, void, ReadonlyArray<Event.Event>>
): { readonly journal: Uint8Array; readonly snapshot: Uint8Array } => {
  const venue = Venue.make(limitsDefault)
  const writer = new Batch.BatchWriter()
  const scratch = new Uint8Array(2048)
  const batches: Array<Uint8Array> = []
  let previousHash = Batch.genesisHash
  let sequence = 1
  let next = asked.next([])
  while (next.done !== true) {
    writer.reset()
    const [time] = next.value
    let count = 0
    for (; count < perBatch && next.done !== true; count++) {
      const [, command, requestKey] = next.value
      const at = writer.beginEntry(
        scratch,
        0,
        Command.encode(Batch.viewOf(scratch), 0, command, requestKey)
      )
      const eventsAt = writer.at
      venue.apply(writer, at, time)
      writer.endEntry()
      next = asked.next(Event.decodeAll(writer.view, eventsAt, writer.at))
    }
    const { bytes, hash } = writer.seal({
      epoch: Ids.Epoch(1),
      firstSequence: Ids.Sequence(sequence),
      time: venue.state.time,
      rulesVersion,
      previousHash
    })
    batches.push(bytes.slice())
    previousHash = hash
    sequence += count
  }
  return {
    journal: Buffer.concat(batches),
    snapshot: Buffer.concat([...Snapshot.encode(venue.state)])
  }
}

const writeNew = (file: string, bytes: Uint8Array): void => {
  if (existsSync(file)) return console.log(`${file} is there already and stays as it is.`)
  writeFileSync(file, gzipSync(bytes, { level: 9 }), { flag: "wx" })
  console.log(`${file} is new: name its version in golden.test.ts.`)
}

for (const [name, asked] of [
  ["", randomCommands(seed, commands)],
  ["-ends", rareEnds()]
] as const) {
  const { journal, snapshot } = write(asked)
  writeNew(journalFile(`${rulesVersion}${name}`), journal)
  writeNew(snapshotFile(`${rulesVersion}${name}`), snapshot)
}
