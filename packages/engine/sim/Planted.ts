/** Places where a bug can be planted on purpose, to check that the simulation finds it. */
import type { Batch, Journal } from "@pandora-exchange/core"
import type { State } from "../src/State.ts"
import type { EventLoop } from "./EventLoop.ts"

export interface Planted {
  /** Between each sequencer and its journal. */
  readonly journal: (
    journal: Journal.Journal["Service"],
    loop: EventLoop
  ) => Journal.Journal["Service"]
  /** Receives the state of each sequencer that has started. */
  readonly tamper: (state: State) => void
  /** Whether a follower skips this batch. */
  readonly overlooks: (batch: Batch.Batch) => boolean
}

export const nothingPlanted: Planted = {
  journal: (journal) => journal,
  tamper: () => undefined,
  overlooks: () => false
}
