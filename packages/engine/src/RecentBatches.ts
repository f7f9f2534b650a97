/** The most recently delivered batches, so that all followers get the same objects. */
import { Batch } from "@pandora-exchange/core"

/** How many batches a follower gets at a time, and how many are kept. */
export const followBatchesMax = 64
/**
 * The most bytes of batches that are kept: the events decoded from them take several times as much
 * memory.
 */
const keptBytesMax = 16 << 20

export class RecentBatches {
  /** By first sequence, oldest first. */
  private readonly batches = new Map<number, Batch.Batch>()
  private bytes = 0

  add(batch: Batch.Batch): void {
    this.drop(batch.firstSequence)
    this.batches.set(batch.firstSequence, batch)
    this.bytes += batch.bytes.length
    for (const oldest of this.batches.keys()) {
      if (this.batches.size <= followBatchesMax && this.bytes <= keptBytesMax) return
      this.drop(oldest)
    }
  }

  private drop(firstSequence: number): void {
    this.bytes -= this.batches.get(firstSequence)?.bytes.length ?? 0
    this.batches.delete(firstSequence)
  }

  /** The batch in these bytes. Decodes and checks it unless it is already kept. */
  of(bytes: Uint8Array): Batch.Batch | Batch.BatchProblem {
    const length = Batch.lengthAt(bytes, 0)
    if (typeof length === "string") return length
    const known = this.batches.get(Batch.firstSequenceAt(bytes, 0))
    if (known !== undefined && Batch.sameBytes(known.bytes, bytes)) return known
    const batch = Batch.decode(bytes)
    if (typeof batch !== "string") this.add(batch)
    return batch
  }

  /** All batches from the one that contains `sequence`, without a gap, if that is kept. */
  from(sequence: number): ReadonlyArray<Batch.Batch> | undefined {
    const batches = [...this.batches.values()]
    const first = batches.findIndex((batch) => sequence <= Batch.lastSequence(batch))
    return first === -1 || batches[first]!.firstSequence > sequence
      ? undefined
      : batches.slice(first)
  }

  clear(): void {
    this.batches.clear()
    this.bytes = 0
  }
}
