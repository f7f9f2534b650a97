/**
 * Counts, for each command with its request key, how often it was given to a sequencer and with
 * what outcome. In any case, it must be in the journal at least as often as it was answered, and at
 * most as often as it was not definitely refused.
 */
import { Batch, Command, Layout } from "@pandora-exchange/core"
import { check } from "../test/reference/check.ts"

interface Receipt {
  /** Given to a sequencer. */
  sent: number
  answered: number
  /** `Unavailable`: not executed. */
  refused: number
  /** Entries of the journal. */
  durable: number
}

export class Receipts {
  private readonly receipts = new Map<string, Receipt>()
  private readonly scratch = new Uint8Array(2048)

  of(command: Command.Command, requestKey: Command.RequestKey | undefined): Receipt {
    const end = Command.encode(Batch.viewOf(this.scratch), 0, command, requestKey)
    return this.find(this.scratch.subarray(0, end))
  }

  private find(bytes: Uint8Array): Receipt {
    const name = Buffer.from(bytes).toString("latin1")
    let receipt = this.receipts.get(name)
    if (receipt === undefined) {
      receipt = { sent: 0, answered: 0, refused: 0, durable: 0 }
      this.receipts.set(name, receipt)
    }
    return receipt
  }

  landed(batch: Batch.Batch): void {
    for (const { commandAt, eventsAt } of Batch.entryPlaces(batch)) {
      if (isOwn(batch, commandAt, eventsAt)) continue
      const receipt = this.find(batch.bytes.subarray(commandAt, eventsAt))
      receipt.durable++
      check(
        receipt.durable <= receipt.sent - receipt.refused,
        "a command is in the journal as often as it was sent, at most"
      )
    }
  }

  finish(): void {
    for (const { answered, durable, refused, sent } of this.receipts.values()) {
      check(durable <= sent - refused, "no refused command is in the journal")
      check(answered <= durable, "every answered command is in the journal")
    }
  }
}

/** Commands a sequencer sends itself: for the time, or with the state of a change of rules. */
const isOwn = ({ bytes }: Batch.Batch, commandAt: number, eventsAt: number): boolean => {
  const view = Batch.viewOf(bytes)
  const code = Layout.codeAt(view, commandAt)
  if (code !== Command.ChangeRules.code) return code === Command.AdvanceTime.code
  return (
    Command.decodeRequestKey(view, commandAt) === undefined &&
    eventsAt > commandAt + Layout.lengthAt(view, commandAt)
  )
}
