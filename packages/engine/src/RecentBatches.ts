/** The latest batches that were handed out, so that all who follow get the same objects. */
import { Batch } from "@pandora-exchange/core"

/** Batches that a follower gets at a time, and that are kept. */
export const followBatchesMax = 64

export class RecentBatches {
  /** By first sequence, oldest first. */
  private readonly batches = new Map<number, Batch.Batch>()

  add(batch: Batch.Batch): void {
    this.batches.delete(batch.firstSequence)
    this.batches.set(batch.firstSequence, batch)
    if (this.batches.size <= followBatchesMax) return
    const [oldest] = this.batches.keys()
    this.batches.delete(oldest!)
  }

  /** The batch that these bytes are. Decodes and checks them when it is not kept. */
  of(bytes: Uint8Array): Batch.Batch | Batch.BatchProblem {
    const length = Batch.lengthAt(bytes, 0)
    if (typeof length === "string") return length
    const known = this.batches.get(Batch.firstSequenceAt(bytes, 0))
    if (known !== undefined && Batch.sameBytes(known.bytes, bytes)) return known
    const batch = Batch.decode(bytes)
    if (typeof batch !== "string") this.add(batch)
    return batch
  }

  /** All from the one that holds `sequence`, without a gap, if it is kept. */
  from(sequence: number): ReadonlyArray<Batch.Batch> | undefined {
    const batches = [...this.batches.values()]
    const first = batches.findIndex((batch) => sequence <= Batch.lastSequence(batch))
    return first === -1 || batches[first]!.firstSequence > sequence ? undefined : batches.slice(first)
  }

  clear(): void {
    this.batches.clear()
  }
}
