import { type Batch, hashBytes } from "@pandora-exchange/core/Batch"

/** What identifies a batch, short enough to read when two differ. */
export const name = ({ firstSequence, count, bytes }: Batch): string =>
  `${firstSequence}+${count} ${Buffer.from(bytes.subarray(-hashBytes)).toString("hex").slice(0, 16)}`

export const names = (batches: ReadonlyArray<Batch>): ReadonlyArray<string> => batches.map(name)
