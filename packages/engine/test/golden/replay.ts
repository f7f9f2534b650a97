/** Executes the commands of a golden journal again and prints the hash of the resulting state. */
import { Batch } from "@pandora-exchange/core"
import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"
import { limitsDefault } from "../../src/Limits.ts"
import * as Snapshot from "../../src/Snapshot.ts"
import { Venue } from "../../src/Venue.ts"
import { journalFile } from "./files.ts"

const bytes = gunzipSync(readFileSync(journalFile(Number(process.argv[2]))))
const venue = Venue.make(limitsDefault)
const writer = new Batch.BatchWriter()
for (let at = 0; at < bytes.length; ) {
  const batch = Batch.decode(bytes, at) as Batch.Batch
  for (const { commandAt, eventsAt } of Batch.entryPlaces(batch)) {
    writer.reset()
    venue.apply(writer, writer.beginEntry(batch.bytes, commandAt, eventsAt), batch.time)
  }
  at += batch.bytes.length
}
console.log(Snapshot.hashOf(venue.state))
