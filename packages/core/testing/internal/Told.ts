/** The lines in which `appendForEver` reports its progress, which outlive its process. */
import type { Batch } from "../../src/Batch.ts"

export const begins = (batch: Batch): string => `begins ${nameOf(batch)}`
export const acknowledged = (batch: Batch): string => `acknowledged ${nameOf(batch)}`

/** Names of the batches that were begun, and of those that were acknowledged. */
export const read = (lines: ReadonlyArray<string>) => {
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length))
  return { begun: after("begins "), acknowledged: after("acknowledged ") }
}

/** What identifies a batch, short enough to read when two differ. */
export const nameOf = (batch: Batch): string =>
  `${sequencesOf(batch)} (hash ${Buffer.from(batch.hash).toString("hex").slice(0, 16)})`

export const sequencesOf = ({
  count,
  firstSequence
}: Pick<Batch, "count" | "firstSequence">): string =>
  count === 1
    ? `sequence ${firstSequence}`
    : `sequences ${firstSequence} to ${firstSequence + count - 1}`
