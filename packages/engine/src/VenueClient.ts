/**
 * A venue as seen by its callers, in this thread (`here`) or in another one (`VenueConnection`).
 * The venue's server defines the available questions.
 */
import type { Command, Ids } from "@pandora-exchange/core"
import { Effect } from "effect"
import type { Waiter } from "./Inbox.ts"
import { type Batches, Sequencer, type Status } from "./Sequencer.ts"
import type { State } from "./State.ts"
import type { Unavailable } from "./SubmitError.ts"

/**
 * Questions by name, with their requests and answers. Both are plain values that can be copied to
 * another thread.
 */
export type Questions<Q> = {
  readonly [K in keyof Q]: { readonly of: unknown; readonly answer: unknown }
}

export interface Question<Q extends Questions<Q>, K extends keyof Q = keyof Q> {
  readonly name: K
  readonly of: Q[K]["of"]
}

/** Answers a question from the state. */
export type Answerer<Q extends Questions<Q>> = <K extends keyof Q>(
  state: State,
  question: Question<Q, K>
) => Q[K]["answer"]

export interface Answered<A> {
  readonly sequence: Ids.Sequence
  readonly answer: A
}

export interface VenueClient<Q extends Questions<Q>> {
  /** Like `Sequencer.submitUnsafe`. */
  readonly submitUnsafe: (
    command: Command.Command,
    requestKey: Command.RequestKey | undefined,
    waiter: Waiter
  ) => void
  /** Answers once everything it looked at is durable. */
  readonly query: <K extends keyof Q>(
    name: K,
    of: Q[K]["of"]
  ) => Effect.Effect<Answered<Q[K]["answer"]>, Unavailable>
  readonly batches: Batches
  readonly status: Effect.Effect<Status>
  readonly acceptClock: Effect.Effect<void>
}

/** The client of the sequencer in this thread. */
export const here = <Q extends Questions<Q>>(
  answer: Answerer<Q>
): Effect.Effect<VenueClient<Q>, never, Sequencer> =>
  Effect.map(Sequencer, (sequencer) => ({
    submitUnsafe: sequencer.submitUnsafe,
    query: (name, of) => look(sequencer, answer, { name, of }),
    batches: sequencer.batches,
    status: sequencer.status,
    acceptClock: sequencer.acceptClock
  }))

/** Asks the sequencer of this thread. */
export const look = <Q extends Questions<Q>, K extends keyof Q>(
  sequencer: Sequencer["Service"],
  answer: Answerer<Q>,
  question: Question<Q, K>
): Effect.Effect<Answered<Q[K]["answer"]>, Unavailable> =>
  Effect.map(
    sequencer.read((state) => answer(state, question)),
    ({ sequence, value }) => ({ sequence, answer: value })
  )
