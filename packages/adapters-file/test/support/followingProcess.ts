/**
 * Reads the journal in a folder again and again, each time from where it stopped, and reports what
 * it read.
 */
import { Sequence } from "@pandora-exchange/core/Ids"
import { lastSequence } from "@pandora-exchange/core/Batch"
import { Effect, Stream } from "effect"
import * as FileJournal from "../../src/FileJournal.ts"
import { name } from "./names.ts"

const [folder, last] = process.argv.slice(2) as [string, string]

let next = 1
while (next <= Number(last)) {
  await Effect.runPromise(
    Stream.runForEach(FileJournal.reader({ folder }).read(Sequence(next)), (batch) =>
      Effect.sync(() => {
        next = lastSequence(batch) + 1
        process.stdout.write(`${name(batch)}\n`)
      })
    )
  )
}
