/** A batch while it is formed: executes commands, and keeps who waits for each. */
import { type Batch, Command, Ids } from "@pandora-exchange/core"
import { BatchedCommands } from "./BatchedCommands.ts"
import { Flight } from "./Flight.ts"
import type { Inbox, Waiter } from "./Inbox.ts"
import type { Leadership } from "./Leadership.ts"
import { rulesVersion } from "./Venue.ts"
import type { VenueClock } from "./VenueClock.ts"

/** A batch ends when it has grown to this, however few its commands. */
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
   * Executes what waits, in order. Throws when the venue does: then its state is not to be trusted
   * any more.
   */
  fill(inbox: Inbox, commandsMax: number): void {
    const { out } = this
    if (this.leadership.rulesVersion !== rulesVersion) this.changeRules()
    const take = (bytes: Uint8Array, from: number, to: number, waiter: Waiter | undefined) =>
      this.execute(bytes, from, to, waiter)
    while (inbox.size > 0 && out.count < commandsMax && out.at < batchBytesMax) inbox.shift(take)
  }

  /** The first command of a build whose rules are others than those of the state. */
  private changeRules(): void {
    const bytes = new Uint8Array(64)
    const end = Command.encode(new DataView(bytes.buffer), 0, { _tag: "ChangeRules", rulesVersion })
    this.execute(bytes, 0, end, undefined)
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
