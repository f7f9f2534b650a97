/** Where a bug can be put in on purpose, to see that the simulation finds it. */
import type { Batch, Journal } from "@pandora-exchange/core"
import type { State } from "../src/State.ts"
import type { EventLoop } from "./EventLoop.ts"

export interface Planted {
  /** Between each sequencer and its journal. */
  readonly journal: (
    journal: Journal.Journal["Service"],
    loop: EventLoop
  ) => Journal.Journal["Service"]
  /** Gets the state of each sequencer that has started. */
  readonly tamper: (state: State) => void
  /** Whether a follower overlooks this batch. */
  readonly overlooks: (batch: Batch.Batch) => boolean
}

export const nothingPlanted: Planted = {
  journal: (journal) => journal,
  tamper: () => undefined,
  overlooks: () => false
}
