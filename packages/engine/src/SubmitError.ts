/** How a command can fail to get an answer. A refusal is not among them: it is an answer. */
import { Schema } from "effect"

/**
 * The command was not executed, and why. It is safe to send it again: later after `Overloaded` and
 * `JournalFull`, to the venue's next process after `Closed` and `Stopped`, to the present leader
 * after `NotLeader`.
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  reason: Schema.Literals(["Overloaded", "JournalFull", "NotLeader", "Stopped", "Closed"])
}) {}

/**
 * The command may or may not have been executed. Sent again with the same key or number it is not
 * done twice, and tells.
 */
export class OutcomeUnknown extends Schema.TaggedError<OutcomeUnknown>()("OutcomeUnknown", {}) {}

export type SubmitError = Unavailable | OutcomeUnknown
