/** The right to append to the journal, and the state at its end. */
import { Batch, Ids, Journal } from "@pandora-exchange/core"
import { Effect, Stream } from "effect"
import * as Recovery from "./Recovery.ts"
import { RulesChange } from "./RulesChange.ts"
import { rulesVersion, type Venue } from "./Venue.ts"

export interface Leadership {
  readonly epoch: number
  readonly venue: Venue
  readonly head: Journal.Head
  /** The rules of the state. */
  readonly rulesVersion: number
  /** The command that has to come first if those are not this build's rules. */
  readonly change: RulesChange | undefined
  /** The sequence of the snapshot recovery began with; 0 for none. */
  readonly snapshotSequence: number
}

/** Claims the journal, and rebuilds the venue from what is durable. */
export const lead = Effect.fnUntraced(function* (
  journal: Journal.Journal["Service"],
  sources: Recovery.Sources
) {
  yield* Recovery.refuseOtherRules(sources)
  const { epoch, head } = yield* journal.claim
  const rebuilt = yield* Recovery.rebuild(sources)
  const agrees =
    rebuilt.head.lastSequence === head.lastSequence && Batch.sameBytes(rebuilt.head.hash, head.hash)
  if (!agrees) return yield* endsOtherwise(journal, epoch, head, rebuilt.head)
  const leadership: Leadership = {
    epoch,
    venue: rebuilt.venue,
    head: rebuilt.head,
    rulesVersion: rebuilt.rulesVersion,
    change:
      rebuilt.rulesVersion === rulesVersion ? undefined : new RulesChange(rebuilt.venue.state),
    snapshotSequence: rebuilt.snapshotSequence
  }
  return leadership
})

/**
 * A journal that has grown since the claim has another leader, and its batches and snapshots are
 * that leader's.
 */
const endsOtherwise = Effect.fnUntraced(function* (
  journal: Journal.Journal["Service"],
  epoch: Ids.Epoch,
  head: Journal.Head,
  rebuilt: Journal.Head
) {
  const firstSequence = Ids.Sequence(head.lastSequence + 1)
  const further = yield* Stream.runCollect(Stream.take(journal.read(firstSequence), 1))
  if (further.length > 0) return yield* new Journal.Fenced({ epoch, firstSequence })
  return yield* new Journal.Damaged({
    place: "the end of the journal",
    sequence: head.lastSequence,
    problem: `it ends at ${head.lastSequence}, and the snapshots are of another history, or one that went on to ${rebuilt.lastSequence}`
  })
})
