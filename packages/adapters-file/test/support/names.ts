import { type Batch, hashBytes } from "@pandora-exchange/core/Batch"

/** What makes two batches the same, short enough to read when they are not. */
export const name = ({ firstSequence, count, bytes }: Batch): string =>
  `${firstSequence}+${count} ${Buffer.from(bytes.subarray(-hashBytes)).toString("hex").slice(0, 16)}`

export const names = (batches: ReadonlyArray<Batch>): ReadonlyArray<string> => batches.map(name)
