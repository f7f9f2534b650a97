/**
 * A batch on its way to the journal, and who waits for it: the callers of its commands, and reads
 * that saw its effects.
 */
import type { Batch } from "@pandora-exchange/core"
import { Effect } from "effect"
import type { BatchedCommands } from "./BatchedCommands.ts"
import type { SubmitError } from "./SubmitError.ts"

/** `durable`: the value read is valid. `lost`: it never became durable; look again. */
export type Outcome = "durable" | "lost" | "stopped"

export class Flight {
  readonly batch: Batch.Batch
  readonly formedAt: number
  private readonly commands: BatchedCommands
  private readonly readers: Array<(outcome: Outcome) => void> = []

  constructor(batch: Batch.Batch, commands: BatchedCommands, formedAt: number) {
    this.batch = batch
    this.commands = commands
    this.formedAt = formedAt
  }

  readonly outcome: Effect.Effect<Outcome> = Effect.callback((resume) => {
    this.readers.push((outcome) => resume(Effect.succeed(outcome)))
  })

  /**
   * The batch is durable. Its bytes are still intact, because the next batch is in the other
   * buffer.
   */
  acknowledge(): void {
    this.commands.answer(this.batch)
    this.settle("durable")
  }

  fail(error: SubmitError, outcome: "lost" | "stopped"): void {
    this.commands.fail(error)
    this.settle(outcome)
  }

  private settle(outcome: Outcome): void {
    for (const reader of this.readers) reader(outcome)
  }
}
