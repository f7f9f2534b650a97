import type { Batch } from "@pandora-exchange/core/Batch"
import type { Journal } from "@pandora-exchange/core/ports/Journal"
import { Sequence } from "@pandora-exchange/core/Ids"
import { Batches, JournalSuite } from "@pandora-exchange/core/testing"
import { Effect, Layer, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import * as FileJournal from "../../src/FileJournal.ts"
import { Files } from "../../src/internal/Files.ts"

export interface Where extends FileJournal.Options {
  readonly files?: Files
}

/** Opens the journal for the duration of `use`. */
export const opened = <A, E, R>(
  { files = Files.defaultValue(), ...options }: Where,
  use: (journal: Journal["Service"]) => Effect.Effect<A, E, R>
) => {
  const layer = Layer.provide(FileJournal.layer(options), Layer.succeed(Files, files))
  return Effect.scoped(Effect.flatMap(JournalSuite.opening(layer), use))
}

export const readAll = (journal: Pick<Journal["Service"], "read">, from = 1) =>
  Stream.runCollect(journal.read(Sequence(from)))

/** Claims, appends batches with these numbers of commands, and returns them. */
export const appendSome = Effect.fnUntraced(function* (
  journal: Journal["Service"],
  counts: ReadonlyArray<number>
) {
  const batches = [...Batches.batchesAfter(yield* journal.claim, counts)]
  for (const batch of batches) yield* journal.append(batch)
  return batches
})

export const segmentsIn = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(join(folder, "journal"))
    .filter((name) => name.endsWith(".segment"))
    .sort()
    .map((name) => join(folder, "journal", name))

/** The space a batch takes: whole sectors. */
export const stored = ({ bytes }: Batch): number => Math.ceil(bytes.length / 512) * 512

/** Waits for the segment made in the background. */
export const spareIsThere = Effect.fnUntraced(function* (folder: string, bytes: number) {
  const path = join(folder, "journal", "spare.tmp")
  while (fs.statSync(path, { throwIfNoEntry: false })?.size !== bytes) yield* Effect.sleep(1)
  // The last of its zeros are still being written.
  yield* Effect.sleep(20)
})
