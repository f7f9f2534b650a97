/** The commands of a batch: who waits for each, and where its answer is. */
import { Batch } from "@pandora-exchange/core"
import type { Waiter } from "./Inbox.ts"
import type { RememberedKey } from "./KeyMemory.ts"
import { notify } from "./notify.ts"
import type { SubmitError } from "./SubmitError.ts"
import type { Venue } from "./Venue.ts"

export class BatchedCommands {
  private readonly waiters: Array<Waiter | undefined> = []
  /** Where each command's own events begin and end in the batch. */
  private readonly from: Array<number> = []
  private readonly to: Array<number> = []
  /** Answers that repeat an earlier one, by position in the batch. */
  private readonly repeated = new Map<number, RememberedKey>()

  begin(waiter: Waiter | undefined): void {
    this.waiters.push(waiter)
  }

  /** Records that the venue has executed the last command; its events end at `to`. */
  end(venue: Venue, to: number): void {
    if (venue.repeated !== undefined) this.repeated.set(this.waiters.length - 1, venue.repeated)
    this.from.push(venue.ownEventsAt)
    this.to.push(to)
  }

  answer(batch: Batch.Batch): void {
    const view = Batch.viewOf(batch.bytes)
    for (let i = 0; i < this.waiters.length; i++) notify(() => this.answerOne(batch, view, i))
  }

  private answerOne({ firstSequence }: Batch.Batch, view: DataView, i: number): void {
    const waiter = this.waiters[i]
    const again = this.repeated.get(i)
    if (again === undefined) waiter?.answered(view, this.from[i]!, this.to[i]!, firstSequence + i)
    else
      waiter?.answered(
        Batch.viewOf(again.bytes),
        again.answerAt,
        again.bytes.length,
        again.sequence
      )
  }

  fail(error: SubmitError): void {
    for (const waiter of this.waiters) notify(() => waiter?.failed(error))
  }
}
