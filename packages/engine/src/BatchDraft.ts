/** A batch under construction: executes commands, and remembers who waits for each. */
import { type Batch, Ids } from "@pandora-exchange/core"
import { BatchedCommands } from "./BatchedCommands.ts"
import { Flight } from "./Flight.ts"
import type { Inbox, Waiter } from "./Inbox.ts"
import type { Leadership } from "./Leadership.ts"
import { rulesVersion } from "./Venue.ts"
import type { VenueClock } from "./VenueClock.ts"

/** A batch ends at this size, however few commands it has. */
const batchBytesMax = 1 << 20

export class BatchDraft {
  readonly commands = new BatchedCommands()
  private readonly leadership: Leadership
  private readonly out: Batch.BatchWriter
  private readonly time: number

  constructor(leadership: Leadership, out: Batch.BatchWriter, time: number) {
    this.leadership = leadership
    this.out = out
    this.time = time
    out.reset()
  }

  /**
   * Executes waiting commands in order. Throws if the venue does; its state can then no longer be
   * trusted.
   */
  fill(inbox: Inbox, commandsMax: number): void {
    const { out } = this
    if (!this.changeRules()) return
    const take = (bytes: Uint8Array, from: number, to: number, waiter: Waiter | undefined) =>
      this.execute(bytes, from, to, waiter)
    while (inbox.size > 0 && out.count < commandsMax && out.at < batchBytesMax) inbox.shift(take)
  }

  /**
   * Whether the state's rules are this build's; otherwise the change of rules comes before any
   * other command.
   */
  private changeRules(): boolean {
    const { change } = this.leadership
    if (change === undefined) return true
    while (!change.isWhole && this.out.at < batchBytesMax) {
      const command = change.take()
      this.execute(command, 0, command.length, undefined)
    }
    return change.isWhole
  }

  private execute(bytes: Uint8Array, from: number, to: number, waiter: Waiter | undefined): void {
    const { commands, leadership, out, time } = this
    const { venue } = leadership
    const at = out.beginEntry(bytes, from, to)
    commands.begin(waiter)
    venue.apply(out, at, time)
    out.endEntry()
    commands.end(venue, out.at)
  }

  seal(clock: VenueClock): Flight {
    const { epoch, head } = this.leadership
    const batch = this.out.seal({
      epoch: Ids.Epoch(epoch),
      firstSequence: Ids.Sequence(head.lastSequence + 1),
      time: this.time,
      rulesVersion,
      previousHash: head.hash
    })
    return new Flight(batch, this.commands, clock.monotonicMs())
  }
}
