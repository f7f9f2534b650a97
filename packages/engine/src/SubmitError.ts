/**
 * How a command can fail to get an answer. Refusals are not among them, because a refusal is an
 * answer.
 */
import { Schema } from "effect"

/**
 * The command was not executed, and why. It is safe to send again: later after `Overloaded` and
 * `JournalFull`, to the venue's next process after `Closed` and `Stopped`, to the current leader
 * after `NotLeader`.
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  reason: Schema.Literals(["Overloaded", "JournalFull", "NotLeader", "Stopped", "Closed"])
}) {}

/**
 * The command may or may not have been executed. Sent again with the same key or number, it is not
 * executed twice, and its outcome is returned.
 */
export class OutcomeUnknown extends Schema.TaggedError<OutcomeUnknown>()("OutcomeUnknown", {}) {}

export type SubmitError = Unavailable | OutcomeUnknown
